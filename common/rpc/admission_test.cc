#include "common/rpc/admission.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "splw/operations/v1/operations_service.pb.h"

namespace splw::rpc {
namespace {

using ::splw::testing::HasField;
using ::splw::testing::HasReason;
using ::splw::testing::IsOk;

Metadata Stated(const std::string& id, const std::string& role, const std::string& networks) {
  return {{kPrincipalIdKey, id}, {kPrincipalRoleKey, role}, {kPrincipalNetworksKey, networks}};
}

TEST(PrincipalFromMetadata, ReadsBackWhatAClientStates) {
  const identity::Principal principal{.id = "amina.khan@splw.example",
                                      .role = identity::Role::kAgencyMember,
                                      .organisation = "G82080",
                                      .agency = "HOUSING",
                                      .networks = {"U12345", "U6"}};
  const Metadata metadata = MetadataOf(principal);
  // U6 is no network: an id has 3 characters at least.
  EXPECT_THAT(PrincipalFromMetadata(metadata), HasReason("PRINCIPAL_INVALID"));
  Metadata valid = metadata;
  valid[kPrincipalNetworksKey] = "U12345,U67890";
  const auto maybe_principal = PrincipalFromMetadata(valid);
  ASSERT_THAT(maybe_principal, IsOk());
  EXPECT_EQ(maybe_principal->id, principal.id);
  EXPECT_EQ(maybe_principal->role, principal.role);
  EXPECT_EQ(maybe_principal->organisation, principal.organisation);
  EXPECT_EQ(maybe_principal->agency, principal.agency);
  EXPECT_EQ(maybe_principal->networks, (std::vector<std::string>{"U12345", "U67890"}));
}

TEST(PrincipalFromMetadata, NeedsAnIdAndARole) {
  EXPECT_THAT(PrincipalFromMetadata({}), HasReason("PRINCIPAL_MISSING"));
  EXPECT_THAT(PrincipalFromMetadata(Stated("", "AUDITOR", "*")), HasReason("PRINCIPAL_MISSING"));
  EXPECT_THAT(PrincipalFromMetadata(Stated("a", "", "*")), HasReason("PRINCIPAL_MISSING"));
}

TEST(PrincipalFromMetadata, RefusesWhatIsNone) {
  EXPECT_THAT(PrincipalFromMetadata(Stated("a", "KING", "*")), HasReason("PRINCIPAL_INVALID"));
  EXPECT_THAT(PrincipalFromMetadata(Stated("a b", "AUDITOR", "*")), HasReason("PRINCIPAL_INVALID"));
  EXPECT_THAT(PrincipalFromMetadata(Stated(std::string(65, 'a'), "AUDITOR", "*")), HasReason("PRINCIPAL_INVALID"));
  EXPECT_THAT(PrincipalFromMetadata(Stated("a", "AUDITOR", "U12345,**")), HasReason("PRINCIPAL_INVALID"));
  EXPECT_THAT(PrincipalFromMetadata(Stated("a", "AUDITOR", "../x")), HasReason("PRINCIPAL_INVALID"));
}

class AdmitTest : public ::testing::Test {
 protected:
  static constexpr char kMethod[] = "splw.S/List";
  const identity::PolicyTable policy_ = *identity::PolicyTable::Make(
      {{kMethod, {identity::Role::kAuditor}}, {"splw.S/Whole", {identity::Role::kAuditor}, false}});
  operations::v1::ListAuditRecordsRequest request_;
};

TEST_F(AdmitTest, ChecksTheCallerBeforeTheRoleBeforeTheNetworkBeforeTheMessage) {
  request_.set_parent("nonsense");
  request_.set_resource("\x01");
  EXPECT_THAT(Admit(policy_, true, kMethod, {}, &request_), HasReason("PRINCIPAL_MISSING"));
  EXPECT_THAT(Admit(policy_, true, kMethod, Stated("a", "OPERATOR", "U12345"), &request_),
              HasReason("ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Admit(policy_, true, kMethod, Stated("a", "AUDITOR", "U12345"), &request_), HasReason("NETWORK_INVALID"));
  request_.set_parent("networks/U99999");
  EXPECT_THAT(Admit(policy_, true, kMethod, Stated("a", "AUDITOR", "U12345"), &request_),
              HasReason("NETWORK_NOT_ALLOWED"));
  request_.set_parent("networks/U12345");
  EXPECT_THAT(Admit(policy_, true, kMethod, Stated("a", "AUDITOR", "U12345"), &request_), HasField("resource"));
  request_.set_resource("");
  EXPECT_THAT(Admit(policy_, true, kMethod, Stated("a", "AUDITOR", "U12345"), &request_), IsOk());
}

TEST_F(AdmitTest, RefusesEverybodyWhereNobodyIsBelieved) {
  request_.set_parent("networks/U12345");
  EXPECT_THAT(Admit(policy_, false, kMethod, Stated("a", "AUDITOR", "*"), &request_),
              HasReason("AUTHENTICATION_NOT_CONFIGURED"));
}

TEST_F(AdmitTest, RefusesAMethodThatThePolicyDoesNotKnow) {
  EXPECT_THAT(Admit(policy_, true, "splw.S/Unknown", Stated("a", "AUDITOR", "*"), &request_),
              HasReason("ROLE_NOT_ALLOWED"));
}

TEST_F(AdmitTest, AsksForNoNetworkWhereTheMethodIsAboutTheWholeStore) {
  EXPECT_THAT(Admit(policy_, true, "splw.S/Whole", Stated("a", "AUDITOR", ""), &request_), IsOk());
}

}  // namespace
}  // namespace splw::rpc
