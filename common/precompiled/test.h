// For tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/precompiled/base.h"
