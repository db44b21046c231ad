// For what speaks gRPC: the surfaces, common/rpc and the clients.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/async_stream.h>
#include <grpcpp/impl/codegen/service_type.h>

#include "common/precompiled/base.h"
