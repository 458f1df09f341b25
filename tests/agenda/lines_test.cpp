// Whose lines a calendar diverts.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/calendars/lines.hpp"
#include "here.hpp"

namespace {

std::shared_ptr<const presence::People> people() {
    std::vector<presence::PersonRow> rows(4);
    rows[0].id = "alice@example.net";
    rows[1].id = "bob@example.net";
    rows[2].id = "carol";
    rows[3].id = "door";
    return *presence::People::build(rows);
}

std::string found(std::string line, std::string person = "") {
    auto all = people();
    auto alice = *all->find("alice@example.net");
    auto bob = *all->find("bob@example.net");
    std::vector<fanout::LineName> names{{alice, "alice@example.net"},
                                        {alice, "+31-201230001"},
                                        {alice, "2001"},
                                        {alice, "fax@example.net"},
                                        {alice, "+31201230009"},
                                        {bob, "bob@example.net"},
                                        {bob, "+31-201230002"},
                                        {bob, "2002"},
                                        {bob, "alice@example.net"}, // a shared line
                                        {bob, "+31-201230001"},
                                        {bob, "2001"},
                                        {bob, "desk@a.example"},
                                        {bob, "2099"},
                                        {alice, "desk@b.example"},
                                        {alice, "2099"},
                                        {*all->find("door"), "2050"}}; // a user id without a domain
    CalendarOptions options;
    options.line = std::move(line);
    options.person = std::move(person);
    const CalendarOptions* one = &options;
    auto lines = lines_of({&one, 1}, *all, names).at(0);
    return lines ? fmt::format("{}", fmt::join(*lines, " ")) : lines.error().text;
}

} // namespace

TEST_CASE("a line by its user id, number or extension; a person's lines") {
    struct Row {
        const char *line, *person, *found;
    };
    // clang-format off
    for (const Row& row : {
        Row{"alice@example.net", "",                  "alice@example.net"},
        Row{"Alice@Example.NET", "",                  "alice@example.net"},
        Row{"fax",               "",                  "fax@example.net"},
        Row{"+31 20 123 00 09",  "",                  "fax@example.net"},
        Row{"020-1230002",       "",                  "bob@example.net"},
        Row{"2001",              "",                  "alice@example.net"},
        Row{"2002",              "",                  "bob@example.net"},
        Row{"2003",              "",                  "nobody has the line \"2003\""},
        Row{"230002",            "",                  "nobody has the line \"230002\""},   // the end of a number is none
        Row{"2099",              "",                  "\"2099\" may be desk@a.example or desk@b.example: name the line by its user id"},
        Row{"desk",              "",                  "\"desk\" may be desk@a.example or desk@b.example: name the line by its user id"},
        Row{"desk@b.example",    "",                  "desk@b.example"},
        Row{"",                  "alice@example.net", "alice@example.net fax@example.net desk@b.example"},
        Row{"",                  "door",              "2050"},
        Row{"",                  "carol",             "the person \"carol\" has no line"},
        Row{"",                  "dave",              "there is no person \"dave\""}}) {
        // clang-format on
        CAPTURE(row.line);
        CAPTURE(row.person);
        CHECK(found(row.line, row.person) == row.found);
    }
}
