#include "ldap/refusal.hpp"

#include <fmt/format.h>
#include <ldap.h>
#include <optional>

#include "proto/text/text.hpp"

namespace lamp::ldap {
namespace {

constexpr std::size_t said_bytes_max = 160;

struct Reason {
    std::string_view sub_code; // as Active Directory's answer holds it
    Category category;
    std::string_view text;
};
constexpr Reason active_directory_reasons[] = {
    {"data 525,", Category::unauthorised, "there is no such account: check bind_dn"},
    {"data 52e,", Category::unauthorised, "name or password are wrong: check bind_dn and password"},
    {"data 530,", Category::forbidden, "the account may not log in at this hour"},
    {"data 531,", Category::forbidden, "the account may not log in from this machine"},
    {"data 532,", Category::unauthorised, "the account's password has expired"},
    {"data 533,", Category::forbidden, "the account is disabled"},
    {"data 701,", Category::forbidden, "the account has expired"},
    {"data 773,", Category::unauthorised, "the account must change its password first"},
    {"data 775,", Category::forbidden, "the account is locked"},
};

/// One line of what a server says.
std::string line_of(std::string_view said) {
    std::string out;
    for (char c : said.substr(0, said_bytes_max))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    while (!out.empty() && !text::is_utf8(out)) // cut in the middle of a character, or never text
        out.pop_back();
    return std::string(text::trim(out));
}

/// In parentheses, or nothing.
std::string quoted(std::string_view said) {
    auto line = line_of(said);
    return line.empty() || line == "(unknown error code)" ? std::string() : fmt::format(" ({})", line);
}

Error bad_login(const Asked& asked, std::string_view said) {
    for (const auto& reason : active_directory_reasons)
        if (said.contains(reason.sub_code))
            return {reason.category, fmt::format("{} refuses the login: {}.", asked.server, reason.text)};
    return {Category::unauthorised,
            fmt::format("{} refuses the login: check bind_dn and password{}.", asked.server, quoted(said))};
}

Error lost(const Asked& asked, std::string_view said) {
    if (asked.step == Step::tls)
        return {Category::network,
                fmt::format("{}: TLS did not come about{}; check ca_file, and that the certificate names this host.",
                            asked.server, quoted(said))};
    return {Category::network, fmt::format("{} closed the connection{}.", asked.server, quoted(said))};
}

Error no_base(const Asked& asked, std::string_view matched) {
    auto nearest = matched.empty() ? std::string() : fmt::format("; there is \"{}\"", line_of(matched));
    auto who = asked.logged_in ? "or bind_dn may not see it" : "or it wants a login: set bind_dn and password";
    return {Category::not_found, fmt::format("{} has no base \"{}\"{}, {}.", asked.server, asked.base, nearest, who)};
}

Error forbidden(const Asked& asked, std::string_view said) {
    return {Category::forbidden,
            fmt::format("{} does not permit it{}: {}.", asked.server, quoted(said),
                        !asked.logged_in          ? "set bind_dn and password"
                        : asked.step == Step::add ? "give bind_dn the right to add entries below create_base"
                                                  : "give bind_dn the right to read")};
}

/// Of a new entry: what its contents or its place come to.
std::optional<Error> not_added(int code, const Asked& asked, std::string_view said, std::string_view matched) {
    switch (code) {
    case LDAP_ALREADY_EXISTS:
        return Error{Category::conflict,
                     fmt::format("{} has an entry \"{}\" already.", asked.server, line_of(asked.base))};
    case LDAP_NO_SUCH_OBJECT:
        return Error{Category::not_found,
                     fmt::format("{} has nothing below which \"{}\" could stand{}: check create_base.", asked.server,
                                 line_of(asked.base),
                                 matched.empty() ? "" : fmt::format("; there is \"{}\"", line_of(matched)))};
    case LDAP_INVALID_SYNTAX:
    case LDAP_CONSTRAINT_VIOLATION:
    case LDAP_UNDEFINED_TYPE:
    case LDAP_OBJECT_CLASS_VIOLATION:
    case LDAP_NAMING_VIOLATION:
    case LDAP_INVALID_DN_SYNTAX:
        return Error{Category::invalid, fmt::format("{} does not take such an entry{}.", asked.server, quoted(said))};
    default: return std::nullopt;
    }
}

} // namespace

Error refusal(int code, const Asked& asked, std::string_view said, std::string_view matched) {
    const auto& server = asked.server;
    if (asked.step == Step::add)
        if (auto known = not_added(code, asked, said, matched)) return std::move(*known);
    switch (code) {
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH: return bad_login(asked, said);
    case LDAP_NO_SUCH_OBJECT:
        if (asked.step == Step::bind) return bad_login(asked, said);
        return no_base(asked, matched);
    case LDAP_INVALID_DN_SYNTAX:
        return {Category::invalid,
                fmt::format("{} cannot read {} as a name.", server, asked.step == Step::bind ? "bind_dn" : "base")};
    case LDAP_INSUFFICIENT_ACCESS: return forbidden(asked, said);
    case LDAP_OPERATIONS_ERROR: // Active Directory, of searches without a login
        if (asked.step == Step::search && !asked.logged_in) return forbidden(asked, said);
        break;
    case LDAP_CONFIDENTIALITY_REQUIRED:
    case LDAP_STRONG_AUTH_REQUIRED:
        return {Category::forbidden,
                fmt::format("{} wants TLS{}: use ldaps:// or start_tls = true.", server, quoted(said))};
    case LDAP_SIZELIMIT_EXCEEDED:
    case LDAP_ADMINLIMIT_EXCEEDED:
        return {Category::limit, fmt::format("{} gives no more than a part of what was asked for{}: raise the size "
                                             "limit of bind_dn there, or narrow base and filter.",
                                             server, quoted(said))};
    case LDAP_TIMELIMIT_EXCEEDED:
        return {Category::timeout, fmt::format("{} took longer than its own time limit{}: raise it for bind_dn there, "
                                               "index the filter's attributes, or narrow the filter.",
                                               server, quoted(said))};
    case LDAP_REFERRAL:
        return {Category::unavailable,
                fmt::format("{} refers to another server for \"{}\"; url must name that one.", server, asked.base)};
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE: return {Category::unavailable, fmt::format("{} cannot serve now{}.", server, quoted(said))};
    case LDAP_UNWILLING_TO_PERFORM:
        return {Category::forbidden, fmt::format("{} is not willing to do it{}.", server, quoted(said))};
    case LDAP_TIMEOUT: return {Category::timeout, fmt::format("{} kept silent for too long.", server)};
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR: return lost(asked, said);
    case LDAP_FILTER_ERROR: return {Category::invalid, "filter: it cannot be read."};
    default: break;
    }
    if (asked.step == Step::start_tls)
        return {Category::protocol,
                fmt::format("{} refuses StartTLS{}: use ldaps://, or start_tls = false.", server, quoted(said))};
    if (asked.step == Step::tls) return lost(asked, said);
    return {Category::protocol, fmt::format("{} answers {}{}.", server, ldap_err2string(code), quoted(said))};
}

} // namespace lamp::ldap
