#include <array>

#include "calls/history.hpp"
#include "calls/webhooks.hpp"

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

namespace {

/// By the number of the enumerator.
constexpr std::array<std::string_view, 8> results{"answered",  "missed",    "answered_elsewhere", "declined",
                                                  "abandoned", "forwarded", "voicemail",          "failed"};
constexpr std::array<std::string_view, 3> sides{"unknown", "here", "there"};
constexpr std::array<std::string_view, 2> sources{"event", "calllog"};
constexpr std::array<std::string_view, 8> happenings{"call.ringing", "call.dialling", "call.answered", "call.held",
                                                     "call.resumed", "call.changed",  "call.ended",    "call.missed"};
constexpr std::array<std::string_view, 8> stats_keys{"total", "person",      "line", "ddi",
                                                     "queue", "destination", "day",  "hour"};

constexpr std::array<std::string_view, 3> webhook_verbs{"test", "replay", "drop"};

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& words, std::string_view word) {
    for (std::size_t i = 0; i < N; ++i)
        if (words.at(i) == word) return static_cast<Enum>(i);
    return std::nullopt;
}

} // namespace

std::string_view name(CallResult result) {
    return results.at(static_cast<std::size_t>(result));
}
std::optional<CallResult> call_result_named(std::string_view word) {
    return named<CallResult>(results, word);
}
std::string_view name(ReleasedBy side) {
    return sides.at(static_cast<std::size_t>(side));
}
std::string_view name(RecordSource source) {
    return sources.at(static_cast<std::size_t>(source));
}
std::string_view name(Happening happening) {
    return happenings.at(static_cast<std::size_t>(happening));
}
std::string_view name(StatsKey key) {
    return stats_keys.at(static_cast<std::size_t>(key));
}
std::optional<StatsKey> stats_key_named(std::string_view word) {
    return named<StatsKey>(stats_keys, word);
}

std::string_view name(WebhookVerb verb) {
    return webhook_verbs.at(static_cast<std::size_t>(verb));
}

} // namespace lamp::calls
