#include "csta/line_events.hpp"

#include <array>

#include "numbers/plain_number.hpp"
#include "proto/csta/identities.hpp"
#include "proto/text/text.hpp"

namespace lamp::csta {
namespace {

using calls::CallState;
using calls::End;

bool is_talking(CallState state) {
    return state == CallState::active || state == CallState::held || state == CallState::held_by_remote;
}

bool is_sip(std::string_view text) {
    return text::same_letters(text.substr(0, 4), "sip:") || text::same_letters(text.substr(0, 5), "sips:");
}

/// "2102" and "+31201232102" are the same party, told with and without its prefix.
bool same_number(std::string_view left, std::string_view right) {
    const auto one = numbers::plain_number(dialable(left));
    const auto other = numbers::plain_number(dialable(right));
    if (one.empty() || other.empty()) return left == right;
    return one.ends_with(other) || other.ends_with(one);
}

bool same_party(const calls::Call& before, const calls::Call& now) {
    if (!before.remote_user.empty() && !now.remote_user.empty()) return before.remote_user == now.remote_user;
    if (before.remote_number.empty() || now.remote_number.empty()) return true; // more is known, or less
    return same_number(before.remote_number, now.remote_number);
}

/// How a leg ends that was there: what is told, and the cause.
struct EndRow {
    enum class Tell : std::uint8_t { cleared, remote_first, failed_first, diverted, transferred };
    End why;
    Tell incoming;
    Tell outgoing;
    Cause incoming_cause;
    Cause outgoing_cause;
};
using Tell = EndRow::Tell;
// clang-format off
constexpr std::array end_rows{
    EndRow{End::unknown,            Tell::cleared,      Tell::cleared,      Cause::normal,             Cause::normal},
    EndRow{End::hung_up_here,       Tell::cleared,      Tell::cleared,      Cause::normal_clearing,    Cause::normal_clearing},
    EndRow{End::hung_up_there,      Tell::remote_first, Tell::remote_first, Cause::normal_clearing,    Cause::normal_clearing},
    EndRow{End::not_answered,       Tell::remote_first, Tell::cleared,      Cause::call_not_answered,  Cause::call_not_answered},
    EndRow{End::declined,           Tell::cleared,      Tell::failed_first, Cause::normal_clearing,    Cause::dest_not_obtainable},
    EndRow{End::busy,               Tell::failed_first, Tell::failed_first, Cause::busy,               Cause::busy},
    EndRow{End::redirected,         Tell::diverted,     Tell::diverted,     Cause::redirected,         Cause::redirected},
    EndRow{End::transferred,        Tell::transferred,  Tell::transferred,  Cause::transfer,           Cause::transfer},
    EndRow{End::answered_elsewhere, Tell::diverted,     Tell::diverted,     Cause::call_pickup,        Cause::call_pickup},
    EndRow{End::failed,             Tell::cleared,      Tell::failed_first, Cause::network_signal,     Cause::dest_not_obtainable},
};
// clang-format on

const EndRow& row_of(End why) {
    for (const EndRow& row : end_rows)
        if (row.why == why) return row;
    return end_rows.front();
}

struct ForwardingBit {
    presence::Forwarding forwarding;
    ForwardingType type;
    std::uint8_t bit;
};
constexpr std::array forwarding_bits{
    ForwardingBit{presence::Forwarding::always, ForwardingType::immediate, 1},
    ForwardingBit{presence::Forwarding::busy, ForwardingType::busy, 2},
    ForwardingBit{presence::Forwarding::no_answer, ForwardingType::no_answer, 4},
};

/// The kinds that CSTA has words for; which ones `multiple` stands for is not told, so what was told stays.
std::uint8_t wanted_bits(std::uint8_t told, presence::Forwarding now) {
    if (now == presence::Forwarding::multiple) return told;
    for (const ForwardingBit& one : forwarding_bits)
        if (one.forwarding == now) return one.bit;
    return 0;
}

bool signed_in(presence::AgentState state) {
    return state != presence::AgentState::none && state != presence::AgentState::sign_out;
}

} // namespace

LocalState local_state(const Leg& leg) {
    switch (leg.call.state) {
    case CallState::ringing: return LocalState::alerting;
    case CallState::held: return LocalState::hold;
    case CallState::dialling:
    case CallState::active:
    case CallState::held_by_remote: break;
    }
    return LocalState::connected;
}

LocalState remote_state(const Leg& leg) {
    if (leg.call.state == CallState::dialling) return leg.delivered ? LocalState::alerting : LocalState::initiated;
    return leg.remote_held ? LocalState::hold : LocalState::connected;
}

ServicesPermitted permitted(const Leg& leg) {
    ServicesPermitted out;
    out.clear_connection = true;
    switch (leg.call.state) {
    case CallState::dialling: break;
    case CallState::ringing: out.answer_call = out.deflect_call = true; break;
    case CallState::active:
    case CallState::held_by_remote: out.hold_call = out.consultation_call = out.single_step_transfer = true; break;
    case CallState::held: out.retrieve_call = out.alternate_call = out.reconnect_call = out.transfer_call = true; break;
    }
    return out;
}

// Parties

Party LineTeller::named(std::string_view number) const {
    if (number.empty()) return {};
    const auto* row = is_sip(number) ? devices_.of_line(address(number)) : devices_.find(number);
    return Party::known(std::string(row ? devices_.id(*row) : number));
}

Party LineTeller::remote(const calls::Call& call) const {
    if (call.incoming && call.withheld) return Party::restricted();
    if (const auto* row = devices_.of_line(call.remote_user)) return Party::known(std::string(devices_.id(*row)));
    return named(call.remote_number.empty() ? call.remote_user : call.remote_number);
}

bool LineTeller::is_ours(const Leg& leg) const {
    return devices_.of_line(leg.call.remote_user) != nullptr;
}

Party LineTeller::own() const {
    return Party::known(std::string(devices_.id(device_)));
}

Party LineTeller::calling(const calls::Call& call) const {
    return call.incoming ? remote(call) : own();
}

Party LineTeller::called(const calls::Call& call) const {
    if (!call.incoming) return remote(call);
    return call.ddi.empty() ? own() : named(call.ddi);
}

Connection LineTeller::own_connection(const Leg& leg) const {
    return {leg.call_id, own().device};
}

Connection LineTeller::remote_connection(const Leg& leg) const {
    return {leg.call_id, remote(leg.call).device};
}

// Calls

void LineTeller::tell(Event event) {
    out_.push_back({device_.line, std::move(event)});
}

CallEvent LineTeller::about(EventKind kind, const Leg& leg, Cause cause) const {
    CallEvent event;
    event.kind = kind;
    event.connection = own_connection(leg);
    event.subject = own();
    event.calling = calling(leg.call);
    event.called = called(leg.call);
    if (!leg.call.queue.empty()) event.last_redirection = named(leg.call.queue);
    event.local = local_state(leg);
    event.cause = cause;
    event.private_call_id = leg.call.id;
    return event;
}

void LineTeller::began(Leg& leg) {
    const auto state = leg.call.state;
    if (leg.call.incoming)
        rings(leg, leg.call.queue.empty() ? Cause::new_call : Cause::distributed);
    else
        goes_out(leg);
    leg.call.state = state;
    if (is_talking(state)) {
        answered(leg);
        hold(leg, state == CallState::held, state == CallState::held_by_remote);
        leg.call.state = state;
    }
}

void LineTeller::rings(Leg& leg, Cause cause) {
    leg.call.state = CallState::ringing;
    tell(about(EventKind::delivered, leg, cause));
}

void LineTeller::goes_out(Leg& leg) {
    leg.call.state = CallState::dialling;
    tell(about(EventKind::originated, leg, Cause::new_call));
    const auto& call = leg.call;
    const bool leaves =
        call.remote_user.empty() && call.remote_number.starts_with('+') && devices_.find(call.remote_number) == nullptr;
    if (!leaves) return;
    auto event = about(EventKind::network_reached, leg, Cause::normal);
    event.connection = remote_connection(leg);
    event.subject = {}; // which trunk is not told
    tell(std::move(event));
}

void LineTeller::far_end_rings(Leg& leg, const DeviceRow& ringing) {
    leg.delivered = true;
    auto event = about(EventKind::delivered, leg, Cause::new_call);
    event.subject = Party::known(std::string(devices_.id(ringing)));
    event.connection = {leg.call_id, event.subject.device};
    tell(std::move(event));
}

void LineTeller::answered(Leg& leg) {
    const auto state = std::exchange(leg.call.state, CallState::active);
    auto event = about(EventKind::established, leg, Cause::normal);
    if (!leg.call.incoming) {
        event.subject = remote(leg.call);
        event.connection = remote_connection(leg);
    }
    tell(std::move(event));
    leg.talking = true;
    leg.call.state = state;
}

void LineTeller::hold(Leg& leg, bool own_side, bool remote_side) {
    struct Side {
        bool& now;
        bool wanted;
        bool own;
    };
    // What is given back first, then what is held; while we hold, what the other side does is not told.
    const bool hidden = own_side && leg.remote_held;
    for (bool taking : {false, true})
        for (const Side& side : {Side{leg.held, own_side, true}, Side{leg.remote_held, hidden || remote_side, false}}) {
            if (side.now == side.wanted || side.wanted != taking) continue;
            side.now = side.wanted;
            leg.call.state = leg.held ? CallState::held : CallState::active;
            auto event = about(taking ? EventKind::held : EventKind::retrieved, leg, Cause::normal);
            if (!side.own) {
                event.subject = remote(leg.call);
                event.connection = remote_connection(leg);
            }
            tell(std::move(event));
        }
}

/// The other side is somebody else now: it was transferred, or a caller's number became known.
void LineTeller::other_party(Leg& leg, const calls::Call& now) {
    Leg before = leg;
    leg.call.remote_number = now.remote_number;
    leg.call.remote_name = now.remote_name;
    leg.call.remote_user = now.remote_user;
    leg.call.withheld = now.withheld;
    if (!same_party(before.call, leg.call) && leg.talking) {
        auto event = about(EventKind::transferred, leg, Cause::transfer);
        event.connection = remote_connection(before);
        event.subject = remote(before.call);
        event.other = remote(leg.call);
        event.connections.push_back({remote_connection(leg), remote_connection(before), remote(leg.call)});
        event.connections.push_back({own_connection(leg), own_connection(leg), own()});
        leg.remote_held = false; // who held is not there any more
        return tell(std::move(event));
    }
    if (leg.call.incoming && remote(before.call) != remote(leg.call))
        tell(about(EventKind::call_information, leg, Cause::normal));
}

void LineTeller::changed(Leg& leg, const calls::Call& now) {
    other_party(leg, now);
    if (is_talking(now.state)) {
        if (!leg.talking) answered(leg);
        hold(leg, now.state == CallState::held, now.state == CallState::held_by_remote);
    } else if (now.state == CallState::ringing && leg.talking) { // comes back
        leg.talking = leg.held = leg.remote_held = false;
        rings(leg, Cause::recall);
    }
    leg.call = now;
}

void LineTeller::cleared(const Leg& leg, Cause cause) {
    auto event = about(EventKind::connection_cleared, leg, cause);
    event.local = LocalState::null;
    tell(std::move(event));
}

void LineTeller::remote_cleared(const Leg& leg, Cause cause) {
    auto event = about(EventKind::connection_cleared, leg, cause);
    event.connection = remote_connection(leg);
    event.subject = remote(leg.call);
    tell(std::move(event));
}

void LineTeller::failed(const Leg& leg, Cause cause) {
    auto event = about(EventKind::failed, leg, cause);
    if (leg.call.incoming) {
        event.local = LocalState::fail;
    } else {
        event.connection = remote_connection(leg);
        event.subject = remote(leg.call);
    }
    tell(std::move(event));
}

void LineTeller::diverted(const Leg& leg, std::string_view to, Cause cause) {
    auto event = about(EventKind::diverted, leg, cause);
    event.other = named(to);
    event.local = LocalState::null;
    tell(std::move(event));
}

void LineTeller::transferred_away(const Leg& leg, std::string_view to) {
    auto event = about(EventKind::transferred, leg, Cause::single_step_transfer);
    event.other = named(to);
    event.connections.push_back({remote_connection(leg), remote_connection(leg), remote(leg.call)});
    event.connections.push_back({Connection{leg.call_id, event.other.device}, {}, event.other});
    event.local = LocalState::null;
    tell(std::move(event));
}

void LineTeller::joined(const Leg& first, const Leg& second) {
    auto event = about(EventKind::transferred, first, Cause::transfer);
    event.secondary_old = own_connection(second);
    event.other = remote(second.call);
    // The legs of our own lines keep their callIDs; who is not ours has the one that is left.
    const auto& left = is_ours(first) && !is_ours(second) ? first.call_id : second.call_id;
    for (const Leg* leg : {&first, &second}) {
        const auto party = remote(leg->call);
        event.connections.push_back(
            {Connection{is_ours(*leg) ? leg->call_id : left, party.device}, remote_connection(*leg), party});
    }
    event.local = LocalState::null;
    tell(std::move(event));
}

void LineTeller::ended(const Leg& leg, const calls::EndedCall& how) {
    const EndRow& row = row_of(how.why);
    const auto cause = leg.call.incoming ? row.incoming_cause : row.outgoing_cause;
    switch (leg.call.incoming ? row.incoming : row.outgoing) {
    case Tell::cleared: return cleared(leg, cause);
    case Tell::remote_first: remote_cleared(leg, cause); return cleared(leg, cause);
    case Tell::failed_first: failed(leg, cause); return cleared(leg, cause);
    case Tell::diverted: return leg.talking ? transferred_away(leg, how.to) : diverted(leg, how.to, cause);
    case Tell::transferred: return transferred_away(leg, how.to);
    }
}

// Features

void LineTeller::in_service(bool now) {
    const auto kind = now ? EventKind::back_in_service : EventKind::out_of_service;
    tell(ServiceEvent{kind, own().device, now ? Cause::normal : Cause::network_out_of_order});
}

void LineTeller::do_not_disturb(bool on) {
    tell(DoNotDisturbEvent{own().device, on});
}

std::uint8_t LineTeller::forwarding(std::uint8_t told, presence::Forwarding now) {
    const auto wanted = wanted_bits(told, now);
    for (const ForwardingBit& one : forwarding_bits)
        if (((told ^ wanted) & one.bit) != 0)
            tell(ForwardingEvent{own().device, one.type, (wanted & one.bit) != 0, {}, {}});
    return wanted;
}

void LineTeller::agent(presence::AgentState before, presence::AgentState now) {
    using presence::AgentState;
    const auto say = [&](EventKind kind) { tell(AgentEvent{kind, own().device, device_.line, {}, {}}); };
    if (signed_in(now) && !signed_in(before)) say(EventKind::agent_logged_on);
    switch (now) {
    case AgentState::available: return say(EventKind::agent_ready);
    case AgentState::unavailable: return say(EventKind::agent_not_ready);
    case AgentState::wrap_up: return say(EventKind::agent_working_after_call);
    case AgentState::sign_in: return;
    case AgentState::none:
    case AgentState::sign_out:
        if (signed_in(before)) say(EventKind::agent_logged_off);
    }
}

} // namespace lamp::csta
