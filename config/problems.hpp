// What is wrong with a configuration, said so that a person can mend it without opening a manual.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lamp::config {

enum class Severity : std::uint8_t { error, warning };

/// A place in a file, counted from 1; columns count characters, not bytes.
struct Position {
    int line = 1;
    int column = 1;
    auto operator<=>(const Position&) const = default;
};

struct Problem {
    Severity severity = Severity::error;
    std::string file;
    int line = 1;
    int column = 1;
    std::string section; // as people know it: `http`, `broadworks "acme"`, `webhook 2`; empty for the file as a whole
    std::string key;     // empty for the section as a whole
    std::string message; // what is wrong (what is allowed, did you mean "x"?); never a secret

    bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

/// `FILE:LINE:COL: [section] key: message`; a warning carries the word `warning: ` before its message.
[[nodiscard]] std::string to_string(const Problem& problem);
/// One line each, every line ended.
[[nodiscard]] std::string to_string(const Problems& problems);
[[nodiscard]] bool has_errors(const Problems& problems);
/// By place; problems of `first_file` (the configuration itself) before those of the files that it names.
void sort_by_place(Problems& problems, std::string_view first_file);

/// The name that somebody probably meant: the fewest slips of a typist (letters changed, left out, doubled, swapped),
/// at most 2 or a third of the length; empty when none is that near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& names);

/// Text in double quotes, escaped as TOML wants it, cut after 80 characters: for messages.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// A name as it stands; in quotes when it holds anything but letters, digits, - and _.
[[nodiscard]] std::string printable(std::string_view name);

} // namespace lamp::config
