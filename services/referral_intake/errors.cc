#include "services/referral_intake/errors.h"

#include <string>

#include <absl/strings/str_join.h>

#include "common/text/failure.h"

namespace splw::referral_intake {
namespace {

using absl::StatusCode;

std::string ShortName(api::ReferralState state) {
  static constexpr std::string_view kPrefix = "REFERRAL_STATE_";
  const std::string name = api::ReferralState_Name(state);
  return name.size() > kPrefix.size() ? name.substr(kPrefix.size()) : "UNKNOWN";
}

}  // namespace

absl::Status ReferralNotFound() {
  return text::Failure(StatusCode::kNotFound, "REFERRAL_NOT_FOUND", "there is no such referral");
}

absl::Status NotYourOrganisation() {
  return text::Failure(StatusCode::kPermissionDenied, "NOT_YOUR_ORGANISATION",
                       "referrers may submit, see and change the referrals of their own organisation only");
}

absl::Status IllegalTransition(api::ReferralState from, api::ReferralState to) {
  return text::Failure(StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
                       "a referral in state " + ShortName(from) + " cannot become " + ShortName(to),
                       {{"from", ShortName(from)}, {"to", ShortName(to)}});
}

absl::Status ConsentDeclined() {
  return text::Failure(StatusCode::kFailedPrecondition, "CONSENT_DECLINED",
                       "the person does not agree to the referral: return it instead");
}

absl::Status CrisisQuestionsNotAsked() {
  return text::Failure(
      StatusCode::kFailedPrecondition, "CRISIS_QUESTIONS_NOT_ASKED",
      "the referral came without answers to the crisis questions: ask them, and accept it with the three "
      "answers in crisis_answers");
}

absl::Status CrisisAnswersNotExpected() {
  return text::InvalidField("crisis_answers", "CRISIS_ANSWERS_NOT_EXPECTED",
                            "the referral has its crisis answers already; leave this field out");
}

absl::Status NotRelated(std::size_t index) {
  return text::InvalidField(
      "not_same_person_as[" + std::to_string(index) + "]", "NOT_RELATED",
      "must be a referral that one of this referral's findings, or an AMBIGUOUS_PERSON, names, and stand once");
}

absl::Status SameNhsNumber(std::size_t index) {
  return text::InvalidField("not_same_person_as[" + std::to_string(index) + "]", "SAME_NHS_NUMBER",
                            "has the same NHS number: it is the same person, or one of the two numbers is wrong; then "
                            "return this referral and ask for the right one");
}

absl::Status AmbiguousPerson(const std::vector<std::string>& referrals) {
  return text::Failure(
      StatusCode::kFailedPrecondition, "AMBIGUOUS_PERSON",
      "this may be the one or the other of several people with open cases: say in not_same_person_as which of these "
      "referrals are for somebody else, until those of one case are left",
      {{"referrals", absl::StrJoin(referrals, ", ")}});
}

absl::Status CrisisNotAcknowledged() {
  return text::Failure(
      StatusCode::kFailedPrecondition, "CRISIS_NOT_ACKNOWLEDGED",
      "there are signs of danger: a referral is not returned or withdrawn before somebody has acknowledged the crisis: "
      "confirmed that the referrer knows and that the urgent advice was given");
}

absl::Status NoCrisis() {
  return text::Failure(
      StatusCode::kFailedPrecondition, "NO_CRISIS",
      "the referral has no finding of a crisis or of words of danger: there is nothing to acknowledge");
}

absl::Status AlreadyAcknowledged() {
  return text::Failure(StatusCode::kFailedPrecondition, "ALREADY_ACKNOWLEDGED",
                       "the crisis was acknowledged before; read the referral to see by whom");
}

absl::Status UnknownCaseStage() {
  return text::Failure(
      StatusCode::kInvalidArgument, "UNKNOWN_CASE_STAGE",
      "the event names a stage that this version does not know: upgrade referral-intake, then retry the stream");
}

absl::Status UnknownCaseOutcome() {
  return text::Failure(
      StatusCode::kInvalidArgument, "UNKNOWN_CASE_OUTCOME",
      "the event names an outcome that this version does not know: upgrade referral-intake, then retry the stream");
}

absl::Status CaseWithoutAcceptance() {
  return text::Failure(
      StatusCode::kFailedPrecondition, "CASE_WITHOUT_ACCEPTANCE",
      "a case speaks of a referral that was never accepted here: was this store restored from an old backup?");
}

}  // namespace splw::referral_intake
