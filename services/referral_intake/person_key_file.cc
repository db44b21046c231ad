#include "services/referral_intake/person_key_file.h"

#include <optional>
#include <utility>

#include <absl/strings/str_cat.h>

#include "common/identity/keyed_hash.h"
#include "common/store/keys.h"
#include "common/text/status_macros.h"
#include "services/referral_intake/referral_tables.h"

namespace splw::referral_intake {
namespace {

constexpr char kName[] = "person-hash";

std::string CheckOf(const std::string& key) {
  return identity::KeyedHash(key, "key-check").HexHash("splw referral-intake person hashes");
}

absl::StatusOr<std::optional<storage::KeyCheckRecord>> ReadCheck(store::Snapshot& snapshot) {
  return KeyChecks().Get(snapshot, kWholeStore, store::KeyBuilder().Text(kName).str());
}

absl::Status NotTheStores(const std::string& path, const char* what) {
  return absl::DataLossError(
      absl::StrCat("the key file ", path, " ", what,
                   ": it belongs to the store and is backed up with it; restore it from the same "
                   "backup. With another key no person in the store would be recognised"));
}

}  // namespace

absl::StatusOr<std::string> LoadPersonKey(store::Store& store, ids::Random& random, const std::string& path) {
  std::optional<storage::KeyCheckRecord> known;
  SPLW_RETURN_IF_ERROR(store
                           .View({.label = "key_check"},
                                 [&](store::Snapshot& snapshot) -> absl::Status {
                                   SPLW_ASSIGN_OR_RETURN(known, ReadCheck(snapshot));
                                   return absl::OkStatus();
                                 })
                           .status());
  if (known.has_value()) {
    absl::StatusOr<std::string> maybe_key = identity::LoadKey(path);
    if (absl::IsNotFound(maybe_key.status())) return NotTheStores(path, "is missing");
    if (maybe_key.ok() && CheckOf(*maybe_key) != known->check()) {
      return NotTheStores(path, "holds another key than the store's");
    }
    return maybe_key;
  }

  SPLW_ASSIGN_OR_RETURN(std::string key, identity::LoadOrCreateKey(path, random));
  storage::KeyCheckRecord check;
  check.set_name(kName);
  check.set_check(CheckOf(key));
  SPLW_ASSIGN_OR_RETURN(const store::Position written,
                        store.Commit({.label = "key_check"}, [&](store::Transaction& txn) {
                          return KeyChecks().Put(txn, kWholeStore, check);
                        }));
  if (!store::WaitDurable(store, written)) return absl::UnavailableError("the store cannot keep what is written");
  return key;
}

}  // namespace splw::referral_intake
