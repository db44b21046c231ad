#include "common/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splw::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, CountsCallsByMethodAndCode) {
  Metrics metrics;
  metrics.CountCall("S/Get", "OK", absl::Milliseconds(2));
  metrics.CountCall("S/Get", "OK", absl::Milliseconds(2));
  metrics.CountCall("S/Get", "NOT_FOUND", absl::Milliseconds(700));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr(R"(splw_calls_total{code="OK",method="S/Get"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(splw_calls_total{code="NOT_FOUND",method="S/Get"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(splw_call_seconds_bucket{method="S/Get",le="0.5"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(splw_call_seconds_bucket{method="S/Get",le="1"} 3)"));
}

TEST(Metrics, KeepTheNamesThatDashboardsUse) {
  Metrics metrics;
  metrics.CountCommit("rpc", absl::Milliseconds(1));
  metrics.CountSync(absl::Milliseconds(3), 7);
  metrics.SetOutbox("caseload", 5, absl::Seconds(9), 1);
  metrics.CountTaskFailure("feed_retention");
  metrics.SetDeliveryFailures("caseload", "UNAVAILABLE", 2);
  metrics.SetDeliveryFailures("caseload", "UNAVAILABLE", 3);
  metrics.SetInboxRewound(4);
  metrics.SetInboxRewound(4);
  metrics.SetStoreAhead(absl::Minutes(2));
  const std::string text = metrics.Text();
  for (const char* name :
       {"splw_store_commit_seconds", "splw_store_sync_seconds", "splw_store_sync_group_size", "splw_calls_waiting",
        "splw_watchers", "splw_store_ahead_seconds 120", R"(splw_outbox_depth{destination="caseload"} 5)",
        R"(splw_outbox_oldest_seconds{destination="caseload"} 9)", R"(splw_parked_streams{destination="caseload"} 1)",
        R"(splw_task_failures_total{task="feed_retention"} 1)", "splw_inbox_rewound_total 4",
        R"(splw_delivery_failed_calls_total{code="UNAVAILABLE",destination="caseload"} 3)"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

TEST(Metrics, TellThatTheStoreIsWellUntilItFails) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text(), HasSubstr("\nsplw_store_failed 0\n"));
  metrics.SetStoreFailed();
  EXPECT_THAT(metrics.Text(), HasSubstr("\nsplw_store_failed 1\n"));
}

TEST(MetricsServer, TakesAnyPortAndRefusesOneThatIsTaken) {
  const Metrics metrics;
  const auto maybe_server = MetricsServer::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(maybe_server.ok()) << maybe_server.status();
  EXPECT_GT((*maybe_server)->port(), 0);
  const auto maybe_second = MetricsServer::Start("127.0.0.1:" + std::to_string((*maybe_server)->port()), metrics);
  EXPECT_EQ(maybe_second.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace splw::telemetry
