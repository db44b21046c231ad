#include "tests/load/acknowledgements.h"

#include <utility>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "common/text/fingerprint.h"

namespace splw::load {
namespace {

constexpr std::size_t kDigestBytes = 16;

}  // namespace

std::string DigestOf(const referral::v1::Referral& referral) {
  const std::string digest =
      text::Fingerprint(referral, {"etag", "state", "findings", "update_time", "triage", "crisis_acknowledgement",
                                   "case", "progress", "outcome", "withdraw_reason"});
  return absl::BytesToHexString(digest.substr(0, kDigestBytes));
}

absl::StatusOr<AcknowledgementWriter> AcknowledgementWriter::Open(const std::string& path) {
  std::ofstream file(path, std::ios::app);
  if (!file) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return AcknowledgementWriter(std::move(file));
}

absl::Status AcknowledgementWriter::Write(const Acknowledgement& acknowledgement) {
  file_ << absl::StrCat(acknowledgement.name, " ", acknowledgement.request_id, " ", acknowledgement.digest, "\n")
        << std::flush;
  return file_ ? absl::OkStatus() : absl::UnavailableError("the list of acknowledgements takes no more");
}

absl::StatusOr<std::vector<Acknowledgement>> ReadAcknowledgements(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("there is no ", path));
  std::vector<Acknowledgement> all;
  std::string line;
  // The last line has its end only when it was written to its end.
  while (std::getline(file, line) && !file.eof()) {
    std::vector<std::string> parts = absl::StrSplit(line, ' ');
    if (parts.size() != 3) return absl::DataLossError(absl::StrCat(path, ": line ", all.size() + 1, " cannot be read"));
    all.push_back({std::move(parts[0]), std::move(parts[1]), std::move(parts[2])});
  }
  return all;
}

}  // namespace splw::load
