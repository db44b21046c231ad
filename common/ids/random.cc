#include "common/ids/random.h"

#include <cstdio>
#include <cstdlib>

#include <openssl/rand.h>

namespace splw::ids {

std::string SystemRandom::Bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
    std::fputs("the operating system gave no randomness; ids made without it could collide\n", stderr);
    std::abort();
  }
  return bytes;
}

std::string SeededRandom::Bytes(std::size_t size) {
  std::lock_guard lock(mutex_);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(engine_() >> 56);
  return bytes;
}

}  // namespace splw::ids
