// For command lines, and what their programs ask of the services.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "common/precompiled/suite.h"
