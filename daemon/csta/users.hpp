// Who may open an application session: the users file (interface 7.13), lines of `user:realm:HA1` (MD5) or
// `user:realm:SHA-256:HA1`. Immutable; read anew and swapped at a reload.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "proto/sip/digest.hpp"

namespace lamp::csta {

struct UsersMistake {
    std::uint32_t line = 0; // from 1
    std::string text;       // a sentence's end: "is not user:realm:HA1"
};

class Users {
public:
    Users() = default; // nobody
    /// Empty lines and those that open with "#" are passed over. All mistakes are told, not the first.
    [[nodiscard]] static std::expected<Users, std::vector<UsersMistake>> parse(std::string_view text);

    [[nodiscard]] bool empty() const { return rows_.empty(); }
    /// Whether that is the user's password in any realm of the file. Takes as long for users who do not exist.
    [[nodiscard]] bool knows(std::string_view user, std::string_view password) const;

private:
    struct Row {
        std::string user;
        std::string realm;
        sip::Algorithm algorithm;
        std::string ha1; // lower case
    };
    std::vector<Row> rows_; // by user
};

} // namespace lamp::csta
