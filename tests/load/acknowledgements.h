// The list of what a service acknowledged: one line each, "NAME REQUEST_ID DIGEST". Whatever happens to the service
// afterwards, each of these referrals is there, once, with this content.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "splw/referral/v1/referral.pb.h"

namespace splw::load {

// Of what never changes in a referral once it is acknowledged: its name, the person, who asked for what and when,
// consent, the correlation id. Not of its state and what became of it. 32 characters.
std::string DigestOf(const referral::v1::Referral& referral);

struct Acknowledgement {
  std::string name;
  std::string request_id;
  std::string digest;
};

// Not thread-safe.
class AcknowledgementWriter final {
 public:
  // Appends to the file.
  static absl::StatusOr<AcknowledgementWriter> Open(const std::string& path);
  // The line is in the file when it returns. UNAVAILABLE where the file takes no more.
  absl::Status Write(const Acknowledgement& acknowledgement);

 private:
  explicit AcknowledgementWriter(std::ofstream file) : file_(std::move(file)) {}
  std::ofstream file_;
};

// All lines that are complete. NOT_FOUND without the file; DATA_LOSS for a line that is none.
absl::StatusOr<std::vector<Acknowledgement>> ReadAcknowledgements(const std::string& path);

}  // namespace splw::load
