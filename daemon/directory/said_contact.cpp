#include "directory/said_contact.hpp"

#include <algorithm>

#include "proto/text/text.hpp"

namespace lamp::directory {

std::string_view shown(std::string_view value) {
    value = text::trim(value);
    return value.size() > contacts::text_max || value.contains('\0') ? std::string_view() : value;
}

void complete_names(contacts::Contact& contact, std::string_view whole) {
    const auto comma = whole.find(", "), blank = whole.find(' ');
    const std::string &first = contact.first_name, &last = contact.last_name;
    if (!first.empty() && !last.empty()) return;
    if (!last.empty() && whole.size() > last.size() && whole.ends_with(last)) {
        contact.first_name = text::trim(whole.substr(0, whole.size() - last.size()));
    } else if (comma != std::string_view::npos) {
        if (last.empty()) contact.last_name = text::trim(whole.substr(0, comma));
        if (first.empty()) contact.first_name = text::trim(whole.substr(comma + 1));
    } else if (last.empty()) {
        if (first.empty() && blank != std::string_view::npos) contact.first_name = whole.substr(0, blank);
        if (whole.starts_with(first)) contact.last_name = text::trim(whole.substr(first.size()));
    }
    if (last.empty()) std::swap(contact.last_name, contact.first_name);
}

void add_number(contacts::Contact& contact, std::string_view kind, std::string_view written,
                const contacts::Normal& normal, std::size_t& unreadable) {
    if (text::trim(written).empty() || contact.numbers.size() >= contacts::list_max) return;
    auto number = normal(written);
    if (!number)
        ++unreadable;
    else if (std::ranges::find(contact.numbers, *number, &contacts::Number::number) == contact.numbers.end())
        contact.numbers.push_back({std::string(kind), std::move(*number)});
}

} // namespace lamp::directory
