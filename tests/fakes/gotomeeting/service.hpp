// The fake GoTo behind one listener: refresh tokens that are good for one use, organisers with their meetings, and the
// refusals of the real service (cloud-apis.md D, 11). Lives on the simulator's loop.
#pragma once

#include "../http_server.hpp"
#include "../loop.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::gotomeeting {

struct Organiser {
    std::uint64_t key = 0;
    std::string email;
    std::string first;
    std::string last;
    bool admin = false;
    bool removed = false; // from the account
};

struct Meeting {
    std::uint64_t id = 0;
    std::size_t organiser = 0;
    std::string subject;
    std::string type = "scheduled"; // immediate, recurring, scheduled
    bool active = false;
    std::int64_t created = 0; // ms
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::int64_t began = 0; // the last session
};

struct Past {
    std::size_t organiser = 0;
    Meeting meeting;
    std::int64_t ended = 0;
};

struct Settings {
    std::int64_t expires_in_s = 3600;
    bool rotate = true;           // a refresh token is good for one use
    bool principal = true;        // token answers tell whose it is
    std::string ids = "both";     // both (legacy keys beside, numbers and texts), texts, numbers
    std::string status_word;      // instead of INACTIVE
    bool tell_status = true;      // meetings carry a status at all
    bool immediate_listed = true; // running "meet now" meetings stand in upcomingMeetings
    bool unknown_is_empty = true; // organizers?email= of nobody: 200 []; else 404
    std::int64_t rate = 0;        // requests of the API in rate_window_ms; 0: no limit
    std::int64_t rate_window_ms = 60'000;
    std::int64_t retry_after_s = 1; // with 429; below 0: not told
    std::int64_t log_size = 2000;
};

struct Fault {
    std::string kind;
    std::string on = "any"; // token, upcoming, upcoming_of, organizers, historical, meeting, other; api: all but token
    std::int64_t remaining = 1;     // -1: until cleared
    std::vector<std::string> users; // only requests whose path or query names one of these
    std::int64_t status = 500;
    std::int64_t ms = 0;
    std::int64_t retry_after = -1;
};

struct LogLine {
    std::int64_t time = 0;
    std::string kind;
    std::string method;
    std::string target;
    int status = 0; // 0: no answer
};

class Service {
public:
    void handle(const http::Request& request, http::Reply reply);

    std::optional<std::size_t> find(std::string_view email_or_key) const;
    std::size_t add(std::string email, std::string first, std::string last);
    // Whose refresh token is good from now on; earlier ones of others live on.
    std::string issue_refresh(std::size_t organiser);
    void revoke(bool refresh_too);
    void start(Meeting meeting);
    // False: it has none (of that subject).
    bool stop(std::size_t organiser, std::string_view subject);
    std::string add_fault(Fault fault); // what is wrong with it, else empty

    Settings settings;
    const std::string client_id = "6d1f5a2e-3b4c-4d5e-8f60-a1b2c3d4e5f6";
    std::string client_secret = "goto-secret";
    std::vector<Organiser> organisers;
    std::deque<Meeting> meetings;
    std::deque<Past> history;
    std::vector<Fault> faults;
    bool down = false; // the login host answers 503
    std::map<std::string, std::uint64_t> requests;
    std::map<int, std::uint64_t> statuses;
    std::uint64_t tokens_issued = 0;
    std::uint64_t tokens_refused = 0;
    std::uint64_t throttled = 0;
    std::deque<LogLine> log;

private:
    struct Access {
        std::size_t organiser = 0;
        std::int64_t expires = 0;
    };
    struct Call {
        const http::Request& request;
        std::vector<std::string> parts; // after /G2M/rest
        std::string kind;
        std::size_t who = 0;
    };

    http::Response token(const http::Request& request);
    http::Response api(Call& call);
    http::Response upcoming(std::size_t organiser) const;
    http::Response organizers(const Call& call) const;
    http::Response historical(const Call& call, std::optional<std::size_t> organiser) const;
    std::optional<http::Response> refuse(Call& call);
    std::optional<http::Response> fault_answer(const Fault& fault) const;
    Fault* hit(const Call& call, bool slow);
    boost::json::object describe(const Meeting& meeting) const;
    boost::json::object describe(const Organiser& organiser) const;
    void note(const Call& call, int status);

    std::map<std::string, std::size_t, std::less<>> refresh_; // token -> organiser
    std::map<std::string, Access, std::less<>> access_;
    std::deque<std::int64_t> recent_; // times of requests, for the limit
    std::uint64_t serial_ = 0;
};

} // namespace sim::gotomeeting
