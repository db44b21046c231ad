// Errors with a stable reason. A service's errors.h makes each of its mistakes with these; common/rpc/status.h turns them
// into a grpc::Status with google.rpc details. Pure values; thread-safe.
//
// Messages name the field, say what is wrong and what to do. They never hold personal data: not a name, not a number, not
// the value that was sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>

namespace splw::text {

// What a reply's trailers can hold (gRPC limits metadata to about 8 KiB; more reaches the client as another error).
inline constexpr std::size_t kMaxFailureMessageBytes = 512;
inline constexpr std::size_t kMaxFieldViolations = 16;

// The domain of every google.rpc.ErrorInfo of this suite.
inline constexpr char kErrorDomain[] = "splw";

// An error with google.rpc.ErrorInfo{reason, domain: "splw", metadata}. `reason` is UPPER_SNAKE_CASE and never changes.
absl::Status Failure(absl::StatusCode code, std::string_view reason, std::string_view message,
                     std::vector<std::pair<std::string, std::string>> metadata = {});

// INVALID_ARGUMENT with one google.rpc.BadRequest violation of `field` (a path as in the request: "person.birth_date").
absl::Status InvalidField(std::string_view field, std::string_view reason, std::string_view message);
// The same with reason REQUIRED (Violations::Missing).
absl::Status MissingField(std::string_view field, std::string_view message);

// At most kMaxFailureMessageBytes of `message`, cut before a UTF-8 character, so that what is left is still text.
std::string Shortened(std::string_view message);

// Adds google.rpc.RetryInfo: when to try again.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);

// The reason of an error made here; empty for others.
std::string ReasonOf(const absl::Status& status);
// The fields of the violations of an error made here.
std::vector<std::string> FieldsOf(const absl::Status& status);

// Collects everything that is wrong with a request, so that a person mends it once.
class Violations final {
 public:
  void Add(std::string_view field, std::string_view reason, std::string_view message);
  // Adds reason REQUIRED, which every field has that must be given and is not, here or because of what other fields say.
  void Missing(std::string_view field, std::string_view message);
  bool empty() const { return items_.empty(); }
  // OK if nothing was added; otherwise INVALID_ARGUMENT whose reason is the first violation's and whose details list
  // the first kMaxFieldViolations.
  absl::Status ToStatus() const;

 private:
  struct Item {
    std::string field, reason, message;
  };
  std::vector<Item> items_;
};

}  // namespace splw::text
