#include "xsi/translate.hpp"

#include "proto/xsi/services.hpp"

namespace lamp::xsi {
namespace {

using presence::Forwarding;

presence::AgentState agent_of(const Agent& agent) {
    if (!agent.present) return presence::AgentState::none; // no agent, or no call centre joined
    switch (agent.state) {
    case AgentState::sign_in: return presence::AgentState::sign_in;
    case AgentState::available: return presence::AgentState::available;
    case AgentState::unavailable: return presence::AgentState::unavailable;
    case AgentState::wrap_up: return presence::AgentState::wrap_up;
    case AgentState::sign_out: return presence::AgentState::sign_out;
    case AgentState::unknown: break;
    }
    return presence::AgentState::none;
}

bool active(const Service& service) {
    return !service.unassigned && service.active;
}

std::optional<calls::Messages> box_of(const Document& document) {
    if (document.service.unassigned) return std::nullopt; // no voice mail box
    return messages_of(document.messages);
}

} // namespace

calls::Messages messages_of(const MessageCounts& counts) {
    return {counts.fresh, counts.old, counts.fresh_urgent, counts.old_urgent};
}

Effect translate(Lines& lines, LineIndex line, const Document& document, Steady now) {
    switch (document.data) {
    case EventData::call:
    case EventData::calls:
    case EventData::call_snapshot:
    case EventData::conference: lines.apply_calls(line, document, now); return Effect::calls;
    case EventData::do_not_disturb: lines.set_dnd(line, active(document.service)); return Effect::service;
    case EventData::forwarding_always:
        lines.set_forwarding_always(line, active(document.service), plain_number(document.service.forward_to));
        return Effect::service;
    case EventData::forwarding_busy:
        lines.set_forwarding(line, Forwarding::busy, active(document.service));
        return Effect::service;
    case EventData::forwarding_no_answer:
        lines.set_forwarding(line, Forwarding::no_answer, active(document.service));
        return Effect::service;
    case EventData::agent_state:
    case EventData::agent_snapshot: lines.set_agent(line, agent_of(document.agent)); return Effect::service;
    case EventData::messages: lines.set_messages(line, box_of(document)); return Effect::service;
    case EventData::subscription_terminated: return Effect::subscription_ended;
    case EventData::queue_snapshot: // of `Queues`, not of a line
    case EventData::queue_entered:
    case EventData::queue_left:
    case EventData::hook_status:
    case EventData::unknown: return Effect::none;
    }
    return Effect::none;
}

} // namespace lamp::xsi
