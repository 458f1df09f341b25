// The BroadWorks platform as one module of the simulator: roots, authentication, faults, and the two APIs.
// Requests come in here; events_api.cpp, actions_api.cpp and directory_api.cpp answer them (xsi.md 1-3).
#pragma once

#include "../http_server.hpp"
#include "../loop.hpp"
#include "accounts.hpp"
#include "channels.hpp"
#include "engine.hpp"
#include "faults.hpp"
#include "model.hpp"
#include "settings.hpp"
#include "subscriptions.hpp"
#include "xml.hpp"

#include <array>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim::bw {

struct LogLine {
    std::int64_t time = 0;
    int host = 0;
    std::string method;
    std::string target;
    std::string login;
    std::string body;
    RequestKind kind = RequestKind::other;
    int status = 0;
};

// One request on its way through the platform.
struct Exchange {
    Exchange(const http::Request& r, http::Reply answer) : request(r), reply(std::move(answer)) {}

    const http::Request& request;
    http::Reply reply;
    RequestKind kind = RequestKind::other;
    const Login* login = nullptr;
    std::vector<std::string> parts; // decoded path segments after the version
    std::vector<std::pair<std::string, std::string>> query;
    bool echo = true; // of heartbeats

    bool is(std::size_t part, std::string_view word) const {
        return part < parts.size() && http::same_word(parts[part], word);
    }
    std::string_view parameter(std::string_view name) const;
    bool method(std::string_view name) const { return request.method == name; }
};

class Platform {
public:
    Platform(Loop& loop, const Roster::Options& options);

    void handle(const http::Request& request, http::Reply reply);
    std::function<std::string(int)> url_of; // of a listener, for redirects

    Loop& loop;
    Settings settings;
    Roster roster;
    Accounts accounts;
    Channels channels;
    Subscriptions subscriptions;
    Engine engine;
    Faults faults;
    std::array<std::uint64_t, static_cast<std::size_t>(RequestKind::count)> requests{};
    std::array<std::uint64_t, 6> statuses{}; // by hundreds
    std::deque<LogLine> log;

    bool failover(std::string_view variant, std::int64_t delay_ms); // resync | snapshot | none
    void remove_user(UserIndex user);

private:
    // Answers
    void send(Exchange& exchange, http::Response response);
    void ok(Exchange& exchange);
    void document(Exchange& exchange, std::string_view root, std::string_view inner, int status = 200);
    void error(Exchange& exchange, int status, int code, std::string_view english);
    void note(const Exchange& exchange, int status);
    bool apply_fault(Exchange& exchange);
    void challenge(Exchange& exchange);

    // events_api.cpp
    void events(Exchange& exchange);
    void open_channel(Exchange& exchange);
    void channel_request(Exchange& exchange);
    void event_response(Exchange& exchange);
    void subscribe(Exchange& exchange, const Target& target);
    void subscription_request(Exchange& exchange);
    bool own_channel(Exchange& exchange, const Channel& channel);

    // actions_api.cpp
    void actions(Exchange& exchange);
    void user_request(Exchange& exchange, UserIndex user);
    void calls(Exchange& exchange, UserIndex user);
    void new_call(Exchange& exchange, UserIndex user);
    void control_call(Exchange& exchange, UserIndex user, LegId leg);
    void conference(Exchange& exchange, UserIndex user);
    void list_calls(Exchange& exchange, UserIndex user);
    void profile(Exchange& exchange, UserIndex user);
    void service(Exchange& exchange, UserIndex user);
    void service_list(Exchange& exchange, UserIndex user);
    void call_center(Exchange& exchange, UserIndex user);
    void queue_request(Exchange& exchange);

    // directory_api.cpp
    void directory(Exchange& exchange, UserIndex user);
    void people_directory(Exchange& exchange, UserIndex user, bool whole_enterprise);
    void common_directory(Exchange& exchange, std::string_view root, std::string_view list, std::string_view entry);
    void call_logs(Exchange& exchange, UserIndex user);

    bool paging(Exchange& exchange, std::int64_t& start, std::int64_t& results);
    std::string cookie_of(const http::Request& request) const;
    bool split_path(Exchange& exchange, std::string_view rest) const;

    std::uint64_t answers_ = 0;
    std::uint64_t tracking_ = 0;
};

} // namespace sim::bw
