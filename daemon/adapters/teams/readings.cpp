#include "adapters/teams/readings.hpp"

#include <charconv>

#include "adapters/teams/meeting.hpp"

namespace lamp::teams {
namespace {

// An older number is an older answer. If it persists, the numbers have begun anew and the answer is the truth.
constexpr milliseconds older_is_dropped_for{60'000};

presence::TeamsState state_of(graph::Meaning meaning) {
    return static_cast<presence::TeamsState>(meaning);
}
static_assert(static_cast<int>(graph::Meaning::offline) == static_cast<int>(presence::TeamsState::offline));
static_assert(static_cast<int>(graph::Meaning::busy) == static_cast<int>(presence::TeamsState::busy));
static_assert(static_cast<int>(graph::Meaning::presenting) == static_cast<int>(presence::TeamsState::presenting));

} // namespace

std::uint64_t sequence_number(std::string_view text) {
    constexpr std::size_t digits_max = 16;
    if (text.size() < 2 || text.size() > digits_max + 1) return 0;
    auto letter = static_cast<unsigned char>(text.front());
    if (letter < 'A' || letter > 'z') return 0;
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return 0;
    return std::uint64_t{letter} << 56 | number;
}

bool Readings::is_old(presence::Slot slot, const graph::Presence& presence, Steady now) {
    if (slot >= people_.size()) return false;
    const Person& person = people_[slot];
    auto sequence = sequence_number(presence.sequence);
    bool recent = person.read_at != Steady() && now - person.read_at < older_is_dropped_for;
    bool old = sequence != 0 && sequence < person.sequence && recent;
    dropped_ += old ? 1 : 0;
    return old;
}

bool Readings::is_behind(presence::Slot slot, const graph::Presence& presence) const {
    auto sequence = sequence_number(presence.sequence);
    return slot < people_.size() && sequence != 0 && sequence < people_[slot].sequence;
}

graph::Pair Readings::take(presence::Slot slot, const graph::Presence& presence, bool echo, Steady now, Wall wall) {
    if (slot >= people_.size()) people_.resize(slot + 1);
    Person& person = people_[slot];
    auto before = presence::TeamsReport::unpack(table_.cell(slot, presence::Source::teams));
    if (auto sequence = sequence_number(presence.sequence); sequence != 0) person.sequence = sequence;
    person.read_at = now;
    person.echo = echo;
    person.stale = false;
    presence::TeamsReport said;
    if (echo) {
        said = before; // nothing new was learnt, and nothing speaks against what was known
    } else {
        said.state = state_of(graph::meaning(presence.pair));
        said.word = presence.pair.pack();
        said.out_of_office = presence.out_of_office;
    }
    said.stale = false;
    report(slot, said, wall);
    auto own = graph::Pair::unpack(said.word);
    tell(slot, meeting_of(own), wall); // of an echo: what was known goes on
    return own;
}

void Readings::missing(presence::Slot slot, Steady now, Wall wall) {
    graph::Presence nothing;
    take(slot, nothing, false, now, wall);
}

void Readings::forget(presence::Slot slot, Wall wall) {
    if (slot < people_.size()) {
        if (people_[slot].read_at != Steady()) tell(slot, meetings::Meeting::unknown, wall);
        people_[slot] = {};
    }
    if (table_.cell(slot, presence::Source::teams) == 0) return;
    if (table_.report(slot, presence::Source::teams, 0, wall)) fanout_.publish(slot);
}

void Readings::sweep(Steady now, Wall wall) {
    for (presence::Slot slot = 0; slot < people_.size(); ++slot) {
        Person& person = people_[slot];
        if (person.read_at == Steady() || now - person.read_at < std::min(doubt_after_, stale_after_)) continue;
        auto said = presence::TeamsReport::unpack(table_.cell(slot, presence::Source::teams));
        bool over = now - person.read_at >= stale_after_;
        if (person.stale && (!over || said.state == presence::TeamsState::unknown)) continue;
        person.stale = true;
        said.stale = true;
        if (over) {
            said = {presence::TeamsState::unknown, graph::Pair{}.pack(), false, true, {}};
            tell(slot, meetings::Meeting::unknown, wall);
        }
        report(slot, said, wall);
    }
}

std::optional<Readings::Seen> Readings::seen(presence::Slot slot) const {
    if (slot >= people_.size() || people_[slot].read_at == Steady()) return std::nullopt;
    const Person& person = people_[slot];
    auto said = presence::TeamsReport::unpack(table_.cell(slot, presence::Source::teams));
    return Seen{graph::Pair::unpack(said.word), said.out_of_office, said.stale, person.echo, person.read_at, said.at};
}

void Readings::tell(presence::Slot slot, meetings::Meeting meeting, Wall wall) {
    if (!meetings_.heard) return;
    told_at_ = std::max(told_at_, wall);
    meetings_.heard({slot, meetings::Source::teams, meeting, told_at_, stale_after_});
}

// What says the same as before is not reported: a version is for something that can be seen.
void Readings::report(presence::Slot slot, presence::TeamsReport said, Wall wall) {
    said.at = wall;
    auto cell = said.pack();
    if (presence::same_content(cell, table_.cell(slot, presence::Source::teams))) return;
    if (table_.report(slot, presence::Source::teams, cell, wall)) fanout_.publish(slot);
}

} // namespace lamp::teams
