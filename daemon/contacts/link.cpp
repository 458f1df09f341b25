#include "contacts/link.hpp"

#include <algorithm>
#include <array>

#include "contacts/columns.hpp"

namespace lamp::contacts {
namespace {

constexpr std::string_view numbers = "numbers"; // all of them as one
constexpr std::array<std::string_view, 12> members{"last_name", "first_name", "company", "department",
                                                   "title",     "email",      numbers,   "extension",
                                                   "lines",     "devices",    "roles",   "default_line"};

bool is_own(const Contact& contact, std::string_view member) {
    return std::ranges::find(contact.own, member) != contact.own.end();
}

bool same(const Contact& one, const Contact& other, const Column& column) {
    return written(one, column) == written(other, column);
}

void take_over(Contact& contact, const Contact& entry, const Column& column) {
    if (column.kind == Kind::words) contact.*column.words = entry.*column.words;
    if (column.kind != Kind::text) return;
    const bool name = column.text == &Contact::last_name || column.text == &Contact::first_name;
    if (!name || !(entry.*column.text).empty()) contact.*column.text = entry.*column.text;
}

} // namespace

bool may_follow(std::string_view member) {
    return std::ranges::find(members, member) != members.end();
}

Contact linked_to(const Contact& entry) {
    Contact contact;
    contact.of = entry.key;
    return followed(std::move(contact), entry);
}

Contact noted(const Contact& before, Contact after) {
    if (after.of.empty()) return unlinked(std::move(after));
    if (after.of != before.of) return after;
    auto note = [&](std::string_view member) {
        if (!is_own(after, member)) after.own.emplace_back(member);
    };
    for (const Column& column : columns)
        if (may_follow(column.name) && !same(before, after, column)) note(column.name);
    if (before.numbers != after.numbers) note(numbers);
    return after;
}

Contact followed(Contact contact, const Contact& entry) {
    for (const Column& column : columns)
        if (may_follow(column.name) && !is_own(contact, column.name)) take_over(contact, entry, column);
    if (!is_own(contact, numbers)) contact.numbers = entry.numbers;
    const bool none = contact.default_line.empty() && is_own(contact, "default_line");
    if (!none && !settle_default_line(contact)) use_first_line(contact);
    return contact;
}

Contact unlinked(Contact contact) {
    contact.of.clear();
    contact.own.clear();
    return contact;
}

} // namespace lamp::contacts
