// What a directory refuses, in words that say what to do about it (RFC 4511 appendix A, Active Directory's sub-codes,
// libldap's own negative codes). Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::ldap {

/// During what.
enum class Step : std::uint8_t { start_tls, tls, bind, search, add };

struct Asked {
    Step step{};
    std::string server{};   // "ldap://host:389"
    std::string base{};     // of a search; the name of a new entry
    bool logged_in = false; // with a name; else anonymously
};

/// `code` is not success. `said`: the server's or the TLS library's own words; at most a line of them is told.
[[nodiscard]] Error refusal(int code, const Asked& asked, std::string_view said, std::string_view matched);

} // namespace lamp::ldap
