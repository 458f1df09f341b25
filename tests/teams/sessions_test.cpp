// The sessions machine: what is written of a person, when, and what becomes of it when writes fail.
#include "adapters/teams/sessions.hpp"

#include "here.hpp"

namespace {

using namespace lamp::teams;
using namespace std::chrono_literals;
using lamp::Steady;
using lamp::fanout::Outcome;
using Kind = Outcome::Kind;
using Published = Sessions::Session::Published;

const Guid anna = guid(1);
const Guid bram = guid(2);
const Steady start = Steady() + 1h;

Outcome retry(lamp::milliseconds after = 0ms, bool uncertain = false) {
    return {Kind::retry, after, uncertain, "not now"};
}

struct Office {
    Sessions sessions;
    Steady now = start;

    void says(LineSays line, const Guid& who = anna) { sessions.says(who, line, now); }
    void wait(lamp::milliseconds time) { now += time; }
    /// What is written now; "" when nothing is due.
    std::string next() {
        auto due = sessions.next(now);
        if (!due) return "";
        action = due;
        return std::string(action->verb == Verb::set ? "set " : "clear ") + name_of(action->person);
    }
    void comes_back(const Outcome& outcome = Outcome::delivered()) {
        REQUIRE(action);
        sessions.finished(*action, outcome, now);
    }
    static std::string name_of(const Guid& who) { return who == anna ? "anna" : "bram"; }
    std::optional<Sessions::Action> action;
};

} // namespace

TEST_CASE("a call is told at once, refreshed at half of its life, and cleared after its end") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    CHECK(office.next() == "");
    office.comes_back();
    office.wait(7min + 29s);
    CHECK(office.next() == "");
    office.wait(1s);
    CHECK(office.next() == "set anna");
    office.comes_back();
    office.wait(1min);
    office.says(LineSays::free);
    CHECK(office.next() == "");
    office.wait(500ms);
    CHECK(office.next() == "clear anna");
    office.comes_back();
    CHECK(office.sessions.size() == 0);
    CHECK(office.sessions.due() == Steady::max());
}

TEST_CASE("nobody without a call is written about") {
    Office office;
    office.says(LineSays::free);
    office.says(LineSays::unknown);
    CHECK(office.sessions.size() == 0);
}

TEST_CASE("a call that is over before its turn came leaves no trace") {
    Office office;
    office.says(LineSays::in_call);
    office.wait(10s);
    office.says(LineSays::free);
    CHECK(office.next() == "");
    CHECK(office.sessions.size() == 0);
}

TEST_CASE("a call that follows at once keeps the session of the one before") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    office.comes_back();
    office.wait(10s);
    office.says(LineSays::free);
    office.wait(400ms);
    office.says(LineSays::in_call);
    office.wait(1min);
    CHECK(office.next() == "");
    CHECK(office.sessions.find(anna)->published == Published::yes);
}

TEST_CASE("what ended while the write was on its way is cleared when it is back") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    office.wait(2s);
    office.says(LineSays::free);
    office.wait(10s);
    CHECK(office.next() == "");
    office.comes_back();
    CHECK(office.next() == "clear anna");
}

TEST_CASE("a line that is not known any more is not said to be in a call") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    office.comes_back();
    office.says(LineSays::unknown);
    office.wait(1s);
    CHECK(office.next() == "clear anna");
}

TEST_CASE("who has waited longest is first; the turn is taken by what is wanted then") {
    Office office;
    office.says(LineSays::in_call, anna);
    office.wait(1ms);
    office.says(LineSays::in_call, bram);
    CHECK(office.sessions.waiting(office.now) == 2);
    CHECK(office.sessions.waiting(office.now, 1) == 1);
    CHECK(office.next() == "set anna");
    CHECK(office.next() == "set bram");
    CHECK(office.sessions.in_flight() == 2);
}

TEST_CASE("what a failed write leads to") {
    struct Row {
        const char* what;
        Outcome outcome;
        lamp::milliseconds again; // the same verb is due then
    };
    // clang-format off
    const Row rows[] = {
        {"throttled, no time told",  retry(),                                            1s},
        {"throttled for 7 s",        retry(7s),                                          7s},
        {"no answer",                retry(0ms, true),                                   1s},
        {"login refused",            {Kind::unauthorised, 0ms, false, "who are you"},    1s},
        {"not permitted",            Outcome::refused("no"),                             1min},
        {"no such account in Teams", Outcome::not_applicable("nobody"),                  1h},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Office office;
        office.says(LineSays::in_call);
        CHECK(office.next() == "set anna");
        office.comes_back(row.outcome);
        office.wait(row.again - 1ms);
        CHECK(office.next() == "");
        office.wait(1ms);
        CHECK(office.next() == "set anna");
    }
}

TEST_CASE("failures in a row wait longer, up to a minute, and a delivery forgets them") {
    Office office;
    office.says(LineSays::in_call);
    lamp::milliseconds waits[] = {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
    for (auto wait : waits) {
        CHECK(office.next() == "set anna");
        office.comes_back(retry());
        office.wait(wait - 1ms);
        CHECK(office.next() == "");
        office.wait(1ms);
    }
    CHECK(office.next() == "set anna");
    office.comes_back();
    CHECK(office.sessions.find(anna)->failures == 0);
    CHECK(office.sessions.find(anna)->last_reason.empty());
}

TEST_CASE("a set without an answer may have arrived: it is cleared when the call is over") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    office.comes_back(retry(0ms, true));
    office.says(LineSays::free);
    office.wait(2s);
    CHECK(office.next() == "clear anna");
}

TEST_CASE("a set that was certainly not carried out needs no clearing") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    office.comes_back(retry());
    office.says(LineSays::free);
    CHECK(office.sessions.size() == 0);
}

TEST_CASE("clearing what is not there is done; clearing is tried until the session ends by itself") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    office.comes_back();
    office.says(LineSays::free);
    office.wait(1s);
    CHECK(office.next() == "clear anna");
    SUBCASE("404") {
        office.comes_back(Outcome::not_applicable("no session"));
        CHECK(office.sessions.size() == 0);
    }
    SUBCASE("no answer for longer than it lives") {
        int attempts = 1;
        while (office.sessions.size() > 0 && attempts < 100) {
            office.comes_back(retry(0ms, true));
            office.wait(std::chrono::duration_cast<lamp::milliseconds>(office.sessions.due() - office.now));
            if (office.next().empty()) break;
            ++attempts;
        }
        CHECK(office.sessions.size() == 0);
        CHECK(office.now <= start + 15min + 31s);
        CHECK(attempts < 25);
    }
}

TEST_CASE("a refresh that failed does not hold up the clearing") {
    Outcome failures[] = {Outcome::refused("no"), {Kind::unauthorised, 0ms, false, "who are you"}, retry(0ms, true)};
    for (const Outcome& failure : failures)
        for (bool ends_meanwhile : {false, true}) {
            CAPTURE(ends_meanwhile);
            Office office;
            office.says(LineSays::in_call);
            CHECK(office.next() == "set anna");
            office.comes_back();
            office.wait(8min);
            CHECK(office.next() == "set anna");
            if (ends_meanwhile) office.says(LineSays::free);
            office.comes_back(failure);
            if (!ends_meanwhile) office.says(LineSays::free);
            office.wait(500ms);
            CHECK(office.next() == "clear anna");
        }
}

TEST_CASE("a status chosen by hand is left alone") {
    Office office;
    office.says(LineSays::in_call);
    SUBCASE("before the call") {
        office.sessions.mask(anna, true, office.now);
        office.wait(1h);
        CHECK(office.next() == "");
        office.sessions.mask(anna, false, office.now);
        CHECK(office.next() == "set anna");
    }
    SUBCASE("during the call: no refresh, and cleared at the end") {
        CHECK(office.next() == "set anna");
        office.comes_back();
        office.sessions.mask(anna, true, office.now);
        office.wait(10min);
        CHECK(office.next() == "");
        office.says(LineSays::free);
        office.wait(1s);
        CHECK(office.next() == "clear anna");
    }
    SUBCASE("during the call, for longer than the session lives: written anew when it is over") {
        CHECK(office.next() == "set anna");
        office.comes_back();
        office.sessions.mask(anna, true, office.now);
        office.wait(20min);
        CHECK(office.next() == "");
        office.sessions.mask(anna, false, office.now);
        CHECK(office.next() == "set anna");
    }
}

TEST_CASE("what an earlier run left") {
    Office office;
    office.sessions.adopt(anna, office.now + 12min, office.now);
    SUBCASE("is kept when the line is in a call") {
        office.wait(3s);
        office.says(LineSays::in_call);
        CHECK(office.next() == "set anna");
    }
    SUBCASE("is cleared when the line is free") {
        office.wait(3s);
        office.says(LineSays::free);
        office.wait(500ms);
        CHECK(office.next() == "clear anna");
        office.comes_back();
        CHECK(office.sessions.take_ended() == std::vector<Guid>{anna});
    }
    SUBCASE("is cleared when the line is not heard of for ten seconds") {
        office.says(LineSays::unknown);
        office.wait(9999ms);
        CHECK(office.next() == "");
        office.wait(1ms);
        CHECK(office.next() == "clear anna");
    }
    SUBCASE("is forgotten when it has ended by itself") {
        office.wait(13min);
        CHECK(office.next() == "");
        CHECK(office.sessions.size() == 0);
        CHECK(office.sessions.take_ended() == std::vector<Guid>{anna});
    }
}

TEST_CASE("an intent leaves the disk only when the session is gone") {
    Office office;
    office.says(LineSays::in_call);
    CHECK(office.next() == "set anna");
    office.comes_back();
    office.says(LineSays::free);
    office.wait(1s);
    CHECK(office.sessions.take_ended().empty());
    CHECK(office.next() == "clear anna");
    office.comes_back(retry(0ms, true));
    CHECK(office.sessions.take_ended().empty());
    office.wait(2s);
    CHECK(office.next() == "clear anna");
    office.comes_back();
    CHECK(office.sessions.take_ended() == std::vector<Guid>{anna});
}

TEST_CASE("stopping clears all that exists, at once") {
    Office office;
    office.says(LineSays::in_call, anna);
    CHECK(office.next() == "set anna");
    office.comes_back();
    office.says(LineSays::in_call, bram); // not written yet
    office.sessions.abandon_all(office.now);
    CHECK(office.next() == "clear anna");
    CHECK(office.next() == "");
}
