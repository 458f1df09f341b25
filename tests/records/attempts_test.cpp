// Who missed a call (crm-directory.md E.3): table of attempts first, then random trees of calls.
#include <random>
#include <set>

#include "here.hpp"

using namespace testing;
using calls::CallResult;
using calls::CallState;
using calls::End;
using calls::Redirect;

namespace {

std::map<std::string, int> missed_by_person(const Lines& lines) {
    std::map<std::string, int> counts;
    for (const auto& event : lines.all)
        if (event.what == calls::Happening::missed) ++counts[event.call.person];
    return counts;
}

std::string result_of(const Lines& lines, const std::string& person) {
    auto records = lines.of(person);
    REQUIRE(!records.empty());
    return std::string(name(records.back().result.value_or(CallResult::failed)));
}

calls::Call offered(std::string id, std::string session) {
    auto call = incoming(std::move(id), std::move(session));
    call.group = "hunt@x";
    return call;
}

} // namespace

TEST_CASE("a caller who gives up is missed once, after the settle time") {
    Lines lines;
    lines.up();
    lines.put("alice@x", incoming("1", "s1"));
    CHECK(lines.end("alice@x", "1", End::not_answered) == Texts{"ended alice in missed"});
    CHECK(lines.after(1999ms) == Texts{});
    CHECK(lines.after(1ms) == Texts{"missed alice in missed"});
    CHECK(lines.after(1h) == Texts{});
    CHECK_FALSE(lines.recorder.next_due());
    // The caller tries again: that is another attempt.
    lines.put("alice@x", incoming("2", "s2"));
    lines.end("alice@x", "2", End::not_answered);
    CHECK(lines.after(2s) == Texts{"missed alice in missed"});
}

TEST_CASE("a ring within the settle time begins it anew") {
    Lines lines;
    lines.up();
    lines.put("alice@x", incoming("1", "s1"));
    lines.end("alice@x", "1", End::redirected, Redirect::no_answer, "2002");
    CHECK(lines.after(1500ms) == Texts{});
    lines.put("bob@x", incoming("2", "s1"));
    lines.end("bob@x", "2", End::not_answered);
    CHECK(lines.after(1500ms) == Texts{});
    CHECK(lines.after(500ms) == Texts{"changed alice in missed", "missed alice in missed", "missed bob in missed"});
}

TEST_CASE("how an unanswered call ends, and whether it is told as missed") {
    struct Row {
        const char* what;
        End why;
        Redirect redirect;
        const char* result;
        bool missed;
    };
    for (const auto& row : {
             Row{"the caller gives up", End::not_answered, Redirect::none, "missed", true},
             Row{"fails", End::failed, Redirect::none, "missed", true},
             Row{"declined", End::declined, Redirect::none, "declined", false},
             Row{"do not disturb, busy", End::busy, Redirect::none, "declined", false},
             Row{"pickup", End::answered_elsewhere, Redirect::none, "answered_elsewhere", false},
             Row{"rings out to the mail box", End::redirected, Redirect::voicemail, "voicemail", true},
             Row{"rings out to a mobile phone", End::redirected, Redirect::no_answer, "forwarded", false},
             Row{"deflected", End::redirected, Redirect::deflection, "forwarded", false},
             Row{"forwarded always", End::redirected, Redirect::always, "forwarded", false},
         }) {
        CAPTURE(row.what);
        Lines lines;
        lines.up();
        lines.put("alice@x", incoming("1", "s1"));
        lines.end("alice@x", "1", row.why, row.redirect, "2099");
        lines.after(2s);
        CHECK(result_of(lines, "alice") == row.result);
        CHECK(missed_by_person(lines)["alice"] == (row.missed ? 1 : 0));
    }
}

TEST_CASE("somebody else answers: nobody has missed it, in whatever order it is told") {
    for (bool end_first : {false, true}) {
        Lines lines;
        lines.up();
        lines.put("alice@x", incoming("1", "s1"));
        lines.put("bob@x", incoming("2", "s1"));
        if (end_first) {
            CHECK(lines.end("alice@x", "1", End::not_answered) == Texts{"ended alice in missed"});
            lines.answer("bob@x", "2");
            CHECK(lines.after(2s) == Texts{"changed alice in answered_elsewhere"});
        } else {
            lines.answer("bob@x", "2");
            lines.end("alice@x", "1", End::not_answered);
            CHECK(lines.after(2s) == Texts{"changed alice in answered_elsewhere"});
        }
        lines.end("bob@x", "2", End::hung_up_here);
        CHECK(lines.after(5s) == Texts{});
        CHECK(result_of(lines, "alice") == "answered_elsewhere");
    }
}

TEST_CASE("the attempt goes on while it rings elsewhere") {
    Lines lines;
    lines.up();
    lines.put("alice@x", incoming("1", "s1"));
    lines.end("alice@x", "1", End::redirected, Redirect::no_answer, "2002");
    lines.put("bob@x", incoming("2", "s1"));
    CHECK(lines.after(1min) == Texts{});
    SUBCASE("bob answers") {
        lines.answer("bob@x", "2");
        CHECK(lines.after(2s) == Texts{});
        CHECK(result_of(lines, "alice") == "forwarded");
    }
    SUBCASE("nobody does: both have missed it") {
        lines.end("bob@x", "2", End::not_answered);
        lines.after(2s);
        CHECK(missed_by_person(lines) == std::map<std::string, int>{{"alice", 1}, {"bob", 1}});
        CHECK(result_of(lines, "alice") == "missed");
    }
}

TEST_CASE("a colleague calls: what the colleague's own leg does tells who answered") {
    Lines lines;
    lines.up();
    auto out = outgoing("9", "s1");
    out.remote_user = "alice@x";
    lines.put("bob@x", out);
    lines.put("alice@x", incoming("1", "s1"));
    lines.end("alice@x", "1", End::not_answered);
    CHECK(lines.after(1min) == Texts{}); // bob still hears ringing
    SUBCASE("the mail box") {
        lines.answer("bob@x", "9");
        CHECK(lines.after(2s) == Texts{"changed alice in voicemail", "missed alice in voicemail"});
    }
    SUBCASE("somebody whose line is not watched") {
        lines.lines.at("bob@x").calls[0].remote_user = "frank@x";
        lines.answer("bob@x", "9");
        CHECK(lines.after(2s) == Texts{"changed alice in answered_elsewhere"});
    }
    SUBCASE("nobody") {
        lines.end("bob@x", "9", End::hung_up_here);
        CHECK(lines.after(2s) == Texts{"missed alice in missed"});
    }
}

TEST_CASE("a group's call is the group's to miss, its members' never") {
    Lines lines;
    lines.up();
    lines.put("hunt@x", incoming("0", "s1"));
    lines.put("alice@x", offered("1", "s1"));
    lines.put("bob@x", offered("2", "s1"));
    SUBCASE("nobody answers") {
        lines.end("alice@x", "1", End::not_answered);
        CHECK(lines.after(10s) == Texts{});
        lines.end("bob@x", "2", End::not_answered);
        lines.end("hunt@x", "0", End::not_answered);
        lines.after(2s);
        CHECK(missed_by_person(lines) == std::map<std::string, int>{{"reception", 1}});
        CHECK(result_of(lines, "alice") == "abandoned");
    }
    SUBCASE("the group hands it over, and nobody answers") {
        lines.end("hunt@x", "0", End::redirected, Redirect::group);
        lines.end("alice@x", "1", End::not_answered);
        lines.end("bob@x", "2", End::not_answered);
        lines.after(2s);
        CHECK(missed_by_person(lines) == std::map<std::string, int>{{"reception", 1}});
        CHECK(result_of(lines, "reception") == "missed");
    }
    SUBCASE("bob answers") {
        lines.end("hunt@x", "0", End::redirected, Redirect::group);
        lines.answer("bob@x", "2");
        lines.end("alice@x", "1", End::not_answered);
        lines.after(2s);
        lines.end("bob@x", "2", End::hung_up_here);
        lines.after(2s);
        CHECK(missed_by_person(lines).empty());
        CHECK(result_of(lines, "alice") == "answered_elsewhere");
        CHECK(result_of(lines, "reception") == "answered_elsewhere");
        CHECK(result_of(lines, "bob") == "answered");
    }
    SUBCASE("a queue that plays music to the caller has not answered") {
        lines.answer("hunt@x", "0");
        lines.end("alice@x", "1", End::not_answered);
        lines.end("bob@x", "2", End::not_answered);
        lines.after(2s);
        CHECK(missed_by_person(lines).empty()); // the caller still waits
        lines.end("hunt@x", "0", End::hung_up_there);
        lines.after(2s);
        CHECK(result_of(lines, "alice") == "abandoned");
    }
}

TEST_CASE("the group may become known after the first ring; who is called as well has missed it") {
    Lines lines;
    lines.up();
    lines.put("alice@x", incoming("1", "s1"));
    lines.put("alice@x", offered("1", "s1"));
    lines.put("carol@x", offered("2", "s1"));
    lines.put("carol2@x", incoming("3", "s1"));
    for (auto [line, id] : {std::pair("alice@x", "1"), std::pair("carol@x", "2"), std::pair("carol2@x", "3")})
        lines.end(line, id, End::not_answered);
    lines.after(2s);
    CHECK(missed_by_person(lines) == std::map<std::string, int>{{"carol", 1}});
    CHECK(lines.of("alice").at(0).queue == "hunt@x");
}

TEST_CASE("a caller whom a queue offers again and again is missed once") {
    Lines lines;
    lines.up();
    for (int round = 0; round < 3; ++round) {
        lines.put("alice@x", incoming(std::to_string(round), "s1"));
        lines.end("alice@x", std::to_string(round), End::not_answered);
        lines.after(10s);
    }
    CHECK(missed_by_person(lines)["alice"] == 1);
}

TEST_CASE("what was not settled when the daemon ended is settled afterwards, once") {
    Lines before;
    before.up();
    before.put("alice@x", incoming("1", "s1"));
    before.put("bob@x", incoming("2", "s2"));
    before.put("carol@x", incoming("3", "s2"));
    before.end("alice@x", "1", End::not_answered);
    before.answer("carol@x", "3");
    before.end("carol@x", "3", End::hung_up_here);
    before.end("bob@x", "2", End::not_answered);
    std::vector<Written> kept;
    for (auto& [name, one] : before.disk)
        kept.push_back(one);
    Lines after;
    after.recorder.restore(kept, after.now);
    CHECK(after.after(1s) == Texts{});
    auto told = after.after(1s);
    std::ranges::sort(told);
    CHECK(told == Texts{"changed bob in answered_elsewhere", "missed alice in missed"});
    kept.clear();
    for (auto& [name, one] : after.disk) {
        CHECK(one.settled);
        kept.push_back(one);
    }
    Lines third;
    third.recorder.restore(kept, third.now);
    CHECK(third.after(1min) == Texts{});
}

TEST_CASE("random trees of calls: at most one missed per attempt and person, and exactly one where nobody answered") {
    const std::vector<std::string> all{"alice@x", "bob@x", "carol@x", "carol2@x", "desk@x", "hunt@x"};
    std::mt19937 random(20261126);
    auto pick = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
    for (int tree = 0; tree < 3000; ++tree) {
        Lines lines;
        lines.up();
        struct Ringing {
            std::string line, id;
            bool answered = false;
        };
        std::vector<Ringing> legs;
        std::set<std::string> offered_to;   // lines that rang for it themselves
        std::set<std::string> gave_it_away; // by choice, or their end says who took it
        bool answered = false;
        int ids = 0;
        auto session = fmt::format("s{}", tree);
        auto ring = [&](const std::string& line, bool by_group) {
            auto id = std::to_string(ids++);
            by_group = by_group && line != "hunt@x";
            lines.put(line, by_group ? offered(id, session) : incoming(id, session));
            legs.push_back({line, id});
            if (!by_group) offered_to.insert(line);
        };
        ring(all[pick(all.size())], false);
        for (int step = 0; step < 30 && !legs.empty(); ++step) {
            lines.after(milliseconds(pick(1500)));
            auto at = pick(legs.size());
            auto leg = legs[at];
            switch (pick(answered ? 3 : 6)) {
            case 0:
            case 1:
                lines.end(leg.line, leg.id, leg.answered ? End::hung_up_there : End::not_answered);
                legs.erase(legs.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            case 2:
                if (!leg.answered && pick(3) == 0) {
                    lines.end(leg.line, leg.id, End::declined);
                    gave_it_away.insert(leg.line);
                    legs.erase(legs.begin() + static_cast<std::ptrdiff_t>(at));
                }
                break;
            case 3:
                if (leg.line == "hunt@x") break; // a group does not answer
                lines.answer(leg.line, leg.id);
                legs[at].answered = answered = true;
                break;
            case 4: ring(all[pick(all.size())], pick(2) == 0); break;
            case 5:
                lines.end(leg.line, leg.id, End::redirected, Redirect::voicemail);
                legs.erase(legs.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            }
        }
        for (auto& leg : legs)
            lines.end(leg.line, leg.id, leg.answered ? End::hung_up_there : End::not_answered);
        lines.after(2s);
        lines.after(1h);
        CAPTURE(tree);
        CHECK(lines.recorder.going() == 0);
        CHECK_FALSE(lines.recorder.next_due());
        auto missed = missed_by_person(lines);
        for (const Owner& owner : office())
            for (const std::string& person : owner.persons)
                CHECK(missed[person] <= 1);
        for (const auto& [name, one] : lines.disk) {
            CHECK(one.settled);
            REQUIRE(one.record.ended);
            CHECK(one.record.result.has_value());
        }
        // Whoever was told before somebody answered, was told after the settle time without a ring.
        if (answered) continue;
        // A group's offers are not theirs to miss, but somebody who was called as well is.
        std::set<std::string> declined;
        for (const Owner& owner : office())
            if (gave_it_away.contains(owner.line)) declined.insert(owner.persons.begin(), owner.persons.end());
        for (const Owner& owner : office()) {
            if (!offered_to.contains(owner.line)) continue;
            for (const std::string& person : owner.persons)
                if (!declined.contains(person)) CHECK(missed[person] == 1);
        }
    }
}
