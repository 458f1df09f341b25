// Who may log in (interface 7.13): one line each, `user:realm:HA1` (MD5), `user:realm:SHA-256:HA1` or
// `user:realm:SHA-512-256:HA1`; `#` begins a comment. Passwords never stand in it. Immutable; built new and swapped.
// SIP asks for Digest and compares sums, CSTA gets a password and makes the sum. Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/sip/digest.hpp"

namespace lamp::sip {

class Users {
public:
    struct Mistake {
        int line = 1;
        int column = 1;
        std::string message;
    };
    struct Reading;
    /// Reads the whole text; every mistake is told.
    [[nodiscard]] static Reading read(std::string_view text);

    /// H(user:realm:password) in lower case; nothing for who is not there, or not with that algorithm.
    [[nodiscard]] std::optional<std::string_view> ha1(std::string_view user, std::string_view realm,
                                                      Algorithm algorithm) const;
    /// Whether anybody can log in with that realm and one of these.
    [[nodiscard]] bool anybody(std::string_view realm, std::span<const Algorithm> algorithms) const;
    /// Whether that is the user's password in any realm of the file. Costs as much for users who are not there.
    [[nodiscard]] bool knows(std::string_view user, std::string_view password) const;
    [[nodiscard]] std::size_t size() const { return rows_.size(); }

private:
    struct Row {
        std::string user;
        std::string realm;
        Algorithm algorithm;
        std::string ha1;
    };
    std::vector<Row> rows_; // by user, realm, algorithm
};
struct Users::Reading {
    Users users;
    std::vector<Mistake> mistakes;
};

} // namespace lamp::sip
