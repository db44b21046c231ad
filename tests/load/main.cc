// load-generator: puts a referral-intake service under load, checks every answer, and keeps the list of what was
// acknowledged.
#include <signal.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/text/status_macros.h"
#include "tests/flags/command_line.h"
#include "tests/load/acknowledgements.h"
#include "tests/load/driver.h"
#include "tests/load/referral_work.h"
#include "tests/load/report.h"

namespace splw::load {
namespace {

// sysexits.h
constexpr int kCannotWriteStatus = 73;

std::atomic<bool> stop = false;  // set by a signal

struct Flags {
  DriverOptions driver;
  ReferralWorkOptions work;
  double seconds = 10;
  double call_seconds = 10;
  double settle_seconds = 60;
  std::string acknowledgements;
  std::string json;
};

void AddFlags(flags::CommandLine& line, Flags& flags) {
  line.Add("--target", flags.driver.address, "host:port of a referral-intake service").Required();
  line.Add("--in-flight", flags.driver.in_flight, "Calls under way at most").Positive();
  line.Add("--rate", flags.driver.rate,
           "Calls a second, each timed from when it was meant to start; 0: as many as --in-flight allows")
      .NotNegative();
  line.Add("--seconds", flags.seconds, "How long; 0: until --count, or SIGTERM or SIGINT").NotNegative();
  line.Add("--count", flags.driver.count, "How many calls at most");
  line.Add("--connections", flags.driver.connections, "Connections to share the calls").Positive();
  line.Add("--call-seconds", flags.call_seconds, "Deadline of one attempt").Positive();
  line.Add("--settle-seconds", flags.settle_seconds,
           "How long to ask again for what became of calls after the load is over")
      .NotNegative();
  line.Add("--retry-refused", flags.driver.retry_refused, "Ask again after RESOURCE_EXHAUSTED");
  line.Add("--networks", flags.work.networks, "Networks that the referrals are for, in turn");
  line.Add("--submit", flags.work.submit, "How often SubmitReferral is called, in relation to the others");
  line.Add("--get", flags.work.get, "How often GetReferral is called");
  line.Add("--list", flags.work.list, "How often ListReferrals is called");
  line.Add("--first-person", flags.work.first_person,
           "Number of the first person referred; those of an earlier load of the same store are known there");
  line.Add("--request-prefix", flags.work.request_prefix, "What request ids begin with");
  line.Add("--acknowledgements", flags.acknowledgements,
           "Append a line for each referral acknowledged: name, request id, digest of its content");
  line.Add("--json", flags.json, "Write the report here");
}

int Run(Flags flags) {
  std::optional<AcknowledgementWriter> acknowledgements;
  if (!flags.acknowledgements.empty()) {
    absl::StatusOr<AcknowledgementWriter> maybe_writer = AcknowledgementWriter::Open(flags.acknowledgements);
    if (!maybe_writer.ok()) {
      std::cerr << "load-generator: " << maybe_writer.status().message() << "\n";
      return kCannotWriteStatus;
    }
    acknowledgements = *std::move(maybe_writer);
    flags.work.acknowledgements = &*acknowledgements;
  }
  if (flags.seconds > 0) flags.driver.duration = absl::Seconds(flags.seconds);
  flags.driver.call_deadline = absl::Seconds(flags.call_seconds);
  flags.driver.settle_time = absl::Seconds(flags.settle_seconds);
  flags.driver.principal = PracticePrincipal(flags.work.networks);
  flags.driver.stop = &stop;
  ReferralWork work(flags.work);
  const DriverReport report = Drive(flags.driver, work);
  std::cout << ToText(report) << std::flush;
  if (!flags.json.empty()) {
    nlohmann::ordered_json json = ToJson(report);
    json["next_person"] = work.next_person();
    std::ofstream file(flags.json, std::ios::trunc);
    file << json.dump(2) << "\n" << std::flush;
    if (!file) {
      std::cerr << "load-generator: cannot write " << flags.json << "\n";
      return kCannotWriteStatus;
    }
  }
  return Clean(report) ? 0 : 1;
}

}  // namespace
}  // namespace splw::load

int main(int argc, char** argv) {
  splw::load::Flags flags;
  splw::flags::CommandLine line(
      "Puts a referral-intake service under load and checks every answer. Status 0: each was as it must be, or refused "
      "for "
      "overload; 1: not so (the report says how).",
      "load-generator");
  splw::load::AddFlags(line, flags);
  if (const std::optional<int> status = line.Parse(argc, argv)) return *status;
  for (const int number : {SIGTERM, SIGINT}) {
    struct sigaction action = {};
    action.sa_handler = [](int) { splw::load::stop.store(true); };
    sigaction(number, &action, nullptr);
  }
  return splw::load::Run(std::move(flags));
}
