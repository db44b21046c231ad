// Loads the sample week over the public APIs. What is there already is left as it is: loading again, also after a crash halfway,
// changes nothing and completes what is missing.
#pragma once

#include <map>
#include <ostream>
#include <string>

#include <absl/status/statusor.h>

#include "clients/splwctl/connection.h"
#include "clients/splwctl/sample_data.h"
#include "common/identity/principal.h"

namespace splw::ctl {

struct LoadReport {
  int policies = 0, workers = 0, services = 0, teams = 0, referrals = 0;  // what was not there before
  std::map<std::string, referral::v1::Referral> by_reference;             // every referral of the week
};

absl::StatusOr<LoadReport> LoadSampleWeek(Connection& connection, const SampleWeek& week, std::ostream& err,
                                          bool err_terminal);

// Who acts in the sample week.
identity::Principal ServiceLead(const std::string& network);
identity::Principal Coordinator(const std::string& network);
identity::Principal Chair(const std::string& network);
identity::Principal LinkWorkerPrincipal(const std::string& network, const std::string& professional_id);
identity::Principal ReferrerOf(const std::string& network, const referral::v1::Referral& referral);

// Every referral of the network by its external reference. Several with one reference are a fault: LOST_OR_DOUBLED.
absl::StatusOr<std::map<std::string, referral::v1::Referral>> ReferralsByReference(Connection& connection,
                                                                                   const std::string& network);

// Submits as its referrer.
absl::StatusOr<referral::v1::Referral> Submit(Connection& connection,
                                              const referral::v1::SubmitReferralRequest& request);

}  // namespace splw::ctl
