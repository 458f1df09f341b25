#include "status/ports.hpp"

#include <array>

namespace lamp::status {
namespace {
constexpr std::array<std::string_view, 4> channel_states{"up", "opening", "down", "stopped"};
constexpr std::array<std::string_view, 5> call_verbs{"answer", "hold", "resume", "hangup", "transfer"};
} // namespace

std::string_view name(ChannelState state) {
    return channel_states.at(static_cast<std::size_t>(state));
}

ChannelState channel_state_named(std::string_view word) {
    for (std::size_t i = 0; i < channel_states.size(); ++i)
        if (channel_states.at(i) == word) return static_cast<ChannelState>(i);
    return ChannelState::down;
}

std::string_view name(CallVerb verb) {
    return call_verbs.at(static_cast<std::size_t>(verb));
}

} // namespace lamp::status
