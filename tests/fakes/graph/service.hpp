// The fake Microsoft cloud behind one listener: requests come in here, the *_api.cpp files answer them.
// Every answer but that to a new subscription is a value, so that an item of a batch goes the same way as a request.
#pragma once

#include "../http_server.hpp"
#include "../loop.hpp"
#include "calendars.hpp"
#include "directory.hpp"
#include "faults.hpp"
#include "identity.hpp"
#include "presences.hpp"
#include "settings.hpp"
#include "throttle.hpp"

#include <boost/json.hpp>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::graph {

class Subscriptions;

struct LogLine {
    std::int64_t time = 0;
    Kind kind = Kind::other;
    std::string method;
    std::string path; // with the query
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    int status = 0; // 0: no answer, or none yet
    bool in_batch = false;
    std::uint64_t number = 0;
};

// One request, or one item of a batch, on its way.
struct Exchange {
    const http::Request& request;
    Kind kind = Kind::other;
    std::vector<std::string> parts; // decoded path segments; for Graph those after the version
    const Token* token = nullptr;
    std::string own_url; // scheme, host and port as the client sees them
    bool in_batch = false;
};

class Service {
public:
    Service(Loop& loop, std::string tenant, std::string domain);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    void handle(const http::Request& request, http::Reply reply);
    std::int64_t now() const { return system_ms_() + settings.clock_offset_ms; }
    UserIndex add_user(User user);

    // For the journal, the counters and the control commands.
    struct Published { // an application's session as it was last asked for
        Pair pair;
        std::int64_t since = 0;
        std::int64_t expires = 0;
    };

    Loop& loop;
    Settings settings;
    Words words;
    Directory directory;
    Presences presences;
    Identity identity;
    Faults faults;
    std::map<UserIndex, Mailbox> mailboxes; // each made at its first mention
    std::int64_t syncs_lost_at = 0;         // calendar tokens that are older are forgotten
    std::unique_ptr<Subscriptions> subscriptions;
    std::string url; // of the listener
    std::uint16_t port = 0;
    std::array<std::uint64_t, static_cast<std::size_t>(Kind::count)> requests{};
    std::map<int, std::uint64_t> statuses;
    std::uint64_t throttled = 0;
    std::uint64_t batch_items = 0;
    std::deque<LogLine> log;

    http::Response error(int status, std::string_view code, std::string_view message,
                         const http::Request* request = nullptr) const;
    // The presence resource as a reader sees it, and in clear for notifications.
    void append_presence(std::string& out, UserIndex user, bool stale);
    Effective visible(UserIndex user);
    std::string notified_presence(UserIndex user);

private:
    friend class Subscriptions;

    static std::int64_t system_ms_();
    http::Response route(Exchange& exchange);
    http::Response answer(Exchange& exchange);
    http::Response graph(Exchange& exchange);
    std::optional<http::Response> refuse(Exchange& exchange);
    std::optional<http::Response> throttle(Exchange& exchange);
    std::optional<http::Response> fault_answer(const Fault& fault, const Exchange& exchange) const;
    bool fault_on_the_wire(const Fault& fault, Exchange& exchange, http::Reply& reply);
    void drip(std::shared_ptr<http::Stream> stream, std::string text, std::size_t at);
    std::uint64_t note(const Exchange& exchange, int status); // the number of the line
    void finish(const Exchange& exchange, http::Response& response) const;
    static Kind classify(const http::Request& request, const std::vector<std::string>& parts);

    // presence_api.cpp
    http::Response read_presence(Exchange& exchange);
    http::Response read_presences(Exchange& exchange);
    http::Response set_presence(Exchange& exchange);
    http::Response clear_presence(Exchange& exchange);
    http::Response set_preferred(Exchange& exchange);
    http::Response clear_preferred(Exchange& exchange);
    http::Response set_status_message(Exchange& exchange);
    UserIndex target(const Exchange& exchange) const;
    std::optional<http::Response> foreign_write(const Exchange& exchange, UserIndex user) const;
    void append_unknown(std::string& out, const Guid& id) const;
    void append_pair(std::string& out, Pair pair) const;

    // users_api.cpp
    http::Response list_users(Exchange& exchange);
    http::Response read_user(Exchange& exchange);
    http::Response delta(Exchange& exchange);
    http::Response photo(Exchange& exchange);

    // calendar_api.cpp
    http::Response calendar_view(Exchange& exchange);
    http::Response read_event(Exchange& exchange);
    UserIndex mailbox_of(const Exchange& exchange) const;
    http::Response no_mailbox(const Exchange& exchange) const;

    // batch_api.cpp
    http::Response batch(Exchange& exchange);
    http::Response answer_item(const http::Request& inner, const Exchange& outer);

    std::map<std::uint32_t, Throttle> throttles_; // by application; there is one tenant
    std::uint64_t log_lines_ = 0;
    std::uint64_t presence_answers_ = 0;
    std::uint64_t pages_ = 0;
    std::int64_t drip_ms_ = 1; // of the newest slow_drip
};

std::vector<std::string> segments(std::string_view path); // decoded

// The body as a JSON object with the right Content-Type, or the refusal.
std::optional<http::Response> json_body(const Service& service, const Exchange& exchange, boost::json::object& body);
// The refusal of a member outside `known`.
std::optional<http::Response> unknown_member(const Service& service, const boost::json::object& body,
                                             std::initializer_list<std::string_view> known);
http::Response json_text(int status, std::string body);

} // namespace sim::graph
