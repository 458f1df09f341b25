// Watch channels and what is posted for them (cloud-apis.md F3). Lives on the simulator's loop.
#pragma once

#include "../graph/courier.hpp"
#include "../http_server.hpp"
#include "../loop.hpp"
#include "settings.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sim::google {

struct Watch {
    std::string id, token, address, calendar, resource;
    std::int64_t expires = 0;
    std::uint64_t number = 1; // of the next message; there may be gaps
};

class Watches {
public:
    Watches(Loop& loop, const Settings& settings) : loop_(loop), courier_(loop), settings_(settings) {}

    http::Response open(const std::string& calendar, std::string_view body, const std::string& url);
    http::Response stop(std::string_view body);
    void changed(const std::string& calendar);

    std::map<std::string, Watch> open_ones;
    // Faults: how many of the next notifications are lost, doubled, carry a wrong token.
    std::int64_t lose = 0;
    std::int64_t duplicate = 0;
    std::int64_t wrong_token = 0;
    std::uint64_t sent = 0;
    std::uint64_t taken = 0; // answered 2xx

private:
    void send(Watch& watch, const std::string& state, const std::string& url);

    Loop& loop_;
    graph::Courier courier_;
    const Settings& settings_;
    std::string url_;
};

} // namespace sim::google
