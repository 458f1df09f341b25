#include "status/reach.hpp"

#include <algorithm>

namespace lamp::status {
void Reach::use_people(const presence::People& people) {
    named_.clear();
    others_.clear();
    for (const std::string& line : scope_.lines)
        named_.insert(mark_of(line));
    sight_.assign(people.slots(), Sight::nothing);
    for (presence::Slot slot : people.order()) {
        sight_[slot] = sight_of(people, slot);
        if (sight_[slot] == Sight::whole)
            people.for_lines(slot, [&](std::string_view line) { others_.insert(mark_of(line)); });
    }
}

Reach::Sight Reach::sight_of(const presence::People& people, presence::Slot slot) const {
    if (std::ranges::find(scope_.folders, people.person(slot).folder) != scope_.folders.end()) return Sight::whole;
    std::size_t lines = 0;
    std::size_t seen = 0;
    people.for_lines(slot, [&](std::string_view line) {
        ++lines;
        if (named_.contains(mark_of(line))) ++seen;
    });
    if (seen == 0) return Sight::nothing;
    return seen == lines ? Sight::whole : Sight::some_lines;
}

} // namespace lamp::status
