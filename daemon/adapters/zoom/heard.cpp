// Zoom: what its events mean. Order is the time at which things happened; what comes late or twice changes nothing.
#include <algorithm>

#include "adapters/zoom/zoom.hpp"

namespace lamp::zoom {
namespace {

constexpr std::array<std::string_view, heard_count> names{"read",    "duplicate", "old",      "stranger",
                                                          "foreign", "other",     "malformed"};
constexpr std::size_t words_told_max = 32;
constexpr milliseconds late{60'000};      // what comes so late is checked by reading
constexpr milliseconds host_joins{5'000}; // after the start of a meeting

/// Our clock may be behind Zoom's; but a time that is far ahead must not outdo what comes after it.
Wall when(const Event& event, const PeopleState::Now& at) {
    return event.at > at.wall + ahead_max ? at.wall : event.at;
}

} // namespace

std::string_view name(Heard heard) {
    return names.at(static_cast<std::size_t>(heard));
}

void Zoom::take(const std::string& body) {
    unheard_changes_ = 0;
    auto event = read_event(body);
    auto heard = event ? take(*event) : Heard::malformed;
    ++heard_.at(static_cast<std::size_t>(heard));
    if (!event && complaint_.allow(steady_now()))
        log::warning("zoom", "an event cannot be read",
                     {{"why", event.error().text}, {"not_shown", complaint_.take_suppressed()}});
}

Heard Zoom::take(const Event& event) {
    if (!options_.account_id.empty() && !event.account.empty() && event.account != options_.account_id)
        return Heard::foreign;
    auto at = now();
    bool removed = event.kind == EventKind::deauthorized;
    if (removed && !std::exchange(deauthorized_, true)) log::error("zoom", "the account has removed the app");
    if (!removed) deauthorized_ = false;
    switch (event.kind) {
    case EventKind::presence: return take_presence(event, at);
    case EventKind::participant_joined:
    case EventKind::participant_left: return take_participant(event, at);
    case EventKind::meeting_started:
    case EventKind::meeting_ended: return take_meeting(event, at);
    case EventKind::deauthorized: return Heard::read;
    case EventKind::url_validation:
    case EventKind::other: break;
    }
    return Heard::other;
}

Heard Zoom::take_presence(const Event& event, const PeopleState::Now& at) {
    accounts_.learn(event.user, event.email);
    auto slot = accounts_.find(event.user, event.email);
    if (!slot) return Heard::stranger;
    if (event.state == State::unknown) note_unknown_word(event.word);
    auto happened = when(event, at);
    return note(*slot, state_.presence_told(*slot, event.state, happened, at), happened, at);
}

Heard Zoom::take_participant(const Event& event, const PeopleState::Now& at) {
    auto slot = accounts_.find(event.user, event.email);
    if (!slot) return Heard::stranger;
    auto happened = when(event, at);
    auto taken = event.kind == EventKind::participant_joined
                     ? state_.joined(*slot, event.meeting, event.participant, happened, at)
                     : state_.left(*slot, event.meeting, event.participant, happened, at);
    return note(*slot, taken, happened, at);
}

// That a meeting has started does not say that its host is in it; that it is over says that nobody is.
Heard Zoom::take_meeting(const Event& event, const PeopleState::Now& at) {
    if (event.kind == EventKind::meeting_started) {
        if (auto host = accounts_.find(event.user, {})) plan_.not_later_than(*host, at.steady + host_joins);
        read_bell_.ring();
        return Heard::read;
    }
    auto happened = when(event, at);
    for (presence::Slot slot : state_.ended(event.meeting, happened, at))
        static_cast<void>(note(slot, Taken::news, happened, at));
    return Heard::read;
}

Heard Zoom::note(presence::Slot slot, Taken taken, Wall happened, const PeopleState::Now& at) {
    if (taken == Taken::duplicate) return Heard::duplicate;
    if (taken != Taken::news) return Heard::old;
    tell(slot);
    auto says = state_.says(slot);
    bool live = says && says->meeting == Meeting::live;
    plan_.not_later_than(slot, at.steady + (at.wall - happened > late ? milliseconds(0) : plan_.interval(live)));
    read_bell_.ring();
    return Heard::read;
}

void Zoom::note_unknown_word(std::string_view word) {
    ++unknown_words_;
    if (words_told_.size() >= words_told_max || std::ranges::find(words_told_, word) != words_told_.end()) return;
    words_told_.emplace_back(word);
    log::warning("zoom", "Zoom says a word that is not known; it counts as unknown", {{"word", word}});
}

} // namespace lamp::zoom
