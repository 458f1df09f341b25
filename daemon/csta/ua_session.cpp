#include "csta/ua_session.hpp"

#include "proto/csta/framing.hpp"

namespace lamp::csta {

UaSession::UaSession(Domain& domain, std::string who, Tell on_event, Steady now)
    : on_event_(std::move(on_event)),
      association_(domain, *this, {.address = std::move(who), .trusted = true, .heartbeats = false}, now) {}

void UaSession::on_body(std::string_view xml, Steady now, Respond respond) {
    do
        last_id_ = last_id_ == invoke_id_of_requests_max ? 0 : static_cast<std::uint16_t>(last_id_ + 1);
    while (waiting_.contains(last_id_)); // the association answers far fewer than there are ids at once
    const auto id = last_id_;
    waiting_.emplace(id, std::move(respond));
    if (association_.on_message(id, xml, now) == Association::Taken::answered) return;
    const auto found = waiting_.extract(id);
    if (!found.empty()) found.mapped()({});
}

void UaSession::answer(std::uint16_t invoke_id, std::string_view xml) {
    auto found = waiting_.extract(invoke_id);
    if (!found.empty()) found.mapped()(std::string(xml));
}

void UaSession::tell(std::uint16_t /*invoke_id*/, std::string_view xml) {
    on_event_(std::string(xml));
}

} // namespace lamp::csta
