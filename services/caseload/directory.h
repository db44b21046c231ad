// Link workers and community services: what may be said of them, and how they change. Pure.
#pragma once

#include <string>

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/field_mask.pb.h>

#include "services/caseload/records.h"
#include "splw/caseload/v1/community_service.pb.h"
#include "splw/caseload/v1/link_worker.pb.h"

namespace splw::caseload {

// A new link worker without load. INVALID_ARGUMENT with every field that is wrong ("link_worker.wte").
absl::StatusOr<LinkWorkerRecord> NewLinkWorker(const v1::LinkWorker& link_worker, const std::string& id);

// The record with the masked fields of `link_worker`. INVALID_ARGUMENT UPDATE_MASK_INVALID, or with the
// fields that are wrong.
absl::StatusOr<LinkWorkerRecord> UpdateLinkWorker(const LinkWorkerRecord& record, const v1::LinkWorker& link_worker,
                                                  const google::protobuf::FieldMask& mask);

// A new community service with no place held. `now`: its capacity cannot be of a later day than tomorrow.
absl::StatusOr<CommunityServiceRecord> NewCommunityService(const v1::CommunityService& service, const std::string& id,
                                                           absl::Time now);

// As UpdateLinkWorker; PLACES_HELD where fewer places would be offered than are held.
absl::StatusOr<CommunityServiceRecord> UpdateCommunityService(const CommunityServiceRecord& record,
                                                              const v1::CommunityService& service,
                                                              const google::protobuf::FieldMask& mask, absl::Time now);

}  // namespace splw::caseload
