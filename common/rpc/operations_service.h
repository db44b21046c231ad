// What operators and auditors ask of every service: splw.operations.v1.OperationsService over its own store.
#pragma once

#include <memory>
#include <vector>

#include "common/delivery/change.h"
#include "common/identity/policy.h"
#include "common/rpc/calls.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "splw/operations/v1/operations_service.grpc.pb.h"

namespace splw::rpc {

std::vector<identity::PolicyRow> OperationsPolicy();

class StoreVerifier;

// All of what it is given must outlive it.
class OperationsService final : public operations::v1::OperationsService::CallbackService {
 public:
  // `tables`: all of the store's, those of delivery and audit too.
  OperationsService(Calls& calls, store::Store& store, delivery::Changes& changes,
                    std::vector<const store::UntypedTable*> tables);
  // Ends a verification that still runs.
  ~OperationsService() override;

  grpc::ServerUnaryReactor* ListOutboxStreams(grpc::CallbackServerContext* context,
                                              const operations::v1::ListOutboxStreamsRequest* request,
                                              operations::v1::ListOutboxStreamsResponse* response) override;
  grpc::ServerUnaryReactor* RetryStream(grpc::CallbackServerContext* context,
                                        const operations::v1::RetryStreamRequest* request,
                                        operations::v1::RetryStreamResponse* response) override;
  grpc::ServerUnaryReactor* SkipEvent(grpc::CallbackServerContext* context,
                                      const operations::v1::SkipEventRequest* request,
                                      operations::v1::SkipEventResponse* response) override;
  grpc::ServerWriteReactor<operations::v1::VerifyStoreResponse>* VerifyStore(
      grpc::CallbackServerContext* context, const operations::v1::VerifyStoreRequest* request) override;
  grpc::ServerUnaryReactor* ListAuditRecords(grpc::CallbackServerContext* context,
                                             const operations::v1::ListAuditRecordsRequest* request,
                                             operations::v1::ListAuditRecordsResponse* response) override;

 private:
  Calls& calls_;
  store::Store& store_;
  delivery::Changes& changes_;
  const std::unique_ptr<StoreVerifier> verifier_;
};

}  // namespace splw::rpc
