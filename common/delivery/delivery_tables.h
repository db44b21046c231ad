// What delivery keeps in a service's store, each kind once. The tables are immutable and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <absl/time/time.h>

#include "common/store/table.h"
#include "splw/delivery/storage/v1/delivery_storage.pb.h"

namespace splw::delivery {

// Events that wait. Revisions of a stream have no gaps, so that its rows are read by key, from the one after the
// acknowledged revision on: never by a scan over what was erased.
const store::Table<storage::v1::OutboxRow>& OutboxRows();
std::string OutboxRowKey(std::string_view destination, std::string_view stream, std::uint64_t revision);

// The sending side of each stream; stays when all is delivered, for its revisions go on.
const store::Table<storage::v1::OutboxStream>& OutboxStreams();
std::string OutboxStreamKey(std::string_view destination, std::string_view stream);
// Of OutboxStreams: those with events waiting; parked ones first, then by when the first waiting event was made.
inline constexpr char kWaitingIndex[] = "waiting";
std::string WaitingPrefix(bool parked);

const store::Table<storage::v1::SkippedRow>& SkippedRows();

// The receiving side of each stream.
const store::Table<storage::v1::Watermark>& Watermarks();
std::string WatermarkKey(std::string_view source, std::string_view stream);

const store::Table<storage::v1::RequestRecord>& RequestRecords();
// Of RequestRecords: by when they may be forgotten.
inline constexpr char kExpiryIndex[] = "expiry";

const store::Table<storage::v1::FeedEntry>& FeedEntries();
std::string FeedEntryKey(std::uint64_t sequence);
// The counters of the feed: the last sequence given out, and the last one that was swept.
inline constexpr char kFeedCounter[] = "feed";
inline constexpr char kFeedSweptCounter[] = "feed_swept";

// All of the above and those of audit/, for `store verify`.
std::vector<const store::UntypedTable*> DeliveryTables();

}  // namespace splw::delivery
