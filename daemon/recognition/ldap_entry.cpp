#include "recognition/ldap_entry.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace lamp::recognition {
namespace {

struct Place {
    std::string_view what; // a member of a contact, or a kind of its numbers
    std::string_view attribute;
    std::string_view of_active_directory;
    std::string_view further; // there, where the first has one value
};
constexpr std::array members{
    Place{"email", "mail", "mail", ""},          Place{"company", "o", "company", ""},
    Place{"department", "ou", "department", ""}, Place{"title", "title", "title", ""},
    Place{"notes", "description", "info", ""},
};
constexpr std::array kinds{
    Place{"work", "telephoneNumber", "telephoneNumber", "otherTelephone"},
    Place{"mobile", "mobile", "mobile", "otherMobile"},
    Place{"home", "homePhone", "homePhone", "otherHomePhone"},
    Place{"pager", "pager", "pager", "otherPager"},
    Place{"fax", "facsimileTelephoneNumber", "facsimileTelephoneNumber", "otherFacsimileTelephoneNumber"},
};

bool is_active_directory(const LdapOptions& options) {
    return std::ranges::any_of(options.create_class, [](const std::string& name) {
        return text::same_letters(name, "contact") || text::same_letters(name, "user");
    });
}

const Place& place_of(std::string_view kind) {
    if (is_mobile(kind)) return kinds[1];
    const auto* known = std::ranges::find(kinds, text::lower(kind), &Place::what);
    return known == kinds.end() ? kinds[0] : *known;
}

void put(ldap::Entry& entry, std::string_view attribute, std::string value) {
    if (value.empty()) return;
    auto same = std::ranges::find(entry.attributes, attribute, &ldap::Attribute::name);
    if (same == entry.attributes.end())
        entry.attributes.push_back({std::string(attribute), {std::move(value)}});
    else if (std::ranges::find(same->values, value) == same->values.end())
        same->values.push_back(std::move(value));
}

} // namespace

Result<ldap::Entry> entry_of(const NewContact& contact, const LdapOptions& options) {
    if (contact.numbers.empty())
        return fail(Category::invalid, "A contact needs a number: without one no caller would ever be this contact.");
    const bool there = is_active_directory(options);
    ldap::Entry entry{.dn = ldap::name_below(options.create_base, "cn", contact.name())};
    entry.attributes.push_back({"objectClass", options.create_class});
    put(entry, "cn", contact.name());
    put(entry, "sn", contact.last_name);
    put(entry, "givenName", contact.first_name);
    put(entry, "displayName", contact.name());
    for (const auto& number : contact.numbers) {
        const auto& place = place_of(number.kind);
        const bool second = there && !entry.first(place.of_active_directory).empty();
        put(entry, second ? place.further : place.attribute, number.written);
    }
    std::vector<std::string_view> over;
    for (const auto& [member, value] : contact.fields) {
        const auto* place = std::ranges::find(members, member, &Place::what);
        if (place == members.end())
            over.emplace_back(member);
        else
            put(entry, there ? place->of_active_directory : place->attribute, value);
    }
    if (over.empty()) return entry;
    return fail(Category::invalid,
                fmt::format("A directory server has no place for {}; it takes first_name, last_name, "
                            "numbers, email, company, department, title, notes.",
                            fmt::join(over, ", ")));
}

std::string to_text(const ldap::Entry& entry) {
    std::string out = fmt::format("dn: {}\n", entry.dn);
    for (const auto& attribute : entry.attributes)
        for (const auto& value : attribute.values)
            out += fmt::format("{}: {}\n", attribute.name, value);
    return out;
}

} // namespace lamp::recognition
