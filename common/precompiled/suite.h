// For what calls the services: the stubs of all of them, which are by far the most of what such a file parses.
#pragma once

#include "common/precompiled/domain.h"
#include "common/precompiled/grpc.h"
#include "splw/caseload/v1/caseload_service.grpc.pb.h"
#include "splw/delivery/v1/delivery_service.grpc.pb.h"
#include "splw/mdt/v1/mdt_agenda_service.grpc.pb.h"
#include "splw/operations/v1/operations_service.grpc.pb.h"
#include "splw/referral/v1/referral_intake_service.grpc.pb.h"
