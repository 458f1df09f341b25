#include "presence/words.hpp"

namespace lamp::presence {
namespace {

struct Look {
    std::string_view name;
    std::string_view colour;
    bool blinking;
};

constexpr std::array<Look, status_count> looks{{
    {"unknown", "grey", false},
    {"offline", "grey", false},
    {"available", "green", false},
    {"away", "amber", false},
    {"busy", "red", false},
    {"in_meeting", "red", false},
    {"on_call", "red", false},
    {"do_not_disturb", "dnd", false},
    {"held", "amber", true},
    {"ringing", "red", true},
}};

constexpr std::array<std::string_view, source_count> sources{"telephony", "teams", "meetings", "publication"};
constexpr std::array<std::string_view, 5> line_states{"unknown", "idle", "active", "held", "ringing"};
constexpr std::array<std::string_view, 7> forwardings{"none",          "always",    "busy",    "no_answer",
                                                      "not_reachable", "selective", "multiple"};
constexpr std::array<std::string_view, 6> agent_states{"none",        "sign_in", "available",
                                                       "unavailable", "wrap_up", "sign_out"};
constexpr std::array<std::string_view, 8> teams_states{"unknown", "offline",    "available",      "away",
                                                       "busy",    "in_meeting", "do_not_disturb", "presenting"};

template <class Enum, class Table>
constexpr auto& row(const Table& table, Enum value) {
    return table.at(static_cast<std::size_t>(value));
}

} // namespace

std::string_view name(Source source) {
    return row(sources, source);
}
std::string_view name(LineState state) {
    return row(line_states, state);
}
std::string_view name(Forwarding forwarding) {
    return row(forwardings, forwarding);
}
std::string_view name(AgentState state) {
    return row(agent_states, state);
}
std::string_view name(TeamsState state) {
    return row(teams_states, state);
}
std::string_view name(Status status) {
    return row(looks, status).name;
}
std::string_view colour(Status status) {
    return row(looks, status).colour;
}
bool blinking(Status status) {
    return row(looks, status).blinking;
}

std::optional<Status> status_named(std::string_view text) {
    for (std::size_t i = 0; i < looks.size(); ++i)
        if (looks.at(i).name == text) return static_cast<Status>(i);
    return std::nullopt;
}

} // namespace lamp::presence
