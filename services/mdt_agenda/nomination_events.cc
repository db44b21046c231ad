#include "services/mdt_agenda/nomination_events.h"

#include <optional>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/util/message_differencer.h>

#include "common/text/failure.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/carry_over.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/mdt_tables.h"
#include "services/mdt_agenda/meeting_lifecycle.h"
#include "services/mdt_agenda/names.h"
#include "services/mdt_agenda/timestamps.h"

namespace splw::mdt_agenda {
namespace {

constexpr char kNoMdt[] = "NO_MDT";
constexpr char kLinkWorkerChanged[] = "LINK_WORKER_CHANGED";

absl::Status CheckName(const std::string& network, std::string_view field, const std::string& name) {
  if (name.size() <= static_cast<std::size_t>(kMaxNominationName) &&
      absl::StartsWith(name, NetworkName(network) + "/")) {
    return absl::OkStatus();
  }
  return text::InvalidField(field, "NAME_INVALID", "must be the name of a resource of the event's network");
}

// "Jean Sample (Jeanie)".
std::string PersonDisplayName(const type::v1::HumanName& name) {
  std::string text = name.given();
  if (!name.family().empty()) text += (text.empty() ? "" : " ") + name.family();
  if (!name.preferred().empty() && name.preferred() != name.given()) text += " (" + name.preferred() + ")";
  return text;
}

stored::SubjectRecord SubjectOf(const caseload::v1::CaseNominated& event, const std::string& correlation_id) {
  stored::SubjectRecord subject;
  subject.set_case_(event.case_());
  subject.set_person_display_name(PersonDisplayName(event.person().name()));
  *subject.mutable_birth_date() = event.person().birth_date();
  subject.set_nhs_number(event.person().nhs_number().value());
  subject.set_question(event.question());
  *subject.mutable_agencies_needed() = event.agencies_needed();
  subject.set_urgency(event.urgency());
  *subject.mutable_needs() = event.needs();
  *subject.mutable_share_with() = event.share_with();
  if (event.has_link_worker()) *subject.mutable_link_worker() = event.link_worker();
  *subject.mutable_link_worker_time() = event.nominate_time();
  subject.set_correlation_id(correlation_id);
  return subject;
}

// Writes `said` unless something newer is known; whether it did.
absl::StatusOr<bool> KeepSharing(AgendaBook& book, const stored::SharingRecord& said) {
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::SharingRecord> known,
                        Sharings().Get(book.txn(), book.network(), TextKey(said.case_())));
  if (known && ToInstant(known->time()) > ToInstant(said.time())) return false;
  SPLW_RETURN_IF_ERROR(Sharings().Put(book.txn(), book.network(), said));
  return true;
}

// Takes the link worker of the event unless it, or something newer, is known; whether it did.
bool TakeLinkWorker(const caseload::v1::CaseLinkWorkerChanged& event, stored::SubjectRecord& subject) {
  const absl::Time known = ToInstant(subject.link_worker_time());
  const bool same = google::protobuf::util::MessageDifferencer::Equals(subject.link_worker(), event.link_worker());
  if (known > ToInstant(event.time()) || (same && known == ToInstant(event.time()))) return false;
  *subject.mutable_link_worker() = event.link_worker();
  *subject.mutable_link_worker_time() = event.time();
  return true;
}

bool IsOpen(const stored::NominationRecord& nomination) {
  return nomination.state() == api::NOMINATION_STATE_WAITING || nomination.state() == api::NOMINATION_STATE_SCHEDULED;
}

// Whether the item is still to be discussed, or its meeting may still change what was decided on it.
absl::StatusOr<bool> IsUnderDiscussion(AgendaBook& book, const stored::AgendaItemRecord& item) {
  if (item.state() == api::ITEM_STATE_LISTED) return true;
  SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord meeting, book.Meeting(item.mdt_id(), item.meeting_date()));
  return meeting.state() == api::MEETING_STATE_IN_PROGRESS;
}

// The oldest team of the network.
absl::StatusOr<std::optional<stored::MdtRecord>> FirstMdt(AgendaBook& book) {
  SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::MdtRecord> page,
                        Mdts().ScanIndex(book.txn(), book.network(), "created", "", {.size = 1}));
  if (page.records.empty()) return std::nullopt;
  return page.records.front();
}

// The team asked for; otherwise the network's first, with the reason.
absl::Status ChooseMdt(AgendaBook& book, stored::NominationRecord& nomination) {
  const auto parts = MatchName("networks/*/mdts/*", nomination.requested_mdt());
  if (parts && parts->at(0) == book.network()) {
    SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MdtRecord> asked_for,
                          Mdts().Get(book.txn(), book.network(), TextKey(parts->at(1))));
    if (asked_for) {
      nomination.set_mdt_id(asked_for->id());
      return absl::OkStatus();
    }
  }
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::MdtRecord> first, FirstMdt(book));
  if (first) nomination.set_mdt_id(first->id());
  if (!first) {
    nomination.set_waiting_reason(kNoMdt);
  } else if (AskedForAnotherMdt(book.network(), nomination)) {
    nomination.set_waiting_reason(kUnknownMdt);
  }
  return absl::OkStatus();
}

absl::Status TellReceived(AgendaBook& book, const stored::NominationRecord& nomination) {
  api::NominationReceived event;
  event.set_nomination(nomination.name());
  event.set_case_(nomination.subject().case_());
  if (!nomination.mdt_id().empty()) event.set_mdt(MdtName(book.network(), nomination.mdt_id()));
  *event.mutable_time() = nomination.receive_time();
  return book.Tell(nomination.subject(), event);
}

// The item goes with its nomination: off a plan, but never off what was published.
absl::Status WithdrawItem(AgendaBook& book, const stored::NominationRecord& nomination,
                          const std::string& reason_code) {
  SPLW_ASSIGN_OR_RETURN(stored::AgendaItemRecord item,
                        book.Item(nomination.mdt_id(), nomination.meeting_date(), nomination.item_id()));
  SPLW_ASSIGN_OR_RETURN(const stored::MeetingRecord meeting, book.Meeting(item.mdt_id(), item.meeting_date()));
  if (IsPlannable(meeting.state())) return book.Erase(item);
  if (item.state() != api::ITEM_STATE_LISTED) return absl::OkStatus();
  item.set_state(api::ITEM_STATE_WITHDRAWN);
  item.set_reason_code(reason_code);
  return book.Save(item, reason_code);
}

}  // namespace

bool AskedForAnotherMdt(const std::string& network, const stored::NominationRecord& nomination) {
  return !nomination.requested_mdt().empty() && nomination.requested_mdt() != MdtName(network, nomination.mdt_id());
}

absl::Status OnCaseNominated(delivery::Change& change, const caseload::v1::CaseNominated& event) {
  AgendaBook book(change);
  SPLW_RETURN_IF_ERROR(CheckName(book.network(), "nomination", event.nomination()));
  SPLW_RETURN_IF_ERROR(CheckName(book.network(), "case", event.case_()));
  SPLW_ASSIGN_OR_RETURN(const std::optional<stored::NominationRecord> known,
                        Nominations().Get(book.txn(), book.network(), TextKey(event.nomination())));
  if (known) return absl::OkStatus();

  stored::NominationRecord nomination;
  nomination.set_name(event.nomination());
  *nomination.mutable_subject() = SubjectOf(event, change.origin().correlation_id);
  nomination.set_requested_mdt(event.mdt());
  nomination.set_state(api::NOMINATION_STATE_WAITING);
  *nomination.mutable_nominate_time() = event.nominate_time();
  *nomination.mutable_receive_time() = ToTimestamp(book.now());
  stored::SharingRecord sharing;
  sharing.set_case_(event.case_());
  *sharing.mutable_share_with() = event.share_with();
  *sharing.mutable_time() = event.nominate_time();
  SPLW_RETURN_IF_ERROR(KeepSharing(book, sharing).status());
  SPLW_RETURN_IF_ERROR(ChooseMdt(book, nomination));
  SPLW_RETURN_IF_ERROR(book.Save(nomination));
  SPLW_RETURN_IF_ERROR(TellReceived(book, nomination));
  return book.Finish();
}

absl::Status OnNominationWithdrawn(delivery::Change& change, const caseload::v1::NominationWithdrawn& event) {
  AgendaBook book(change);
  SPLW_RETURN_IF_ERROR(CheckName(book.network(), "nomination", event.nomination()));
  SPLW_ASSIGN_OR_RETURN(std::optional<stored::NominationRecord> nomination,
                        Nominations().Get(book.txn(), book.network(), TextKey(event.nomination())));
  if (!nomination || !IsOpen(*nomination)) return absl::OkStatus();
  if (!nomination->item_id().empty()) {
    SPLW_RETURN_IF_ERROR(WithdrawItem(book, *nomination, event.reason_code()));
    if (nomination->state() == api::NOMINATION_STATE_WAITING) {
      nomination->clear_meeting_date();
      nomination->clear_item_id();
    }
  }
  nomination->set_state(api::NOMINATION_STATE_WITHDRAWN);
  nomination->set_waiting_reason("");
  SPLW_RETURN_IF_ERROR(book.Save(*nomination, event.reason_code()));
  return book.Finish();
}

absl::Status OnCaseSharingChanged(delivery::Change& change, const caseload::v1::CaseSharingChanged& event) {
  AgendaBook book(change);
  SPLW_RETURN_IF_ERROR(CheckName(book.network(), "case", event.case_()));
  stored::SharingRecord sharing;
  sharing.set_case_(event.case_());
  sharing.set_declined(event.declined());
  *sharing.mutable_share_with() = event.share_with();
  *sharing.mutable_time() = event.time();
  SPLW_ASSIGN_OR_RETURN(const bool news, KeepSharing(book, sharing));
  if (!news) return absl::OkStatus();
  const char* reason = event.declined() ? "CONSENT_WITHDRAWN" : "SHARING_CHANGED";
  SPLW_RETURN_IF_ERROR(change.Audit(event.case_(), reason));
  SPLW_ASSIGN_OR_RETURN(const store::PageOf<stored::AgendaItemRecord> newest,
                        Items().ScanIndex(book.txn(), book.network(), "case", TextKey(event.case_()),
                                          {.size = kMaxMentionedItems, .order = store::Order::kDescending}));
  for (const stored::AgendaItemRecord& item : newest.records) book.Mention(item, reason);
  return book.Finish();
}

absl::Status OnCaseLinkWorkerChanged(delivery::Change& change, const caseload::v1::CaseLinkWorkerChanged& event) {
  AgendaBook book(change);
  SPLW_RETURN_IF_ERROR(CheckName(book.network(), "case", event.case_()));
  const store::PageRequest newest{.size = kMaxMentionedItems, .order = store::Order::kDescending};
  SPLW_ASSIGN_OR_RETURN(
      store::PageOf<stored::NominationRecord> nominations,
      Nominations().ScanIndex(book.txn(), book.network(), "case_received", TextKey(event.case_()), newest));
  for (stored::NominationRecord& nomination : nominations.records) {
    if (!IsOpen(nomination) || !TakeLinkWorker(event, *nomination.mutable_subject())) continue;
    SPLW_RETURN_IF_ERROR(book.Save(nomination, kLinkWorkerChanged));
  }
  SPLW_ASSIGN_OR_RETURN(store::PageOf<stored::AgendaItemRecord> items,
                        Items().ScanIndex(book.txn(), book.network(), "case", TextKey(event.case_()), newest));
  for (stored::AgendaItemRecord& item : items.records) {
    SPLW_ASSIGN_OR_RETURN(const bool under_discussion, IsUnderDiscussion(book, item));
    if (!under_discussion || !TakeLinkWorker(event, *item.mutable_subject())) continue;
    SPLW_RETURN_IF_ERROR(book.Save(item, kLinkWorkerChanged));
  }
  return book.Finish();
}

void HandleEvents(delivery::Inbox& inbox) {
  inbox.Handle<caseload::v1::CaseNominated>(OnCaseNominated);
  inbox.Handle<caseload::v1::NominationWithdrawn>(OnNominationWithdrawn);
  inbox.Handle<caseload::v1::CaseSharingChanged>(OnCaseSharingChanged);
  inbox.Handle<caseload::v1::CaseLinkWorkerChanged>(OnCaseLinkWorkerChanged);
}

absl::StatusOr<bool> AssignWaiting(AgendaBook& book, const stored::MdtRecord& mdt) {
  SPLW_ASSIGN_OR_RETURN(
      store::PageOf<stored::NominationRecord> page,
      Nominations().ScanIndex(book.txn(), book.network(), "queue",
                              TextKey("") + NumberKey(api::NOMINATION_STATE_WAITING), {.size = kAssignBatch}));
  for (stored::NominationRecord& nomination : page.records) {
    nomination.set_mdt_id(mdt.id());
    nomination.set_waiting_reason(AskedForAnotherMdt(book.network(), nomination) ? kUnknownMdt : "");
    SPLW_RETURN_IF_ERROR(book.Save(nomination));
    SPLW_RETURN_IF_ERROR(TellReceived(book, nomination));
  }
  return !page.next.empty();
}

}  // namespace splw::mdt_agenda
