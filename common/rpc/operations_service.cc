#include "common/rpc/operations_service.h"

#include <string>
#include <utility>

#include "common/audit/audit_log.h"
#include "common/delivery/envelope.h"
#include "common/delivery/outbox.h"
#include "common/rpc/page.h"
#include "common/rpc/request_checks.h"
#include "common/rpc/store_verifier.h"
#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "common/text/validate.h"

namespace splw::rpc {
namespace {

namespace v1 = operations::v1;
using identity::Role;

constexpr char kListOutboxStreams[] = "splw.operations.v1.OperationsService/ListOutboxStreams";
constexpr char kRetryStream[] = "splw.operations.v1.OperationsService/RetryStream";
constexpr char kSkipEvent[] = "splw.operations.v1.OperationsService/SkipEvent";
constexpr char kVerifyStore[] = "splw.operations.v1.OperationsService/VerifyStore";
constexpr char kListAuditRecords[] = "splw.operations.v1.OperationsService/ListAuditRecords";

// operations_service.proto
constexpr PageLimits kStreamPages = {.default_size = 50, .max_size = 200};
constexpr PageLimits kAuditPages = {.default_size = 100, .max_size = 1000};
constexpr std::size_t kMaxResourceCharacters = 256;

// Of one network, if the request names one; otherwise of all, for those who act in all.
absl::StatusOr<std::string> ListedNetwork(const Call& call, const v1::ListOutboxStreamsRequest& request) {
  if (request.parent().empty()) {
    if (call.principal.MayActIn("*")) return std::string();
    return text::Failure(absl::StatusCode::kPermissionDenied, "NETWORK_NOT_ALLOWED",
                         "the caller does not act in every network; name one in parent");
  }
  SPLW_ASSIGN_OR_RETURN(std::string network, NetworkOf(request));
  if (call.principal.MayActIn(network)) return network;
  return text::Failure(absl::StatusCode::kPermissionDenied, "NETWORK_NOT_ALLOWED",
                       "the caller does not act in this network");
}

void ToMessage(const delivery::WaitingStream& stream, v1::OutboxStream& message) {
  message.set_network(stream.key.network);
  message.set_destination(stream.key.destination);
  message.set_stream(stream.key.stream);
  message.set_depth(static_cast<std::int64_t>(stream.depth));
  message.set_first_event_id(stream.first_event_id);
  message.set_first_event_type(stream.first_event_type);
  *message.mutable_first_event_time() = delivery::ToTimestamp(stream.first_event_time);
  message.set_parked(stream.parked);
  message.set_parked_reason(stream.parked_reason);
  message.set_parked_message(stream.parked_message);
}

void ToMessage(const delivery::storage::v1::AuditRecord& record, v1::AuditRecord& message) {
  message.set_sequence(record.sequence());
  message.set_actor(record.actor());
  message.set_role(record.role());
  message.set_organisation(record.organisation());
  message.set_action(record.action());
  message.set_resource(record.resource());
  message.set_reason(record.reason());
  message.set_correlation_id(record.correlation_id());
  *message.mutable_time() = record.time();
}

template <typename Request>
void CheckStream(const Request& request, text::Violations& violations) {
  text::CheckText("destination", request.destination(),
                  {.max_characters = delivery::kMaxNameCharacters, .required = true}, violations);
  text::CheckText("stream", request.stream(), {.max_characters = delivery::kMaxStreamCharacters, .required = true},
                  violations);
}

}  // namespace

std::vector<identity::PolicyRow> OperationsPolicy() {
  return {{.method = kListOutboxStreams, .roles = {Role::kOperator}, .network_scoped = false},
          {.method = kRetryStream, .roles = {Role::kOperator}},
          {.method = kSkipEvent, .roles = {Role::kOperator}},
          {.method = kVerifyStore, .roles = {Role::kOperator}, .network_scoped = false},
          {.method = kListAuditRecords, .roles = {Role::kAuditor}}};
}

OperationsService::OperationsService(Calls& calls, store::Store& store, delivery::Changes& changes,
                                     std::vector<const store::UntypedTable*> tables)
    : Service(calls, "splw.operations.v1.OperationsService"),
      store_(store),
      changes_(changes),
      verifier_(std::make_unique<StoreVerifier>(calls, store, std::move(tables))) {
  Unary("ListOutboxStreams", *this, &OperationsService::ListOutboxStreams);
  Unary("RetryStream", *this, &OperationsService::RetryStream);
  Unary("SkipEvent", *this, &OperationsService::SkipEvent);
  AddStream("VerifyStore", v1::VerifyStoreRequest::default_instance(), v1::VerifyStoreResponse::default_instance(),
            [this](grpc::CallbackServerContext& context, const grpc::ByteBuffer& bytes) {
              return verifier_->Start(context, kVerifyStore, bytes);
            });
  Unary("ListAuditRecords", *this, &OperationsService::ListAuditRecords);
}

OperationsService::~OperationsService() = default;

OperationsService::PositionOr OperationsService::ListOutboxStreams(const Call& call,
                                                                   const v1::ListOutboxStreamsRequest& query,
                                                                   v1::ListOutboxStreamsResponse* result) {
  SPLW_ASSIGN_OR_RETURN(const std::string network, ListedNetwork(call, query));
  SPLW_ASSIGN_OR_RETURN(const store::PageRequest page, ReadPage(query, kStreamPages));
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const delivery::WaitingPage found,
                          delivery::ListWaitingStreams(snapshot, network, query.parked_only(), page));
    result->Clear();
    for (const delivery::WaitingStream& stream : found.streams) ToMessage(stream, *result->add_streams());
    result->set_next_page_token(MakePageToken(query, found.next));
    return absl::OkStatus();
  });
}

OperationsService::PositionOr OperationsService::RetryStream(const Call& call, const v1::RetryStreamRequest& command,
                                                             v1::RetryStreamResponse* result) {
  text::Violations violations;
  CheckStream(command, violations);
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  return changes_.RunOnce(call.attempt(), call.origin(), call.network, command.request_id(), command, result,
                          [&](delivery::Change& change) -> absl::Status {
                            SPLW_ASSIGN_OR_RETURN(
                                const std::uint64_t depth,
                                delivery::RetryStream(change, command.destination(), command.stream()));
                            result->set_depth(static_cast<std::int64_t>(depth));
                            return absl::OkStatus();
                          });
}

OperationsService::PositionOr OperationsService::SkipEvent(const Call& call, const v1::SkipEventRequest& command,
                                                           v1::SkipEventResponse* result) {
  text::Violations violations;
  CheckStream(command, violations);
  text::CheckText("event_id", command.event_id(), {.max_characters = delivery::kMaxNameCharacters}, violations);
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  return changes_.RunOnce(call.attempt(), call.origin(), call.network, command.request_id(), command, result,
                          [&](delivery::Change& change) -> absl::Status {
                            SPLW_ASSIGN_OR_RETURN(const std::uint64_t depth,
                                                  delivery::SkipEvent(change, command.destination(), command.stream(),
                                                                      command.event_id(), command.reason_code()));
                            result->set_depth(static_cast<std::int64_t>(depth));
                            return absl::OkStatus();
                          });
}

OperationsService::PositionOr OperationsService::ListAuditRecords(const Call& call,
                                                                  const v1::ListAuditRecordsRequest& query,
                                                                  v1::ListAuditRecordsResponse* result) {
  text::Violations violations;
  text::CheckText("resource", query.resource(), {.max_characters = kMaxResourceCharacters}, violations);
  SPLW_RETURN_IF_ERROR(violations.ToStatus());
  SPLW_ASSIGN_OR_RETURN(const store::PageRequest page, ReadPage(query, kAuditPages));
  return store_.View(call.attempt(), [&](store::Snapshot& snapshot) -> absl::Status {
    SPLW_ASSIGN_OR_RETURN(const auto found, query.resource().empty()
                                                ? audit::ListRecords(snapshot, call.network, page)
                                                : audit::ListRecordsOf(snapshot, call.network, query.resource(), page));
    result->Clear();
    for (const auto& record : found.records) ToMessage(record, *result->add_records());
    result->set_next_page_token(MakePageToken(query, found.next));
    return absl::OkStatus();
  });
}

}  // namespace splw::rpc
