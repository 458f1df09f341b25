// Readings become reports: sequence numbers, echoes, doubt and staleness.
#include "adapters/teams/readings.hpp"

#include "here.hpp"

namespace {

using namespace lamp::teams;
using namespace std::chrono_literals;
using lamp::Steady;
using lamp::Wall;
using lamp::graph::Pair;
using lamp::graph::Presence;
using lamp::graph::Word;
using lamp::presence::Source;
using lamp::presence::Status;
using lamp::presence::TeamsState;

const Steady start = Steady() + 1h;
const Wall noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h;

struct Office {
    lamp::presence::Table table{64};
    lamp::fanout::Fanout fanout;
    Readings readings{table, fanout, 2min, 15s};

    Pair read(Pair pair, lamp::milliseconds at, bool echo = false, std::string_view sequence = {}) {
        Presence presence;
        presence.id = guid(1);
        presence.pair = pair;
        presence.sequence = sequence;
        if (readings.is_old(3, presence, start + at)) return {Word::unheard_of, Word::unheard_of};
        return readings.take(3, presence, echo, start + at, noon + at);
    }
    lamp::presence::TeamsReport shown() { return table.read(3).teams(); }
    std::uint32_t version() { return table.verdict(3).version; }
};

constexpr Pair available{Word::available, Word::available};
constexpr Pair call{Word::busy, Word::in_a_call};
constexpr Pair meeting{Word::busy, Word::in_a_meeting};

} // namespace

TEST_CASE("a reading is shown; the same again is not a change") {
    Office office;
    office.read(meeting, 0s);
    CHECK(office.shown().state == TeamsState::in_meeting);
    CHECK(Pair::unpack(office.shown().word) == meeting);
    CHECK(office.table.verdict(3).conclusion.status == Status::in_meeting);
    auto version = office.version();
    for (int i = 1; i < 10; ++i)
        office.read(meeting, 5s * i);
    CHECK(office.version() == version);
    office.read(available, 60s);
    CHECK(office.shown().state == TeamsState::available);
}

TEST_CASE("an echo leaves what was known, and counts as read") {
    Office office;
    office.read(available, 0s);
    CHECK(office.read(call, 5s, true) == available);
    CHECK(office.shown().state == TeamsState::available);
    office.readings.sweep(start + 14s, noon);
    CHECK(!office.shown().stale);
    CHECK(office.readings.seen(3)->echo);
}

TEST_CASE("an echo before anything was known says nothing") {
    Office office;
    office.read(call, 0s, true);
    CHECK(office.shown().state == TeamsState::unknown);
    CHECK(office.table.verdict(3).conclusion.status == Status::unknown);
}

TEST_CASE("an older answer that comes late is dropped; numbers that begin anew are believed after a minute") {
    Office office;
    office.read(meeting, 0s, false, "A0001767225600123");
    office.read(available, 1s, false, "A0001767225600122");
    CHECK(office.shown().state == TeamsState::in_meeting);
    CHECK(office.readings.dropped() == 1);
    office.read(available, 2s, false, "A0001767225600124");
    CHECK(office.shown().state == TeamsState::available);
    office.read(meeting, 61s, false, "A0000000000000001");
    CHECK(office.shown().state == TeamsState::available);
    office.read(meeting, 63s, false, "A0000000000000002");
    CHECK(office.shown().state == TeamsState::in_meeting);
    office.read(available, 64s); // no number: believed
    CHECK(office.shown().state == TeamsState::available);
    office.read(meeting, 65s, false, "A0000000000000001"); // but it does not forget the one before
    CHECK(office.shown().state == TeamsState::available);
}

TEST_CASE("sequence numbers sort as their texts do") {
    CHECK(sequence_number("A0001767225600123") > sequence_number("A0001767225600122"));
    CHECK(sequence_number("B0000000000000001") > sequence_number("A9999999999999999"));
    for (const char* other : {"", "A", "1234", "A12x4", "A00017672256001234", "-12", "A-12"})
        CHECK_MESSAGE(sequence_number(other) == 0, other);
}

TEST_CASE("who is not read any more becomes doubtful, then unknown, then right again") {
    Office office;
    office.read(meeting, 0s);
    struct Row {
        lamp::milliseconds at;
        TeamsState state;
        bool stale;
    };
    for (const Row& row : {Row{14s, TeamsState::in_meeting, false}, Row{15s, TeamsState::in_meeting, true},
                           Row{119s, TeamsState::in_meeting, true}, Row{120s, TeamsState::unknown, true},
                           Row{10min, TeamsState::unknown, true}}) {
        CAPTURE(row.at.count());
        office.readings.sweep(start + row.at, noon + row.at);
        CHECK(office.shown().state == row.state);
        CHECK(office.shown().stale == row.stale);
    }
    auto version = office.version();
    office.readings.sweep(start + 11min, noon);
    CHECK(office.version() == version);
    office.read(meeting, 12min);
    CHECK(office.shown().state == TeamsState::in_meeting);
    CHECK(!office.shown().stale);
}

TEST_CASE("slow rounds are no reason to doubt") {
    Office office;
    office.readings.expect_every(20s);
    office.read(meeting, 0s);
    office.readings.sweep(start + 59s, noon);
    CHECK(!office.shown().stale);
    office.readings.sweep(start + 60s, noon);
    CHECK(office.shown().stale);
}

TEST_CASE("one round that an outage made long does not put doubt off for ever") {
    Office office;
    office.readings.expect_every(10min);
    office.readings.expect_every(1s);
    office.read(meeting, 0s);
    office.readings.sweep(start + 15s, noon);
    CHECK(office.shown().stale);
}

TEST_CASE("who is missing in an answer is unknown; who has no account any more has said nothing") {
    Office office;
    office.read(meeting, 0s);
    office.readings.missing(3, start + 5s, noon);
    CHECK(office.shown().state == TeamsState::unknown);
    office.readings.forget(3, noon);
    CHECK(!office.table.read(3).said(Source::teams));
    CHECK(!office.readings.seen(3));
    office.readings.sweep(start + 10min, noon);
    CHECK(!office.table.read(3).said(Source::teams));
}
