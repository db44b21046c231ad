// What carries events and their answers between the services: it loses, repeats, delays and reorders them, and can be
// cut in two.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include "splw/delivery/v1/delivery_service.pb.h"
#include "tests/simulation/draw.h"
#include "tests/simulation/node.h"
#include "tests/simulation/plant.h"
#include "tests/simulation/profile.h"

namespace splw::simulation {

class Network final {
 public:
  // Called after a batch was taken by `to`, before its answer leaves.
  using OnDelivered =
      std::function<void(Node& to, const delivery::v1::DeliverRequest&, const delivery::v1::DeliverResponse&)>;

  Network(const Profile& profile, Plant plant, OnDelivered on_delivered)
      : profile_(profile), plant_(plant), on_delivered_(std::move(on_delivered)) {}

  void Connect(Node& node) { nodes_.push_back(&node); }

  // Puts on the way what the dispatchers have to send now; each batch leaves when what it tells of is durable.
  void Collect();
  // Carries one round of what is under way, in any order. `fair`: nothing goes wrong.
  void CarryRound(Draw& draw, bool fair);
  void Cut(Node& one, Node& other) { cuts_.insert(std::minmax(&one, &other)); }
  void Mend() { cuts_.clear(); }
  bool IsCut() const { return !cuts_.empty(); }
  bool empty() const { return messages_.empty(); }

 private:
  // A batch, or its answer. It finds nobody where the dispatcher that waits for the answer is gone.
  struct Message {
    Node* from = nullptr;
    Node* to = nullptr;
    std::size_t replica = 0;
    std::uint64_t dispatcher_life = 0;
    std::uint64_t send = 0;
    std::shared_ptr<const delivery::v1::DeliverRequest> request;
    std::shared_ptr<const absl::StatusOr<delivery::v1::DeliverResponse>> answer;  // null: on its way there
  };

  Node* Named(const std::string& name) const;
  void Deliver(const Message& message);
  void Answer(const Message& message, const absl::StatusOr<delivery::v1::DeliverResponse>& answer);
  void Lose(Draw& draw, const Message& message);

  const Profile& profile_;
  const Plant plant_;
  const OnDelivered on_delivered_;
  std::vector<Node*> nodes_;
  std::vector<Message> messages_;
  std::set<std::pair<Node*, Node*>> cuts_;
};

}  // namespace splw::simulation
