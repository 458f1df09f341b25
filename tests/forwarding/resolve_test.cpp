// Who wins among claims, what several targets come to, and which numbers are refused, as tables.
#include <fmt/format.h>

#include "forwarding/refusals.hpp"
#include "here.hpp"

using namespace testing;

namespace {

constexpr auto simultaneous = Several::simultaneous;
constexpr auto sequential = Several::sequential;
constexpr auto first = Several::first;

/// "way to,to | state state": what is wanted, then each claim's state in their order.
std::string resolved(std::vector<Claim> claims, Rules rules, Wall now) {
    auto dialling = dutch();
    auto judge = [&](const Claim& one) { return dialling.normal("alice@x", one.to); };
    auto resolution = resolve(claims, rules, now, judge);
    std::string text = "-";
    if (resolution.wanted) {
        static constexpr std::array ways{"always", "simultaneous", "sequential"};
        text = ways[static_cast<std::size_t>(resolution.wanted->way)];
        for (const auto& to : resolution.wanted->to)
            text += (&to == resolution.wanted->to.data() ? " " : ",") + to;
    }
    text += " |";
    for (const auto& standing : resolution.standings)
        text += " " + std::string(name(standing.state));
    return text;
}

Claim op(std::string to) {
    return claim(Source::operator_, "", std::move(to));
}
Claim cal(std::string name, std::string to, Wall from = at(9), Wall until = at(11)) {
    return appointment(std::move(name), std::move(to), from, until);
}

} // namespace

TEST_CASE("claims come to one setting") {
    struct Row {
        std::vector<Claim> claims;
        Several several;
        const char* expected;
    };
    Claim rests = cal("a", "2002");
    rests.resting = true;
    // clang-format off
    const std::vector<Row> rows{
        {{},                                                            simultaneous, "- |"},
        {{meeting()},                                                   simultaneous, "always 1233 | in_force"},
        {{meeting(), cal("a", "2002")},                                 simultaneous, "always 2002 | waiting in_force"},
        {{meeting(), cal("a", "2002"), op("0612345678")},               simultaneous, "always +31612345678 | waiting waiting in_force"},
        {{cal("a", "2002"), cal("b", "2003")},                          simultaneous, "simultaneous 2002,2003 | in_force in_force"},
        {{cal("a", "2002"), cal("b", "2003")},                          sequential,   "sequential 2002,2003 | in_force in_force"},
        {{cal("a", "2002"), cal("b", "2003")},                          first,        "always 2002 | in_force waiting"},
        {{cal("b", "2003"), cal("a", "2002")},                          first,        "always 2002 | waiting in_force"},
        {{cal("a", "2002", at(9, 30)), cal("b", "2003")},               first,        "always 2003 | waiting in_force"}, // the older one
        {{cal("a", "0612345678"), cal("b", "+31 6 1234 5678")},         simultaneous, "always +31612345678 | in_force in_force"}, // the same number
        {{cal("a", "lunch"), cal("b", "2003")},                         simultaneous, "always 2003 | refused in_force"},
        {{op("lunch"), meeting()},                                      simultaneous, "always 1233 | refused in_force"}, // a refused one holds nobody back
        {{rests, meeting()},                                            simultaneous, "always 1233 | resting in_force"},
        {{cal("a", "2002", at(10, 1), at(11))},                         simultaneous, "- | waiting"}, // its time has not come
        {{cal("a", "2002", at(10), at(11))},                            simultaneous, "always 2002 | in_force"}, // from the first moment
        {{cal("a", "2002", at(9), at(10))},                             simultaneous, "- | waiting"}, // to the last
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.expected);
        CHECK(resolved(row.claims, {.several = row.several}, at(10)) == row.expected);
    }
}

TEST_CASE("the order of precedence is configurable; who is not in it is refused") {
    Rules rules{.precedence = {Source::smartbusy, Source::calendar}};
    CHECK(resolved({op("2002"), cal("a", "2003"), meeting()}, rules, at(10)) ==
          "always 1233 | refused waiting in_force");
}

TEST_CASE("more targets than the platform has room for wait") {
    for (auto [several, most] : {std::pair{simultaneous, simultaneous_max}, std::pair{sequential, sequential_max}}) {
        std::vector<Claim> claims;
        for (std::size_t i = 0; i <= most; ++i)
            claims.push_back(cal(fmt::format("{:02}", i), fmt::format("{}", 3000 + i)));
        auto text = resolved(claims, {.several = several}, at(10));
        CHECK(text.ends_with(" in_force waiting"));
        CHECK(std::ranges::count(text, ',') == static_cast<std::ptrdiff_t>(most - 1));
    }
}

TEST_CASE("the wanted setting leaves alone what the user has besides") {
    auto dialling = dutch();
    Setting baseline{.always = Always{false, "0201234567"}, .simultaneous = Rings{false, {{"2009", {}, true}}, {}}};
    auto one = applied({Way::always, {"+31612345678"}}, baseline, dialling, "alice@x");
    CHECK(*one.always == Always{true, "0612345678"}); // as the platform writes numbers
    CHECK(one.simultaneous == baseline.simultaneous);
    auto two = applied({Way::simultaneous, {"+31612345678", "2002"}}, baseline, dialling, "alice@x");
    CHECK(*two.always == Always{false, "0201234567"}); // forwarding always would hide the ring service
    CHECK(*two.simultaneous == Rings{true, {{"0612345678", {}, {}}, {"2002", {}, {}}}, {}});
    CHECK_FALSE(two.sequential);
}

TEST_CASE("the same setting in another form") {
    auto dialling = dutch();
    Same same(dialling, "alice@x");
    // clang-format off
    CHECK(same.always({true, "0612345678"}, {true, "+31 6 12345678"}));
    CHECK(same.always({true, "0031612345678"}, {true, "0612345678"}));
    CHECK(same.always({false, "1"}, {false, "2"})); // what is off is off
    CHECK_FALSE(same.always({true, "2002"}, {true, "2003"}));
    CHECK_FALSE(same.always({true, "2002"}, {false, "2002"}));
    CHECK(same.always({true, "sip:a@b"}, {true, "sip:a@b"}));
    Rings ab{true, {{"2001", {}, {}}, {"2002", {}, {}}}, {}};
    Rings ba{true, {{"2002", {}, {}}, {"2001", {}, {}}}, {}};
    CHECK(same.rings(ab, ba, false));
    CHECK_FALSE(same.rings(ab, ba, true));
    // clang-format on
    CHECK(same.differing({.always = Always{true, "2002"}}, {}) == part_always); // not known is not the same
}

TEST_CASE("emergency and premium numbers") {
    struct Row {
        const char* country;
        const char* number;
        const char* what; // "": may be forwarded to
    };
    // clang-format off
    const std::vector<Row> rows{
        {"NL", "112",            "emergency"}, {"NL", "911",           "emergency"}, {"NL", "0112",       "emergency"}, // behind the digit for an outside line
        {"NL", "999",            ""},          {"GB", "999",           "emergency"}, {"IE", "999",        "emergency"},
        {"",   "112",            "emergency"}, {"",   "999",           ""},          {"FR", "15",         "emergency"},
        {"NL", "+31112",         "emergency"}, {"DE", "110",           "emergency"}, {"NL", "1233",       ""},
        {"NL", "+31900123456",   "premium"},   {"NL", "0909123456",    "premium"},   {"NL", "+31906123456", "premium"},
        {"NL", "+31201232001",   ""},          {"NL", "+31612345678",  ""},          {"NL", "+31180123456", ""},
        {"NL", "0180123456",     ""},          {"NL", "2002",          ""},          {"NL", "*55",        ""},
        {"GB", "+449001234567",  "premium"},   {"GB", "+441181234567", ""},          {"GB", "+442079460000", ""},
        {"DE", "+499001234567",  "premium"},   {"BE", "+3290012345",   "premium"},   {"BE", "+3292123456", ""},
        {"US", "+19005550100",   "premium"},   {"US", "+12125550100",  ""},          {"IE", "+3531550123456", "premium"},
        {"IE", "+35315501234",   ""}, // Dublin
        {"ES", "803123456",      "premium"},   {"ES", "803",           ""},          {"NL", "+979123456789", "premium"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.country);
        CAPTURE(row.number);
        auto refusal = refused_number(row.number, row.country);
        CHECK(refusal.has_value() == (row.what[0] != '\0'));
        if (refusal) CHECK(refusal->find(row.what) != std::string::npos);
    }
}

TEST_CASE("settings survive the disk as text") {
    Setting all{.always = Always{true, "+31612345678"},
                .simultaneous = Rings{false, {{"2001", {}, true}, {"sip:a;b,c@x", {}, false}}, {}},
                .sequential = Rings{true, {{"2002", 4, {}}}, {"work", "a \"b\""}}};
    CHECK(decode(encode(all)).value() == std::vector{all});
    CHECK(decode(encode(Setting{})).value() == std::vector{Setting{}});
    CHECK(decode(encode(std::vector<Setting>{})).value().empty());
    for (const char* broken : {"", "{}", "[1]", R"([{"always":{}}])", R"([{"always":{"active":1,"to":""}}])"})
        CHECK(decode(broken).error().category == Category::invalid);
}
