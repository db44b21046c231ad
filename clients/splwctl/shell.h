// What every command stands on: the global options, the streams, the clients of the three services. One thread.
#pragma once

#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include "clients/splwctl/connection.h"
#include "clients/splwctl/output.h"
#include "common/identity/principal.h"

namespace splw::ctl {

// Each also by environment: SPLWCTL_NETWORK for --network, and so on.
struct GlobalOptions {
  std::string network;
  Addresses addresses;
  std::string principal = "splwctl";
  std::string role;  // empty: the role that usually gives the command
  std::string organisation;
  std::string agency;
  std::string networks;  // comma separated; empty: the one of --network, or all
  std::string output = "table";
  std::string request_id;  // empty: a new one for each change
  std::string timeout = "20s";
  std::string wait = "0s";
  std::string correlation_id;
  bool no_color = false;
};

class Shell final {
 public:
  Shell(std::istream& in, std::ostream& out, std::ostream& err, bool out_terminal, bool err_terminal)
      : in_(in), out_(out), err_(err), out_terminal_(out_terminal), err_terminal_(err_terminal) {}

  GlobalOptions& options() { return options_; }
  std::istream& in() { return in_; }
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  bool err_terminal() const { return err_terminal_; }
  bool json() const { return options_.output == "json"; }
  bool color() const;  // of tables
  bool error_color() const;
  std::size_t width() const;  // of the terminal; 0 where the output goes elsewhere

  // The command that the line asks for; set while the line is read, run afterwards.
  std::function<absl::Status()> command;

  // The connection that the options describe, made when first asked for.
  absl::StatusOr<Connection*> connection();
  // Who asks, with `usual_role` where --role is not given.
  absl::StatusOr<identity::Principal> Caller(identity::Role usual_role);

  absl::StatusOr<std::string> Network();  // "networks/U12345"
  absl::StatusOr<std::string> Name(std::string_view collection, std::string_view given, std::string_view flag);
  // --request-id, or a new one.
  std::string RequestId();

  // Reads proto JSON of `message` from a file, or from the input for "-". At most 4 MiB. A usage error that says where.
  absl::Status ReadJson(const std::string& path, google::protobuf::Message* message);
  // The text of a file, or of the input for "-". A usage error.
  absl::StatusOr<std::string> ReadText(const std::string& path, std::size_t max_bytes);

  // Words of an option: as they stand, or what is in a file ("@FILE") or the input ("-"), without the last newline. What is said about a
  // person does not belong on the command line, which everybody on the machine can read.
  absl::StatusOr<std::string> Words(const std::string& given, std::string_view flag);

  // JSON, or an outline for people.
  void Show(const google::protobuf::Message& message);

 private:
  std::istream& in_;
  std::ostream& out_;
  std::ostream& err_;
  const bool out_terminal_;
  const bool err_terminal_;
  GlobalOptions options_;
  std::unique_ptr<Connection> connection_;
};

// The value of an environment variable; empty where there is none.
std::string Environment(const char* name);

// Proto JSON into a message; a usage error that names `where`.
absl::Status ParseJson(const std::string& json, std::string_view where, google::protobuf::Message* message);

}  // namespace splw::ctl
