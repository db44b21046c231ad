#include "tests/load/referral_work.h"

#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "common/text/status_macros.h"
#include "splw/referral/v1/referral_intake_service.pb.h"
#include "tests/load/messages.h"
#include "tests/load/people.h"

namespace splw::load {
namespace {

namespace api = referral::v1;

constexpr char kSubmitMethod[] = "/splw.referral.v1.ReferralIntakeService/SubmitReferral";
constexpr char kGetMethod[] = "/splw.referral.v1.ReferralIntakeService/GetReferral";
constexpr char kListMethod[] = "/splw.referral.v1.ReferralIntakeService/ListReferrals";
constexpr int kPageSize = 50;

std::string NetworkName(const std::string& network) {
  return absl::StrCat("networks/", network);
}

absl::Status Wrong(const char* what) {
  return absl::DataLossError(what);
}

}  // namespace

identity::Principal PracticePrincipal(const std::vector<std::string>& networks) {
  return {.id = "load@p84001.example",
          .role = identity::Role::kReferrer,
          .organisation = kPractice,
          .agency = "",
          .networks = networks};
}

ReferralWork::ReferralWork(ReferralWorkOptions options)
    : options_(std::move(options)), next_person_(options_.first_person), names_(options_.names) {}

std::optional<Call> ReferralWork::Next() {
  const double looks = names_.empty() ? 0 : options_.get + options_.list;
  const double all = options_.submit + looks;
  if (all <= 0) return std::nullopt;  // only looks are wanted, and there is nothing to look at
  const double drawn = std::uniform_real_distribution<double>(0, all)(random_);
  if (drawn < options_.submit) return Submit();
  return drawn < options_.submit + options_.get ? Get() : List();
}

Call ReferralWork::Submit() {
  const std::uint64_t person = next_person_++;
  api::SubmitReferralRequest request;
  request.set_parent(NetworkName(options_.networks[person % options_.networks.size()]));
  *request.mutable_referral() = ReferralOf(person);
  request.set_request_id(absl::StrCat(options_.request_prefix, person));
  return {kSubmitMethod, ToBytes(request), person};
}

Call ReferralWork::Get() {
  api::GetReferralRequest request;
  request.set_name(names_[random_() % names_.size()]);
  // Ids of submissions are the people's numbers; those of looks come from the other end.
  const std::uint64_t id = UINT64_MAX - last_id_++;
  asked_[id] = request.name();
  return {kGetMethod, ToBytes(request), id};
}

Call ReferralWork::List() {
  api::ListReferralsRequest request;
  request.set_parent(NetworkName(options_.networks[random_() % options_.networks.size()]));
  request.set_page_size(kPageSize);
  request.set_order(api::REFERRAL_ORDER_NEWEST_FIRST);
  const std::uint64_t id = UINT64_MAX - last_id_++;
  asked_[id] = request.parent();
  return {kListMethod, ToBytes(request), id};
}

absl::Status ReferralWork::Check(const Call& call, grpc::ByteBuffer& reply) {
  if (call.method == kSubmitMethod) return CheckSubmitted(call, reply);
  const auto found = asked_.find(call.id);
  const std::string asked = std::move(found->second);
  asked_.erase(found);
  if (call.method == kGetMethod) {
    SPLW_ASSIGN_OR_RETURN(const api::Referral referral, FromBytes<api::Referral>(reply));
    if (referral.name() != asked) return Wrong("another referral than was asked for");
    return referral.reason_text().empty() ? Wrong("a referral without its text") : absl::OkStatus();
  }
  SPLW_ASSIGN_OR_RETURN(const api::ListReferralsResponse page, FromBytes<api::ListReferralsResponse>(reply));
  if (page.referrals_size() > kPageSize) return Wrong("more referrals than were asked for");
  for (const api::Referral& referral : page.referrals()) {
    if (!absl::StartsWith(referral.name(), asked + "/referrals/")) return Wrong("a referral of another network");
  }
  return absl::OkStatus();
}

absl::Status ReferralWork::CheckSubmitted(const Call& call, grpc::ByteBuffer& reply) {
  SPLW_ASSIGN_OR_RETURN(const api::Referral got, FromBytes<api::Referral>(reply));
  const api::Referral sent = ReferralOf(call.id);
  const std::string network = NetworkName(options_.networks[call.id % options_.networks.size()]);
  if (!absl::StartsWith(got.name(), network + "/referrals/")) return Wrong("a referral without a name of its network");
  if (got.external_reference() != sent.external_reference() || got.reason_text() != sent.reason_text() ||
      got.person().nhs_number().value() != sent.person().nhs_number().value() ||
      got.person().name().family() != sent.person().name().family() || got.needs_size() != sent.needs_size()) {
    return Wrong("another referral than was sent");
  }
  if (got.state() != api::REFERRAL_STATE_ACCEPTED) return Wrong("a referral that was not accepted");
  names_.push_back(got.name());
  if (options_.acknowledgements == nullptr) return absl::OkStatus();
  return options_.acknowledgements->Write({got.name(), absl::StrCat(options_.request_prefix, call.id), DigestOf(got)});
}

}  // namespace splw::load
