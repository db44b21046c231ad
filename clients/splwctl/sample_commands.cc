// splwctl sample …
#include <memory>

#include <absl/strings/str_format.h>
#include <nlohmann/json.hpp>

#include "clients/splwctl/commands.h"
#include "clients/splwctl/demo.h"
#include "clients/splwctl/errors.h"
#include "clients/splwctl/sample_data.h"
#include "clients/splwctl/sample_loader.h"
#include "common/text/status_macros.h"

namespace splw::ctl::sample_commands {
namespace {

constexpr char kDefaultFolder[] = "deploy/sample";
constexpr absl::Duration kDefaultWait = absl::Seconds(60);

struct Arguments {
  std::string folder = kDefaultFolder;
  std::string run_id;
};

// Services that were just started, or are being restarted, are waited for unless --wait says how long.
absl::StatusOr<Connection*> PatientConnection(Shell& shell) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  if (connection->settings().wait == absl::ZeroDuration()) connection->set_wait(kDefaultWait);
  return connection;
}

absl::Status Load(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const SampleWeek week, ReadSampleWeek(arguments.folder));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, PatientConnection(shell));
  SPLW_ASSIGN_OR_RETURN(const LoadReport report, LoadSampleWeek(*connection, week, shell.err(), shell.err_terminal()));
  Json document;
  const auto line = [&](const char* what, const char* key, int added, std::size_t all) {
    const int there = static_cast<int>(all) - added;
    if (shell.json()) {
      document[key] = {{"added", added}, {"there", there}};
    } else {
      shell.out() << absl::StrFormat("%-20s %3d added, %3d there already\n", what, added, there);
    }
  };
  line("policy", "policies", report.policies, 1);
  line("link workers", "linkWorkers", report.workers, week.workers.size());
  line("community services", "communityServices", report.services, week.services.size());
  line("MDTs", "mdts", report.teams, 1);
  line("referrals", "referrals", report.referrals, week.referrals.size());
  if (shell.json()) PrintDocument(shell.out(), document);
  return absl::OkStatus();
}

absl::Status RunDemo(Shell& shell, const Arguments& arguments) {
  if (arguments.run_id.size() > 20) return UsageError("--run-id", "at most 20 characters");
  SPLW_ASSIGN_OR_RETURN(SampleWeek week, ReadSampleWeek(arguments.folder));
  SPLW_ASSIGN_OR_RETURN(DemoScript script, ReadDemoScript(arguments.folder));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, PatientConnection(shell));
  Demo demo(*connection, std::move(week), std::move(script), arguments.run_id, shell.out(), shell.err(),
            shell.err_terminal());
  return demo.Run();
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* sample = AddNoun(app, "sample", "The sample week: invented people, safe NHS numbers");
  CLI::App* load =
      AddVerb(*sample, shell, "load", "Load the sample week; again changes nothing",
              {"sample load --dir deploy/sample"}, [&shell, arguments] { return Load(shell, *arguments); });
  load->add_option("--dir", arguments->folder, "Where it lies")->capture_default_str();
  CLI::App* demo =
      AddVerb(*sample, shell, "demo",
              "Walk a referral to a decision and back, and check every step; again continues or finds all there",
              {"sample demo --dir deploy/sample", "--wait 2m sample demo --run-id auto"},
              [&shell, arguments] { return RunDemo(shell, *arguments); });
  demo->add_option("--dir", arguments->folder, "Where the sample week lies")->capture_default_str();
  demo->add_option(
      "--run-id", arguments->run_id,
      "The same id continues the same demonstration; \"auto\": a new one with new people (default: demo-1)");
}

}  // namespace splw::ctl::sample_commands
