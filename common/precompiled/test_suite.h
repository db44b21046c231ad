// For tests of domains, and of what speaks gRPC.
#pragma once

#include "common/precompiled/suite.h"
#include "common/precompiled/test.h"
