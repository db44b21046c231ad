#include "common/text/fingerprint.h"

#include <cstdlib>
#include <memory>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <openssl/evp.h>

namespace splw::text {
namespace {

using google::protobuf::Message;

void AppendContent(const Message& message, std::string& bytes) {
  bytes.reserve(bytes.size() + message.ByteSizeLong());
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
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
  // The zero byte ends the type's name: no name and content together read as another name and content.
  std::string bytes = message.GetDescriptor()->full_name() + '\0';
  if (ignored_fields.empty()) {
    AppendContent(message, bytes);
    return Sha256(bytes);
  }
  const std::unique_ptr<Message> counted(message.New());
  counted->CopyFrom(message);
  for (const std::string& name : ignored_fields) {
    const google::protobuf::FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) counted->GetReflection()->ClearField(counted.get(), field);
  }
  AppendContent(*counted, bytes);
  return Sha256(bytes);
}

}  // namespace splw::text
