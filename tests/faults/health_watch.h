// Follows what a service's health says, as a balancer does (grpc.health.v1.Health/Watch).
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <grpcpp/grpcpp.h>

namespace splw::faults {

class HealthWatch final {
 public:
  // Connects, and follows until the connection ends.
  explicit HealthWatch(const std::string& address);
  ~HealthWatch();

  bool saw_serving() const { return saw_serving_.load(); }
  bool saw_not_serving() const { return saw_not_serving_.load(); }

 private:
  void Follow(const std::string& address);

  grpc::ClientContext context_;
  std::atomic<bool> saw_serving_ = false;
  std::atomic<bool> saw_not_serving_ = false;
  std::thread thread_;
};

}  // namespace splw::faults
