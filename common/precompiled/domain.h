// For the domains of the services and what is made of their messages: tables, changes, the messages of all packages. No gRPC.
#pragma once

#include "common/delivery/change.h"
#include "common/precompiled/base.h"
#include "common/store/table.h"
#include "splw/caseload/storage/v1/caseload_storage.pb.h"
#include "splw/caseload/v1/case_events.pb.h"
#include "splw/caseload/v1/caseload_service.pb.h"
#include "splw/mdt/storage/v1/mdt_records.pb.h"
#include "splw/mdt/v1/mdt_agenda_service.pb.h"
#include "splw/mdt/v1/mdt_events.pb.h"
#include "splw/referral/storage/v1/referral_storage.pb.h"
#include "splw/referral/v1/referral_events.pb.h"
#include "splw/referral/v1/referral_intake_service.pb.h"
