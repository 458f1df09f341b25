#include "directory/ldap_contacts.hpp"

#include <algorithm>
#include <array>

#include "directory/said_contact.hpp"
#include "proto/text/text.hpp"

namespace lamp::directory {
namespace {

using contacts::Contact;

struct Usual {
    std::string_view name;
    std::string Contact::* text; // null: a kind of number
    std::string_view attributes;
};
constexpr std::array usual{
    Usual{"last_name", &Contact::last_name, "sn"},
    Usual{"first_name", &Contact::first_name, "givenName"},
    Usual{"company", &Contact::company, "company o"},
    Usual{"department", &Contact::department, "department departmentNumber ou"},
    Usual{"title", &Contact::title, "title"},
    Usual{"email", &Contact::email, "mail"},
    Usual{"work", nullptr, "telephoneNumber otherTelephone ipPhone otherIpPhone"},
    Usual{"main", nullptr, ""},
    Usual{"mobile", nullptr, "mobile otherMobile"},
    Usual{"home", nullptr, "homePhone otherHomePhone"},
    Usual{"other", nullptr, ""},
    Usual{"pager", nullptr, "pager otherPager"},
    Usual{"fax", nullptr, "facsimileTelephoneNumber otherFacsimileTelephoneNumber"},
};
constexpr std::array whole_names{"displayName", "cn"};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!(text = text::trim(text)).empty()) {
        auto word = text.substr(0, text.find_first_of(" \t"));
        words.emplace_back(word);
        text.remove_prefix(word.size());
    }
    return words;
}

std::string_view first_of(const ldap::Entry& entry, const Part& part) {
    for (const auto& attribute : part.attributes)
        if (auto value = shown(entry.first(attribute)); !value.empty()) return value;
    return {};
}

std::string_view whole_name(const ldap::Entry& entry) {
    for (const char* attribute : whole_names)
        if (auto whole = shown(entry.first(attribute)); !whole.empty()) return whole;
    return {};
}

} // namespace

bool is_part(std::string_view name) {
    return std::ranges::find(usual, name, &Usual::name) != usual.end();
}

std::vector<std::string_view> parts() {
    std::vector<std::string_view> names;
    for (const auto& one : usual)
        names.push_back(one.name);
    return names;
}

std::vector<Part> attributes_of(const std::map<std::string, std::string>& said) {
    std::vector<Part> all;
    for (const auto& one : usual) {
        auto other = said.find(std::string(one.name));
        all.push_back(
            {one.name, one.text, words_of(other == said.end() ? one.attributes : std::string_view(other->second))});
    }
    return all;
}

ldap::Question question_of(const LdapOptions& options, const std::vector<Part>& parts) {
    ldap::Question question{.url = options.url,
                            .bind_dn = options.bind_dn,
                            .base = options.base,
                            .filter = options.filter,
                            .any_of = {},
                            .attributes = {whole_names.begin(), whole_names.end()}};
    for (const auto& one : parts) {
        ldap::add_once(question.attributes, one.attributes);
        if (!one.text) ldap::add_once(question.any_of, one.attributes);
    }
    return question;
}

std::optional<Contact> contact_of(std::string id, const ldap::Entry& entry, const std::vector<Part>& parts,
                                  const contacts::Normal& normal, std::size_t& unreadable) {
    Contact contact;
    contact.source = ldap_source;
    contact.external_id = std::move(id);
    for (const auto& part : parts)
        if (part.text)
            contact.*part.text = first_of(entry, part);
        else
            for (const auto& attribute : part.attributes)
                for (const auto& value : entry.values(attribute))
                    add_number(contact, part.name, value, normal, unreadable);
    complete_names(contact, whole_name(entry));
    const auto& known_by = contact.external_id;
    if (contact.last_name.empty() || known_by.empty() || shown(known_by) != known_by) return std::nullopt;
    return contact;
}

} // namespace lamp::directory
