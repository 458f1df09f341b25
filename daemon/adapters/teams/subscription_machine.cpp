#include "adapters/teams/subscription_machine.hpp"

#include <algorithm>
#include <unordered_set>

namespace lamp::teams {
namespace {

constexpr milliseconds reauthorize_spacing{30'000}; // the warning comes again until it is heeded
constexpr unsigned removals_tried = 3;

bool is_good(int status) {
    return status >= 200 && status < 300;
}

/// Nothing was decided: the same may be asked again.
bool passes(int status) {
    return status == 0 || status == 401 || status == 429 || status >= 500;
}

} // namespace

SubscriptionMachine::SubscriptionMachine(SubscriptionTimes times, std::uint64_t seed)
    : times_(times),
      back_off_(times.back_off, times.back_off_max, seed),
      evictions_(times.back_off, times.back_off_max, seed + 1),
      silence_back_off_(times.silence, std::max(times.back_off_max, times.silence), seed + 2) {}

void SubscriptionMachine::use_login(bool there) {
    if (std::exchange(login_, there) == there) return;
    forget();
    doomed_.clear();
    list_first_ = true;
    conflict_ = false;
    refused_ = false;
    blocked_until_ = Steady();
    problem_.clear();
    back_off_.reset();
}

void SubscriptionMachine::want(std::vector<Guid> people) {
    if (people.size() > people_max) people.resize(people_max);
    std::ranges::sort(people);
    wanted_ = std::move(people);
}

bool SubscriptionMachine::misses_somebody() const {
    return !std::ranges::includes(subscribed_, wanted_);
}

bool SubscriptionMachine::went_silent(Steady now) const {
    return unheard_ >= unheard_max && now - unheard_since_ >= times_.silence && now >= next_silence_;
}

std::optional<SubscriptionMachine::Action> SubscriptionMachine::next(Steady now) {
    if (!login_ || in_flight_) return std::nullopt;
    if (live() && now >= expires_) forget();
    if (live() && (stopping_ || wanted_.empty())) replace();
    if (now < blocked_until_ && !stopping_) return std::nullopt;
    auto ask = [this](Verb verb, std::string id = {}) {
        in_flight_ = true;
        return Action{verb, std::move(id)};
    };
    if (!doomed_.empty()) return ask(Verb::remove, doomed_.front());
    if (stopping_ || wanted_.empty()) return std::nullopt;
    if (!live()) {
        if (list_first_) return ask(Verb::list);
        attempted_ = wanted_;
        return ask(Verb::create);
    }
    if (went_silent(now)) {
        silent_ = true;
        ++silences_;
        unheard_ = 0;
        next_silence_ = now + silence_back_off_.next();
        replace();
        return ask(Verb::remove, doomed_.front());
    }
    bool old = now - made_ >= times_.key_life;
    bool others = misses_somebody() && now - made_ >= times_.reshape;
    if (old || others) {
        replace();
        return ask(Verb::remove, doomed_.front());
    }
    if (reauthorize_) return ask(Verb::reauthorize, id_);
    if (now >= renew_at_) return ask(Verb::renew, id_);
    return std::nullopt;
}

Steady SubscriptionMachine::due(Steady now) const {
    if (!login_ || in_flight_) return Steady::max();
    auto at = Steady::max();
    if (!doomed_.empty() || reauthorize_ || (live() && wanted_.empty()) || (!live() && !wanted_.empty())) at = now;
    if (live()) {
        at = std::min({at, renew_at_, expires_, made_ + times_.key_life});
        if (misses_somebody()) at = std::min(at, made_ + times_.reshape);
        if (unheard_ >= unheard_max) at = std::min(at, std::max(unheard_since_ + times_.silence, next_silence_));
    }
    return at == Steady::max() ? at : std::max(at, blocked_until_);
}

void SubscriptionMachine::answered(const Action& action, const Reply& reply, Steady now) {
    in_flight_ = false;
    if (!is_good(reply.status)) ++failed_;
    switch (action.verb) {
    case Verb::list: return take_list(reply, now);
    case Verb::create: return take_creation(reply, now);
    case Verb::renew:
    case Verb::reauthorize: return take_change(action, reply, now);
    case Verb::remove: break;
    }
    if (doomed_.empty()) return; // the login has changed meanwhile
    if (is_good(reply.status) || reply.status == 404) {
        doomed_.pop_front();
        removal_failures_ = 0;
        return;
    }
    wait(reply, now);
    if (passes(reply.status) && ++removal_failures_ < removals_tried) return;
    doomed_.pop_front();
    removal_failures_ = 0;
    list_first_ = true;
}

void SubscriptionMachine::take_list(const Reply& reply, Steady now) {
    if (!is_good(reply.status)) {
        if (reply.status == 403) refused_ = true;
        problem_ = reply.status == 0 ? problem_ : reply.why;
        return wait(reply, now);
    }
    list_first_ = false;
    bool foreign = false;
    for (const auto& found : reply.found) {
        if (found.whose == Reply::Whose::attempt && !live()) {
            go_live(found.id, found.life, now);
            continue;
        }
        foreign = foreign || found.whose == Reply::Whose::foreign;
        doomed_.push_back(found.id);
    }
    // One that nobody sees stands in the way: that has been known to last for hours.
    if (conflict_ && reply.found.empty()) {
        problem_ = "Graph refuses a subscription because of another one that it does not list";
        list_first_ = true;
        wait({}, now);
    }
    conflict_ = false;
    if (!foreign) return;
    problem_ = "another program subscribes with the same account and app registration; give each its own";
    // The first one is taken for a left-over; whoever comes back is not fought every second.
    if (auto longer = evictions_.next(); evictions_.failures() > 1) blocked_until_ = now + longer;
}

void SubscriptionMachine::take_creation(const Reply& reply, Steady now) {
    if (is_good(reply.status) && !reply.id.empty()) {
        ++created_;
        return go_live(reply.id, reply.life, now);
    }
    if (reply.status == 409) {
        list_first_ = true;
        conflict_ = true;
        return;
    }
    refused_ = reply.status == 403;
    // No answer, 5xx, and a 201 without an id: it may exist.
    if (reply.status == 0 || reply.status >= 500 || is_good(reply.status)) list_first_ = true;
    if (!reply.why.empty()) problem_ = reply.why;
    wait(reply, now);
    if (refused_) blocked_until_ = now + times_.back_off_max;
}

void SubscriptionMachine::take_change(const Action& action, const Reply& reply, Steady now) {
    if (action.id != id_) return; // it went meanwhile
    bool renewal = action.verb == Verb::renew;
    if (is_good(reply.status)) {
        if (renewal) {
            ++renewed_;
            auto life = std::max(reply.life, times_.life_least);
            expires_ = now + life;
            renew_at_ = now + life / 2;
        } else {
            reauthorized_ = now;
        }
        reauthorize_ = false;
        back_off_.reset();
        return;
    }
    if (passes(reply.status)) return wait(reply, now);
    if (reply.status == 404) return forget(); // it is not there: nothing to remove
    replace();
}

void SubscriptionMachine::go_live(std::string id, milliseconds life, Steady now) {
    life = std::max(life, times_.life_least);
    id_ = std::move(id);
    subscribed_ = attempted_;
    made_ = now;
    expires_ = now + life;
    renew_at_ = now + life / 2;
    reauthorize_ = false;
    refused_ = false;
    conflict_ = false;
    list_first_ = false;
    unheard_ = 0;
    problem_.clear();
    back_off_.reset();
    blocked_until_ = Steady();
}

void SubscriptionMachine::replace() {
    if (!live()) return;
    doomed_.push_back(id_);
    forget();
}

void SubscriptionMachine::forget() {
    id_.clear();
    subscribed_.clear();
    reauthorize_ = false;
    unheard_ = 0;
}

void SubscriptionMachine::wait(const Reply& reply, Steady now) {
    blocked_until_ = now + std::max(reply.after, back_off_.next());
}

void SubscriptionMachine::reauthorization_required(Steady now) {
    if (live() && (reauthorized_ == Steady() || now - reauthorized_ >= reauthorize_spacing)) reauthorize_ = true;
}

void SubscriptionMachine::removed_by_service() {
    if (live()) list_first_ = true;
    forget();
}

void SubscriptionMachine::notified(Steady) {
    unheard_ = 0;
    silent_ = false;
    silence_back_off_.reset();
}

void SubscriptionMachine::poll_saw_change(Steady now) {
    if (!live()) return;
    if (unheard_++ == 0) unheard_since_ = now;
}

bool SubscriptionMachine::holds(const Guid& person) const {
    return live() && std::ranges::binary_search(subscribed_, person);
}

SubscriptionMachine::State SubscriptionMachine::state() const {
    if (!login_) return State::off;
    if (live()) return State::live;
    return refused_ ? State::refused : State::absent;
}

std::vector<Guid> choose_people(const std::vector<Guid>& first, const std::vector<Guid>& present,
                                const std::vector<Guid>& everybody) {
    std::vector<Guid> chosen;
    std::unordered_set<Guid> known(everybody.begin(), everybody.end());
    for (const auto* list : {&first, &present, &everybody})
        for (const Guid& person : *list)
            if (chosen.size() < SubscriptionMachine::people_max && known.erase(person) > 0) chosen.push_back(person);
    return chosen;
}

} // namespace lamp::teams
