#include "tests/load/driver.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <unordered_map>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "common/rpc/admission.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/text/failure.h"

namespace splw::load {
namespace {

// Between two attempts of a call: a server that comes up again is found at once, one that is overwhelmed is not
// hammered.
constexpr absl::Duration kRetryDelay = absl::Milliseconds(10);
// How often a driver that waits for answers looks at whether it is to stop.
constexpr absl::Duration kLongestWait = absl::Milliseconds(100);
constexpr std::size_t kMostComplaints = 10;

// With which a call may have had its effect, or will have it when it is made again.
bool OutcomeUnknown(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

std::string Describe(const absl::Status& status) {
  return absl::StrCat(absl::StatusCodeToString(status.code()), " ", text::ReasonOf(status));
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection for each channel
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);             // the driver's own are counted
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(rpc::kMaxMessageBytes);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// A call under way, or waiting to be tried again.
struct UnderWay {
  Call call;
  MethodReport* report = nullptr;
  absl::Time intended;  // start
  absl::Time attempted;

  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer reply;
  grpc::Status status;
};

class Driver final {
 public:
  Driver(const DriverOptions& options, Work& work) : options_(options), work_(work) {
    for (int i = 0; i < std::max(1, options.connections); ++i) {
      channels_.push_back(Connect(options.address));
      stubs_.push_back(std::make_unique<grpc::GenericStub>(channels_.back()));
    }
    for (const auto& [key, value] : rpc::MetadataOf(options.principal)) metadata_.emplace_back(key, value);
  }

  DriverReport Run() {
    started_at_ = absl::Now();
    while (true) {
      const absl::Time now = absl::Now();
      StartDue(now);
      RetryDue(now);
      if (over_ && calls_.empty()) break;
      if (over_ && now > over_at_ + options_.settle_time && !given_up_) GiveUp();
      Wait(std::min(NextDue(now), now + kLongestWait));
    }
    report_.took = absl::Now() - started_at_;
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
    return std::move(report_);
  }

 private:
  bool IsOver(absl::Time now) const {
    return started_ >= options_.count || now - started_at_ >= options_.duration ||
           (options_.stop != nullptr && options_.stop->load());
  }

  // When call number `started_` is meant to start.
  absl::Time IntendedStart() const {
    return started_at_ + absl::Seconds(static_cast<double>(started_) / options_.rate);
  }

  void StartDue(absl::Time now) {
    while (!over_) {
      if (IsOver(now)) return End(now);
      if (static_cast<int>(calls_.size()) >= options_.in_flight) return;
      const absl::Time intended = options_.rate > 0 ? IntendedStart() : now;
      if (intended > now) return;
      std::optional<Call> next = work_.Next();
      if (!next.has_value()) return End(now);
      ++started_;
      auto call = std::make_unique<UnderWay>();
      call->call = *std::move(next);
      call->report = &report_.methods[std::string(rpc::ShortMethod(call->call.method))];
      call->intended = intended;
      ++call->report->started;
      UnderWay& under_way = *call;
      calls_.emplace(&under_way, std::move(call));
      Attempt(under_way, now);
    }
  }

  void End(absl::Time now) {
    over_ = true;
    over_at_ = now;
  }

  void Attempt(UnderWay& call, absl::Time now) {
    call.attempted = now;
    ++call.report->attempts;
    call.context = std::make_unique<grpc::ClientContext>();
    for (const auto& [key, value] : metadata_) call.context->AddMetadata(key, value);
    call.context->set_wait_for_ready(true);  // for a server that is being started again
    call.context->set_deadline(absl::ToChronoTime(now + options_.call_deadline));
    call.reply.Clear();
    call.status = grpc::Status();
    grpc::GenericStub& stub = *stubs_[next_stub_++ % stubs_.size()];
    call.reader = stub.PrepareUnaryCall(call.context.get(), call.call.method, call.call.request, &queue_);
    call.reader->StartCall();
    call.reader->Finish(&call.reply, &call.status, &call);
  }

  void RetryDue(absl::Time now) {
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
      UnderWay* const call = waiting_.begin()->second;
      waiting_.erase(waiting_.begin());
      Attempt(*call, now);
    }
  }

  absl::Time NextDue(absl::Time now) const {
    absl::Time due = absl::InfiniteFuture();
    if (!waiting_.empty()) due = waiting_.begin()->first;
    if (!over_ && options_.rate > 0 && static_cast<int>(calls_.size()) < options_.in_flight) {
      due = std::min(due, IntendedStart());
    }
    return std::max(due, now);
  }

  // For answers until `until`, and takes all that are there.
  void Wait(absl::Time until) {
    auto deadline = absl::ToChronoTime(until);
    void* tag = nullptr;
    bool ok = false;
    while (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::GOT_EVENT) {
      Finished(*static_cast<UnderWay*>(tag));
      deadline = std::chrono::system_clock::time_point();  // long ago; one before 1970 is "never" to gRPC
      // A closed loop fills up again after each answer.
      if (options_.rate <= 0) return;
    }
  }

  void Finished(UnderWay& call) {
    const absl::Time now = absl::Now();
    MethodReport& report = *call.report;
    if (call.status.ok()) {
      if (absl::Status wrong = work_.Check(call.call, call.reply); !wrong.ok()) {
        ++report.wrong;
        Complain(call, wrong);
      } else {
        ++report.answered;
        report.latency.Add(now - call.intended);
        absl::Time& last = last_answer_.try_emplace(&report, started_at_).first->second;
        report.longest_gap = std::max(report.longest_gap, now - last);
        last = now;
      }
      calls_.erase(&call);
      return;
    }
    const absl::Status failure = rpc::FromGrpcStatus(call.status);
    ++report.errors[Describe(failure)];
    const bool refused = absl::IsResourceExhausted(failure);
    if (!given_up_ && (OutcomeUnknown(failure) || (refused && options_.retry_refused && !over_))) {
      call.context.reset();
      waiting_.emplace(now + (refused ? absl::Seconds(1) : kRetryDelay), &call);
      return;
    }
    if (refused) {
      ++report.refused;
      report.refusal_latency.Add(now - call.attempted);
    } else if (OutcomeUnknown(failure)) {
      ++report.unsettled;
    } else {
      ++report.failed;
      Complain(call, failure);
    }
    calls_.erase(&call);
  }

  void Complain(const UnderWay& call, const absl::Status& wrong) {
    if (report_.complaints.size() >= kMostComplaints) return;
    report_.complaints.push_back(
        absl::StrCat(call.call.method, ": ", Describe(wrong), ": ", std::string(wrong.message())));
  }

  void GiveUp() {
    given_up_ = true;
    for (const auto& [due, call] : waiting_) {
      ++call->report->unsettled;
      calls_.erase(call);
    }
    waiting_.clear();
    for (const auto& [address, call] : calls_) call->context->TryCancel();
  }

  const DriverOptions& options_;
  Work& work_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::size_t next_stub_ = 0;
  std::vector<std::pair<std::string, std::string>> metadata_;
  grpc::CompletionQueue queue_;

  absl::Time started_at_;
  absl::Time over_at_;
  std::uint64_t started_ = 0;
  bool over_ = false;      // no more calls are started
  bool given_up_ = false;  // nor tried again
  std::unordered_map<const UnderWay*, std::unique_ptr<UnderWay>> calls_;
  std::multimap<absl::Time, UnderWay*> waiting_;  // of `calls_`: to be tried again
  std::map<const MethodReport*, absl::Time> last_answer_;
  DriverReport report_;
};

}  // namespace

DriverReport Drive(const DriverOptions& options, Work& work) {
  return Driver(options, work).Run();
}

MethodReport DriverReport::Sum() const {
  MethodReport sum;
  for (const auto& [name, report] : methods) {
    sum.started += report.started;
    sum.answered += report.answered;
    sum.wrong += report.wrong;
    sum.refused += report.refused;
    sum.failed += report.failed;
    sum.unsettled += report.unsettled;
    sum.attempts += report.attempts;
    for (const auto& [error, count] : report.errors) sum.errors[error] += count;
    sum.latency.Merge(report.latency);
    sum.refusal_latency.Merge(report.refusal_latency);
    sum.longest_gap = std::max(sum.longest_gap, report.longest_gap);
  }
  return sum;
}

bool Clean(const DriverReport& report) {
  const MethodReport sum = report.Sum();
  return sum.wrong == 0 && sum.failed == 0 && sum.unsettled == 0;
}

}  // namespace splw::load
