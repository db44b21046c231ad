// CaseloadService over gRPC. No rule lives here: rpc::Calls asks who may, Commands and Queries do the rest.
#pragma once

#include "common/rpc/service.h"
#include "services/caseload/commands.h"
#include "services/caseload/queries.h"

namespace splw::caseload {

// Thread-safe.
class CaseloadService final : public rpc::Service {
 public:
  // All must outlive it.
  CaseloadService(rpc::Calls& calls, Commands& commands, Queries& queries);
};

}  // namespace splw::caseload
