#include "forwarding/claim.hpp"

namespace lamp::forwarding {

std::string_view name(Source source) {
    switch (source) {
    case Source::operator_: return "operator";
    case Source::calendar: return "calendar";
    case Source::smartbusy: return "smartbusy";
    }
    return "";
}

std::optional<Source> source_named(std::string_view text) {
    for (Source source : {Source::operator_, Source::calendar, Source::smartbusy})
        if (name(source) == text) return source;
    return std::nullopt;
}

std::string_view name(ClaimState state) {
    switch (state) {
    case ClaimState::in_force: return "in_force";
    case ClaimState::waiting: return "waiting";
    case ClaimState::resting: return "resting";
    case ClaimState::refused: return "refused";
    }
    return "";
}

std::string_view name(Several several) {
    switch (several) {
    case Several::simultaneous: return "simultaneous";
    case Several::sequential: return "sequential";
    case Several::first: return "first";
    }
    return "";
}

} // namespace lamp::forwarding
