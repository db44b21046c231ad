// Looks through RocksDB's write-ahead logs before RocksDB does, which takes a record whose length or type was damaged for the torn
// end of its log, and drops it and all behind it without a word. Not for others than the engine.
//
// What it cannot notice: a log that was cut off, of which nothing is left behind the cut. That is what a crash leaves too.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>

namespace rocksdb {
class Env;
}

namespace splw::store {

// DATA_LOSS, with the offset, unless the bytes of a log are whole records to its end, or to a last one that is torn.
absl::Status CheckLog(std::string_view log);

// The same for each log in the folder of a store, with its name. OK without any. Else: the disk's own errors.
absl::Status CheckLogs(rocksdb::Env& env, const std::string& folder);

}  // namespace splw::store
