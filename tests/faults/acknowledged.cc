#include "tests/faults/acknowledged.h"

#include <cstdint>
#include <map>
#include <set>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "tests/journey/invariants.h"
#include "tests/journey/list_all.h"
#include "tests/load/people.h"
#include "tests/load/referral_work.h"

namespace splw::faults {
namespace {

using testing::IsOk;

// Enough to meet each batch of a run; more would only take time.
constexpr std::size_t kMostRepeats = 100;

std::vector<referral::v1::Referral> AllReferrals(journey::World& world) {
  referral::v1::ListReferralsRequest request;
  request.set_parent(journey::kParent);
  return journey::ListAll<referral::v1::Referral>(world.lead, &journey::ReferralStub::ListReferrals, request,
                                                  [](const auto& page) { return page.referrals(); });
}

// As the load generator asked, byte for byte.
void AskAgain(const testing::Suite& suite, const load::Acknowledgement& acknowledgement) {
  const identity::Principal principal = load::PracticePrincipal({journey::kNetwork});
  journey::Caller practice(suite, {principal.id, identity::RoleName(principal.role), principal.organisation});
  std::uint64_t person = 0;
  const std::string& request_id = acknowledgement.request_id;
  ASSERT_TRUE(absl::SimpleAtoi(request_id.substr(request_id.rfind('-') + 1), &person)) << request_id;
  referral::v1::SubmitReferralRequest request;
  request.set_parent(journey::kParent);
  *request.mutable_referral() = load::ReferralOf(person);
  request.set_request_id(request_id);
  const auto maybe_referral = practice.Call(&journey::ReferralStub::SubmitReferral, request);
  ASSERT_THAT(maybe_referral, IsOk()) << request_id;
  EXPECT_EQ(maybe_referral->name(), acknowledgement.name) << request_id << " was answered with another referral";
}

}  // namespace

void CheckAcknowledged(const testing::Suite& suite, journey::World& world,
                       const std::vector<load::Acknowledgement>& acknowledged) {
  for (std::size_t i = 0; i < acknowledged.size(); i += acknowledged.size() / kMostRepeats + 1) {
    AskAgain(suite, acknowledged[i]);
  }
  std::map<std::string, std::string> digests;  // of all referrals, by name
  std::set<std::string> people;
  for (const referral::v1::Referral& referral : AllReferrals(world)) {
    digests[referral.name()] = load::DigestOf(referral);
    EXPECT_TRUE(people.insert(referral.person().nhs_number().value()).second)
        << referral.name() << " is of a person who was referred once";
  }
  std::set<std::string> names;
  for (const load::Acknowledgement& each : acknowledged) {
    EXPECT_TRUE(names.insert(each.name).second) << each.name << " was acknowledged to two requests";
    const auto found = digests.find(each.name);
    if (found == digests.end()) {
      ADD_FAILURE() << each.name << " was acknowledged and is lost";
    } else {
      EXPECT_EQ(found->second, each.digest) << each.name << " is not what was acknowledged";
    }
  }
  journey::CheckInvariants(suite, world);
}

}  // namespace splw::faults
