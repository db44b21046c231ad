#include "clients/splwctl/calls.h"

#include <ostream>

#include "clients/splwctl/names.h"
#include "clients/splwctl/render.h"

namespace splw::ctl {

std::vector<std::string> Headings(const std::vector<Column>& columns) {
  std::vector<std::string> headings;
  for (const Column& column : columns) headings.push_back(column.heading);
  return headings;
}

std::vector<std::string> Cells(const google::protobuf::Message& message, const std::vector<Column>& columns) {
  std::vector<std::string> cells;
  for (const Column& column : columns) {
    const bool short_id = column.path.back() == '#';
    const std::string text = FieldText(message, short_id ? column.path.substr(0, column.path.size() - 1) : column.path);
    if (column.words != nullptr) {
      cells.push_back(column.words(text));
    } else {
      cells.push_back(short_id ? ShortId(text) : text);
    }
  }
  return cells;
}

ListView::ListView(Shell& shell, const std::vector<Column>& columns, std::int64_t limit)
    : shell_(shell),
      columns_(columns),
      progress_(shell.err(), shell.err_terminal(), "reading", limit),
      table_(Headings(columns)) {}

void ListView::Add(const google::protobuf::Message& record) {
  progress_.Add(1);
  if (shell_.json()) {
    array_.Add(record);
  } else {
    table_.Add(Cells(record, columns_));
  }
}

absl::Status ListView::End(const absl::Status& listed) {
  progress_.Finish();
  if (!listed.ok()) return listed;
  if (shell_.json()) {
    array_.Print(shell_.out());
  } else {
    table_.Print(shell_.out(), shell_.color(), shell_.width());
    if (table_.size() == 0) shell_.err() << "none\n";
  }
  return absl::OkStatus();
}

void RecordsView::Add(const google::protobuf::Message& record) {
  if (shell_.json()) return array_.Add(record);
  if (any_) shell_.out() << "\n";
  PrintOutline(shell_.out(), record);
  any_ = true;
}

absl::Status RecordsView::End(const absl::Status& listed) {
  if (!listed.ok()) return listed;
  if (shell_.json()) {
    array_.Print(shell_.out());
  } else if (!any_) {
    shell_.err() << "none\n";
  }
  return absl::OkStatus();
}

void ShowChange(Shell& shell, const google::protobuf::Message& response, type::v1::ChangeKind kind,
                const google::protobuf::Message& record, const std::vector<Column>& columns) {
  if (shell.json()) {
    PrintJsonLine(shell.out(), response);
  } else {
    std::string line = kind == type::v1::CHANGE_KIND_CREATED ? "new      " : "changed  ";
    for (const std::string& cell : Cells(record, columns)) line += Printable(cell) + "  ";
    line.erase(line.find_last_not_of(' ') + 1);
    shell.out() << line << "\n";
  }
  shell.out() << std::flush;
}

}  // namespace splw::ctl
