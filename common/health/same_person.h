// Whether two descriptions may be of one person. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "splw/type/v1/person.pb.h"

namespace splw::health {

// Letters and digits only, in lower case; characters beyond ASCII stay as they are.
std::string FoldedName(std::string_view text);

// True if both have a right NHS number and these differ: two people, whatever else is alike.
bool CertainlyDifferent(const type::v1::Person& one, const type::v1::Person& other);

// True if both have a right NHS number and these are the same: one person, whatever is said of them.
bool CertainlyOne(const type::v1::Person& one, const type::v1::Person& other);

// True if nothing that they are called by speaks against their being one: a given or preferred name of the one begins
// one of the other, or one of them states none.
bool CalledAlike(const type::v1::Person& one, const type::v1::Person& other);

// For people who are recognised as alike (by number, or by family name, first letter, date of birth and postcode): true
// if nothing stated speaks against their being one. A right number on both sides decides. Without two, the names by
// which they are called do: twins at one address are James and Jane; Margaret who likes to be called Maggie is Maggie.
bool MayBeOnePerson(const type::v1::Person& one, const type::v1::Person& other);

}  // namespace splw::health
