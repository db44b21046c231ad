#include "common/identity/keyed_hash.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <absl/status/status.h>
#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "common/text/status_macros.h"

namespace splw::identity {
namespace {

class FileDescriptor final {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return descriptor_; }
  bool valid() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

struct FreeMacContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMacContext>;

absl::Status SystemFailure(const char* doing, const std::string& path) {
  return absl::UnavailableError(absl::StrCat(doing, " ", path, ": ", std::strerror(errno)));
}

// Nullopt where there is no such file.
absl::StatusOr<std::optional<std::string>> ReadKey(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT) return std::optional<std::string>();
    return SystemFailure("cannot open the key file", path);
  }
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return SystemFailure("cannot look at the key file", path);
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat("the key file ", path, " may be read by others: take their rights away with chmod 600"));
  }
  std::string key(kHashKeyBytes + 1, '\0');  // one more: to see that there is no more
  std::size_t size = 0;
  while (size < key.size()) {
    const ssize_t got = ::read(file.get(), key.data() + size, key.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemFailure("cannot read the key file", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size != kHashKeyBytes) {
    return absl::DataLossError(absl::StrCat("the key file ", path, " is damaged: restore it from the backup"));
  }
  key.resize(kHashKeyBytes);
  return std::optional<std::string>(std::move(key));
}

absl::Status WriteAndSync(const std::string& path, const std::string& key) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.valid()) return SystemFailure("cannot create", path);
  std::size_t written = 0;
  while (written < key.size()) {
    const ssize_t put = ::write(file.get(), key.data() + written, key.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return SystemFailure("cannot write", path);
    written += static_cast<std::size_t>(put);
  }
  if (::fsync(file.get()) != 0) return SystemFailure("cannot sync", path);
  return absl::OkStatus();
}

absl::Status SyncFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const FileDescriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.get()) != 0) return SystemFailure("cannot sync the folder", folder);
  return absl::OkStatus();
}

}  // namespace

KeyedHash::KeyedHash(std::string_view key, std::string domain) : domain_(std::move(domain)) {
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  MacContext context(EVP_MAC_CTX_new(hmac));
  EVP_MAC_free(hmac);  // the context keeps it
  std::string digest = OSSL_DIGEST_NAME_SHA2_256;
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  if (context == nullptr ||
      EVP_MAC_init(context.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(), parameters) != 1) {
    std::abort();  // as below
  }
  keyed_ = std::move(context);
}

std::string KeyedHash::Hash(std::string_view value) const {
  // The zero byte ends the domain: no domain and value together read as another domain and value.
  std::string message = domain_;
  message.push_back('\0');
  message.append(value);
  std::string result(kKeyedHashBytes, '\0');
  std::size_t size = 0;
  // A copy of what has read the key: reading it costs more than the message does.
  const MacContext mac(EVP_MAC_CTX_dup(keyed_.get()));
  if (mac == nullptr ||
      EVP_MAC_update(mac.get(), reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1 ||
      EVP_MAC_final(mac.get(), reinterpret_cast<unsigned char*>(result.data()), &size, result.size()) != 1 ||
      size != kKeyedHashBytes) {
    std::abort();  // OpenSSL without SHA-256: nothing here can be trusted
  }
  return result;
}

std::string KeyedHash::HexHash(std::string_view value) const {
  return absl::BytesToHexString(Hash(value));
}

absl::StatusOr<std::string> LoadKey(const std::string& path) {
  SPLW_ASSIGN_OR_RETURN(std::optional<std::string> existing, ReadKey(path));
  if (!existing.has_value()) return absl::NotFoundError(absl::StrCat("there is no key file ", path));
  // Whoever made it may have ended before this.
  SPLW_RETURN_IF_ERROR(SyncFolderOf(path));
  return *std::move(existing);
}

absl::StatusOr<std::string> LoadOrCreateKey(const std::string& path, ids::Random& random) {
  if (absl::StatusOr<std::string> maybe_key = LoadKey(path); !absl::IsNotFound(maybe_key.status())) return maybe_key;

  // Written beside, then linked: the name appears with its content or not at all, and never in place of another's.
  const std::string draft = absl::StrCat(path, ".", absl::BytesToHexString(random.Bytes(8)), ".new");
  const std::string key = random.Bytes(kHashKeyBytes);
  const absl::Status written = WriteAndSync(draft, key);
  if (!written.ok()) {
    ::unlink(draft.c_str());
    return written;
  }
  const int linked = ::link(draft.c_str(), path.c_str());
  const int link_error = errno;
  ::unlink(draft.c_str());
  if (linked != 0 && link_error != EEXIST) {
    errno = link_error;
    return SystemFailure("cannot create the key file", path);
  }
  return LoadKey(path);
}

}  // namespace splw::identity
