// What Teams tells of meetings: every pair of words, and readings, echoes and silence as SmartBusy hears of them.
#include "adapters/teams/meeting.hpp"

#include <vector>

#include "adapters/teams/echo.hpp"
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
using lamp::meetings::Meeting;
using lamp::meetings::News;

const Steady start = Steady() + 1h;
const Wall noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h;

constexpr Pair available{Word::available, Word::available};
constexpr Pair call{Word::busy, Word::in_a_call};
constexpr Pair conference{Word::busy, Word::in_a_conference_call};
constexpr Pair planned{Word::busy, Word::in_a_meeting};
constexpr Pair presenting{Word::do_not_disturb, Word::presenting};
constexpr Pair do_not_disturb{Word::do_not_disturb, Word::do_not_disturb};

/// Reads as the adapter does: the echo filter first.
struct Office {
    lamp::presence::Table table{64};
    lamp::fanout::Fanout fanout;
    std::vector<News> news;
    Readings readings{table, fanout, 2min, 15s, {[this](const News& told) { news.push_back(told); }, {}}};
    EchoFilter echo;

    /// What is told of it; nothing: no news.
    std::optional<Meeting> read(Pair pair, lamp::milliseconds at, std::string_view sequence = {}) {
        news.clear();
        Presence presence;
        presence.id = guid(1);
        presence.pair = pair;
        presence.sequence = sequence;
        if (readings.is_old(3, presence, start + at)) return std::nullopt;
        bool ours = echo.is_echo(guid(1), pair, start + at);
        readings.take(3, presence, ours, start + at, noon + at);
        REQUIRE(news.size() == 1);
        CHECK(news[0].slot == 3);
        CHECK(news[0].source == lamp::meetings::Source::teams);
        CHECK(news[0].fresh_for == 2min);
        return news[0].meeting;
    }
};

} // namespace

TEST_CASE("what each pair of words says of a meeting") {
    using enum Word;
    struct Row {
        Word availability;
        Word activity;
        Meeting meeting;
    };
    // clang-format off
    const Row rows[] = {
        {available,        in_a_call,                 Meeting::live},
        {busy,             in_a_call,                 Meeting::live},
        {busy,             in_a_conference_call,      Meeting::live},
        {do_not_disturb,   presenting,                Meeting::live},
        {out_of_office,    in_a_call,                 Meeting::live},
        {do_not_disturb,   in_a_call,                 Meeting::live},
        {unheard_of,       in_a_call,                 Meeting::live},
        {presence_unknown, presenting,                Meeting::live},
        {busy,             in_a_meeting,              Meeting::calendar},
        {available,        in_a_meeting,              Meeting::calendar},
        {available,        available,                 Meeting::none},
        {available_idle,   available_idle,            Meeting::none},
        {available,        out_of_office,             Meeting::none},
        {busy,             out_of_office,             Meeting::none},
        {offline,          out_of_office,             Meeting::none},
        {out_of_office,    out_of_office,             Meeting::none},
        {out_of_office,    presence_unknown,          Meeting::none},
        {busy,             busy,                      Meeting::none},
        {busy_idle,        busy_idle,                 Meeting::none},
        {do_not_disturb,   do_not_disturb,            Meeting::none},
        {do_not_disturb,   focusing,                  Meeting::none},
        {do_not_disturb,   urgent_interruptions_only, Meeting::none},
        {away,             inactive,                  Meeting::none},
        {be_right_back,    be_right_back,             Meeting::none},
        {available,        available_inactive,        Meeting::none},
        {offline,          offline,                   Meeting::none},
        {offline,          off_work,                  Meeting::none},
        {away,             off_work,                  Meeting::none},
        {available,        presence_unknown,          Meeting::none},
        {offline,          unheard_of,                Meeting::none},
        {busy,             presence_unknown,          Meeting::unknown},
        {busy,             unheard_of,                Meeting::unknown},
        {do_not_disturb,   unheard_of,                Meeting::unknown},
        {presence_unknown, presence_unknown,          Meeting::unknown},
        {unheard_of,       unheard_of,                Meeting::unknown},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(lamp::graph::text(row.availability));
        CAPTURE(lamp::graph::text(row.activity));
        CHECK(meeting_of({row.availability, row.activity}) == row.meeting);
        if (row.availability == out_of_office) continue; // as activity it leaves the rest to the availability
        CHECK(meeting_of({row.activity, row.availability}) == row.meeting); // the service swaps them at times
    }
}

TEST_CASE("every reading is told, the same again too") {
    Office office;
    CHECK(office.read(call, 0s) == Meeting::live);
    CHECK(office.news[0].happened == noon);
    CHECK(office.read(call, 5s) == Meeting::live);
    CHECK(office.news[0].happened == noon + 5s);
    CHECK(office.read(planned, 10s) == Meeting::calendar);
    CHECK(office.read(do_not_disturb, 15s) == Meeting::none);
}

TEST_CASE("a call of ours never tells a meeting") {
    Office office;
    CHECK(office.read(available, 0s) == Meeting::none);
    office.echo.wrote(guid(1));
    CHECK(office.read(call, 2s) == Meeting::none);
    CHECK(office.read({Word::in_a_call, Word::busy}, 4s) == Meeting::none);
    CHECK(office.read(call, 40min) == Meeting::none);
    office.echo.cleared(guid(1), start + 41min);
    CHECK(office.read(call, 42min) == Meeting::none); // readers are late
    CHECK(office.read(available, 43min) == Meeting::none);
    CHECK(office.read(call, 44min) == Meeting::live); // the person's own
}

TEST_CASE("a call of ours before anything was known says nothing") {
    Office office;
    office.echo.wrote(guid(1));
    CHECK(office.read(call, 0s) == Meeting::unknown);
}

TEST_CASE("a meeting that shows through our call is told, whichever began first") {
    Office office;
    office.read(available, 0s);
    office.echo.wrote(guid(1));
    CHECK(office.read(presenting, 2s) == Meeting::live);
    CHECK(office.read(conference, 4s) == Meeting::live);
    CHECK(office.read(planned, 6s) == Meeting::calendar);
    CHECK(office.read(call, 8s) == Meeting::calendar); // ours again: what was known goes on

    Office other; // in Teams first: during our call nobody can tell the two apart, and what was known goes on
    CHECK(other.read(call, 0s) == Meeting::live);
    other.echo.wrote(guid(1));
    CHECK(other.read(call, 2s) == Meeting::live);
    other.echo.cleared(guid(1), start + 10s);
    CHECK(other.read(call, 12s) == Meeting::live);
    CHECK(other.read(available, 14s) == Meeting::none);
}

TEST_CASE("what is older than what is known is not told") {
    Office office;
    CHECK(office.read(call, 0s, "A0001767225600123") == Meeting::live);
    CHECK(office.read(available, 1s, "A0001767225600122") == std::nullopt);
    CHECK(office.news.empty());
}

TEST_CASE("who is missing, not read any more or without an account is told as unknown, once") {
    Office office;
    office.read(call, 0s);
    office.news.clear();
    office.readings.missing(3, start + 5s, noon + 5s);
    REQUIRE(office.news.size() == 1);
    CHECK(office.news[0].meeting == Meeting::unknown);

    office.read(call, 10s);
    office.news.clear();
    office.readings.sweep(start + 30s, noon + 30s); // doubtful
    CHECK(office.news.empty());
    for (int i = 0; i < 3; ++i)
        office.readings.sweep(start + 10s + 2min, noon + 10s + 2min);
    REQUIRE(office.news.size() == 1);
    CHECK(office.news[0].meeting == Meeting::unknown);

    office.read(call, 5min);
    office.news.clear();
    office.readings.forget(3, noon + 6min);
    office.readings.forget(3, noon + 6min);
    REQUIRE(office.news.size() == 1);
    CHECK(office.news[0].meeting == Meeting::unknown);
}

TEST_CASE("a clock that is set back does not make news old") {
    Office office;
    office.read(call, 0s);
    auto before = office.news[0].happened;
    office.news.clear();
    Presence presence;
    presence.id = guid(1);
    presence.pair = available;
    office.readings.take(3, presence, false, start + 5s, noon - 1h);
    REQUIRE(office.news.size() == 1);
    CHECK(office.news[0].meeting == Meeting::none);
    CHECK(office.news[0].happened >= before);
}
