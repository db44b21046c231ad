#include "common/ids/random.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace splw::ids {

namespace {

void Fill(char* begin, std::size_t size) {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(begin), static_cast<int>(size)) != 1) {
    std::fputs("the operating system gave no randomness; ids made without it could collide\n", stderr);
    std::abort();
  }
}

// What one thread has drawn ahead. A draw costs the same for ten bytes, which an id takes, as for some hundred. Each byte is
// given out once, and wiped then.
class DrawnAhead final {
 public:
  static constexpr std::size_t kMostAtOnce = 16;

  std::string Take(std::size_t size) {
    if (bytes_.size() - used_ < size) {
      Fill(bytes_.data(), bytes_.size());
      used_ = 0;
    }
    char* const begin = bytes_.data() + used_;
    used_ += size;
    std::string taken(begin, size);
    OPENSSL_cleanse(begin, size);
    return taken;
  }

 private:
  std::array<char, 512> bytes_;
  std::size_t used_ = bytes_.size();
};

}  // namespace

std::string SystemRandom::Bytes(std::size_t size) {
  if (size <= DrawnAhead::kMostAtOnce) {
    thread_local DrawnAhead drawn;
    return drawn.Take(size);
  }
  std::string bytes(size, '\0');
  Fill(bytes.data(), size);
  return bytes;
}

std::string SeededRandom::Bytes(std::size_t size) {
  std::lock_guard lock(mutex_);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(engine_() >> 56);
  return bytes;
}

}  // namespace splw::ids
