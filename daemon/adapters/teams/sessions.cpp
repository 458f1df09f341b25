#include "adapters/teams/sessions.hpp"

#include <algorithm>

namespace lamp::teams {

using Published = Sessions::Session::Published;

void Sessions::says(const Guid& person, LineSays line, Steady now) {
    auto at = sessions_.find(person);
    if (at == sessions_.end()) {
        if (line != LineSays::in_call) return; // nothing wanted, nothing there
        at = sessions_.try_emplace(person).first;
        at->second.since = now;
    }
    Session& session = at->second;
    if (session.adopted && line == LineSays::unknown) return; // the line is still to be heard
    if (session.line != line) session.since = now;
    // Whoever hangs up and is called again has earned a new attempt.
    if (line == LineSays::in_call && session.line != line && session.published == Published::no) {
        session.blocked_until = Steady();
        session.failures = 0;
    }
    // What a set failed of does not hold up the clearing.
    if (session.line == LineSays::in_call && line != LineSays::in_call) {
        session.blocked_until = Steady();
        session.failures = 0;
    }
    session.line = line;
    session.adopted = false;
    settle(at, now);
}

void Sessions::mask(const Guid& person, bool masked, Steady now) {
    auto at = sessions_.find(person);
    if (at == sessions_.end() || at->second.masked == masked) return;
    at->second.masked = masked;
    settle(at, now);
}

void Sessions::adopt(const Guid& person, Steady expires, Steady now) {
    auto [at, fresh] = sessions_.try_emplace(person);
    Session& session = at->second;
    session.published = Published::maybe;
    session.expires = expires;
    session.recorded = true;
    if (fresh) {
        session.adopted = true;
        session.since = now;
    }
    settle(at, now);
}

void Sessions::abandon_all(Steady now) {
    std::vector<Guid> all;
    all.reserve(sessions_.size());
    for (const auto& [person, session] : sessions_)
        all.push_back(person);
    for (const Guid& person : all) {
        auto at = sessions_.find(person);
        at->second.line = LineSays::free;
        at->second.adopted = false;
        at->second.since = now - times_.settle;
        settle(at, now);
    }
}

// What should be done next about one session, and when.
Sessions::Plan Sessions::plan(const Session& session) const {
    bool there = session.published != Published::no;
    auto gone = session.expires + times_.grace;
    if (session.adopted) return {true, Verb::clear, session.since + times_.adoption};
    if (session.line == LineSays::in_call && session.masked)
        return {false, Verb::set, there ? gone : Steady::max()}; // left alone until Graph ends it
    if (session.line == LineSays::in_call) {
        auto wanted = session.published == Published::yes ? session.written + times_.lifetime / 2 : session.since;
        return {true, Verb::set, std::max(wanted, session.blocked_until)};
    }
    if (!there) return {};
    // Trying for longer than the session lives would be trying for nothing.
    return {true, Verb::clear, std::min(std::max(session.since + times_.settle, session.blocked_until), gone)};
}

void Sessions::settle(Map::iterator at, Steady now) {
    Session& session = at->second;
    if (session.in_flight) return schedule(at, Steady::max());
    if (session.published != Published::no && now >= session.expires + times_.grace) session.published = Published::no;
    auto next = plan(session);
    bool nothing_left = session.line != LineSays::in_call && session.published == Published::no;
    if (!nothing_left) return schedule(at, next.when);
    if (session.recorded) ended_.push_back(at->first);
    schedule(at, Steady::max());
    sessions_.erase(at);
}

void Sessions::schedule(Map::iterator at, Steady due) {
    Session& session = at->second;
    if (session.due == due) return;
    if (session.due != Steady::max()) schedule_.erase({session.due, at->first});
    session.due = due;
    if (due != Steady::max()) schedule_.emplace(due, at->first);
}

std::optional<Sessions::Action> Sessions::next(Steady now) {
    while (!schedule_.empty() && schedule_.begin()->first <= now) {
        auto at = sessions_.find(schedule_.begin()->second);
        Session& session = at->second;
        auto planned = plan(session);
        bool expired = session.published != Published::no && now >= session.expires + times_.grace;
        if (!planned.act || (expired && planned.verb == Verb::clear)) {
            session.adopted = false;
            settle(at, now); // it has ended by itself
            continue;
        }
        session.adopted = false;
        session.in_flight = true;
        session.recorded = session.recorded || planned.verb == Verb::set;
        ++in_flight_;
        schedule(at, Steady::max());
        return Action{at->first, planned.verb};
    }
    return std::nullopt;
}

void Sessions::finished(const Action& action, const Outcome& outcome, Steady now) {
    auto at = sessions_.find(action.person);
    if (at == sessions_.end()) return;
    Session& session = at->second;
    session.in_flight = false;
    --in_flight_;
    session.last_reason = outcome.reason;
    bool is_set = action.verb == Verb::set;
    using enum Outcome::Kind;
    switch (outcome.kind) {
    case delivered:
        session.failures = 0;
        session.blocked_until = Steady();
        session.published = is_set ? Published::yes : Published::no;
        session.written = now;
        if (is_set) session.expires = now + times_.lifetime;
        break;
    case not_applicable:
        session.failures = 0;
        session.published = Published::no;
        session.blocked_until = is_set ? now + times_.not_applicable_wait : Steady();
        break;
    case retry:
        if (is_set && outcome.uncertain) {
            session.published = Published::maybe;
            session.expires = std::max(session.expires, now + times_.lifetime);
        }
        session.blocked_until = now + std::max(outcome.after, back_off(session));
        break;
    case unauthorised: session.blocked_until = now + back_off(session); break;
    case refused:
        // What exists is cleared all the same when its time comes; what cannot be cleared ends by itself.
        session.blocked_until = now + times_.refused_wait;
        break;
    }
    if (is_set && session.line != LineSays::in_call) session.blocked_until = Steady(); // the call ended meanwhile
    settle(at, now);
}

milliseconds Sessions::back_off(Session& session) const {
    auto shift = std::min<int>(session.failures, 16);
    if (session.failures < 255) ++session.failures;
    return std::min(times_.retry_longest, milliseconds(times_.retry_first.count() << shift));
}

std::size_t Sessions::waiting(Steady now, std::size_t most) const {
    std::size_t count = 0;
    for (const auto& [due, person] : schedule_) {
        if (due > now || count == most) break;
        ++count;
    }
    return count;
}

std::size_t Sessions::published() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(sessions_, [](const auto& one) { return one.second.published != Published::no; }));
}

const Sessions::Session* Sessions::find(const Guid& person) const {
    auto at = sessions_.find(person);
    return at == sessions_.end() ? nullptr : &at->second;
}

} // namespace lamp::teams
