// What the dial plan is told of lines: everybody of the directories, watched lines that stand in none, platforms apart.
#include <array>
#include <doctest/doctest.h>

#include "app/line_numbers.hpp"

using namespace lamp;

TEST_CASE("the lines of two platforms in one dial plan") {
    const std::vector<roster::PlatformInfo> platforms{
        {"acme",
         "example.net",
         false,
         {{"alice@example.net", "Alice", "", "+31-201230001", "2001", "Reception", "Sales"},
          {"bob@example.net", "Bob", "", "+31-201230002", "2002", "Reception", "Sales"},
          {"carol@example.net", "Carol", "", "+31-201230003", "2002", "Reception", "Support"}}},
        {"other", "example.org", false, {{"dave@example.org", "Dave", "", "+442079460004", "2002", "", "Sales"}}}};
    roster::Roster roster;
    roster.lines = {{"alice@example.net", 0, 0}, {"lotte@example.net", 1, 0}, {"emil@example.org", 2, 1}};
    const std::array formats{numbers::Format::national, numbers::Format::international};
    auto plan = numbers::DialPlan::build(line_numbers(roster, platforms, formats), "NL");

    CHECK(plan->line_of("alice@example.net", "2002") == "bob@example.net");
    CHECK(plan->line_of("carol@example.net", "2002") == "carol@example.net"); // her own group's
    CHECK(plan->line_of("dave@example.org", "2002") == "dave@example.org");   // of the same name elsewhere
    CHECK(plan->line_of("carol@example.net", "2001") == "alice@example.net"); // of another group, but the only one
    CHECK(!plan->line_of("lotte@example.net", "2002"));                       // nobody knows her group: two have it
    CHECK(plan->line_of("lotte@example.net", "+31201230001") == "alice@example.net");

    CHECK(plan->dialled("alice@example.net", "+31 6 1234 5678") == "0612345678");
    CHECK(plan->dialled("lotte@example.net", "+31 6 1234 5678") == "0612345678");
    CHECK(plan->dialled("dave@example.org", "06 1234 5678") == "0031612345678");
    CHECK(plan->dialled("emil@example.org", "06 1234 5678") == "0031612345678");
}
