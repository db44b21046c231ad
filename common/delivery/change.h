// A change: one transaction together with all that must be written with it — its events, its entries in the feed and the
// audit record, and the first answer to its request id.
//
// Everything in this suite that changes a record goes through Changes: handlers (RunOnce), events from peers (Inbox) and
// timers (Run). So no change can be without its audit record, and no event without its change.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>

#include "common/ids/random.h"
#include "common/store/store.h"
#include "splw/delivery/v1/delivery_service.pb.h"

namespace splw::delivery {

// Who caused a change, for the audit record and the events.
struct Origin {
  std::string actor;  // the principal's id
  std::string role;   // the role's name
  std::string organisation;
  std::string action;          // the RPC's or event's short name: "AcceptReferral"
  std::string correlation_id;  // of the call; Change::SetCorrelationId replaces it by the record's own
};

// Valid inside one body of Changes::Run or RunOnce only. One thread. The body may run again with a new Change.
class Change {
 public:
  virtual ~Change() = default;

  virtual store::Transaction& txn() = 0;
  virtual absl::Time now() const = 0;              // the store's time of this transaction
  virtual const std::string& network() const = 0;  // "U12345", without "networks/"
  virtual const Origin& origin() const = 0;

  // A new ULID, which sorts after all that were made in this store before it: what is listed by id is listed in the
  // order of its making. Differs between runs of the body.
  virtual std::string NewId() = 0;

  // From here on, events and audit records of this change carry this correlation id: that of the record, so that one id
  // leads from referral to outcome whoever calls.
  virtual void SetCorrelationId(std::string_view correlation_id) = 0;

  // Puts an event into the outbox, as the next revision of `stream` (the resource it is about) to `destination` ("caseload").
  virtual absl::Status Emit(std::string_view destination, std::string_view stream,
                            const google::protobuf::Message& event) = 0;

  // The envelope of an event of this change, but for its payload: for what an operator puts into a stream. Emit makes its own.
  virtual v1::Envelope NewEnvelope(std::string_view stream, std::uint64_t revision) = 0;

  // Writes the audit record and the feed entry of a change to `resource` (its full name) of `collection` ("referrals").
  // Call once for each resource that the change creates or updates. `reason`: a code where one was given, never free text.
  virtual absl::Status Changed(std::string_view collection, std::string_view resource, bool created,
                               std::string_view reason = "") = 0;

  // An audit record alone, for what changes no resource of the API (an operator's retry or skip).
  virtual absl::Status Audit(std::string_view resource, std::string_view reason) = 0;

  // Tells the dispatcher, once this change is durable, that a stream which was parked can be sent again.
  virtual void Resume(std::string_view destination, std::string_view stream) = 0;
};

using ChangeBody = absl::FunctionRef<absl::Status(Change&)>;

// Thread-safe. One a process.
class Changes {
 public:
  virtual ~Changes() = default;

  // Runs `body` in one transaction of `network`.
  virtual absl::StatusOr<store::Position> Run(const store::Attempt& attempt, const Origin& origin,
                                              std::string_view network, ChangeBody body) = 0;

  // The same, once for each `request_id` of this actor, in this role of this organisation, and this action. The body fills
  // `response`; a repeat does not run it, and gets the first answer. Kept for kRequestMemory. INVALID_ARGUMENT
  // REQUEST_ID_REUSED if the id came before with another `request` (compared field by field); INVALID_ARGUMENT REQUIRED or
  // REQUEST_ID_INVALID as in request_rules.h. An error of the body is not remembered: nothing happened.
  virtual absl::StatusOr<store::Position> RunOnce(const store::Attempt& attempt, const Origin& origin,
                                                  std::string_view network, const std::string& request_id,
                                                  const google::protobuf::Message& request,
                                                  google::protobuf::Message* response, ChangeBody body) = 0;
};

// How long a request id is remembered (architecture.md: at least 7 days).
inline constexpr absl::Duration kRequestMemory = absl::Hours(24 * 7);

}  // namespace splw::delivery
