// The main job of product.md, walked over the public APIs with the sample week, for a person to read. Each step looks first at what
// is there, does only what is missing, and checks what came of it: so it can be broken off anywhere, by a crash of any
// of the processes, and begun again.
#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "clients/splwctl/connection.h"
#include "clients/splwctl/meeting_view.h"
#include "clients/splwctl/sample_data.h"
#include "clients/splwctl/sample_loader.h"

namespace splw::ctl {

// One thread.
class Demo final {
 public:
  // `run_id`: the script's first run for the sample week's own people, another id for other people with the same stories, "auto" for
  // the first id "demo-2", "demo-3", … that nobody has used. Steps are announced on `err`: "step 3/12: …".
  Demo(Connection& connection, SampleWeek week, DemoScript script, std::string run_id, std::ostream& out,
       std::ostream& err, bool err_terminal);

  // OK, or the first thing that went wrong: an error of a service, DEADLINE_EXCEEDED for what did not arrive in the connection's
  // wait, a fault (FaultsFound) for what was lost or doubled.
  absl::Status Run();

 private:
  // A person of the script on their way.
  struct Journey {
    const ScriptedNomination* script = nullptr;
    referral::v1::Referral referral;
    std::string case_name;
    std::string nomination;
    mdt::v1::AgendaItem item;
  };

  // demo_intake.cc
  absl::Status LoadWeek();
  absl::Status ChooseRun();
  absl::Status SubmitReferrals();
  absl::Status ShowScreening();
  absl::Status OpenCases();
  absl::Status JoinDuplicate();
  absl::Status CheckOneCase();
  // demo_support.cc
  absl::Status Allocate();
  absl::Status MeetPerson();
  absl::Status HoldPlace();
  absl::Status Nominate();
  // demo_meeting.cc
  absl::Status ChooseMeeting();
  absl::Status PublishAgenda();
  absl::Status HoldMeeting();
  absl::Status FindItems();
  absl::Status Decide(const Journey& journey);
  absl::Status SettleOthers();
  absl::Status CloseMeeting();
  // demo_outcome.cc
  absl::Status ShowOutcome();
  absl::Status CheckItems();
  absl::Status ShowNextAgenda();

  // demo.cc: what the steps are made of.
  void Announce(const std::string& text);
  void Line(const std::string& text) { out_ << text << "\n"; }
  // Does `act` until `is_done` sees its effect. What somebody changed in between (ABORTED), or an earlier attempt did already, is looked
  // at again; an effect that was acknowledged and cannot be seen is a fault.
  absl::Status Ensure(const std::string& what, absl::FunctionRef<absl::StatusOr<bool>()> is_done,
                      absl::FunctionRef<absl::Status()> act);
  // Looks until `has_arrived`, as long as the connection's wait.
  absl::Status Await(const std::string& what, absl::FunctionRef<absl::StatusOr<bool>()> has_arrived);
  // Of this run; `version` is the etag that the change quotes, so that a change of another version is another request.
  std::string RequestId(const std::string& step, const std::string& version = "") const;
  // The random end of a resource's id: enough to tell the few of a run apart.
  static std::string Tail(const std::string& name);
  static absl::Status LostOrDoubled(const std::string& what);

  std::string Reference(const std::string& key) const;
  absl::StatusOr<referral::v1::Referral> GetReferral(const std::string& name);
  absl::StatusOr<caseload::v1::Case> GetCase(const std::string& name);
  absl::StatusOr<mdt::v1::Meeting> GetMeeting(const std::string& name);
  absl::StatusOr<std::vector<mdt::v1::AgendaItem>> ItemsOf(const std::string& meeting, const std::string& case_name);
  absl::StatusOr<MeetingPapers> PapersOf(const std::string& meeting);
  absl::Status EnsureAccepted(referral::v1::Referral* referral);
  absl::Status EnsureAllocated(const std::string& case_name);
  absl::StatusOr<type::v1::Professional> Member(const std::string& id) const;
  Journey& main() { return *main_; }

  Connection& connection_;
  const SampleWeek week_;
  const DemoScript script_;
  std::string run_;
  std::ostream& out_;
  std::ostream& err_;
  const bool err_terminal_;
  const identity::Principal lead_;
  const identity::Principal coordinator_;
  const identity::Principal chair_;
  identity::Principal link_worker_;                          // of the main case; known once it is allocated
  std::map<std::string, referral::v1::Referral> referrals_;  // by external reference
  std::vector<Journey> journeys_;
  Journey* main_ = nullptr;
  referral::v1::Referral crisis_, duplicate_;
  std::string meeting_, next_meeting_;
  int step_ = 0;
};

}  // namespace splw::ctl
