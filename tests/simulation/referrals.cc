// Referrers submit and withdraw, triagers decide; every referral comes to exactly one end.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/caseload/caseload_tables.h"
#include "services/caseload/names.h"
#include "services/referral_intake/names.h"
#include "services/referral_intake/referral_tables.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"
#include "tests/simulation/services.h"

namespace splw::simulation {
namespace {

using referral_intake::ReferralIntake;
namespace api = referral::v1;
namespace type = type::v1;
using referral::storage::v1::ReferralRecord;

constexpr Role kReferrer{"referrer", identity::Role::kReferrer, "G82080"};
constexpr Role kTriager{"triager", identity::Role::kServiceLead};

// Numbers that are never issued (standards.md, "Identity").
constexpr const char* kNhsNumbers[] = {"9990000018", "9990000026", "9990000034", "9990000042", "9990000050",
                                       "9990000069", "9990000077", "9990000085", "9990000093"};

api::Referral ReferralOf(Draw& draw, int person_number) {
  api::Referral referral;
  type::Person& person = *referral.mutable_person();
  if (draw.Percent(80)) {
    person.mutable_nhs_number()->set_value(kNhsNumbers[person_number]);
  } else {
    person.mutable_nhs_number()->set_absent_reason(type::NHS_NUMBER_ABSENT_REASON_NOT_KNOWN);
  }
  person.mutable_name()->set_family("Sample" + std::to_string(person_number));
  person.mutable_name()->set_given("Jean");
  person.mutable_birth_date()->set_year(1948);
  person.mutable_birth_date()->set_month(3);
  person.mutable_birth_date()->set_day(7);
  person.mutable_address()->add_lines("4 Mill Lane");
  person.mutable_address()->set_postcode("M14 5TP");
  type::Referrer& referrer = *referral.mutable_referrer();
  referrer.mutable_organisation()->set_ods_code(kReferrer.organisation);
  referrer.mutable_organisation()->set_agency(type::AGENCY_KIND_PRIMARY_CARE);
  referrer.set_practitioner_name("Dr Sample");
  referral.set_reason_text("Falls, arrears, lives alone.");
  referral.add_needs()->set_category(type::NEED_CATEGORY_LONELINESS);
  if (draw.Percent(40)) referral.add_needs()->set_category(type::NEED_CATEGORY_MONEY);
  type::CrisisAnswers& answers = *referral.mutable_crisis_answers();
  answers.set_feels_unsafe_now(type::CRISIS_ANSWER_NO);
  answers.set_suicidal_thoughts(draw.Percent(10) ? type::CRISIS_ANSWER_UNSURE : type::CRISIS_ANSWER_NO);
  answers.set_risk_of_harm(type::CRISIS_ANSWER_NO);
  referral.mutable_consent()->set_referral(draw.Percent(5) ? type::CONSENT_STATUS_DECLINED
                                                           : type::CONSENT_STATUS_AGREED);
  referral.mutable_consent()->set_explained_by("Dr Sample, GP");
  referral.mutable_consent()->add_share_with(type::AGENCY_KIND_VCSE);
  referral.set_urgency(draw.Percent(25) ? type::URGENCY_URGENT : type::URGENCY_ROUTINE);
  referral.set_channel(api::SUBMISSION_CHANNEL_BY_HAND);
  return referral;
}

void Submit(World& world, Draw& draw) {
  const int person = draw.Between(0, world.profile().people - 1);
  api::SubmitReferralRequest request;
  request.set_parent(kParent);
  *request.mutable_referral() = ReferralOf(draw, person);
  world.Send(draw, world.intake(), kReferrer, Intake, &ReferralIntake::Submit, std::move(request), "SubmitReferral",
             "submits a referral of person " + std::to_string(person));
}

// A referral in this state (any, where unspecified).
std::optional<api::Referral> SomeReferral(World& world, Draw& draw, api::ReferralState state) {
  api::ListReferralsRequest request;
  request.set_parent(kParent);
  request.set_state(state);
  request.set_page_size(10);
  const auto page = world.Read(draw, world.intake(), Intake, &ReferralIntake::List, request);
  if (!page.has_value() || page->referrals().empty()) return std::nullopt;
  return page->referrals(static_cast<int>(draw.Pick(static_cast<std::size_t>(page->referrals_size()))));
}

template <typename Request>
Request ChangeOf(Draw& draw, const api::Referral& referral) {
  Request request;
  request.set_name(referral.name());
  request.set_etag(EtagSeen(draw, referral.etag()));
  return request;
}

void Withdraw(World& world, Draw& draw) {
  const auto referral = SomeReferral(world, draw, api::REFERRAL_STATE_UNSPECIFIED);
  if (!referral.has_value()) return;
  auto request = ChangeOf<api::WithdrawReferralRequest>(draw, *referral);
  request.set_reason(api::WITHDRAW_REASON_NO_LONGER_NEEDED);
  world.Send(draw, world.intake(), kReferrer, Intake, &ReferralIntake::Withdraw, std::move(request), "WithdrawReferral",
             "withdraws " + Short(referral->name()));
}

void AcknowledgeCrisis(World& world, Draw& draw, const api::Referral& referral) {
  auto request = ChangeOf<api::AcknowledgeCrisisRequest>(draw, referral);
  request.set_urgent_advice_given(true);
  request.set_practitioner_name("Dr Sample, GP");
  request.set_referrer_informed("Nurse Sample, Mill Lane Surgery");
  world.Send(draw, world.intake(), kTriager, Intake, &ReferralIntake::AcknowledgeCrisis, std::move(request),
             "AcknowledgeCrisis", "confirms that the crisis of " + Short(referral.name()) + " is known");
}

void Accept(World& world, Draw& draw, const api::Referral& referral) {
  world.Send(draw, world.intake(), kTriager, Intake, &ReferralIntake::Accept,
             ChangeOf<api::AcceptReferralRequest>(draw, referral), "AcceptReferral",
             "accepts " + Short(referral.name()));
}

void Return(World& world, Draw& draw, const api::Referral& referral) {
  auto request = ChangeOf<api::ReturnReferralRequest>(draw, referral);
  request.set_reason(api::RETURN_REASON_OUTSIDE_REMIT);
  request.set_advice("Please refer to the falls clinic.");
  world.Send(draw, world.intake(), kTriager, Intake, &ReferralIntake::Return, std::move(request), "ReturnReferral",
             "returns " + Short(referral.name()));
}

void Triage(World& world, Draw& draw) {
  const auto referral = SomeReferral(world, draw, api::REFERRAL_STATE_AWAITING_TRIAGE);
  if (!referral.has_value()) return;
  if (!referral->has_crisis_acknowledgement() && referral->has_urgent_advice() && draw.Percent(60)) {
    return AcknowledgeCrisis(world, draw, *referral);
  }
  if (referral->consent().referral() == type::CONSENT_STATUS_DECLINED || draw.Percent(10)) {
    return Return(world, draw, *referral);
  }
  Accept(world, draw, *referral);
}

void ChangePolicy(World& world, Draw& draw) {
  api::GetNetworkPolicyRequest get;
  get.set_name(referral_intake::PolicyName(kNetwork));
  const auto policy = world.Read(draw, world.intake(), Intake, &ReferralIntake::GetNetworkPolicy, get);
  if (!policy.has_value()) return;
  api::UpdateNetworkPolicyRequest request;
  *request.mutable_policy() = *policy;
  request.mutable_policy()->set_auto_accept_routine(draw.Percent(60));
  request.mutable_update_mask()->add_paths("auto_accept_routine");
  world.Send(draw, world.intake(), kTriager, Intake, &ReferralIntake::UpdateNetworkPolicy, std::move(request),
             "UpdateNetworkPolicy", "changes the network's policy");
}

bool IsEnd(api::ReferralState state) {
  return state == api::REFERRAL_STATE_RETURNED || state == api::REFERRAL_STATE_WITHDRAWN ||
         state == api::REFERRAL_STATE_CLOSED;
}

void CheckWrite(World& world, Node& node, const Write& write) {
  const auto changed = simulation::ChangeOf(node, world.intake(), write, referral_intake::Referrals());
  if (!changed.has_value()) return;
  const ReferralRecord& after = changed->after;
  CheckVersion(world, *changed, "referral " + after.id());
  if ((after.state() == api::REFERRAL_STATE_CLOSED) != (after.outcome() != api::REFERRAL_OUTCOME_UNSPECIFIED)) {
    world.Fail("a referral ends once", after.id() + " has an outcome without an end, or an end without an outcome");
  }
  if (!changed->before.has_value()) return;
  const ReferralRecord& before = *changed->before;
  const bool accepted_again =
      after.state() == api::REFERRAL_STATE_AWAITING_TRIAGE && before.state() != api::REFERRAL_STATE_AWAITING_TRIAGE;
  if (accepted_again || (IsEnd(before.state()) && after.state() != before.state())) {
    world.Fail("a referral ends once", after.id() + " goes from " + api::ReferralState_Name(before.state()) + " to " +
                                           api::ReferralState_Name(after.state()));
  }
  if (!before.case_().empty() && after.case_() != before.case_()) {
    world.Fail("a referral has one case", after.id() + " had a case, and is given another");
  }
}

// True for one that was accepted, whatever became of it.
bool WasAccepted(const ReferralRecord& referral) {
  return referral.state() == api::REFERRAL_STATE_ACCEPTED || referral.state() == api::REFERRAL_STATE_CLOSED ||
         (referral.state() == api::REFERRAL_STATE_WITHDRAWN && referral.has_triage());
}

void CheckCase(World& world, const ReferralRecord& referral, const std::vector<caseload::CaseRecord>& cases,
               const std::string& name) {
  int found = 0;
  for (const caseload::CaseRecord& each : cases) {
    for (const auto& of_case : each.referrals()) {
      if (of_case.referral() != name) continue;
      ++found;
      if (referral.case_() != caseload::CaseName(kNetwork, each.id())) {
        world.Fail("an accepted referral has one case", Short(name) + " knows another case than the one that has it");
      }
      const bool withdrawn = referral.state() == api::REFERRAL_STATE_WITHDRAWN;
      if (of_case.withdrawn() != withdrawn && each.state() != caseload::v1::CASE_STATE_CLOSED) {
        world.Fail("a withdrawal arrives", Short(name) + " and its case do not agree that it is withdrawn");
      }
      const bool closed = each.state() == caseload::v1::CASE_STATE_CLOSED;
      if (closed && referral.state() == api::REFERRAL_STATE_ACCEPTED) {
        world.Fail("the referrer hears the outcome", Short(name) + " is open though its case is closed");
      }
      if (!closed && referral.state() == api::REFERRAL_STATE_CLOSED) {
        world.Fail("the referrer hears the outcome", Short(name) + " is closed though its case is open");
      }
    }
  }
  if (found != 1) {
    world.Fail("an accepted referral has one case", Short(name) + " is in " + std::to_string(found) + " cases");
  }
}

void CheckSettled(World& world) {
  if (world.restored()) return;
  const auto cases = AllOf(world, world.caseload(), caseload::Cases());
  std::set<std::string> accepted;
  for (const ReferralRecord& referral : AllOf(world, world.intake(), referral_intake::Referrals())) {
    const std::string name = referral_intake::ReferralName(kNetwork, referral.id());
    if (!WasAccepted(referral)) continue;
    accepted.insert(name);
    CheckCase(world, referral, cases, name);
  }
  for (const caseload::CaseRecord& each : cases) {
    for (const auto& of_case : each.referrals()) {
      if (accepted.count(of_case.referral()) == 0) {
        world.Fail("a case comes from an accepted referral",
                   Short(of_case.referral()) + " has a case and is not accepted");
      }
    }
  }
}

}  // namespace

bool TriageAll(World& world, Draw& draw) {
  bool any = false;
  for (const ReferralRecord& record : AllOf(world, world.intake(), referral_intake::Referrals())) {
    if (record.state() != api::REFERRAL_STATE_AWAITING_TRIAGE) continue;
    any = true;
    api::GetReferralRequest get;
    get.set_name(referral_intake::ReferralName(kNetwork, record.id()));
    const auto referral = world.Read(draw, world.intake(), Intake, &ReferralIntake::Get, get);
    if (!referral.has_value()) continue;
    if (referral->consent().referral() != type::CONSENT_STATUS_DECLINED) {
      Accept(world, draw, *referral);
    } else if (referral->has_urgent_advice() && !referral->has_crisis_acknowledgement()) {
      AcknowledgeCrisis(world, draw, *referral);
    } else {
      Return(world, draw, *referral);
    }
  }
  return any;
}

void CheckAllReferralsEnded(World& world) {
  for (const ReferralRecord& record : AllOf(world, world.intake(), referral_intake::Referrals())) {
    if (IsEnd(record.state())) continue;
    world.Fail("every referral comes to an end", Short(referral_intake::ReferralName(kNetwork, record.id())) +
                                                     " is still " + api::ReferralState_Name(record.state()) +
                                                     " when everybody has finished");
  }
}

Feature ReferralFeature() {
  return {.name = "referrals",
          .actions = {{"submit", 10, Submit, 1},
                      {"withdraw", 2, Withdraw},
                      {"triage", 10, Triage},
                      {"change policy", 1, ChangePolicy}},
          .check_write = CheckWrite,
          .check_settled = CheckSettled};
}

}  // namespace splw::simulation
