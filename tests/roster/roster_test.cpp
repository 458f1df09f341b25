// Who is watched: written lines become BroadWorks user ids (interface 7.5), discovery adds the rest, and what cannot be
// resolved is told.
#include <doctest/doctest.h>

#include "roster/roster.hpp"

using namespace lamp;
using namespace lamp::roster;

namespace {

presence::PersonRow person(std::string id, std::vector<std::string> lines) {
    return {id, id, "", "", "", std::move(lines)};
}

std::vector<PlatformInfo> two_platforms(bool discover = false) {
    return {{"acme",
             "example.net",
             discover,
             {{"alice@example.net", "Alice", "al@example.net", "+31-201230001", "2001", "Sales"},
              {"bob@example.net", "Bob", "", "+31-201230002", "2002", "Sales"},
              {"carol@example.net", "", "", "", "2003", ""},
              {"desk@example.net", "Desk", "", "2009", "2009", ""}}}, // its number is its extension
            {"other",
             "example.org",
             false,
             {{"alice@example.org", "Alice", "", "+442079460001", "2001", ""},
              {"dave@example.org", "Dave", "", "+442079460004", "3004", ""},
              {"alice@example.net", "Alice", "", "+31-201230001", "2001", ""}}}}; // in two directories
}

/// "alice@example.net/0 " per line of the first person.
std::string resolved(const std::vector<std::string>& lines, const std::vector<PlatformInfo>& platforms) {
    auto roster = compose({person("p", lines)}, platforms);
    std::string text;
    for (const auto& line : roster.lines)
        text += line.line + "/" + std::to_string(line.platform) + " ";
    for (const auto& problem : roster.problems)
        text += "! " + problem;
    return text;
}

} // namespace

TEST_CASE("how a line may be written") {
    struct Row {
        std::string written;
        std::string_view resolved;
    };
    const Row rows[] = {
        {"alice@example.net", "alice@example.net/0 "},
        {"alice@example.org", "alice@example.org/1 "},
        {"new@example.org", "new@example.org/1 "},     // in no directory: the domain tells
        {"new@elsewhere.net", "new@elsewhere.net/0 "}, // nobody's domain: the first platform
        {"alice", "alice@example.net/0 "},             // a bare name belongs to the login's domain (xsi.md 1)
        {"2002", "bob@example.net/0 "},                // extension
        {"3004", "dave@example.org/1 "},
        {"2009", "desk@example.net/0 "},          // number and extension of one user
        {"+31201230001", "alice@example.net/0 "}, // of one user who stands in two directories
        {"31201230002", "bob@example.net/0 "},
        {"+31-201230002", "bob@example.net/0 "}, // as the directory writes it
        {"0031201230002", "bob@example.net/0 "},
        {"0201230002", "bob@example.net/0 "}, // national
        {"(020)123.00.02", "bob@example.net/0 "},
        {"02079460004", "dave@example.org/1 "},
        {"2001", "! p: 2 users have the number 2001"}, // two different Alices
        {"9999", "! p: no user of the directory has the number 9999"},
        {"0999", "! p: no user of the directory has the number 0999"},
        {"+", "+@example.net/0 "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.written);
        CHECK(resolved({row.written}, two_platforms()) == row.resolved);
    }
    CHECK(resolved({"alice"}, {{"acme", "", false, {}}}) == "alice/0 ");
    CHECK(resolved({"alice@example.net", "2001"}, {}).empty()); // no platform, nothing to watch
}

TEST_CASE("several lines, shared lines, lines that cannot be resolved") {
    auto roster = compose({person("a", {"2002", "9999", "2003"}), person("b", {"bob@example.net"}), person("c", {})},
                          two_platforms());
    REQUIRE(roster.lines.size() == 3);
    CHECK(roster.lines[0].line == "bob@example.net");
    CHECK(roster.lines[0].row == 0);
    CHECK(roster.lines[1].line == "carol@example.net");
    CHECK(roster.lines[1].row == 0);
    CHECK(roster.lines[2].line == "bob@example.net");
    CHECK(roster.lines[2].row == 1);
    CHECK(roster.people.size() == 3);
    CHECK(roster.people[0].lines ==
          std::vector<std::string>{"bob@example.net", "9999", "carol@example.net"}); // found by either
    CHECK(roster.problems.size() == 1);
}

TEST_CASE("discovery adds whom no file names, once") {
    auto roster =
        compose({person("boss", {"2002"}), person("carol@example.net", {"carol@example.net"})}, two_platforms(true));
    std::vector<std::string> ids;
    for (const auto& one : roster.people)
        ids.push_back(one.id);
    CHECK(ids == std::vector<std::string>{"boss", "carol@example.net", "alice@example.net", "desk@example.net"});
    CHECK(roster.people[2].name == "Alice");
    CHECK(roster.people[2].email == "al@example.net");
    CHECK(roster.people[2].folder == "Sales");
    CHECK(roster.people[2].lines == std::vector<std::string>{"alice@example.net"});
    REQUIRE(roster.lines.size() == 4);
    CHECK(roster.lines[2].row == 2);
    CHECK(roster.lines[3].row == 3);
    SUBCASE("without a file, everybody; a name that is missing is the id") {
        auto all = compose({}, two_platforms(true));
        CHECK(all.people.size() == 4);
        CHECK(all.people[2].name == "carol@example.net");
    }
    SUBCASE("only where it is asked for") {
        CHECK(compose({}, two_platforms(false)).people.empty());
    }
}

TEST_CASE("whether the directory is needed") {
    CHECK_FALSE(needs_directory({}));
    CHECK_FALSE(needs_directory({person("a", {"alice@x", "bob"})}));
    CHECK(needs_directory({person("a", {"alice@x"}), person("b", {"2001"})}));
    CHECK(needs_directory({person("a", {"+31-201230002"})}));
    CHECK_FALSE(needs_directory({person("a", {"alice-2"})}));
}
