#include "xsi/ledger.hpp"

#include <algorithm>
#include <functional>

#include "base/limits.hpp"

namespace lamp::xsi {
namespace {

constexpr auto tombstone_life = std::chrono::seconds(60);
constexpr std::size_t tombstones_max = 16;
constexpr std::size_t spare_max = 4096;

bool over(CallState state) {
    return state == CallState::released || state == CallState::detached || state == CallState::idle;
}

/// As new, but its texts keep their memory.
void wipe(Leg& leg) {
    for (std::string* text : {&leg.call_id, &leg.tracking_id, &leg.remote_number, &leg.remote_name, &leg.remote_user,
                              &leg.queue, &leg.ddi, &leg.group})
        text->clear();
    leg.state = CallState::active; // whatever the state's word will be, there is a call
    leg.personality = Personality::unknown;
    leg.started = leg.answered = std::nullopt;
    leg.trouble = calls::End::unknown;
    leg.withheld = false;
}

void update_party(Leg& leg, const Party& party, bool with_user) {
    // A queue decorates the caller it presents; the real one is in acdCallInfo (xsi.md 7.1).
    if (!party.address.empty() || party.privacy)
        leg.remote_number = party.privacy ? std::string_view() : number_of(party.address);
    if (!party.name.empty() || party.privacy) leg.remote_name = party.privacy ? std::string_view() : party.name;
    if (party.address.empty() && party.user_id.empty() && !party.privacy) return;
    leg.withheld = party.privacy;
    // Who comes with an address and without a user id is not one of ours.
    if (with_user) leg.remote_user = party.privacy ? std::string_view() : party.user_id;
}

void update_group(Leg& leg, const Call& call) {
    if (!call.acd_user.empty())
        leg.group = call.acd_user;
    else if (!call.hunt_group_user.empty())
        leg.group = call.hunt_group_user;
}

// What a type's name says; the call's own state goes first (xsi.md 7.3) but for CallDetachedEvent, seen with
// "Alerting".
CallState state_of(const Call& call, std::string_view type) {
    if (type == "CallDetachedEvent") return CallState::detached;
    if (call.state != CallState::unknown) return call.state;
    if (type == "CallReleasedEvent") return CallState::released;
    if (type == "CallRedirectedEvent") return CallState::detached;
    return CallState::unknown;
}

std::string_view called_number(std::span<const Redirection> redirections) {
    // Most recent first: the last one is the number that the caller dialled.
    return redirections.empty() ? std::string_view() : number_of(redirections.back().party.address);
}

} // namespace

Ledger::Calls& Ledger::open() {
    if (calls_) return *calls_;
    if (spare().empty()) {
        calls_ = std::make_unique<Calls>();
    } else {
        calls_ = std::move(spare().back());
        spare().pop_back();
    }
    return *calls_;
}

void Ledger::recycle() {
    if (!calls_) return;
    calls_->live = 0;
    calls_->released.clear();
    calls_->conference_held = false;
    if (spare().size() < spare_max) spare().push_back(std::move(calls_));
    calls_.reset();
}

std::vector<std::unique_ptr<Ledger::Calls>>& Ledger::spare() {
    thread_local std::vector<std::unique_ptr<Calls>> list; // ledgers live on one loop
    return list;
}

void Ledger::clear(EndedLegs* ended) {
    if (ended)
        for (const Leg& leg : legs())
            ended->push_back({leg, calls::End::unknown, {}});
    recycle();
}

bool Ledger::apply(const Document& document, Steady now, EndedLegs* ended) {
    switch (document.data) {
    case EventData::call_snapshot: return apply_snapshot(document, now, ended);
    case EventData::call:
    case EventData::calls: {
        bool changed = false;
        for (const Call& call : document.calls)
            changed |= apply_call(call, state_of(call, document.type_name), document.redirections, now, ended);
        return changed;
    }
    case EventData::conference: return apply_conference(document.conference, document.type_name);
    default: return false;
    }
}

bool Ledger::apply_call(const Call& call, CallState state, std::span<const Redirection> redirections, Steady now,
                        EndedLegs* ended) {
    if (call.call_id.empty()) return false;
    if (over(state)) return remove(call, state, now, ended);
    if (buried(call.call_id)) return false; // "updated" after "released" must not raise the dead
    Calls& all = open();
    Leg* leg = find(call);
    if (!leg) {
        if (all.live >= limits::xsi_calls_per_line) return false;
        if (all.live == all.legs.size()) all.legs.emplace_back();
        leg = &all.legs[all.live++];
        wipe(*leg);
        leg->seen = now;
        leg->ddi = called_number(redirections);
    }
    leg->call_id = call.call_id;
    if (!call.tracking_id.empty()) leg->tracking_id = call.tracking_id;
    if (state != CallState::unknown) leg->state = state;
    if (call.personality != Personality::unknown) leg->personality = call.personality;
    update_party(*leg, call.remote, ended != nullptr);
    if (!call.acd_name.empty()) leg->queue = call.acd_name;
    if (!call.acd_number.empty()) leg->ddi = number_of(call.acd_number);
    update_party(*leg, call.acd_caller, ended != nullptr);
    if (ended) update_group(*leg, call);
    if (call.started) leg->started = call.started;
    if (call.answered && !leg->answered) leg->answered = call.answered; // a second answer keeps the first time
    if (!call.release_cause.empty() || !call.cdr_cause.empty()) leg->trouble = trouble_of(call);
    return true;
}

Leg* Ledger::find(const Call& call) {
    auto legs = calls_->now();
    auto same_id = std::ranges::find(legs, call.call_id, &Leg::call_id);
    if (same_id != legs.end()) return &*same_id;
    // A click-to-dial call may change its id when it rings out: same session, same user (xsi.md 7.3).
    if (call.personality != Personality::originator || call.tracking_id.empty()) return nullptr;
    auto dialled = std::ranges::find_if(legs, [&](const Leg& leg) {
        return leg.personality == Personality::click_to_dial && leg.tracking_id == call.tracking_id;
    });
    return dialled == legs.end() ? nullptr : &*dialled;
}

bool Ledger::remove(const Call& call, CallState state, Steady now, EndedLegs* ended) {
    Calls& all = open();
    auto legs = all.now();
    auto over_now = std::ranges::find(legs, call.call_id, &Leg::call_id);
    bool removed = over_now != legs.end();
    if (removed) { // keeps the order of the others
        if (ended)
            ended->push_back({.leg = *over_now,
                              .why = end_of(*over_now, call, state),
                              .to = std::string(number_of(call.redirect_address)),
                              .redirect = redirect_named(call.redirect_reason),
                              .at = call.released ? call.released : call.detached});
        std::rotate(over_now, over_now + 1, legs.end());
        --all.live;
    }
    if (all.released.size() >= tombstones_max) all.released.erase(all.released.begin());
    all.released.push_back({std::hash<std::string_view>()(call.call_id), now});
    if (all.live == 0) all.conference_held = false;
    return removed;
}

bool Ledger::buried(std::string_view call_id) const {
    if (!calls_) return false;
    auto hash = std::hash<std::string_view>()(call_id);
    return std::ranges::find(calls_->released, hash, &Tombstone::hash) != calls_->released.end();
}

bool Ledger::apply_snapshot(const Document& document, Steady now, EndedLegs* ended) {
    if (document.calls.empty() && !calls_) return false;
    Calls& all = open();
    std::vector<Leg> before(all.now().begin(), all.now().end());
    all.live = 0;
    all.released.clear(); // the platform says what lives
    all.conference_held = false;
    for (const Call& call : document.calls) {
        apply_call(call, call.state, {}, now, ended);
        auto known = std::ranges::find(before, call.call_id, &Leg::call_id);
        if (known == before.end() || all.live == 0 || all.now().back().call_id != call.call_id) continue;
        all.now().back().seen = known->seen;
        if (all.now().back().ddi.empty()) all.now().back().ddi = known->ddi;
        if (all.now().back().group.empty()) all.now().back().group = known->group;
    }
    if (document.conference.present) apply_conference(document.conference, document.type_name);
    if (ended)
        for (Leg& leg : before)
            if (std::ranges::find(all.now(), leg.call_id, &Leg::call_id) == all.now().end())
                ended->push_back({std::move(leg), calls::End::unknown, {}});
    return !before.empty() || all.live > 0;
}

bool Ledger::replace(std::span<const CallDetails> calls, Steady now, EndedLegs* ended) {
    std::vector<Call> views;
    for (const CallDetails& details : calls) {
        Call& call = views.emplace_back();
        call.call_id = details.call_id;
        call.tracking_id = details.tracking_id;
        call.personality = details.personality;
        call.state = details.state;
        call.remote.address = details.remote.address;
        call.remote.name = details.remote.name;
        call.remote.user_id = details.remote.user_id;
        call.remote.privacy = details.remote.privacy;
        call.started = details.started;
        call.answered = details.answered;
    }
    Document snapshot;
    snapshot.data = EventData::call_snapshot;
    snapshot.calls = views;
    return apply_snapshot(snapshot, now, ended);
}

bool Ledger::apply_conference(const Conference& conference, std::string_view type) {
    if (!calls_ || calls_->live == 0) return false;
    bool held = conference.state == "Held";
    if (conference.state.empty()) // optional; then the event's name tells, and most change nothing of it
        held = type == "ConferenceHeldEvent" ||
               (calls_->conference_held && type != "ConferenceRetrievedEvent" && type != "ConferenceReleasedEvent");
    bool changed = std::exchange(calls_->conference_held, held) != held;
    bool active =
        conference.state == "Active" || (conference.state.empty() && !held && type != "ConferenceReleasedEvent");
    if (!active) return changed;
    // A leg that was held to build the conference is in it now.
    auto takes_part = [&](const Leg& leg) {
        return std::ranges::find(conference.participants, leg.call_id) != conference.participants.end();
    };
    for (Leg& leg : calls_->now())
        if (leg.state == CallState::held && takes_part(leg)) {
            leg.state = CallState::active;
            changed = true;
        }
    return changed;
}

presence::LineState Ledger::state() const {
    using presence::LineState;
    if (!calls_) return LineState::idle;
    auto most_urgent = LineState::idle;
    for (const Leg& leg : legs()) {
        auto state = LineState::active;
        if (leg.rings()) state = LineState::ringing;
        if (leg.state == CallState::held) state = LineState::held;
        most_urgent = std::max(most_urgent, state);
    }
    if (calls_->conference_held) most_urgent = std::max(most_urgent, LineState::held);
    return most_urgent;
}

bool Ledger::in_call() const {
    return std::ranges::any_of(legs(), [](const Leg& leg) { return !leg.rings(); });
}

void Ledger::tidy(Steady now) {
    if (!calls_) return;
    std::erase_if(calls_->released, [&](const Tombstone& one) { return now - one.at > tombstone_life; });
    if (calls_->live == 0 && calls_->released.empty()) recycle();
}

bool Ledger::looks_stuck(Steady now, const Patience& patience) const {
    return std::ranges::any_of(legs(), [&](const Leg& leg) {
        return now - leg.seen > (leg.state == CallState::alerting ? patience.ringing : patience.talking);
    });
}

} // namespace lamp::xsi
