// What the caseload stores: each kind of record once, with its key and its indexes. Immutable and
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/store/table.h"
#include "google/type/date.pb.h"
#include "services/caseload/records.h"
#include "splw/type/v1/need.pb.h"

namespace splw::caseload {

const store::Table<CaseRecord>& Cases();
const store::Table<ContactRecord>& Contacts();
const store::Table<AssessmentRecord>& Assessments();
const store::Table<SignpostRecord>& Signposts();
const store::Table<NominationRecord>& Nominations();
const store::Table<LinkWorkerRecord>& LinkWorkers();
const store::Table<CommunityServiceRecord>& CommunityServices();

// All of them, for `store verify`.
std::vector<const store::UntypedTable*> AllTables();

// The key of a record that is known by its id alone: cases, link workers, community services.
std::string IdKey(std::string_view id);
// The key of a record of a case.
std::string ChildKey(std::string_view case_id, std::string_view id);
// Bounds `page` to the records of one case, in a Scan of one of their tables; they come in the order of their
// recording.
void BoundToCase(std::string_view case_id, store::PageRequest& page);

// Index "list" of Cases: every combination of these filters, in the order of opening, costs what it returns.
inline constexpr char kCasesByFilter[] = "list";
struct CaseFilter {
  std::string link_worker_id;                                 // empty: any
  v1::CaseState state = v1::CASE_STATE_UNSPECIFIED;           // unspecified: any
  type::v1::Urgency urgency = type::v1::URGENCY_UNSPECIFIED;  // unspecified: any
  bool crisis_only = false;
};
std::string CaseFilterPrefix(const CaseFilter& filter);

// Index "mdt" of Cases: the same, for those that were ever nominated.
inline constexpr char kNominatedCasesByFilter[] = "mdt";

// Index "feedback" of Cases: those on which feedback is owed, by its date. DueDateKey: for
// PageRequest::until.
inline constexpr char kCasesByFeedbackDue[] = "feedback";
std::string DueDateKey(const google::type::Date& date);

// Index "person" of Cases: by each key of the person; the open one, or the closed ones in the order of
// opening.
inline constexpr char kCasesByPerson[] = "person";
std::string PersonPrefix(std::string_view person_key, bool open);

// Index "referral" of Cases, unique: a referral has one case.
inline constexpr char kCasesByReferral[] = "referral";
std::string ReferralPrefix(std::string_view referral);

// Index "open" of Signposts: those of a case that hold a place.
inline constexpr char kOpenSignposts[] = "open";
std::string OpenSignpostPrefix(std::string_view case_id);

// Index "service" of Signposts: those to a community service, in any state or in one, in the order of
// recording.
inline constexpr char kSignpostsByService[] = "service";
std::string SignpostServicePrefix(std::string_view community_service_id, v1::SignpostState state);

// Index "state" of Nominations: of the network, in any state or in one, in the order of recording.
inline constexpr char kNominationsByState[] = "state";
std::string NominationStatePrefix(v1::NominationState state);

// Index "list" of LinkWorkers: all or only the active, with any skill or one, in the order in which they were
// added.
inline constexpr char kLinkWorkersByFilter[] = "list";
std::string LinkWorkerPrefix(bool active_only, type::v1::NeedCategory skill);
// Index "professional" of LinkWorkers, unique: by a hash of the professional id, which may hold a name, without regard
// to case.
inline constexpr char kLinkWorkersByProfessional[] = "professional";

// Index "list" of CommunityServices: for any need or one, all or only those with a free place, in the order
// in which they were added.
inline constexpr char kCommunityServicesByFilter[] = "list";
std::string CommunityServicePrefix(type::v1::NeedCategory need, bool with_free_places);

}  // namespace splw::caseload
