// Short names for what the caseload stores, and instants as records hold them.
#pragma once

#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include "splw/caseload/storage/v1/caseload_storage.pb.h"

namespace splw::caseload {

using storage::v1::AssessmentRecord;
using storage::v1::CaseRecord;
using storage::v1::CommunityServiceRecord;
using storage::v1::ContactRecord;
using storage::v1::LinkWorkerRecord;
using storage::v1::MdtStatusRecord;
using storage::v1::NominationRecord;
using storage::v1::SignpostRecord;

inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const absl::Duration since_epoch = time - absl::UnixEpoch();
  const absl::Duration seconds = absl::Floor(since_epoch, absl::Seconds(1));
  timestamp.set_seconds(absl::ToInt64Seconds(seconds));
  timestamp.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(since_epoch - seconds)));
  return timestamp;
}

inline absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

// True while work goes on: the case has no outcome yet.
inline bool IsOpen(const CaseRecord& record) {
  return record.state() != v1::CASE_STATE_CLOSED;
}

}  // namespace splw::caseload
