// The mistakes that this service answers, one function each. What is wrong with a field of a request is a violation
// instead (text::Violations), found where the field is read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <absl/status/status.h>

#include "services/referral_intake/messages.h"

namespace splw::referral_intake {

// NOT_FOUND REFERRAL_NOT_FOUND.
absl::Status ReferralNotFound();
// PERMISSION_DENIED NOT_YOUR_ORGANISATION: the same words whether or not there is such a referral.
absl::Status NotYourOrganisation();
// FAILED_PRECONDITION ILLEGAL_TRANSITION; metadata `from` and `to`, for example "RETURNED" and "ACCEPTED".
absl::Status IllegalTransition(api::ReferralState from, api::ReferralState to);
// FAILED_PRECONDITION CONSENT_DECLINED.
absl::Status ConsentDeclined();
// FAILED_PRECONDITION CRISIS_QUESTIONS_NOT_ASKED.
absl::Status CrisisQuestionsNotAsked();
// INVALID_ARGUMENT CRISIS_ANSWERS_NOT_EXPECTED, field "crisis_answers".
absl::Status CrisisAnswersNotExpected();
// INVALID_ARGUMENT NOT_RELATED, field "not_same_person_as[index]".
absl::Status NotRelated(std::size_t index);
// INVALID_ARGUMENT SAME_NHS_NUMBER, field "not_same_person_as[index]".
absl::Status SameNhsNumber(std::size_t index);
// FAILED_PRECONDITION AMBIGUOUS_PERSON with metadata `referrals`: the names, separated by ", ".
absl::Status AmbiguousPerson(const std::vector<std::string>& referrals);
// FAILED_PRECONDITION CRISIS_NOT_ACKNOWLEDGED.
absl::Status CrisisNotAcknowledged();
// FAILED_PRECONDITION NO_CRISIS.
absl::Status NoCrisis();
// FAILED_PRECONDITION ALREADY_ACKNOWLEDGED.
absl::Status AlreadyAcknowledged();
// INVALID_ARGUMENT UNKNOWN_CASE_STAGE: an event of a newer caseload; its stream is parked until this service is
// upgraded.
absl::Status UnknownCaseStage();
// INVALID_ARGUMENT UNKNOWN_CASE_OUTCOME: the same.
absl::Status UnknownCaseOutcome();
// FAILED_PRECONDITION CASE_WITHOUT_ACCEPTANCE: an event of a case for a referral that was never accepted here; only
// a store restored from an old backup can bring that about.
absl::Status CaseWithoutAcceptance();

}  // namespace splw::referral_intake
