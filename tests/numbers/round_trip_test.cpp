// Whatever is written to a platform reads as the same number again, for many countries, forms and formats.
#include <array>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <random>
#include <thread>
#include <vector>

#include "numbers/dial_plan.hpp"
#include "numbers/public_network.hpp"

using namespace lamp::numbers;

namespace {

constexpr std::array<std::string_view, 29> countries{"NL", "BE", "FR", "DE", "GB", "US", "IT", "ES", "AT", "LU",
                                                     "DK", "NO", "SE", "AR", "AU", "BR", "CH", "FI", "HU", "IE",
                                                     "IN", "JP", "KZ", "MX", "PT", "RU", "SM", "ZA", "XX"};
constexpr std::array formats{Format::e164, Format::national, Format::international};
constexpr std::array starts{"",     "0",    "00",    "+",     "+31",  "+32", "+33",   "+49",   "+44", "+1",
                            "+39",  "+34",  "+7",    "+61",   "0031", "06",  "020",   "030",   "011", "+55",
                            "0011", "+378", "+3906", "+5411", "+800", "8",   "+4930", "+3521", "*",   "#31#"};

std::string digits(std::mt19937& random, std::size_t most) {
    std::string text;
    for (auto left = random() % (most + 1); left > 0; --left)
        text += static_cast<char>('0' + random() % 10);
    return text;
}

} // namespace

TEST_CASE("normal(platform(normal(x))) is normal(x)") {
    std::vector<Line> lines;
    for (Format format : formats)
        for (const char* group : {"Sales", "Support"})
            lines.push_back({fmt::format("{}{}", group, static_cast<int>(format)),
                             fmt::format("+3120123000{}", lines.size()), fmt::format("200{}", lines.size()), group,
                             format});
    lines.push_back({"odd", "0612345678", "0201234567", "Sales", Format::national}); // looks like a number
    std::mt19937 random(20261126);                                                   // the same numbers each time
    std::size_t numbers = 0;
    for (std::string_view country : countries) {
        auto plan = DialPlan::build(lines, std::string(country));
        for (int i = 0; i < 200; ++i) {
            const auto written = starts[random() % starts.size()] + digits(random, 12);
            for (const Line& line : lines) {
                auto normal = plan->normal(line.id, written);
                if (!normal) continue;
                ++numbers;
                const auto platform = plan->platform(line.id, *normal);
                CAPTURE(country);
                CAPTURE(written);
                CAPTURE(platform);
                CAPTURE(*normal);
                CHECK(plan->normal(line.id, *normal).value_or("!") == *normal);
                CHECK(plan->normal(line.id, platform).value_or("!") == *normal);
                CHECK(plan->dialled(line.id, written).value_or("!") == platform);
            }
        }
    }
    CHECK(numbers > 10'000); // most of what was tried
}

TEST_CASE("what is taken for E.164 without asking the library is what the library makes of it") {
    const PublicNetwork nowhere("XX");
    std::mt19937 random(20261126);
    std::size_t sure = 0;
    for (int code = 1; code < 1000; ++code)
        for (int i = 0; i < 40; ++i) {
            auto plain = fmt::format("+{}{}", code, digits(random, 12));
            if (!surely_e164(plain)) continue;
            ++sure;
            auto found = nowhere.find(plain);
            if (!found) continue;
            CAPTURE(plain);
            CHECK(found->e164 == plain);
        }
    CHECK(sure > 10'000);
}

TEST_CASE("one plan, asked by several threads at once") {
    const std::vector<Line> lines{{"alice@example.net", "+31-201230001", "2001", "Sales", Format::national}};
    auto plan = DialPlan::build(lines, "NL");
    std::array<std::size_t, 4> right{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t& count : right)
            threads.emplace_back([&count, plan] {
                for (int i = 0; i < 200; ++i) {
                    auto normal = plan->normal("alice@example.net", fmt::format("06 1234 {:04}", i));
                    if (!normal || *normal != fmt::format("+3161234{:04}", i)) continue;
                    count += plan->platform("alice@example.net", *normal) == fmt::format("061234{:04}", i);
                }
            });
    }
    CHECK(right == std::array<std::size_t, 4>{200, 200, 200, 200});
}
