// What is said of a number without asking the library is what the library says: every difference fails.
#include <array>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <random>
#include <vector>

#include "numbers/dial_plan.hpp"
#include "numbers/digit_automaton.hpp"
#include "numbers/public_network.hpp"

using namespace lamp::numbers;

namespace {

/// A country, what may be written in front of its numbers, and how they begin; "" is anything.
struct Country {
    const char* name;
    const char* code;
    std::vector<std::string> trunks;
    std::vector<std::string> stems;
    std::size_t shortest, longest; // without any prefix
};
const std::vector<Country>& countries() {
    static const std::vector<Country> all{
        {"NL", "31", {"0", ""}, {"6", "20", "70", "88", "800", "900", "10", ""}, 8, 10},
        {"BE", "32", {"0", ""}, {"2", "47", "9", "78", "800", ""}, 7, 9},
        {"FR", "33", {"0", ""}, {"1", "6", "7", "9", "80", ""}, 8, 10},
        {"DE", "49", {"0", ""}, {"30", "89", "151", "171", "40", "800", "3", ""}, 6, 12},
        {"GB", "44", {"0", ""}, {"20", "7", "16", "113", "800", ""}, 9, 11},
        {"US", "1", {"1", ""}, {"212", "415", "800", "604", "876", "787", "2", ""}, 9, 11},
        {"CA", "1", {"1", ""}, {"604", "416", "212", "800", ""}, 9, 11},
        {"IT", "39", {"", "0"}, {"06", "02", "3", "39", "8", ""}, 7, 11},
        {"ES", "34", {"", "0"}, {"6", "91", "7", "34", "8", ""}, 8, 10},
        {"AT", "43", {"0", ""}, {"1", "664", "316", "5", ""}, 6, 12},
        {"CH", "41", {"0", ""}, {"44", "79", "22", ""}, 8, 10},
        {"AU", "61", {"0", ""}, {"2", "4", "13", "18", "1831", ""}, 8, 10},
        {"BR", "55", {"0", "", "015"}, {"11", "21", "119", ""}, 8, 11},
        {"MX", "52", {"01", "", "044", "1"}, {"55", "33", ""}, 9, 11},
        {"AR", "54", {"0", "", "9"}, {"11", "1115", "341", ""}, 9, 12},
        {"RU", "7", {"8", ""}, {"495", "9", "7", "800", ""}, 9, 11},
        {"HU", "36", {"06", ""}, {"1", "20", "30", "36", ""}, 7, 10},
        {"DK", "45", {"", "0"}, {"2", "45", "3", ""}, 7, 9},
        {"SE", "46", {"0", ""}, {"8", "70", "31", ""}, 7, 10},
        {"SM", "378", {"", "0"}, {"0549", "66", "5", ""}, 6, 10},
    };
    return all;
}

struct Numbers {
    std::mt19937 random{20261127}; // the same numbers each time

    std::string significant(const Country& of) {
        auto text = of.stems[random() % of.stems.size()];
        const auto length = of.shortest + random() % (of.longest - of.shortest + 1);
        while (text.size() < length)
            text += static_cast<char>('0' + random() % 10);
        return text;
    }
    /// As it is dialled, with a country's code, and as somebody writes who has mixed these up.
    std::string written(const Country& of) {
        const auto number = significant(of);
        const auto& trunk = of.trunks[random() % of.trunks.size()];
        switch (random() % 8) {
        case 0: return fmt::format("+{}{}", of.code, number);
        case 1: return fmt::format("00{}{}", of.code, number);
        case 2: return fmt::format("{}{}", of.code, number);
        case 3: return fmt::format("+{}{}{}", of.code, trunk, number);
        case 4: return fmt::format("{}{}{}", random() % 2 == 0 ? "011" : "000", of.code, number);
        default: return trunk + number;
        }
    }
};

/// Whether it was said without the library; what it would have said is the same.
bool same(const PublicNetwork& network, const NumberingPlans& plans, const std::string& characters) {
    const auto found = plans.find(characters);
    if (!found) return false;
    const auto asked = network.ask(characters);
    CAPTURE(network.country());
    CAPTURE(characters);
    CAPTURE(*found);
    if (!asked || !asked->valid || asked->e164 != *found) FAIL_CHECK((asked ? asked->e164 : asked.error().text));
    return true;
}

} // namespace

TEST_CASE("240 000 numbers of twenty countries are what the library makes of them") {
    Numbers numbers;
    std::size_t quick = 0, all = 0;
    for (const auto& country : countries()) {
        const PublicNetwork network(country.name);
        const NumberingPlans plans(country.name);
        for (int i = 0; i < 12'000; ++i) {
            // now and then another country's, as its people would dial it
            const auto& of = i % 16 == 0 ? countries()[numbers.random() % countries().size()] : country;
            const auto characters = numbers.written(of);
            quick += same(network, plans, characters) ? 1 : 0;
            ++all;
        }
    }
    CHECK(all == 240'000);
    CHECK(quick > all / 5); // most others are no numbers
}

TEST_CASE("numbers of every country, with + and as dialled") {
    Numbers numbers;
    const PublicNetwork nl("NL");
    const NumberingPlans nl_plans("NL");
    for (int code = 1; code < 1000; ++code)
        for (int i = 0; i < 10; ++i) {
            Country any{"NL", "", {""}, {""}, 6, 12};
            same(nl, nl_plans, fmt::format("+{}{}", code, numbers.significant(any)));
        }
    for (char first = 'A'; first <= 'Z'; ++first)
        for (char second = 'A'; second <= 'Z'; ++second) {
            const PublicNetwork network({first, second});
            const NumberingPlans plans({first, second});
            for (const char* front : {"", "0", "1", "8", "9"})
                same(network, plans, front + numbers.significant({"", "", {""}, {""}, 6, 10}));
        }
}

TEST_CASE("numbers of everyday life need no library") {
    struct Row {
        const char* country;
        const char* characters;
        const char* e164; // nullptr: the library is asked
    };
    constexpr std::array rows{
        Row{"NL", "0612345678", "+31612345678"},
        Row{"NL", "0201230002", "+31201230002"},
        Row{"NL", "0031612345678", "+31612345678"},
        Row{"NL", "+31612345678", "+31612345678"},
        Row{"NL", "+493012345678", "+493012345678"},
        Row{"NL", "031612345678", nullptr},
        Row{"NL", "06123456789", nullptr},
        Row{"DE", "030123456", "+4930123456"},
        Row{"GB", "02079460100", "+442079460100"},
        Row{"US", "2125550100", "+12125550100"},
        Row{"US", "12125550100", "+12125550100"},
        Row{"IT", "0612345678", "+390612345678"},
        Row{"IT", "3931234567", "+393931234567"},
        Row{"RU", "84951234567", "+74951234567"},
        Row{"HU", "0612345678", "+3612345678"},
        Row{"MX", "+525512345678", "+525512345678"},
        Row{"XX", "0612345678", nullptr},
        Row{"NL", "+0612345678", nullptr},
        Row{"NL", "+99912345678", nullptr},
    };
    for (const auto& row : rows) {
        CAPTURE(row.country);
        CAPTURE(row.characters);
        CHECK(NumberingPlans(row.country).find(row.characters).value_or("-") == std::string(row.e164 ? row.e164 : "-"));
    }
}

TEST_CASE("patterns of digits") {
    using Pattern = DigitAutomaton::Pattern;
    const std::array patterns{Pattern{"(?:1[0-35]|2\\d)?7{2,3}", 1}, Pattern{"(8)|9(?:0|11)", 2}, Pattern{"77", 4}};
    const auto automaton = DigitAutomaton::build(patterns).value();
    struct Row {
        const char* digits;
        int labels;
    };
    constexpr std::array rows{Row{"77", 5},   Row{"777", 1},   Row{"7777", 0}, Row{"1377", 1},
                              Row{"1477", 0}, Row{"29777", 1}, Row{"8", 2},    Row{"90", 2},
                              Row{"911", 2},  Row{"9", 0},     Row{"", 0},     Row{"91", 0}};
    for (const auto& row : rows) {
        CAPTURE(row.digits);
        CHECK(automaton.match(row.digits) == row.labels);
    }
    CHECK(automaton.beginnings("777").count == 2);
    CHECK(automaton.beginnings("777").longest == 3);
    CHECK(automaton.beginnings("123").count == 0);
    for (const char* bad :
         {"1*", "(1", "1)", "[1", "[a]", "a", "1{2", "1{3,2}", "1{99}", "(?!1)2", "\\w", "^1", "1{0}"}) {
        CAPTURE(bad);
        const std::array one{Pattern{bad, 1}};
        CHECK(!DigitAutomaton::build(one));
    }
}
