// For tests.
#pragma once

#include "common/precompiled/base.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
