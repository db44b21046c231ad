// FHIR Patient (UK Core) → splw.type.v1.Person.
#pragma once

#include "services/gateway/fhir/resources.h"
#include "splw/type/v1/person.pb.h"

namespace splw::fhir {

// Maps what there is; what is missing or damaged is a WARNING, for the intake's import channel to find.
// ERROR, and the person is of no use: "person-unknown" (neither a name nor an NHS number), "person-deceased".
splw::type::v1::Person MapPatient(const Resource& patient, Context& context);

// True if the normalised `number` is among the Patient's NHS numbers that are not marked as old.
bool HasNhsNumber(const Element& patient, std::string_view number);

}  // namespace splw::fhir
