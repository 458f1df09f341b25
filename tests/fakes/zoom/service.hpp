// Zoom's login and REST API (cloud-apis.md C3): tokens, users, presences, limits, faults, a journal. Lives on the
// simulator's loop.
#pragma once

#include "../http_server.hpp"
#include "account.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sim::zoom {

struct Fault {
    std::string kind;
    std::string on = "any"; // any, token, presence, users
    std::int64_t remaining = 1;
    std::int64_t status = 500;
    std::int64_t ms = 1000;
    std::vector<std::string> users; // only requests whose path names one of these
};

struct Settings {
    std::int64_t clock_offset_ms = 0;
    std::int64_t expires_in_s = 3599;
    std::int64_t per_second = 30;  // 0 = unlimited
    std::int64_t per_day = 0;      // 0 = unlimited
    std::int64_t page_size = 300;  // at most
    std::int64_t rest_lag_ms = 0;  // REST tells the presence of before so long after a change
    std::string spelling = "rest"; // rest: In_A_Meeting; hook: In_Meeting
    bool lists_users = true;       // else the scope is missing
    bool reads_presence = true;
    std::int64_t log_size = 2000;
};

class Service {
public:
    explicit Service(Account& account) : account_(account) {}

    void handle(const http::Request& request, http::Reply reply);
    std::string add(Fault fault); // what is wrong with it, else empty
    void clear() { faults_.clear(); }
    void revoke() { tokens_.clear(); }
    std::int64_t now_ms() const;
    boost::json::object state() const;
    boost::json::array log(std::size_t limit, bool clear);

    Settings settings;
    std::string client_id;
    std::string client_secret;
    std::string refuse; // a code of Zoom's login (4702 …) for every token request; empty: none

private:
    http::Response answer(const http::Request& request, std::string_view kind);
    http::Response token(const http::Request& request);
    http::Response users(const http::Request& request) const;
    http::Response presence(std::string_view user) const;
    std::string spelled(const std::string& word) const;
    bool throttled(http::Response& answer);
    const Fault* hit(std::string_view kind, std::string_view path);

    Account& account_;
    std::map<std::string, std::int64_t> tokens_; // until when
    std::vector<Fault> faults_;
    std::deque<boost::json::object> log_;
    std::map<std::string, std::int64_t> counts_;
    std::int64_t second_ = 0, in_second_ = 0, today_ = 0, throttled_ = 0;
};

} // namespace sim::zoom
