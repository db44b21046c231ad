#include "common/store/log_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <rocksdb/env.h>

#include "common/store/rocksdb_open.h"
#include "common/text/status_macros.h"

namespace splw::store {
namespace {

// RocksDB's format (its wiki, "Write Ahead Log File Format"): blocks of 32 KiB; in them pieces of records, none across a block's end,
// each with a header of checksum (4 bytes), length (2) and type (1). What is left of a block that no header fits into is unused.
// Logs that are written anew or compressed have more types; this suite has neither.
constexpr std::size_t kBlockBytes = 32'768;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::uint8_t kFirstType = 1;  // a whole record; then its first, a middle and its last piece
constexpr std::uint8_t kLastType = 4;

constexpr std::array<std::uint32_t, 256> MakeCrcTable() {
  constexpr std::uint32_t kCastagnoli = 0x82f63b78;  // CRC-32C, reflected (RFC 3720, appendix B.4)
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kCastagnoli : crc >> 1;
    table[byte] = crc;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = MakeCrcTable();

// Of type and data, taken in one byte after the other, as RocksDB keeps it: masked, since it checks data that holds checksums.
class Checksum final {
 public:
  void Add(std::uint8_t byte) { crc_ = kCrcTable[(crc_ ^ byte) & 0xff] ^ crc_ >> 8; }
  std::uint32_t value() const {
    const std::uint32_t crc = ~crc_;
    return (crc >> 15 | crc << 17) + 0xa282ead8;
  }

 private:
  std::uint32_t crc_ = 0xffffffff;
};

class LogBytes final {
 public:
  explicit LogBytes(std::string_view bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size(); }
  // The end of the block that `offset` is in, or of the log.
  std::size_t BlockEnd(std::size_t offset) const {
    return std::min(offset / kBlockBytes * kBlockBytes + kBlockBytes, size());
  }
  bool HasHeader(std::size_t offset) const { return BlockEnd(offset) - offset >= kHeaderBytes; }
  std::size_t PieceEnd(std::size_t offset) const {
    return offset + kHeaderBytes + At(offset + 4) + At(offset + 5) * 256;
  }

  bool IsZeroFrom(std::size_t offset) const { return bytes_.find_first_not_of('\0', offset) == std::string_view::npos; }

  bool IsWholePiece(std::size_t offset) const {
    if (!HasHeader(offset) || PieceEnd(offset) > BlockEnd(offset) || !HasKnownType(offset)) return false;
    Checksum checksum;
    checksum.Add(At(offset + 6));
    for (std::size_t at = offset + kHeaderBytes; at < PieceEnd(offset); ++at) checksum.Add(At(at));
    return checksum.value() == StoredChecksum(offset);
  }

  // Whether the data of a piece is all there and its header alone is damaged: with some type and length its checksum is right.
  bool IsPieceWithDamagedHeader(std::size_t offset) const {
    if (!HasHeader(offset)) return false;
    for (std::uint8_t type = kFirstType; type <= kLastType; ++type) {
      Checksum checksum;
      checksum.Add(type);
      for (std::size_t at = offset + kHeaderBytes; at < BlockEnd(offset); ++at) {
        checksum.Add(At(at));
        if (checksum.value() == StoredChecksum(offset)) return true;
      }
    }
    return false;
  }

 private:
  std::uint8_t At(std::size_t offset) const { return static_cast<std::uint8_t>(bytes_[offset]); }
  bool HasKnownType(std::size_t offset) const { return At(offset + 6) >= kFirstType && At(offset + 6) <= kLastType; }
  std::uint32_t StoredChecksum(std::size_t offset) const {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | At(offset + i);
    return value;
  }

  const std::string_view bytes_;
};

// What is there from `offset` on is not whole. A write that a crash cut short leaves its first part and nothing else; where the file
// had grown before its bytes came, zeros.
bool IsTornTail(const LogBytes& log, std::size_t offset) {
  if (log.IsZeroFrom(offset)) return true;
  if (log.IsPieceWithDamagedHeader(offset)) return false;
  if (log.HasHeader(offset) && log.PieceEnd(offset) <= log.BlockEnd(offset)) return false;  // all there, and wrong
  for (std::size_t at = offset + 1; at < log.size(); ++at) {
    if (log.IsWholePiece(at)) return false;
  }
  return true;
}

}  // namespace

absl::Status CheckLog(std::string_view bytes) {
  const LogBytes log(bytes);
  std::size_t offset = 0;
  while (offset < log.size()) {
    const bool unused = !log.HasHeader(offset) && log.BlockEnd(offset) % kBlockBytes == 0;
    if (unused) {
      offset = log.BlockEnd(offset);
    } else if (log.IsWholePiece(offset)) {
      offset = log.PieceEnd(offset);
    } else if (IsTornTail(log, offset)) {
      return absl::OkStatus();
    } else {
      return absl::DataLossError(absl::StrCat("a record is damaged at byte ", offset, " of ", log.size()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLogs(rocksdb::Env& env, const std::string& folder) {
  std::vector<std::string> names;
  const rocksdb::Status listed = env.GetChildren(folder, &names);
  if (listed.IsNotFound()) return absl::OkStatus();
  SPLW_RETURN_IF_ERROR(FromRocksDb(listed));
  for (const std::string& name : names) {
    if (!absl::EndsWith(name, ".log")) continue;
    std::string bytes;
    SPLW_RETURN_IF_ERROR(FromRocksDb(rocksdb::ReadFileToString(&env, folder + "/" + name, &bytes)));
    if (const absl::Status status = CheckLog(bytes); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat(name, ": ", std::string(status.message())));
    }
  }
  return absl::OkStatus();
}

}  // namespace splw::store
