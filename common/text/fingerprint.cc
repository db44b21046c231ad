#include "common/text/fingerprint.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>
#include <openssl/evp.h>

namespace splw::text {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// Messages in messages are limited by the parser; an Any starts a new parse, so a request could otherwise nest them as
// deep as it is long.
constexpr int kMaxAnyDepth = 16;

// Every value is written with its length or a fixed size, so that different contents never give the same bytes.
class Writer final {
 public:
  void Number(std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes_.push_back(static_cast<char>(number >> shift));
  }
  void Signed(std::int64_t number) { Number(static_cast<std::uint64_t>(number)); }
  void Double(double number) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    Number(bits);
  }
  void Text(const std::string& text) {
    Number(text.size());
    bytes_ += text;
  }
  // As Text of what `write` writes, without a copy of it.
  template <typename Write>
  void Nested(Write write) {
    const std::size_t length_at = bytes_.size();
    Number(0);
    const std::size_t begin = bytes_.size();
    write();
    std::uint64_t length = bytes_.size() - begin;
    for (std::size_t at = begin; at > length_at; length >>= 8) bytes_[--at] = static_cast<char>(length);
  }
  std::string Take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

void Walk(const Message& message, const std::vector<std::string>& ignored_fields, int any_depth, Writer& out);

// One value: the only one of a field (index -1), or one of a repeated field.
void WriteValue(const Message& message, const FieldDescriptor& field, int index, int any_depth, Writer& out) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return out.Signed(repeated ? reflection.GetRepeatedInt32(message, &field, index)
                                 : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return out.Signed(repeated ? reflection.GetRepeatedInt64(message, &field, index)
                                 : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return out.Number(repeated ? reflection.GetRepeatedUInt32(message, &field, index)
                                 : reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return out.Number(repeated ? reflection.GetRepeatedUInt64(message, &field, index)
                                 : reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return out.Double(repeated ? reflection.GetRepeatedDouble(message, &field, index)
                                 : reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return out.Double(repeated ? reflection.GetRepeatedFloat(message, &field, index)
                                 : reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return out.Number(repeated ? reflection.GetRepeatedBool(message, &field, index)
                                 : reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return out.Signed(repeated ? reflection.GetRepeatedEnumValue(message, &field, index)
                                 : reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return out.Text(repeated ? reflection.GetRepeatedString(message, &field, index)
                               : reflection.GetString(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return out.Nested([&] {
        Walk(repeated ? reflection.GetRepeatedMessage(message, &field, index) : reflection.GetMessage(message, &field),
             {}, any_depth, out);
      });
  }
  std::abort();  // a kind of field that protobuf 3.21 does not have
}

std::string WalkUnknown(const UnknownFieldSet& fields) {
  std::vector<const UnknownField*> sorted;
  for (int i = 0; i < fields.field_count(); ++i) sorted.push_back(&fields.field(i));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const UnknownField* a, const UnknownField* b) { return a->number() < b->number(); });
  Writer out;
  for (const UnknownField* field : sorted) {
    out.Signed(field->number());
    out.Signed(field->type());
    switch (field->type()) {
      case UnknownField::TYPE_VARINT:
        out.Number(field->varint());
        break;
      case UnknownField::TYPE_FIXED32:
        out.Number(field->fixed32());
        break;
      case UnknownField::TYPE_FIXED64:
        out.Number(field->fixed64());
        break;
      case UnknownField::TYPE_LENGTH_DELIMITED:
        out.Text(field->length_delimited());
        break;
      case UnknownField::TYPE_GROUP:
        out.Text(WalkUnknown(field->group()));
        break;
    }
  }
  return std::move(out).Take();
}

// The content of an Any as a message, if this build knows its type.
std::unique_ptr<Message> Unpacked(const google::protobuf::Any& any) {
  const std::string& url = any.type_url();
  const std::size_t slash = url.rfind('/');
  if (slash == std::string::npos) return nullptr;
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(slash + 1));
  if (descriptor == nullptr) return nullptr;
  const Message* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  if (prototype == nullptr) return nullptr;
  std::unique_ptr<Message> content(prototype->New());
  if (!content->ParseFromString(any.value())) return nullptr;
  return content;
}

void Walk(const Message& message, const std::vector<std::string>& ignored_fields, int any_depth, Writer& out) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  out.Text(type.full_name());
  if (&type == google::protobuf::Any::descriptor() && any_depth < kMaxAnyDepth) {
    const auto* any = dynamic_cast<const google::protobuf::Any*>(&message);
    if (const std::unique_ptr<Message> content = any == nullptr ? nullptr : Unpacked(*any)) {
      out.Text(any->type_url());
      out.Nested([&] { Walk(*content, {}, any_depth + 1, out); });
      return;
    }
  }

  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);  // those that are set, in the order of their numbers
  for (const FieldDescriptor* field : fields) {
    if (std::find(ignored_fields.begin(), ignored_fields.end(), field->name()) != ignored_fields.end()) continue;
    out.Signed(field->number());
    out.Signed(field->type());
    if (!field->is_repeated()) {
      WriteValue(message, *field, -1, any_depth, out);
      continue;
    }
    const int size = reflection.FieldSize(message, field);
    out.Signed(size);
    if (!field->is_map()) {
      for (int i = 0; i < size; ++i) {
        out.Nested([&] { WriteValue(message, *field, i, any_depth, out); });
      }
      continue;
    }
    std::vector<std::string> values;
    for (int i = 0; i < size; ++i) {
      Writer value;
      WriteValue(message, *field, i, any_depth, value);
      values.push_back(std::move(value).Take());
    }
    std::sort(values.begin(), values.end());  // each begins with its key
    for (const std::string& value : values) out.Text(value);
  }
  out.Text(WalkUnknown(reflection.GetUnknownFields(message)));
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  // Fails only where OpenSSL itself is broken: there is no safe way on without digests.
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) std::abort();
  return std::string(reinterpret_cast<const char*>(digest), size);
}

std::string Fingerprint(const Message& message, const std::vector<std::string>& ignored_fields) {
  Writer out;
  Walk(message, ignored_fields, 0, out);
  return Sha256(std::move(out).Take());
}

}  // namespace splw::text
