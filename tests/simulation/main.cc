// Runs seeds, as many and as long as it is told, and tells of the first that fails.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include "tests/flags/command_line.h"
#include "tests/simulation/run.h"
#include "tests/simulation/shrink.h"

namespace splw::simulation {
namespace {

constexpr auto kShrinkTime = std::chrono::seconds(20);
constexpr auto kProgressInterval = std::chrono::seconds(10);

volatile std::sig_atomic_t interrupted = 0;
void Interrupt(int /*signal*/) {
  interrupted = 1;
}

struct Options {
  std::uint64_t first_seed = 1;
  std::optional<std::uint64_t> one_seed;
  std::uint64_t seeds = 0;
  int seconds = 0;
  unsigned threads = 2;
  std::string seeds_file;
  Plant plant = Plant::kNone;
  bool story = false;
  bool coverage = false;
  bool go_on = false;
};

// A run to be made.
struct Job {
  std::uint64_t seed = 0;
  std::vector<Step> steps;
};

// What all threads share: which run is next, and what came of those before. Runs themselves share nothing.
class Campaign final {
 public:
  // `kept`: runs to be made in place of numbered ones.
  Campaign(const Options& options, std::vector<Job> kept) : options_(options), kept_(std::move(kept)) {}

  std::optional<Job> Next() {
    if (interrupted != 0 || (failed_ && !options_.go_on) || std::chrono::steady_clock::now() >= end_) {
      return std::nullopt;
    }
    const std::uint64_t index = next_++;
    if (!kept_.empty()) return index < kept_.size() ? std::optional(kept_[index]) : std::nullopt;
    if (options_.seconds == 0 && index >= options_.seeds) return std::nullopt;
    const std::uint64_t seed = options_.first_seed + index;
    return Job{seed, PlanOf(seed)};
  }

  void Note(const Job& job, Result result) {
    std::lock_guard lock(mutex_);
    ++done_;
    events_ += result.events;
    calls_ += result.calls;
    for (const auto& [what, count] : result.outcomes) outcomes_[what] += count;
    if (!result.failure.has_value()) return;
    Broken& broken = broken_[result.failure->rule];
    ++broken.count;
    broken.first_seed = std::min(broken.first_seed, job.seed);
    if (failed_) return;
    failed_ = true;
    failed_job_ = job;
    failure_ = std::move(result.failure);
  }

  void TellProgress() {
    std::lock_guard lock(mutex_);
    const double seconds = Seconds();
    std::fprintf(stderr, "%llu seeds in %.0f s, %.0f a second\n", static_cast<unsigned long long>(done_), seconds,
                 static_cast<double>(done_) / seconds);
  }

  // 0: every seed kept every promise.
  int Report() {
    std::printf("%llu seeds in %.1f s (%.0f a second): %llu calls of users, %llu events delivered\n",
                static_cast<unsigned long long>(done_), Seconds(), static_cast<double>(done_) / Seconds(),
                static_cast<unsigned long long>(calls_), static_cast<unsigned long long>(events_));
    if (options_.coverage) {
      for (const auto& [what, count] : outcomes_) {
        std::printf("%10llu %s\n", static_cast<unsigned long long>(count), what.c_str());
      }
    }
    if (!failed_) return interrupted != 0 ? 130 : 0;
    for (const auto& [rule, broken] : broken_) {
      std::printf("%llu seeds break: %s (the first is %llu)\n", static_cast<unsigned long long>(broken.count),
                  rule.c_str(), static_cast<unsigned long long>(broken.first_seed));
    }
    Explain();
    return 1;
  }

 private:
  struct Broken {
    std::uint64_t count = 0;
    std::uint64_t first_seed = std::numeric_limits<std::uint64_t>::max();
  };

  double Seconds() const {
    return std::max(0.001, std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
  }

  void Explain() const {
    const std::uint64_t seed = failed_job_.seed;
    std::printf("\nSeed %llu breaks a promise: %s\n  %s\n", static_cast<unsigned long long>(seed),
                failure_->rule.c_str(), failure_->words.c_str());
    const std::vector<Step> shortest = Shrink(
        failed_job_.steps,
        [&](const std::vector<Step>& steps) {
          const Result result = Run(seed, steps, options_.plant, /*tells=*/false);
          return result.failure.has_value() && result.failure->rule == failure_->rule;
        },
        kShrinkTime);
    const Result told = Run(seed, shortest, options_.plant, /*tells=*/true);
    std::printf("The shortest run found has %zu steps instead of %zu:\n", shortest.size(), failed_job_.steps.size());
    for (const std::string& line : told.story) std::printf("  %s\n", line.c_str());
    std::printf("Again: tests/run simulation --seed %llu\nA line for tests/simulation/seeds:\n%llu | %s | %s\n",
                static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seed), failure_->rule.c_str(),
                FormatSteps(shortest).c_str());
  }

  const Options& options_;
  const std::vector<Job> kept_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const std::chrono::steady_clock::time_point end_ = options_.seconds == 0
                                                         ? std::chrono::steady_clock::time_point::max()
                                                         : start_ + std::chrono::seconds(options_.seconds);
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;  // for all below
  std::uint64_t done_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t calls_ = 0;
  std::map<std::string, std::uint64_t> outcomes_;
  std::map<std::string, Broken> broken_;  // by rule
  Job failed_job_;                        // the first
  std::optional<Failure> failure_;
};

// The lines of a file: a seed, what it found, its shortest run, with " | " between them; '#' begins a comment. Nothing
// where one of them is something else.
std::optional<std::vector<Job>> ReadJobs(const std::string& path) {
  std::ifstream file(path);
  std::vector<Job> jobs;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> parts = absl::StrSplit(line, " | ");
    Job job;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &job.seed)) return std::nullopt;
    std::optional<std::vector<Step>> steps = ParseSteps(parts[2]);
    if (!steps.has_value()) return std::nullopt;
    job.steps = *std::move(steps);
    jobs.push_back(std::move(job));
  }
  if (jobs.empty()) return std::nullopt;
  return jobs;
}

int RunOne(std::uint64_t seed, const Options& options) {
  const Job job{seed, PlanOf(seed)};
  const Result result = Run(seed, job.steps, options.plant, /*tells=*/options.story);
  for (const std::string& line : result.story) std::printf("%s\n", line.c_str());
  Campaign campaign(options, {});
  campaign.Note(job, result);
  return campaign.Report();
}

int RunMany(const Options& options) {
  std::vector<Job> kept;
  if (!options.seeds_file.empty()) {
    std::optional<std::vector<Job>> maybe_kept = ReadJobs(options.seeds_file);
    if (!maybe_kept.has_value()) {
      std::fprintf(stderr, "%s does not hold lines of \"seed | what it found | steps\"\n", options.seeds_file.c_str());
      return 66;
    }
    kept = *std::move(maybe_kept);
  }
  Campaign campaign(options, std::move(kept));
  std::vector<std::thread> threads;
  std::mutex mutex;  // for `running`
  std::condition_variable ended;
  unsigned running = options.threads;
  for (unsigned i = 0; i < options.threads; ++i) {
    threads.emplace_back([&] {
      while (const std::optional<Job> job = campaign.Next()) {
        campaign.Note(*job, Run(job->seed, job->steps, options.plant, /*tells=*/false));
      }
      std::lock_guard lock(mutex);
      --running;
      ended.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  while (!ended.wait_for(lock, kProgressInterval, [&running] { return running == 0; })) campaign.TellProgress();
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
  return campaign.Report();
}

int Main(int argc, char** argv) {
  Options options;
  std::string plant = "none";
  std::uint64_t one_seed = 0;
  bool fresh = false;
  flags::CommandLine line(
      "Simulates the suite: its own handlers, tables and delivery in one process, with all that can go wrong.",
      "simulation");
  line.Add("--seed", one_seed, "run this seed alone");
  line.Add("--seeds", options.seeds, "run this many seeds");
  line.Add("--seconds", options.seconds, "run seeds for this long instead");
  line.Add("--first", options.first_seed, "the first of the seeds (1)");
  line.Add("--fresh", fresh, "take the first seed from the time of day");
  line.Add("--seeds-file", options.seeds_file, "run the runs of this file");
  line.Add("--threads", options.threads, "run this many seeds side by side (2)").Within(1, 256);
  line.Add("--plant", plant,
           "plant a known fault, to see it caught: reply-before-sync, drop-acknowledged, "
           "forget-watermark, skip-index, forget-request, skip-audit, lose-outbox-row");
  line.Add("--story", options.story, "with --seed: tell the whole story of the run");
  line.Add("--go-on", options.go_on, "do not stop at the first seed that fails; count which promises are broken");
  line.Add("--coverage", options.coverage, "count how the calls ended");
  if (const std::optional<int> status = line.Parse(argc, argv)) return *status;
  if (line.Given("--seed")) options.one_seed = one_seed;
  if (fresh) {
    options.first_seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  }
  const std::optional<Plant> planted = PlantOf(plant);
  if (!planted.has_value()) {
    std::fprintf(stderr, "there is no fault named %s\n", plant.c_str());
    return 64;
  }
  options.plant = *planted;
  std::signal(SIGINT, Interrupt);
  std::signal(SIGTERM, Interrupt);
  if (options.one_seed.has_value()) return RunOne(*options.one_seed, options);
  if (options.seeds == 0 && options.seconds == 0 && options.seeds_file.empty()) options.seeds = 1'000;
  if (options.seeds_file.empty()) std::printf("seeds from %llu\n", static_cast<unsigned long long>(options.first_seed));
  return RunMany(options);
}

}  // namespace
}  // namespace splw::simulation

int main(int argc, char** argv) {
  return splw::simulation::Main(argc, argv);
}
