// What people and programs read: aligned tables, JSON, progress. Values from outside are made harmless for a terminal first.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>
#include <nlohmann/json_fwd.hpp>

namespace splw::ctl {

// The columns that `text` (UTF-8) takes on a terminal: combining marks take none, East Asian wide characters and emoji two,
// a byte that is not UTF-8 one.
std::size_t DisplayWidth(std::string_view text);

// `text` without what could move a cursor or change colours: control characters (C0, DEL, C1, the separators of lines and paragraphs, and
// the marks of the direction of writing) become a space, bytes that are not UTF-8 become U+FFFD.
std::string Printable(std::string_view text);

// `text` broken at spaces into lines of at most `width` columns (a longer word stands alone); newlines are kept.
std::vector<std::string> Wrapped(std::string_view text, std::size_t width);

// Padded with spaces to `width` columns; longer text is left as it is.
std::string Padded(std::string_view text, std::size_t width);

// Rows under headings, two spaces between columns, none behind the last. One thread.
class Table final {
 public:
  explicit Table(std::vector<std::string> headings);
  // Missing cells are empty, more than the headings are dropped.
  void Add(std::vector<std::string> cells);
  std::size_t size() const { return rows_.size(); }
  // `terminal_width`: the columns of the terminal; 0 for a file or a pipe, where nothing is cut. On a terminal the widest columns are cut
  // with "…" until the rows fit, but never the first: it names the row, and is typed again. Where even that is too wide, each row is
  // a block with a field a line. `color`: headings in bold.
  void Print(std::ostream& out, bool color, std::size_t terminal_width) const;

 private:
  void PrintBlocks(std::ostream& out, bool color) const;

  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

using Json = nlohmann::ordered_json;

// A message as proto JSON (lowerCamelCase names). What is false, 0, "" or empty is there too, so that a program finds every field
// that has a value of its own; a message or an optional value that is not set is not there.
Json JsonOf(const google::protobuf::Message& message);
// One document, indented, ending with a newline.
void PrintJson(std::ostream& out, const google::protobuf::Message& message);
void PrintDocument(std::ostream& out, const Json& document);
// One document on one line: of an output that has no end.
void PrintJsonLine(std::ostream& out, const google::protobuf::Message& message);

// Messages as one array. Nothing is written before it is whole, so that what is written can be read.
class JsonArray final {
 public:
  void Add(const google::protobuf::Message& message);
  void Print(std::ostream& out) const;

 private:
  std::string elements_;
};

// Progress on `err` of work that may take longer than a second: a bar on a terminal, a line every two seconds elsewhere; nothing
// for what is done within the first second. One thread.
class Progress final {
 public:
  // `total` 0: not known.
  Progress(std::ostream& err, bool terminal, std::string what, std::int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void Set(std::int64_t done);
  void Add(std::int64_t more) { Set(done_ + more); }
  // Ends the line. Further calls do nothing.
  void Finish();

 private:
  std::ostream& err_;
  const bool terminal_;
  const std::string what_;
  const std::int64_t total_;
  std::int64_t done_ = 0;
  const std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_shown_;
  bool shown_ = false;
  bool finished_ = false;
};

// What the bar's line says at `done` of `total`: for Progress, and for its test.
std::string ProgressLine(std::string_view what, std::int64_t done, std::int64_t total, bool bar);

}  // namespace splw::ctl
