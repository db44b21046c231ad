#include "common/rpc/bytes.h"

#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

namespace splw::rpc {
namespace {

google::protobuf::StringValue Text(std::size_t length) {
  google::protobuf::StringValue text;
  text.set_value(std::string(length, 'x'));
  return text;
}

// gRPC ends the process over a buffer that still holds something, where the message is larger than a slice holds in itself.
TEST(Bytes, AreWrittenInPlaceOfWhatWasThere) {
  grpc::ByteBuffer bytes;
  for (const std::size_t length : {100u, 3u, 5000u, 0u, 100u}) {
    ASSERT_TRUE(Serialize(Text(length), bytes));
    google::protobuf::StringValue read;
    grpc::ByteBuffer copy = bytes;
    ASSERT_TRUE(Parse(copy, read));
    EXPECT_EQ(read.value().size(), length);
  }
}

TEST(Bytes, ThatAreNoMessageAreNotRead) {
  grpc::Slice slice("\x0a\x7f", 2);
  grpc::ByteBuffer bytes(&slice, 1);
  google::protobuf::StringValue read;
  EXPECT_FALSE(Parse(bytes, read));
}

// A caller may close its side without having sent a message.
TEST(Bytes, ThatAreNotThereAreNoMessage) {
  grpc::ByteBuffer none;
  google::protobuf::StringValue read;
  EXPECT_FALSE(Parse(none, read));
}

TEST(Bytes, AreTakenOnce) {
  grpc::ByteBuffer bytes;
  ASSERT_TRUE(Serialize(Text(100), bytes));
  const std::size_t length = bytes.Length();
  EXPECT_EQ(Taken(bytes).Length(), length);
  EXPECT_FALSE(bytes.Valid());
}

}  // namespace
}  // namespace splw::rpc
