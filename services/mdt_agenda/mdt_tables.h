// The records of this service: keys and indexes. Keys hold ids, codes, dates and times, and no personal data; workers'
// ids, which may be e-mail addresses, go in as hashes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "common/store/table.h"
#include "common/text/status_macros.h"
#include "services/mdt_agenda/limits.h"
#include "services/mdt_agenda/messages.h"

namespace splw::mdt_agenda {

// Index "created": create_time.
const store::Table<stored::MdtRecord>& Mdts();
// Indexes "team_date": mdt, date; "date": date, mdt; "team_state_date", "state_date".
const store::Table<stored::MeetingRecord>& Meetings();
// Indexes "agenda": mdt, meeting date, position, id; "case": case, date.
const store::Table<stored::AgendaItemRecord>& Items();
// Indexes "queue": mdt, state, urgent first, receive_time; "received", "state_received", "team_received",
// "team_state_received", "case_received".
const store::Table<stored::NominationRecord>& Nominations();
// Indexes "due", "state_due", "owner_due", "case_due".
const store::Table<stored::ActionRecord>& Actions();
const store::Table<stored::AssignmentRecord>& Assignments();
const store::Table<stored::SharingRecord>& Sharings();

std::vector<const store::UntypedTable*> AllTables();

// What the person agrees to share of the subject's case, as far as is known.
absl::StatusOr<stored::SharingRecord> SharingOf(store::Snapshot& snapshot, const std::string& network,
                                                const stored::SubjectRecord& subject);

// One part of a key, or several texts in order.
std::string TextKey(std::string_view text);
std::string TextKey(std::string_view first, std::string_view second);
std::string TextKey(std::string_view first, std::string_view second, std::string_view third);
// As "state" parts of indexes are written.
std::string NumberKey(int number);
// As the owner part of "owner_due" is written.
std::string OwnerKey(std::string_view professional_id);

// A page of the records under `prefix` of `index` that `matches` takes. Looks at no more than kMaxScannedPerPage
// records: a page may be shorter than asked for although more follow.
template <typename Record, typename Predicate>
absl::StatusOr<store::PageOf<Record>> FilteredPage(const store::Table<Record>& table, store::Snapshot& snapshot,
                                                   std::string_view network, std::string_view index,
                                                   std::string_view prefix, store::PageRequest page,
                                                   const Predicate& matches) {
  const std::size_t wanted = page.size;
  store::PageOf<Record> result;
  std::size_t scanned = 0;
  std::size_t bytes = 0;
  do {
    page.size = wanted - result.records.size();
    SPLW_ASSIGN_OR_RETURN(store::PageOf<Record> chunk, table.ScanIndex(snapshot, network, index, prefix, page));
    scanned += chunk.records.size();
    for (Record& record : chunk.records) {
      if (!matches(record)) continue;
      bytes += record.ByteSizeLong();
      result.records.push_back(std::move(record));
    }
    page.after = chunk.next;
    // Half a page's bytes: the next part may bring a whole one's, and all must fit into one message.
  } while (result.records.size() < wanted && !page.after.empty() && scanned < kMaxScannedPerPage &&
           bytes < store::kMaxPageBytes / 2);
  result.next = page.after;
  return result;
}

}  // namespace splw::mdt_agenda
