#include "services/mdt_agenda/team.h"

#include <algorithm>
#include <optional>
#include <set>

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include "common/text/failure.h"
#include "services/mdt_agenda/checks.h"
#include "services/mdt_agenda/errors.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/schedule.h"

namespace splw::mdt_agenda {
namespace {

constexpr char kLondon[] = "Europe/London";
constexpr int kMinutesInHour = 60;
constexpr int kHoursInDay = 24;
constexpr int kDaysInWeek = 7;
constexpr std::size_t kMinMdtId = 3;
constexpr std::size_t kMaxMdtId = 40;

void CheckRange(text::Violations& violations, std::string_view field, int value, int low, int high) {
  if (value < low || value > high) {
    violations.Add(field, "OUT_OF_RANGE", absl::StrFormat("must be %d to %d", low, high));
  }
}

void CheckCoreAgencies(text::Violations& violations, const api::Mdt& mdt) {
  if (mdt.core_agencies().empty()) violations.Missing("mdt.core_agencies", "must hold at least one agency");
  std::set<int> seen;
  for (int i = 0; i < mdt.core_agencies_size(); ++i) {
    const std::string field = absl::StrFormat("mdt.core_agencies[%d]", i);
    CheckAgency(violations, field, mdt.core_agencies(i));
    if (!seen.insert(mdt.core_agencies(i)).second) violations.Add(field, "AGENCY_REPEATED", "may be named once");
  }
}

void CheckMembers(text::Violations& violations, const api::Mdt& mdt) {
  if (mdt.members_size() > kMaxMembers) {
    violations.Add("mdt.members", "TOO_MANY_MEMBERS", absl::StrFormat("may hold at most %d members", kMaxMembers));
    return;
  }
  std::set<std::string> seen;
  for (int i = 0; i < mdt.members_size(); ++i) {
    const std::string field = absl::StrFormat("mdt.members[%d].professional", i);
    CheckProfessional(violations, field, mdt.members(i).professional());
    if (!seen.insert(absl::AsciiStrToLower(mdt.members(i).professional().id())).second) {
      violations.Add(field + ".id", "MEMBER_REPEATED", "may be a member once");
    }
  }
}

void CheckFirstDate(text::Violations& violations, const google::type::Date& date, absl::CivilDay today) {
  const std::optional<absl::CivilDay> first = ToDay(date);
  if (!first) {
    violations.Add("mdt.schedule.first_date", "DATE_INVALID", "must be a full date that exists");
  } else if (*first > today + kMaxWeeksToFirstDate * kDaysInWeek) {
    violations.Add("mdt.schedule.first_date", "FIRST_DATE_TOO_FAR",
                   absl::StrFormat("must be within %d weeks from today", kMaxWeeksToFirstDate));
  }
}

void CheckSchedule(text::Violations& violations, const api::Mdt& mdt, absl::CivilDay today) {
  if (!mdt.has_schedule()) {
    violations.Missing("mdt.schedule", "is required");
    return;
  }
  const api::MeetingSchedule& schedule = mdt.schedule();
  if (schedule.day_of_week() == google::type::DAY_OF_WEEK_UNSPECIFIED ||
      !google::type::DayOfWeek_IsValid(schedule.day_of_week())) {
    violations.Missing("mdt.schedule.day_of_week", "is required and must be a day of the week");
  }
  const google::type::TimeOfDay& start = schedule.start_time();
  if (!schedule.has_start_time()) {
    violations.Missing("mdt.schedule.start_time", "is required");
  } else if (start.hours() < 0 || start.hours() >= kHoursInDay || start.minutes() < 0 ||
             start.minutes() >= kMinutesInHour || start.seconds() != 0 || start.nanos() != 0) {
    violations.Add("mdt.schedule.start_time", "OUT_OF_RANGE", "must be 00:00 to 23:59, to the minute");
  }
  CheckRange(violations, "mdt.schedule.length_minutes", schedule.length_minutes(), kMinMeetingMinutes,
             kMaxMeetingMinutes);
  if (schedule.has_first_date()) CheckFirstDate(violations, schedule.first_date(), today);
  if (!schedule.time_zone().empty() && schedule.time_zone() != kLondon) {
    violations.Add("mdt.schedule.time_zone", "TIME_ZONE_UNSUPPORTED", "must be Europe/London, or empty");
  }
}

int OrDefault(int value, int default_value) {
  return value == 0 ? default_value : value;
}

}  // namespace

absl::Status CheckTeam(const api::Mdt& mdt, absl::CivilDay today) {
  text::Violations violations;
  text::CheckText("mdt.display_name", mdt.display_name(),
                  {.max_characters = static_cast<std::size_t>(kMaxDisplayName), .required = true}, violations);
  CheckCoreAgencies(violations, mdt);
  CheckMembers(violations, mdt);
  CheckSchedule(violations, mdt, today);
  CheckRange(violations, "mdt.quorum", mdt.quorum(), 0, kMaxQuorum);
  CheckRange(violations, "mdt.item_lengths.new_minutes", mdt.item_lengths().new_minutes(), 0, kMaxItemMinutes);
  CheckRange(violations, "mdt.item_lengths.feedback_minutes", mdt.item_lengths().feedback_minutes(), 0,
             kMaxItemMinutes);
  CheckRange(violations, "mdt.item_lengths.urgent_minutes", mdt.item_lengths().urgent_minutes(), 0, kMaxItemMinutes);
  CheckRange(violations, "mdt.max_carry_overs", mdt.max_carry_overs(), 0, kMaxMaxCarryOvers);
  return violations.ToStatus();
}

bool IsMdtId(std::string_view id) {
  return id.size() >= kMinMdtId && id.size() <= kMaxMdtId && std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
         });
}

void StoreTeam(const api::Mdt& mdt, stored::MdtRecord& record) {
  record.set_display_name(mdt.display_name());
  *record.mutable_core_agencies() = mdt.core_agencies();
  record.clear_members();
  for (const api::MdtMember& member : mdt.members()) {
    stored::MdtMemberRecord* kept = record.add_members();
    *kept->mutable_professional() = member.professional();
    kept->set_chair(member.chair());
    kept->set_coordinator(member.coordinator());
  }
  stored::ScheduleRecord* schedule = record.mutable_schedule();
  schedule->set_day_of_week(mdt.schedule().day_of_week());
  schedule->set_start_minute(mdt.schedule().start_time().hours() * kMinutesInHour +
                             mdt.schedule().start_time().minutes());
  schedule->set_length_minutes(mdt.schedule().length_minutes());
  schedule->clear_first_date();
  if (mdt.schedule().has_first_date()) *schedule->mutable_first_date() = mdt.schedule().first_date();
  schedule->set_time_zone(kLondon);
  record.set_quorum(OrDefault(mdt.quorum(), kDefaultQuorum));
  record.set_new_minutes(OrDefault(mdt.item_lengths().new_minutes(), kDefaultNewMinutes));
  record.set_feedback_minutes(OrDefault(mdt.item_lengths().feedback_minutes(), kDefaultFeedbackMinutes));
  record.set_urgent_minutes(OrDefault(mdt.item_lengths().urgent_minutes(), kDefaultUrgentMinutes));
  record.set_max_carry_overs(OrDefault(mdt.max_carry_overs(), kDefaultMaxCarryOvers));
}

api::Mdt ShowTeam(const std::string& network, const stored::MdtRecord& record) {
  api::Mdt mdt;
  mdt.set_name(MdtName(network, record.id()));
  mdt.set_etag(absl::StrFormat("%d", record.version()));
  mdt.set_display_name(record.display_name());
  *mdt.mutable_core_agencies() = record.core_agencies();
  for (const stored::MdtMemberRecord& member : record.members()) {
    api::MdtMember* shown = mdt.add_members();
    *shown->mutable_professional() = member.professional();
    shown->set_chair(member.chair());
    shown->set_coordinator(member.coordinator());
  }
  api::MeetingSchedule* schedule = mdt.mutable_schedule();
  schedule->set_day_of_week(record.schedule().day_of_week());
  schedule->mutable_start_time()->set_hours(record.schedule().start_minute() / kMinutesInHour);
  schedule->mutable_start_time()->set_minutes(record.schedule().start_minute() % kMinutesInHour);
  schedule->set_length_minutes(record.schedule().length_minutes());
  if (record.schedule().has_first_date()) *schedule->mutable_first_date() = record.schedule().first_date();
  schedule->set_time_zone(record.schedule().time_zone());
  mdt.set_quorum(record.quorum());
  mdt.mutable_item_lengths()->set_new_minutes(record.new_minutes());
  mdt.mutable_item_lengths()->set_feedback_minutes(record.feedback_minutes());
  mdt.mutable_item_lengths()->set_urgent_minutes(record.urgent_minutes());
  mdt.set_max_carry_overs(record.max_carry_overs());
  *mdt.mutable_create_time() = record.create_time();
  *mdt.mutable_update_time() = record.update_time();
  return mdt;
}

absl::StatusOr<api::Mdt> MergeTeam(api::Mdt current, const api::Mdt& update, const google::protobuf::FieldMask& mask) {
  static const std::set<std::string> kPaths = {"display_name", "core_agencies", "members",        "schedule",
                                               "quorum",       "item_lengths",  "max_carry_overs"};
  for (const std::string& path : mask.paths()) {
    if (kPaths.count(path) == 0) return errors::MaskPathUnknown();
  }
  const std::set<std::string> taken =
      mask.paths().empty() ? kPaths : std::set<std::string>(mask.paths().begin(), mask.paths().end());
  if (taken.count("display_name") > 0) current.set_display_name(update.display_name());
  if (taken.count("core_agencies") > 0) *current.mutable_core_agencies() = update.core_agencies();
  if (taken.count("members") > 0) *current.mutable_members() = update.members();
  if (taken.count("schedule") > 0) {
    current.clear_schedule();
    if (update.has_schedule()) *current.mutable_schedule() = update.schedule();
  }
  if (taken.count("quorum") > 0) current.set_quorum(update.quorum());
  if (taken.count("item_lengths") > 0) *current.mutable_item_lengths() = update.item_lengths();
  if (taken.count("max_carry_overs") > 0) current.set_max_carry_overs(update.max_carry_overs());
  return current;
}

}  // namespace splw::mdt_agenda
