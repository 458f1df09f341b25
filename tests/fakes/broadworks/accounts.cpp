// See accounts.hpp.
#include "accounts.hpp"

#include "../http_server.hpp"
#include "ids.hpp"

#include <algorithm>

namespace sim::bw {

std::string base64_decode(std::string_view text) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) break;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>((bits >> count) & 0xFF);
        }
    }
    return out;
}

void Accounts::add(Login login) {
    by_id_[login.id] = logins_.size();
    logins_.push_back(std::move(login));
}

Login* Accounts::find(std::string_view id) {
    if (const auto found = by_id_.find(std::string(id)); found != by_id_.end()) return &logins_[found->second];
    const UserIndex user = roster_.find(id);
    if (user == nobody) return nullptr;
    add(Login{std::string(id), "secret", Role::user, roster_[user].group, 0, false});
    return &logins_.back();
}

Login* Accounts::basic(std::string_view encoded) {
    const std::string pair = base64_decode(encoded);
    const auto colon = pair.find(':');
    Login* login = colon == std::string::npos ? nullptr : find(std::string_view(pair).substr(0, colon));
    if (!login || login->locked) return nullptr;
    if (login->password != pair.substr(colon + 1)) {
        if (settings_.lock_after > 0 && ++login->failures >= settings_.lock_after) login->locked = true;
        return nullptr;
    }
    login->failures = 0;
    return login;
}

const Login* Accounts::authenticate(std::string_view authorization) {
    if (const auto known = known_headers_.find(std::string(authorization)); known != known_headers_.end())
        return &logins_[known->second];
    const auto space = authorization.find(' ');
    if (space == std::string_view::npos) return nullptr;
    const auto scheme = authorization.substr(0, space);
    const std::string value(authorization.substr(space + 1));
    Login* login = nullptr;
    if (http::same_word(scheme, "Basic")) {
        login = basic(value);
    } else {
        const auto& issued = http::same_word(scheme, "BroadWorksSSO") ? tokens_ : bearers_;
        if (!http::same_word(scheme, "BroadWorksSSO") && !http::same_word(scheme, "Bearer")) return nullptr;
        const auto found = issued.find(value);
        login = found == issued.end() ? nullptr : find(found->second);
    }
    if (!login || (login->role == Role::user && roster_.find(login->id) == nobody)) return nullptr;
    if (known_headers_.size() < 10'000) known_headers_[std::string(authorization)] = index_of(*login);
    return login;
}

std::string Accounts::issue_token(const Login& login) {
    const std::string token = uuid_of(5, ++next_token_);
    tokens_[token] = login.id;
    return token;
}

void Accounts::revoke_tokens() {
    tokens_.clear();
    bearers_.clear();
    known_headers_.clear();
}

bool Accounts::change_password(const std::string& id, const std::string& password) {
    Login* login = find(id);
    if (!login) return false;
    login->password = password;
    login->locked = false;
    login->failures = 0;
    known_headers_.clear();
    return true;
}

LoginIndex Accounts::index_of(const Login& login) const {
    return static_cast<LoginIndex>(by_id_.at(login.id));
}

bool Accounts::may(const Login& login, const Target& target) const {
    switch (login.role) {
    case Role::enterprise_admin: return true;
    case Role::group_admin:
        return (target.kind == TargetKind::user && roster_[target.index].group == login.group) ||
               (target.kind == TargetKind::group && target.index == login.group);
    case Role::user: return target.kind == TargetKind::user && roster_[target.index].id == login.id;
    }
    return false;
}

} // namespace sim::bw
