// The one implementation of Changes (common/delivery/change.h), on any store.
#pragma once

#include <memory>
#include <string>

#include "common/delivery/change.h"
#include "common/delivery/feed.h"
#include "common/delivery/outbox_signal.h"
#include "common/ids/random.h"
#include "common/store/store.h"

namespace splw::delivery {

struct ChangesOptions {
  store::Store& store;
  ids::Random& random;
  std::string source;  // the service's name, on its events: "caseload"
  // Which life of this store writes: the same for as long as the store goes on, another one after a restore from a backup. It is
  // kept in the store and so restored with it: whoever restores must have it renewed (--restored of every service). Receivers tell
  // by it that revisions were used a second time.
  std::string incarnation;
  // Both may be null: nobody is told. Otherwise they must outlive the store.
  OutboxSignal* outbox_signal = nullptr;
  FeedSignal* feed_signal = nullptr;
};

// `options.store` and `options.random` must outlive what is returned.
std::unique_ptr<Changes> MakeChanges(ChangesOptions options);

}  // namespace splw::delivery
