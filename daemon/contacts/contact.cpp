#include "contacts/contact.hpp"

#include <algorithm>

#include "contacts/columns.hpp"
#include "proto/text/text.hpp"

namespace lamp::contacts {

std::string full_name(const Contact& contact) {
    if (contact.first_name.empty() || contact.last_name.empty()) return contact.first_name + contact.last_name;
    return contact.first_name + " " + contact.last_name;
}

bool settle_default_line(Contact& contact) {
    if (contact.default_line.empty() && !contact.lines.empty()) contact.default_line = contact.lines.front();
    return contact.default_line.empty() ||
           std::ranges::find(contact.lines, contact.default_line) != contact.lines.end();
}

void use_first_line(Contact& contact) {
    contact.default_line = contact.lines.empty() ? std::string() : contact.lines.front();
}

Names split_name(std::string_view shown) {
    shown = text::trim(shown);
    auto comma = shown.find(','), blank = shown.find(' ');
    auto part = [&](std::size_t from, std::size_t count = std::string_view::npos) {
        return std::string(text::trim(shown.substr(from, count)));
    };
    if (comma != std::string_view::npos) return {part(comma + 1), part(0, comma)};
    if (blank != std::string_view::npos) return {part(0, blank), part(blank)};
    return {};
}

std::vector<std::string> differences(const Contact& before, const Contact& after) {
    std::vector<std::string> names;
    for (const Column& column : columns)
        if (column.name != "key" && written(before, column) != written(after, column)) names.emplace_back(column.name);
    if (names.empty() && before.numbers != after.numbers) names.emplace_back("numbers"); // beyond the file's
    return names;
}

} // namespace lamp::contacts
