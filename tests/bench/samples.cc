#include "tests/bench/samples.h"

#include "tests/load/people.h"

namespace splw::bench {
namespace {

constexpr std::int64_t kSampleSeconds = 1'790'000'000;

}  // namespace

void Complete(const std::string& name, referral::v1::Referral& referral) {
  referral.set_name(name);
  referral.set_etag("1");
  referral.set_state(referral::v1::REFERRAL_STATE_ACCEPTED);
  referral.mutable_submit_time()->set_seconds(kSampleSeconds);
  referral.mutable_update_time()->set_seconds(kSampleSeconds);
  referral.mutable_triage()->set_by_policy(true);
  referral.mutable_triage()->mutable_decide_time()->set_seconds(kSampleSeconds);
  referral.set_correlation_id(kSampleUlid);
}

referral::v1::Referral SampleReferral() {
  referral::v1::Referral referral = load::ReferralOf(0);
  Complete(std::string("networks/U12345/referrals/") + kSampleUlid, referral);
  return referral;
}

caseload::v1::Case SampleCase() {
  const referral::v1::Referral referral = SampleReferral();
  caseload::v1::Case made;
  made.set_name(std::string("networks/U12345/cases/") + kSampleUlid);
  made.set_etag("1");
  made.set_state(caseload::v1::CASE_STATE_WAITING_FOR_ALLOCATION);
  made.add_referrals(referral.name());
  *made.mutable_person() = referral.person();
  *made.mutable_referrer() = referral.referrer();
  made.set_reason_text(referral.reason_text());
  *made.mutable_needs() = referral.needs();
  made.set_urgency(referral.urgency());
  *made.mutable_consent() = referral.consent();
  return made;
}

}  // namespace splw::bench
