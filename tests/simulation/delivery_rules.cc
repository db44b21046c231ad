// Events: per stream each is applied once, in order, and none is given up before the peer has it.
#include <string>

#include "common/delivery/delivery_tables.h"
#include "common/delivery/outbox.h"
#include "tests/simulation/features.h"
#include "tests/simulation/records.h"

namespace splw::simulation {
namespace {

using delivery::storage::v1::OutboxStream;
using delivery::storage::v1::Watermark;

std::uint64_t AppliedAt(Node& receiver, const std::string& source, const std::string& stream) {
  const auto mark = OneOf(receiver, delivery::Watermarks(), delivery::WatermarkKey(source, stream));
  return mark.has_value() ? mark->applied_revision() : 0;
}

Node* Named(World& world, const std::string& name) {
  for (std::size_t i = 0; i < World::kNodes; ++i) {
    if (world.node(i).name() == name) return &world.node(i);
  }
  return nullptr;
}

void CheckWrite(World& world, Node& node, const Write& write) {
  if (const auto mark = ChangeOf(node, node, write, delivery::Watermarks())) {
    const std::uint64_t before = mark->before.has_value() ? mark->before->applied_revision() : 0;
    if (mark->after.applied_revision() != before + 1) {
      world.Fail("events apply once and in order", node.name() + " goes from revision " + std::to_string(before) +
                                                       " to " + std::to_string(mark->after.applied_revision()) +
                                                       " of " + Short(mark->after.stream()));
    }
  }
  if (const auto stream = ChangeOf(node, node, write, delivery::OutboxStreams())) {
    const OutboxStream& head = stream->after;
    Node* const peer = Named(world, head.destination());
    const bool advanced =
        !stream->before.has_value() || head.acknowledged_revision() > stream->before->acknowledged_revision();
    if (advanced && !world.restored() && peer != nullptr &&
        AppliedAt(*peer, node.name(), head.stream()) < head.acknowledged_revision()) {
      world.Fail("no event is given up before the peer has it",
                 node.name() + " takes revision " + std::to_string(head.acknowledged_revision()) + " of " +
                     Short(head.stream()) + " for applied, and " + peer->name() + " does not have it");
    }
  }
}

void CheckDelivered(World& world, Node& to, const delivery::v1::DeliverRequest& request,
                    const delivery::v1::DeliverResponse& response) {
  for (int i = 0; i < response.results_size(); ++i) {
    const auto& event = request.events(i);
    const auto& result = response.results(i);
    const bool done = result.disposition() == delivery::v1::DISPOSITION_APPLIED ||
                      result.disposition() == delivery::v1::DISPOSITION_ALREADY_APPLIED;
    if (done && AppliedAt(to, event.source(), event.stream()) < event.revision()) {
      world.Fail("events apply once and in order", to.name() + " says that it applied revision " +
                                                       std::to_string(event.revision()) + " of " +
                                                       Short(event.stream()) + " and would apply it again");
    }
  }
}

void CheckSettled(World& world) {
  for (std::size_t i = 0; i < World::kNodes; ++i) {
    Node& node = world.node(i);
    for (const OutboxStream& head : AllOf(world, node, delivery::OutboxStreams())) {
      if (head.parked()) continue;  // World::OnParked says when that may be
      const std::uint64_t applied = AppliedAt(*Named(world, head.destination()), node.name(), head.stream());
      // What a restored store does not know of shows when the stream goes on, and not before.
      const bool agree = world.restored() || applied == head.last_revision();
      if (head.last_revision() != head.acknowledged_revision() || !agree) {
        world.Fail("every event arrives", node.name() + " has sent " + std::to_string(head.last_revision()) + " of " +
                                              Short(head.stream()) + "; applied are " + std::to_string(applied));
      }
    }
  }
}

}  // namespace

Feature DeliveryFeature() {
  return {.name = "delivery rules",
          .actions = {},
          .check_write = CheckWrite,
          .check_delivered = CheckDelivered,
          .check_settled = CheckSettled};
}

}  // namespace splw::simulation
