// For tests of what speaks gRPC.
#pragma once

#include "common/precompiled/grpc.h"
#include "common/precompiled/test.h"
