// For what speaks gRPC and is no part of one domain: common/rpc, the stubs, the surfaces.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "common/precompiled/base.h"
