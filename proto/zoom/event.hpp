// One event of Zoom's web hooks (cloud-apis.md C2). Lenient where Zoom varies: absent members are empty, unknown ones
// are passed over. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "proto/zoom/words.hpp"

namespace lamp::zoom {

enum class EventKind : std::uint8_t {
    url_validation,
    presence,
    meeting_started,
    meeting_ended,
    participant_joined,
    participant_left,
    deauthorized, // the account has removed the app
    other,
};

struct Event {
    EventKind kind = EventKind::other;
    std::string name{}; // "user.presence_status_updated"
    Wall at{};          // when it happened, by Zoom's clock
    std::string account{};
    std::string plain_token{}; // url_validation

    /// presence: whose; participants: the account's user, both empty for guests. E-mail addresses in lower case.
    std::string user{};
    std::string email{};
    State state = State::unknown; // presence
    std::string word{};           // presence: as it was written

    std::string meeting{};     // this instance of the meeting (uuid); its number where there is none
    std::string participant{}; // one device of one person in it; unique within the meeting
};

/// Error: protocol; not JSON, no event, or one of the kinds above without what it is about.
[[nodiscard]] Result<Event> read_event(std::string_view body);

} // namespace lamp::zoom
