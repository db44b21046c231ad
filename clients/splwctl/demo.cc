#include "clients/splwctl/demo.h"

#include <thread>

#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/names.h"
#include "common/text/failure.h"

namespace splw::ctl {
namespace {

namespace cv1 = caseload::v1;
namespace mv1 = mdt::v1;
namespace rv1 = referral::v1;

constexpr int kStepCount = 12;
constexpr int kAttempts = 20;
constexpr absl::Duration kFirstLook = absl::Milliseconds(5);
constexpr absl::Duration kLongestLook = absl::Milliseconds(100);

void Pause(absl::Duration duration) {
  std::this_thread::sleep_for(absl::ToChronoMilliseconds(duration));
}

}  // namespace

Demo::Demo(Connection& connection, SampleWeek week, DemoScript script, std::string run_id, std::ostream& out,
           std::ostream& err, bool err_terminal)
    : connection_(connection),
      week_(std::move(week)),
      script_(std::move(script)),
      run_(std::move(run_id)),
      out_(out),
      err_(err),
      err_terminal_(err_terminal),
      lead_(ServiceLead(week_.network)),
      coordinator_(Coordinator(week_.network)),
      chair_(Chair(week_.network)) {}

absl::Status Demo::Run() {
  struct Step {
    const char* text;
    absl::Status (Demo::*run)();
  };
  static constexpr Step kSteps[kStepCount] = {
      {"load the sample week: practices, link workers, community services, an MDT, the referrals of forty people",
       &Demo::LoadWeek},
      {"a practice refers; the referral is screened", &Demo::ShowScreening},
      {"the case appears on the caseload side", &Demo::OpenCases},
      {"the case is allocated, with reasons", &Demo::Allocate},
      {"the link worker meets the person: what matters to her", &Demo::MeetPerson},
      {"a place is found, and held", &Demo::HoldPlace},
      {"cases are nominated for the MDT", &Demo::Nominate},
      {"the agenda is planned and published", &Demo::PublishAgenda},
      {"the meeting is held: attendance, decisions", &Demo::HoldMeeting},
      {"the meeting is closed: the minutes", &Demo::CloseMeeting},
      {"the decision flows back: the case, and the practice's referral", &Demo::ShowOutcome},
      {"next week's agenda opens with what was promised", &Demo::ShowNextAgenda},
  };
  for (const Step& step : kSteps) {
    Announce(step.text);
    SPLW_RETURN_IF_ERROR((this->*step.run)());
  }
  out_ << "\nDone: run " << run_ << ", nothing lost, nothing twice.\n" << std::flush;
  return absl::OkStatus();
}

void Demo::Announce(const std::string& text) {
  ++step_;
  out_ << std::flush;
  err_ << absl::StrFormat("step %d/%d: %s\n", step_, kStepCount, text) << std::flush;
  out_ << absl::StrFormat("\n== %d. %s%s\n\n", step_, std::string(1, static_cast<char>(text[0] - 'a' + 'A')),
                          text.substr(1))
       << std::flush;
}

absl::Status Demo::LostOrDoubled(const std::string& what) {
  return FaultsFound("LOST_OR_DOUBLED", what);
}

absl::Status Demo::Ensure(const std::string& what, absl::FunctionRef<absl::StatusOr<bool>()> is_done,
                          absl::FunctionRef<absl::Status()> act) {
  absl::Status last;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    SPLW_ASSIGN_OR_RETURN(const bool done, is_done());
    if (done) return absl::OkStatus();
    if (attempt > 0 && last.ok()) return LostOrDoubled(what + ": was acknowledged, and is not there");
    last = act();
    const bool look_again = last.ok() || absl::IsAborted(last) || text::ReasonOf(last) == "REQUEST_ID_REUSED";
    if (!look_again) return last;
    if (!last.ok()) Pause(kFirstLook * (attempt + 1));
  }
  return last;
}

absl::Status Demo::Await(const std::string& what, absl::FunctionRef<absl::StatusOr<bool>()> has_arrived) {
  const absl::Time give_up = absl::Now() + connection_.settings().wait;
  for (absl::Duration pause = kFirstLook;; pause = std::min(pause * 2, kLongestLook)) {
    SPLW_ASSIGN_OR_RETURN(const bool arrived, has_arrived());
    if (arrived) return absl::OkStatus();
    if (absl::Now() > give_up) {
      return text::Failure(
          absl::StatusCode::kDeadlineExceeded, "NOT_ARRIVED",
          absl::StrFormat("%s: has not arrived within %s", what, absl::FormatDuration(connection_.settings().wait)));
    }
    Pause(pause);
  }
}

std::string Demo::RequestId(const std::string& step, const std::string& version) const {
  return run_ + "-" + step + (version.empty() ? "" : "-" + version);
}

std::string Demo::Tail(const std::string& name) {
  constexpr std::size_t kLength = 8;
  const std::string id = ShortId(name);
  return id.size() <= kLength ? id : id.substr(id.size() - kLength);
}

std::string Demo::Reference(const std::string& key) const {
  if (run_ != script_.first_run) return run_ + "-" + key;
  for (const auto& request : week_.referrals) {
    if (KeyOf(request) == key) return request.referral().external_reference();
  }
  return "";
}

absl::StatusOr<rv1::Referral> Demo::GetReferral(const std::string& name) {
  rv1::GetReferralRequest request;
  request.set_name(name);
  return connection_.Call(lead_, connection_.intake(), &rv1::ReferralIntakeService::Stub::GetReferral, request);
}

absl::StatusOr<cv1::Case> Demo::GetCase(const std::string& name) {
  cv1::GetCaseRequest request;
  request.set_name(name);
  return connection_.Call(lead_, connection_.caseload(), &cv1::CaseloadService::Stub::GetCase, request);
}

absl::StatusOr<mv1::Meeting> Demo::GetMeeting(const std::string& name) {
  mv1::GetMeetingRequest request;
  request.set_name(name);
  return connection_.Call(coordinator_, connection_.mdt(), &mv1::MdtAgendaService::Stub::GetMeeting, request);
}

absl::StatusOr<std::vector<mv1::AgendaItem>> Demo::ItemsOf(const std::string& meeting, const std::string& case_name) {
  mv1::ListAgendaItemsRequest request;
  request.set_parent(meeting.empty() ? week_.network + "/mdts/-/meetings/-" : meeting);
  request.set_case_(case_name);
  std::vector<mv1::AgendaItem> items;
  const std::function<void(const mv1::AgendaItem&)> each = [&](const mv1::AgendaItem& item) { items.push_back(item); };
  SPLW_RETURN_IF_ERROR(ForEach(connection_, coordinator_, connection_.mdt(),
                               &mv1::MdtAgendaService::Stub::ListAgendaItems, request,
                               &mv1::ListAgendaItemsResponse::agenda_items, 0, each));
  return items;
}

absl::StatusOr<MeetingPapers> Demo::PapersOf(const std::string& meeting) {
  MeetingPapers papers;
  SPLW_ASSIGN_OR_RETURN(papers.meeting, GetMeeting(meeting));
  SPLW_ASSIGN_OR_RETURN(papers.items, ItemsOf(meeting, ""));
  mv1::GetMdtRequest request;
  request.set_name(week_.network + "/mdts/" + week_.team.mdt_id());
  SPLW_ASSIGN_OR_RETURN(
      papers.team, connection_.Call(coordinator_, connection_.mdt(), &mv1::MdtAgendaService::Stub::GetMdt, request));
  return papers;
}

absl::StatusOr<type::v1::Professional> Demo::Member(const std::string& id) const {
  for (const auto& member : week_.team.mdt().members()) {
    if (member.professional().id() == id) return member.professional();
  }
  return UsageError("demo.json", absl::StrFormat("%s is no member of the team in mdt.json", id));
}

}  // namespace splw::ctl
