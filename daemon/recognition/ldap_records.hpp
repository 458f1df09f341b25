// A directory's entries as contacts, what is asked for to get them, and from when on the next time. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ldap/entry.hpp"
#include "recognition/ldap_options.hpp"
#include "recognition/record.hpp"

namespace lamp::recognition {

/// Clocks differ between replicas, and a change may arrive after a later one's.
inline constexpr std::chrono::seconds ldap_overlap{120};

/// Whoever counts, in parentheses: the configured filter, or whoever has a number. Active Directory: and is not
/// disabled.
[[nodiscard]] std::string people_filter(const LdapOptions& options, bool active_directory);
/// All that a contact is made of.
[[nodiscard]] std::vector<std::string> wanted_attributes(const LdapOptions& options);
/// What names an entry for good, and when it was changed; of these `bytes_attributes` are no text.
[[nodiscard]] const std::vector<std::string>& identity_attributes();
[[nodiscard]] const std::vector<std::string>& bytes_attributes();

/// entryUUID, objectGUID, or else its name.
[[nodiscard]] std::string id_of(const ldap::Entry& entry);
/// Nothing: it has no number.
[[nodiscard]] std::optional<Record> record_of(const ldap::Entry& entry, const LdapOptions& options);

/// From where on changes are asked for. It counts only for the options it was made with and the server it came from.
struct LdapCursor {
    std::string fingerprint{};
    std::string server{};               // of usn: numbers are each server's own
    std::optional<std::uint64_t> usn{}; // Active Directory: the last change that is known
    std::optional<Wall> since{};        // others
    bool operator==(const LdapCursor&) const = default;
};
[[nodiscard]] std::string fingerprint_of(const LdapOptions& options, const std::string& url);
[[nodiscard]] std::string to_text(const LdapCursor& cursor); // empty: there is neither usn nor since
[[nodiscard]] std::optional<LdapCursor> parse_cursor(std::string_view text);
/// What has changed since, whoever it is.
[[nodiscard]] std::string changed_filter(const LdapCursor& cursor);

} // namespace lamp::recognition
