#include "recognition/ldap_records.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::recognition {
namespace {

struct Kind {
    std::string_view attribute, kind;
};
constexpr Kind kinds[] = {
    {"telephoneNumber", "work"}, {"otherTelephone", "work"},          {"ipPhone", "work"},   {"otherIpPhone", "work"},
    {"mobile", "mobile"},        {"otherMobile", "mobile"},           {"homePhone", "home"}, {"otherHomePhone", "home"},
    {"pager", "pager"},          {"facsimileTelephoneNumber", "fax"},
};

std::string kind_of(const std::string& attribute) {
    for (const auto& one : kinds)
        if (text::same_letters(one.attribute, attribute)) return std::string(one.kind);
    return attribute;
}

std::string name_of(const ldap::Entry& entry, const LdapOptions& options) {
    for (const auto& attribute : options.name_attributes)
        if (auto name = text::trim(entry.first(attribute)); !name.empty()) return std::string(name);
    auto first = text::trim(entry.first("givenName")), last = text::trim(entry.first("sn"));
    return fmt::format("{}{}{}", first, first.empty() || last.empty() ? "" : " ", last);
}

std::vector<std::string> shown_attributes(const LdapOptions& options) {
    std::vector<std::string> out = options.name_attributes;
    ldap::add_once(out, {"givenName", "sn"});
    ldap::add_once(out, options.number_attributes);
    ldap::add_once(out, options.attributes);
    return out;
}

} // namespace

ldap::Question question_of(const LdapOptions& options, const std::string& url) {
    return {.url = url,
            .bind_dn = options.bind_dn,
            .base = options.base,
            .filter = options.filter,
            .any_of = options.number_attributes,
            .attributes = shown_attributes(options)};
}

std::optional<Record> record_of(std::string id, const ldap::Entry& entry, const LdapOptions& options,
                                const ldap::Question& question) {
    Record out{.id = std::move(id), .name = name_of(entry, options)};
    for (const auto& attribute : options.number_attributes)
        for (const auto& value : entry.values(attribute)) {
            auto written = std::string(text::trim(value));
            const bool known = std::ranges::find(out.numbers, written, &Number::written) != out.numbers.end();
            if (written.empty() || known || out.numbers.size() >= numbers_max) continue;
            out.numbers.push_back({.kind = kind_of(attribute), .written = std::move(written)});
        }
    if (out.id.empty() || out.numbers.empty()) return std::nullopt;
    for (const auto& attribute : question.attributes)
        if (auto value = text::trim(entry.first(attribute)); !value.empty()) out.fields.emplace_back(attribute, value);
    out.updated = ldap::parse_time(entry.first("modifyTimestamp"));
    return out;
}

} // namespace lamp::recognition
