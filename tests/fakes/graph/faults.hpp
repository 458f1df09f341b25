// Kinds of requests, and faults on them by command: what, where, for whom, how often (cloud-apis.md 11).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sim::graph {

enum class Kind : std::uint8_t {
    token,
    device_code,
    keys, // OpenID configuration and signing keys
    presence,
    presences,
    presence_set,
    presence_clear,
    preferred_set,
    preferred_clear,
    status_message,
    users,
    user,
    users_delta,
    photo,
    calendar_view, // calendarView/delta
    event,
    subscription_create,
    subscription_list,
    subscription_read,
    subscription_renew,
    subscription_delete,
    subscription_reauthorize,
    batch,
    other,
    count
};
std::string_view name_of(Kind kind);
constexpr bool of_identity(Kind kind) {
    return kind <= Kind::keys;
}
constexpr bool of_presence(Kind kind) { // what the presence limit counts
    return kind >= Kind::presence && kind <= Kind::status_message;
}
constexpr bool of_users(Kind kind) {
    return kind >= Kind::users && kind <= Kind::photo;
}
constexpr bool of_calendars(Kind kind) {
    return kind == Kind::calendar_view || kind == Kind::event;
}
constexpr bool of_subscriptions(Kind kind) {
    return kind >= Kind::subscription_create && kind <= Kind::subscription_reauthorize;
}

struct Fault {
    std::string kind;
    std::string on = "any";         // a request kind, or any | identity | graph | presence | users | calendars |
                                    // subscriptions
    std::int64_t remaining = 1;     // -1: until cleared
    std::vector<std::string> users; // only requests whose path or body names one of these
    std::int64_t status = 500;
    std::int64_t ms = 0;
    std::int64_t retry_after = -1;
    std::string to;
};

class Faults {
public:
    std::string add(Fault fault); // what is wrong with it, else empty
    void clear() { faults_.clear(); }
    // The first fault that fits, counted down. Inside a batch only those that are an answer can happen.
    const Fault* hit(Kind kind, std::string_view path, std::string_view body, bool only_slow, bool in_batch);

private:
    std::vector<Fault> faults_;
};

} // namespace sim::graph
