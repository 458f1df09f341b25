// Usage texts as shells and manuals read them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>

#include "cli/manual.hpp"

using namespace lamp::cli;

namespace {

const std::vector<Option> some{{"to", "NUMBER", ""},    {"format", "table|json", "how to print"},
                               {"off", "", "ends it"},  {"until", "T", ""},
                               {"for", "DURATION", ""}, {"by", "KEY", ""}};

std::string words(std::string_view usage) {
    std::string out;
    for (const auto& [place, word] : literal_words({"x", usage, "", some}))
        out += fmt::format("{}:{} ", place, word);
    return out;
}

} // namespace

TEST_CASE("which words a usage text takes literally, and where") {
    struct Row {
        const char* usage;
        const char* words;
    };
    constexpr Row rows[]{
        {"", ""},
        {"ID", ""},
        {"check", "1:check "},
        {"[ID] [--to N [--until T|--for D]|--off] [--line L]", ""},
        {"check|login|manifest --config F", "1:check 1:login 1:manifest "},
        {"ID answer|hold [--to N]", "2:answer 2:hold "},
        {"list | show|test NAME | delete NAME --yes", "1:list 1:show 1:test 1:delete "},
        {"[--by line|person|day] [--off] list", "1:list "},
        {"link --to x later", "1:link 2:later "},
        {"--off now", "1:now "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.usage);
        CHECK(words(row.usage) == row.words);
    }
}

TEST_CASE("the manual's entries mean what they say to troff") {
    const std::vector<CommandInfo> commands{{"why", "ID", "a … back\\slash, dry-run", {{"off", "", "ends it"}}}};
    CHECK(manual_entries(commands) == ".TP\n.B why ID\nA ... back\\eslash, dry\\-run.\n.RS\n"
                                      ".TP\n.B \\-\\-off\nEnds it.\n.RE\n");
    const std::vector<Option> options{{"format", "table|json", ".how to"}};
    CHECK(manual_entries(options) == ".TP\n.B \\-\\-format table|json\n\\&.how to.\n");
}
