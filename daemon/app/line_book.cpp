#include "app/line_book.hpp"

#include <algorithm>
#include <numeric>

namespace lamp {

namespace {

/// Row numbers in the order of what `key` says of each; what is equal stays in its order.
template <class Key>
std::vector<std::uint32_t> sorted(std::size_t rows, Key key) {
    std::vector<std::uint32_t> order(rows);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t row) { return std::pair(key(row), row); });
    return order;
}

} // namespace

LineBook::LineBook(std::vector<Line> lines) {
    lines_.reserve(lines.size());
    for (auto row : sorted(lines.size(), [&](std::uint32_t one) { return lines[one].person; }))
        lines_.push_back(std::move(lines[row]));
    by_id_ = sorted(lines_.size(), [&](std::uint32_t one) { return std::string_view(lines_[one].id); });
}

std::span<const LineBook::Line> LineBook::of(presence::Slot person) const {
    auto found = std::ranges::equal_range(lines_, person, {}, &Line::person);
    return {found.begin(), found.end()};
}

std::span<const std::uint32_t> LineBook::rows_of(std::string_view id) const {
    auto name = [this](std::uint32_t row) { return std::string_view(lines_[row].id); };
    auto found = std::ranges::equal_range(by_id_, id, {}, name);
    return {found.begin(), found.end()};
}

bool LineBook::contains(std::string_view id) const {
    return !rows_of(id).empty();
}

std::vector<presence::Slot> LineBook::persons_of(std::string_view id) const {
    std::vector<presence::Slot> persons;
    for (auto row : rows_of(id))
        persons.push_back(lines_[row].person);
    return persons;
}

} // namespace lamp
