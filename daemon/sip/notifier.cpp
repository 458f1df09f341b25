#include "sip/notifier.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/check.hpp"

namespace lamp::sip {

std::string_view name(Ending ending) {
    switch (ending) {
    case Ending::none: return "";
    case Ending::timeout: return "timeout";
    case Ending::deactivated: return "deactivated";
    case Ending::probation: return "probation";
    case Ending::noresource: return "noresource";
    case Ending::rejected: return "rejected";
    }
    return "";
}

Notifier::Notifier(Options options, Seams seams, std::array<std::uint64_t, 2> secret, Steady start)
    : options_(options), seams_(std::move(seams)), secret_(secret), wheel_(start) {}

// --- who is who

void Notifier::use_names(std::shared_ptr<const Names> names, Steady now) {
    const auto before = std::exchange(names_, std::move(names));
    heads_.resize(names_->size(), none);
    counts_.resize(names_->size());
    forget_rendered();
    lists_of_.clear();
    for (ResourceIndex list = 0; list < names_->size(); ++list)
        if (names_->kind(list) == Kind::list && names_->listed(list))
            for (ResourceIndex member : names_->members(list))
                lists_of_[member].push_back(list);
    for (const auto head : heads_) // by resource, so that each document is rendered once
        for (auto index = head; index != none; index = subscriptions_[index].next) {
            Subscription& subscription = subscriptions_[index];
            if (!names_->listed(subscription.resource)) {
                end(index, Ending::noresource, now);
                continue;
            }
            if (subscription.list) {
                use_members(subscription);
                if (renamed(subscription, *before)) subscription.list->full = subscription.forced = true;
                look_again(subscription);
            }
            touch(index, now);
        }
}

void Notifier::recheck_permissions(Steady now) {
    forget_rendered();
    for (const auto head : heads_)
        for (auto index = head; index != none; index = subscriptions_[index].next) {
            Subscription& subscription = subscriptions_[index];
            const auto granted = seams_.permission(watchers_[subscription.watcher].watcher(), subscription.resource,
                                                   event_packages()[subscription.package]);
            if (granted == Permission::refused) {
                end(index, Ending::rejected, now);
                continue;
            }
            subscription.permission = granted;
            look_again(subscription);
            touch(index, now);
        }
}

void Notifier::forget_rendered() {
    rendered_.clear();
    next_rendered_ = 0;
}

// --- what has changed

void Notifier::changed(ResourceIndex resource, Steady now) {
    if (resource >= heads_.size()) return;
    for (Rendered& rendered : rendered_)
        if (rendered.resource == resource) rendered.dialect = nullptr; // matches nobody
    for (auto index = heads_[resource]; index != none; index = subscriptions_[index].next)
        touch(index, now);
    const auto lists = lists_of_.find(resource);
    if (lists == lists_of_.end()) return;
    for (const ResourceIndex list : lists->second)
        for (auto index = heads_[list]; index != none; index = subscriptions_[index].next) {
            auto& members = subscriptions_[index].list->members;
            const auto member = std::ranges::find(members, resource, &Member::resource);
            if (member == members.end()) continue;
            member->dirty = true;
            touch(index, now);
        }
}

void Notifier::tell_again(std::uint64_t id, Steady now) {
    const auto index = find(id);
    if (index == none) return;
    Subscription& subscription = subscriptions_[index];
    subscription.held = false;
    subscription.forced = true;
    subscription.not_before = Steady();
    send(index, now);
}

void Notifier::touch(std::uint32_t index, Steady now) {
    subscriptions_[index].dirty = true;
    send(index, now);
}

void Notifier::end_all(Ending ending, seconds spread, Steady now) {
    stopping_ = true;
    for (std::uint32_t index = 0; index < subscriptions_.size(); ++index) {
        Subscription& subscription = subscriptions_[index];
        if (subscription.phase == Subscription::Phase::free || subscription.ending != Ending::none) continue;
        if (spread.count() > 0)
            subscription.retry_after_s =
                static_cast<std::uint32_t>(1 + seams_.random() % static_cast<std::uint64_t>(spread.count()));
        end(index, ending, now);
    }
}

void Notifier::end(std::uint32_t index, Ending ending, Steady now) {
    Subscription& subscription = subscriptions_[index];
    if (subscription.ending != Ending::none) return; // the first reason stands
    subscription.ending = ending;
    if (ending != Ending::timeout) ++counters_.ended_by_us;
    send(index, now);
}

// --- answers to NOTIFYs (sip-csta.md 7)

namespace {

enum class Verdict : std::uint8_t { taken, over, later, again };

/// What an answer to a NOTIFY means for its subscription (RFC 6665 4.2.2, RFC 5057 5.1).
Verdict verdict_of(int status) {
    if (status < 300) return Verdict::taken;
    if (status < 400) return Verdict::over; // redirections are not followed
    switch (status) {
    case 401: // nobody has given us credentials for a watcher
    case 407:
    case 404:
    case 405:
    case 410:
    case 416:
    case 480:
    case 481:
    case 482:
    case 483:
    case 484:
    case 485:
    case 489:
    case 501:
    case 604: return Verdict::over;
    case 500:
    case 503: return Verdict::later;
    default: return Verdict::again;
    }
}

} // namespace

void Notifier::on_answer(std::uint64_t id, int status, std::optional<std::uint32_t> retry_after, Steady now) {
    const auto index = find(id);
    if (index == none || !subscriptions_[index].in_flight) return;
    Subscription& subscription = subscriptions_[index];
    subscription.in_flight = false;
    --in_flight_;
    subscription.answered = static_cast<std::uint16_t>(status);
    subscription.timeouts = 0;
    const auto verdict = verdict_of(status);
    ++(verdict == Verdict::taken ? counters_.accepted : counters_.failed);
    if (subscription.phase == Subscription::Phase::last)
        return drop(index, std::string(name(subscription.ending)), now);
    if (verdict == Verdict::over) {
        ++counters_.ended_by_answer;
        return drop(index, fmt::format("answered with {}", status), now);
    }
    if (verdict == Verdict::taken) {
        subscription.failures = 0;
        if (!subscription.held) subscription.not_before = subscription.sent_at + milliseconds(subscription.pause_ms);
        return send(index, now);
    }
    untold(subscription);
    if (verdict == Verdict::again || !retry_after) ++subscription.failures;
    if (subscription.failures >= options_.failures) {
        ++counters_.ended_by_answer;
        return drop(index, fmt::format("answered with {}, {} times in a row", status, subscription.failures), now);
    }
    // A "0" would have us knock as fast as it can answer.
    subscription.not_before = now + (retry_after ? milliseconds(seconds(std::clamp(*retry_after, 1U, 3600U)))
                                                 : milliseconds(options_.again_after));
    send(index, now);
}

void Notifier::on_silence(std::uint64_t id, Steady now) {
    const auto index = find(id);
    if (index == none || !subscriptions_[index].in_flight) return;
    Subscription& subscription = subscriptions_[index];
    subscription.in_flight = false;
    --in_flight_;
    subscription.answered = 0;
    ++counters_.unanswered;
    if (subscription.phase == Subscription::Phase::last)
        return drop(index, std::string(name(subscription.ending)), now);
    if (++subscription.timeouts >= options_.timeouts) {
        ++counters_.ended_by_silence;
        return drop(index, fmt::format("{} NOTIFYs in a row were not answered", subscription.timeouts), now);
    }
    untold(subscription);
    subscription.not_before = now + options_.again_after;
    send(index, now);
}

/// What the last NOTIFY told is not known to the watcher: a new one is due, with what is true by then.
void Notifier::untold(Subscription& subscription) {
    subscription.forced = true;
    if (subscription.list) subscription.list->full = true;
}

void Notifier::moved(std::uint64_t id, const Flow& flow) {
    if (const auto index = find(id); index != none) subscriptions_[index].flow = flow;
}

// --- clock

void Notifier::tick(Steady now) {
    wheel_.expire(now, [&](std::uint32_t index) {
        Subscription& subscription = subscriptions_[index];
        if (subscription.phase == Subscription::Phase::free) return;
        if (subscription.ending == Ending::none && now >= subscription.expires_at + expiry_grace) {
            ++counters_.ended_expired;
            return end(index, Ending::timeout, now);
        }
        if (subscription.longest_ms != 0 && now >= subscription.sent_at + milliseconds(subscription.longest_ms))
            subscription.forced = true;
        send(index, now);
    });
}

void Notifier::rearm(std::uint32_t index) {
    const Subscription& subscription = subscriptions_[index];
    if (subscription.phase == Subscription::Phase::free || subscription.phase == Subscription::Phase::last)
        return wheel_.disarm(index);
    auto at = subscription.ending == Ending::none ? subscription.expires_at + expiry_grace : Steady::max();
    if (!subscription.in_flight && subscription.longest_ms != 0)
        at = std::min(at, subscription.sent_at + milliseconds(subscription.longest_ms));
    if (!subscription.in_flight && (subscription.dirty || subscription.forced))
        at = std::min(at, subscription.not_before);
    if (at == Steady::max()) return wheel_.disarm(index);
    wheel_.arm(index, at);
}

// --- book-keeping

std::uint64_t Notifier::id_of(std::uint32_t index) const {
    return std::uint64_t{subscriptions_[index].generation} << 32 | index;
}

std::uint32_t Notifier::find(std::uint64_t id) const {
    const auto index = static_cast<std::uint32_t>(id);
    if (index >= subscriptions_.size() || id_of(index) != id) return none;
    return subscriptions_[index].phase == Subscription::Phase::free ? none : index;
}

void Notifier::link(std::uint32_t index) {
    Subscription& subscription = subscriptions_[index];
    auto& head = heads_[subscription.resource];
    subscription.previous = none;
    subscription.next = head;
    if (head != none) subscriptions_[head].previous = index;
    head = index;
    ++counts_[subscription.resource];
}

void Notifier::unlink(std::uint32_t index) {
    const Subscription& subscription = subscriptions_[index];
    if (subscription.next != none) subscriptions_[subscription.next].previous = subscription.previous;
    if (subscription.previous != none)
        subscriptions_[subscription.previous].next = subscription.next;
    else
        heads_[subscription.resource] = subscription.next;
    --counts_[subscription.resource];
}

/// A name that a trusted peer vouches for is not the user of that name who has logged in: they may see other things.
std::string Notifier::counted_name(const Watcher& watcher) {
    return (watcher.trusted ? '+' : '-') + watcher.id;
}

std::uint32_t Notifier::watcher_index(const Watcher& watcher) {
    auto [place, added] = watcher_indices_.try_emplace(counted_name(watcher), 0);
    if (!added) return place->second;
    if (free_watchers_.empty()) {
        place->second = static_cast<std::uint32_t>(watchers_.size());
        watchers_.emplace_back();
    } else {
        place->second = free_watchers_.back();
        free_watchers_.pop_back();
    }
    watchers_[place->second] = {place->first, 0};
    return place->second;
}

void Notifier::drop(std::uint32_t index, std::string why, Steady now) {
    Subscription& subscription = subscriptions_[index];
    LAMP_CHECK(subscription.phase != Subscription::Phase::free);
    if (ended_.size() >= options_.remembered) ended_.pop_back();
    ended_.push_front({id_of(index), std::string(subscription.text(subscription.from)),
                       std::string(subscription.text(subscription.entity)),
                       std::string(subscription.text(subscription.target)), std::move(why), subscription.began, now,
                       subscription.sent_at, subscription.resource, subscription.flow, subscription.answered,
                       subscription.package});
    if (subscription.in_flight) --in_flight_;
    unlink(index);
    by_dialog_.erase(subscription.dialog);
    if (auto twin = by_twin_.find(subscription.twin); twin != by_twin_.end() && twin->second == index)
        by_twin_.erase(twin);
    Counted& counted = watchers_[subscription.watcher];
    if (--counted.subscriptions == 0) {
        watcher_indices_.erase(std::string(counted.name)); // the name ends with it
        free_watchers_.push_back(subscription.watcher);
        counted = {};
    }
    wheel_.disarm(index);
    const auto resource = subscription.resource;
    const EventPackage& package = event_packages()[subscription.package];
    const auto generation = subscription.generation + 1;
    std::string().swap(subscription.block); // assigning an empty one would keep its memory
    subscription = Subscription();
    subscription.generation = generation;
    free_.push_back(index);
    --live_;
    watchers_changed(resource, package, now);
}

// --- for people

Notifier::Seen Notifier::seen(std::uint32_t index) const {
    const Subscription& subscription = subscriptions_[index];
    constexpr std::string_view states[] = {"", "pending", "active", "terminated"};
    return {id_of(index),
            subscription.text(subscription.from),
            subscription.text(subscription.entity),
            subscription.text(subscription.target),
            event_packages()[subscription.package].name,
            states[static_cast<std::size_t>(subscription.phase)],
            subscription.resource,
            subscription.flow,
            subscription.began,
            subscription.expires_at,
            subscription.sent_at,
            subscription.answered,
            subscription.in_flight,
            {}};
}

void Notifier::visit(const std::function<void(const Seen&)>& each) const {
    for (std::uint32_t index = 0; index < subscriptions_.size(); ++index)
        if (subscriptions_[index].phase != Subscription::Phase::free) each(seen(index));
}

void Notifier::visit(ResourceIndex resource, const std::function<void(const Seen&)>& each) const {
    if (resource >= heads_.size()) return;
    for (auto index = heads_[resource]; index != none; index = subscriptions_[index].next)
        each(seen(index));
}

void Notifier::visit_ended(const std::function<void(const Seen&)>& each) const {
    for (const Ended& ended : ended_)
        each({ended.id, ended.watcher, ended.resource, ended.contact, event_packages()[ended.package].name,
              "terminated", ended.index, ended.flow, ended.began, ended.at, ended.told, ended.answered, false,
              ended.why});
}

} // namespace lamp::sip
