#include "tests/simulation/network.h"

#include <string>

namespace splw::simulation {

using delivery::v1::DeliverResponse;

Node* Network::Named(const std::string& name) const {
  for (Node* node : nodes_) {
    if (node->name() == name) return node;
  }
  return nullptr;
}

void Network::Collect() {
  for (Node* node : nodes_) {
    for (std::size_t replica = 0; replica < kReplicas; ++replica) {
      for (delivery::Send& send : node->dispatcher(replica).NextSends(node->clock.Now())) {
        Message message;
        message.from = node;
        message.to = Named(send.destination);
        message.replica = replica;
        message.dispatcher_life = node->dispatcher_life(replica);
        message.send = send.id;
        message.request = std::make_shared<const delivery::v1::DeliverRequest>(std::move(send.request));
        node->disk.WhenDurable(send.position, [this, message] { messages_.push_back(message); });
      }
    }
  }
}

void Network::CarryRound(Draw& draw, bool fair) {
  std::vector<Message> round;
  round.swap(messages_);
  while (!round.empty()) {
    const std::size_t at = draw.Pick(round.size());
    std::swap(round[at], round.back());
    const Message message = std::move(round.back());
    round.pop_back();
    if (!fair && draw.Percent(profile_.late)) {
      messages_.push_back(message);
      continue;
    }
    if (!fair && draw.Percent(profile_.repeated)) messages_.push_back(message);
    const bool cut = cuts_.count(std::minmax(message.from, message.to)) > 0;
    if (!fair && (cut || draw.Percent(profile_.lost))) {
      Lose(draw, message);
    } else if (message.answer != nullptr) {
      Answer(message, *message.answer);
    } else {
      Deliver(message);
    }
  }
}

void Network::Deliver(const Message& message) {
  DeliverResponse response;
  const absl::StatusOr<store::Position> maybe_position =
      message.to->inbox().Deliver({.label = "deliver"}, *message.request, &response);
  Message back = message;
  if (!maybe_position.ok()) {
    back.answer = std::make_shared<const absl::StatusOr<DeliverResponse>>(maybe_position.status());
    messages_.push_back(std::move(back));
    return;
  }
  on_delivered_(*message.to, *message.request, response);
  back.answer = std::make_shared<const absl::StatusOr<DeliverResponse>>(std::move(response));
  message.to->disk.WhenDurable(*maybe_position, [this, back = std::move(back)] { messages_.push_back(back); });
}

void Network::Answer(const Message& message, const absl::StatusOr<DeliverResponse>& answer) {
  if (message.from->dispatcher_life(message.replica) != message.dispatcher_life) return;
  message.from->dispatcher(message.replica).OnResult(message.send, message.from->clock.Now(), answer);
}

void Network::Lose(Draw& draw, const Message& message) {
  if (plant_ == Plant::kDropAcknowledged && message.answer == nullptr && draw.Percent(20)) {
    DeliverResponse made_up;
    for (const delivery::v1::Envelope& event : message.request->events()) {
      delivery::v1::DeliveryResult& result = *made_up.add_results();
      result.set_event_id(event.event_id());
      result.set_disposition(delivery::v1::DISPOSITION_APPLIED);
      result.set_applied_revision(event.revision());
    }
    Answer(message, made_up);
    return;
  }
  // Half of what is lost is noticed at once (nobody listens there), the rest by waiting in vain.
  if (draw.Percent(50)) Answer(message, absl::UnavailableError("the network lost it"));
}

}  // namespace splw::simulation
