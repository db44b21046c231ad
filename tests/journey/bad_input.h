// Bad requests of every kind, and what the caller is told of each. A method's table holds a good request and the mistakes that
// can be made with it; what can be wrong with any request is added to it: each text with control characters, each enum with an
// unknown number, the wrong network, bytes that are no message, more than 4 MiB, a deadline that has passed.
//
// After each refusal the state must be as it was. All mistakes are made under the request_id of the good request, which must
// work afterwards: a refusal uses up nothing.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "tests/journey/world.h"

namespace splw::journey {

// A text of so many characters.
inline std::string Characters(int count) {
  return std::string(static_cast<std::size_t>(count), 'x');
}

// A ULID that nothing has.
inline constexpr char kNobodysId[] = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
inline std::string Nobodys(const std::string& collection) {
  return std::string(kParent) + "/" + collection + "/" + kNobodysId;
}

// What the caller is told.
struct Told {
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  std::string reason;  // empty: gRPC's own refusal, which has none
  std::string field;   // empty: not of a field
};
Told Invalid(const std::string& reason, const std::string& field);
Told Precondition(const std::string& reason);
Told NotFound(const std::string& reason);
Told Stale();

void ExpectTold(const absl::Status& status, const Told& told);

// A position in the changes of another network's referrals: right there, and in no other feed.
std::string PositionOfAnotherFeed(const testing::Suite& suite);

// How a good request is spoilt.
template <typename Request>
struct Mistake {
  std::string name;
  std::function<void(Request&)> make;
  Told told;
};

template <typename Request>
Mistake<Request> NoEtag() {
  return {"no etag", [](Request& r) { r.clear_etag(); }, Invalid("REQUIRED", "etag")};
}

using State = std::function<std::string()>;

// A page of a list as it stands, but for its `watch_position`: any change in the network moves that.
template <typename Page>
std::string StateOfPage(Page page) {
  page.clear_watch_position();
  return page.SerializeAsString();
}

// One service. Not thread-safe.
class BadInput final {
 public:
  // For example kReferralIntake, "splw.referral.v1.ReferralIntakeService".
  BadInput(const testing::Suite& suite, const char* process, const char* service);

  // Makes all mistakes, then the good call, the same again (an equal answer), another request under its id (refused) and, where
  // it has an etag, the same request anew (stale by now). `state` must be changed by the good call and by nothing else.
  // `other_content` makes another request of it; without it, the etag does.
  template <typename Response, typename Request>
  Response Change(const Caller& caller, const std::string& method, const Request& good,
                  const std::vector<Mistake<Request>>& mistakes, const State& state,
                  const std::type_identity_t<std::function<void(Request&)>>& other_content = nullptr) {
    Response response;
    std::unique_ptr<Request> other;
    if (other_content != nullptr) {
      other = std::make_unique<Request>(good);
      other_content(*other);
    }
    ChangeUntyped(caller, method, good, Spoil(good, mistakes), state, other.get(), response);
    return response;
  }

  // Makes all mistakes, then the good call.
  template <typename Response, typename Request>
  Response Read(const Caller& caller, const std::string& method, const Request& good,
                const std::vector<Mistake<Request>>& mistakes = {}) {
    Response response;
    ReadUntyped(caller, method, good, Spoil(good, mistakes), &response);
    return response;
  }

  // The mistakes that can be made with a watch; no good call, which would not end.
  template <typename Request>
  void Watch(const Caller& caller, const std::string& method, const std::string& parent) {
    Request good;
    good.set_parent(parent);
    const std::vector<Mistake<Request>> mistakes = {
        {"a position that is none", [](Request& r) { r.set_position("here"); },
         Invalid("POSITION_INVALID", "position")},
        {"a position of another feed", [this](Request& r) { r.set_position(PositionOfAnotherFeed(suite_)); },
         Invalid("POSITION_INVALID", "position")}};
    ReadUntyped(caller, method, good, Spoil(good, mistakes), nullptr);
  }

  // A token of this query is none of another. There must be two items or more.
  template <typename Request>
  void TokenOfAnotherQuery(const Caller& caller, const std::string& method, const Request& good,
                           const std::function<void(Request&)>& other_query) {
    Request other = good;
    other_query(other);
    TokenOfAnotherQueryUntyped(caller, method, good, other);
  }

  // One refusal, with nothing added; the state must stay as it was.
  void Refuse(const Caller& caller, const std::string& method, const google::protobuf::Message& request,
              const Told& told, const State& state);

  // Calls a method of the service.
  absl::Status Call(const Caller& caller, const std::string& method, const google::protobuf::Message& request,
                    google::protobuf::Message& response, absl::Duration at_most = absl::Seconds(20));

  // Fails for each method that is `ours` (the others have tables elsewhere) and was never refused anything.
  void ExpectEveryMethodWasRefused(const std::function<bool(const std::string&)>& ours) const;

  // What is told of a name of another kind of resource; by default NAME_INVALID of the field that names the network.
  bool names_of_other_kinds_are_refused = true;

 private:
  struct Spoilt {
    std::string name;
    std::unique_ptr<google::protobuf::Message> request;
    Told told;
  };
  using Mistakes = std::vector<Spoilt>;

  template <typename Request>
  static Mistakes Spoil(const Request& good, const std::vector<Mistake<Request>>& mistakes) {
    Mistakes spoilt;
    for (const Mistake<Request>& mistake : mistakes) {
      auto request = std::make_unique<Request>(good);
      mistake.make(*request);
      EXPECT_NE(request->SerializeAsString(), good.SerializeAsString()) << mistake.name << " changes nothing";
      spoilt.push_back({mistake.name, std::move(request), mistake.told});
    }
    return spoilt;
  }

  void ChangeUntyped(const Caller& caller, const std::string& method, const google::protobuf::Message& good,
                     Mistakes mistakes, const State& state, const google::protobuf::Message* other,
                     google::protobuf::Message& response);
  void ReadUntyped(const Caller& caller, const std::string& method, const google::protobuf::Message& good,
                   Mistakes mistakes, google::protobuf::Message* response);
  void TokenOfAnotherQueryUntyped(const Caller& caller, const std::string& method,
                                  const google::protobuf::Message& good, const google::protobuf::Message& other);
  void RefuseAll(const Caller& caller, const std::string& method, const google::protobuf::Message& good,
                 const Mistakes& mistakes, const State& state);
  void AddNetworkMistakes(const google::protobuf::Message& good, Mistakes& mistakes) const;
  void AddRequestIdMistakes(const google::protobuf::Message& good, Mistakes& mistakes) const;
  void AddPageMistakes(const std::string& method, const google::protobuf::Message& good, Mistakes& mistakes) const;
  void AddValueMistakes(const google::protobuf::Message& good, Mistakes& mistakes) const;
  std::unique_ptr<google::protobuf::Message> NewResponse(const std::string& method) const;
  absl::Status CallWithBytes(const Caller& caller, const std::string& method, const std::string& bytes,
                             std::string* answer, absl::Duration at_most);

  const testing::Suite& suite_;
  const std::string service_;
  grpc::GenericStub stub_;
  std::string page_token_;         // of a query before
  std::string page_token_method_;  // the method that gave it
  std::set<std::string> refused_;
};

}  // namespace splw::journey
