#include "adapters/zoom/deliveries.hpp"

#include <boost/json.hpp>

namespace lamp::zoom {
namespace {

constexpr std::string_view test_name = "endpoint.url_validation";
constexpr int no_content = 204;

} // namespace

fanout::HookAnswer Deliveries::deliver(const fanout::HookCall& call) {
    auto proof = prove(secret_.reveal(), call.header(timestamp_field), call.header(signature_field), call.body,
                       wall_now(), tolerance_);
    if (auto answer = answer_test(call.body, proof)) return *std::move(answer);
    switch (proof) {
    case Proof::missing: return refuse(Refused::missing);
    case Proof::wrong: return refuse(Refused::wrong);
    case Proof::stale: return refuse(Refused::stale);
    case Proof::genuine: break;
    }
    auto size = call.body.size();
    bool fits = waiting_.fetch_add(1) < waiting_max;
    fits = waiting_bytes_.fetch_add(size) + size <= waiting_bytes_max && fits;
    if (!fits) {
        --waiting_;
        waiting_bytes_ -= size;
        ++refused_[static_cast<std::size_t>(Refused::full)];
        return fanout::hook_full();
    }
    last_ms_ = wall_now().time_since_epoch().count();
    loop_.post([this, body = std::string(call.body)]() mutable {
        auto bytes = body.size();
        take_(std::move(body));
        --waiting_;
        waiting_bytes_ -= bytes;
    });
    return {.status = no_content};
}

// Zoom tests the address when it is entered and every 72 hours. An unsigned test is answered only if its token could
// not be the text under a delivery's signature: else anybody could have us sign one.
std::optional<fanout::HookAnswer> Deliveries::answer_test(std::string_view body, Proof proof) {
    if (proof != Proof::genuine && proof != Proof::missing) return std::nullopt;
    if (body.find(test_name) == std::string_view::npos) return std::nullopt;
    auto event = read_event(body);
    if (!event || event->kind != EventKind::url_validation) return std::nullopt;
    if (proof == Proof::missing && !is_plain_token(event->plain_token)) return std::nullopt;
    if (proof == Proof::genuine) last_ms_ = wall_now().time_since_epoch().count();
    ++validations_;
    boost::json::object answer{{"plainToken", event->plain_token},
                               {"encryptedToken", encrypted_token(secret_.reveal(), event->plain_token)}};
    return fanout::HookAnswer{200, fanout::HookAnswer::Type::json, boost::json::serialize(answer)};
}

fanout::HookAnswer Deliveries::refuse(Refused why) {
    ++refused_[static_cast<std::size_t>(why)];
    switch (why) {
    case Refused::missing: return {.status = 401, .body = "A delivery of Zoom carries a signature."};
    case Refused::stale: return {.status = 401, .body = "The signature is too old."};
    default: return {.status = 401, .body = "The signature is not Zoom's."};
    }
}

std::optional<Wall> Deliveries::last() const {
    auto at = last_ms_.load();
    return at == 0 ? std::nullopt : std::optional(Wall(milliseconds(at)));
}

} // namespace lamp::zoom
