// FHIR R4 → splw.referral.v1.SubmitReferralRequest: a BaRS `servicerequest-request` message, a Bundle that
// holds a ServiceRequest and its Patient, or a ServiceRequest that contains its Patient.
//
// Sources: HL7 FHIR R4 (4.0.1); UK Core; NHS England Booking and Referral Standard (BaRS) core; Gravity SDOH
// Clinical Care.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "services/gateway/fhir/issue.h"
#include "splw/referral/v1/referral_intake_service.pb.h"

namespace splw::fhir {

struct MappingOptions {
  // The network to submit to, for example "networks/U12345". Goes to every request as it is.
  std::string parent;
  // The present moment, against which dates are looked at. Without it they are not.
  std::optional<absl::Time> now;
  // True if the sender acts for an organisation: the intake takes it where a request names none that could be recognised. Without
  // one such a request is refused here, where its place in the document can be told.
  bool sender_has_organisation = true;
};

// One ServiceRequest that can be submitted. `request_id` is left to the caller.
struct Mapping {
  splw::referral::v1::SubmitReferralRequest request;
  // Nothing is dropped silently: each element of the ServiceRequest, the Patient, the referrer's and other resources that went
  // into it that was not mapped is here by its location, and each other resource of the person once. No errors. They go with
  // the request too, as its import_notes.
  std::vector<Issue> issues;
};

struct MappingResult {
  // What can be submitted, in the order of the document.
  std::vector<Mapping> mappings;
  // What refuses the document, or refused single ServiceRequests of it: holds an error exactly if something
  // was refused. Also, once, what was kept out that is of no single request: parts of the Bundle and the message's header,
  // resources about nobody or about somebody else.
  std::vector<Issue> issues;

  // OK if there is something to submit; otherwise INVALID_ARGUMENT, reason FHIR_NOT_MAPPED, whose field
  // violations are the errors' locations.
  absl::Status status() const;
};

// Never throws and never fails in another way, whatever `json` holds: at most 5 MiB, 64 levels deep. In a
// message, the ServiceRequest that MessageHeader.focus leads to is mapped; in other Bundles, every
// ServiceRequest that is not contained. Every request has the channel IMPORT: the intake keeps what is
// incomplete and puts it before a person. Refused, each with its location: what is no JSON or no such
// document; BaRS reasons other than `new`, and responses; requests that are revoked, entered in error,
// completed or drafts, or whose intent is none of a referral; persons with neither name nor NHS number, who
// are not in the document, or who have died; a modifier extension on the request, the person or the message's header.
// Pure; thread-safe.
MappingResult MapReferrals(std::string_view json, const MappingOptions& options);

}  // namespace splw::fhir
