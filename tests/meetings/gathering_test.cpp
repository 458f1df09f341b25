// Who is in a meeting, as several sources tell it.
#include <doctest/doctest.h>

#include "meetings/gathering.hpp"

using namespace lamp;
using namespace lamp::meetings;
using namespace std::chrono_literals;
using Changes = std::vector<Gathering::Change>;

namespace {

const Steady start = Steady() + 1h;
const Wall nine = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 9h;

struct World {
    Gathering room{{Source::zoom, Source::go_to}};
    void tell(Source source, Meeting meeting, milliseconds happened = 0ms, milliseconds now = 0ms) {
        room.heard({1, source, meeting, nine + happened, 60s}, start + now);
    }
    Changes at(milliseconds now) { return room.changes(start + now); }
};

} // namespace

TEST_CASE("a meeting begins and ends, each told once") {
    World world;
    world.tell(Source::zoom, Meeting::live);
    CHECK(world.at(0ms) == Changes{{1, true}});
    CHECK(world.at(0ms).empty());
    world.tell(Source::zoom, Meeting::none, 1s);
    CHECK(world.at(1s) == Changes{{1, false}});
}

TEST_CASE("two sources: the meeting ends with the last") {
    World world;
    world.tell(Source::zoom, Meeting::live);
    world.tell(Source::go_to, Meeting::live);
    CHECK(world.at(0ms) == Changes{{1, true}});
    world.tell(Source::zoom, Meeting::none, 1s);
    CHECK(world.at(1s).empty());
    world.tell(Source::go_to, Meeting::none, 2s);
    CHECK(world.at(2s) == Changes{{1, false}});
}

TEST_CASE("what does not count: Teams, sources nobody asked for, appointments, the past") {
    World world;
    world.tell(Source::teams, Meeting::live);
    world.tell(Source::other, Meeting::live);
    world.tell(Source::zoom, Meeting::calendar);
    CHECK(world.at(0ms).empty());
    world.tell(Source::zoom, Meeting::none, 10s);
    world.tell(Source::zoom, Meeting::live, 5s);
    CHECK(world.at(10s).empty());
}

TEST_CASE("a calendar that is asked for nothing else counts with its appointments") {
    World world;
    world.room = Gathering({Source::calendar});
    world.tell(Source::calendar, Meeting::calendar);
    CHECK(world.at(0ms) == Changes{{1, true}});
    CHECK(world.at(60s) == Changes{{1, false}}); // its end
    world.tell(Source::calendar, Meeting::calendar, 61s, 61s);
    CHECK(world.at(61s) == Changes{{1, true}});
    world.tell(Source::calendar, Meeting::none, 62s, 62s);
    CHECK(world.at(62s) == Changes{{1, false}});
}

TEST_CASE("silence ends a meeting, and is noticed in time") {
    World world;
    world.tell(Source::zoom, Meeting::live);
    CHECK(world.at(0ms) == Changes{{1, true}});
    CHECK(world.room.wake_at() == start + 60s);
    world.tell(Source::zoom, Meeting::live, 50s, 50s); // said again
    CHECK(world.at(60s).empty());
    CHECK(world.room.wake_at() == start + 110s);
    CHECK(world.at(110s) == Changes{{1, false}});
    CHECK(world.room.wake_at() == Steady::max());
}

TEST_CASE("a source that is lost, or does not know, says nothing") {
    World world;
    world.tell(Source::zoom, Meeting::live);
    CHECK(world.at(0ms) == Changes{{1, true}});
    world.room.lost(Source::go_to);
    CHECK(world.at(1s).empty());
    world.room.lost(Source::zoom);
    CHECK(world.at(1s) == Changes{{1, false}});
    world.tell(Source::zoom, Meeting::live, 2s, 2s);
    CHECK(world.at(2s) == Changes{{1, true}});
    world.tell(Source::zoom, Meeting::unknown, 3s, 3s);
    CHECK(world.at(3s) == Changes{{1, false}});
}
