#include "tests/simulation/services.h"

#include <string>
#include <utility>

#include "common/identity/keyed_hash.h"
#include "services/caseload/caseload_tables.h"
#include "services/caseload/events.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/nomination_events.h"
#include "services/referral_intake/person_keys.h"
#include "services/referral_intake/referral_tables.h"

namespace splw::simulation {
namespace {

struct IntakeProcess final : Process {
  explicit IntakeProcess(const NodeParts& parts)
      : handlers(parts.store, parts.changes, parts.clock,
                 referral_intake::PersonKeys(std::string(identity::kHashKeyBytes, 'k'))) {}
  void RegisterEvents(delivery::Inbox& inbox) override { handlers.RegisterEvents(inbox); }

  referral_intake::ReferralIntake handlers;
};

struct CaseloadProcess final : Process {
  explicit CaseloadProcess(const NodeParts& parts) : commands(parts.changes), queries(parts.store) {}
  void RegisterEvents(delivery::Inbox& inbox) override { caseload::HandleEvents(inbox); }

  caseload::Commands commands;
  caseload::Queries queries;
};

struct MdtProcess final : Process {
  explicit MdtProcess(const NodeParts& parts)
      : teams(parts.store, parts.changes), meetings(parts.changes), items(parts.changes), reads(parts.store) {}
  void RegisterEvents(delivery::Inbox& inbox) override { mdt_agenda::HandleEvents(inbox); }
  absl::StatusOr<bool> RunTasks() override { return teams.KeepCalendars(); }

  mdt_agenda::TeamHandlers teams;
  mdt_agenda::MeetingHandlers meetings;
  mdt_agenda::ItemHandlers items;
  mdt_agenda::ReadHandlers reads;
};

template <typename OfProcess>
NodeDefinition Definition(std::string name, std::vector<std::string> peers,
                          std::vector<const store::UntypedTable*> tables) {
  return {std::move(name), std::move(peers), std::move(tables),
          [](const NodeParts& parts) { return std::make_unique<OfProcess>(parts); }};
}

}  // namespace

std::vector<NodeDefinition> AllServices() {
  return {
      Definition<IntakeProcess>("referral-intake", {"caseload"}, referral_intake::AllTables()),
      Definition<CaseloadProcess>("caseload", {"referral-intake", "mdt-agenda"}, caseload::AllTables()),
      Definition<MdtProcess>("mdt-agenda", {"caseload"}, mdt_agenda::AllTables()),
  };
}

referral_intake::ReferralIntake& Intake(World& world) {
  return static_cast<IntakeProcess&>(world.intake().process()).handlers;
}
caseload::Commands& CaseCommands(World& world) {
  return static_cast<CaseloadProcess&>(world.caseload().process()).commands;
}
caseload::Queries& CaseQueries(World& world) {
  return static_cast<CaseloadProcess&>(world.caseload().process()).queries;
}
mdt_agenda::TeamHandlers& Teams(World& world) {
  return static_cast<MdtProcess&>(world.mdt().process()).teams;
}
mdt_agenda::MeetingHandlers& Meetings(World& world) {
  return static_cast<MdtProcess&>(world.mdt().process()).meetings;
}
mdt_agenda::ItemHandlers& Items(World& world) {
  return static_cast<MdtProcess&>(world.mdt().process()).items;
}
mdt_agenda::ReadHandlers& MdtReads(World& world) {
  return static_cast<MdtProcess&>(world.mdt().process()).reads;
}

}  // namespace splw::simulation
