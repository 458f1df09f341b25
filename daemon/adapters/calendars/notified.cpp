// Calendars: what Google and Graph tell of changes. It only brings the next reading forward.
#include <algorithm>

#include "adapters/calendars/calendar.hpp"
#include "base/log.hpp"

namespace lamp::calendars {
namespace {

constexpr milliseconds push_gap{1'000}; // between readings that notifications ask for
constexpr int notifications_max = 256;
constexpr std::size_t notified_bytes_max = 4 << 20;

} // namespace

std::optional<fanout::HookAnswer> Calendars::deliver(const fanout::HookCall& call) {
    if (push_ && call.path == GooglePush::hook) return deliver_google(call);
    if (graph_push_ && call.path == GraphPush::hook) return deliver_graph(call);
    return std::nullopt;
}

bool Calendars::expects_test(std::string_view hook) const {
    return graph_push_ && hook == GraphPush::hook && graph_push_->expects_test();
}

fanout::HookAnswer Calendars::deliver_google(const fanout::HookCall& call) {
    auto id = call.header("X-Goog-Channel-ID").value_or("");
    if (!push_->genuine(id, call.header("X-Goog-Channel-Token").value_or("")))
        return {.status = 403, .body = "This channel and this token do not belong together."};
    if (notifications_.fetch_add(1) >= notifications_max) {
        notifications_.fetch_sub(1);
        return fanout::hook_full();
    }
    loop_.post(
        [this, channel = std::string(id), state = std::string(call.header("X-Goog-Resource-State").value_or(""))] {
            notifications_.fetch_sub(1);
            notified(push_->calendar_of(channel, state));
        });
    return {};
}

// Answered before it is looked into: who is slow loses notifications.
fanout::HookAnswer Calendars::deliver_graph(const fanout::HookCall& call) {
    auto size = call.body.size();
    if (notified_bytes_.fetch_add(size) + size > notified_bytes_max ||
        notifications_.fetch_add(1) >= notifications_max) {
        notified_bytes_.fetch_sub(size);
        return fanout::hook_full();
    }
    loop_.post([this, body = std::string(call.body)] {
        notifications_.fetch_sub(1);
        notified_bytes_.fetch_sub(body.size());
        auto delivery = graph::read_delivery(body);
        if (!delivery) return log::debug("calendars", "a delivery cannot be read", {{"why", delivery.error().text}});
        for (const auto& calendar : graph_push_->changed(*delivery, wall_now()))
            notified(calendar);
    });
    return {.status = 202};
}

void Calendars::notified(std::string_view name) {
    for (const auto& calendar : calendars_) {
        if (calendar->options.name != name) continue;
        calendar->due = std::min(calendar->due, std::max(steady_now(), calendar->begun + push_gap));
        calendar->bell.ring();
    }
}

} // namespace lamp::calendars
