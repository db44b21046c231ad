#include "tests/journey/bad_input.h"

#include <utility>

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include "common/rpc/channel.h"
#include "common/rpc/request_checks.h"
#include "common/rpc/status.h"
#include "common/testing/status_matchers.h"

namespace splw::journey {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::Duration kCallTime = absl::Seconds(20);
constexpr std::size_t kMaxMessageBytes = 4 * 1024 * 1024;  // gRPC's default, which the services keep
constexpr int kNoEnumHasIt = 9999;
constexpr int kUnknownField = 1000;
// Not a tag; a length beyond the end; a text that is not UTF-8.
constexpr const char* kNoMessages[] = {"\xff\xff\xff\xff\xff\xff", "\x0a\x7f", "\x0a\x02\xc3\x28"};

// A field of a message, and which of its values; -1 where it has one.
struct Step {
  const FieldDescriptor* field;
  int index;
};
using Steps = std::vector<Step>;

Message& Follow(Message& message, const Steps& steps) {
  Message* at = &message;
  for (const Step& step : steps) {
    at = step.index < 0 ? at->GetReflection()->MutableMessage(at, step.field)
                        : at->GetReflection()->MutableRepeatedMessage(at, step.field, step.index);
  }
  return *at;
}

std::unique_ptr<Message> Copy(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

// "name" or "policy.name".
Steps StepsTo(const Descriptor& type, const std::string& path, const FieldDescriptor*& leaf) {
  const std::size_t dot = path.find('.');
  if (dot == std::string::npos) {
    leaf = type.FindFieldByName(path);
    return {};
  }
  const FieldDescriptor* outer = type.FindFieldByName(path.substr(0, dot));
  leaf = outer->message_type()->FindFieldByName(path.substr(dot + 1));
  return {{outer, -1}};
}

std::string TextAt(const Message& message, const std::string& path) {
  const FieldDescriptor* leaf = nullptr;
  const Steps steps = StepsTo(*message.GetDescriptor(), path, leaf);
  const std::unique_ptr<Message> copy = Copy(message);
  const Message& holder = Follow(*copy, steps);
  return holder.GetReflection()->GetString(holder, leaf);
}

std::unique_ptr<Message> WithText(const Message& message, const std::string& path, const std::string& text) {
  const FieldDescriptor* leaf = nullptr;
  const Steps steps = StepsTo(*message.GetDescriptor(), path, leaf);
  std::unique_ptr<Message> copy = Copy(message);
  Message& holder = Follow(*copy, steps);
  holder.GetReflection()->SetString(&holder, leaf, text);
  return copy;
}

bool Has(const Message& message, const char* field) {
  return message.GetDescriptor()->FindFieldByName(field) != nullptr;
}

// Calls `visit(steps, field, path)` for each text and enum that the message has or could have.
void EachValue(
    const Message& part, const Steps& steps, const std::string& path,
    const std::function<void(const Message&, const Steps&, const FieldDescriptor&, const std::string&)>& visit) {
  const auto& reflection = *part.GetReflection();
  for (int i = 0; i < part.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *part.GetDescriptor()->field(i);
    const std::string field_path = path.empty() ? field.name() : absl::StrCat(path, ".", field.name());
    if (field.type() == FieldDescriptor::TYPE_STRING || field.type() == FieldDescriptor::TYPE_ENUM) {
      visit(part, steps, field, field_path);
    } else if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
      Steps inner = steps;
      if (!field.is_repeated()) {
        if (!reflection.HasField(part, &field)) continue;
        inner.push_back({&field, -1});
        EachValue(reflection.GetMessage(part, &field), inner, field_path, visit);
      } else if (reflection.FieldSize(part, &field) > 0) {
        inner.push_back({&field, 0});
        EachValue(reflection.GetRepeatedMessage(part, &field, 0), inner, absl::StrCat(field_path, "[0]"), visit);
      }
    }
  }
}

}  // namespace

Told Invalid(const std::string& reason, const std::string& field) {
  return {absl::StatusCode::kInvalidArgument, reason, field};
}
Told Precondition(const std::string& reason) {
  return {absl::StatusCode::kFailedPrecondition, reason, ""};
}
Told NotFound(const std::string& reason) {
  return {absl::StatusCode::kNotFound, reason, ""};
}
Told Stale() {
  return {absl::StatusCode::kAborted, "ETAG_MISMATCH", ""};
}

void ExpectTold(const absl::Status& status, const Told& told) {
  EXPECT_THAT(status, testing::StatusIs(told.code));
  if (!told.reason.empty()) {
    EXPECT_THAT(status, testing::HasReason(told.reason));
  }
  if (!told.field.empty()) {
    EXPECT_THAT(status, testing::HasField(told.field));
  }
}

std::string PositionOfAnotherFeed(const testing::Suite& suite) {
  Caller lead(suite, {"lead@elsewhere.example", "SERVICE_LEAD", "U54321", "", "U54321"});
  referral::v1::SubmitReferralRequest submit;
  submit.set_parent("networks/U54321");
  *submit.mutable_referral() = ReferralOf(1);
  submit.set_request_id(RequestId());
  EXPECT_THAT(lead.Call(&ReferralStub::SubmitReferral, submit), testing::IsOk());
  grpc::ClientContext context;
  lead.Introduce(context, kCallTime);
  referral::v1::WatchReferralsRequest watch;
  watch.set_parent(submit.parent());
  auto stream = lead.StubFor(static_cast<ReferralStub*>(nullptr)).WatchReferrals(&context, watch);
  referral::v1::WatchReferralsResponse change;
  EXPECT_TRUE(stream.Read(&change)) << stream.Finish().error_message();
  context.TryCancel();
  return change.position();
}

BadInput::BadInput(const testing::Suite& suite, const char* process, const char* service)
    : suite_(suite),
      service_(service),
      stub_(grpc::CreateCustomChannel(suite.Address(process), grpc::InsecureChannelCredentials(),
                                      rpc::ClientArguments())) {}

absl::Status BadInput::CallWithBytes(const Caller& caller, const std::string& method, const std::string& bytes,
                                     std::string* answer, absl::Duration at_most) {
  grpc::ClientContext context;
  caller.Introduce(context, at_most);
  grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  grpc::CompletionQueue queue;
  grpc::Status status;
  const auto call = stub_.PrepareUnaryCall(&context, absl::StrCat("/", service_, "/", method), request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  std::vector<grpc::Slice> slices;
  if (answer == nullptr || !response.Dump(&slices).ok()) return absl::OkStatus();
  for (const grpc::Slice& each : slices) answer->append(reinterpret_cast<const char*>(each.begin()), each.size());
  return absl::OkStatus();
}

absl::Status BadInput::Call(const Caller& caller, const std::string& method, const Message& request, Message& response,
                            absl::Duration at_most) {
  std::string answer;
  const absl::Status status = CallWithBytes(caller, method, request.SerializeAsString(), &answer, at_most);
  if (!status.ok()) return status;
  return response.ParseFromString(answer) ? absl::OkStatus() : absl::InternalError("the answer is of another kind");
}

std::unique_ptr<Message> BadInput::NewResponse(const std::string& method) const {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service_);
  const Descriptor* type = service->FindMethodByName(method)->output_type();
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

void BadInput::Refuse(const Caller& caller, const std::string& method, const Message& request, const Told& told,
                      const State& state) {
  const std::string before = state == nullptr ? "" : state();
  ExpectTold(CallWithBytes(caller, method, request.SerializeAsString(), nullptr, kCallTime), told);
  refused_.insert(method);
  if (state != nullptr) {
    EXPECT_EQ(state(), before) << "a refused request changed something";
  }
}

void BadInput::AddNetworkMistakes(const Message& good, Mistakes& mistakes) const {
  const std::string path = rpc::NetworkFieldOf(*good.GetDescriptor());
  const std::string name = TextAt(good, path);
  const auto add = [&](const char* what, const std::string& value, Told told) {
    mistakes.push_back({what, WithText(good, path, value), std::move(told)});
  };
  add("no name", "", Invalid("REQUIRED", path));
  add("a name without a network", "somewhere", Invalid("NETWORK_INVALID", path));
  add("a network that is no ODS code", "networks/u1", Invalid("NETWORK_INVALID", path));
  add("another network", "networks/U99998" + name.substr(std::string(kParent).size()),
      {absl::StatusCode::kPermissionDenied, "NETWORK_NOT_ALLOWED", ""});
  if (names_of_other_kinds_are_refused) {
    add("a name of another kind", absl::StrCat(kParent, "/nothings/", kNobodysId), Invalid("NAME_INVALID", path));
    add("a name that is too long", name + "/" + std::string(5000, 'x'), Invalid("NAME_INVALID", path));
  }
}

void BadInput::AddRequestIdMistakes(const Message& good, Mistakes& mistakes) const {
  const auto add = [&](const char* what, const std::string& value, const std::string& reason) {
    mistakes.push_back({what, WithText(good, "request_id", value), Invalid(reason, "request_id")});
  };
  add("no request_id", "", "REQUIRED");
  add("a request_id of 65 characters", std::string(65, 'x'), "REQUEST_ID_INVALID");
  add("a request_id that is not ASCII", "réf", "REQUEST_ID_INVALID");
  add("a request_id with a space before it", " 1", "REQUEST_ID_INVALID");
}

void BadInput::AddPageMistakes(const std::string& method, const Message& good, Mistakes& mistakes) const {
  std::unique_ptr<Message> negative = Copy(good);
  negative->GetReflection()->SetInt32(negative.get(), good.GetDescriptor()->FindFieldByName("page_size"), -1);
  mistakes.push_back({"a negative page size", std::move(negative), Invalid("PAGE_SIZE_NEGATIVE", "page_size")});
  const auto add = [&](const char* what, const std::string& token) {
    mistakes.push_back({what, WithText(good, "page_token", token), Invalid("PAGE_TOKEN_INVALID", "page_token")});
  };
  add("a page token that is no token", "not a token!");
  add("a page token of noise", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  add("a page token that is too long", std::string(5000, 'A'));
  if (!page_token_.empty() && page_token_method_ != method) add("a page token of another method", page_token_);
}

void BadInput::AddValueMistakes(const Message& good, Mistakes& mistakes) const {
  const std::string network_path = rpc::NetworkFieldOf(*good.GetDescriptor());
  EachValue(
      good, {}, "",
      [&](const Message& part, const Steps& steps, const FieldDescriptor& field, const std::string& path) {
        const auto& reflection = *part.GetReflection();
        const std::string at =
            field.is_repeated() ? absl::StrCat(path, "[", reflection.FieldSize(part, &field), "]") : path;
        if (field.type() == FieldDescriptor::TYPE_ENUM) {
          std::unique_ptr<Message> copy = Copy(good);
          Message& target = Follow(*copy, steps);
          if (field.is_repeated()) {
            reflection.AddEnumValue(&target, &field, kNoEnumHasIt);
          } else {
            reflection.SetEnumValue(&target, &field, kNoEnumHasIt);
          }
          mistakes.push_back({"an unknown number in " + path, std::move(copy), Invalid("UNKNOWN_ENUM_VALUE", at)});
          return;
        }
        for (const char control : {'\0', '\x1b'}) {
          const std::string value = field.is_repeated() ? std::string() : reflection.GetString(part, &field);
          const bool breaks_network = path == network_path && value == kParent;
          std::unique_ptr<Message> copy = Copy(good);
          Message& target = Follow(*copy, steps);
          if (field.is_repeated()) {
            reflection.AddString(&target, &field, std::string(1, control));
          } else {
            reflection.SetString(&target, &field, value + control);
          }
          mistakes.push_back({absl::StrCat(control == '\0' ? "NUL" : "a control character", " in ", path),
                              std::move(copy), Invalid(breaks_network ? "NETWORK_INVALID" : "TEXT_HAS_CONTROLS", at)});
        }
      });
}

void BadInput::RefuseAll(const Caller& caller, const std::string& method, const Message& good, const Mistakes& mistakes,
                         const State& state) {
  const std::string before = state == nullptr ? "" : state();
  const auto expect_unchanged = [&] {
    if (state != nullptr) {
      EXPECT_EQ(state(), before) << "a refused request changed something";
    }
  };
  for (const Spoilt& spoilt : mistakes) {
    SCOPED_TRACE(spoilt.name);
    ExpectTold(CallWithBytes(caller, method, spoilt.request->SerializeAsString(), nullptr, kCallTime), spoilt.told);
    expect_unchanged();
    if (::testing::Test::HasFatalFailure()) return;
  }
  for (const char* bytes : kNoMessages) {
    SCOPED_TRACE("bytes that are no message");
    ExpectTold(CallWithBytes(caller, method, bytes, nullptr, kCallTime),
               {absl::StatusCode::kInvalidArgument, "REQUEST_MALFORMED", ""});
    expect_unchanged();
  }
  {
    SCOPED_TRACE("more than 4 MiB");
    const std::unique_ptr<Message> large = Copy(good);
    large->GetReflection()
        ->MutableUnknownFields(large.get())
        ->AddLengthDelimited(kUnknownField, std::string(kMaxMessageBytes, 'x'));
    ExpectTold(CallWithBytes(caller, method, large->SerializeAsString(), nullptr, kCallTime),
               {absl::StatusCode::kResourceExhausted, "", ""});
    expect_unchanged();
  }
  {
    SCOPED_TRACE("a deadline that has passed");
    ExpectTold(CallWithBytes(caller, method, good.SerializeAsString(), nullptr, absl::Seconds(-1)),
               {absl::StatusCode::kDeadlineExceeded, "", ""});
    expect_unchanged();
  }
  refused_.insert(method);
}

void BadInput::ChangeUntyped(const Caller& caller, const std::string& method, const Message& good, Mistakes mistakes,
                             const State& state, const Message* other, Message& response) {
  SCOPED_TRACE(method);
  const bool has_etag = Has(good, "etag");
  if (has_etag) mistakes.push_back({"a stale etag", WithText(good, "etag", "999"), Stale()});
  AddNetworkMistakes(good, mistakes);
  AddRequestIdMistakes(good, mistakes);
  AddValueMistakes(good, mistakes);
  RefuseAll(caller, method, good, mistakes, state);

  const std::string before = state();
  absl::Status status = Call(caller, method, good, response);
  EXPECT_THAT(status, testing::IsOk()) << "the corrected request, under the id of the refused ones";
  if (!status.ok()) return;
  EXPECT_NE(state(), before) << "the good request changed nothing that this test looks at";

  const std::unique_ptr<Message> again(response.New());
  status = Call(caller, method, good, *again);
  EXPECT_THAT(status, testing::IsOk()) << "the same request once more";
  EXPECT_EQ(again->SerializeAsString(), response.SerializeAsString());

  ASSERT_TRUE(has_etag || other != nullptr) << "say what other content is";
  const std::unique_ptr<Message> reused = other == nullptr ? WithText(good, "etag", "999") : Copy(*other);
  Refuse(caller, method, *reused, Invalid("REQUEST_ID_REUSED", "request_id"), state);
  if (has_etag && !TextAt(good, "etag").empty()) {
    SCOPED_TRACE("the etag of before the change");
    Refuse(caller, method, *WithText(good, "request_id", RequestId()), Stale(), state);
  }
}

void BadInput::ReadUntyped(const Caller& caller, const std::string& method, const Message& good, Mistakes mistakes,
                           Message* response) {
  SCOPED_TRACE(method);
  AddNetworkMistakes(good, mistakes);
  if (Has(good, "page_token")) AddPageMistakes(method, good, mistakes);
  AddValueMistakes(good, mistakes);
  RefuseAll(caller, method, good, mistakes, nullptr);
  if (response != nullptr) {
    EXPECT_THAT(Call(caller, method, good, *response), testing::IsOk());
  }
}

void BadInput::TokenOfAnotherQueryUntyped(const Caller& caller, const std::string& method, const Message& good,
                                          const Message& other) {
  SCOPED_TRACE(method);
  const std::unique_ptr<Message> first = Copy(good);
  first->GetReflection()->SetInt32(first.get(), good.GetDescriptor()->FindFieldByName("page_size"), 1);
  const std::unique_ptr<Message> page = NewResponse(method);
  ASSERT_THAT(Call(caller, method, *first, *page), testing::IsOk());
  const std::string token = TextAt(*page, "next_page_token");
  ASSERT_FALSE(token.empty()) << "too few for two pages";
  page_token_ = token;
  page_token_method_ = method;
  EXPECT_THAT(Call(caller, method, *WithText(good, "page_token", token), *NewResponse(method)), testing::IsOk());
  Refuse(caller, method, *WithText(other, "page_token", token), Invalid("PAGE_TOKEN_INVALID", "page_token"), nullptr);
}

void BadInput::ExpectEveryMethodWasRefused(const std::function<bool(const std::string&)>& ours) const {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service_);
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string& name = service->method(i)->name();
    if (ours(name)) {
      EXPECT_EQ(refused_.count(name), 1u) << name << " has no table";
    }
  }
}

}  // namespace splw::journey
