// Five CRMs at one address, as strict as the real ones: HubSpot, Pipedrive, Insightly, Google People, Microsoft Graph
// (crm-directory.md C). Each path belongs to one of them. Wrong logins, parameters that it does not know and too many
// requests are refused. Lives on the simulator's loop.
#pragma once

#include "../http_server.hpp"
#include "book.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sim::crm {

struct Fault {
    std::string kind;
    std::string on = "any"; // any, token, or a dialect
    std::int64_t remaining = 1;
    std::int64_t skip = 0; // so many requests pass first
    std::int64_t status = 500;
    std::int64_t ms = 1000;
};

struct Settings {
    std::int64_t per_second = 0; // 0 = unlimited
    std::int64_t per_day = 0;
    std::int64_t page_max = 0; // fewer records than asked for, at most so many; 0 = as asked
    std::int64_t cap = 10'000; // of a HubSpot search
    std::int64_t expires_in_s = 3600;
    std::int64_t log_size = 2000;
};

// What one answer says, before faults.
struct Told {
    http::Response response;
    boost::json::value body; // of a 200
};

class Service {
public:
    void handle(const http::Request& request, http::Reply reply);
    std::string add(Fault fault); // what is wrong with it, else empty
    void clear() { faults_.clear(); }
    void revoke() { tokens_.clear(); }
    void expire() { ++epoch_; } // sync tokens and delta links of before
    static std::int64_t now_ms();
    boost::json::object state() const;
    boost::json::array log(bool clear);

    Book book;
    Settings settings;
    std::string url; // of the listener, for links
    std::string key = "crm-key-1";
    std::string client_id = "crmClientId";
    std::string client_secret = "crm-client-secret";
    std::string refresh_token = "crm-refresh-1";

private:
    using Query = std::map<std::string, std::string>;

    http::Response answer(const http::Request& request, std::string_view kind);
    http::Response token(const http::Request& request);
    http::Response hubspot(const http::Request& request, const Query& query);
    http::Response hubspot_search(const http::Request& request);
    http::Response pipedrive(const http::Request& request, const Query& query);
    http::Response pipedrive_search(const Query& query);
    http::Response insightly(const http::Request& request, const Query& query);
    http::Response google(const http::Request& request, const Query& query);
    http::Response graph(const http::Request& request, const Query& query);
    bool allowed(const http::Request& request, std::string_view kind) const;
    bool throttled(http::Response& refusal);
    const Fault* hit(std::string_view kind);
    void spoil(http::Response& response, const Fault& fault);
    std::size_t page_size(const Query& query, const std::string& name, std::size_t absent) const;

    std::map<std::string, std::int64_t> tokens_;
    std::vector<Fault> faults_;
    std::deque<boost::json::object> log_;
    std::map<std::string, std::int64_t, std::less<>> counts_;
    std::int64_t second_ = 0, in_second_ = 0, today_ = 0, throttled_ = 0, epoch_ = 1, made_ = 0;
};

http::Response json_of(int status, const boost::json::value& body);
http::Response refusal(int status, const std::string& message);
// A parameter that is none of these, or empty.
std::string stranger(const std::map<std::string, std::string>& query, std::initializer_list<std::string_view> known);
std::string iso(std::int64_t ms);
std::int64_t from_iso(const std::string& text); // -1: unreadable
std::string digits_of(std::string_view text);

} // namespace sim::crm
