// The two macros of this tree: hand an error on, or take the value.
#pragma once

#include <utility>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#define SPLW_MACRO_JOIN_(a, b) a##b
#define SPLW_MACRO_JOIN(a, b) SPLW_MACRO_JOIN_(a, b)

// What stands bare below is a name that is made here, or a target that may be a declaration: neither takes parentheses.
// NOLINTBEGIN(bugprone-macro-parentheses)

// The names carry the line, so that one macro may stand in a lambda within another's expression.
#define SPLW_RETURN_IF_ERROR(expression) SPLW_RETURN_IF_ERROR_(SPLW_MACRO_JOIN(splw_status_, __LINE__), expression)
#define SPLW_RETURN_IF_ERROR_(status, expression)           \
  do {                                                      \
    if (absl::Status status = (expression); !status.ok()) { \
      return status;                                        \
    }                                                       \
  } while (false)

#define SPLW_ASSIGN_OR_RETURN(target, expression) \
  SPLW_ASSIGN_OR_RETURN_(SPLW_MACRO_JOIN(maybe_value_, __LINE__), target, expression)
#define SPLW_ASSIGN_OR_RETURN_(maybe, target, expression) \
  auto maybe = (expression);                              \
  if (!maybe.ok()) return maybe.status();                 \
  target = *std::move(maybe)

// NOLINTEND(bugprone-macro-parentheses)
