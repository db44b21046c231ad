// Every mistake that a caller can make with a case: one function each, with its code, its stable reason and
// its words. Messages hold no personal data.
#pragma once

#include <string_view>

#include <absl/status/status.h>

#include "splw/caseload/v1/case.pb.h"

namespace splw::caseload::errors {

// NOT_FOUND; reason <WHAT>_NOT_FOUND.
absl::Status CaseNotFound();
absl::Status ContactNotFound();
absl::Status AssessmentNotFound();
absl::Status SignpostNotFound();
absl::Status NominationNotFound();
absl::Status LinkWorkerNotFound();
absl::Status CommunityServiceNotFound();

// INVALID_ARGUMENT, reason NAME_INVALID: `field` is not a resource name of this kind in the request's
// network.
absl::Status NameInvalid(std::string_view field, std::string_view pattern);
// INVALID_ARGUMENT, reason UPDATE_MASK_INVALID.
absl::Status UpdateMaskInvalid(std::string_view allowed);

// FAILED_PRECONDITION, reason ILLEGAL_TRANSITION: `what` cannot be done in the state that the case is in.
absl::Status IllegalTransition(std::string_view what, v1::CaseState state);
absl::Status SignpostEnded();
absl::Status NominationNotOpen();

// FAILED_PRECONDITION, each with the reason of its name.
absl::Status LinkWorkerInactive();
absl::Status CaseLimitReached(int load, int weight, int limit);
absl::Status AlreadyAllocated();  // to the worker who is named
absl::Status AllocatedUnnamed();  // reason ALREADY_ALLOCATED: to anybody, and nobody is named
absl::Status NoLinkWorkerAvailable(int inactive, int full);
absl::Status AssessmentNeeded();
absl::Status ConsentNotGiven(std::string_view agency);
absl::Status ConsentDeclined();  // reason CONSENT_NOT_GIVEN
absl::Status ServiceNotAccepting();
absl::Status NoPlaceFree();
absl::Status AlreadySignposted();
absl::Status PlacesHeld(int held);
absl::Status NominationOpen();
absl::Status FeedbackDue();

// RESOURCE_EXHAUSTED, each with the reason of its name.
absl::Status TooManyContacts();
absl::Status TooManyAssessments();
absl::Status TooManySignposts();
absl::Status TooManySignpostsEver();  // reason TOO_MANY_SIGNPOSTS
absl::Status TooManyNominations();
absl::Status TooManyLinkWorkers();
absl::Status TooManyCommunityServices();

// ALREADY_EXISTS, reason LINK_WORKER_EXISTS.
absl::Status LinkWorkerExists();

// FAILED_PRECONDITION: an event from mdt-agenda that names one person as case-holder and key worker
// (product.md).
absl::Status SamePersonForBothRoles();
// INVALID_ARGUMENT, reason EVENT_INVALID: an event that lacks what it is about. `field` is the event's.
absl::Status EventInvalid(std::string_view field);

}  // namespace splw::caseload::errors
