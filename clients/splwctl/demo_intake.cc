// The demonstration, steps 1 to 3: the week is loaded, the referral screened, the case opened.
#include <algorithm>

#include <absl/strings/str_format.h>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/demo.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "clients/splwctl/render.h"
#include "clients/splwctl/values.h"

namespace splw::ctl {
namespace {

namespace cv1 = caseload::v1;
namespace rv1 = referral::v1;
using IntakeStub = rv1::ReferralIntakeService::Stub;

void PrintFindings(std::ostream& out, const rv1::Referral& referral) {
  if (referral.findings().empty()) out << "  screening: nothing found\n";
  for (const rv1::Finding& finding : referral.findings()) {
    out << "  screening: " << EnumWords(finding.severity()) << ": " << Printable(finding.message()) << " ["
        << EnumWords(finding.code()) << "]\n";
  }
}

void PrintReferral(std::ostream& out, const rv1::Referral& referral) {
  out << "  " << Printable(FieldText(referral, "person.name")) << ", born " << FieldText(referral, "person.birth_date")
      << ", referred by " << Printable(FieldText(referral, "referrer.organisation")) << "\n";
  for (const std::string& line : Wrapped("“" + referral.reason_text() + "”", 92)) out << "    " << line << "\n";
}

}  // namespace

absl::Status Demo::LoadWeek() {
  SPLW_ASSIGN_OR_RETURN(LoadReport report, LoadSampleWeek(connection_, week_, err_, err_terminal_));
  Line(absl::StrFormat("  %d practices, %d link workers, %d community services, 1 MDT, %d referrals (%d of them new)",
                       static_cast<int>(week_.practices.size()), static_cast<int>(week_.workers.size()),
                       static_cast<int>(week_.services.size()), static_cast<int>(week_.referrals.size()),
                       report.referrals));
  referrals_ = std::move(report.by_reference);
  SPLW_RETURN_IF_ERROR(ChooseRun());
  return SubmitReferrals();
}

absl::Status Demo::ChooseRun() {
  if (run_.empty()) run_ = script_.first_run;
  if (run_ != "auto") return absl::OkStatus();
  for (int number = 2;; ++number) {
    run_ = absl::StrFormat("demo-%d", number);
    if (referrals_.count(Reference(script_.main)) == 0) return absl::OkStatus();
  }
}

absl::Status Demo::SubmitReferrals() {
  std::vector<std::string> keys = {script_.main, script_.crisis, script_.duplicate};
  for (const ScriptedNomination& nomination : script_.nominations) keys.push_back(nomination.key);
  for (const std::string& key : keys) {
    const auto request = std::find_if(week_.referrals.begin(), week_.referrals.end(),
                                      [&](const auto& each) { return KeyOf(each) == key; });
    if (request == week_.referrals.end()) return UsageError("demo.json", "no referral has the key " + key);
    if (referrals_.count(Reference(key)) > 0) continue;  // the sample week's own, or an earlier attempt's
    SPLW_ASSIGN_OR_RETURN(referrals_[Reference(key)], Submit(connection_, ForRun(*request, run_)));
  }
  crisis_ = referrals_[Reference(script_.crisis)];
  duplicate_ = referrals_[Reference(script_.duplicate)];
  journeys_.clear();
  for (const ScriptedNomination& nomination : script_.nominations) {
    Journey journey;
    journey.script = &nomination;
    journey.referral = referrals_[Reference(nomination.key)];
    journeys_.push_back(std::move(journey));
  }
  for (Journey& journey : journeys_) {
    if (journey.script->key == script_.main) main_ = &journey;
  }
  if (main_ == nullptr) return UsageError("demo.json", "the main referral is not among the nominations");
  return absl::OkStatus();
}

absl::Status Demo::ShowScreening() {
  SPLW_ASSIGN_OR_RETURN(main().referral, GetReferral(main().referral.name()));
  PrintReferral(out_, main().referral);
  PrintFindings(out_, main().referral);
  Line("  state: " + EnumWords(main().referral.state()) +
       (main().referral.triage().by_policy() ? ", at once, by the network's policy" : ""));

  Line("\n  A crisis on the same morning:");
  SPLW_ASSIGN_OR_RETURN(crisis_, GetReferral(crisis_.name()));
  PrintReferral(out_, crisis_);
  PrintFindings(out_, crisis_);
  if (crisis_.urgent_advice().text().empty()) return LostOrDoubled("the crisis has no urgent advice");
  for (const std::string& line : Wrapped("URGENT: " + crisis_.urgent_advice().text(), 92)) Line("    " + line);
  SPLW_RETURN_IF_ERROR(Ensure(
      "the acknowledgement of the crisis",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(crisis_, GetReferral(crisis_.name()));
        return crisis_.has_crisis_acknowledgement();
      },
      [&]() -> absl::Status {
        rv1::AcknowledgeCrisisRequest request;
        request.set_name(crisis_.name());
        request.set_etag(crisis_.etag());
        request.set_urgent_advice_given(true);
        request.set_practitioner_name(crisis_.referrer().practitioner_name());
        request.set_request_id(RequestId("acknowledge", crisis_.etag()));
        return connection_
            .Call(ReferrerOf(week_.network, crisis_), connection_.intake(), &IntakeStub::AcknowledgeCrisis, request)
            .status();
      }));
  Line("  state: " + EnumWords(crisis_.state()) + "; acknowledged by " +
       Printable(crisis_.crisis_acknowledgement().practitioner_name()));
  if (crisis_.state() != rv1::REFERRAL_STATE_AWAITING_TRIAGE) {
    err_ << "  (somebody has decided on the crisis since)\n";
  }

  Line("\n  And the same person from another door:");
  SPLW_ASSIGN_OR_RETURN(duplicate_, GetReferral(duplicate_.name()));
  PrintReferral(out_, duplicate_);
  PrintFindings(out_, duplicate_);
  const bool recognised =
      std::any_of(duplicate_.findings().begin(), duplicate_.findings().end(),
                  [&](const rv1::Finding& finding) { return finding.related_referral() == main().referral.name(); });
  if (!recognised) return LostOrDoubled("the second referral of the same person was not recognised");
  return absl::OkStatus();
}

absl::Status Demo::EnsureAccepted(rv1::Referral* referral) {
  return Ensure(
      "the acceptance",
      [&]() -> absl::StatusOr<bool> {
        SPLW_ASSIGN_OR_RETURN(*referral, GetReferral(referral->name()));
        return referral->state() != rv1::REFERRAL_STATE_AWAITING_TRIAGE;
      },
      [&]() -> absl::Status {
        rv1::AcceptReferralRequest request;
        request.set_name(referral->name());
        request.set_etag(referral->etag());
        request.set_note_code("SEEN_BY_LEAD");
        request.set_request_id(RequestId("accept-" + Tail(referral->name()), referral->etag()));
        return connection_.Call(lead_, connection_.intake(), &IntakeStub::AcceptReferral, request).status();
      });
}

absl::Status Demo::OpenCases() {
  for (Journey& journey : journeys_) {
    SPLW_RETURN_IF_ERROR(EnsureAccepted(&journey.referral));
    SPLW_RETURN_IF_ERROR(Await("the case of an accepted referral", [&]() -> absl::StatusOr<bool> {
      SPLW_ASSIGN_OR_RETURN(journey.referral, GetReferral(journey.referral.name()));
      return !journey.referral.case_().empty();
    }));
    journey.case_name = journey.referral.case_();
  }
  SPLW_ASSIGN_OR_RETURN(const cv1::Case opened, GetCase(main().case_name));
  Line("  " + ShortId(opened.name()) + ": " + Printable(FieldText(opened, "person.name")) + ", opened " +
       LocalTime(opened.open_time()) + ", weight " + std::to_string(opened.weight()));
  return JoinDuplicate();
}

absl::Status Demo::JoinDuplicate() {
  SPLW_RETURN_IF_ERROR(EnsureAccepted(&duplicate_));
  SPLW_RETURN_IF_ERROR(Await("the case of the second referral", [&]() -> absl::StatusOr<bool> {
    SPLW_ASSIGN_OR_RETURN(duplicate_, GetReferral(duplicate_.name()));
    return !duplicate_.case_().empty();
  }));
  if (duplicate_.case_() != main().case_name) return LostOrDoubled("the same person has two cases");
  Line(
      "  The service lead accepts the hospital's referral too: it joins the case that is open, so both hear what comes "
      "of it.");
  return CheckOneCase();
}

absl::Status Demo::CheckOneCase() {
  std::map<std::string, int> cases_of;
  cv1::ListCasesRequest request;
  request.set_parent(week_.network);
  const std::function<void(const cv1::Case&)> each = [&](const cv1::Case& found) {
    for (const std::string& referral : found.referrals()) ++cases_of[referral];
  };
  SPLW_RETURN_IF_ERROR(ForEach(connection_, lead_, connection_.caseload(), &cv1::CaseloadService::Stub::ListCases,
                               request, &cv1::ListCasesResponse::cases, 0, each));
  for (const Journey& journey : journeys_) {
    const int count = cases_of[journey.referral.name()];
    if (count != 1) return LostOrDoubled(absl::StrFormat("a referral has %d cases instead of one", count));
  }
  return absl::OkStatus();
}

}  // namespace splw::ctl
