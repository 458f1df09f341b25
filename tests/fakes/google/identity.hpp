// Google's login: assertions of service accounts, consent in a browser, refresh tokens, revocation (cloud-apis.md F1).
// Lives on the simulator's loop.
#pragma once

#include "../graph/crypto.hpp"
#include "../http_server.hpp"
#include "settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim::google {

struct Token {
    std::string user;
    std::string scope;
    std::int64_t expires = 0;
    std::string refresh; // what it was made from; empty: an assertion
};

class Identity {
public:
    using Form = std::vector<std::pair<std::string, std::string>>;

    Identity(const Settings& settings, std::string domain);

    http::Response token(const http::Request& request, const std::string& own_url);
    http::Response revoke(const http::Request& request);
    // The page where a person consents: it decides by the settings, and sends the browser back at once.
    http::Response consent(const http::Request& request);
    const Token* check(std::string_view authorization) const; // null: 401
    bool user_exists(const std::string& address) const;

    std::string key_file(const std::string& own_url) const; // JSON
    std::string issue_refresh(const std::string& user);     // without any ceremony, for tests
    void forget_access() { tokens_.clear(); }
    std::size_t forget_refresh(const std::string& user); // "" = all

    std::int64_t now() const;
    const std::string service_account = "lamps@example-project.iam.gserviceaccount.com";
    const std::string client_id = "1234.apps.example";
    const std::string client_secret = "google-secret";
    std::set<std::string> delegated; // scopes given to the service account
    std::set<std::string> unknown;   // addresses of the domain that are nobody
    std::uint64_t issued = 0;
    std::uint64_t refused = 0;

private:
    struct Code {
        std::string user, scope, redirect, challenge;
        bool refresh = false;
        std::int64_t expires = 0;
    };
    struct Refresh {
        std::string user, scope;
        std::int64_t born = 0;
    };
    http::Response error(int status, std::string_view error, std::string_view text);
    http::Response grant(const std::string& user, const std::string& scope, const std::string& refresh, bool tell);
    http::Response by_assertion(const Form& form, const std::string& own_url);
    http::Response by_code(const Form& form);
    http::Response by_refresh(const Form& form);
    bool client_is_right(const Form& form) const;

    const Settings& settings_;
    const std::string domain_;
    const graph::crypto::Key key_;
    const std::string key_id_;
    std::map<std::string, Token, std::less<>> tokens_;
    std::map<std::string, Code, std::less<>> codes_;
    std::map<std::string, Refresh, std::less<>> refresh_;
    std::set<std::string> consented_;
};

} // namespace sim::google
