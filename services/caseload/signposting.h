// Linking a person to a community service: a place is held before the person is sent, and given back when it
// ends (findings 8, 9 and 13). Pure: what must be written together is returned together.
#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/caseload/records.h"
#include "splw/type/v1/agency.pb.h"

namespace splw::caseload {

// A case, the community service and the signpost between them, as they become.
struct SignpostChange {
  CaseRecord record;
  CommunityServiceRecord service;
  SignpostRecord signpost;
};

// OK if the person's consent lets the case be shared with agencies of this kind. Health and social care are
// direct care, which needs no agreement of its own: it is enough that the person has not declined, asked or
// not asked yet; all others need the person's explicit agreement to their kind
// (standards.md, "Information sharing"). CONSENT_NOT_GIVEN. A person who has declined shares with nobody.
absl::Status CheckConsentToShare(const type::v1::Consent& consent, type::v1::AgencyKind agency);

struct SignpostCommand {
  std::string id;
  std::string by;                    // the principal's id
  std::string override_reason_code;  // recorded only where it was needed
};

// Holds a place. `open_signposts`: those of the case that hold one. Errors, in this order:
// ILLEGAL_TRANSITION, ASSESSMENT_NEEDED, CONSENT_NOT_GIVEN, ALREADY_SIGNPOSTED, TOO_MANY_SIGNPOSTS,
// SERVICE_NOT_ACCEPTING, NO_PLACE_FREE.
absl::StatusOr<SignpostChange> SignpostPerson(CaseRecord record, CommunityServiceRecord service,
                                              const std::vector<SignpostRecord>& open_signposts,
                                              const SignpostCommand& command, absl::Time now);

// ATTENDED keeps the place; every other outcome ends the signpost and gives the place back.
// ILLEGAL_TRANSITION where it has ended. Works in a closed case too (but its signposts have all ended).
absl::StatusOr<SignpostChange> RecordSignpostOutcome(CaseRecord record, CommunityServiceRecord service,
                                                     SignpostRecord signpost, v1::SignpostOutcome outcome,
                                                     v1::BounceCause bounce_cause, absl::Time now);

}  // namespace splw::caseload
