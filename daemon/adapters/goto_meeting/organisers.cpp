#include "adapters/goto_meeting/organisers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "proto/gotomeeting/answers.hpp"
#include "proto/text/text.hpp"

namespace lamp::goto_meeting {
namespace {

bool is_address(std::string_view text) {
    auto at = text.find('@');
    return at != 0 && at != std::string_view::npos && at + 1 < text.size() &&
           text.find_first_of(" \t\"<>,;") == std::string_view::npos;
}

} // namespace

Matching match(const presence::People& people, std::string_view owner, bool by_email) {
    Matching made;
    auto owners = text::lower(owner);
    std::unordered_map<std::string, std::size_t> named; // how many people name it
    for (presence::Slot slot : people.order()) {
        auto person = people.person(slot);
        auto name = text::lower(text::trim(person.go_to));
        auto email = text::lower(text::trim(person.email));
        if (name.empty() && by_email && !owners.empty() && email == owners) name = owners;
        if (name.empty()) continue;
        if (!gotomeeting::is_key(name) && !is_address(name)) {
            ++made.unmatched;
            made.doubts.push_back(
                {slot, "unmatched", "has a GoTo account that is neither an organizer key nor an e-mail address"});
            continue;
        }
        ++named[name];
        made.seats.push_back({slot, name, !owners.empty() && name == owners});
    }
    auto doubled = [&](const Seat& seat) { return named.at(seat.name) > 1; };
    for (const Seat& seat : made.seats)
        if (doubled(seat))
            made.doubts.push_back({seat.slot, "doubled",
                                   fmt::format("shares the GoTo organiser with {} other{}", named.at(seat.name) - 1,
                                               named.at(seat.name) > 2 ? "s" : "")});
    made.doubled = std::erase_if(made.seats, doubled);
    auto first = std::ranges::find(made.seats, true, &Seat::owner);
    if (first != made.seats.end()) std::rotate(made.seats.begin(), first, first + 1);
    return made;
}

} // namespace lamp::goto_meeting
