// The fake PhoneBridge behind one listener: tokens with their limits, users, registrations, states of calls, and the
// refusals of the real service (crm-directory.md A).
// Lives on the simulator's loop.
#pragma once

#include "../http_server.hpp"
#include "../loop.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sim::zoho {

struct User {
    std::string id;
    std::string name;
    std::string email;
    bool usable = true;
    std::map<std::string, std::string> dial;    // what clicktodial registered; empty: nothing
    std::map<std::string, std::string> control; // what callcontrol registered
};

struct Settings {
    std::int64_t expires_in_s = 3600;
    std::int64_t tokens_most = 10; // of one refresh token
    std::int64_t token_window_ms = 600'000;
    bool takes_unattended = true; // false: missed, busy … are answered 400 (A.6)
    bool strict_pairs = true;     // false: only {name:a,value:b} is taken
    bool registered = true;       // the client id is a provider's
    bool other_provider = false;
    std::string account = "admin@example.net"; // whose consent it is
};

struct Fault {
    std::string kind; // status, html, close, slow
    std::string on = "any";
    std::int64_t remaining = 1; // below 0: for ever
    std::int64_t status = 500;
    std::int64_t retry_after = -1;
    std::int64_t ms = 1000;
};

class Service {
public:
    void handle(const http::Request& request, http::Reply reply);
    User* find(std::string_view who); // id or e-mail

    Settings settings;
    std::vector<User> users;
    std::deque<Fault> faults;
    bool integrated = false;
    boost::json::array notices; // callnotify that was taken, oldest first
    boost::json::array dial_errors;
    std::map<std::string, std::uint64_t> requests; // by kind
    std::map<std::int64_t, std::uint64_t> statuses;
    std::uint64_t tokens_issued = 0;
    std::uint64_t tokens_refused = 0;
    std::string client_id = "1000.SIMULATOR0CLIENT";
    std::string client_secret = "zoho-secret";
    std::string refresh_token = "1000.zoho-refresh-1";
    std::string code; // of a consent that waits to be exchanged
    void revoke() { access_.clear(); }

private:
    using Form = std::map<std::string, std::string>;
    http::Response route(const http::Request& request, const std::string& kind);
    http::Response token(const http::Request& request);
    http::Response bridge(const http::Request& request, const std::string& kind);
    http::Response list(const http::Request& request) const;
    http::Response switch_user(const http::Request& request, const Form& form, bool dial);
    http::Response notify(const Form& form);
    std::string wrong_state(const Form& form) const;
    bool is_pair(std::string_view text) const;

    std::map<std::string, std::int64_t> access_; // until
    std::deque<std::int64_t> issued_at_;
    std::uint64_t serial_ = 0;
};

} // namespace sim::zoho
