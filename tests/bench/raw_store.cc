#include "tests/bench/raw_store.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include "common/delivery/changes.h"
#include "common/ids/random.h"
#include "common/store/memory_store.h"
#include "common/text/status_macros.h"
#include "common/time/clock.h"
#include "services/referral_intake/referral_intake.h"
#include "tests/load/people.h"
#include "tests/load/referral_work.h"

namespace splw::bench {
namespace {

constexpr char kNetwork[] = "U12345";

absl::Status FromRocksDb(const rocksdb::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.ToString());
}

absl::StatusOr<std::unique_ptr<rocksdb::DB>> Open(const std::string& path) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.max_background_jobs = 2;
  options.write_buffer_size = std::size_t{32} << 20;  // as the suite's
  std::filesystem::create_directories(path);
  rocksdb::DB* db = nullptr;
  SPLW_RETURN_IF_ERROR(FromRocksDb(rocksdb::DB::Open(options, path, &db)));
  return std::unique_ptr<rocksdb::DB>(db);
}

// The batch under keys that are new each time.
void Fill(rocksdb::WriteBatch& batch, const std::vector<store::Entry>& entries, std::uint64_t number) {
  batch.Clear();
  const std::string suffix = std::to_string(number);
  for (const store::Entry& entry : entries) batch.Put(entry.key + suffix, entry.value);
}

using Everything = std::map<std::string, std::string>;

absl::StatusOr<Everything> ReadAll(store::Store& store) {
  Everything all;
  const auto maybe_position = store.View({}, [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const std::vector<store::Entry> entries, snapshot.Scan({}, {}));
    for (const store::Entry& entry : entries) all[entry.key] = entry.value;
    return absl::OkStatus();
  });
  SPLW_RETURN_IF_ERROR(maybe_position.status());
  return all;
}

}  // namespace

absl::StatusOr<std::vector<store::Entry>> WritesOfOneSubmission() {
  const time::SystemClock clock;
  ids::SystemRandom random;
  store::MemoryStore store(clock);
  const std::unique_ptr<delivery::Changes> changes = delivery::MakeChanges(
      {.store = store, .random = random, .source = "referral-intake", .incarnation = "01J00000000000000000000001"});
  referral_intake::ReferralIntake intake(store, *changes, clock, referral_intake::PersonKeys(random.Bytes(32)));
  rpc::Call call;
  call.principal = load::PracticePrincipal({kNetwork});
  call.method = "SubmitReferral";
  call.network = kNetwork;
  call.correlation_id = "01J00000000000000000000002";
  call.deadline = absl::InfiniteFuture();
  Everything before;
  Everything after;
  // The second one: the first also makes what is there once.
  for (const std::uint64_t person : {0, 1}) {
    before = std::move(after);
    referral::v1::SubmitReferralRequest request;
    request.set_parent(absl::StrCat("networks/", kNetwork));
    request.set_request_id(absl::StrCat("load-", person));
    *request.mutable_referral() = load::ReferralOf(person);
    referral::v1::Referral response;
    SPLW_RETURN_IF_ERROR(intake.Submit(call, request, &response).status());
    SPLW_ASSIGN_OR_RETURN(after, ReadAll(store));
  }
  std::vector<store::Entry> written;
  for (const auto& [key, value] : after) {
    const auto known = before.find(key);
    if (known == before.end() || known->second != value) written.push_back({key, value});
  }
  return written;
}

absl::StatusOr<RawFigures> WriteRaw(const std::string& path, const std::vector<store::Entry>& batch, int threads,
                                    absl::Duration duration) {
  SPLW_ASSIGN_OR_RETURN(const std::unique_ptr<rocksdb::DB> db, Open(path));
  const absl::Time started = absl::Now();
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;  // for the two below
  RawFigures figures;
  absl::Status failure;
  const auto write = [&] {
    load::Histogram latency;
    rocksdb::WriteBatch writes;
    rocksdb::WriteOptions synced;
    synced.sync = true;
    absl::Status status;
    while (status.ok() && absl::Now() - started < duration) {
      Fill(writes, batch, next++);
      const absl::Time begun = absl::Now();
      status = FromRocksDb(db->Write(synced, &writes));
      latency.Add(absl::Now() - begun);
    }
    std::lock_guard lock(mutex);
    figures.latency.Merge(latency);
    failure.Update(status);
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < threads; ++i) writers.emplace_back(write);
  for (std::thread& writer : writers) writer.join();
  SPLW_RETURN_IF_ERROR(failure);
  figures.per_second = static_cast<double>(figures.latency.count()) / absl::ToDoubleSeconds(absl::Now() - started);
  return figures;
}

absl::StatusOr<load::Histogram> SyncRaw(const std::string& path, const std::vector<store::Entry>& batch,
                                        absl::Duration duration) {
  SPLW_ASSIGN_OR_RETURN(const std::unique_ptr<rocksdb::DB> db, Open(path));
  const absl::Time started = absl::Now();
  load::Histogram latency;
  rocksdb::WriteBatch writes;
  for (std::uint64_t number = 0; absl::Now() - started < duration; ++number) {
    Fill(writes, batch, number);
    SPLW_RETURN_IF_ERROR(FromRocksDb(db->Write({}, &writes)));
    const absl::Time begun = absl::Now();
    SPLW_RETURN_IF_ERROR(FromRocksDb(db->SyncWAL()));
    latency.Add(absl::Now() - begun);
  }
  return latency;
}

}  // namespace splw::bench
