// The words of the schema that become enums, anything else is `unknown`; its times (xsi.md 7.1, 8.2).
#include <array>
#include <utility>

#include "proto/text/text.hpp"
#include "proto/xsi/event.hpp"

namespace lamp::xsi {
namespace {

template <class Enum, std::size_t N>
Enum look_up(const std::array<std::pair<std::string_view, Enum>, N>& table, std::string_view text) {
    for (const auto& [word, value] : table)
        if (word == text) return value;
    return Enum::unknown;
}

} // namespace

CallState call_state(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, CallState>, 7> table{{
        {"Idle", CallState::idle},
        {"Alerting", CallState::alerting},
        {"Active", CallState::active},
        {"Held", CallState::held},
        {"Remote Held", CallState::remote_held},
        {"Detached", CallState::detached},
        {"Released", CallState::released},
    }};
    return look_up(table, text);
}

Personality personality(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, Personality>, 3> table{{
        {"Originator", Personality::originator},
        {"Terminator", Personality::terminator},
        {"Click-to-Dial", Personality::click_to_dial},
    }};
    return look_up(table, text);
}

HookStatus hook_status(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, HookStatus>, 2> table{{
        {"On-Hook", HookStatus::on_hook},
        {"Off-Hook", HookStatus::off_hook},
    }};
    return look_up(table, text);
}

AgentState agent_state(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, AgentState>, 5> table{{
        {"Sign-In", AgentState::sign_in},
        {"Available", AgentState::available},
        {"Unavailable", AgentState::unavailable},
        {"Wrap-Up", AgentState::wrap_up},
        {"Sign-Out", AgentState::sign_out},
    }};
    return look_up(table, text);
}

std::optional<Wall> epoch_ms(std::string_view text) {
    auto ms = text::number<std::int64_t>(text);
    // A peer's nonsense must not overflow our arithmetic: the years 1970 to 2200.
    if (!ms || *ms < 0 || *ms > 7'258'118'400'000) return std::nullopt;
    return Wall(milliseconds(*ms));
}

} // namespace lamp::xsi
