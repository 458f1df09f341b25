// See faults.hpp.
#include "faults.hpp"

#include "../http_server.hpp"

#include <algorithm>
#include <array>

namespace sim::bw {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(RequestKind::count)> names = {"channel",
                                                                                              "heartbeat",
                                                                                              "ack",
                                                                                              "channel_refresh",
                                                                                              "channel_delete",
                                                                                              "channel_set",
                                                                                              "subscribe",
                                                                                              "subscription_refresh",
                                                                                              "subscription_delete",
                                                                                              "subscription_read",
                                                                                              "calls",
                                                                                              "call_control",
                                                                                              "services",
                                                                                              "service_change",
                                                                                              "directory",
                                                                                              "profile",
                                                                                              "other"};

bool covers(std::string_view on, RequestKind kind) {
    const bool events = kind <= RequestKind::subscription_read;
    return on == "any" || (on == "events" && events) || (on == "actions" && !events) || on == name_of(kind);
}

} // namespace

std::string_view name_of(RequestKind kind) {
    return names[static_cast<std::size_t>(kind)];
}

const std::vector<std::string_view>& Faults::request_kinds() {
    static const std::vector<std::string_view> kinds = {
        "redirect", "unavailable", "too_many", "unauthorised",        "forbidden", "not_found", "error",  "html",
        "slow",     "reset",       "close",    "no_channel_document", "empty",     "truncated", "no_echo"};
    return kinds;
}

std::string Faults::add(Fault fault) {
    const auto& kinds = request_kinds();
    if (std::find(kinds.begin(), kinds.end(), fault.kind) == kinds.end()) return "unknown fault kind " + fault.kind;
    const bool known = fault.on == "any" || fault.on == "events" || fault.on == "actions" ||
                       std::find(names.begin(), names.end(), fault.on) != names.end();
    if (!known) return "unknown request kind " + fault.on;
    if (fault.kind == "no_channel_document") fault.on = "channel";
    if (fault.kind == "no_echo") fault.on = "heartbeat";
    faults_.push_back(std::move(fault));
    return {};
}

const Fault* Faults::hit(RequestKind kind, int host, std::string_view path, bool only_slow) {
    for (Fault& fault : faults_) {
        if (fault.remaining == 0 || (fault.kind == "slow") != only_slow || (fault.host >= 0 && fault.host != host) ||
            !covers(fault.on, kind))
            continue;
        const bool named =
            fault.users.empty() || std::any_of(fault.users.begin(), fault.users.end(), [&](const std::string& user) {
                return path.find("/" + user) != std::string_view::npos ||
                       path.find("/" + http::percent_encode(user)) != std::string_view::npos;
            });
        if (!named) continue;
        if (fault.remaining > 0) --fault.remaining;
        ++fault.used;
        return &fault;
    }
    return nullptr;
}

} // namespace sim::bw
