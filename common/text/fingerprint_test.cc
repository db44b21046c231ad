#include "common/text/fingerprint.h"

#include <google/protobuf/any.pb.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"

namespace splw::text {
namespace {

google::rpc::ErrorInfo Info(std::string reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::move(reason));
  return info;
}

TEST(FingerprintTest, Sha256IsTheStandardOne) {
  // FIPS 180-4, example "abc".
  EXPECT_EQ(Sha256("abc").substr(0, 4), std::string("\xba\x78\x16\xbf", 4));
}

TEST(FingerprintTest, EqualContentHasEqualFingerprint) {
  EXPECT_EQ(Fingerprint(Info("A")), Fingerprint(Info("A")));
  EXPECT_NE(Fingerprint(Info("A")), Fingerprint(Info("B")));
}

TEST(FingerprintTest, FieldsAreNotTakenForEachOther) {
  google::rpc::ErrorInfo domain;
  domain.set_domain("A");
  EXPECT_NE(Fingerprint(Info("A")), Fingerprint(domain));
}

TEST(FingerprintTest, TypesAreNotTakenForEachOther) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_type("A");  // the same number and wire type as ErrorInfo.reason
  EXPECT_NE(Fingerprint(Info("A")), Fingerprint(resource));
}

TEST(FingerprintTest, MapsCountByContentAndNotByOrder) {
  google::rpc::ErrorInfo forward, backward;
  for (int i = 0; i < 50; ++i) (*forward.mutable_metadata())[std::to_string(i)] = "v";
  for (int i = 49; i >= 0; --i) (*backward.mutable_metadata())[std::to_string(i)] = "v";
  EXPECT_EQ(Fingerprint(forward), Fingerprint(backward));

  (*backward.mutable_metadata())["7"] = "w";
  EXPECT_NE(Fingerprint(forward), Fingerprint(backward));
}

TEST(FingerprintTest, RepeatedFieldsCountInTheirOrder) {
  google::rpc::DebugInfo ab, ba;
  ab.add_stack_entries("a");
  ab.add_stack_entries("b");
  ba.add_stack_entries("b");
  ba.add_stack_entries("a");
  EXPECT_NE(Fingerprint(ab), Fingerprint(ba));
}

TEST(FingerprintTest, IgnoredFieldsDoNotCount) {
  google::rpc::ErrorInfo other = Info("A");
  other.set_domain("d");
  EXPECT_NE(Fingerprint(other), Fingerprint(Info("A")));
  EXPECT_EQ(Fingerprint(other, {"domain"}), Fingerprint(Info("A"), {"domain"}));
}

TEST(FingerprintTest, AnyCountsByItsBytes) {
  google::protobuf::Any a, b;
  a.set_type_url("type.googleapis.com/no.Such");
  b.set_type_url("type.googleapis.com/no.Such");
  a.set_value("1");
  b.set_value("1");
  EXPECT_EQ(Fingerprint(a), Fingerprint(b));
  b.set_value("2");
  EXPECT_NE(Fingerprint(a), Fingerprint(b));
}

TEST(FingerprintTest, FieldsOfANewerBuildCount) {
  google::rpc::ErrorInfo newer;
  ASSERT_TRUE(newer.ParseFromString(Info("A").SerializeAsString() + std::string("\x9a\x06\x01x", 4)));  // field 99
  EXPECT_NE(Fingerprint(newer), Fingerprint(Info("A")));
}

}  // namespace
}  // namespace splw::text
