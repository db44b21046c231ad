// Whom a resource is about.
#pragma once

#include "services/gateway/fhir/resources.h"

namespace splw::fhir {

// Whom the request is about; nullptr and an ERROR if that is not in the document. Never guesses: the wrong person is worse
// than none.
const Resource* SubjectOf(const Resource& service_request, Context& context);

enum class Whose {
  kTheirs,
  kAnothers,
  kUnknown,  // nothing says it, or it leads nowhere
};

// Whose record the resource is, by its subject, patient or for, or by being a Patient itself.
Whose WhoseIs(const Resource& resource, const Resource& patient, Context& context);

// False if it is known to be another's. What leads nowhere is taken to be about the person: a risk, or an objection, is not
// passed over for a broken reference.
bool IsAbout(const Resource& resource, const Resource& patient, Context& context);

}  // namespace splw::fhir
