// What operators and auditors ask of every service: splw.operations.v1.OperationsService over its own store.
#pragma once

#include <memory>
#include <vector>

#include "common/delivery/change.h"
#include "common/identity/policy.h"
#include "common/rpc/service.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "splw/operations/v1/operations_service.pb.h"

namespace splw::rpc {

std::vector<identity::PolicyRow> OperationsPolicy();

class StoreVerifier;

// All of what it is given must outlive it.
class OperationsService final : public Service {
 public:
  // `tables`: all of the store's, those of delivery and audit too.
  OperationsService(Calls& calls, store::Store& store, delivery::Changes& changes,
                    std::vector<const store::UntypedTable*> tables);
  // Ends a verification that still runs.
  ~OperationsService() override;

 private:
  using PositionOr = absl::StatusOr<store::Position>;
  PositionOr ListOutboxStreams(const Call& call, const operations::v1::ListOutboxStreamsRequest& query,
                               operations::v1::ListOutboxStreamsResponse* result);
  PositionOr RetryStream(const Call& call, const operations::v1::RetryStreamRequest& command,
                         operations::v1::RetryStreamResponse* result);
  PositionOr SkipEvent(const Call& call, const operations::v1::SkipEventRequest& command,
                       operations::v1::SkipEventResponse* result);
  PositionOr ListAuditRecords(const Call& call, const operations::v1::ListAuditRecordsRequest& query,
                              operations::v1::ListAuditRecordsResponse* result);

  store::Store& store_;
  delivery::Changes& changes_;
  const std::unique_ptr<StoreVerifier> verifier_;
};

}  // namespace splw::rpc
