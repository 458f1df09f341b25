// See presences.hpp. Fading and expiry are never events: they follow from the time of the question.
#include "presences.hpp"

#include <algorithm>
#include <utility>

namespace sim::graph {

namespace {

constexpr std::size_t history_max = 32;

struct Candidate {
    Pair pair;
    std::int64_t since = 0;
    bool app = false;
};

} // namespace

Presence& Presences::touch(UserIndex user, std::int64_t now) {
    Presence& state = states_[user];
    const std::int64_t last = evaluate(state, now).since;
    if (settings_.visibility_ms > 0 || settings_.stale_every > 0) {
        auto& history = before_[user];
        history.push_back(state);
        if (history.size() > history_max) history.pop_front();
    }
    std::erase_if(state.apps, [now](const AppSession& session) { return session.expires <= now; });
    if (state.preferred_expires && state.preferred_expires <= now) state.preferred_expires = 0;
    state.changed = std::max(now, last + 1);
    return state;
}

void Presences::client(UserIndex user, Pair pair, std::int64_t now) {
    Presence& state = touch(user, now);
    state.client = pair;
    state.client_since = now;
}

void Presences::preferred(UserIndex user, std::optional<Pair> pair, std::int64_t expires, std::int64_t now) {
    Presence& state = touch(user, now);
    state.preferred = pair.value_or(Pair{});
    state.preferred_expires = pair ? expires : 0;
}

void Presences::calendar(UserIndex user, bool busy, std::int64_t now) {
    Presence& state = touch(user, now);
    state.calendar = busy;
    state.calendar_since = now;
}

void Presences::out_of_office(UserIndex user, bool away, std::string message, std::int64_t now) {
    touch(user, now).out_of_office = away;
    if (message.empty())
        away_messages_.erase(user);
    else
        away_messages_[user] = std::move(message);
}

void Presences::licensed(UserIndex user, bool licensed, std::int64_t now) {
    touch(user, now).licensed = licensed;
}

void Presences::status_message(UserIndex user, std::string text, std::int64_t now) {
    touch(user, now);
    if (text.empty())
        messages_.erase(user);
    else
        messages_[user] = std::move(text);
}

void Presences::set(UserIndex user, std::uint32_t app, Pair pair, std::int64_t expires, std::int64_t now) {
    const auto same = [app](const AppSession& session) { return session.app == app; };
    auto& apps = states_[user].apps;
    const auto known = std::find_if(apps.begin(), apps.end(), same);
    const bool renewal = known != apps.end() && known->expires > now && known->pair == pair &&
                         !(pair.availability == Words::available); // a faded Available comes back: visible
    if (renewal) {
        known->set = now;
        known->expires = expires;
        return;
    }
    Presence& state = touch(user, now); // expired sessions are gone from here on
    const auto alive = std::find_if(state.apps.begin(), state.apps.end(), same);
    if (alive == state.apps.end())
        state.apps.push_back({app, pair, now, now, expires});
    else
        *alive = {app, pair, alive->first, now, expires};
}

bool Presences::clear(UserIndex user, std::uint32_t app, std::int64_t now) {
    const auto fits = [&](const AppSession& session) { return session.app == app && session.expires > now; };
    if (std::none_of(states_[user].apps.begin(), states_[user].apps.end(), fits)) return false;
    std::erase_if(touch(user, now).apps, fits);
    return true;
}

void Presences::drop_apps(UserIndex user, std::int64_t now) {
    touch(user, now).apps.clear();
}

Effective Presences::evaluate(const Presence& state, std::int64_t now) const {
    Effective result;
    result.out_of_office = state.out_of_office;
    result.since = state.changed;
    const auto happened = [&](std::int64_t at) {
        if (at <= now) result.since = std::max(result.since, at);
    };
    if (!state.licensed) {
        result.pair = {Words::presence_unknown, Words::presence_unknown};
        return result;
    }
    std::optional<Candidate> best;
    const auto offer = [&](const Candidate& next) {
        if (rank_of(next.pair.availability) == 0) return;
        if (!best) {
            best = next;
            return;
        }
        const int mine = rank_of(best->pair.availability);
        const int theirs = rank_of(next.pair.availability);
        const bool tie = settings_.tie == "client" ? best->app && !next.app
                         : settings_.tie == "app"  ? next.app && !best->app
                                                   : next.since > best->since;
        if (theirs > mine || (theirs == mine && tie)) best = next;
    };
    offer({state.client, state.client_since, false});
    for (const AppSession& session : state.apps) {
        if (session.expires <= now) {
            happened(session.expires);
            continue;
        }
        Pair pair = session.pair;
        if (pair.availability == Words::available) { // fades although the session lives on (A4)
            happened(session.set + settings_.fade_ms);
            happened(session.set + 2 * settings_.fade_ms);
            if (now >= session.set + 2 * settings_.fade_ms)
                pair = {Words::away, Words::away};
            else if (now >= session.set + settings_.fade_ms)
                pair = {Words::available, Words::available_inactive};
        }
        offer({pair, session.first, true});
    }
    if (best && state.calendar) offer({{Words::busy, Words::in_a_meeting}, state.calendar_since, false});
    if (state.preferred_expires) happened(state.preferred_expires);
    if (!best) {
        result.pair = {Words::offline, Words::offline};
    } else if (state.preferred_expires > now) { // only while there is a session (A5)
        result.pair = state.preferred;
    } else {
        result.pair = best->pair;
        if (state.out_of_office && result.pair.availability == Words::available)
            result.pair.activity = Words::out_of_office;
    }
    return result;
}

Effective Presences::effective(UserIndex user, std::int64_t now) const {
    return evaluate(states_[user], now);
}

Effective Presences::visible(UserIndex user, std::int64_t now, bool stale) const {
    const std::int64_t then = now - settings_.visibility_ms;
    const Presence* state = &states_[user];
    const auto history = before_.find(user);
    if (history == before_.end()) return evaluate(*state, then);
    auto older = history->second.rbegin();
    // A change counts from `changed` on, which may lie a millisecond ahead of the clock.
    while (older != history->second.rend() && settings_.visibility_ms > 0 && state->changed > then)
        state = &*older++;
    if (stale && older != history->second.rend()) return evaluate(*older, state->changed - 1);
    return evaluate(*state, then);
}

const std::string* Presences::message_of(UserIndex user) const {
    const auto found = messages_.find(user);
    return found == messages_.end() ? nullptr : &found->second;
}

const std::string* Presences::out_of_office_message(UserIndex user) const {
    const auto found = away_messages_.find(user);
    return found == away_messages_.end() ? nullptr : &found->second;
}

} // namespace sim::graph
