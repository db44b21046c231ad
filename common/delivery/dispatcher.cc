#include "common/delivery/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <utility>
#include <vector>

namespace splw::delivery {
namespace {

// Looks at the clock this often at least: it may be set, and a fake one does not wake anybody.
constexpr absl::Duration kLongestWait = absl::Seconds(1);

std::vector<std::string> NamesOf(const std::map<std::string, std::shared_ptr<Peer>>& peers) {
  std::vector<std::string> names;
  for (const auto& [name, peer] : peers) names.push_back(name);
  return names;
}

}  // namespace

// What others have to tell the thread.
struct Dispatcher::Mailbox {
  struct Mail {
    std::vector<StreamKey> signals;
    std::vector<std::string> reachable;
    std::vector<std::shared_ptr<Send>> durable;
    std::vector<std::pair<std::uint64_t, absl::StatusOr<v1::DeliverResponse>>> results;
    bool empty() const { return signals.empty() && reachable.empty() && durable.empty() && results.empty(); }
  };

  template <typename Write>
  void Put(Write write) {
    {
      std::lock_guard lock(mutex);
      if (stopped) return;
      write(mail);
    }
    arrived.notify_one();
  }

  std::mutex mutex;
  std::condition_variable arrived;
  Mail mail;
  bool stopped = false;
};

Dispatcher::Dispatcher(DispatcherOptions options)
    : options_(std::move(options)),
      mailbox_(std::make_shared<Mailbox>()),
      core_(options_.store, options_.random, NamesOf(options_.peers), options_.limits, options_.on_parked),
      stats_(core_.stats()) {}

Dispatcher::~Dispatcher() {
  Stop();
}

void Dispatcher::Start() {
  subscription_ = options_.signal.Subscribe([mailbox = mailbox_](const std::vector<StreamKey>& streams) {
    mailbox->Put([&](Mailbox::Mail& mail) { mail.signals.insert(mail.signals.end(), streams.begin(), streams.end()); });
  });
  thread_ = std::thread([this] { Loop(); });
}

void Dispatcher::Stop() {
  {
    std::lock_guard lock(mailbox_->mutex);
    mailbox_->stopped = true;
    mailbox_->mail = {};
  }
  mailbox_->arrived.notify_one();
  if (thread_.joinable()) thread_.join();
  subscription_.reset();
}

void Dispatcher::PeerReachable(const std::string& destination) {
  mailbox_->Put([&](Mailbox::Mail& mail) { mail.reachable.push_back(destination); });
}

DispatcherStats Dispatcher::stats() const {
  std::lock_guard lock(stats_mutex_);
  return stats_;
}

void Dispatcher::Loop() {
  while (true) {
    Mailbox::Mail mail;
    {
      std::unique_lock lock(mailbox_->mutex);
      const absl::Duration wait = std::min(core_.NextWakeup() - options_.clock.Now(), kLongestWait);
      if (wait > absl::ZeroDuration()) {
        mailbox_->arrived.wait_for(lock, absl::ToChronoNanoseconds(wait),
                                   [this] { return mailbox_->stopped || !mailbox_->mail.empty(); });
      }
      if (mailbox_->stopped) return;
      mail = std::exchange(mailbox_->mail, {});
    }

    const absl::Time now = options_.clock.Now();
    for (const std::string& destination : mail.reachable) core_.OnReachable(destination);
    for (const StreamKey& key : mail.signals) core_.OnSignal(key);
    for (const auto& [id, result] : mail.results) core_.OnResult(id, now, result);
    for (std::shared_ptr<Send>& send : mail.durable) Hand(std::move(send));
    for (Send& next : core_.NextSends(now)) {
      auto send = std::make_shared<Send>(std::move(next));
      const store::Position position = send->position;
      // No event leaves before it is durable: a peer must never know of what a crash can take back.
      options_.store.WhenDurable(position, [mailbox = mailbox_, send = std::move(send)]() mutable {
        mailbox->Put([&](Mailbox::Mail& later) { later.durable.push_back(std::move(send)); });
      });
    }
    std::lock_guard lock(stats_mutex_);
    stats_ = core_.stats();
  }
}

void Dispatcher::Hand(std::shared_ptr<Send> send) {
  const Send& held = *send;
  Peer& peer = *options_.peers.at(held.destination);
  peer.Deliver(held.request, held.deadline,
               [mailbox = mailbox_, send = std::move(send)](absl::StatusOr<v1::DeliverResponse> result) {
                 mailbox->Put([&](Mailbox::Mail& mail) { mail.results.emplace_back(send->id, std::move(result)); });
               });
}

}  // namespace splw::delivery
