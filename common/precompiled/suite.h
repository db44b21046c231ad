// For what calls the services, or answers for them: the messages and stubs of all of them, and gRPC.
#pragma once

#include "common/precompiled/domain.h"
#include "common/precompiled/grpc.h"
#include "splw/caseload/v1/caseload_service.stubs.h"
#include "splw/delivery/v1/delivery_service.stubs.h"
#include "splw/mdt/v1/mdt_agenda_service.stubs.h"
#include "splw/operations/v1/operations_service.stubs.h"
#include "splw/referral/v1/referral_intake_service.stubs.h"
