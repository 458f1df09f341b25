// The register of what is kept of people outside: which columns of which table hold telephone numbers, or texts that
// mention them, and what becomes of a row that does. A table that is not here is in `tables_without`: a test compares
// both with the schema, so that nobody adds a table without saying what of it is personal. Data only.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace lamp::privacy {

/// What `erase` does to a row that holds the number.
enum class Fate : std::uint8_t {
    emptied,  // the columns of that part are emptied, the row stays
    replaced, // the number is replaced in the text, which stays
    removed,  // the row goes
    letter,   // an event of a webhook loses the other side of its call; what cannot lose it goes
    contact,  // stays, and is told of, unless contacts are to go, too
    in_force, // stays, and is told of: it is a setting that somebody has to end
};

/// One place of a table where the number may stand, and what is emptied with it (Fate::emptied).
struct Part {
    std::string_view looked_at;
    std::array<std::string_view, 4> emptied{};
    bool whole = false; // nothing but a number; else a text
};

struct KeptTable {
    std::string_view place; // as answers call it
    std::string_view table;
    std::array<std::string_view, 3> key; // the primary key's columns
    std::array<Part, 5> parts;
    Fate fate;
    std::string_view busy = "0"; // SQL: the row is still being written to, and would come back
};

[[nodiscard]] std::span<const KeptTable> kept_tables();
/// They hold no number of anybody outside, and no text that could mention one.
[[nodiscard]] std::span<const std::string_view> tables_without();

} // namespace lamp::privacy
