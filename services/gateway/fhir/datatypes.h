// FHIR R4 data types that several resources share. They mark what they take.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include "google/type/date.pb.h"
#include "services/gateway/fhir/element.h"
#include "services/gateway/fhir/resources.h"

namespace splw::fhir {

// FHIR `date`: YYYY, YYYY-MM or YYYY-MM-DD, of the calendar; what is not said is 0. nullopt for anything
// else.
std::optional<google::type::Date> ParseDate(std::string_view text);
// FHIR `dateTime` or `instant`, with any offset; a date alone is its first moment in UTC.
std::optional<absl::Time> ParseInstant(std::string_view text);

// True if Period.end has passed; false where the time is not known.
bool HasEnded(const Element& period, const Context& context);
// True if Period.start has not come yet; false where the time is not known.
bool HasNotBegun(const Element& period, const Context& context);
// True if `date` begins after today, in UTC; false where the time is not known.
bool IsInFuture(const google::type::Date& date, const Context& context);

// Marks the parts of a ContactPoint that was taken; its use only where it is one of `uses`.
void UseContact(const Element& contact, std::initializer_list<std::string_view> uses);
// Marks the system, value and plain use of an Identifier that was taken.
void UseIdentifier(const Element& identifier);

// The best of a resource's ContactPoints of this system ("phone", "email"): not old nor ended, by rank, then
// mobile, home and others, work last unless `work_first`. No element if there is none.
Element BestContact(const Element& owner, std::string_view system, bool work_first, const Context& context);

// The name that a person is officially known by: official, usual, without use; then whatever there is.
Element BestName(const Element& owner, const Context& context);
// "Given Family" of a HumanName, or its text; marks what it took.
std::string TakeNameText(const Element& name);

// Marks a string property as mapped if it says nothing that the other strings below `owner` do not say (a
// rendering of them).
void UseIfRedundant(const Element& owner, std::string_view property);

}  // namespace splw::fhir
