// What PhoneBridge answers (crm-directory.md A.3, A.7), read leniently: member names in any letter case, ids as numbers
// or texts, the code in `code` or `message`. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::zoho {

/// What an answer means for whoever asked.
enum class Verdict : std::uint8_t {
    done,
    token,          // refresh it once, try once more
    not_integrated, // `integrate` first
    bad_request,    // a parameter is missing, or a state is not taken (A.6)
    bad_user,       // the Zoho user cannot be used
    not_registered, // our client id is no provider's: a person must act
    other_provider, // another one is enabled for the account: a person must act
    forbidden,      // the account that consented may not do this
    throttled,
    unavailable, // 5xx, no answer
    unreadable,  // no answer of PhoneBridge's: HTML, a proxy
    refused,     // any other 4xx
};
[[nodiscard]] std::string_view name(Verdict verdict);

struct Told {
    Verdict verdict{};
    std::string code{}; // "PBX_NOT_INTEGRATED"; one short line, may be empty
    std::string text{}; // the rest of what was said; one short line
};
[[nodiscard]] Told read_answer(int status, std::string_view body);

struct User {
    std::string id; // what `zohouser` wants
    std::string name;
    std::string email; // lower case
    bool operator==(const User&) const = default;
};
struct Users {
    std::vector<User> users;
    bool more = false; // there is a next page
};
/// Error: protocol.
[[nodiscard]] Result<Users> read_users(std::string_view body);

/// The address in the answer of /oauth/user/info, in lower case; empty: not told.
[[nodiscard]] std::string read_account(std::string_view body);

} // namespace lamp::zoho
