// URIs that name code and identifier systems. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace splw::health {

// `uri` in the form in which those of the same system are equal.
std::string PlainSystem(std::string_view uri);

// True if `uri` names `system`: without regard to case, to http or https, and to a slash at the end. Published
// samples write all of these.
bool SameSystem(std::string_view uri, std::string_view system);

}  // namespace splw::health
