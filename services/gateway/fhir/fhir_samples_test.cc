// Runs every published sample message through the mapping, where the folder of shared data is there.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "services/gateway/fhir/mapping_testing.h"

namespace splw::fhir {
namespace {

namespace filesystem = std::filesystem;

// SPLW_SHARED_DATA, or ../shared/data beside the source tree (SPLW_SOURCE_DIR).
filesystem::path SharedData() {
  if (const char* data = std::getenv("SPLW_SHARED_DATA")) return data;
  const char* source = std::getenv("SPLW_SOURCE_DIR");
  return filesystem::path(source == nullptr ? "." : source) / ".." / "shared" / "data";
}

std::vector<filesystem::path> FilesUnder(const filesystem::path& folder) {
  std::vector<filesystem::path> files;
  std::error_code error;
  for (filesystem::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file()) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Read(const filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// True for a Bundle of which one entry is a ServiceRequest and one a Patient.
bool CarriesReferral(const std::string& text) {
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || document.value("resourceType", "") != "Bundle" || !document.contains("entry"))
    return false;
  bool has_request = false, has_patient = false;
  for (const auto& entry : document["entry"]) {
    if (!entry.is_object() || !entry.contains("resource")) continue;
    const std::string type = entry["resource"].value("resourceType", "");
    has_request |= type == "ServiceRequest";
    has_patient |= type == "Patient";
  }
  return has_request && has_patient;
}

TEST(FhirSamples, EachIsMappedOrRefusedWithALocation) {
  const filesystem::path data = SharedData();
  std::vector<filesystem::path> files = FilesUnder(data / "fhir");
  const std::vector<filesystem::path> malformed = FilesUnder(data / "malformed");
  files.insert(files.end(), malformed.begin(), malformed.end());
  if (files.empty()) GTEST_SKIP() << "no sample messages under " << data << " (set SPLW_SHARED_DATA)";

  int referrals = 0, mapped = 0, refused = 0;
  std::map<std::string, int> refusals;
  for (const filesystem::path& file : files) {
    SCOPED_TRACE(file.string());
    const std::string text = Read(file);
    const MappingResult result = MapReferrals(text, SampleOptions());
    const bool is_refused = result.mappings.empty();
    is_refused ? ++refused : ++mapped;
    if (is_refused) {
      ASSERT_FALSE(result.issues.empty());
      EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_EQ(result.issues.front().severity, Severity::kError);
      ++refusals[result.issues.front().code];
    }
    for (const Issue& issue : result.issues) EXPECT_TRUE(!issue.location.empty()) << issue.code;
    for (const Mapping& mapping : result.mappings) {
      EXPECT_TRUE(mapping.request.referral().has_person());
      EXPECT_TRUE(mapping.request.IsInitialized());
      for (const Issue& issue : mapping.issues) {
        EXPECT_TRUE(!issue.location.empty()) << issue.code;
        EXPECT_NE(issue.severity, Severity::kError) << issue.code;
      }
    }
    if (CarriesReferral(text)) {
      ++referrals;
      std::cout << (is_refused ? "refused " : "mapped  ") << filesystem::relative(file, data).string()
                << "\n";
      if (is_refused) std::cout << RenderIssues(result.issues);
    }
  }
  std::cout << files.size() << " files: " << referrals << " carry a referral, " << mapped << " mapped, "
            << refused << " refused\n";
  for (const auto& [code, count] : refusals) std::cout << "  " << count << " " << code << "\n";
  EXPECT_GT(referrals, 0);
  EXPECT_GT(mapped, 0);
}

// Every prefix of a message, and the message with one byte changed, is mapped or refused: never more than
// that.
TEST(FhirSamples, CutAndChangedMessagesEndInAnAnswer) {
  const std::string whole = SampleMessage().dump();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_TRUE(MapReferrals(std::string_view(whole).substr(0, i), SampleOptions()).mappings.empty()) << i;
    for (const char byte : {'\0', '"', '{', '[', '0', '\xFF'}) {
      std::string changed = whole;
      changed[i] = byte;
      const MappingResult result = MapReferrals(changed, SampleOptions());
      EXPECT_EQ(result.mappings.empty(), !result.status().ok()) << i;
    }
  }
}

// Each value of a message, replaced by a value of every other type.
TEST(FhirSamples, ValuesOfEveryTypeInEveryPlaceEndInAnAnswer) {
  const nlohmann::json flat = SampleMessage().flatten();
  for (const auto& [pointer, ignored] : flat.items()) {
    for (nlohmann::json::json_pointer place(pointer); !place.empty(); place = place.parent_pointer()) {
      for (const char* value :
           {"null", "true", "-1", "1.5", "\"\"", "\"x\"", "[]", "[[]]", "[null]", "{}", "{\"a\":[1]}"}) {
        nlohmann::json changed = SampleMessage();
        changed[place] = nlohmann::json::parse(value);
        const MappingResult result = Map(changed);
        EXPECT_EQ(result.mappings.empty(), !result.status().ok()) << place.to_string() << " " << value;
      }
    }
  }
}

}  // namespace
}  // namespace splw::fhir
