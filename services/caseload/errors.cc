#include "services/caseload/errors.h"

#include <string>

#include <absl/strings/str_format.h>

#include "common/text/failure.h"

namespace splw::caseload::errors {
namespace {

using absl::StatusCode;
using text::Failure;

std::string StateWord(v1::CaseState state) {
  switch (state) {
    case v1::CASE_STATE_WAITING_FOR_ALLOCATION:
      return "waits for a link worker";
    case v1::CASE_STATE_ACTIVE:
      return "is active";
    case v1::CASE_STATE_CLOSED:
      return "is closed";
    default:
      return "has no state";
  }
}

absl::Status NotFound(const char* reason, const char* what) {
  return Failure(StatusCode::kNotFound, reason, absl::StrFormat("there is no such %s in this network", what));
}

}  // namespace

absl::Status CaseNotFound() {
  return NotFound("CASE_NOT_FOUND", "case");
}
absl::Status ContactNotFound() {
  return NotFound("CONTACT_NOT_FOUND", "contact");
}
absl::Status AssessmentNotFound() {
  return NotFound("ASSESSMENT_NOT_FOUND", "assessment");
}
absl::Status SignpostNotFound() {
  return NotFound("SIGNPOST_NOT_FOUND", "signpost");
}
absl::Status NominationNotFound() {
  return NotFound("NOMINATION_NOT_FOUND", "nomination");
}
absl::Status LinkWorkerNotFound() {
  return NotFound("LINK_WORKER_NOT_FOUND", "link worker");
}
absl::Status CommunityServiceNotFound() {
  return NotFound("COMMUNITY_SERVICE_NOT_FOUND", "community service");
}

absl::Status NameInvalid(std::string_view field, std::string_view pattern) {
  return text::InvalidField(field, "NAME_INVALID",
                            absl::StrFormat("must be a name like %s, in the network of the request", pattern));
}

absl::Status UpdateMaskInvalid(std::string_view allowed) {
  return text::InvalidField("update_mask", "UPDATE_MASK_INVALID",
                            absl::StrFormat("must name at least one field, and only these: %s", allowed));
}

absl::Status IllegalTransition(std::string_view what, v1::CaseState state) {
  return Failure(StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
                 absl::StrFormat("the case %s: %s is not possible", StateWord(state), what),
                 {{"state", v1::CaseState_Name(state)}});
}

absl::Status SignpostEnded() {
  return Failure(StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
                 "the signpost has ended: signpost the person anew");
}

absl::Status NominationNotOpen() {
  return Failure(StatusCode::kFailedPrecondition, "ILLEGAL_TRANSITION",
                 "the nomination was decided or withdrawn already");
}

absl::Status LinkWorkerInactive() {
  return Failure(StatusCode::kFailedPrecondition, "LINK_WORKER_INACTIVE", "the link worker takes no cases now");
}

absl::Status CaseLimitReached(int load, int weight, int limit) {
  return Failure(StatusCode::kFailedPrecondition, "CASE_LIMIT_REACHED",
                 absl::StrFormat("the link worker carries %d of %d; this case weighs %d: choose another, or give an "
                                 "override_reason_code",
                                 load, limit, weight));
}

absl::Status AlreadyAllocated() {
  return Failure(StatusCode::kFailedPrecondition, "ALREADY_ALLOCATED", "the link worker has this case already");
}

absl::Status AllocatedUnnamed() {
  return Failure(
      StatusCode::kFailedPrecondition, "ALREADY_ALLOCATED",
      "a link worker has this case already: name the one to whom it is to be moved in link_worker, or leave it "
      "with whom it is");
}

absl::Status NoLinkWorkerAvailable(int inactive, int full) {
  return Failure(StatusCode::kFailedPrecondition, "NO_LINK_WORKER_AVAILABLE",
                 absl::StrFormat("no link worker can take the case: %d inactive, %d without room; name one and give "
                                 "an override_reason_code, or make room",
                                 inactive, full));
}

absl::Status AssessmentNeeded() {
  return Failure(StatusCode::kFailedPrecondition, "ASSESSMENT_NEEDED",
                 "nobody has assessed the person yet: record an assessment, or give an override_reason_code");
}

absl::Status ConsentNotGiven(std::string_view agency) {
  return Failure(StatusCode::kFailedPrecondition, "CONSENT_NOT_GIVEN",
                 absl::StrFormat("the person has not agreed to share with agencies of the kind %s: ask, and record it "
                                 "with an assessment",
                                 agency),
                 {{"agency", std::string(agency)}});
}

absl::Status ConsentDeclined() {
  return Failure(StatusCode::kFailedPrecondition, "CONSENT_NOT_GIVEN",
                 "the person has declined: nothing about them may be shared");
}

absl::Status ServiceNotAccepting() {
  return Failure(StatusCode::kFailedPrecondition, "SERVICE_NOT_ACCEPTING", "the community service takes nobody now");
}

absl::Status NoPlaceFree() {
  return Failure(StatusCode::kFailedPrecondition, "NO_PLACE_FREE",
                 "all places that the community service offers are held");
}

absl::Status AlreadySignposted() {
  return Failure(StatusCode::kFailedPrecondition, "ALREADY_SIGNPOSTED",
                 "the person holds a place at this community service already");
}

absl::Status PlacesHeld(int held) {
  return Failure(StatusCode::kFailedPrecondition, "PLACES_HELD",
                 absl::StrFormat("%d places are held: release some before fewer are offered", held));
}

absl::Status NominationOpen() {
  return Failure(StatusCode::kFailedPrecondition, "NOMINATION_OPEN",
                 "the case waits for its MDT already: withdraw that nomination first");
}

absl::Status FeedbackDue() {
  return Failure(StatusCode::kFailedPrecondition, "FEEDBACK_DUE",
                 "feedback on this case is owed to the MDT: give it first, or set feedback_owed_acknowledged");
}

absl::Status TooManyContacts() {
  return Failure(StatusCode::kResourceExhausted, "TOO_MANY_CONTACTS", "the case has as many contacts as it can hold");
}

absl::Status TooManyAssessments() {
  return Failure(StatusCode::kResourceExhausted, "TOO_MANY_ASSESSMENTS",
                 "the case has as many assessments as it can hold");
}

absl::Status TooManySignposts() {
  return Failure(StatusCode::kResourceExhausted, "TOO_MANY_SIGNPOSTS",
                 "the case holds as many places as it can: record the outcome of some first");
}

absl::Status TooManySignpostsEver() {
  return Failure(StatusCode::kResourceExhausted, "TOO_MANY_SIGNPOSTS", "the case has as many signposts as it can hold");
}

absl::Status TooManyNominations() {
  return Failure(StatusCode::kResourceExhausted, "TOO_MANY_NOMINATIONS",
                 "the case has as many nominations as it can hold");
}

absl::Status TooManyLinkWorkers() {
  return Failure(StatusCode::kResourceExhausted, "TOO_MANY_LINK_WORKERS",
                 "the network has as many link workers as it can hold: change one who has left instead");
}

absl::Status TooManyCommunityServices() {
  return Failure(StatusCode::kResourceExhausted, "TOO_MANY_COMMUNITY_SERVICES",
                 "the network has as many community services as it can hold: change one that has ended instead");
}

absl::Status LinkWorkerExists() {
  return Failure(StatusCode::kAlreadyExists, "LINK_WORKER_EXISTS",
                 "the network has a link worker with this professional_id");
}

absl::Status SamePersonForBothRoles() {
  return Failure(StatusCode::kFailedPrecondition, "SAME_PERSON_FOR_BOTH_ROLES",
                 "the event names one person as case-holder and as key worker");
}

absl::Status EventInvalid(std::string_view field) {
  return text::InvalidField(field, "EVENT_INVALID", "the event does not say what it is about");
}

}  // namespace splw::caseload::errors
