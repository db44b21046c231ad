#include "common/delivery/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/delivery/delivery_test_kit.h"
#include "common/delivery/envelope.h"
#include "common/testing/status_matchers.h"
#include "common/text/failure.h"
#include "splw/delivery/v1/skipped_event.pb.h"

namespace splw::delivery {
namespace {

using splw::testing::HasField;
using splw::testing::IsOk;
using splw::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testkit::kNetwork;
using testkit::TestEvent;

v1::Envelope EventOf(std::uint64_t value, std::uint64_t revision, const std::string& incarnation = "life-1") {
  v1::Envelope envelope;
  envelope.set_event_id("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  envelope.set_source("referral-intake");
  envelope.set_incarnation(incarnation);
  envelope.set_network(kNetwork);
  envelope.set_stream(testkit::StreamOf(value));
  envelope.set_revision(revision);
  *envelope.mutable_time() = ToTimestamp(testkit::Start());
  envelope.set_correlation_id("correlation-1");
  TestEvent event;
  event.set_value(value);
  envelope.mutable_payload()->PackFrom(event);
  return envelope;
}

v1::DeliverRequest Batch(std::vector<v1::Envelope> events) {
  v1::DeliverRequest request;
  for (v1::Envelope& event : events) *request.add_events() = std::move(event);
  return request;
}

std::vector<v1::Disposition> Fates(const v1::DeliverResponse& response) {
  std::vector<v1::Disposition> fates;
  for (const auto& result : response.results()) fates.push_back(result.disposition());
  return fates;
}

class InboxTest : public ::testing::Test {
 protected:
  time::FakeClock clock_{testkit::Start()};
  testkit::TestService service_{clock_, "caseload", /*automatic_sync=*/false};
};

TEST_F(InboxTest, ARepeatIsKnownHoweverLateItComes) {
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(1, 1), EventOf(2, 2)}))),
              ElementsAre(v1::DISPOSITION_APPLIED, v1::DISPOSITION_APPLIED));
  clock_.Advance(absl::Hours(24 * 365));

  const v1::DeliverResponse response = service_.Take(Batch({EventOf(1, 1), EventOf(2, 2)}));

  EXPECT_THAT(Fates(response), ElementsAre(v1::DISPOSITION_ALREADY_APPLIED, v1::DISPOSITION_ALREADY_APPLIED));
  EXPECT_EQ(response.results(0).applied_revision(), 2u);
  EXPECT_THAT(service_.List("heard", "s0"), ElementsAre(1, 2));
}

TEST_F(InboxTest, TheChangeIsTheSourcesAndSaysSoInTheAuditRecord) {
  service_.Take(Batch({EventOf(1, 1)}));
  const auto records = service_.Audit();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].actor(), "referral-intake");
  EXPECT_EQ(records[0].role(), "SERVICE");
  EXPECT_EQ(records[0].action(), "UInt64Value");
  EXPECT_EQ(records[0].correlation_id(), "correlation-1");
}

TEST_F(InboxTest, AnEventAfterAMissingOneIsAGap) {
  const v1::DeliverResponse response = service_.Take(Batch({EventOf(1, 1), EventOf(3, 3), EventOf(4, 4)}));
  EXPECT_THAT(Fates(response), ElementsAre(v1::DISPOSITION_APPLIED, v1::DISPOSITION_GAP, v1::DISPOSITION_RETRY));
  EXPECT_EQ(response.results(1).applied_revision(), 1u);
  EXPECT_EQ(response.results(2).applied_revision(), 1u);
}

TEST_F(InboxTest, AnEventOfUnknownTypeIsRefusedAndMovesNothing) {
  v1::Envelope unknown = EventOf(1, 1);
  google::protobuf::StringValue other;
  unknown.mutable_payload()->PackFrom(other);

  const v1::DeliverResponse response = service_.Take(Batch({unknown, EventOf(2, 2), EventOf(1'000'001, 1)}));

  EXPECT_THAT(Fates(response), ElementsAre(v1::DISPOSITION_REFUSED, v1::DISPOSITION_RETRY, v1::DISPOSITION_APPLIED));
  EXPECT_EQ(response.results(0).reason(), "UNKNOWN_EVENT_TYPE");
  EXPECT_EQ(response.results(0).applied_revision(), 0u);
  EXPECT_THAT(service_.List("heard", "s0"), IsEmpty());
}

TEST_F(InboxTest, AHandlersErrorDecidesBetweenRetryAndRefusal) {
  service_.on_event = [](Change&, std::uint64_t value) {
    return value < 1'000'000 ? absl::AbortedError("busy")
                             : text::Failure(absl::StatusCode::kFailedPrecondition, "NO_SUCH_CASE", "no such case");
  };
  const v1::DeliverResponse response = service_.Take(Batch({EventOf(1, 1), EventOf(1'000'001, 1)}));
  EXPECT_THAT(Fates(response), ElementsAre(v1::DISPOSITION_RETRY, v1::DISPOSITION_REFUSED));
  EXPECT_EQ(response.results(1).reason(), "NO_SUCH_CASE");

  service_.on_event = nullptr;
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(1, 1), EventOf(1'000'001, 1)}))),
              ElementsAre(v1::DISPOSITION_APPLIED, v1::DISPOSITION_APPLIED));
}

TEST_F(InboxTest, AConflictOfTheStoreIsARetry) {
  service_.store.AbortNext(1);
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(1, 1)}))), ElementsAre(v1::DISPOSITION_RETRY));
  EXPECT_THAT(service_.List("heard", "s0"), IsEmpty());
}

TEST_F(InboxTest, EffectAndWatermarkAreLostTogetherInACrash) {
  service_.Take(Batch({EventOf(1, 1)}));
  service_.store.Sync();
  service_.Take(Batch({EventOf(2, 2)}));
  service_.store.Crash();

  EXPECT_THAT(service_.List("heard", "s0"), ElementsAre(1));
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(1, 1), EventOf(2, 2)}))),
              ElementsAre(v1::DISPOSITION_ALREADY_APPLIED, v1::DISPOSITION_APPLIED));
}

TEST_F(InboxTest, TheAnswersPositionCoversWhatItTellsOf) {
  v1::DeliverResponse response;
  const auto maybe_applied = service_.inbox->Deliver({}, Batch({EventOf(1, 1)}), &response);
  ASSERT_THAT(maybe_applied, IsOk());
  EXPECT_EQ(*maybe_applied, service_.store.committed());
  // Refused, yet it tells of revision 1, which is not durable: so its position must be that of revision 1.
  const auto maybe_gap = service_.inbox->Deliver({}, Batch({EventOf(3, 3)}), &response);
  ASSERT_THAT(maybe_gap, IsOk());
  EXPECT_EQ(response.results(0).applied_revision(), 1u);
  EXPECT_EQ(*maybe_gap, *maybe_applied);
}

TEST_F(InboxTest, ARewoundSourceIsRefusedAndCounted) {
  service_.Take(Batch({EventOf(1, 1), EventOf(2, 2), EventOf(3, 3)}));

  // The source came back from a backup that held revision 1 only, and used revision 2 for something else.
  const v1::DeliverResponse response = service_.Take(Batch({EventOf(77, 2, "life-2")}));

  EXPECT_THAT(Fates(response), ElementsAre(v1::DISPOSITION_REFUSED));
  EXPECT_EQ(response.results(0).reason(), "SOURCE_REWOUND");
  EXPECT_EQ(response.results(0).applied_revision(), 3u);
  EXPECT_EQ(service_.inbox->rewound_count(), 1u);
  EXPECT_THAT(service_.List("heard", "s0"), ElementsAre(1, 2, 3));
}

TEST_F(InboxTest, ANewLifeThatGoesOnWhereTheOldOneEndedIsWelcome) {
  service_.Take(Batch({EventOf(1, 1, "life-1"), EventOf(2, 2, "life-1")}));
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(3, 3, "life-2")}))), ElementsAre(v1::DISPOSITION_APPLIED));

  // Repeats of either life are known for what they are, and are no rewind.
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(2, 2, "life-1"), EventOf(3, 3, "life-2")}))),
              ElementsAre(v1::DISPOSITION_ALREADY_APPLIED, v1::DISPOSITION_ALREADY_APPLIED));
  EXPECT_EQ(service_.inbox->rewound_count(), 0u);
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(2, 2, "life-2")}))), ElementsAre(v1::DISPOSITION_REFUSED));
}

TEST_F(InboxTest, ASkippedEventMovesTheWatermarkAndNothingElse) {
  v1::Envelope envelope = EventOf(1, 1);
  v1::SkippedEvent skipped;
  skipped.set_event_id("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  skipped.set_reason_code("DUPLICATE");
  skipped.set_first_revision(1);
  envelope.mutable_payload()->PackFrom(skipped);

  EXPECT_THAT(Fates(service_.Take(Batch({envelope, EventOf(2, 2)}))),
              ElementsAre(v1::DISPOSITION_APPLIED, v1::DISPOSITION_APPLIED));
  EXPECT_THAT(service_.List("heard", "s0"), ElementsAre(2));
  EXPECT_EQ(service_.Audit().at(0).reason(), "DUPLICATE");
}

TEST_F(InboxTest, ASkippedEventCanStandForThoseThatTheSenderHasNoMore) {
  service_.Take(Batch({EventOf(1, 1)}));
  v1::Envelope envelope = EventOf(5, 5);
  v1::SkippedEvent skipped;
  skipped.set_first_revision(3);
  envelope.mutable_payload()->PackFrom(skipped);
  EXPECT_THAT(Fates(service_.Take(Batch({envelope}))), ElementsAre(v1::DISPOSITION_GAP));

  skipped.set_first_revision(2);
  envelope.mutable_payload()->PackFrom(skipped);
  EXPECT_THAT(Fates(service_.Take(Batch({envelope, EventOf(6, 6)}))),
              ElementsAre(v1::DISPOSITION_APPLIED, v1::DISPOSITION_APPLIED));
}

TEST_F(InboxTest, AWatermarkThatCannotBeReadRefusesItsStreamAlone) {
  ASSERT_THAT(service_.store.Commit({},
                                    [&](store::Transaction& txn) {
                                      txn.Put(Watermarks().RecordKey(kNetwork, WatermarkKey("referral-intake", "s0")),
                                              "\xff\xff");
                                      return absl::OkStatus();
                                    }),
              IsOk());
  const v1::DeliverResponse response = service_.Take(Batch({EventOf(1, 1), EventOf(1'000'001, 1)}));
  EXPECT_THAT(Fates(response), ElementsAre(v1::DISPOSITION_REFUSED, v1::DISPOSITION_APPLIED));
  EXPECT_EQ(response.results(0).reason(), "DATA_LOSS");
}

TEST_F(InboxTest, AMessageIsCutBetweenCharactersAndErrorsInsideKeepTheirWords) {
  const std::string secret = "Avery Example";
  for (const absl::StatusCode code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnknown, absl::StatusCode::kDataLoss}) {
    service_.on_event = [&](Change&, std::uint64_t) { return absl::Status(code, "cannot read " + secret); };
    const std::string message = service_.Take(Batch({EventOf(1, 1)})).results(0).message();
    EXPECT_THAT(message, ::testing::Not(::testing::HasSubstr(secret)));
    EXPECT_THAT(message, ::testing::Not(IsEmpty()));
  }

  std::string euros = "x";  // so that the limit falls within a character of three bytes
  while (euros.size() <= text::kMaxFailureMessageBytes) euros += "€";
  service_.on_event = [&](Change&, std::uint64_t) { return absl::FailedPreconditionError(euros); };
  const std::string message = service_.Take(Batch({EventOf(1, 1)})).results(0).message();
  EXPECT_EQ(message, euros.substr(0, text::kMaxFailureMessageBytes - 1));
  EXPECT_EQ((text::kMaxFailureMessageBytes - 1 - 1) % 3, 0u);
}

TEST_F(InboxTest, SourcesAndNetworksHaveStreamsOfTheirOwn) {
  v1::Envelope other_source = EventOf(1, 1);
  other_source.set_source("mdt-agenda");
  v1::Envelope other_network = EventOf(1, 1);
  other_network.set_network("U99999");
  EXPECT_THAT(Fates(service_.Take(Batch({EventOf(1, 1), other_source, other_network}))),
              ElementsAre(v1::DISPOSITION_APPLIED, v1::DISPOSITION_APPLIED, v1::DISPOSITION_APPLIED));
}

struct BadEnvelope {
  const char* field;
  void (*spoil)(v1::Envelope&);
};

TEST_F(InboxTest, ABatchWithAnEnvelopeThatIsNotWellFormedIsNotTouched) {
  const BadEnvelope bad[] = {
      {"events[1].event_id", [](v1::Envelope& e) { e.set_event_id("1"); }},
      {"events[1].source", [](v1::Envelope& e) { e.clear_source(); }},
      {"events[1].incarnation", [](v1::Envelope& e) { e.clear_incarnation(); }},
      {"events[1].network", [](v1::Envelope& e) { e.set_network("u1"); }},
      {"events[1].network", [](v1::Envelope& e) { e.set_network("networks/U12345"); }},
      {"events[1].stream", [](v1::Envelope& e) { e.set_stream(std::string(257, 's')); }},
      {"events[1].stream", [](v1::Envelope& e) { e.set_stream(std::string("a\0b", 3)); }},
      {"events[1].revision", [](v1::Envelope& e) { e.set_revision(0); }},
      {"events[1].time", [](v1::Envelope& e) { e.mutable_time()->set_nanos(-1); }},
      {"events[1].time", [](v1::Envelope& e) { e.clear_time(); }},
      {"events[1].correlation_id", [](v1::Envelope& e) { e.clear_correlation_id(); }},
      {"events[1].payload", [](v1::Envelope& e) { e.clear_payload(); }},
      {"events[1].payload",
       [](v1::Envelope& e) {
         e.mutable_payload()->PackFrom(v1::SkippedEvent());
         e.mutable_payload()->set_value("\xff");
       }},
      {"events[1].payload", [](v1::Envelope& e) { e.mutable_payload()->set_value(std::string(600'000, 'x')); }},
  };
  for (const BadEnvelope& one : bad) {
    v1::Envelope envelope = EventOf(2, 2);
    one.spoil(envelope);
    v1::DeliverResponse response;
    const auto maybe_position = service_.inbox->Deliver({}, Batch({EventOf(1, 1), envelope}), &response);
    EXPECT_THAT(maybe_position, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(maybe_position, HasField(one.field));
  }
  EXPECT_THAT(service_.List("heard", "s0"), IsEmpty());
}

TEST_F(InboxTest, BatchesOutsideTheLimitsAreRefused) {
  v1::DeliverResponse response;
  EXPECT_THAT(service_.inbox->Deliver({}, {}, &response), HasField("events"));
  std::vector<v1::Envelope> events;
  for (std::uint64_t i = 1; i <= 101; ++i) events.push_back(EventOf(i, i));
  EXPECT_THAT(service_.inbox->Deliver({}, Batch(events), &response), HasField("events"));
  events.pop_back();
  EXPECT_THAT(service_.inbox->Deliver({}, Batch(events), &response), IsOk());
}

}  // namespace
}  // namespace splw::delivery
