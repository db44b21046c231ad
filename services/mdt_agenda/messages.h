// Short names for the two message packages of this service: what callers see, and what is kept.
#pragma once

#include "splw/mdt/storage/v1/mdt_records.pb.h"
#include "splw/mdt/v1/agenda_item.pb.h"
#include "splw/mdt/v1/mdt.pb.h"
#include "splw/mdt/v1/mdt_events.pb.h"
#include "splw/mdt/v1/meeting.pb.h"
#include "splw/mdt/v1/nomination.pb.h"

namespace splw::mdt_agenda {

namespace api = ::splw::mdt::v1;
namespace stored = ::splw::mdt::storage::v1;

using type::v1::AgencyKind;
using type::v1::Professional;

}  // namespace splw::mdt_agenda
