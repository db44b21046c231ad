// How the same person is recognised without a name or number in any key: by keyed hashes (product.md, findings 7 and
// 23; architecture.md, Privacy in the data). Immutable; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "common/identity/keyed_hash.h"
#include "services/referral_intake/messages.h"

namespace splw::referral_intake {

class PersonKeys final {
 public:
  // `key`: identity::kHashKeyBytes bytes, from identity::LoadOrCreateKey.
  explicit PersonKeys(const std::string& key)
      : by_number_(key, "person-nhs-number"), by_details_(key, "person-name-birth-date-postcode") {}

  // Of the NHS number, where its check digit is right; and of family name, first letter of the given name, date of
  // birth and postcode, without regard to case, spaces and punctuation, where all are known. The letter keeps most
  // twins apart and still finds Margaret under Maggie; James and Jane are found for each other, and told apart by a
  // person. None for a person of whom too little is known.
  std::vector<std::string> Of(const type::Person& person) const;

 private:
  identity::KeyedHash by_number_;
  identity::KeyedHash by_details_;
};

}  // namespace splw::referral_intake
