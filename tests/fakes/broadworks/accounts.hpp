// Who may log in and what they may touch (xsi.md 3): plain users, group administrators, the enterprise administrator.
#pragma once

#include "channels.hpp"
#include "model.hpp"
#include "subscriptions.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sim::bw {

enum class Role : std::uint8_t { user, group_admin, enterprise_admin };

struct Login {
    std::string id;
    std::string password;
    Role role = Role::user;
    std::uint16_t group = 0;
    int failures = 0;
    bool locked = false;
};

class Accounts {
public:
    Accounts(const Roster& roster, const Settings& settings) : roster_(roster), settings_(settings) {}

    void add(Login login);
    // Basic, BroadWorksSSO or Bearer; null = 401.
    const Login* authenticate(std::string_view authorization);
    std::string issue_token(const Login& login); // LoginToken
    void accept_bearer(const std::string& token, const std::string& login) { bearers_[token] = login; }
    void revoke_tokens();
    bool change_password(const std::string& id, const std::string& password);

    LoginIndex index_of(const Login& login) const;
    std::string_view name_of(LoginIndex index) const { return logins_[index].id; }

    bool may(const Login& login, const Target& target) const;

private:
    Login* find(std::string_view id);
    Login* basic(std::string_view encoded);

    const Roster& roster_;
    const Settings& settings_;
    std::deque<Login> logins_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::unordered_map<std::string, std::size_t> known_headers_; // a hot path decodes nothing
    std::unordered_map<std::string, std::string> tokens_;
    std::unordered_map<std::string, std::string> bearers_;
    std::uint64_t next_token_ = 0;
};

std::string base64_decode(std::string_view text);

} // namespace sim::bw
