// as-feature-event, as BroadWorks telephones speak it (sip-csta.md 13): do not disturb, forwarding and agent state that
// a telephone shows and sets. It puts a CSTA request into its SUBSCRIBE; the NOTIFY carries CSTA events. Pure.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "calls/control.hpp"
#include "presence/words.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

inline constexpr std::string_view feature_event_package = "as-feature-event";

/// What a telephone may show of one line. What is not known is not told: its keys stay as they are.
struct Features {
    bool dnd = false;
    Forwards forwards{};
    presence::AgentState agent = presence::AgentState::none; // none: no agent, not told
};
[[nodiscard]] Features features_of(const View& view);

struct FeatureBody {
    std::string content_type;
    std::string text;
};
/// The state of all features: one event as it is, several as multipart/mixed. `device` as telephones compare it: the
/// user part that was subscribed to.
[[nodiscard]] FeatureBody feature_body(const Features& features, std::string_view device);

struct SetDnd {
    bool on = false;
    bool operator==(const SetDnd&) const = default;
};
struct SetForward {
    calls::ForwardKind kind{};
    calls::ForwardSetting setting;
};
struct SetAgent {
    presence::AgentState state{};
    bool operator==(const SetAgent&) const = default;
};
using FeatureOrder = std::variant<SetDnd, SetForward, SetAgent>;

/// What the body of a SUBSCRIBE orders. Refuses with a sentence (400): no XML, another request, a kind of forwarding
/// that the platform has not, forwarding that is switched on to a number that is none.
[[nodiscard]] std::expected<FeatureOrder, std::string> read_feature_order(std::string_view body);

/// Gives the order to the line. The telephone is told by the NOTIFY that follows the platform's own event; an order
/// that fails is told by a NOTIFY with the state as it is, which puts the key back.
void give_order(const calls::Control& control, std::string line, const FeatureOrder& order, calls::Answer<void> done);

} // namespace lamp::sip
