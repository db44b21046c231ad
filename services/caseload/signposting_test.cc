#include "services/caseload/signposting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/caseload/limits.h"
#include "services/caseload/testing/builders.h"

namespace splw::caseload {
namespace {

using splw::testing::HasReason;
using splw::testing::IsOk;
using testkit::ActiveCase;
using testkit::AssessedCase;
using testkit::Befrienders;
using testkit::ClosedCase;
using testkit::Start;
using testkit::WaitingCase;

const SignpostCommand kCommand{"01J00000000000000000000009", "amina@splw.example", ""};

SignpostChange Open() {
  return *SignpostPerson(AssessedCase(), Befrienders(), {}, kCommand, Start());
}

TEST(SignpostingTest, ASignpostHoldsAPlace) {
  const auto maybe_change = SignpostPerson(AssessedCase(), Befrienders(2, 1), {}, kCommand, Start());
  ASSERT_THAT(maybe_change, IsOk());
  EXPECT_EQ(maybe_change->service.places_held(), 2);
  EXPECT_EQ(maybe_change->record.open_signpost_count(), 1);
  EXPECT_EQ(maybe_change->signpost.state(), v1::SIGNPOST_STATE_OPEN);
}

TEST(SignpostingTest, APlaceIsNeverPromisedTwice) {
  EXPECT_THAT(SignpostPerson(AssessedCase(), Befrienders(2, 2), {}, kCommand, Start()), HasReason("NO_PLACE_FREE"));
  EXPECT_THAT(SignpostPerson(AssessedCase(), Befrienders(0, 0), {}, kCommand, Start()), HasReason("NO_PLACE_FREE"));
}

TEST(SignpostingTest, NobodyIsSignpostedBeforeAnAssessmentUnlessAReasonIsRecorded) {
  EXPECT_THAT(SignpostPerson(ActiveCase(), Befrienders(), {}, kCommand, Start()), HasReason("ASSESSMENT_NEEDED"));
  const auto maybe_change = SignpostPerson(ActiveCase(), Befrienders(), {}, {"id", "by", "FOOD_TODAY"}, Start());
  ASSERT_THAT(maybe_change, IsOk());
  EXPECT_EQ(maybe_change->signpost.override_reason_code(), "FOOD_TODAY");
}

TEST(SignpostingTest, SharingOutsideCareNeedsConsentForThatKindOfAgency) {
  type::v1::Consent consent;
  consent.set_referral(type::v1::CONSENT_STATUS_AGREED);
  consent.add_share_with(type::v1::AGENCY_KIND_HOUSING);
  struct Row {
    type::v1::AgencyKind agency;
    bool allowed;
  };
  for (const Row& row : std::vector<Row>{{type::v1::AGENCY_KIND_PRIMARY_CARE, true},
                                         {type::v1::AGENCY_KIND_SPLW_SERVICE, true},
                                         {type::v1::AGENCY_KIND_SOCIAL_CARE, true},
                                         {type::v1::AGENCY_KIND_MENTAL_HEALTH, true},
                                         {type::v1::AGENCY_KIND_COMMUNITY_NURSING, true},
                                         {type::v1::AGENCY_KIND_HOSPITAL, true},
                                         {type::v1::AGENCY_KIND_HOUSING, true},
                                         {type::v1::AGENCY_KIND_DWP, false},
                                         {type::v1::AGENCY_KIND_RECOVERY_SERVICES, false},
                                         {type::v1::AGENCY_KIND_VCSE, false},
                                         {type::v1::AGENCY_KIND_POLICE, false},
                                         {type::v1::AGENCY_KIND_OTHER, false}}) {
    EXPECT_EQ(CheckConsentToShare(consent, row.agency).ok(), row.allowed) << type::v1::AgencyKind_Name(row.agency);
  }
  consent.set_referral(type::v1::CONSENT_STATUS_DECLINED);
  EXPECT_THAT(CheckConsentToShare(consent, type::v1::AGENCY_KIND_SOCIAL_CARE), HasReason("CONSENT_NOT_GIVEN"));
}

TEST(SignpostingTest, WithoutConsentNoPlaceIsHeld) {
  CaseRecord record = AssessedCase();
  record.mutable_consent()->clear_share_with();
  EXPECT_THAT(SignpostPerson(record, Befrienders(), {}, kCommand, Start()), HasReason("CONSENT_NOT_GIVEN"));
}

TEST(SignpostingTest, WhatTheCaseAndTheServiceForbid) {
  EXPECT_THAT(SignpostPerson(WaitingCase(), Befrienders(), {}, kCommand, Start()), HasReason("ILLEGAL_TRANSITION"));
  EXPECT_THAT(SignpostPerson(ClosedCase(), Befrienders(), {}, kCommand, Start()), HasReason("ILLEGAL_TRANSITION"));
  const SignpostChange open = Open();
  EXPECT_THAT(SignpostPerson(open.record, open.service, {open.signpost}, kCommand, Start()),
              HasReason("ALREADY_SIGNPOSTED"));
  CommunityServiceRecord closed = Befrienders();
  closed.set_accepting(false);
  EXPECT_THAT(SignpostPerson(AssessedCase(), closed, {}, kCommand, Start()), HasReason("SERVICE_NOT_ACCEPTING"));
  CaseRecord full = AssessedCase();
  full.set_open_signpost_count(kMaxOpenSignpostsPerCase);
  EXPECT_THAT(SignpostPerson(full, Befrienders(), {}, kCommand, Start()), HasReason("TOO_MANY_SIGNPOSTS"));
  CaseRecord long_case = AssessedCase();
  long_case.set_signpost_count(kMaxSignpostsPerCase);
  EXPECT_THAT(SignpostPerson(long_case, Befrienders(), {}, kCommand, Start()), HasReason("TOO_MANY_SIGNPOSTS"));
  EXPECT_EQ(open.record.signpost_count(), 1);
}

TEST(SignpostingTest, HeldPlaceIsReleasedWhereTheSignpostEndsAndOnlyThere) {
  struct Row {
    v1::SignpostOutcome outcome;
    bool ends;
  };
  for (const Row& row : std::vector<Row>{{v1::SIGNPOST_OUTCOME_ATTENDED, false},
                                         {v1::SIGNPOST_OUTCOME_DID_NOT_ATTEND, true},
                                         {v1::SIGNPOST_OUTCOME_BOUNCED, true},
                                         {v1::SIGNPOST_OUTCOME_DECLINED, true},
                                         {v1::SIGNPOST_OUTCOME_COMPLETED, true},
                                         {v1::SIGNPOST_OUTCOME_CASE_CLOSED, true}}) {
    SCOPED_TRACE(v1::SignpostOutcome_Name(row.outcome));
    SignpostChange open = Open();
    const auto maybe_change = RecordSignpostOutcome(open.record, open.service, open.signpost, row.outcome,
                                                    v1::BOUNCE_CAUSE_NOT_ELIGIBLE, Start());
    ASSERT_THAT(maybe_change, IsOk());
    EXPECT_EQ(maybe_change->service.places_held(), row.ends ? 0 : 1);
    EXPECT_EQ(maybe_change->record.open_signpost_count(), row.ends ? 0 : 1);
    EXPECT_EQ(maybe_change->signpost.state(), row.ends ? v1::SIGNPOST_STATE_ENDED : v1::SIGNPOST_STATE_OPEN);
    EXPECT_EQ(maybe_change->signpost.bounce_cause(), row.outcome == v1::SIGNPOST_OUTCOME_BOUNCED
                                                         ? v1::BOUNCE_CAUSE_NOT_ELIGIBLE
                                                         : v1::BOUNCE_CAUSE_UNSPECIFIED);
  }
}

TEST(SignpostingTest, AnEndedSignpostGivesItsPlaceBackOnce) {
  SignpostChange open = Open();
  const SignpostChange ended =
      *RecordSignpostOutcome(open.record, open.service, open.signpost, v1::SIGNPOST_OUTCOME_DECLINED, {}, Start());
  EXPECT_THAT(
      RecordSignpostOutcome(ended.record, ended.service, ended.signpost, v1::SIGNPOST_OUTCOME_COMPLETED, {}, Start()),
      HasReason("ILLEGAL_TRANSITION"));
}

}  // namespace
}  // namespace splw::caseload
