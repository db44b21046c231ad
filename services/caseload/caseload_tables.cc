#include "services/caseload/caseload_tables.h"

#include <array>
#include <set>

#include <absl/strings/ascii.h>
#include <openssl/sha.h>

namespace splw::caseload {
namespace {

using store::KeyBuilder;
using store::Table;
using Entries = std::vector<std::string>;

KeyBuilder CaseFilterKey(const CaseFilter& filter) {
  KeyBuilder key;
  key.Text(filter.link_worker_id)
      .Number(static_cast<std::uint64_t>(filter.state))
      .Number(static_cast<std::uint64_t>(filter.urgency))
      .Number(filter.crisis_only ? 1 : 0);
  return key;
}

// A case stands under each combination of "this value" and "any": 8 entries with a link worker, twice that
// with signs of a crisis.
Entries CaseFilterEntries(const CaseRecord& record) {
  std::set<std::string> entries;  // where a value is "any" already (no link worker yet), two combinations are one
  for (int bits = 0; bits < 16; ++bits) {
    CaseFilter filter;
    if ((bits & 1) != 0) filter.link_worker_id = record.link_worker_id();
    if ((bits & 2) != 0) filter.state = record.state();
    if ((bits & 4) != 0) filter.urgency = record.urgency();
    filter.crisis_only = (bits & 8) != 0;
    if (filter.crisis_only && !record.crisis_indicated()) continue;
    entries.insert(CaseFilterKey(filter).Instant(FromTimestamp(record.open_time())).Text(record.id()).str());
  }
  return {entries.begin(), entries.end()};
}

Entries NominatedCaseEntries(const CaseRecord& record) {
  return record.has_mdt_status() ? CaseFilterEntries(record) : Entries();
}

Entries FeedbackEntries(const CaseRecord& record) {
  if (!record.mdt_status().has_feedback_due_date()) return {};
  return {KeyBuilder(DueDateKey(record.mdt_status().feedback_due_date())).Text(record.id()).str()};
}

Entries PersonEntries(const CaseRecord& record) {
  Entries entries;
  for (const std::string& person_key : record.person_keys()) {
    entries.push_back(KeyBuilder(PersonPrefix(person_key, IsOpen(record)))
                          .Instant(FromTimestamp(record.open_time()))
                          .Text(record.id())
                          .str());
  }
  return entries;
}

Entries ReferralEntries(const CaseRecord& record) {
  Entries entries;
  for (const auto& referral : record.referrals()) entries.push_back(ReferralPrefix(referral.referral()));
  return entries;
}

Entries OpenSignpostEntries(const SignpostRecord& record) {
  if (record.state() != v1::SIGNPOST_STATE_OPEN) return {};
  return {KeyBuilder(OpenSignpostPrefix(record.case_id())).Text(record.id()).str()};
}

Entries SignpostServiceEntries(const SignpostRecord& record) {
  Entries entries;
  for (v1::SignpostState state : {v1::SIGNPOST_STATE_UNSPECIFIED, record.state()}) {
    entries.push_back(KeyBuilder(SignpostServicePrefix(record.community_service_id(), state)).Text(record.id()).str());
  }
  return entries;
}

Entries NominationStateEntries(const NominationRecord& record) {
  Entries entries;
  for (v1::NominationState state : {v1::NOMINATION_STATE_UNSPECIFIED, record.state()}) {
    entries.push_back(KeyBuilder(NominationStatePrefix(state)).Text(record.id()).str());
  }
  return entries;
}

Entries LinkWorkerEntries(const LinkWorkerRecord& record) {
  std::set<int> skills(record.skills().begin(), record.skills().end());
  skills.insert(type::v1::NEED_CATEGORY_UNSPECIFIED);
  Entries entries;
  for (int skill : skills) {
    for (bool active_only : {false, true}) {
      if (active_only && !record.active()) continue;
      entries.push_back(KeyBuilder(LinkWorkerPrefix(active_only, static_cast<type::v1::NeedCategory>(skill)))
                            .Text(record.id())
                            .str());
    }
  }
  return entries;
}

Entries ProfessionalEntries(const LinkWorkerRecord& record) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  const std::string id = absl::AsciiStrToLower(record.professional_id());
  SHA256(reinterpret_cast<const unsigned char*>(id.data()), id.size(), digest.data());
  return {KeyBuilder().Text({reinterpret_cast<const char*>(digest.data()), digest.size()}).str()};
}

Entries CommunityServiceEntries(const CommunityServiceRecord& record) {
  std::set<int> needs(record.needs().begin(), record.needs().end());
  needs.insert(type::v1::NEED_CATEGORY_UNSPECIFIED);
  const bool has_free = record.accepting() && record.places_held() < record.places_offered();
  Entries entries;
  for (int need : needs) {
    for (bool with_free_places : {false, true}) {
      if (with_free_places && !has_free) continue;
      entries.push_back(KeyBuilder(CommunityServicePrefix(static_cast<type::v1::NeedCategory>(need), with_free_places))
                            .Text(record.id())
                            .str());
    }
  }
  return entries;
}

template <typename Record>
std::string KeyById(const Record& record) {
  return record.id().empty() ? std::string() : IdKey(record.id());
}

template <typename Record>
std::string KeyByCaseAndId(const Record& record) {
  return record.id().empty() || record.case_id().empty() ? std::string() : ChildKey(record.case_id(), record.id());
}

}  // namespace

const Table<CaseRecord>& Cases() {
  static const auto* const kTable = new Table<CaseRecord>({.name = "case",
                                                           .key = KeyById<CaseRecord>,
                                                           .indexes = {{kCasesByFilter, CaseFilterEntries},
                                                                       {kNominatedCasesByFilter, NominatedCaseEntries},
                                                                       {kCasesByFeedbackDue, FeedbackEntries},
                                                                       {kCasesByPerson, PersonEntries},
                                                                       {kCasesByReferral, ReferralEntries, true}}});
  return *kTable;
}

const Table<ContactRecord>& Contacts() {
  static const auto* const kTable =
      new Table<ContactRecord>({.name = "contact", .key = KeyByCaseAndId<ContactRecord>, .indexes = {}});
  return *kTable;
}

const Table<AssessmentRecord>& Assessments() {
  static const auto* const kTable =
      new Table<AssessmentRecord>({.name = "assessment", .key = KeyByCaseAndId<AssessmentRecord>, .indexes = {}});
  return *kTable;
}

const Table<SignpostRecord>& Signposts() {
  static const auto* const kTable = new Table<SignpostRecord>(
      {.name = "signpost",
       .key = KeyByCaseAndId<SignpostRecord>,
       .indexes = {{kOpenSignposts, OpenSignpostEntries}, {kSignpostsByService, SignpostServiceEntries}}});
  return *kTable;
}

const Table<NominationRecord>& Nominations() {
  static const auto* const kTable =
      new Table<NominationRecord>({.name = "nomination",
                                   .key = KeyByCaseAndId<NominationRecord>,
                                   .indexes = {{kNominationsByState, NominationStateEntries}}});
  return *kTable;
}

const Table<LinkWorkerRecord>& LinkWorkers() {
  static const auto* const kTable =
      new Table<LinkWorkerRecord>({.name = "link_worker",
                                   .key = KeyById<LinkWorkerRecord>,
                                   .indexes = {{kLinkWorkersByFilter, LinkWorkerEntries},
                                               {kLinkWorkersByProfessional, ProfessionalEntries, true}}});
  return *kTable;
}

const Table<CommunityServiceRecord>& CommunityServices() {
  static const auto* const kTable =
      new Table<CommunityServiceRecord>({.name = "community_service",
                                         .key = KeyById<CommunityServiceRecord>,
                                         .indexes = {{kCommunityServicesByFilter, CommunityServiceEntries}}});
  return *kTable;
}

std::vector<const store::UntypedTable*> AllTables() {
  return {&Cases(), &Contacts(), &Assessments(), &Signposts(), &Nominations(), &LinkWorkers(), &CommunityServices()};
}

std::string IdKey(std::string_view id) {
  return KeyBuilder().Text(id).str();
}

std::string ChildKey(std::string_view case_id, std::string_view id) {
  return KeyBuilder().Text(case_id).Text(id).str();
}

void BoundToCase(std::string_view case_id, store::PageRequest& page) {
  page.from = IdKey(case_id);
  page.until = store::PrefixEnd(page.from);
}

std::string CaseFilterPrefix(const CaseFilter& filter) {
  return CaseFilterKey(filter).str();
}

std::string DueDateKey(const google::type::Date& date) {
  return KeyBuilder()
      .Number(static_cast<std::uint64_t>(date.year()) * 10'000 + static_cast<std::uint64_t>(date.month()) * 100 +
              static_cast<std::uint64_t>(date.day()))
      .str();
}

std::string PersonPrefix(std::string_view person_key, bool open) {
  return KeyBuilder().Text(person_key).Number(open ? 1 : 0).str();
}

std::string ReferralPrefix(std::string_view referral) {
  return KeyBuilder().Text(referral).str();
}

std::string OpenSignpostPrefix(std::string_view case_id) {
  return KeyBuilder().Text(case_id).str();
}

std::string SignpostServicePrefix(std::string_view community_service_id, v1::SignpostState state) {
  return KeyBuilder().Text(community_service_id).Number(static_cast<std::uint64_t>(state)).str();
}

std::string NominationStatePrefix(v1::NominationState state) {
  return KeyBuilder().Number(static_cast<std::uint64_t>(state)).str();
}

std::string LinkWorkerPrefix(bool active_only, type::v1::NeedCategory skill) {
  return KeyBuilder().Number(active_only ? 1 : 0).Number(static_cast<std::uint64_t>(skill)).str();
}

std::string CommunityServicePrefix(type::v1::NeedCategory need, bool with_free_places) {
  return KeyBuilder().Number(static_cast<std::uint64_t>(need)).Number(with_free_places ? 1 : 0).str();
}

}  // namespace splw::caseload
