#include "common/rpc/request_checks.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include <absl/strings/str_cat.h>
#include <google/protobuf/any.pb.h>

#include "common/text/failure.h"
#include "common/text/validate.h"

namespace splw::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kMinNetworkIdLength = 3;  // ODS codes: standards.md, Identity
constexpr std::size_t kMaxNetworkIdLength = 12;
constexpr std::string_view kNetworks = "networks/";

// Where the walk stands: a chain of fields up to the request. Written out only where something is wrong, which is seldom.
struct FieldPlace {
  const FieldPlace* holder = nullptr;  // of the message that the field is of; null: the request
  const FieldDescriptor* field = nullptr;
  int index = -1;  // -1: not repeated

  std::string Path() const {
    std::string path = holder == nullptr ? field->name() : absl::StrCat(holder->Path(), ".", field->name());
    if (index >= 0) absl::StrAppend(&path, "[", index, "]");
    return path;
  }
};

class WellFormedWalk final {
 public:
  // `holder`: where the message stands; null: it is the request.
  void Visit(const Message& message, const FieldPlace* holder) {
    const Reflection& reflection = *message.GetReflection();
    for (const FieldDescriptor* field : FieldsToVisit(*message.GetDescriptor())) {
      FieldPlace place{holder, field};
      if (!field->is_repeated()) {
        if (!field->has_presence() || reflection.HasField(message, field)) VisitValue(message, place);
        continue;
      }
      const int size = reflection.FieldSize(message, field);
      for (place.index = 0; place.index < size && !full_; ++place.index) VisitValue(message, place);
    }
  }
  absl::Status ToStatus() const { return violations_.ToStatus(); }

 private:
  // Of messages of a type, found once in each thread. An Any's content is nobody's business here.
  static const std::vector<const FieldDescriptor*>& FieldsToVisit(const Descriptor& type) {
    thread_local std::unordered_map<const Descriptor*, std::vector<const FieldDescriptor*>> known;
    const auto [found, is_new] = known.try_emplace(&type);
    if (is_new && &type != google::protobuf::Any::descriptor()) {
      for (int i = 0; i < type.field_count(); ++i) {
        if (MayBeWrong(*type.field(i))) found->second.push_back(type.field(i));
      }
    }
    return found->second;
  }
  static bool MayBeWrong(const FieldDescriptor& field) {
    return field.type() == FieldDescriptor::TYPE_STRING || field.type() == FieldDescriptor::TYPE_ENUM ||
           field.type() == FieldDescriptor::TYPE_MESSAGE;
  }

  void VisitValue(const Message& message, const FieldPlace& place) {
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor& field = *place.field;
    const bool repeated = place.index >= 0;
    switch (field.type()) {
      case FieldDescriptor::TYPE_STRING: {
        std::string scratch;
        const std::string& value = repeated
                                       ? reflection.GetRepeatedStringReference(message, &field, place.index, &scratch)
                                       : reflection.GetStringReference(message, &field, &scratch);
        if (text::HasControls(value, /*allow_lines=*/true)) {
          Add(place, "TEXT_HAS_CONTROLS", "holds a control character; take it out");
        }
        return;
      }
      case FieldDescriptor::TYPE_ENUM: {
        const int value = repeated ? reflection.GetRepeatedEnumValue(message, &field, place.index)
                                   : reflection.GetEnumValue(message, &field);
        if (field.enum_type()->FindValueByNumber(value) == nullptr) {
          Add(place, "UNKNOWN_ENUM_VALUE",
              absl::StrCat("is not a value of ", field.enum_type()->full_name(), " that this server knows"));
        }
        return;
      }
      case FieldDescriptor::TYPE_MESSAGE:
        Visit(repeated ? reflection.GetRepeatedMessage(message, &field, place.index)
                       : reflection.GetMessage(message, &field),
              &place);
        return;
      default:
        return;
    }
  }

  // The reply tells the first kMaxFieldViolations only: more would cost memory for nothing.
  void Add(const FieldPlace& place, std::string_view reason, const std::string& message) {
    if (full_) return;
    violations_.Add(place.Path(), reason, message);
    full_ = ++count_ > text::kMaxFieldViolations;
  }

  text::Violations violations_;
  std::size_t count_ = 0;
  bool full_ = false;
};

bool IsSingularString(const FieldDescriptor* field) {
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
}

}  // namespace

absl::Status CheckWellFormed(const Message& request) {
  WellFormedWalk walk;
  walk.Visit(request, nullptr);
  return walk.ToStatus();
}

std::string NetworkFieldOf(const Descriptor& request_type) {
  for (const char* name : {"parent", "name"}) {
    if (IsSingularString(request_type.FindFieldByName(name))) return name;
  }
  for (int i = 0; i < request_type.field_count(); ++i) {
    const FieldDescriptor* field = request_type.field(i);
    if (field->type() != FieldDescriptor::TYPE_MESSAGE || field->is_repeated()) continue;
    if (IsSingularString(field->message_type()->FindFieldByName("name"))) return field->name() + ".name";
  }
  return "";
}

bool IsNetworkId(std::string_view text) {
  return text.size() >= kMinNetworkIdLength && text.size() <= kMaxNetworkIdLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

absl::StatusOr<std::string> NetworkOf(const Message& request) {
  const Descriptor& type = *request.GetDescriptor();
  const std::string path = NetworkFieldOf(type);
  std::string value;
  const Message* holder = &request;
  std::string leaf = path;
  if (const std::size_t dot = path.find('.'); dot != std::string::npos) {
    holder = &request.GetReflection()->GetMessage(request, type.FindFieldByName(path.substr(0, dot)));
    leaf = path.substr(dot + 1);
  }
  if (!leaf.empty()) {
    value = holder->GetReflection()->GetString(*holder, holder->GetDescriptor()->FindFieldByName(leaf));
  }
  const std::string_view view = value;
  if (view.substr(0, kNetworks.size()) == kNetworks) {
    const std::string_view rest = view.substr(kNetworks.size());
    const std::string_view network = rest.substr(0, rest.find('/'));
    if (IsNetworkId(network)) return std::string(network);
  }
  if (value.empty()) return text::MissingField(path, "must name something of a network, for example networks/U12345");
  return text::InvalidField(path, "NETWORK_INVALID",
                            "must start with networks/ and the network's id (3 to 12 of A-Z and 0-9), for example "
                            "networks/U12345");
}

}  // namespace splw::rpc
