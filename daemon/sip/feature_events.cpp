#include "sip/feature_events.hpp"

#include <array>
#include <vector>

#include "proto/csta/events.hpp"
#include "proto/csta/requests.hpp"

namespace lamp::sip {
namespace {

using calls::ForwardKind;
using calls::ForwardSetting;
using presence::AgentState;

constexpr std::string_view boundary = "lamplighter-feature";

std::optional<ForwardKind> kind_of(csta::ForwardingType type) {
    switch (type) {
    case csta::ForwardingType::immediate: return ForwardKind::always;
    case csta::ForwardingType::busy: return ForwardKind::busy;
    case csta::ForwardingType::no_answer: return ForwardKind::no_answer;
    default: return std::nullopt;
    }
}

AgentState agent_state_of(csta::AgentWish wish) {
    switch (wish) {
    case csta::AgentWish::logged_on: return AgentState::sign_in;
    case csta::AgentWish::logged_off: return AgentState::sign_out;
    case csta::AgentWish::not_ready: return AgentState::unavailable;
    case csta::AgentWish::ready: return AgentState::available;
    case csta::AgentWish::working_after_call: break;
    }
    return AgentState::wrap_up;
}

std::optional<csta::EventKind> event_of(AgentState state) {
    switch (state) {
    case AgentState::none: break;
    case AgentState::sign_in: return csta::EventKind::agent_logged_on;
    case AgentState::sign_out: return csta::EventKind::agent_logged_off;
    case AgentState::available: return csta::EventKind::agent_ready;
    case AgentState::unavailable: return csta::EventKind::agent_not_ready;
    case AgentState::wrap_up: return csta::EventKind::agent_working_after_call;
    }
    return std::nullopt;
}

std::expected<FeatureOrder, std::string> forward_of(const csta::SetForwarding& wish) {
    const auto kind = kind_of(wish.type);
    if (!kind)
        return std::unexpected("The platform has no forwarding of the kind " + std::string(name(wish.type)) + ".");
    SetForward order{*kind, {wish.active, {}, wish.ring_count}};
    if (wish.to.empty()) return order;
    order.setting.to = csta::dialable(wish.to.raw);
    if (order.setting.to.empty()) return std::unexpected("The number to forward to is none.");
    return order;
}

} // namespace

Features features_of(const View& view) {
    return {view.dnd, view.forwards ? *view.forwards : Forwards(), view.agent};
}

FeatureBody feature_body(const Features& features, std::string_view device) {
    const csta::DeviceId id{std::string(device)};
    std::vector<std::string> documents{csta::write_feature(csta::DoNotDisturbEvent{id, features.dnd})};
    auto forward = [&](csta::ForwardingType type, const std::optional<ForwardSetting>& setting) {
        if (!setting) return;
        documents.push_back(csta::write_feature(
            csta::ForwardingEvent{id, type, setting->active, csta::DeviceId{setting->to}, setting->rings}));
    };
    forward(csta::ForwardingType::immediate, features.forwards.always);
    forward(csta::ForwardingType::busy, features.forwards.busy);
    forward(csta::ForwardingType::no_answer, features.forwards.no_answer);
    if (const auto kind = event_of(features.agent))
        documents.push_back(csta::write_feature(csta::AgentEvent{*kind, id}));
    if (documents.size() == 1) return {std::string(csta::feature_media_type), std::move(documents.front())};

    // Everything in the documents is escaped XML that begins with "<": no line of theirs can be the boundary.
    FeatureBody body{"multipart/mixed;boundary=\"" + std::string(boundary) + '"', {}};
    for (const auto& document : documents)
        body.text.append("--")
            .append(boundary)
            .append("\r\nContent-Type: ")
            .append(csta::feature_media_type)
            .append("\r\nContent-Length: ")
            .append(std::to_string(document.size()))
            .append("\r\n\r\n")
            .append(document)
            .append("\r\n");
    body.text.append("--").append(boundary).append("--\r\n");
    return body;
}

std::expected<FeatureOrder, std::string> read_feature_order(std::string_view body) {
    const auto message = csta::read(body);
    if (!message) return std::unexpected(message.error().text);
    if (const auto* dnd = message->as<csta::SetDoNotDisturb>()) return SetDnd{dnd->on};
    if (const auto* forwarding = message->as<csta::SetForwarding>()) return forward_of(*forwarding);
    if (const auto* agent = message->as<csta::SetAgentState>()) return SetAgent{agent_state_of(agent->wish)};
    return std::unexpected("The request " + message->root + " is none of this package.");
}

void give_order(const calls::Control& control, std::string line, const FeatureOrder& order, calls::Answer<void> done) {
    if (const auto* dnd = std::get_if<SetDnd>(&order))
        return control.set_dnd(std::move(line), dnd->on, std::move(done));
    if (const auto* forward = std::get_if<SetForward>(&order))
        return control.set_forwarding(std::move(line), forward->kind, forward->setting, std::move(done));
    control.set_agent(std::move(line), std::get<SetAgent>(order).state, std::move(done));
}

} // namespace lamp::sip
