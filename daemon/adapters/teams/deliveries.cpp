// Notifications: what is delivered. Nothing is believed before its client state, its validation token and its signature
// are right; what cannot be opened is read instead; what comes twice or late changes nothing.
#include <algorithm>
#include <fmt/format.h>

#include "adapters/teams/notifications.hpp"
#include "base/log.hpp"

namespace lamp::teams {
namespace {

constexpr std::size_t opened_at_once = 8; // RSA takes about a millisecond each; the loop turns in between

} // namespace

std::string_view outcome_name(Notified outcome) {
    switch (outcome) {
    case Notified::read: return "read";
    case Notified::old: return "old";
    case Notified::stranger: return "stranger";
    case Notified::duplicate: return "duplicate";
    case Notified::forged: return "forged";
    case Notified::foreign: return "foreign";
    case Notified::untrusted: return "untrusted";
    case Notified::unreadable: return "unreadable";
    case Notified::unknown_key: return "unknown_key";
    }
    return "";
}

bool Notifications::expects_validation() const {
    return steady_now().time_since_epoch().count() < validation_until_.load();
}

bool Notifications::deliver(std::string body) {
    auto size = body.size();
    bool fits = waiting_.fetch_add(1) < inbox_max;
    fits = waiting_bytes_.fetch_add(size) + size <= inbox_bytes && fits;
    if (!fits) {
        --waiting_;
        waiting_bytes_ -= size;
        ++refused_;
        return false;
    }
    loop_.post([this, body = std::move(body)]() mutable {
        inbox_.push_back(std::move(body));
        inbox_bell_.ring();
    });
    return true;
}

Task<> Notifications::follow_deliveries() {
    while (!stopping_) {
        if (inbox_.empty()) {
            co_await inbox_bell_.wait(milliseconds(60'000));
            continue;
        }
        auto body = std::move(inbox_.front());
        inbox_.pop_front();
        auto size = body.size();
        co_await take(std::move(body));
        --waiting_;
        waiting_bytes_ -= size;
    }
}

void Notifications::note(Notified outcome) {
    ++counts_[static_cast<std::size_t>(outcome)];
    if (outcome == Notified::read || outcome == Notified::old || outcome == Notified::duplicate ||
        outcome == Notified::stranger)
        return;
    if (complaint_.allow(steady_now()))
        log::warning("teams", "a notification was dropped",
                     {{"why", outcome_name(outcome)}, {"not_shown", complaint_.take_suppressed()}});
}

Task<> Notifications::take(std::string body) {
    auto delivery = graph::read_delivery(body);
    if (!delivery) {
        ++malformed_;
        co_return;
    }
    std::vector<Guid> look;
    std::vector<const graph::Notification*> encrypted;
    for (const auto& item : delivery->notifications) {
        auto* credential = credentials_.find(item.client_state);
        if (!credential) {
            note(Notified::forged);
        } else if (!credential->subscription_id.empty() && credential->subscription_id != item.subscription_id) {
            note(Notified::foreign);
        } else if (item.lifecycle != graph::Lifecycle::none) {
            ++lifecycle_;
            if (take_lifecycle(item)) bell_.ring();
        } else if (item.encrypted) {
            encrypted.push_back(&item);
        } else {
            note(item.id ? Notified::read : Notified::unreadable);
            if (item.id) look.push_back(*item.id);
        }
    }
    bool genuine = !look.empty();
    if (!encrypted.empty()) {
        if (tenant_id_.empty() && graph_) tenant_id_ = graph_->tenant_id();
        ExpectedToken expected{options_.client_id, tenant_id_, options_.login_url.text};
        auto vouched = co_await publisher_->vouches(delivery->validation_tokens, std::move(expected));
        if (stopping_) co_return;
        bool forged = !vouched && vouched.error().category == Category::unauthorised;
        if (!vouched && complaint_.allow(steady_now()))
            log::warning("teams", "a delivery is not vouched for", {{"why", vouched.error().text}});
        std::size_t opened = 0;
        for (const auto* item : encrypted) {
            // Its client state was right, so a look does no harm; its content is not believed.
            if (!vouched) {
                note(Notified::untrusted);
                if (!forged && item->id) look.push_back(*item->id);
                continue;
            }
            auto* credential = credentials_.find(item->client_state);
            auto outcome = credential ? open(*item, *credential, look) : Notified::unknown_key;
            genuine = genuine || outcome == Notified::read || outcome == Notified::old;
            note(outcome);
            if (++opened % opened_at_once == 0) co_await sleep_for(milliseconds(0));
            if (stopping_) co_return;
        }
    }
    if (genuine) {
        last_ = wall_now();
        machine_.notified(steady_now());
    }
    if (!look.empty()) callbacks_.look(std::move(look));
}

bool Notifications::take_lifecycle(const graph::Notification& item) {
    if (item.subscription_id != machine_.id()) return false;
    switch (item.lifecycle) {
    case graph::Lifecycle::reauthorization_required: machine_.reauthorization_required(steady_now()); return true;
    case graph::Lifecycle::subscription_removed: machine_.removed_by_service(); return true;
    case graph::Lifecycle::missed: // the next round of polling reads everybody
    case graph::Lifecycle::none:
    case graph::Lifecycle::other: break;
    }
    return false;
}

Notified Notifications::open(const graph::Notification& item, const Credential& credential, std::vector<Guid>& look) {
    const auto& content = *item.encrypted;
    if (content.certificate_id != credential.certificate_id) {
        if (item.id) look.push_back(*item.id);
        return Notified::unknown_key;
    }
    if (came_before(content.signature)) return Notified::duplicate;
    auto clear = graph::decrypt(content, credential.pair.key);
    if (!clear) return Notified::unreadable;
    seen_.push_back(std::hash<std::string>()(content.signature));
    if (seen_.size() > seen_max) seen_.pop_front();
    auto outcome = Notified::unreadable;
    auto read = graph::read_presences(*clear, [&](const graph::Presence& presence) {
        if (item.id && *item.id != presence.id) return; // it says two things at once
        // Without a number nobody knows whether it is newer than what was polled.
        if (presence.sequence.empty()) {
            look.push_back(presence.id);
            outcome = Notified::read;
        } else {
            outcome = callbacks_.reading(presence);
        }
    });
    return read ? outcome : Notified::unreadable;
}

bool Notifications::came_before(const std::string& signature) {
    return std::ranges::find(seen_, std::hash<std::string>()(signature)) != seen_.end();
}

} // namespace lamp::teams
