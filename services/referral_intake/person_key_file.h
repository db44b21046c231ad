// The key of the person hashes: kept in a file beside the store, and tied to it. With another key, or a new one, every
// person who is known would be taken for a stranger, in silence: duplicates and earlier referrals would not be found.
#pragma once

#include <string>

#include <absl/status/statusor.h>

#include "common/ids/random.h"
#include "common/store/store.h"

namespace splw::referral_intake {

// The key in the file `path`; made with the store's first start. The store then knows it by a check value: where the
// file is missing afterwards, or holds another key, this is DATA_LOSS, with words for an operator. Otherwise the errors of
// identity::LoadOrCreateKey and of the store.
absl::StatusOr<std::string> LoadPersonKey(store::Store& store, ids::Random& random, const std::string& path);

}  // namespace splw::referral_intake
