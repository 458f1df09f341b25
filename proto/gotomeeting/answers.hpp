// What GoToMeeting's REST service answers (cloud-apis.md D): meetings with their state, organisers, errors. Read
// leniently: keys in any case, ids as numbers or texts, whatever is not needed passed over. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::gotomeeting {

/// What an organiser's list of meetings says.
struct Meetings {
    std::size_t told = 0;   // meetings with a state
    std::size_t active = 0; // of them: running now
    std::string unheard;    // a state that is neither ACTIVE nor INACTIVE, shortened; it counts as not running
};

/// The answer of upcomingMeetings: an array, perhaps of none, or one meeting alone. Error: protocol, also when there
/// are meetings and none tells a state: that says nothing about anybody.
[[nodiscard]] Result<Meetings> read_meetings(std::string_view body);

struct Organiser {
    std::string key;   // decimal digits
    std::string email; // in lower case; empty: untold
};

/// The answer of organizers?email=…: an array or one organiser alone. Those without a readable key are left out.
/// Error: protocol.
[[nodiscard]] Result<std::vector<Organiser>> read_organisers(std::string_view body);

/// 1 to 20 digits.
[[nodiscard]] bool is_key(std::string_view text);

struct ServiceError {
    std::string code; // "AuthFailed"; may be empty
    std::string text; // may be empty
};
/// In any of the shapes that are known; nothing: the body tells no error. Both texts are one short line.
[[nodiscard]] std::optional<ServiceError> read_error(std::string_view body);

} // namespace lamp::gotomeeting
