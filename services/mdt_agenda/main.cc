// mdt-agenda: teams, their meetings and agendas, what they decide, and the feedback owed on it.
#include <memory>
#include <vector>

#include <absl/time/time.h>

#include "common/rpc/service_process.h"
#include "services/mdt_agenda/mdt_agenda_service.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/nomination_events.h"
#include "services/mdt_agenda/policy.h"

namespace splw::mdt_agenda {
namespace {

// What is three days late (limits.h) is seen to within the hour; costs a few reads a team.
constexpr absl::Duration kCalendarInterval = absl::Hours(1);

class Objects final : public rpc::ServiceObjects {
 public:
  explicit Objects(const rpc::ServiceParts& parts)
      : teams_(parts.store, parts.changes), service_(parts.calls, parts.store, parts.changes, teams_) {}

  std::vector<grpc::Service*> services() override { return {&service_}; }

  void RegisterEvents(delivery::Inbox& inbox) override { HandleEvents(inbox); }

  std::vector<rpc::PeriodicTask> tasks() override {
    return {{"keep-calendars", kCalendarInterval, [this] { return teams_.KeepCalendars(); }}};
  }

 private:
  TeamHandlers teams_;
  MdtAgendaService service_;
};

}  // namespace
}  // namespace splw::mdt_agenda

int main(int argc, char** argv) {
  splw::rpc::ServiceDefinition definition;
  definition.name = "mdt-agenda";
  definition.description =
      "Plans the meetings of multidisciplinary teams, and keeps what they decide and what is owed on it.";
  definition.default_port = 7403;
  definition.default_metrics_port = 7413;
  definition.peers = {{"caseload", "127.0.0.1:7402"}};
  definition.tables = splw::mdt_agenda::AllTables();
  definition.policy = splw::mdt_agenda::MdtAgendaPolicy();
  definition.make = [](const splw::rpc::ServiceParts& parts) {
    return std::make_unique<splw::mdt_agenda::Objects>(parts);
  };
  return splw::rpc::RunService(argc, argv, definition);
}
