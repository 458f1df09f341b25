// The sender of web hooks: signature, test of the address, retries, and everything that goes wrong with deliveries
// (cloud-apis.md C1, C4). Lives on the simulator's loop.
#pragma once

#include "../graph/courier.hpp"
#include "../loop.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace sim::zoom {

struct HookFault {
    std::string kind;
    std::int64_t remaining = 1; // -1: until cleared
    std::int64_t ms = 2000;
};

class Hooks {
public:
    explicit Hooks(Loop& loop) : loop_(loop), courier_(loop) {}

    // Tests the address; only once it has proven itself are events delivered.
    void use(std::string url, std::string secret);
    void test(); // as every 72 hours: an address that fails is disabled
    void send(const std::string& event, boost::json::object object, std::int64_t at_ms, const std::string& account);
    void send_raw(std::string body);  // signed, once
    std::string add(HookFault fault); // what is wrong with it, else empty
    void clear() { faults_.clear(); }
    void release(); // what `hold` has kept
    boost::json::object state() const;

    std::vector<std::int64_t> retry_ms{300'000, 1'200'000, 3'600'000};
    std::int64_t answer_limit_ms = 3000;
    std::int64_t clock_offset_ms = 0;
    bool sign_tests = true;

private:
    struct Parcel {
        std::string body;
        std::size_t attempt = 0;
        bool tampered = false;
        bool stale = false;
        bool bare = false;    // no signature
        bool foreign = false; // another secret
    };
    bool take(std::string_view kind, std::int64_t* ms = nullptr);
    void dispatch(Parcel parcel);
    void deliver(Parcel parcel);
    graph::Parcel sealed(const Parcel& parcel) const;

    Loop& loop_;
    graph::Courier courier_;
    std::string url_;
    std::string secret_;
    bool validated_ = false;
    std::vector<HookFault> faults_;
    std::deque<Parcel> held_;
    std::int64_t sent_ = 0, taken_ = 0, refused_ = 0, retried_ = 0, dropped_ = 0, tests_ = 0, lost_ = 0;
    std::int64_t last_status_ = 0;
    std::int64_t last_at_ = 0;
};

} // namespace sim::zoom
