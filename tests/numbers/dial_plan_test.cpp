// Written forms -> the form that is compared -> what is written to a platform; by country. Refusals included.
#include <doctest/doctest.h>
#include <vector>

#include "numbers/dial_plan.hpp"

using namespace lamp;
using namespace lamp::numbers;

namespace {

/// One office: two groups, of which Sales writes national numbers and Support international ones.
std::shared_ptr<const DialPlan> office(std::string country = "NL") {
    std::vector<Line> lines{
        {"alice@example.net", "+31-201230001", "2001", "Sales", Format::national},
        {"bob@example.net", "0201230002", "2002", "Sales", Format::national},
        {"carol@example.net", "201230003", "333444", "Sales", Format::national},
        {"desk@example.net", "2009", "", "Sales", Format::e164}, // its number is its extension
        {"dave@example.net", "+31 (0)20 123 0004", "2001", "Support", Format::international},
        {"fax@example.net", "+31201230004", "12345678", "Support", Format::international}, // dave's number
        {"lab@example.net", "+3199", "9", "Support", Format::e164},                        // no such number
        {"twin1@example.net", "", "2010", "Support", Format::e164},
        {"twin2@example.net", "", "2010", "Support", Format::e164},
        {"alice@example.net", "+31201230009", "2099", "Sales", Format::e164}, // twice
    };
    for (Line& line : lines)
        line.enterprise = line.group; // strangers to each other
    return DialPlan::build(lines, std::move(country));
}

std::string normal(const DialPlan& plan, std::string_view written, std::string_view line = "alice@example.net") {
    auto number = plan.normal(line, written);
    return number ? *number : "! " + number.error().text;
}

struct Row {
    std::string_view written, normal;
};

/// `normal` is the number, or "!" and words that the refusal holds.
void check(std::string country, std::span<const Row> rows) {
    auto plan = DialPlan::build({}, country);
    for (const Row& row : rows) {
        CAPTURE(country);
        CAPTURE(row.written);
        auto found = normal(*plan, row.written);
        if (row.normal.starts_with('!')) {
            CHECK(found.starts_with('!'));
            CHECK_MESSAGE(found.find(row.normal.substr(1)) != std::string::npos, found);
        } else {
            CHECK(found == row.normal);
        }
    }
}

} // namespace

// clang-format off
TEST_CASE("the Netherlands") {
    const Row rows[] = {
        {"+31612345678",               "+31612345678"},
        {"+31 6 1234 5678",            "+31612345678"},
        {"+31 (0)6 1234 5678",         "+31612345678"},
        {"+31 06 1234 5678",           "+31612345678"}, // trunk zero without brackets
        {"0031612345678",              "+31612345678"},
        {"0031 (0)6-12345678",         "+31612345678"},
        {"(0031) 6 12345678",          "+31612345678"},
        {"0612345678",                 "+31612345678"},
        {"06-1234 5678",               "+31612345678"},
        {"06.12.34.56.78",             "+31612345678"},
        {"020 / 123 45 67",            "+31201234567"},
        {"(020) 1234567",              "+31201234567"},
        {"(0)20 1234567",              "+31201234567"},
        {"612345678",                  "+31612345678"}, // a spreadsheet ate the zero
        {"31612345678",                "+31612345678"}, // or the plus
        {"\u202a+31\u00a06\u00a01234\u00a05678\u202c", "+31612345678"},
        {"tel:+31612345678",           "+31612345678"},
        {"201234567;phone-context=+31", "+31201234567"},
        {"0800 1234",                  "+318001234"},
        {"0900-1234",                  "+319001234"},
        {"097012345678",               "+3197012345678"},
        {"+49 30 123456",              "+4930123456"},
        {"+1 (212) 555-1234",          "+12125551234"},
        {"+39 06 1234 5678",           "+390612345678"},
        {"+39 (0)6 1234 5678",         "+390612345678"}, // Italy's zero stays
        {"+52 1 811 929 3007",         "+528119293007"}, // Mexico's mobile 1 is history
        {"+800 1234 5678",             "+80012345678"},
        {"2001",                       "2001"},
        {"333",                        "333"},
        {"1233",                       "1233"}, // voice mail
        {"112",                        "112"},
        {"14 020",                     "14020"},
        {"0800",                       "0800"},
        {"12345",                      "12345"},
        {"1234567",                    "1234567"},
        {"555 1234",                   "5551234"},
        {"007",                        "007"},
        {"*21",                        "*21"},
        {"*21*06 12345678#",           "*21*0612345678#"},
        {"#31#",                       "#31#"},
        {"5",                          "!too short"},
        {"12345678",                   "!no such number in NL"},
        {"333444555",                  "+31333444555"}, // nobody's extension, but somebody's number in Amersfoort
        {"061234567",                  "!no such number in NL"},
        {"06123456789",                "!NL"},
        {"06 1234 5678 9012 34",       "!too long"},
        {"0612345678 0687654321",      "!several"},
        {"06 12345678 / 06 87654321",  "!several"},
        {"+31612345678 / 0687654321",  "!several"},
        {"+31612345678/+31687654321",  "!two telephone numbers"},
        {"0612345678 2001",            "!too long"},
        {"2001 2002",                  "!no such number"},
        {"333 444",                    "!several"},
        {"333/444/555",                "!several"},
        {"20 01",                      "!several"},
        {"+999 123456",                "!country code"},
        {"+31",                        "!number"},
        {"+49",                        "!number"},
        {"+31*21",                     "!feature code"},
        {"1234567890123456789012345678901", "!at most 30 digits"},
        {"lunch",                      "!cannot stand"},
        {"",                           "!no digit"},
    };
    check("NL", rows);
    check("nl", rows);
}

TEST_CASE("Belgium") {
    const Row rows[] = {
        {"02 201 23 45",       "+3222012345"},
        {"02/201.23.45",       "+3222012345"},
        {"0470 12 34 56",      "+32470123456"},
        {"+32 (0)470 12 34 56", "+32470123456"},
        {"0032470123456",      "+32470123456"},
        {"2001",               "2001"},
        {"1207",               "1207"},
        {"0470 12 34",         "!BE"},
    };
    check("BE", rows);
}

TEST_CASE("France") {
    const Row rows[] = {
        {"01 23 45 67 89",      "+33123456789"},
        {"+33 (0)1 23 45 67 89", "+33123456789"},
        {"0033123456789",       "+33123456789"},
        {"06.12.34.56.78",      "+33612345678"},
        {"3631",                "3631"},
        {"01 23 45 67",         "!FR"},
        {"01 23 45 67 89 06 12 34 56 78", "!"},
    };
    check("FR", rows);
}

TEST_CASE("Germany: numbers of any length") {
    const Row rows[] = {
        {"030 123456",          "+4930123456"},
        {"030/12 34 56 78",     "+493012345678"},
        {"030 123",             "+4930123"}, // six digits with their prefix are a number
        {"+49 (0)30 123456",    "+4930123456"},
        {"0049 30 123456-78",   "+493012345678"},
        {"0151 23456789",       "+4915123456789"},
        {"2001",                "2001"},
        {"234567",              "234567"}, // no prefix: an extension
        {"110",                 "110"},
        {"2101 2102",           "!several"},
        {"030 123456 / 089 654321", "!several"},
        {"030 123456 0049 89 654321", "!several"},
    };
    check("DE", rows);
}

TEST_CASE("Great Britain") {
    const Row rows[] = {
        {"020 7946 0018",       "+442079460018"},
        {"+44 (0)20 7946 0018", "+442079460018"},
        {"0044 20 7946 0018",   "+442079460018"},
        {"07400 123456",        "+447400123456"},
        {"0800 1111",           "+448001111"},
        {"100",                 "100"},
        {"79460018",            "!"}, // no area code
    };
    check("GB", rows);
}

TEST_CASE("United States") {
    const Row rows[] = {
        {"(212) 555-1234",     "+12125551234"},
        {"1-212-555-1234",     "+12125551234"},
        {"212 555 1234",       "+12125551234"},
        {"+1 212 555 1234",    "+12125551234"},
        {"011 31 20 1234567",  "+31201234567"},
        {"0031201234567",      "+31201234567"}, // as platforms write it
        {"011 39 (0)6 1234 5678", "+390612345678"},
        {"411",                "411"},
        {"2001",               "2001"},
        {"555-1234",           "5551234"}, // without area code: the platform knows
        {"212 555 12345",      "!"},
    };
    check("US", rows);
}

TEST_CASE("Italy: the leading zero belongs to the number") {
    const Row rows[] = {
        {"06 1234 5678",        "+390612345678"},
        {"+39 06 1234 5678",    "+390612345678"},
        {"+39 (0)6 1234 5678",  "+390612345678"},
        {"0039 06 12345678",    "+390612345678"},
        {"06 1234",             "+39061234"}, // six digits are a number
        {"347 123 4567",        "+393471234567"},
        {"+39 347 1234567",     "+393471234567"},
        {"187",                 "187"},
        {"2001",                "2001"},
    };
    check("IT", rows);
}

TEST_CASE("Spain: no prefix at all") {
    const Row rows[] = {
        {"912 34 56 78",     "+34912345678"},
        {"+34 612 34 56 78", "+34612345678"},
        {"0034 612345678",   "+34612345678"},
        {"2001",             "2001"},
        {"91234567",         "!ES"},
        {"912345678 612345678", "!"},
    };
    check("ES", rows);
}

TEST_CASE("Mexico: prefixes in front of prefixes") {
    const Row rows[] = {
        {"81 1929 3007",       "+528119293007"},
        {"01 1 81 1929 3007",  "+528119293007"}, // the library reads one off, then the other
        {"+52 1 81 1929 3007", "+528119293007"},
    };
    check("MX", rows);
}

TEST_CASE("a country that nobody knows") {
    const Row rows[] = {
        {"+31612345678",  "+31612345678"},
        {"0031612345678", "+31612345678"},
        {"2001",          "2001"},
        {"0612345678",    "!Nothing is known of telephone numbers in \"XX\""},
    };
    check("XX", rows);
}
// clang-format on

TEST_CASE("what the group has as an extension is one") {
    auto plan = office();
    CHECK(normal(*plan, "333 444") == "333444");
    CHECK(normal(*plan, "333 444", "dave@example.net").starts_with("!"));
    CHECK(normal(*plan, "1234 5678", "dave@example.net") == "12345678");
    CHECK(normal(*plan, "12345678").starts_with("!"));
    CHECK(normal(*plan, "9", "dave@example.net") == "9");
    CHECK(normal(*plan, "9").starts_with("!"));
    CHECK(normal(*plan, "9", "stranger@example.net").starts_with("!"));
    CHECK(normal(*plan, "2010", "dave@example.net") == "2010");
}

TEST_CASE("what the directory has as a number is one, whatever the library knows") {
    auto plan = office();
    CHECK(normal(*plan, "+31 99") == "+3199");
    CHECK(normal(*DialPlan::build({}, "NL"), "+31 99").starts_with("!"));
}

TEST_CASE("whose number it is, as dialled from that line") {
    auto plan = office();
    auto whose = [&](std::string_view written, std::string_view line) {
        auto number = plan->normal(line, written);
        REQUIRE(number);
        return plan->line_of(line, *number).value_or("nobody");
    };
    struct {
        std::string_view line, written, whose;
    } const rows[] = {
        {"alice@example.net", "2001", "alice@example.net"},
        {"bob@example.net", "2001", "alice@example.net"},
        {"dave@example.net", "2001", "dave@example.net"}, // another group's
        {"alice@example.net", "020 123 00 01", "alice@example.net"},
        {"dave@example.net", "+31201230001", "alice@example.net"},
        {"alice@example.net", "0031 (0)20 123 0002", "bob@example.net"}, // written nationally
        {"alice@example.net", "020-1230003", "carol@example.net"},       // without its prefix
        {"alice@example.net", "2009", "desk@example.net"},
        {"dave@example.net", "0201230004", "dave@example.net"}, // of two lines, one's own
        {"fax@example.net", "0201230004", "fax@example.net"},
        {"alice@example.net", "0201230004", "dave@example.net"}, // else the first
        {"alice@example.net", "2099", "nobody"},                 // the line's second row does not count
        {"alice@example.net", "0201230009", "nobody"},
        {"dave@example.net", "2010", "nobody"}, // of two
        {"dave@example.net", "2002", "nobody"},
        {"stranger@example.net", "2001", "nobody"},
        {"stranger@example.net", "0201230001", "alice@example.net"},
        {"alice@example.net", "0612345678", "nobody"},
        {"alice@example.net", "*21", "nobody"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        CAPTURE(row.written);
        CHECK(whose(row.written, row.line) == row.whose);
    }
    CHECK(!plan->line_of("alice@example.net", ""));
}

TEST_CASE("groups of one enterprise dial each other's extensions where no colleague has the same") {
    const std::vector<Line> lines{
        {"alice@example.net", "", "2001", "Sales", Format::e164, "ACME"},
        {"bob@example.net", "", "2002", "Sales", Format::e164, "ACME"},
        {"dave@example.net", "", "2001", "Support", Format::e164, "ACME"},
        {"erin@example.net", "", "2003", "Support", Format::e164, "ACME"},
        {"mallory@example.net", "", "2004", "Support elsewhere", Format::e164, "Other"},
    };
    auto plan = DialPlan::build(lines, "NL");
    CHECK(plan->line_of("alice@example.net", "2003") == "erin@example.net");
    CHECK(plan->line_of("dave@example.net", "2002") == "bob@example.net");
    CHECK(plan->line_of("bob@example.net", "2001") == "alice@example.net"); // the colleague's
    CHECK(plan->line_of("erin@example.net", "2001") == "dave@example.net");
    CHECK(plan->line_of("mallory@example.net", "2001") == std::nullopt); // another enterprise
    CHECK(plan->line_of("alice@example.net", "2004") == std::nullopt);
}

TEST_CASE("as a platform wants it, and what people dial by hand") {
    struct Dialled {
        std::string_view country, written, e164, national, international;
    };
    // clang-format off
    const Dialled rows[] = {
        {"NL", "06-12345678",          "+31612345678",    "0612345678",    "0031612345678"},
        {"NL", "+31 (0)20 123 4567",   "+31201234567",    "0201234567",    "0031201234567"},
        {"NL", "+49 30 123456",        "+4930123456",     "004930123456",  "004930123456"},
        {"NL", "+31 14020",            "+3114020",        "003114020",     "003114020"}, // "14020" reads as an extension
        {"BE", "0470 12 34 56",        "+32470123456",    "0470123456",    "0032470123456"},
        {"FR", "+33 1 23 45 67 89",    "+33123456789",    "0123456789",    "0033123456789"},
        {"DE", "+49 30 123",           "+4930123",        "030123",        "004930123"},
        {"GB", "+44 20 7946 0018",     "+442079460018",   "02079460018",   "00442079460018"},
        {"US", "212 555 1234",         "+12125551234",    "2125551234",    "0012125551234"},
        {"US", "+31201234567",         "+31201234567",    "0031201234567", "0031201234567"},
        {"IT", "06 1234 5678",         "+390612345678",   "0612345678",    "00390612345678"},
        {"IT", "347 123 4567",         "+393471234567",   "3471234567",    "00393471234567"},
        {"ES", "912 34 56 78",         "+34912345678",    "912345678",     "0034912345678"},
        {"NL", "2001",                 "2001",            "2001",          "2001"},
        {"NL", "*21*0612345678#",      "*21*0612345678#", "*21*0612345678#", "*21*0612345678#"},
        // only by hand
        {"NL", "5",                    "5",               "5",             "5"},
        {"NL", "20 01",                "2001",            "2001",          "2001"},
        {"NL", "12345678",             "12345678",        "12345678",      "12345678"},
        {"NL", "061234567",            "061234567",       "061234567",     "061234567"},
        {"NL", "+999 (0)12",           "+99912",          "0099912",       "0099912"},
        {"NL", "112",                  "112",             "112",           "112"},
    };
    // clang-format on
    for (const Dialled& row : rows) {
        CAPTURE(row.country);
        CAPTURE(row.written);
        const std::vector<Line> lines{{"e", "", "", "", Format::e164},
                                      {"n", "", "", "", Format::national},
                                      {"i", "", "", "", Format::international}};
        auto plan = DialPlan::build(lines, std::string(row.country));
        CHECK(plan->dialled("e", row.written).value_or("!") == row.e164);
        CHECK(plan->dialled("n", row.written).value_or("!") == row.national);
        CHECK(plan->dialled("i", row.written).value_or("!") == row.international);
        CHECK(plan->dialled("stranger", row.written).value_or("!") == row.e164);
    }
    auto plan = DialPlan::build({}, "NL");
    for (std::string_view none : {"", "+", "no number", "1234567890123456789012345678901", "+31+6"})
        CHECK(plan->dialled("e", none).error().category == Category::invalid);
}
