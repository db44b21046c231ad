// The messages that this service speaks of, under short names: what callers see, what is stored, and the values in
// both.
#pragma once

#include "splw/referral/storage/v1/referral_storage.pb.h"
#include "splw/referral/v1/referral.pb.h"
#include "splw/type/v1/agency.pb.h"
#include "splw/type/v1/need.pb.h"
#include "splw/type/v1/person.pb.h"
#include "splw/type/v1/professional.pb.h"
#include "splw/type/v1/referrer.pb.h"

namespace splw::referral_intake {

namespace api = ::splw::referral::v1;
namespace storage = ::splw::referral::storage::v1;
namespace type = ::splw::type::v1;

}  // namespace splw::referral_intake
