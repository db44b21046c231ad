// The other yardstick: RocksDB alone, which writes the bytes of one submission, synced, from a number of threads.
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "common/store/store.h"
#include "tests/load/histogram.h"

namespace splw::bench {

// What one SubmitReferral writes: the keys and values of record, indexes, event, feed, audit record and first answer,
// as referral-intake's own handler writes them.
absl::StatusOr<std::vector<store::Entry>> WritesOfOneSubmission();

struct RawFigures {
  double per_second = 0;
  load::Histogram latency;
};

// Writes such batches in a new database in `path` for as long as it is told, each with WriteOptions::sync.
absl::StatusOr<RawFigures> WriteRaw(const std::string& path, const std::vector<store::Entry>& batch, int threads,
                                    absl::Duration duration);

// How long SyncWAL takes after one such batch was written: the least that a durable reply has to wait.
absl::StatusOr<load::Histogram> SyncRaw(const std::string& path, const std::vector<store::Entry>& batch,
                                        absl::Duration duration);

}  // namespace splw::bench
