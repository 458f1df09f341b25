#include "adapters/calendars/graph_push.hpp"

#include <algorithm>
#include <utility>

#include "adapters/calendars/callback.hpp"
#include "base/secret.hpp"

namespace lamp::calendars {

std::unique_ptr<GraphPush> GraphPush::make(const std::string& public_url) {
    auto address = callback_address(public_url, hook);
    return address ? std::make_unique<GraphPush>(*std::move(address)) : nullptr;
}

GraphPush::Due GraphPush::due(const std::string& calendar, const std::string& mailbox, Wall now) {
    Due due;
    auto& watched = watched_[calendar];
    if (watched.making || now < watched.not_before || (!watched.id.empty() && now < watched.renew_at)) return due;
    due.expires = now + life;
    due.renew = watched.id;
    if (!due.renew.empty()) return due;
    watched.secret = random_text(32);
    watched.making = true;
    ++making_;
    due.make = graph::EventsWish{.notification_url = address_,
                                 .lifecycle_url = address_,
                                 .mailbox = mailbox,
                                 .expires = due.expires,
                                 .client_state = watched.secret};
    return due;
}

void GraphPush::end_making(Watched& watched) {
    if (std::exchange(watched.making, false)) --making_;
}

void GraphPush::live_until(Watched& watched, Wall expires, Wall now) {
    watched.renew_at = now + (expires - now) / 2;
    watched.patience.reset();
    watched.not_before = now + watched.patience.next(); // however short the service makes their lives
    watched.patience.reset();
}

void GraphPush::made(const std::string& calendar, const graph::Subscription& subscription, Wall now) {
    auto& watched = watched_[calendar];
    end_making(watched);
    watched.id = subscription.id;
    live_until(watched, subscription.expires.value_or(now + life), now);
}

void GraphPush::renewed(const std::string& calendar, std::optional<Wall> expires, Wall now) {
    live_until(watched_[calendar], expires.value_or(now + life), now);
}

void GraphPush::refused(const std::string& calendar, After after, Wall now) {
    auto& watched = watched_[calendar];
    if (watched.making || after == After::gone) watched.id.clear();
    end_making(watched);
    watched.not_before = now + watched.patience.next();
}

void GraphPush::take_lifecycle(Watched& watched, graph::Lifecycle event, Wall now) {
    if (event == graph::Lifecycle::subscription_removed) {
        watched.id.clear();
        watched.not_before = std::min(watched.not_before, now);
    } else if (event == graph::Lifecycle::reauthorization_required) { // a renewal is one
        watched.renew_at = watched.not_before = now;
    }
}

std::vector<std::string> GraphPush::changed(const graph::Delivery& delivery, Wall now) {
    std::vector<std::string> calendars;
    for (const auto& item : delivery.notifications)
        for (auto& [calendar, watched] : watched_) {
            // Notifications may come before the answer that tells the id.
            bool ours = !watched.secret.empty() && same_secret(item.client_state, watched.secret) &&
                        (watched.making || item.subscription_id == watched.id);
            if (!ours) continue;
            take_lifecycle(watched, item.lifecycle, now);
            if (std::ranges::find(calendars, calendar) == calendars.end()) calendars.push_back(calendar);
        }
    return calendars;
}

} // namespace lamp::calendars
