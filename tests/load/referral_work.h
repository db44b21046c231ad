// The load of a front door: referrals of new people, and looks at those that were taken in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <absl/status/status.h>

#include "tests/load/acknowledgements.h"
#include "tests/load/driver.h"

namespace splw::load {

struct ReferralWorkOptions {
  std::vector<std::string> networks = {"U12345"};  // in turn
  // How often each method is called, in relation to the others. Gets and lists need referrals: until some were taken
  // in, all calls submit.
  double submit = 1;
  double get = 0;
  double list = 0;
  std::uint64_t first_person = 0;        // those of an earlier load of the same store would be known already
  std::string request_prefix = "load-";  // of request ids; with the person's number behind it
  AcknowledgementWriter* acknowledgements = nullptr;  // may be null; must outlive the work
  std::vector<std::string> names;                     // of referrals that are there already
};

// The principal that calls: a practice, in these networks.
identity::Principal PracticePrincipal(const std::vector<std::string>& networks);

class ReferralWork final : public Work {
 public:
  explicit ReferralWork(ReferralWorkOptions options);

  std::optional<Call> Next() override;
  absl::Status Check(const Call& call, grpc::ByteBuffer& reply) override;

  // The person after the last one submitted.
  std::uint64_t next_person() const { return next_person_; }
  // Of all referrals known to be there.
  const std::vector<std::string>& names() const { return names_; }

 private:
  Call Submit();
  Call Get();
  Call List();
  absl::Status CheckSubmitted(const Call& call, grpc::ByteBuffer& reply);

  const ReferralWorkOptions options_;
  std::uint64_t next_person_;
  std::vector<std::string> names_;
  std::map<std::uint64_t, std::string> asked_;  // by call id: the name or network that was asked for
  std::uint64_t last_id_ = 0;
  std::mt19937_64 random_{1};
};

}  // namespace splw::load
