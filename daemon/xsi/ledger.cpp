#include "xsi/ledger.hpp"

#include <algorithm>
#include <functional>

#include "base/limits.hpp"

namespace lamp::xsi {
namespace {

constexpr auto tombstone_life = std::chrono::seconds(60);
constexpr std::size_t tombstones_max = 16;
constexpr auto ringing_too_long = std::chrono::minutes(3);
constexpr auto call_too_long = std::chrono::hours(4);

bool over(CallState state) {
    return state == CallState::released || state == CallState::detached || state == CallState::idle;
}

void update_party(Leg& leg, const Party& party) {
    // A queue decorates the caller it presents; the real one is in acdCallInfo (xsi.md 7.1).
    if (!party.address.empty() || party.privacy) leg.remote_number = party.privacy ? "" : number_of(party.address);
    if (!party.name.empty() || party.privacy) leg.remote_name = party.privacy ? "" : std::string(party.name);
}

std::string called_number(std::span<const Redirection> redirections) {
    // Most recent first: the last one is the number that the caller dialled.
    return redirections.empty() ? std::string() : number_of(redirections.back().party.address);
}

} // namespace

std::string number_of(std::string_view address) {
    if (address.starts_with("tel:")) address.remove_prefix(4);
    return std::string(address.substr(0, address.find(';')));
}

Ledger::Calls& Ledger::open() {
    if (!calls_) calls_ = std::make_unique<Calls>();
    return *calls_;
}

bool Ledger::apply(const Document& document, Steady now) {
    switch (document.data) {
    case EventData::call_snapshot: return apply_snapshot(document, now);
    case EventData::call:
    case EventData::calls: {
        bool changed = false;
        for (const Call& call : document.calls)
            changed |= apply_call(call, document.redirections, now);
        return changed;
    }
    case EventData::conference: return apply_conference(document.conference);
    default: return false;
    }
}

bool Ledger::apply_call(const Call& call, std::span<const Redirection> redirections, Steady now) {
    if (call.call_id.empty()) return false;
    if (over(call.state)) return remove(call.call_id, now);
    if (buried(call.call_id)) return false; // "updated" after "released" must not raise the dead
    Calls& all = open();
    Leg* leg = find(call);
    if (!leg) {
        if (all.legs.size() >= limits::xsi_calls_per_line) return false;
        leg = &all.legs.emplace_back();
        leg->seen = now;
        leg->state = CallState::active; // whatever the state's word is, there is a call
        leg->ddi = called_number(redirections);
    }
    leg->call_id = call.call_id;
    if (!call.tracking_id.empty()) leg->tracking_id = call.tracking_id;
    if (call.state != CallState::unknown) leg->state = call.state;
    if (call.personality != Personality::unknown) leg->personality = call.personality;
    update_party(*leg, call.remote);
    if (!call.acd_name.empty()) leg->queue = call.acd_name;
    if (!call.acd_number.empty()) leg->ddi = number_of(call.acd_number);
    if (!call.acd_user.empty()) update_party(*leg, call.acd_caller);
    if (call.started) leg->started = call.started;
    if (call.answered && !leg->answered) leg->answered = call.answered; // a second answer keeps the first time
    return true;
}

Leg* Ledger::find(const Call& call) {
    auto& legs = calls_->legs;
    auto same_id = std::ranges::find(legs, call.call_id, &Leg::call_id);
    if (same_id != legs.end()) return &*same_id;
    // A click-to-dial call may change its id when it rings out: same session, same user (xsi.md 7.3).
    if (call.personality != Personality::originator || call.tracking_id.empty()) return nullptr;
    auto dialled = std::ranges::find_if(legs, [&](const Leg& leg) {
        return leg.personality == Personality::click_to_dial && leg.tracking_id == call.tracking_id;
    });
    return dialled == legs.end() ? nullptr : &*dialled;
}

bool Ledger::remove(std::string_view call_id, Steady now) {
    Calls& all = open();
    auto removed = std::erase_if(all.legs, [&](const Leg& leg) { return leg.call_id == call_id; });
    if (all.released.size() >= tombstones_max) all.released.erase(all.released.begin());
    all.released.push_back({std::hash<std::string_view>()(call_id), now});
    if (all.legs.empty()) all.conference_held = false;
    return removed > 0;
}

bool Ledger::buried(std::string_view call_id) const {
    if (!calls_) return false;
    auto hash = std::hash<std::string_view>()(call_id);
    return std::ranges::find(calls_->released, hash, &Tombstone::hash) != calls_->released.end();
}

bool Ledger::apply_snapshot(const Document& document, Steady now) {
    if (document.calls.empty() && !calls_) return false;
    Calls& all = open();
    auto before = std::exchange(all.legs, {});
    all.released.clear(); // the platform says what lives
    all.conference_held = false;
    for (const Call& call : document.calls) {
        apply_call(call, {}, now);
        auto known = std::ranges::find(before, call.call_id, &Leg::call_id);
        if (known != before.end() && !all.legs.empty() && all.legs.back().call_id == call.call_id) {
            all.legs.back().seen = known->seen;
            if (all.legs.back().ddi.empty()) all.legs.back().ddi = known->ddi;
        }
    }
    if (document.conference.present) apply_conference(document.conference);
    return !before.empty() || !all.legs.empty();
}

bool Ledger::replace(std::span<const CallDetails> calls, Steady now) {
    std::vector<Call> views;
    for (const CallDetails& details : calls) {
        Call& call = views.emplace_back();
        call.call_id = details.call_id;
        call.tracking_id = details.tracking_id;
        call.personality = details.personality;
        call.state = details.state;
        call.remote.address = details.remote.address;
        call.remote.name = details.remote.name;
        call.remote.privacy = details.remote.privacy;
        call.started = details.started;
        call.answered = details.answered;
    }
    Document snapshot;
    snapshot.data = EventData::call_snapshot;
    snapshot.calls = views;
    return apply_snapshot(snapshot, now);
}

bool Ledger::apply_conference(const Conference& conference) {
    if (!calls_ || calls_->legs.empty()) return false;
    bool held = conference.state == "Held";
    bool changed = std::exchange(calls_->conference_held, held) != held;
    if (conference.state != "Active") return changed;
    // A leg that was held to build the conference is in it now.
    auto takes_part = [&](const Leg& leg) {
        return std::ranges::find(conference.participants, leg.call_id) != conference.participants.end();
    };
    for (Leg& leg : calls_->legs)
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
    for (const Leg& leg : calls_->legs) {
        auto state = LineState::active;
        if (leg.state == CallState::alerting && leg.incoming()) state = LineState::ringing;
        if (leg.state == CallState::held) state = LineState::held;
        most_urgent = std::max(most_urgent, state);
    }
    if (calls_->conference_held) most_urgent = std::max(most_urgent, LineState::held);
    return most_urgent;
}

void Ledger::tidy(Steady now) {
    if (!calls_) return;
    std::erase_if(calls_->released, [&](const Tombstone& one) { return now - one.at > tombstone_life; });
    if (calls_->legs.empty() && calls_->released.empty()) calls_.reset();
}

bool Ledger::looks_stuck(Steady now) const {
    return std::ranges::any_of(legs(), [&](const Leg& leg) {
        return now - leg.seen > (leg.state == CallState::alerting ? Steady::duration(ringing_too_long)
                                                                  : Steady::duration(call_too_long));
    });
}

} // namespace lamp::xsi
