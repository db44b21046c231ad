#include "services/referral_intake/referral_intake.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "common/delivery/request_rules.h"
#include "common/health/same_person.h"
#include "common/rpc/page.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "common/text/validate.h"
#include "services/referral_intake/conversion.h"
#include "services/referral_intake/crisis.h"
#include "services/referral_intake/dates.h"
#include "services/referral_intake/errors.h"
#include "services/referral_intake/limits.h"
#include "services/referral_intake/names.h"
#include "services/referral_intake/network_policy.h"
#include "services/referral_intake/referral_lifecycle.h"
#include "services/referral_intake/referral_tables.h"
#include "services/referral_intake/screening.h"
#include "services/referral_intake/submission.h"
#include "services/referral_intake/telling_apart.h"

namespace splw::referral_intake {
namespace {

constexpr char kCaseload[] = "caseload";

absl::TimeZone London() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/London", &zone)) {
    std::fprintf(stderr, "the time zone Europe/London is not on this machine: install tzdata\n");
    std::abort();
  }
  return zone;
}

bool IsReferrer(const rpc::Call& call) {
  return call.principal.role == identity::Role::kReferrer;
}

// Referrers have to do with their own organisation only; all others with the whole network. `organisation`: its key.
bool MayActFor(const rpc::Call& call, std::string_view organisation) {
  return !IsReferrer(call) || (!organisation.empty() && organisation == OrganisationKey(call.principal.organisation));
}

bool MaySee(const rpc::Call& call, const storage::ReferralRecord& record) {
  return MayActFor(call, OrganisationKey(record.referrer().organisation()));
}

Viewer ViewerOf(const rpc::Call& call) {
  return {IsReferrer(call), OrganisationKey(call.principal.organisation)};
}

// A referrer is not told whether a referral that is not theirs exists.
absl::Status NoSuchReferral(const rpc::Call& call) {
  return IsReferrer(call) ? NotYourOrganisation() : ReferralNotFound();
}

absl::Status CheckParent(const rpc::Call& call, std::string_view parent) {
  if (parent == NetworkName(call.network)) return absl::OkStatus();
  return text::InvalidField("parent", "NAME_INVALID", "must be a network, for example networks/U12345");
}

void CheckName(const rpc::Call& call, std::string_view name, text::Violations& violations) {
  if (ReferralIdOf(name, call.network).has_value()) return;
  violations.Add("name", "NAME_INVALID", "must be a referral's name: networks/{network}/referrals/{id}");
}

// What every change of a referral must bring.
template <typename Request>
text::Violations CheckChange(const rpc::Call& call, const Request& request) {
  text::Violations violations;
  CheckName(call, request.name(), violations);
  delivery::CheckEtagGiven("etag", request.etag(), violations);
  delivery::CheckRequestId(request.request_id(), violations);
  return violations;
}

bool IsNoteCode(std::string_view code) {
  return code.size() <= kMaxNoteCodeCharacters && std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// A value of an enum without the part that all its values share: "DUPLICATE".
std::string Code(const std::string& name, std::string_view prefix) {
  return name.size() > prefix.size() ? name.substr(prefix.size()) : name;
}

absl::StatusOr<ReferralFilter> ReadFilter(const rpc::Call& call, const api::ListReferralsRequest& request) {
  text::Violations violations;
  text::CheckText("referrer_organisation", request.referrer_organisation(), {.max_characters = kMaxLocalIdCharacters},
                  violations);
  ReferralFilter filter{.state = request.state(),
                        .gravest = request.severity(),
                        .organisation = OrganisationKey(request.referrer_organisation())};
  if (request.crisis_only()) {
    if (filter.gravest != api::FINDING_SEVERITY_UNSPECIFIED && filter.gravest != api::FINDING_SEVERITY_CRISIS) {
      violations.Add("crisis_only", "FILTERS_CONTRADICT", "leave `severity` out, or set it to CRISIS");
    }
    filter.danger = true;
  }
  const auto read_time = [&](bool present, const google::protobuf::Timestamp& sent, const char* field) {
    std::optional<absl::Time> time;
    if (!present) return time;
    if (!IsTimestamp(sent)) {
      violations.Add(field, "TIME_INVALID", "must be an instant of the years 1 to 9999");
    } else {
      time = FromTimestamp(sent);
    }
    return time;
  };
  filter.submitted_after = read_time(request.has_submitted_after(), request.submitted_after(), "submitted_after");
  filter.submitted_before = read_time(request.has_submitted_before(), request.submitted_before(), "submitted_before");
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  if (IsReferrer(call) && filter.organisation.empty())
    filter.organisation = OrganisationKey(call.principal.organisation);
  return filter;
}

// The referrals that may be of the same person as they stand now, and those that `named` names.
absl::StatusOr<std::vector<OtherReferral>> OthersAlike(store::Snapshot& snapshot, const std::string& network,
                                                       const storage::ReferralRecord& record,
                                                       const std::vector<std::string>& named) {
  SPLW_ASSIGN_OR_RETURN(std::vector<storage::ReferralRecord> alike,
                        FindByPersonKeys(snapshot, network, {record.person_keys().begin(), record.person_keys().end()},
                                         kMaxOpenReferralsToTellApart));
  std::vector<OtherReferral> others;
  for (storage::ReferralRecord& other : alike) {
    if (other.id() == record.id()) continue;
    const bool told_apart = SaysIsNot(other, ReferralName(network, record.id()));
    others.push_back({ReferralName(network, other.id()), std::move(other), told_apart});
  }
  for (const std::string& name : named) {
    const std::optional<std::string> id = ReferralIdOf(name, network);
    const bool known = std::any_of(others.begin(), others.end(), [&](const auto& other) { return other.name == name; });
    if (known || !id.has_value()) continue;
    SPLW_ASSIGN_OR_RETURN(std::optional<storage::ReferralRecord> other, GetReferral(snapshot, network, *id));
    if (other.has_value()) others.push_back({name, *std::move(other)});
  }
  return others;
}

// What the caseload has to know of the step from `before` to `after`.
absl::Status EmitStep(delivery::Change& change, api::ReferralState before, const storage::ReferralRecord& after) {
  const std::string name = ReferralName(change.network(), after.id());
  if (before == after.state()) return absl::OkStatus();
  if (after.state() == api::REFERRAL_STATE_ACCEPTED) {
    return change.Emit(kCaseload, name, ToReferralAccepted(change.network(), after));
  }
  if (before == api::REFERRAL_STATE_ACCEPTED && after.state() == api::REFERRAL_STATE_WITHDRAWN) {
    api::ReferralWithdrawn event;
    event.set_referral(name);
    event.set_reason_code(Code(api::WithdrawReason_Name(after.withdraw_reason()), "WITHDRAW_REASON_"));
    *event.mutable_withdraw_time() = after.update_time();
    return change.Emit(kCaseload, name, event);
  }
  return absl::OkStatus();
}

// A step in what became of a referral. A missing referral is an error: going on would lose what the referrer is owed.
absl::Status ApplyStep(delivery::Change& change, const std::string& referral, const std::string& case_name,
                       const absl::StatusOr<storage::ProgressRecord>& maybe_step) {
  SPLW_RETURN_IF_ERROR(maybe_step.status());
  const std::optional<std::string> id = ReferralIdOf(referral, change.network());
  if (!id.has_value()) return ReferralNotFound();
  SPLW_ASSIGN_OR_RETURN(const std::optional<storage::ReferralRecord> record,
                        GetReferral(change.txn(), change.network(), *id));
  if (!record.has_value()) return ReferralNotFound();
  change.SetCorrelationId(record->correlation_id());
  SPLW_ASSIGN_OR_RETURN(const std::optional<storage::ReferralRecord> next,
                        RecordProgress(*record, case_name, *maybe_step, change.now()));
  if (!next.has_value()) return absl::OkStatus();
  SPLW_RETURN_IF_ERROR(Referrals().Replace(change.txn(), change.network(), *record, *next));
  return change.Changed(kReferralCollection, referral, false,
                        Code(api::ProgressStage_Name(maybe_step->stage()), "PROGRESS_STAGE_"));
}

}  // namespace

ReferralIntake::ReferralIntake(store::Store& store, delivery::Changes& changes, const time::Clock& clock,
                               PersonKeys person_keys)
    : store_(store), changes_(changes), clock_(clock), person_keys_(std::move(person_keys)), london_(London()) {}

absl::StatusOr<storage::ReferralRecord> ReferralIntake::Prepare(const rpc::Call& call, store::Snapshot& snapshot,
                                                                const storage::ReferralRecord& submission,
                                                                bool validate_only) const {
  SPLW_ASSIGN_OR_RETURN(const storage::NetworkPolicyRecord policy, GetPolicy(snapshot, call.network));
  storage::ReferralRecord record = submission;
  SPLW_ASSIGN_OR_RETURN(
      const std::vector<storage::ReferralRecord> others,
      FindByPersonKeys(snapshot, call.network, {record.person_keys().begin(), record.person_keys().end()},
                       kMaxOpenReferralsLookedAt));

  // To the microsecond, as the index of lists has it: no list's bounds may fall between the two.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(snapshot.Now()));
  ScreeningFacts facts{.same_person = {}, .today = absl::ToCivilDay(now, london_)};
  for (const storage::ReferralRecord& other : others) {
    const bool other_number = health::CertainlyDifferent(record.person(), other.person());
    const bool twin = other_number && !health::CalledAlike(record.person(), other.person());
    if (twin || (validate_only && !MaySee(call, other))) continue;
    facts.same_person.push_back({ReferralName(call.network, other.id()), IsOpen(other), other.case_(),
                                 OrganisationKey(other.referrer().organisation()), other_number});
  }
  const std::vector<storage::FindingRecord> findings = Screen(record, policy, facts);
  record.mutable_findings()->Assign(findings.begin(), findings.end());
  if (NeedsAcknowledgement(record)) *record.mutable_urgent_advice() = policy.urgent_advice();
  record.set_state(api::REFERRAL_STATE_AWAITING_TRIAGE);
  record.set_correlation_id(call.correlation_id);
  *record.mutable_submit_time() = ToTimestamp(now);
  *record.mutable_update_time() = ToTimestamp(now);
  if (AcceptedByPolicy(findings, policy)) return referral_intake::Accept(record, {}, now);
  record.set_version(1);
  return record;
}

absl::StatusOr<store::Position> ReferralIntake::Submit(const rpc::Call& call, const api::SubmitReferralRequest& request,
                                                       api::Referral* response) {
  const std::string organisation = OrganisationKey(request.referral().referrer().organisation());
  if (!organisation.empty() && !MayActFor(call, organisation)) return NotYourOrganisation();
  SPLW_RETURN_IF_ERROR(CheckParent(call, request.parent()));
  SPLW_ASSIGN_OR_RETURN(storage::ReferralRecord submission,
                        ReadSubmission(request, call.principal.organisation, absl::ToCivilDay(clock_.Now(), london_)));
  for (std::string& key : person_keys_.Of(submission.person())) submission.add_person_keys(std::move(key));
  if (request.validate_only()) {
    return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
      SPLW_ASSIGN_OR_RETURN(const storage::ReferralRecord record, Prepare(call, snapshot, submission, true));
      *response = ToReferral(call.network, record, ViewerOf(call));
      return absl::OkStatus();
    });
  }
  return changes_.RunOnce(
      call.attempt(), call.origin(), call.network, request.request_id(), request, response,
      [&](delivery::Change& change) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(storage::ReferralRecord record, Prepare(call, change.txn(), submission, false));
        record.set_id(change.NewId());
        SPLW_RETURN_IF_ERROR(Referrals().PutNew(change.txn(), call.network, record));
        SPLW_RETURN_IF_ERROR(EmitStep(change, api::REFERRAL_STATE_AWAITING_TRIAGE, record));
        SPLW_RETURN_IF_ERROR(change.Changed(kReferralCollection, ReferralName(call.network, record.id()), true,
                                            record.triage().by_policy() ? "ACCEPTED_BY_POLICY" : ""));
        *response = ToReferral(call.network, record, ViewerOf(call));
        return absl::OkStatus();
      });
}

absl::StatusOr<store::Position> ReferralIntake::Get(const rpc::Call& call, const api::GetReferralRequest& request,
                                                    api::Referral* response) {
  text::Violations violations;
  CheckName(call, request.name(), violations);
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const std::optional<storage::ReferralRecord> record,
                          GetReferral(snapshot, call.network, *ReferralIdOf(request.name(), call.network)));
    if (!record.has_value() || !MaySee(call, *record)) return NoSuchReferral(call);
    *response = ToReferral(call.network, *record, ViewerOf(call));
    return absl::OkStatus();
  });
}

absl::StatusOr<store::Position> ReferralIntake::List(const rpc::Call& call, const api::ListReferralsRequest& request,
                                                     api::ListReferralsResponse* response) {
  if (!request.referrer_organisation().empty() && !MayActFor(call, OrganisationKey(request.referrer_organisation()))) {
    return NotYourOrganisation();
  }
  // A referrer without an organisation must not fall through to "any".
  if (IsReferrer(call) && OrganisationKey(call.principal.organisation).empty()) return NotYourOrganisation();
  SPLW_RETURN_IF_ERROR(CheckParent(call, request.parent()));
  SPLW_ASSIGN_OR_RETURN(const ReferralFilter filter, ReadFilter(call, request));
  const store::Order order =
      request.order() == api::REFERRAL_ORDER_NEWEST_FIRST ? store::Order::kDescending : store::Order::kAscending;
  SPLW_ASSIGN_OR_RETURN(const store::PageRequest page, rpc::ReadPage(request, {}, order));
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    response->Clear();
    SPLW_ASSIGN_OR_RETURN(const store::PageOf<storage::ReferralRecord> found,
                          ListReferrals(snapshot, call.network, filter, page));
    for (const storage::ReferralRecord& record : found.records) {
      api::Referral& referral = *response->add_referrals();
      referral = ToReferral(call.network, record, ViewerOf(call));
      referral.clear_import_notes();
    }
    return rpc::EndPage(call, snapshot, kReferralCollection, request, found.next, response);
  });
}

absl::StatusOr<store::Position> ReferralIntake::ChangeReferral(const rpc::Call& call,
                                                               const google::protobuf::Message& request,
                                                               const Target& target, api::Referral* response,
                                                               Decide decide) {
  return changes_.RunOnce(
      call.attempt(), call.origin(), call.network, target.request_id, request, response,
      [&](delivery::Change& change) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(const std::optional<storage::ReferralRecord> record,
                              GetReferral(change.txn(), call.network, *ReferralIdOf(target.name, call.network)));
        if (!record.has_value() || !MaySee(call, *record)) return NoSuchReferral(call);
        SPLW_RETURN_IF_ERROR(delivery::CheckEtag("etag", target.etag, record->version()));
        change.SetCorrelationId(record->correlation_id());
        SPLW_ASSIGN_OR_RETURN(const storage::ReferralRecord next, decide(change.txn(), *record, change.now()));
        SPLW_RETURN_IF_ERROR(Referrals().Replace(change.txn(), call.network, *record, next));
        SPLW_RETURN_IF_ERROR(EmitStep(change, record->state(), next));
        SPLW_RETURN_IF_ERROR(change.Changed(kReferralCollection, target.name, false, target.reason));
        *response = ToReferral(call.network, next, ViewerOf(call));
        return absl::OkStatus();
      });
}

absl::StatusOr<store::Position> ReferralIntake::Accept(const rpc::Call& call, const api::AcceptReferralRequest& request,
                                                       api::Referral* response) {
  text::Violations violations = CheckChange(call, request);
  if (!IsNoteCode(request.note_code())) {
    violations.Add("note_code", "CODE_INVALID", "must be at most 64 of A-Z, 0-9 and '_'");
  }
  if (request.has_crisis_answers() && !AllAsked(request.crisis_answers())) {
    violations.Missing("crisis_answers", "answer all three questions; \"unsure\" is an answer");
  }
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  AcceptCommand command{.decided_by = call.principal.id, .note_code = request.note_code()};
  if (request.has_crisis_answers()) command.crisis_answers = request.crisis_answers();
  command.not_same_person_as.assign(request.not_same_person_as().begin(), request.not_same_person_as().end());
  const Target target{request.name(), request.etag(), request.request_id(), request.note_code()};
  return ChangeReferral(
      call, request, target, response,
      [&](store::Snapshot& snapshot, const storage::ReferralRecord& record,
          absl::Time now) -> absl::StatusOr<storage::ReferralRecord> {
        SPLW_ASSIGN_OR_RETURN(const storage::NetworkPolicyRecord policy, GetPolicy(snapshot, call.network));
        command.urgent_advice = policy.urgent_advice();
        SPLW_ASSIGN_OR_RETURN(command.others, OthersAlike(snapshot, call.network, record, command.not_same_person_as));
        return referral_intake::Accept(record, command, now);
      });
}

absl::StatusOr<store::Position> ReferralIntake::Return(const rpc::Call& call, const api::ReturnReferralRequest& request,
                                                       api::Referral* response) {
  text::Violations violations = CheckChange(call, request);
  if (request.reason() == api::RETURN_REASON_UNSPECIFIED) violations.Missing("reason", "say why it is returned");
  text::CheckText("advice", request.advice(),
                  {.max_characters = kMaxAdviceCharacters, .required = true, .allow_lines = true}, violations);
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  const ReturnCommand command{call.principal.id, request.reason(), request.advice()};
  const Target target{request.name(), request.etag(), request.request_id(),
                      Code(api::ReturnReason_Name(request.reason()), "RETURN_REASON_")};
  return ChangeReferral(call, request, target, response,
                        [&](store::Snapshot&, const storage::ReferralRecord& record, absl::Time now) {
                          return referral_intake::Return(record, command, now);
                        });
}

absl::StatusOr<store::Position> ReferralIntake::Withdraw(const rpc::Call& call,
                                                         const api::WithdrawReferralRequest& request,
                                                         api::Referral* response) {
  text::Violations violations = CheckChange(call, request);
  if (request.reason() == api::WITHDRAW_REASON_UNSPECIFIED) {
    violations.Missing("reason", "say why it is withdrawn");
  }
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  const Target target{request.name(), request.etag(), request.request_id(),
                      Code(api::WithdrawReason_Name(request.reason()), "WITHDRAW_REASON_")};
  return ChangeReferral(call, request, target, response,
                        [&](store::Snapshot&, const storage::ReferralRecord& record, absl::Time now) {
                          return referral_intake::Withdraw(record, request.reason(), now);
                        });
}

absl::StatusOr<store::Position> ReferralIntake::AcknowledgeCrisis(const rpc::Call& call,
                                                                  const api::AcknowledgeCrisisRequest& request,
                                                                  api::Referral* response) {
  text::Violations violations = CheckChange(call, request);
  if (!request.urgent_advice_given()) {
    violations.Missing("urgent_advice_given", "give the urgent advice first, then confirm that it was given");
  }
  text::CheckText("practitioner_name", request.practitioner_name(),
                  {.max_characters = kMaxPersonLabelCharacters, .required = true}, violations);
  text::CheckText("referrer_informed", request.referrer_informed(),
                  {.max_characters = kMaxPersonLabelCharacters, .required = !IsReferrer(call)}, violations);
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  const AcknowledgeCommand command{call.principal.id, request.practitioner_name(), request.referrer_informed()};
  const Target target{request.name(), request.etag(), request.request_id(), "URGENT_ADVICE_GIVEN"};
  return ChangeReferral(call, request, target, response,
                        [&](store::Snapshot&, const storage::ReferralRecord& record, absl::Time now) {
                          return Acknowledge(record, command, now);
                        });
}

absl::StatusOr<store::Position> ReferralIntake::GetNetworkPolicy(const rpc::Call& call,
                                                                 const api::GetNetworkPolicyRequest& request,
                                                                 api::NetworkPolicy* response) {
  if (request.name() != PolicyName(call.network)) {
    return text::InvalidField("name", "NAME_INVALID", "must be networks/{network}/policy");
  }
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const storage::NetworkPolicyRecord policy, GetPolicy(snapshot, call.network));
    *response = ToNetworkPolicy(call.network, policy);
    return absl::OkStatus();
  });
}

absl::StatusOr<store::Position> ReferralIntake::UpdateNetworkPolicy(const rpc::Call& call,
                                                                    const api::UpdateNetworkPolicyRequest& request,
                                                                    api::NetworkPolicy* response) {
  if (request.policy().name() != PolicyName(call.network)) {
    return text::InvalidField("policy.name", "NAME_INVALID", "must be networks/{network}/policy");
  }
  return changes_.RunOnce(
      call.attempt(), call.origin(), call.network, request.request_id(), request, response,
      [&](delivery::Change& change) -> absl::Status {
        SPLW_ASSIGN_OR_RETURN(const storage::NetworkPolicyRecord policy, GetPolicy(change.txn(), call.network));
        SPLW_ASSIGN_OR_RETURN(const storage::NetworkPolicyRecord next, UpdatePolicy(policy, request, change.now()));
        SPLW_RETURN_IF_ERROR(Policies().Put(change.txn(), call.network, next));
        SPLW_RETURN_IF_ERROR(change.Changed(kPolicyCollection, request.policy().name(), policy.version() == 0));
        *response = ToNetworkPolicy(call.network, next);
        return absl::OkStatus();
      });
}

absl::StatusOr<bool> ReferralIntake::FillChange(const rpc::Call& call, store::Snapshot& snapshot,
                                                const delivery::FeedItem& item,
                                                api::WatchReferralsResponse* response) const {
  const std::optional<std::string> id = ReferralIdOf(item.resource, call.network);
  if (!id.has_value()) return false;
  SPLW_ASSIGN_OR_RETURN(const std::optional<storage::ReferralRecord> record, GetReferral(snapshot, call.network, *id));
  if (!record.has_value() || !MaySee(call, *record)) return false;
  response->set_kind(item.created ? type::CHANGE_KIND_CREATED : type::CHANGE_KIND_UPDATED);
  *response->mutable_referral() = ToReferral(call.network, *record, ViewerOf(call));
  return true;
}

void ReferralIntake::RegisterEvents(delivery::Inbox& inbox) {
  inbox.Handle<caseload::v1::CaseOpened>([](delivery::Change& change, const caseload::v1::CaseOpened& event) {
    return ApplyStep(change, event.referral(), event.case_(), ToProgress(event));
  });
  inbox.Handle<caseload::v1::CaseProgressed>([](delivery::Change& change, const caseload::v1::CaseProgressed& event) {
    return ApplyStep(change, event.referral(), event.case_(), ToProgress(event));
  });
  inbox.Handle<caseload::v1::CaseClosed>([](delivery::Change& change, const caseload::v1::CaseClosed& event) {
    return ApplyStep(change, event.referral(), event.case_(), ToProgress(event));
  });
}

}  // namespace splw::referral_intake
