// Do not disturb, forwarding and agents of an association (sip-csta.md 17.4).
#include <algorithm>
#include <array>

#include "csta/association.hpp"
#include "proto/csta/identities.hpp"

namespace lamp::csta {
namespace {

using calls::ForwardKind;
using presence::AgentState;

struct ForwardRow {
    ForwardKind kind;
    ForwardingType type;
};
constexpr std::array forward_rows{ForwardRow{ForwardKind::always, ForwardingType::immediate},
                                  ForwardRow{ForwardKind::busy, ForwardingType::busy},
                                  ForwardRow{ForwardKind::no_answer, ForwardingType::no_answer}};

struct AgentRow {
    AgentState state;
    bool logged_on;
    AgentMode mode;
};
constexpr std::array agent_rows{
    AgentRow{AgentState::none, false, AgentMode::null},
    AgentRow{AgentState::sign_in, true, AgentMode::null},
    AgentRow{AgentState::available, true, AgentMode::ready},
    AgentRow{AgentState::unavailable, true, AgentMode::not_ready},
    AgentRow{AgentState::wrap_up, true, AgentMode::working_after_call},
    AgentRow{AgentState::sign_out, false, AgentMode::null},
};

AgentState wished(AgentWish wish) {
    switch (wish) {
    case AgentWish::logged_on: return AgentState::sign_in;
    case AgentWish::logged_off: return AgentState::sign_out;
    case AgentWish::not_ready: return AgentState::unavailable;
    case AgentWish::ready: return AgentState::available;
    case AgentWish::working_after_call: break;
    }
    return AgentState::wrap_up;
}

} // namespace

void Association::take(Invoke id, const GetDoNotDisturb& request) {
    const auto* row = device(id, request.device);
    if (!row || !may_ask(id, domain_.control().dnd)) return;
    domain_.control().dnd(row->line, later<bool>(id, {}, [](auto& self, Invoke answered, auto on) {
                              if (on) return self.answer(answered, write_do_not_disturb(*on, self.spoken()));
                              self.refuse(answered, failure_of(on.error(), about_features()));
                          }));
}

void Association::take(Invoke id, const SetDoNotDisturb& request) {
    const auto* row = device(id, request.device);
    if (!row || !may_ask(id, domain_.control().set_dnd)) return;
    domain_.control().set_dnd(row->line, request.on,
                              done(id, write_done("SetDoNotDisturb", spoken()), about_features()));
}

void Association::take(Invoke id, const GetForwarding& request) {
    const auto* row = device(id, request.device);
    if (row && may_ask(id, domain_.control().forwarding)) ask_forwarding(id, row->line, 0, {});
}

/// One kind after the other; those that the line does not have are left out.
void Association::ask_forwarding(Invoke id, std::string line, std::size_t kind, std::vector<Forwarding> gathered) {
    if (kind == forward_rows.size()) {
        if (gathered.empty()) return refuse(id, Failure::invalid_feature);
        return answer(id, write_forwarding(gathered, spoken()));
    }
    const ForwardRow& row = forward_rows.at(kind);
    auto then = [line, kind, gathered = std::move(gathered)](auto& self, Invoke asked, auto setting) mutable {
        if (!setting && setting.error().category != Category::not_found)
            return self.refuse(asked, failure_of(setting.error(), about_features()));
        if (setting) gathered.push_back({forward_rows.at(kind).type, setting->active, {setting->to}, setting->rings});
        self.ask_forwarding(asked, std::move(line), kind + 1, std::move(gathered));
    };
    domain_.control().forwarding(line, row.kind, later<calls::ForwardSetting>(id, {}, std::move(then)));
}

void Association::take(Invoke id, const SetForwarding& request) {
    const auto* row = device(id, request.device);
    if (!row) return;
    const auto* kind = std::ranges::find(forward_rows, request.type, &ForwardRow::type);
    if (kind == forward_rows.end()) return refuse(id, Failure::invalid_forwarding_type);
    if (!may_ask(id, domain_.control().set_forwarding)) return;
    calls::ForwardSetting setting{request.active, request.to.empty() ? std::string() : dialled(request.to),
                                  request.ring_count};
    constexpr Meaning meaning{Failure::invalid_feature, Failure::invalid_device_state,
                              Failure::invalid_forwarding_destination};
    domain_.control().set_forwarding(row->line, kind->kind, std::move(setting),
                                     done(id, write_done("SetForwarding", spoken()), meaning));
}

void Association::take(Invoke id, const GetAgentState& request) {
    const auto* row = device(id, request.device);
    if (!row || !may_ask(id, domain_.control().agent)) return;
    auto then = [line = row->line](auto& self, Invoke answered, auto state) {
        if (!state) return self.refuse(answered, failure_of(state.error(), about_features()));
        const auto* found = std::ranges::find(agent_rows, *state, &AgentRow::state);
        self.answer(answered, write_agent_state({line, found->logged_on, found->mode, {}}, self.spoken()));
    };
    domain_.control().agent(row->line, later<AgentState>(id, {}, std::move(then)));
}

void Association::take(Invoke id, const SetAgentState& request) {
    const auto* row = device(id, request.device);
    if (!row || !may_ask(id, domain_.control().set_agent)) return;
    constexpr Meaning meaning{Failure::invalid_feature, Failure::invalid_agent_state, Failure::invalid_agent_state};
    domain_.control().set_agent(row->line, wished(request.wish),
                                done(id, write_done("SetAgentState", spoken()), meaning));
}

} // namespace lamp::csta
