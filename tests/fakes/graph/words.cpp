// See words.hpp.
#include "words.hpp"

#include <algorithm>

namespace sim::graph {

Words::Words() {
    for (const std::string_view text :
         {"Offline", "Available", "AvailableIdle", "Away", "BeRightBack", "Busy", "BusyIdle", "DoNotDisturb",
          "PresenceUnknown", "InACall", "InAConferenceCall", "InAMeeting", "Inactive", "AvailableInactive", "OffWork",
          "OutOfOffice", "Presenting", "UrgentInterruptionsOnly", "Focusing"})
        of(text);
}

Word Words::of(std::string_view text) {
    const auto found = std::find(texts_.begin(), texts_.end(), text);
    if (found != texts_.end()) return static_cast<Word>(found - texts_.begin());
    texts_.emplace_back(text);
    camels_.emplace_back(text);
    char& first = camels_.back().front();
    if (first >= 'A' && first <= 'Z') first = static_cast<char>(first + 32);
    return static_cast<Word>(texts_.size() - 1);
}

int rank_of(Word availability) {
    switch (availability) {
    case Words::do_not_disturb: return 4;
    case Words::busy:
    case Words::busy_idle: return 3;
    case Words::away:
    case Words::be_right_back: return 1;
    case Words::offline: return 0;
    default: return 2;
    }
}

bool call_word(Word activity) {
    return activity == Words::in_a_call || activity == Words::in_a_meeting || activity == Words::presenting ||
           activity == Words::focusing;
}

} // namespace sim::graph
