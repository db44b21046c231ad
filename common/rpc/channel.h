// How this suite's programs call each other: channels with its settings, calls with a principal and a deadline, and the way of
// events to a peer.
#pragma once

#include <memory>
#include <string>

#include <absl/time/time.h>
#include <grpcpp/grpcpp.h>

#include "common/delivery/peer.h"
#include "common/identity/principal.h"
#include "common/time/clock.h"

namespace splw::rpc {

// Of messages in either direction, on servers and channels.
inline constexpr int kMaxMessageBytes = 4 << 20;
// The same on both sides: a client that pings more often than the server allows is cut off.
inline constexpr absl::Duration kKeepaliveInterval = absl::Seconds(30);
inline constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(10);

// What every channel of the suite has: it looks for a peer that was away again within a second, notices a dead one, takes messages as large
// as a server does, and goes to its address by no proxy.
grpc::ChannelArguments ClientArguments();

// A channel to "host:port", in plaintext. Connects when it is first used, and again after an outage within a second. A call that
// is answered UNAVAILABLE is tried again, four times at most in all: harmless, since every mutation carries a request_id.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address);
// The same for callers who decide themselves when to try again: a call meets nobody at once. Between such calls nothing looks after the
// connection more often than every 5 s (gRPC's backup poller): whoever waits does it in WaitForConnected.
std::shared_ptr<grpc::Channel> MakeChannelWithoutRetries(const std::string& address);

// Says who calls, and for how long. `correlation_id` may be empty: the server then makes one. Without a deadline: for streams.
void PrepareContext(grpc::ClientContext& context, const identity::Principal& principal,
                    const std::string& correlation_id = "", absl::Duration deadline = absl::Seconds(10));

// Hands events to a peer service over gRPC, without blocking a thread. Thread-safe.
class GrpcPeer final : public delivery::Peer {
 public:
  // `source`: the service that calls, which the peer sees as a principal of role SERVICE. `clock`: of the deadlines given.
  GrpcPeer(const std::string& address, std::string source, const time::Clock& clock);
  // Cancels what is under way and waits for it. Not from a callback.
  ~GrpcPeer() override;

  void Deliver(const delivery::v1::DeliverRequest& request, absl::Time deadline, Done done) override;

 private:
  class Calls;
  const std::string source_;
  const time::Clock& clock_;
  const std::unique_ptr<Calls> calls_;
};

}  // namespace splw::rpc
