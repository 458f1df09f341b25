// The people file: who is watched and which accounts belong together (interface 3, `[people]`). CSV (proto/csv)
// with a header row; every mistake is told with its line and column.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "presence/people.hpp"

namespace lamp::roster {

/// The first row of a people file, without its end.
[[nodiscard]] std::string people_header();

struct Mistake {
    int line = 1;
    int column = 1;
    std::string what; // the CSV column's name, or empty
    std::string message;
    bool warning = false;
};

struct Reading {
    std::vector<presence::PersonRow> people;
    std::vector<Mistake> mistakes; // people are usable when none of them is an error
    [[nodiscard]] bool usable() const;
};

/// Columns: id,name,email,lines,teams,zoom,goto,webex,zoho,folder, in any order, `id` required, unknown ones refused.
/// Lines are separated by spaces. An empty name takes the id's place; an empty e-mail the id, if it has an @. Cells
/// that were guarded against spreadsheets (proto/csv) are as they were.
[[nodiscard]] Reading read_people(std::string_view text);

} // namespace lamp::roster
