// The one place where this suite reads randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace splw::ids {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // Returns `size` random bytes.
  virtual std::string Bytes(std::size_t size) = 0;
};

// From the operating system, by way of OpenSSL: unpredictable. Ends the process if there is none to be had. Not for a process that
// forks and goes on in both: small draws are made ahead.
class SystemRandom final : public Random {
 public:
  std::string Bytes(std::size_t size) override;
};

// The same sequence for the same seed: for tests and simulation only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::string Bytes(std::size_t size) override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace splw::ids
