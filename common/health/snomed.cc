#include "common/health/snomed.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "common/health/system_uri.h"

namespace splw::health {
namespace {

// Multiplication in the dihedral group D5: rotations are 0 to 4, reflections 5 to 9.
int Multiply(int a, int b) {
  const int rotation = b % 5;
  if (a < 5) return (a + rotation) % 5 + (b < 5 ? 0 : 5);
  return (a - rotation + 5) % 5 + (b < 5 ? 5 : 0);
}

// Verhoeff's permutation; the digit at place i goes through it i times.
constexpr std::array<int, 10> kPermutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};

bool VerhoeffHolds(std::string_view digits) {
  int check = 0;
  for (std::size_t place = 0; place < digits.size(); ++place) {
    int digit = digits[digits.size() - 1 - place] - '0';
    for (std::size_t times = 0; times < place % 8; ++times) digit = kPermutation[static_cast<std::size_t>(digit)];
    check = Multiply(check, digit);
  }
  return check == 0;
}

}  // namespace

bool IsSnomedSystem(std::string_view uri) {
  return SameSystem(uri, kSnomedSystem);
}

bool IsRiskOfHarm(std::string_view snomed_id) {
  constexpr std::string_view kRisks[] = {"401206008", "707087005", "766561000000109", "836881000000105", "248054003"};
  return std::find(std::begin(kRisks), std::end(kRisks), snomed_id) != std::end(kRisks);
}

bool IsSnomedId(std::string_view text) {
  return text.size() >= 6 && text.size() <= 18 && text.front() != '0' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) && VerhoeffHolds(text);
}

}  // namespace splw::health
