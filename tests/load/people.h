// Invented people and their referrals: as large as real ones, every person another, and each accepted at once under a
// network's default policy.
#pragma once

#include <cstdint>
#include <string>

#include "splw/referral/v1/referral.pb.h"

namespace splw::load {

// How many people have an NHS number of their own; the later ones have none. (Beyond lies 9999999999, which is refused.)
inline constexpr std::uint64_t kPeopleWithNumbers = 899'991;

// The practice that refers all of them.
inline constexpr char kPractice[] = "P84001";

// A valid number that is never issued (999 …), another one for each of the first kPeopleWithNumbers people; empty for
// the others.
std::string NhsNumberOf(std::uint64_t person);

// Stated as the service returns it: nothing of it is normalised on the way.
referral::v1::Referral ReferralOf(std::uint64_t person);

}  // namespace splw::load
