#include "calls/line_news.hpp"

namespace lamp::calls {

std::string_view name(CallState state) {
    switch (state) {
    case CallState::dialling: return "dialling";
    case CallState::ringing: return "ringing";
    case CallState::active: return "active";
    case CallState::held: return "held";
    case CallState::held_by_remote: return "held_by_remote";
    }
    return "";
}

std::string_view name(End end) {
    switch (end) {
    case End::unknown: return "unknown";
    case End::hung_up_here: return "hung_up_here";
    case End::hung_up_there: return "hung_up_there";
    case End::not_answered: return "not_answered";
    case End::declined: return "declined";
    case End::busy: return "busy";
    case End::redirected: return "redirected";
    case End::transferred: return "transferred";
    case End::answered_elsewhere: return "answered_elsewhere";
    case End::failed: return "failed";
    }
    return "";
}

} // namespace lamp::calls
