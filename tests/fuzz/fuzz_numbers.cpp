// Any bytes as a telephone number in one of several countries. No crash; every refusal has words; what is a number
// stays the same number, however it is written to a platform and read again; names are compared by the same digits.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "numbers/dial_plan.hpp"
#include "numbers/plain_number.hpp"

using namespace lamp::numbers;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const std::vector<Line>& lines() {
    static const std::vector<Line> all{
        {"e@example.net", "+31201230001", "2001", "Sales", Format::e164},
        {"n@example.net", "0201230002", "2002", "Sales", Format::national},
        {"i@example.net", "+390612345678", "3001", "Support", Format::international},
    };
    return all;
}

/// By its first letter: "N" is NL.
const DialPlan& plan(std::uint8_t letter) {
    static const auto plans = [] {
        std::vector<std::shared_ptr<const DialPlan>> made;
        for (const char* country : {"AU", "BR", "DE", "ES", "FR", "GB", "IT", "MX", "NL", "US", "XX"})
            made.push_back(DialPlan::build(lines(), country));
        return made;
    }();
    for (const auto& one : plans)
        if (one->country().front() == static_cast<char>(letter)) return *one;
    return *plans[letter % plans.size()];
}

void check(const DialPlan& dial, std::string_view line, std::string_view written) {
    auto dialled = dial.dialled(line, written);
    auto normal = dial.normal(line, written);
    if (!normal) {
        require(normal.error().category == lamp::Category::invalid && !normal.error().text.empty());
        return;
    }
    require(!normal->empty() && normal->size() <= 30);
    require(normal->find_first_not_of("0123456789*#", normal->starts_with('+') ? 1 : 0) == std::string::npos);
    require(dial.normal(line, *normal) == *normal);
    const auto platform = dial.platform(line, *normal);
    require(dial.normal(line, platform) == *normal);
    require(dialled && *dialled == platform);
    auto whose = dial.line_of(line, *normal);
    require(!whose || !whose->empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view written(reinterpret_cast<const char*>(data) + 1, size - 1);
    for (const Line& line : lines())
        check(plan(data[0]), line.id, written);
    const auto plain = plain_number(written);
    require(plain.empty() || plain_number(plain) == plain);
    return 0;
}
