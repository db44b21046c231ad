#include "clients/splwctl/output.h"

#include <algorithm>

#include <absl/strings/str_format.h>
#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

namespace splw::ctl {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// The next character of `text`, which is shortened by it. A byte that begins no character gives kReplacement.
char32_t NextCharacter(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  std::size_t length = 1;
  char32_t character = first;
  if (first >= 0xF0 && first < 0xF5) {
    length = 4;
    character = first & 0x07;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3;
    character = first & 0x0F;
  } else if (first >= 0xC2 && first < 0xE0) {
    length = 2;
    character = first & 0x1F;
  } else if (first >= 0x80) {
    text.remove_prefix(1);
    return kReplacement;
  }
  if (length > text.size()) {
    text.remove_prefix(1);
    return kReplacement;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      text.remove_prefix(1);
      return kReplacement;
    }
    character = (character << 6) | (byte(i) & 0x3F);
  }
  text.remove_prefix(length);
  return character;
}

void AppendCharacter(char32_t c, std::string& out) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (c >> 6)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (c >> 12)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (c >> 18)));
    out.push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

struct Range {
  char32_t first, last;
};

bool In(char32_t c, const Range* ranges, std::size_t count) {
  return std::any_of(ranges, ranges + count, [c](const Range& r) { return c >= r.first && c <= r.last; });
}

// Coarse on purpose: names and addresses in the scripts that this country's people write, not a typesetter.
constexpr Range kNoWidth[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
                              {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},
                              {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
                              {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
constexpr Range kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0x33FF}, {0x3400, 0x4DBF},
                           {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},  {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
                           {0xFE30, 0xFE4F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
                           {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

std::size_t WidthOf(char32_t c) {
  if (In(c, kNoWidth, std::size(kNoWidth))) return 0;
  return In(c, kWide, std::size(kWide)) ? 2 : 1;
}

bool Dangerous(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string Cut(const std::string& text, std::size_t width) {
  if (DisplayWidth(text) <= width) return text;
  std::string kept;
  std::size_t used = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const char32_t c = NextCharacter(rest);
    if (used + WidthOf(c) + 1 > width) break;
    used += WidthOf(c);
    AppendCharacter(c, kept);
  }
  return kept + "…";
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += WidthOf(NextCharacter(text));
  return width;
}

std::string Printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = NextCharacter(text);
    if (Dangerous(c)) {
      clean.push_back(' ');
    } else {
      AppendCharacter(c, clean);
    }
  }
  return clean;
}

std::vector<std::string> Wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    const std::string paragraph = Printable(text.substr(0, end));
    std::string line;
    std::size_t start = 0;
    while (start < paragraph.size()) {
      std::size_t space = paragraph.find(' ', start);
      if (space == std::string::npos) space = paragraph.size();
      const std::string word = paragraph.substr(start, space - start);
      start = space + 1;
      if (word.empty()) continue;
      if (!line.empty() && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
        lines.push_back(line);
        line.clear();
      }
      if (!line.empty()) line += ' ';
      line += word;
    }
    lines.push_back(line);
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::string Padded(std::string_view text, std::size_t width) {
  const std::size_t used = DisplayWidth(text);
  std::string padded(text);
  if (used < width) padded.append(width - used, ' ');
  return padded;
}

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

namespace {

constexpr std::size_t kBetween = 2;    // spaces between columns
constexpr std::size_t kNarrowest = 8;  // of a column that is cut

// Cuts the widest columns but the first until all of them fit into `room`; false where they cannot.
bool Fit(std::vector<std::size_t>& widths, std::size_t room) {
  std::size_t total = kBetween * (widths.size() - 1);
  for (const std::size_t width : widths) total += width;
  for (; total > room; --total) {
    const auto widest = std::max_element(widths.begin() + 1, widths.end());
    if (widest == widths.end() || *widest <= kNarrowest) return false;
    --*widest;
  }
  return true;
}

}  // namespace

void Table::Print(std::ostream& out, bool color, std::size_t terminal_width) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    std::size_t width = DisplayWidth(headings_[column]);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[column]));
    widths.push_back(width);
  }
  if (terminal_width > 0 && !Fit(widths, terminal_width)) return PrintBlocks(out, color);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      text += Padded(Cut(cells[column], widths[column]), widths[column]) + std::string(kBetween, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  out << (color ? "\x1b[1m" : "") << line(headings_) << (color ? "\x1b[0m" : "") << "\n";
  for (const auto& row : rows_) out << line(row) << "\n";
}

void Table::PrintBlocks(std::ostream& out, bool color) const {
  std::size_t label = 0;
  for (const std::string& heading : headings_) label = std::max(label, DisplayWidth(heading));
  for (const auto& row : rows_) {
    out << (&row == &rows_.front() ? "" : "\n") << (color ? "\x1b[1m" : "") << row[0] << (color ? "\x1b[0m" : "")
        << "\n";
    for (std::size_t column = 1; column < row.size(); ++column) {
      if (!row[column].empty()) out << "  " << Padded(headings_[column], label) << "  " << row[column] << "\n";
    }
  }
}

namespace {

std::string ToJson(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  options.always_print_primitive_fields = true;
  std::string json;
  // Fails only for an Any of an unknown type, which no message of the suite carries.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}";
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

}  // namespace

Json JsonOf(const google::protobuf::Message& message) {
  return Json::parse(ToJson(message, false), nullptr, /*allow_exceptions=*/false);
}

void PrintJson(std::ostream& out, const google::protobuf::Message& message) {
  out << ToJson(message, true) << "\n";
}

void PrintDocument(std::ostream& out, const Json& document) {
  out << document.dump(1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) << "\n";
}

void PrintJsonLine(std::ostream& out, const google::protobuf::Message& message) {
  out << ToJson(message, false) << "\n";
}

void JsonArray::Add(const google::protobuf::Message& message) {
  elements_ += (elements_.empty() ? "" : ",\n") + ToJson(message, true);
}

void JsonArray::Print(std::ostream& out) const {
  out << (elements_.empty() ? "[" : "[\n") << elements_ << (elements_.empty() ? "]\n" : "\n]\n");
}

std::string ProgressLine(std::string_view what, std::int64_t done, std::int64_t total, bool bar) {
  if (total <= 0) return absl::StrFormat("%s: %d", what, done);
  const std::int64_t shown = std::clamp<std::int64_t>(done, 0, total);
  const int percent = static_cast<int>(shown * 100 / total);
  if (!bar) return absl::StrFormat("%s: %d of %d (%d%%)", what, shown, total, percent);
  constexpr std::int64_t kCells = 30;
  std::string cells;
  for (std::int64_t cell = 0; cell < kCells; ++cell) cells += cell < shown * kCells / total ? "█" : "·";
  return absl::StrFormat("%s  %s  %d of %d  %3d%%", what, cells, shown, total, percent);
}

Progress::Progress(std::ostream& err, bool terminal, std::string what, std::int64_t total)
    : err_(err),
      terminal_(terminal),
      what_(std::move(what)),
      total_(total),
      start_(std::chrono::steady_clock::now()),
      last_shown_(start_) {}

Progress::~Progress() {
  Finish();
}

void Progress::Set(std::int64_t done) {
  done_ = done;
  if (finished_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - start_ < std::chrono::seconds(1)) return;
  const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000);
  if (shown_ && now - last_shown_ < pause) return;
  err_ << (terminal_ ? "\r\x1b[K" : "") << ProgressLine(what_, done_, total_, terminal_) << (terminal_ ? "" : "\n")
       << std::flush;
  last_shown_ = now;
  shown_ = true;
}

void Progress::Finish() {
  if (finished_) return;
  finished_ = true;
  if (!shown_) return;
  err_ << (terminal_ ? "\r\x1b[K" : "") << ProgressLine(what_, done_, total_, terminal_) << "\n" << std::flush;
}

}  // namespace splw::ctl
