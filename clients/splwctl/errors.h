// What went wrong, for a person: words, the field, the reason; and for a script: an exit status.
// Pure but for the stream that is written to; thread-safe.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <google/protobuf/message.h>

namespace splw::ctl {

// The exit statuses of splwctl: part of its interface (docs/splwctl.md). 64, 70 and 74 as in BSD's sysexits.h.
enum ExitStatus : int {
  kExitDone = 0,
  kExitRefused = 1,  // the service said no: something in the request is wrong, or it is not possible now
  kExitNotFound = 3,
  kExitUnavailable = 4,  // no answer, too late, or too busy: trying again later may help
  kExitConflict = 5,     // somebody changed it in the meantime (etag), or two changes collided
  kExitPermission = 6,
  kExitFaultsFound = 7,  // a check that was asked for found something wrong: store verify, sample demo
  kExitUsage = 64,       // the command line, or a file or an address that it names, is wrong; nothing was done
  kExitDefect = 70,      // a defect, here or in a service
  kExitOutput = 74,      // what was asked for was done, but the output could not be written
};

// For --help.
extern const char kExitStatusHelp[];

// The command line or an input file is wrong. `where`: the flag or the file.
absl::Status UsageError(std::string_view where, std::string_view message);
// A check that the caller asked for found something wrong.
absl::Status FaultsFound(std::string_view reason, std::string_view message);

// Of a change whose outcome is not known, because nobody answered or nobody can say: adds the flags with which the same request is asked
// again and applied once. Other errors, and those of requests without an id, are left as they are.
absl::Status WithSafeRepeat(absl::Status status, const google::protobuf::Message& request);
// The same of a change whose id follows from what is sent: the same command is the same request.
absl::Status WithSafeRepeat(absl::Status status);

ExitStatus ExitStatusOf(const absl::Status& status);

// Several lines, ending with a newline:
//   splwctl: refused: <message> [REASON]
//     field person.birth_date: <description>
//     try again in 2s
// `color`: with the escape sequences of a terminal.
void PrintError(std::ostream& out, const absl::Status& status, bool color);

}  // namespace splw::ctl
