#include "recognition/ldap_records.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "ldap/filter.hpp"
#include "proto/text/text.hpp"

namespace lamp::recognition {
namespace {

constexpr std::string_view not_disabled = "(!(userAccountControl:1.2.840.113556.1.4.803:=2))";
constexpr std::string_view cursor_form = "ldap1";

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

void add_once(std::vector<std::string>& out, const std::vector<std::string>& names) {
    for (const auto& name : names)
        if (std::ranges::none_of(out, [&](const auto& one) { return text::same_letters(one, name); }))
            out.push_back(name);
}

std::string name_of(const ldap::Entry& entry, const LdapOptions& options) {
    for (const auto& attribute : options.name_attributes)
        if (auto name = text::trim(entry.first(attribute)); !name.empty()) return std::string(name);
    auto first = text::trim(entry.first("givenName")), last = text::trim(entry.first("sn"));
    return fmt::format("{}{}{}", first, first.empty() || last.empty() ? "" : " ", last);
}

std::vector<std::string> shown_attributes(const LdapOptions& options) {
    std::vector<std::string> out = options.name_attributes;
    add_once(out, {"givenName", "sn"});
    add_once(out, options.number_attributes);
    add_once(out, options.attributes);
    return out;
}

/// FNV-1a: the same for every build.
std::uint64_t mixed(std::string_view text) {
    std::uint64_t sum = 0xcbf29ce484222325U;
    for (char c : text)
        sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return sum;
}

} // namespace

std::string people_filter(const LdapOptions& options, bool active_directory) {
    if (!options.filter.empty()) return ldap::read_filter(options.filter).value_or("(objectClass=*)");
    std::string any;
    for (const auto& attribute : options.number_attributes)
        any += fmt::format("({}=*)", attribute);
    return active_directory ? fmt::format("(&(|{}){})", any, not_disabled) : fmt::format("(|{})", any);
}

std::vector<std::string> wanted_attributes(const LdapOptions& options) {
    auto out = shown_attributes(options);
    add_once(out, identity_attributes());
    return out;
}

const std::vector<std::string>& identity_attributes() {
    static const std::vector<std::string> all{"entryUUID", "objectGUID", "modifyTimestamp"};
    return all;
}

const std::vector<std::string>& bytes_attributes() {
    static const std::vector<std::string> all{"objectGUID"};
    return all;
}

std::string id_of(const ldap::Entry& entry) {
    if (auto id = entry.first("entryUUID"); !id.empty()) return std::string(id);
    auto guid = ldap::guid_text(entry.first("objectGUID"));
    return guid.empty() ? entry.dn : guid;
}

std::optional<Record> record_of(const ldap::Entry& entry, const LdapOptions& options) {
    Record out{.id = id_of(entry), .name = name_of(entry, options)};
    for (const auto& attribute : options.number_attributes)
        for (const auto& value : entry.values(attribute)) {
            auto written = std::string(text::trim(value));
            const bool known = std::ranges::find(out.numbers, written, &Number::written) != out.numbers.end();
            if (written.empty() || known || out.numbers.size() >= numbers_max) continue;
            out.numbers.push_back({.kind = kind_of(attribute), .written = std::move(written)});
        }
    if (out.id.empty() || out.numbers.empty()) return std::nullopt;
    for (auto& attribute : shown_attributes(options))
        if (auto value = text::trim(entry.first(attribute)); !value.empty())
            out.fields.emplace_back(std::move(attribute), std::string(value));
    out.updated = ldap::parse_time(entry.first("modifyTimestamp"));
    return out;
}

std::string fingerprint_of(const LdapOptions& o, const std::string& url) {
    return fmt::format("{:016x}",
                       mixed(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", url, o.base, o.bind_dn, o.filter,
                                         fmt::join(o.name_attributes, ","), fmt::join(o.number_attributes, ","),
                                         fmt::join(o.attributes, ","))));
}

std::string to_text(const LdapCursor& cursor) {
    if (cursor.usn) return fmt::format("{} {} usn {} {}", cursor_form, cursor.fingerprint, *cursor.usn, cursor.server);
    if (!cursor.since) return {};
    return fmt::format("{} {} time {} {}", cursor_form, cursor.fingerprint, ldap::time_text(*cursor.since),
                       cursor.server);
}

std::optional<LdapCursor> parse_cursor(std::string_view text) {
    auto word = [&] {
        auto end = std::min(text.find(' '), text.size());
        auto out = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return out;
    };
    if (word() != cursor_form) return std::nullopt;
    LdapCursor out;
    out.fingerprint = word();
    auto way = word(), value = word();
    if (way == "usn") out.usn = text::number<std::uint64_t>(value);
    if (way == "time") out.since = ldap::parse_time(value);
    out.server = text;
    return out.usn || out.since ? std::optional(std::move(out)) : std::nullopt;
}

std::string changed_filter(const LdapCursor& cursor) {
    if (cursor.usn) return fmt::format("(uSNChanged>={})", *cursor.usn + 1);
    return fmt::format("(modifyTimestamp>={})", ldap::time_text(cursor.since.value_or(Wall())));
}

} // namespace lamp::recognition
