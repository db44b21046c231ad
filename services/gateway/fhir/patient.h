// FHIR Patient (UK Core) → splw.type.v1.Person.
#pragma once

#include "services/gateway/fhir/resources.h"
#include "splw/type/v1/person.pb.h"

namespace splw::fhir {

// Maps what there is; what is missing or damaged is a WARNING, for the intake's import channel to find.
// ERROR, and the person is of no use: "person-unknown" (neither a name nor an NHS number), "person-deceased",
// "modifier-extension", "implicit-rules" (FHIR: what is not understood there must not be processed).
splw::type::v1::Person MapPatient(const Resource& patient, Context& context);

// The Patient's NHS number as it stands, normalised; empty if there is none.
std::string NhsNumberOf(const Element& patient);

}  // namespace splw::fhir
