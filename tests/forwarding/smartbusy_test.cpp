// SmartBusy: when a meeting diverts calls, when it stops, and when it must not begin.
#include <fmt/format.h>

#include "forwarding/smartbusy.hpp"
#include "here.hpp"

using namespace testing;

namespace {

using Verb = SmartBusy::Order::Verb;
constexpr auto teams = MeetingSource::teams;
constexpr auto zoom = MeetingSource::zoom;

SmartBusySettings usual() {
    SmartBusySettings settings;
    settings.sources = {teams, zoom};
    settings.forward_to = "1233";
    return settings;
}

struct Office {
    explicit Office(SmartBusySettings settings = usual()) : smartbusy(std::move(settings)) {}

    [[nodiscard]] SmartBusy::Now now() const { return {steady, wall, minute}; }
    void says(MeetingSource source, Meeting meeting, const std::string& who = "alice@x") {
        smartbusy.heard(who, source, meeting, wall, steady + fresh, now());
    }
    void wait(milliseconds time) {
        steady += time;
        wall += time;
        minute = (minute + static_cast<int>(time / 1min)) % (7 * 24 * 60);
    }
    /// "begin alice@x 1233", "end alice@x", joined by commas.
    std::string orders() {
        std::string text;
        while (auto order = smartbusy.next(now())) {
            text += text.empty() ? "" : ", ";
            text += order->verb == Verb::begin ? fmt::format("begin {} {}", order->person, order->to)
                                               : fmt::format("end {}", order->person);
            last = *order;
        }
        return text;
    }
    /// What happens within that time, as it becomes due.
    std::string within(milliseconds time) {
        auto until = steady + time;
        auto text = orders();
        while (smartbusy.wake_at() <= until) {
            wait(std::max(1ms, std::chrono::ceil<milliseconds>(smartbusy.wake_at() - steady)));
            auto more = orders();
            text += (text.empty() || more.empty() ? "" : ", ") + more;
        }
        wait(std::chrono::ceil<milliseconds>(until - steady));
        return text;
    }

    SmartBusy smartbusy;
    Steady steady = Steady() + 1h;
    Wall wall = at(9);
    int minute = 3 * 24 * 60 + 9 * 60; // Thursday, nine
    milliseconds fresh = 2min;
    std::optional<SmartBusy::Order> last;
};

} // namespace

TEST_CASE("what diverts and what does not") {
    struct Row {
        Meeting says;
        bool calendar_meetings;
        bool diverts;
    };
    for (Row row :
         {Row{Meeting::live, false, true}, Row{Meeting::none, false, false}, Row{Meeting::unknown, false, false},
          Row{Meeting::calendar, false, false}, Row{Meeting::calendar, true, true}, Row{Meeting::live, true, true}}) {
        auto settings = usual();
        settings.calendar_meetings = row.calendar_meetings;
        Office office(settings);
        office.says(teams, row.says);
        CAPTURE(static_cast<int>(row.says));
        CHECK(office.orders() == (row.diverts ? "begin alice@x 1233" : ""));
    }
}

TEST_CASE("it begins at once and ends after settling; a meeting that follows at once is the same") {
    Office office;
    office.says(teams, Meeting::live);
    CHECK(office.orders() == "begin alice@x 1233");
    CHECK(office.last->from == at(9));
    CHECK(office.last->source == teams);
    office.wait(1min);
    office.says(teams, Meeting::none);
    CHECK(office.within(2999ms) == "");
    office.says(teams, Meeting::live);
    CHECK(office.within(1min) == "");
    office.says(teams, Meeting::none);
    CHECK(office.within(2999ms) == "");
    CHECK(office.within(1ms) == "end alice@x");
    CHECK(office.last->from == at(9));
    CHECK(office.last->source == teams);
}

TEST_CASE("two sources: while one says so") {
    Office office;
    office.says(teams, Meeting::none);
    office.says(zoom, Meeting::live);
    CHECK(office.orders() == "begin alice@x 1233");
    office.says(teams, Meeting::live);
    office.says(zoom, Meeting::none);
    CHECK(office.within(10s) == "");
    office.says(teams, Meeting::none);
    CHECK(office.within(10s) == "end alice@x");
    CHECK(office.last->source == zoom); // as it began
}

TEST_CASE("a source that is not asked for says nothing") {
    auto settings = usual();
    settings.sources = {teams};
    Office office(settings);
    office.says(zoom, Meeting::live);
    CHECK(office.within(1min) == "");
}

TEST_CASE("late words change nothing") {
    Office office;
    office.says(zoom, Meeting::live);
    office.orders();
    office.wait(10s);
    office.says(zoom, Meeting::none);
    CHECK(office.within(5s) == "end alice@x");
    office.smartbusy.heard("alice@x", zoom, Meeting::live, at(9), office.steady + 2min, office.now()); // of before
    CHECK(office.within(1min) == "");
}

TEST_CASE("stale words never begin anything, and hold what has begun for a while") {
    Office office;
    office.smartbusy.heard("bob@x", teams, Meeting::live, at(9), office.steady, office.now());
    CHECK(office.within(1min) == "");

    office.says(teams, Meeting::live);
    CHECK(office.orders() == "begin alice@x 1233");
    CHECK(office.within(2min + 10min - 1ms) == ""); // fresh for two minutes, held for ten
    CHECK(office.smartbusy.view("alice@x", office.now())->reason.find("silent") != std::string::npos);
    CHECK(office.within(1ms + 3s) == "end alice@x");

    office.says(teams, Meeting::live);
    CHECK(office.orders() == "begin alice@x 1233");
    office.smartbusy.lost(teams, office.now());
    CHECK(office.within(9min) == "");
    office.says(teams, Meeting::live); // back in time
    CHECK(office.within(1min) == "");
    office.says(teams, Meeting::unknown); // which says as little as silence
    CHECK(office.within(10min - 1ms) == "");
    CHECK(office.within(3s + 1ms) == "end alice@x");
}

TEST_CASE("unknown neither begins nor ends") {
    Office office;
    office.says(teams, Meeting::unknown);
    CHECK(office.within(1min) == "");
    office.says(teams, Meeting::live);
    CHECK(office.orders() == "begin alice@x 1233");
    office.says(teams, Meeting::unknown);
    CHECK(office.within(1min) == "");
    office.says(teams, Meeting::none);
    CHECK(office.within(3s) == "end alice@x");
}

TEST_CASE("what went stale before does not hold a meeting that came after") {
    Office office;
    office.smartbusy.heard("alice@x", zoom, Meeting::live, at(9), office.steady, office.now()); // and never taken back
    CHECK(office.within(1s) == "");
    office.says(teams, Meeting::live);
    CHECK(office.orders() == "begin alice@x 1233");
    office.says(teams, Meeting::none);
    CHECK(office.within(3s) == "end alice@x");
}

TEST_CASE("after a restart a diversion is held until its source speaks, or for the time of lost data") {
    for (auto says : {Meeting::live, Meeting::none, Meeting::unknown}) {
        Office office;
        office.smartbusy.adopt("alice@x", teams, "1233", at(8, 30), office.now());
        CHECK(office.within(1min) == "");
        office.says(zoom, Meeting::none); // another source's no is none
        CHECK(office.within(1min) == "");
        office.says(teams, says);
        CHECK(office.within(3s) == (says == Meeting::none ? "end alice@x" : ""));
        if (says == Meeting::unknown) {
            CHECK(office.within(8min - 3s - 1ms) == "");
            CHECK(office.within(3s + 1ms) == "end alice@x");
        }
        if (office.last) CHECK(office.last->from == at(8, 30));
    }
}

TEST_CASE("whose number: the person's own, the folder's, the organisation's, or none") {
    auto settings = usual();
    settings.folders["Sales"] = "2010";
    settings.people["bob@x"] = "2020";
    Office office(settings);
    for (const char* who : {"alice@x", "bob@x", "carol@x"})
        office.smartbusy.folder(who, std::string(who) == "carol@x" ? "" : "Sales", office.now());
    CHECK(office.smartbusy.number_for("alice@x") == "2010");
    CHECK(office.smartbusy.number_for("bob@x") == "2020");
    CHECK(office.smartbusy.number_for("carol@x") == "1233");
    CHECK(office.smartbusy.number_for("dave@x") == "1233");
    office.says(teams, Meeting::live);
    CHECK(office.orders() == "begin alice@x 2010");
    settings.folders["Sales"] = "2011";
    office.smartbusy.use(settings, office.now());
    CHECK(office.orders() == "begin alice@x 2011"); // the same meeting, another number
    CHECK(office.last->from == at(9));
    settings.folders.clear();
    settings.forward_to.clear();
    office.smartbusy.use(settings, office.now());
    CHECK(office.orders() == "end alice@x");
    CHECK(office.smartbusy.view("alice@x", office.now())->reason == "no number to forward to is configured");
}

TEST_CASE("exceptions, and people who leave") {
    auto settings = usual();
    settings.except = {"alice@x"};
    Office office(settings);
    office.says(teams, Meeting::live);
    CHECK(office.within(1min) == "");
    office.says(teams, Meeting::live);
    settings.except.clear();
    office.smartbusy.use(settings, office.now());
    CHECK(office.orders() == "begin alice@x 1233");
    office.smartbusy.forget("alice@x", office.now());
    CHECK(office.orders() == "end alice@x");
    CHECK_FALSE(office.smartbusy.view("alice@x", office.now()));
    CHECK(office.smartbusy.wake_at() == Steady::max());
}

TEST_CASE("quiet hours") {
    constexpr int nine_thursday = 3 * 24 * 60 + 9 * 60;
    constexpr std::uint8_t thursday = 1 << 3;
    constexpr std::uint8_t sunday = 1 << 6;
    struct Row {
        QuietHours hours;
        int minute;
        bool quiet;
    };
    // clang-format off
    const std::vector<Row> rows{
        {{0x7f, 9 * 60, 10 * 60},      nine_thursday,      true},
        {{0x7f, 9 * 60, 10 * 60},      nine_thursday - 1,  false},
        {{0x7f, 8 * 60, 9 * 60},       nine_thursday,      false},
        {{0x7f, 18 * 60, 8 * 60},      3 * 24 * 60 + 60,   true},  // over midnight
        {{thursday, 18 * 60, 8 * 60},  3 * 24 * 60 + 60,   false}, // Wednesday's night
        {{thursday, 18 * 60, 8 * 60},  4 * 24 * 60 + 60,   true},
        {{sunday, 18 * 60, 8 * 60},    60,                 true},  // into Monday
        {{sunday, 0, 0},               6 * 24 * 60 + 700,  true},  // the whole day
        {{sunday, 0, 0},               0,                  false},
    };
    // clang-format on
    for (const Row& row : rows) {
        auto settings = usual();
        settings.quiet = {row.hours};
        Office office(settings);
        office.minute = row.minute;
        office.says(teams, Meeting::live);
        CAPTURE(row.minute);
        CHECK(office.orders() == (row.quiet ? "" : "begin alice@x 1233"));
    }
    auto settings = usual();
    settings.quiet = {{0x7f, 9 * 60 + 5, 9 * 60 + 30}};
    Office office(settings);
    office.fresh = 2h;
    office.says(teams, Meeting::live);
    CHECK(office.within(4min) == "begin alice@x 1233");
    CHECK(office.within(2min) == "end alice@x"); // the reception goes home
    CHECK(office.within(20min) == "");
    CHECK(office.within(5min) == "begin alice@x 1233"); // and the meeting still goes on
}

TEST_CASE("what a view says") {
    Office office;
    CHECK_FALSE(office.smartbusy.view("alice@x", office.now()));
    office.says(zoom, Meeting::live);
    office.orders();
    auto view = office.smartbusy.view("alice@x", office.now());
    CHECK(view->diverted);
    CHECK(view->to == "1233");
    CHECK(view->since == at(9));
    CHECK(view->reason == "zoom says in a meeting");
    for (auto source : {MeetingSource::teams, zoom, MeetingSource::go_to, MeetingSource::other})
        CHECK(meetings::source_named(meetings::name(source)) == source);
}

TEST_CASE(
    "a hundred thousand words in random order: nobody is diverted without a fresh word, or for longer than held") {
    Office office;
    std::uint64_t random = 1;
    auto number = [&](int below) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        return static_cast<int>((random >> 33) % static_cast<std::uint64_t>(below));
    };
    struct Last {
        Steady fresh_until{};
        bool live = false;
    };
    std::map<std::pair<std::string, MeetingSource>, Last> said;
    std::set<std::string> diverted;
    auto check = [&] {
        while (auto order = office.smartbusy.next(office.now())) {
            bool fresh = false;
            for (auto source : {teams, zoom}) {
                auto& last = said[{order->person, source}];
                fresh = fresh || (last.live && office.steady < last.fresh_until);
            }
            if (order->verb == Verb::begin) {
                CHECK(diverted.insert(order->person).second);
                CHECK(fresh);
            } else {
                CHECK(diverted.erase(order->person) == 1);
                CHECK_FALSE(fresh);
            }
        }
        for (const std::string& who : diverted) {
            bool held = false;
            for (auto source : {teams, zoom})
                held = held || office.steady <= said[{who, source}].fresh_until + 10min + 3s;
            CHECK(held);
        }
    };
    for (int i = 0; i < 100'000; ++i) {
        auto who = fmt::format("person{}@x", number(20));
        auto source = number(2) == 0 ? teams : zoom;
        auto meeting = static_cast<Meeting>(number(4));
        auto& last = said[{who, source}];
        auto fresh_until = office.steady + milliseconds(number(120'000));
        office.smartbusy.heard(who, source, meeting, office.wall, fresh_until, office.now());
        if (meeting == Meeting::unknown)
            last.fresh_until = std::min(last.fresh_until, office.steady);
        else
            last = {fresh_until, meeting == Meeting::live};
        check();
        auto until = office.steady + milliseconds(number(30'000));
        while (office.smartbusy.wake_at() <= until) {
            office.wait(std::max(1ms, std::chrono::ceil<milliseconds>(office.smartbusy.wake_at() - office.steady)));
            check();
        }
        if (until > office.steady) office.wait(std::chrono::ceil<milliseconds>(until - office.steady));
    }
    while (office.smartbusy.wake_at() != Steady::max()) {
        office.wait(std::max(1ms, std::chrono::ceil<milliseconds>(office.smartbusy.wake_at() - office.steady)));
        check();
    }
    CHECK(diverted.empty());
}
