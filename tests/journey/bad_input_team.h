// The mistakes that somebody can make about a team, wherever a request holds it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "tests/journey/bad_input.h"
#include "tests/journey/world.h"

namespace splw::journey {

// In an Mdt, wherever the request holds it.
template <typename Request>
std::vector<Mistake<Request>> MistakesAboutATeam() {
  const auto wrong = [](const char* name, std::function<void(mdt::v1::Mdt&)> make, const char* reason,
                        const char* field) -> Mistake<Request> {
    return {name, [make = std::move(make)](Request& r) { make(*r.mutable_mdt()); },
            Invalid(reason, absl::StrCat("mdt.", field))};
  };
  return {
      wrong(
          "no name", [](auto& m) { m.clear_display_name(); }, "REQUIRED", "display_name"),
      wrong(
          "a name of 201", [](auto& m) { m.set_display_name(Characters(201)); }, "TEXT_TOO_LONG", "display_name"),
      wrong(
          "no agencies", [](auto& m) { m.clear_core_agencies(); }, "REQUIRED", "core_agencies"),
      wrong(
          "an agency of no kind", [](auto& m) { m.add_core_agencies(type::v1::AGENCY_KIND_UNSPECIFIED); }, "REQUIRED",
          "core_agencies[1]"),
      wrong(
          "an agency twice", [](auto& m) { m.add_core_agencies(m.core_agencies(0)); }, "AGENCY_REPEATED",
          "core_agencies[1]"),
      wrong(
          "101 members",
          [](auto& m) {
            for (int i = 0; i < 101; ++i) {
              auto& member = *m.add_members()->mutable_professional();
              member = CommunityNurse();
              member.set_id(absl::StrCat("nurse-", i));
            }
          },
          "TOO_MANY_MEMBERS", "members"),
      wrong(
          "a member twice", [](auto& m) { *m.add_members() = m.members(0); }, "MEMBER_REPEATED",
          "members[1].professional.id"),
      wrong(
          "a member with a space in the id",
          [](auto& m) { m.mutable_members(0)->mutable_professional()->set_id("a b"); }, "ID_INVALID",
          "members[0].professional.id"),
      wrong(
          "nobody as a member", [](auto& m) { m.add_members(); }, "REQUIRED", "members[1].professional.id"),
      wrong(
          "no schedule", [](auto& m) { m.clear_schedule(); }, "REQUIRED", "schedule"),
      wrong(
          "no day", [](auto& m) { m.mutable_schedule()->clear_day_of_week(); }, "REQUIRED", "schedule.day_of_week"),
      wrong(
          "no time", [](auto& m) { m.mutable_schedule()->clear_start_time(); }, "REQUIRED", "schedule.start_time"),
      wrong(
          "24 o'clock", [](auto& m) { m.mutable_schedule()->mutable_start_time()->set_hours(24); }, "OUT_OF_RANGE",
          "schedule.start_time"),
      wrong(
          "a time to the second", [](auto& m) { m.mutable_schedule()->mutable_start_time()->set_seconds(1); },
          "OUT_OF_RANGE", "schedule.start_time"),
      wrong(
          "14 minutes", [](auto& m) { m.mutable_schedule()->set_length_minutes(14); }, "OUT_OF_RANGE",
          "schedule.length_minutes"),
      wrong(
          "241 minutes", [](auto& m) { m.mutable_schedule()->set_length_minutes(241); }, "OUT_OF_RANGE",
          "schedule.length_minutes"),
      wrong(
          "a first date of only a year", [](auto& m) { m.mutable_schedule()->mutable_first_date()->set_year(2027); },
          "DATE_INVALID", "schedule.first_date"),
      wrong(
          "another time zone", [](auto& m) { m.mutable_schedule()->set_time_zone("Europe/Paris"); },
          "TIME_ZONE_UNSUPPORTED", "schedule.time_zone"),
      wrong(
          "a negative quorum", [](auto& m) { m.set_quorum(-1); }, "OUT_OF_RANGE", "quorum"),
      wrong(
          "a quorum of 51", [](auto& m) { m.set_quorum(51); }, "OUT_OF_RANGE", "quorum"),
      wrong(
          "61 minutes for an item", [](auto& m) { m.mutable_item_lengths()->set_new_minutes(61); }, "OUT_OF_RANGE",
          "item_lengths.new_minutes"),
      wrong(
          "carried over eleven times", [](auto& m) { m.set_max_carry_overs(11); }, "OUT_OF_RANGE", "max_carry_overs"),
  };
}

}  // namespace splw::journey
