// Which lines people have, and which people a line has: a list that is built whole and asked often, small for 100 000
// people. Egress loop.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "presence/words.hpp"

namespace lamp {

class LineBook {
public:
    struct Line {
        presence::Slot person;
        std::string id;     // BroadWorks user id
        std::string number; // how colleagues dial it; empty: not known
    };

    LineBook() = default;
    /// A line that several people have stands there for each of them. The order of a person's lines is kept.
    explicit LineBook(std::vector<Line> lines);

    [[nodiscard]] std::span<const Line> of(presence::Slot person) const;
    [[nodiscard]] bool contains(std::string_view id) const;
    [[nodiscard]] std::vector<presence::Slot> persons_of(std::string_view id) const;

private:
    [[nodiscard]] std::span<const std::uint32_t> rows_of(std::string_view id) const;

    std::vector<Line> lines_;          // by person
    std::vector<std::uint32_t> by_id_; // rows of `lines_`
};

} // namespace lamp
