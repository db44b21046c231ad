// Runs `store verify` for a caller, on a thread of its own, one at a time.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "common/rpc/calls.h"
#include "common/store/store.h"
#include "common/store/table.h"

namespace splw::rpc {

class VerifyRun;

// Thread-safe. All of what it is given must outlive it, and it the calls that it started.
class StoreVerifier final {
 public:
  StoreVerifier(Calls& calls, store::Store& store, std::vector<const store::UntypedTable*> tables);
  // Ends the run under way, and joins its thread.
  ~StoreVerifier();

  // For those who act in every network. RESOURCE_EXHAUSTED while another runs (VERIFY_RUNNING), or where too many calls
  // watch already (TOO_MANY_WATCHERS). Ends with UNAVAILABLE when the server drains.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(grpc::CallbackServerContext& context, std::string_view full_method,
                                                    const grpc::ByteBuffer& bytes);

 private:
  Calls& calls_;
  store::Store& store_;
  const std::vector<const store::UntypedTable*> tables_;
  std::mutex mutex_;                // for all below
  std::shared_ptr<VerifyRun> run_;  // the last that started
  std::thread thread_;              // its own
};

}  // namespace splw::rpc
