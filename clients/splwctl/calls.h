// The shapes that most commands have: one call whose answer is shown, all pages of a list as a table, a watch. Templates over the
// methods of the stubs.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "clients/splwctl/errors.h"
#include "clients/splwctl/output.h"
#include "clients/splwctl/shell.h"
#include "common/text/status_macros.h"
#include "splw/type/v1/change.pb.h"

namespace splw::ctl {

// A column of a table: its heading, and the path of the field; a path that ends in '#' is shown as the short id of a name. `words` says
// the field's text in another way.
struct Column {
  std::string heading;
  std::string path;
  std::function<std::string(const std::string&)> words = nullptr;
};

std::vector<std::string> Headings(const std::vector<Column>& columns);
std::vector<std::string> Cells(const google::protobuf::Message& message, const std::vector<Column>& columns);

// What a list shows: a table, or a JSON array. What is the same for every list is in calls.cc, for each list compiles these templates.
class ListView final {
 public:
  // `limit`: how many records are expected; 0: nobody knows.
  ListView(Shell& shell, const std::vector<Column>& columns, std::int64_t limit);
  void Add(const google::protobuf::Message& record);
  // Shows what was added, unless `listed` is an error; returns that.
  absl::Status End(const absl::Status& listed);

 private:
  Shell& shell_;
  const std::vector<Column>& columns_;
  Progress progress_;
  Table table_;
  JsonArray array_;
};

// What ListInFull shows: each record in full as it comes, or a JSON array in the end.
class RecordsView final {
 public:
  explicit RecordsView(Shell& shell) : shell_(shell) {}
  void Add(const google::protobuf::Message& record);
  absl::Status End(const absl::Status& listed);

 private:
  Shell& shell_;
  JsonArray array_;
  bool any_ = false;
};

// A line of a watch: the change as JSON, or what is seen of `record`.
void ShowChange(Shell& shell, const google::protobuf::Message& response, type::v1::ChangeKind kind,
                const google::protobuf::Message& record, const std::vector<Column>& columns);

template <typename Stub, typename Request, typename Response>
using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

// One call in the role that usually makes it.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Ask(Shell& shell, identity::Role usual_role, Stub& stub,
                             Method<Stub, Request, Response> method, const Request& request) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const identity::Principal caller, shell.Caller(usual_role));
  absl::StatusOr<Response> maybe_response = connection->Call(caller, stub, method, request);
  if (!maybe_response.ok()) return WithSafeRepeat(maybe_response.status(), request);
  return maybe_response;
}

// The same, and its answer is shown.
template <typename Stub, typename Request, typename Response>
absl::Status AskAndShow(Shell& shell, identity::Role usual_role, Stub& stub, Method<Stub, Request, Response> method,
                        const Request& request) {
  SPLW_ASSIGN_OR_RETURN(const Response response, Ask(shell, usual_role, stub, method, request));
  shell.Show(response);
  return absl::OkStatus();
}

inline constexpr int kLargestPage = 200;

// All pages of a list, each record to `each`; stops after `limit` records (0: none).
template <typename Stub, typename Request, typename Response, typename Record>
absl::Status ForEach(Connection& connection, const identity::Principal& caller, Stub& stub,
                     Method<Stub, Request, Response> method, Request request,
                     const google::protobuf::RepeatedPtrField<Record>& (Response::*records)() const, std::int64_t limit,
                     const std::function<void(const Record&)>& each) {
  std::int64_t seen = 0;
  while (true) {
    const std::int64_t rest = limit > 0 ? limit - seen : kLargestPage;
    // The size is part of what a page token is bound to by no service, but a constant one is right in any case.
    request.set_page_size(static_cast<int>(seen == 0 && limit > 0 && rest < kLargestPage ? rest : kLargestPage));
    SPLW_ASSIGN_OR_RETURN(const Response response, connection.Call(caller, stub, method, request));
    for (const Record& record : (response.*records)()) {
      if (limit > 0 && seen == limit) return absl::OkStatus();
      each(record);
      ++seen;
    }
    if (response.next_page_token().empty() || (limit > 0 && seen >= limit)) return absl::OkStatus();
    request.set_page_token(response.next_page_token());
  }
}

// All pages, as a table or as a JSON array.
template <typename Stub, typename Request, typename Response, typename Record>
absl::Status ListAndShow(Shell& shell, identity::Role usual_role, Stub& stub, Method<Stub, Request, Response> method,
                         Request request,
                         const google::protobuf::RepeatedPtrField<Record>& (Response::*records)() const,
                         const std::vector<Column>& columns, std::int64_t limit) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const identity::Principal caller, shell.Caller(usual_role));
  ListView view(shell, columns, limit);
  return view.End(ForEach<Stub, Request, Response, Record>(*connection, caller, stub, method, std::move(request),
                                                           records, limit,
                                                           [&view](const Record& record) { view.Add(record); }));
}

// All pages, each record in full, or as a JSON array: for what is read rather than looked through.
template <typename Stub, typename Request, typename Response, typename Record>
absl::Status ListInFull(Shell& shell, identity::Role usual_role, Stub& stub, Method<Stub, Request, Response> method,
                        Request request, const google::protobuf::RepeatedPtrField<Record>& (Response::*records)() const,
                        std::int64_t limit) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const identity::Principal caller, shell.Caller(usual_role));
  RecordsView view(shell);
  return view.End(ForEach<Stub, Request, Response, Record>(*connection, caller, stub, method, std::move(request),
                                                           records, limit,
                                                           [&view](const Record& record) { view.Add(record); }));
}

// Changes as they come, a line each, until the process is interrupted or `count` of them were seen (0: no end).
template <typename Response, typename Request, typename Record, typename Open>
absl::Status WatchAndShow(Shell& shell, identity::Role usual_role, Peer peer, Request request,
                          const Record& (Response::*record)() const, const std::vector<Column>& columns,
                          std::int64_t count, Open open) {
  SPLW_ASSIGN_OR_RETURN(Connection* const connection, shell.connection());
  SPLW_ASSIGN_OR_RETURN(const identity::Principal caller, shell.Caller(usual_role));
  std::int64_t seen = 0;
  const std::function<bool(const Response&)> each = [&](const Response& response) {
    request.set_position(response.position());
    ShowChange(shell, response, response.kind(), (response.*record)(), columns);
    return ++seen != count;
  };
  const std::function<stubs::Reader<Response>(grpc::ClientContext*)> opener = [&](grpc::ClientContext* context) {
    return open(*connection, context, request);
  };
  return connection->Read<Response>(caller, peer, opener, each, /*with_deadline=*/false);
}

}  // namespace splw::ctl
