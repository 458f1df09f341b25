// Outgoing POSTs of the fake cloud: validation requests and notifications to the daemon's callback address.
// One connection each, http or https (certificates are not looked at). Lives on the simulator's loop.
#pragma once

#include "../loop.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace sim::graph {

struct Parcel {
    std::string url; // absolute
    std::string content_type;
    std::string body;
    std::chrono::milliseconds limit{10'000};
    std::vector<std::pair<std::string, std::string>> headers{}; // further ones
};

struct Receipt {
    int status = 0; // 0: no answer in time, or no connection
    std::string content_type;
    std::string body;
    std::int64_t took_ms = 0;
};

class Courier {
public:
    explicit Courier(Loop& loop) : loop_(loop) {}
    void post(const Parcel& parcel, std::function<void(const Receipt&)> done); // `done` is called once, later

private:
    Loop& loop_;
};

} // namespace sim::graph
