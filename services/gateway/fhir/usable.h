// What may change the meaning of a resource, or who may see it.
#pragma once

#include "services/gateway/fhir/resources.h"

namespace splw::fhir {

// True if the resource has a modifierExtension or implicitRules: FHIR R4 ("modifierExtension", "implicitRules") forbids
// to process what one does not understand there, and none is understood here.
bool HasModifiers(const Element& resource);

// ERROR "modifier-extension", "implicit-rules" where the resource itself has one: the request, the person and the message's
// header are refused with it.
void RefuseModifiers(const Resource& resource, Context& context);

// WARNING "modifier-extension", "implicit-rules" for each in the resources that went into the mapping, at any depth.
void WarnOfModifiers(Context& context);

// WARNING "restricted-record" for each security label R or V (HL7 v3 Confidentiality: restricted, very restricted) of the
// resources that went into the mapping, and of the Bundle (no element where there is none); true if there is one. The
// Personal Demographics Service marks people so whose whereabouts must not become known.
bool WarnOfRestriction(const Element& bundle, Context& context);

}  // namespace splw::fhir
