// The life of a service's process, seen from outside.
#include "common/rpc/service_process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/delivery/changes.h"
#include "common/ids/ulid.h"
#include "common/rpc/channel.h"
#include "common/rpc/service_flags.h"
#include "common/rpc/status.h"
#include "common/store/keys.h"
#include "common/store/rocksdb_store.h"
#include "common/testing/process.h"
#include "common/testing/status_matchers.h"
#include "common/testing/suite.h"
#include "common/testing/temp_dir.h"
#include "splw/delivery/v1/delivery_service.stubs.h"
#include "splw/delivery/v1/skipped_event.pb.h"
#include "splw/operations/v1/operations_service.stubs.h"

namespace splw::rpc {
namespace {

using ::splw::testing::Eventually;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;
using ::splw::testing::Process;
using ::splw::testing::ReadFile;
using ::splw::testing::StatusIs;
using ::splw::testing::TempDir;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(30);

class ServiceProcessTest : public ::testing::Test {
 protected:
  Process Start(std::vector<std::string> flags, std::map<std::string, std::string> environment = {}) {
    std::filesystem::remove(dir_.File("ports"));
    std::filesystem::remove(dir_.File("log"));
    std::vector<std::string> arguments = {"--port-file", dir_.File("ports")};
    if (std::find(flags.begin(), flags.end(), "--data-dir") == flags.end()) {
      arguments.insert(arguments.end(), {"--data-dir", dir_.File("data")});
    }
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return *Process::Start({.program = ::splw::testing::Suite::Program("rpc-test-service"),
                            .arguments = std::move(arguments),
                            .environment = std::move(environment),
                            .stdin_file = "",
                            .stdout_file = dir_.File("log"),
                            .stderr_file = dir_.File("log")});
  }
  Process StartServing(std::vector<std::string> flags = {}, std::map<std::string, std::string> environment = {}) {
    flags.insert(flags.end(), {"--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"});
    Process process = Start(std::move(flags), std::move(environment));
    EXPECT_TRUE(Eventually(kPatience, [&] { return Port() != 0 || !process.Running(); })) << ReadFile(dir_.File("log"));
    EXPECT_TRUE(process.Running()) << ReadFile(dir_.File("log"));
    return process;
  }
  int Port(int line = 0) {
    const std::vector<std::string> lines = absl::StrSplit(ReadFile(dir_.File("ports")), '\n');
    int port = 0;
    return static_cast<int>(lines.size()) > line + 1 && absl::SimpleAtoi(lines[line], &port) ? port : 0;
  }
  int ExitCode(Process& process) {
    const auto end = process.Wait(kPatience);
    return end.has_value() ? end->exit_code : -2;
  }
  absl::Status ListOutbox() {
    const auto stub = operations::v1::OperationsService::NewStub(MakeChannel(absl::StrCat("127.0.0.1:", Port())));
    grpc::ClientContext context;
    PrepareContext(context, {.id = "night-shift", .role = identity::Role::kOperator, .networks = {"*"}});
    operations::v1::ListOutboxStreamsResponse response;
    return FromGrpcStatus(stub->ListOutboxStreams(&context, operations::v1::ListOutboxStreamsRequest(), &response));
  }

  // What the process's metrics say now.
  std::string Metrics() {
    const auto maybe_page = ::splw::testing::RunProcess(
        "/usr/bin/curl", {"-sf", absl::StrCat("http://127.0.0.1:", Port(1), "/metrics")}, kPatience);
    EXPECT_THAT(maybe_page, IsOk());
    return maybe_page.ok() ? maybe_page->output : "";
  }

  // The store of a process that has ended, at a time of the test's own.
  std::unique_ptr<store::RocksDbStore> OpenStore(absl::Time now) {
    clock_.Set(now);
    auto maybe_store =
        store::RocksDbStore::Open({.path = dir_.File("data/store"), .clock = &clock_, .random = &random_});
    EXPECT_THAT(maybe_store, IsOk());
    return *std::move(maybe_store);
  }

  TempDir dir_;
  time::FakeClock clock_{absl::Now()};
  ids::SystemRandom random_;
};

TEST_F(ServiceProcessTest, ServesOnThePortsOfItsFileAndStopsWithinFiveSeconds) {
  Process process = StartServing({"--dev-principals"});
  EXPECT_GT(Port(1), 0);
  EXPECT_NE(Port(0), Port(1));
  EXPECT_THAT(ListOutbox(), IsOk());
  const absl::Time start = absl::Now();
  process.Signal(SIGTERM);
  EXPECT_EQ(ExitCode(process), 0) << ReadFile(dir_.File("log"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(ServiceProcessTest, SaysLoudlyThatItBelievesEverybodyAndLogsJsonOnly) {
  Process process = StartServing({"--dev-principals"});
  // Of which protobuf has something to say, in its own way: a text that is not UTF-8.
  google::protobuf::BytesValue no_request;
  no_request.set_value("\xc3\x28");
  grpc::ClientContext context;
  PrepareContext(context, {.id = "night-shift", .role = identity::Role::kOperator, .networks = {"*"}});
  operations::v1::ListOutboxStreamsResponse response;
  EXPECT_THAT(FromGrpcStatus(stubs::Call(*MakeChannel(absl::StrCat("127.0.0.1:", Port())),
                                         "/splw.operations.v1.OperationsService/ListOutboxStreams", &context,
                                         no_request, &response)),
              HasReason("REQUEST_MALFORMED"));
  process.Signal(SIGINT);
  EXPECT_EQ(ExitCode(process), 0);
  const std::string log = ReadFile(dir_.File("log"));
  EXPECT_THAT(log, HasSubstr("DEVELOPMENT ONLY"));
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(log, '\n', absl::SkipEmpty()))) {
    const auto parsed = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    ASSERT_FALSE(parsed.is_discarded()) << line;
    EXPECT_EQ(parsed["service"], "rpc-test-service");
    EXPECT_TRUE(parsed.contains("time") && parsed.contains("level") && parsed.contains("event")) << line;
  }
}

TEST_F(ServiceProcessTest, WithoutDevPrincipalsLetsNobodyIn) {
  Process process = StartServing();
  EXPECT_THAT(ListOutbox(), HasReason("AUTHENTICATION_NOT_CONFIGURED"));
}

TEST_F(ServiceProcessTest, KeepsItsFolderToItself) {
  Process process = StartServing();
  struct stat about {};
  ASSERT_EQ(::stat(dir_.File("data").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0077, 0u);
}

TEST_F(ServiceProcessTest, StartsAgainAfterSigkill) {
  Process process = StartServing({"--dev-principals"});
  process.Kill();
  process = StartServing({"--dev-principals"});
  EXPECT_THAT(ListOutbox(), IsOk());
}

TEST_F(ServiceProcessTest, IsFoundAgainSoonAfterARestartByAClientWhoseCallsOnlyFailed) {
  Process process = StartServing({"--dev-principals"});
  const std::string address = absl::StrCat("127.0.0.1:", Port());
  const auto stub = operations::v1::OperationsService::NewStub(MakeChannel(address));
  const auto call = [&] {
    grpc::ClientContext context;
    PrepareContext(context, {.id = "night-shift", .role = identity::Role::kOperator, .networks = {"*"}});
    operations::v1::ListOutboxStreamsResponse response;
    return FromGrpcStatus(stub->ListOutboxStreams(&context, operations::v1::ListOutboxStreamsRequest(), &response));
  };
  ASSERT_THAT(call(), IsOk());
  process.Kill();
  for (int i = 0; i < 8; ++i) EXPECT_THAT(call(), StatusIs(absl::StatusCode::kUnavailable));
  process = Start({"--dev-principals", "--listen", address, "--metrics-listen", ""});
  ASSERT_TRUE(Eventually(kPatience, [&] { return Port() != 0 || !process.Running(); }));
  const absl::Time restarted = absl::Now();
  EXPECT_TRUE(Eventually(kPatience, [&] { return call().ok(); }));
  // gRPC's own delays grow to two minutes; its backup poller looks every five seconds.
  EXPECT_LT(absl::Now() - restarted, absl::Seconds(3));
}

TEST_F(ServiceProcessTest, RefusesAPortThatIsTaken) {
  Process first = StartServing();
  const int taken = Port();
  const std::string log = dir_.File("second.log");
  Process second = *Process::Start({.program = ::splw::testing::Suite::Program("rpc-test-service"),
                                    .arguments = {"--data-dir", dir_.File("other"), "--metrics-listen", "", "--listen",
                                                  absl::StrCat("127.0.0.1:", taken)},
                                    .environment = {},
                                    .stdin_file = "",
                                    .stdout_file = log,
                                    .stderr_file = log});
  EXPECT_EQ(ExitCode(second), 69);
  EXPECT_THAT(ReadFile(log), HasSubstr("rpc-test-service: cannot listen on"));
}

TEST_F(ServiceProcessTest, RefusesAMetricsPortThatIsTaken) {
  Process first = StartServing();
  const int taken = Port(1);
  Process second = Start({"--data-dir", dir_.File("other"), "--listen", "127.0.0.1:0", "--metrics-listen",
                          absl::StrCat("127.0.0.1:", taken)});
  EXPECT_EQ(ExitCode(second), 69) << ReadFile(dir_.File("log"));
}

TEST_F(ServiceProcessTest, RefusesAStoreThatIsTaken) {
  Process first = StartServing();
  Process second = Start({"--listen", "127.0.0.1:0", "--metrics-listen", ""});
  EXPECT_EQ(ExitCode(second), 69) << ReadFile(dir_.File("log"));
}

TEST_F(ServiceProcessTest, RefusesWrongFlags) {
  for (const std::vector<std::string>& flags : {std::vector<std::string>{"--no-such-flag"},
                                                {"--listen", "7401"},
                                                {"--threads", "0"},
                                                {"--log-level", "loud"},
                                                {"--data-dir", ""},
                                                {"--dev-principals", "--listen", "0.0.0.0:0"},
                                                {"--dev-principals", "--listen", "127.example.org:0"}}) {
    Process process = Start(flags);
    EXPECT_EQ(ExitCode(process), 64) << flags.front() << ReadFile(dir_.File("log"));
  }
}

TEST_F(ServiceProcessTest, RefusesAPolicyThatDoesNotMatchAndNamesTheMethod) {
  Process process = Start({"--listen", "127.0.0.1:0", "--metrics-listen", ""}, {{"SPLW_TEST_STRAY_POLICY", "1"}});
  EXPECT_EQ(ExitCode(process), 70);
  EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr("splw.test.v1.NoService/NoMethod"));
}

TEST_F(ServiceProcessTest, TakesFlagsFromTheEnvironment) {
  Process process = Start({}, {{"SPLW_RPC_TEST_SERVICE_LISTEN", "127.0.0.1:0"},
                               {"SPLW_METRICS_LISTEN", "127.0.0.1:0"},
                               {"SPLW_DEV_PRINCIPALS", "true"}});
  ASSERT_TRUE(Eventually(kPatience, [&] { return Port() != 0 || !process.Running(); }));
  EXPECT_THAT(ListOutbox(), IsOk());
}

TEST_F(ServiceProcessTest, ExplainsItsFlagsAndTheirEnvironment) {
  Process process = Start({"--help"});
  EXPECT_EQ(ExitCode(process), 0);
  const std::string help = ReadFile(dir_.File("log"));
  for (const char* word : {"--listen", "--caseload-address", "SPLW_RPC_TEST_SERVICE_DATA_DIR", "SPLW_DATA_DIR"}) {
    EXPECT_THAT(help, HasSubstr(word));
  }
}

TEST_F(ServiceProcessTest, LeavesTheRightsOfAFolderThatWasThere) {
  ASSERT_TRUE(std::filesystem::create_directory(dir_.File("data")));
  ASSERT_EQ(::chmod(dir_.File("data").c_str(), 0755), 0);
  Process process = StartServing();
  struct stat about {};
  ASSERT_EQ(::stat(dir_.File("data").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0755u);
  ASSERT_EQ(::stat(dir_.File("data/store").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0077, 0u);
}

TEST_F(ServiceProcessTest, DoesNotBeginAnewWhereTheKeyOfAStoreIsAndTheStoreIsNotUnlessTold) {
  ASSERT_TRUE(std::filesystem::create_directories(dir_.File("data")));
  std::ofstream(dir_.File("data/test.key")) << "a key";
  for (const char* round : {"first", "again"}) {
    Process process = Start({"--listen", "127.0.0.1:0", "--metrics-listen", ""});
    EXPECT_EQ(ExitCode(process), 74) << round;
    EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr("has the key of a store, test.key, and not the store"));
    EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr("--accept-empty-store"));
    EXPECT_FALSE(std::filesystem::exists(dir_.File("data/store"))) << "refused, it makes none";
  }
  for (const std::vector<std::string>& flags : {std::vector<std::string>{"--accept-empty-store"}, {}}) {
    Process process = StartServing(flags);
    EXPECT_EQ(ReadFile(dir_.File("log")).find("store_missing") != std::string::npos, !flags.empty());
    process.Signal(SIGTERM);
    EXPECT_EQ(ExitCode(process), 0);
  }
}

TEST_F(ServiceProcessTest, RenewsTheIncarnationOfARestoredStoreOnly) {
  const auto incarnation_after = [&](std::vector<std::string> flags) {
    Process process = StartServing(std::move(flags));
    process.Signal(SIGTERM);
    EXPECT_EQ(ExitCode(process), 0);
    return OpenStore(clock_.Now())->incarnation();
  };
  const std::string first = incarnation_after({});
  EXPECT_EQ(incarnation_after({}), first);
  EXPECT_NE(incarnation_after({"--restored"}), first);
  EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr(R"("event":"restored")"));
}

TEST_F(ServiceProcessTest, DoesNotStartWithAStoreFarAheadOfTheClockUnlessTold) {
  {
    const auto store = OpenStore(clock_.Now() + absl::Hours(2));
    ASSERT_THAT(store->Commit({},
                              [](store::Transaction& txn) {
                                txn.Put(store::KeyBuilder().Text("U12345").Text("test").str(), "x");
                                return absl::OkStatus();
                              }),
                IsOk());
  }
  Process refused = Start({"--listen", "127.0.0.1:0", "--metrics-listen", ""});
  EXPECT_EQ(ExitCode(refused), 74);
  EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr("--accept-clock-behind"));
  EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr(R"("event":"clock_behind")"));
  Process process = StartServing({"--dev-principals", "--accept-clock-behind"});
  EXPECT_THAT(ListOutbox(), IsOk());
}

TEST_F(ServiceProcessTest, ShowsInItsMetricsHowCallsToAPeerFail) {
  {
    const auto store = OpenStore(clock_.Now());
    const auto changes = delivery::MakeChanges(
        {.store = *store, .random = random_, .source = "rpc-test-service", .incarnation = store->incarnation()});
    ASSERT_THAT(changes->Run({}, {"test", "OPERATOR", "", "Test", "correlation"}, "U12345",
                             [](delivery::Change& change) {
                               return change.Emit("caseload", "stream", delivery::v1::SkippedEvent());
                             }),
                IsOk());
  }
  // Nobody listens on the first port.
  Process process = StartServing({"--caseload-address", "127.0.0.1:1"});
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return ::testing::Value(Metrics(), HasSubstr("splw_delivery_failed_calls_total{code=\"UNAVAILABLE\","
                                                 "destination=\"caseload\"}"));
  })) << Metrics();
}

TEST_F(ServiceProcessTest, ShowsInItsMetricsThatASourceUsedARevisionASecondTime) {
  Process process = StartServing({"--dev-principals"});
  const auto stub = delivery::v1::DeliveryService::NewStub(MakeChannel(absl::StrCat("127.0.0.1:", Port())));
  const auto deliver = [&](const std::string& incarnation, const google::protobuf::Message& event) {
    delivery::v1::DeliverRequest request;
    delivery::v1::Envelope& envelope = *request.add_events();
    envelope.set_event_id(ids::NewUlid(absl::Now(), random_));
    envelope.set_source("caseload");
    envelope.set_incarnation(incarnation);
    envelope.set_network("U12345");
    envelope.set_stream("networks/U12345/cases/1");
    envelope.set_revision(1);
    envelope.mutable_time()->set_seconds(1);
    envelope.set_correlation_id("correlation");
    envelope.mutable_payload()->PackFrom(event);
    grpc::ClientContext context;
    PrepareContext(context, {.id = "caseload", .role = identity::Role::kService, .networks = {"*"}});
    delivery::v1::DeliverResponse response;
    EXPECT_THAT(FromGrpcStatus(stub->Deliver(&context, request, &response)), IsOk());
    return response.results_size() == 1 ? response.results(0) : delivery::v1::DeliveryResult();
  };
  // The one event that every service takes.
  EXPECT_EQ(deliver("life-1", delivery::v1::SkippedEvent()).disposition(), delivery::v1::DISPOSITION_APPLIED);
  EXPECT_EQ(deliver("life-2", delivery::v1::DeliverRequest()).reason(), "SOURCE_REWOUND");
  EXPECT_TRUE(Eventually(kPatience, [&] {
    return ::testing::Value(Metrics(), HasSubstr("splw_inbox_rewound_total 1"));
  })) << Metrics();
}

TEST_F(ServiceProcessTest, SaysWhyItsObjectsCouldNotBeMade) {
  Process process = Start({"--listen", "127.0.0.1:0", "--metrics-listen", ""}, {{"SPLW_TEST_NO_OBJECTS", "1"}});
  EXPECT_EQ(ExitCode(process), 74);
  EXPECT_THAT(ReadFile(dir_.File("log")), HasSubstr("rpc-test-service: the key is missing"));
}

// The disk is as good as full: files may not grow.
void RefuseWrites(const Process& process) {
  rlimit limit{};
  ASSERT_EQ(::prlimit(process.pid(), RLIMIT_FSIZE, nullptr, &limit), 0);
  limit.rlim_cur = 1;
  ASSERT_EQ(::prlimit(process.pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
}

TEST_F(ServiceProcessTest, EndsWhenTheDiskRefusesAndServesAgainWhenStartedAgain) {
  Process process = StartServing({"--dev-principals"}, {{"SPLW_TEST_COMMITS", "1"}});
  RefuseWrites(process);
  const auto end = process.Wait(kPatience);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->signal, 0);
  EXPECT_EQ(end->exit_code, 74);
  process = StartServing({"--dev-principals"});
  EXPECT_THAT(ListOutbox(), IsOk());
}

TEST_F(ServiceProcessTest, ShowsInItsMetricsThatTheDiskRefused) {
  Process process = StartServing({"--dev-principals"}, {{"SPLW_TEST_COMMITS", "1"}});
  EXPECT_THAT(Metrics(), HasSubstr("\nsplw_store_failed 0\n"));
  // A call whose request never comes: the server waits for it as long as it waits for any.
  grpc::GenericStub stub(MakeChannel(absl::StrCat("127.0.0.1:", Port())));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto call = stub.PrepareCall(&context, "/splw.operations.v1.OperationsService/ListOutboxStreams", &queue);
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);

  RefuseWrites(process);
  std::string metrics;
  EXPECT_TRUE(Eventually(kPatience, [&] {
    const auto maybe_page = ::splw::testing::RunProcess(
        "/usr/bin/curl", {"-sf", absl::StrCat("http://127.0.0.1:", Port(1), "/metrics")}, kPatience);
    if (maybe_page.ok()) metrics = maybe_page->output;
    return ::testing::Value(metrics, HasSubstr("\nsplw_store_failed 1\n")) || !process.Running();
  }));
  EXPECT_THAT(metrics, HasSubstr("\nsplw_store_failed 1\n"));
  EXPECT_EQ(ExitCode(process), 74);

  grpc::Status status;
  call->Finish(&status, nullptr);
  EXPECT_TRUE(queue.Next(&tag, &ok));
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
}

TEST_F(ServiceProcessTest, StopsWithinFiveSecondsThoughNobodyReadsItsLog) {
  const std::string log = dir_.File("pipe");
  ASSERT_EQ(::mkfifo(log.c_str(), 0600), 0);
  const int reader = ::open(log.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  while (::write(reader, "x", 1) == 1) {
  }
  Process process = *Process::Start({.program = ::splw::testing::Suite::Program("rpc-test-service"),
                                     .arguments = {"--data-dir", dir_.File("data"), "--port-file", dir_.File("ports"),
                                                   "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"},
                                     .environment = {},
                                     .stdin_file = "",
                                     .stdout_file = "",
                                     .stderr_file = log});
  ASSERT_TRUE(Eventually(kPatience, [&] { return Port() != 0 || !process.Running(); }));
  const absl::Time start = absl::Now();
  process.Signal(SIGTERM);
  EXPECT_EQ(ExitCode(process), 70);
  EXPECT_LT(absl::Now() - start, absl::Seconds(6));
  ::close(reader);
}

TEST(ServiceFlags, KnowLoopbackFromOtherAddresses) {
  for (const char* address : {"127.0.0.1:7401", "127.9.9.9:0", "localhost:1", "[::1]:1"}) {
    EXPECT_TRUE(IsLoopbackAddress(address)) << address;
  }
  for (const char* address : {"0.0.0.0:7401", "[::]:1", "192.168.0.1:1", "127.0.0.1", "127.evil.example:1", ":1", ""}) {
    EXPECT_FALSE(IsLoopbackAddress(address)) << address;
  }
}

}  // namespace
}  // namespace splw::rpc
