// What every change of a case has in common, within one transaction: reading it, writing it with its version,
// its weight and the load of its link worker, and telling its referrers. All of it runs in the body of a
// delivery::Change.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "common/delivery/change.h"
#include "common/store/store.h"
#include "services/caseload/records.h"
#include "splw/caseload/v1/case_events.pb.h"

namespace splw::caseload {

// Where events go.
inline constexpr char kReferralIntake[] = "referral-intake";
inline constexpr char kMdtAgenda[] = "mdt-agenda";

// NOT_FOUND with the reason of the kind.
absl::StatusOr<CaseRecord> LoadCase(store::Snapshot& snapshot, std::string_view network, std::string_view id);
absl::StatusOr<SignpostRecord> LoadSignpost(store::Snapshot& snapshot, std::string_view network,
                                            std::string_view case_id, std::string_view id);
absl::StatusOr<NominationRecord> LoadNomination(store::Snapshot& snapshot, std::string_view network,
                                                std::string_view case_id, std::string_view id);
absl::StatusOr<LinkWorkerRecord> LoadLinkWorker(store::Snapshot& snapshot, std::string_view network,
                                                std::string_view id);
absl::StatusOr<CommunityServiceRecord> LoadCommunityService(store::Snapshot& snapshot, std::string_view network,
                                                            std::string_view id);

// ABORTED ETAG_MISMATCH where `etag` is not the version's. An empty one matches: requests.h says where one is
// required.
absl::Status CheckEtag(const std::string& etag, std::uint64_t version);

// The case of a command: read, its etag checked, and the change bound to the case's correlation id.
absl::StatusOr<CaseRecord> BeginCase(delivery::Change& change, std::string_view case_id, const std::string& etag);

// Writes `after`, which takes the place of `before` (nullopt: a new case): sets its version, weight and time
// of update, moves the weight between the loads of link workers, and writes the audit records and the feed
// entries. Whatever changed the consent (product.md, "What must never happen", 3): a person who does not agree is not
// discussed, so their open nomination is withdrawn; and mdt-agenda is told where a case that was ever nominated is
// shared otherwise than before, or has another link worker. `reason`: a code.
absl::Status SaveCase(delivery::Change& change, const std::optional<CaseRecord>& before, CaseRecord& after,
                      std::string_view reason = "");

// Writes a community service of which other places are held than before, with audit record and feed entry; its
// version stays. Nothing where as many are held as before.
absl::Status SaveHeldPlaces(delivery::Change& change, const CommunityServiceRecord& record);

// Write a record of a case, with audit record and feed entry.
absl::Status SaveSignpost(delivery::Change& change, const SignpostRecord& record, std::string_view reason = "");
absl::Status SaveNomination(delivery::Change& change, const NominationRecord& record, std::string_view reason = "");

// The signposts of the case that hold a place.
absl::StatusOr<std::vector<SignpostRecord>> OpenSignposts(store::Snapshot& snapshot, std::string_view network,
                                                          std::string_view case_id);

// Tells the referrer of each referral that still stands. Nothing for a closed case: they have had its
// outcome.
absl::Status TellReferrers(delivery::Change& change, const CaseRecord& record, v1::CaseStage stage);
// Tells one referral that its case is with a link worker.
absl::Status TellAllocated(delivery::Change& change, const CaseRecord& record, const std::string& referral);
// Tells every referrer the outcome.
absl::Status TellClosed(delivery::Change& change, const CaseRecord& record);

// Withdraws the case's open nomination, if it has one, and tells mdt-agenda. Changes `record`, which the
// caller saves.
absl::Status WithdrawOpenNomination(delivery::Change& change, CaseRecord& record, const std::string& reason_code);
// Gives back every place that the case holds. Changes `record`, which the caller saves.
absl::Status ReleasePlaces(delivery::Change& change, CaseRecord& record);

}  // namespace splw::caseload
