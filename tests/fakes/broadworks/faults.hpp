// Faults on requests, on command (xsi.md 12, 14): what, where, for whom, how often.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sim::bw {

// What a request is, for counters, the log and the `on` of a fault.
enum class RequestKind : std::uint8_t {
    channel_open,
    heartbeat,
    ack,
    channel_refresh,
    channel_delete,
    channel_set,
    subscribe,
    subscription_refresh,
    subscription_delete,
    subscription_read,
    calls,
    call_control,
    services,
    service_change,
    directory,
    profile,
    other,
    count
};
std::string_view name_of(RequestKind kind);

struct Fault {
    std::string kind;
    std::string on = "any";     // a request kind, or any | events | actions
    std::int64_t remaining = 1; // -1: until cleared
    int host = -1;
    std::vector<std::string> users; // only requests whose target names one of these
    std::int64_t status = 500;
    std::int64_t ms = 0;
    std::int64_t retry_after = -1;
    std::string to;
    std::int64_t used = 0;
};

class Faults {
public:
    // Empty when `fault` may stand, else what is wrong with it.
    std::string add(Fault fault);
    void clear() { faults_.clear(); }
    bool any() const { return !faults_.empty(); }
    // The first fault that fits, counted down; null when none. A `slow` fault does not hide the next one.
    const Fault* hit(RequestKind kind, int host, std::string_view path, bool only_slow);
    const std::vector<Fault>& all() const { return faults_; }

    static const std::vector<std::string_view>& request_kinds();

private:
    std::vector<Fault> faults_;
};

} // namespace sim::bw
