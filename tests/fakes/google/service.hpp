// The fake Google's two hosts behind one listener: routing, tokens, access to calendars, faults, the journal
// (cloud-apis.md F and 11). Lives on the simulator's loop.
#pragma once

#include "../http_server.hpp"
#include "../loop.hpp"
#include "calendars.hpp"
#include "identity.hpp"
#include "settings.hpp"
#include "watches.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::google {

// One request's wrong, by command: what, on which kind of request, how often.
struct Fault {
    std::string kind;
    std::string on = "any";     // any | api | token | revoke | consent | calendar | events | watch | stop
    std::int64_t remaining = 1; // -1: until cleared
    std::int64_t status = 500;
    std::int64_t ms = 1000;
    std::int64_t retry_after = -1;
};

struct LogLine {
    std::string kind, method, target, body;
    int status = 0; // 0: no answer
};

class Service {
public:
    Service(Loop& loop, std::string domain);

    void handle(const http::Request& request, http::Reply reply);
    std::string add_fault(Fault fault); // what is wrong with it, else empty

    // Makes the calendar of an address of the domain at its first mention; null: there is none.
    Calendar* find(const std::string& id);
    // Every sync token given so far is 410.
    void expire_sync_tokens() { ++epoch_; }
    void changed(const Calendar& calendar) { watches.changed(calendar.id); }

    Settings settings;
    Identity identity;
    Watches watches;
    std::map<std::string, Calendar> calendars;
    std::vector<Fault> faults;
    std::deque<LogLine> log;
    std::map<std::string, std::uint64_t> requests; // by kind
    std::string url;
    std::int64_t log_size = 2000;

private:
    static std::string kind_of(const http::Request& request);
    http::Response answer(const std::string& kind, const http::Request& request);
    http::Response api(const std::string& kind, const http::Request& request);
    std::optional<http::Response> fault_answer(const Fault& fault, const std::string& kind) const;
    Fault* hit(const std::string& kind, bool slow);

    std::uint64_t epoch_ = 1;
};

http::Response error(int status, std::string_view reason, std::string_view message, std::string_view domain = "global");
// One page of a listing, or of the changes since a sync token.
http::Response list_events(const Calendar& calendar, const std::string& access, const Settings& settings,
                           std::uint64_t epoch, const std::vector<std::pair<std::string, std::string>>& query);

} // namespace sim::google
