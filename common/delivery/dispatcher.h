// Sends a service's events to its peers: DispatcherCore on a thread of its own. A durable commit with events leads to a send at
// once; nothing is polled but what a lost signal would have told.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/delivery/dispatcher_core.h"
#include "common/delivery/outbox_signal.h"
#include "common/delivery/peer.h"
#include "common/ids/random.h"
#include "common/store/store.h"
#include "common/time/clock.h"

namespace splw::delivery {

struct DispatcherOptions {
  store::Store& store;
  OutboxSignal& signal;
  const time::Clock& clock;
  ids::Random& random;
  std::map<std::string, std::shared_ptr<Peer>> peers;  // by destination
  DispatcherLimits limits;
  // Called on the dispatcher's thread when a stream is parked: for the operator's log. May be null.
  DispatcherCore::OnParked on_parked;
};

// What the options refer to must outlive it. Start and Stop once each, from one thread; the rest is thread-safe.
class Dispatcher final {
 public:
  explicit Dispatcher(DispatcherOptions options);
  ~Dispatcher();  // stops

  void Start();
  // Ends the thread. Calls under way are not waited for: what they bring is sent again after the next start, and known there.
  void Stop();

  // The peer is known to be there: tried at once, whatever its delay.
  void PeerReachable(const std::string& destination);

  DispatcherStats stats() const;

 private:
  struct Mailbox;
  void Loop();
  void Hand(std::shared_ptr<Send> send);

  const DispatcherOptions options_;
  const std::shared_ptr<Mailbox> mailbox_;  // shared with callbacks that may come after this object is gone
  DispatcherCore core_;                     // the thread's alone
  std::shared_ptr<void> subscription_;
  std::thread thread_;
  mutable std::mutex stats_mutex_;
  DispatcherStats stats_;
};

}  // namespace splw::delivery
