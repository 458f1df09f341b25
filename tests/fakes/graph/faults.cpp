// See faults.hpp.
#include "faults.hpp"

#include <algorithm>
#include <array>

namespace sim::graph {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::count)> names = {"token",
                                                                                       "device_code",
                                                                                       "keys",
                                                                                       "presence",
                                                                                       "presences",
                                                                                       "presence_set",
                                                                                       "presence_clear",
                                                                                       "preferred_set",
                                                                                       "preferred_clear",
                                                                                       "status_message",
                                                                                       "users",
                                                                                       "user",
                                                                                       "users_delta",
                                                                                       "photo",
                                                                                       "calendar_view",
                                                                                       "event",
                                                                                       "subscription_create",
                                                                                       "subscription_list",
                                                                                       "subscription_read",
                                                                                       "subscription_renew",
                                                                                       "subscription_delete",
                                                                                       "subscription_reauthorize",
                                                                                       "batch",
                                                                                       "other"};

constexpr std::array<std::string_view, 22> kinds = {
    "redirect", "unavailable", "too_many",   "429",       "unauthorised", "forbidden", "not_found", "error",
    "html",     "slow",        "reset",      "close",     "empty",        "truncated", "cut",       "slow_drip",
    "gone",     "oversized",   "stale_sync", "no_access", "invalid_json", "wrong_type"};
constexpr std::array<std::string_view, 8> on_the_wire = {"slow",      "reset", "close",     "cut",
                                                         "slow_drip", "html",  "oversized", "wrong_type"};
constexpr std::array<std::string_view, 7> groups = {"any",   "identity",  "graph",        "presence",
                                                    "users", "calendars", "subscriptions"};

template <typename List>
bool contains(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool covers(std::string_view on, Kind kind) {
    return on == "any" || on == name_of(kind) || (on == "identity" && of_identity(kind)) ||
           (on == "graph" && !of_identity(kind)) || (on == "presence" && of_presence(kind)) ||
           (on == "users" && of_users(kind)) || (on == "calendars" && of_calendars(kind)) ||
           (on == "subscriptions" && of_subscriptions(kind));
}

} // namespace

std::string_view name_of(Kind kind) {
    return names[static_cast<std::size_t>(kind)];
}

std::string Faults::add(Fault fault) {
    if (!contains(kinds, fault.kind)) return "unknown fault kind " + fault.kind;
    if (!contains(groups, fault.on) && !contains(names, fault.on)) return "unknown request kind " + fault.on;
    faults_.push_back(std::move(fault));
    return {};
}

const Fault* Faults::hit(Kind kind, std::string_view path, std::string_view body, bool only_slow, bool in_batch) {
    for (Fault& fault : faults_) {
        if (fault.remaining == 0 || (fault.kind == "slow") != only_slow || !covers(fault.on, kind)) continue;
        if (in_batch && contains(on_the_wire, fault.kind)) continue;
        const bool named =
            fault.users.empty() || std::any_of(fault.users.begin(), fault.users.end(), [&](const std::string& user) {
                return path.find(user) != std::string_view::npos || body.find(user) != std::string_view::npos;
            });
        if (!named) continue;
        if (fault.remaining > 0) --fault.remaining;
        return &fault;
    }
    return nullptr;
}

} // namespace sim::graph
