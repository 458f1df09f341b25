// A parsed TOML document as plain values with their places: what stands between toml++ (one .cpp) and the rest.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "config/problems.hpp"

namespace lamp::config {

struct Member;

struct Node {
    enum class Kind : std::uint8_t { text, integer, real, boolean, date, list, table };
    Kind kind = Kind::table;
    Position at;
    std::string text; // of texts; of dates as written
    std::int64_t integer = 0;
    double real = 0;
    bool boolean = false;
    std::vector<Node> items;     // of lists
    std::vector<Member> members; // of tables, in the order of the file

    [[nodiscard]] bool is_list_of_tables() const;
};

struct Member {
    std::string name;
    Position at;
    Node node;
};

/// "the text "abc"", "the bare number 15", "a list" …: for sentences that begin with "is".
[[nodiscard]] std::string what_is(const Node& node);

} // namespace lamp::config
