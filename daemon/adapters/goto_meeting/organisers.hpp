// Who of our people is which GoTo organiser: what the people file's column `goto` names (an organizer key or an e-mail
// address), and the refresh token's owner by their e-mail address. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/goto_meeting/rounds.hpp"
#include "fanout/adapter.hpp"
#include "presence/people.hpp"

namespace lamp::goto_meeting {

struct Matching {
    std::vector<Seat> seats; // the owner first
    std::vector<fanout::Doubt> doubts;
    std::size_t unmatched = 0; // what the column says is neither
    std::size_t doubled = 0;   // people who name the same organiser: none of them is followed
};

/// `owner`: the e-mail address of whom the refresh token is; empty: not known. `by_email`: a person without the column
/// is the owner when the e-mail addresses agree ([people] match).
[[nodiscard]] Matching match(const presence::People& people, std::string_view owner, bool by_email);

} // namespace lamp::goto_meeting
