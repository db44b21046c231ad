// splwctl outbox …, splwctl audit …, splwctl store …
#include <memory>

#include <absl/strings/str_format.h>
#include <nlohmann/json.hpp>

#include "clients/splwctl/calls.h"
#include "clients/splwctl/commands.h"
#include "clients/splwctl/errors.h"

namespace splw::ctl::operations_commands {
namespace {

namespace ov1 = operations::v1;
using Stub = ov1::OperationsService::Stub;
using identity::Role;

constexpr Peer kPeers[] = {Peer::kIntake, Peer::kCaseload, Peer::kMdt};

struct Arguments {
  std::string service, destination, stream, event, reason, resource;
  bool parked = false;
  std::int64_t limit = 0;
};

// The service that was named; all three where none was.
absl::StatusOr<std::vector<Peer>> Peers(const std::string& service) {
  if (service.empty()) return std::vector<Peer>(std::begin(kPeers), std::end(kPeers));
  for (const Peer peer : kPeers) {
    if (service == PeerName(peer)) return std::vector<Peer>{peer};
  }
  return UsageError("--service", "give one of: referral-intake, caseload, mdt-agenda");
}

absl::StatusOr<Peer> OnePeer(const std::string& service) {
  if (service.empty()) return UsageError("--service", "say which: referral-intake, caseload, mdt-agenda");
  SPLW_ASSIGN_OR_RETURN(const std::vector<Peer> peers, Peers(service));
  return peers.front();
}

// Asks each service, whatever became of the one before: with one of them down the others are wanted the more. What failed is said, but
// for the last failure, which is returned.
absl::Status AskEach(Shell& shell, const std::vector<Peer>& peers, const std::function<absl::Status(Peer)>& ask) {
  absl::Status last;
  for (const Peer peer : peers) {
    absl::Status status = ask(peer);
    if (status.ok()) continue;
    if (!last.ok()) PrintError(shell.err(), last, shell.error_color());
    last = std::move(status);
  }
  return last;
}

// A service's message, and whose it is: "service" comes first.
Json OfService(Peer peer, const google::protobuf::Message& message) {
  Json object;
  object["service"] = PeerName(peer);
  object.update(JsonOf(message));
  return object;
}

absl::Status ListStreams(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<Peer> peers, Peers(arguments.service));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const identity::Principal caller, shell.Caller(Role::kOperator));
  const std::vector<Column> columns = {
      {"NETWORK", "network"},       {"TO", "destination"},         {"STREAM", "stream"},
      {"WAITING", "depth"},         {"SINCE", "first_event_time"}, {"FIRST EVENT", "first_event_id"},
      {"TYPE", "first_event_type"}, {"PARKED", "parked_reason"},   {"WHY", "parked_message"}};
  std::vector<std::string> headings = Headings(columns);
  headings.insert(headings.begin(), "FROM");
  Table table(headings);
  Json found = Json::array();
  ov1::ListOutboxStreamsRequest request;
  if (!shell.options().network.empty()) {
    SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  }
  request.set_parked_only(arguments.parked);
  const absl::Status status = AskEach(shell, peers, [&](Peer peer) {
    const std::function<void(const ov1::OutboxStream&)> each = [&](const ov1::OutboxStream& stream) {
      if (shell.json()) {
        found.push_back(OfService(peer, stream));
        return;
      }
      std::vector<std::string> cells = Cells(stream, columns);
      cells.insert(cells.begin(), PeerName(peer));
      table.Add(std::move(cells));
    };
    return ForEach(*connection, caller, connection->operations(peer), &Stub::ListOutboxStreams, request,
                   &ov1::ListOutboxStreamsResponse::streams, arguments.limit, each);
  });
  if (shell.json()) {
    PrintDocument(shell.out(), found);
  } else if (table.size() > 0) {
    table.Print(shell.out(), shell.color(), shell.width());
  } else if (status.ok()) {
    shell.out() << "nothing waits\n";
  }
  return status;
}

absl::Status Retry(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const Peer peer, OnePeer(arguments.service));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  ov1::RetryStreamRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_destination(arguments.destination);
  request.set_stream(arguments.stream);
  request.set_request_id(shell.RequestId());
  return AskAndShow(shell, Role::kOperator, connection->operations(peer), &Stub::RetryStream, request);
}

absl::Status Skip(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const Peer peer, OnePeer(arguments.service));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  ov1::SkipEventRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_destination(arguments.destination);
  request.set_stream(arguments.stream);
  request.set_event_id(arguments.event);
  request.set_reason_code(arguments.reason);
  request.set_request_id(shell.RequestId());
  return AskAndShow(shell, Role::kOperator, connection->operations(peer), &Stub::SkipEvent, request);
}

absl::Status ListAudit(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const Peer peer, OnePeer(arguments.service));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  ov1::ListAuditRecordsRequest request;
  SPLW_ASSIGN_OR_RETURN(*request.mutable_parent(), shell.Network());
  request.set_resource(arguments.resource);
  return ListAndShow(shell, Role::kAuditor, connection->operations(peer), &Stub::ListAuditRecords, request,
                     &ov1::ListAuditRecordsResponse::records,
                     {{"NO", "sequence"},
                      {"WHEN", "time"},
                      {"WHO", "actor"},
                      {"ROLE", "role"},
                      {"OF", "organisation"},
                      {"DID", "action"},
                      {"TO", "resource"},
                      {"WHY", "reason"},
                      {"CORRELATION", "correlation_id"}},
                     arguments.limit);
}

// What was found goes into `document` for programs, and to the output for people.
absl::Status VerifyOne(Shell& shell, Connection& connection, const identity::Principal& caller, Peer peer,
                       std::int64_t* faults, Json& document) {
  Progress progress(shell.err(), shell.err_terminal(), absl::StrFormat("%s: records and index entries", PeerName(peer)),
                    0);
  ov1::VerifyStoreResponse last;
  std::vector<ov1::StoreFault> found;
  const std::function<stubs::Reader<ov1::VerifyStoreResponse>(grpc::ClientContext*)> open =
      [&](grpc::ClientContext* context) {
        found.clear();  // a walk that broke off begins again
        last.Clear();
        return connection.operations(peer).VerifyStore(context, ov1::VerifyStoreRequest());
      };
  const std::function<bool(const ov1::VerifyStoreResponse&)> each = [&](const ov1::VerifyStoreResponse& response) {
    found.insert(found.end(), response.faults().begin(), response.faults().end());
    last = response;
    progress.Set(response.records() + response.index_entries());
    return true;
  };
  SPLW_RETURN_IF_ERROR(connection.Read<ov1::VerifyStoreResponse>(caller, peer, open, each, /*with_deadline=*/false));
  progress.Finish();
  if (!last.done()) return absl::InternalError(absl::StrFormat("%s: the walk ended early", PeerName(peer)));
  *faults += last.fault_count();
  if (shell.json()) {
    last.clear_faults();
    for (const auto& fault : found) *last.add_faults() = fault;
    document.push_back(OfService(peer, last));
    return absl::OkStatus();
  }
  shell.out() << absl::StrFormat("%s: %d records, %d index entries, %d faults\n", PeerName(peer), last.records(),
                                 last.index_entries(), last.fault_count());
  for (const auto& fault : found) {
    shell.out() << "  " << Printable(fault.kind()) << " in " << Printable(fault.table())
                << (fault.index().empty() ? "" : "/" + Printable(fault.index())) << " at " << Printable(fault.key_hex())
                << "\n";
  }
  return absl::OkStatus();
}

absl::Status Verify(Shell& shell, const Arguments& arguments) {
  SPLW_ASSIGN_OR_RETURN(const std::vector<Peer> peers, Peers(arguments.service));
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(identity::Principal caller, shell.Caller(Role::kOperator));
  // A store holds every network: --network does not narrow what is walked.
  if (shell.options().networks.empty()) caller.networks = {"*"};
  std::int64_t faults = 0;
  Json document = Json::array();
  const absl::Status status =
      AskEach(shell, peers, [&](Peer peer) { return VerifyOne(shell, *connection, caller, peer, &faults, document); });
  if (shell.json()) PrintDocument(shell.out(), document);
  if (faults == 0) return status;
  if (!status.ok()) PrintError(shell.err(), status, shell.error_color());
  return FaultsFound("STORE", absl::StrFormat("%d faults", faults));
}

void AddService(CLI::App* verb, Arguments& arguments, bool required) {
  CLI::Option* option = verb->add_option(
      "--service", arguments.service,
      std::string("referral-intake, caseload or mdt-agenda") + (required ? "" : " (default: all three)"));
  if (required) option->required();
}

void AddStream(CLI::App* verb, Arguments& arguments) {
  AddService(verb, arguments, true);
  verb->add_option("--to", arguments.destination, "The service that the events go to")->required();
  verb->add_option("--stream", arguments.stream, "The stream, as outbox list shows it")->required();
}

}  // namespace

void Add(CLI::App& app, Shell& shell) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* outbox = AddNoun(app, "outbox", "Events that wait to be delivered to another service");
  CLI::App* list = AddVerb(*outbox, shell, "list", "List streams with events waiting, parked ones first",
                           {"outbox list", "outbox list --service caseload --parked"},
                           [&shell, arguments] { return ListStreams(shell, *arguments); });
  AddService(list, *arguments, false);
  list->add_flag("--parked", arguments->parked, "Only streams that wait for an operator");
  AddLimit(*list, arguments->limit);
  CLI::App* retry =
      AddVerb(*outbox, shell, "retry", "Send a parked stream again from its first event",
              {"--network U12345 outbox retry --service caseload --to mdt-agenda --stream networks/U12345/cases/01JD…"},
              [&shell, arguments] { return Retry(shell, *arguments); });
  AddStream(retry, *arguments);
  CLI::App* skip =
      AddVerb(*outbox, shell, "skip", "Give up the first event of a parked stream; it stays in the audit record",
              {"--network U12345 outbox skip --service caseload --to mdt-agenda --stream networks/U12345/cases/01JD… "
               "--event 01JE… --reason AGREED_WITH_LEAD"},
              [&shell, arguments] { return Skip(shell, *arguments); });
  AddStream(skip, *arguments);
  skip->add_option("--event", arguments->event,
                   "Its id: must be the first of the stream; none only where it is parked as OUTBOX_ROW_MISSING");
  skip->add_option("--reason", arguments->reason, "A code of A-Z, 0-9 and _")->required();

  CLI::App* audit = AddNoun(app, "audit", "Who did what, when, why");
  CLI::App* records = AddVerb(*audit, shell, "list", "List the audit record of a network, oldest first",
                              {"--network U12345 audit list --service caseload --resource networks/U12345/cases/01JD…"},
                              [&shell, arguments] { return ListAudit(shell, *arguments); });
  AddService(records, *arguments, true);
  records->add_option("--resource", arguments->resource, "Only records about this resource (full name)");
  AddLimit(*records, arguments->limit);

  CLI::App* store = AddNoun(app, "store", "The stores of the services");
  CLI::App* verify = AddVerb(
      *store, shell, "verify", "Walk a store: does every index entry match its record, and the reverse?",
      {"store verify", "store verify --service caseload"}, [&shell, arguments] { return Verify(shell, *arguments); });
  AddService(verify, *arguments, false);
}

}  // namespace splw::ctl::operations_commands
