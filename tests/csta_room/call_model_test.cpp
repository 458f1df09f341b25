// Rows of what monitors hear when a line's calls change (ECMA-269, TR/82, sip-csta.md 17.5).
#include "csta/call_model.hpp"

#include <algorithm>
#include <functional>

#include "office.hpp"

using namespace testing;

namespace {

struct House {
    House() { use(office_rows()); }
    std::vector<std::string> use(const std::vector<csta::DeviceRow>& rows) {
        std::vector<csta::LineEvent> out;
        model.use_devices(csta::Devices::build(rows), out);
        return noted(out);
    }
    std::vector<std::string> take(const calls::LineNews& news) {
        std::vector<csta::LineEvent> out;
        model.take(news, out);
        return noted(out);
    }
    /// All lines are known and idle.
    House& idle() {
        for (auto line : {ada, bob, carol})
            static_cast<void>(take(news(line)));
        return *this;
    }
    csta::CallModel model{1};
};

/// The events of Ada's line without its name.
std::string adas(std::vector<std::string> told) {
    for (auto& one : told) {
        REQUIRE(one.starts_with(ada));
        one.erase(0, ada.size() + 1);
    }
    return joined(told);
}

calls::Call queued(calls::Call call) {
    call.queue = "+31201230500";
    return call;
}
calls::Call ddi(calls::Call call, std::string number) {
    call.ddi = std::move(number);
    return call;
}
calls::Call withheld(calls::Call call) {
    call.withheld = true;
    return call;
}
calls::Call remote(calls::Call call, std::string number) {
    call.remote_number = std::move(number);
    return call;
}

using Calls = std::vector<calls::Call>;
constexpr auto ringing = CallState::ringing;
constexpr auto dialling = CallState::dialling;
constexpr auto active = CallState::active;
constexpr auto held = CallState::held;
constexpr auto held_there = CallState::held_by_remote;

} // namespace

TEST_CASE("what a change of calls is in CSTA's words") {
    struct Row {
        Calls before;
        Calls now;
        std::string_view events;
    };
    // clang-format off
    const Row rows[] = {
        // begins
        {{}, {incoming("a", ringing)},           "Delivered 1@2101 2101 from=+31201230009 to=2101 alerting newCall\n"},
        {{}, {ddi(incoming("a", ringing), "+31201232101")}, "Delivered 1@2101 2101 from=+31201230009 to=2101 alerting newCall\n"},
        {{}, {ddi(incoming("a", ringing), "0900123")}, "Delivered 1@2101 2101 from=+31201230009 to=0900123 alerting newCall\n"},
        {{}, {with(incoming("a", ringing), bob)}, "Delivered 1@2101 2101 from=2102 to=2101 alerting newCall\n"},
        {{}, {withheld(incoming("a", ringing))}, "Delivered 1@2101 2101 from=restricted to=2101 alerting newCall\n"},
        {{}, {remote(incoming("a", ringing), "")}, "Delivered 1@2101 2101 from=? to=2101 alerting newCall\n"},
        {{}, {remote(incoming("a", ringing), "sip:bob@else.example")}, "Delivered 1@2101 2101 from=sip:bob@else.example to=2101 alerting newCall\n"},
        {{}, {queued(incoming("a", ringing))},   "Delivered 1@2101 2101 from=+31201230009 to=2101 by=+31201230500 alerting distributed\n"},
        {{}, {with(outgoing("a", dialling), bob)}, "Originated 1@2101 2101 from=2101 to=2102 connected newCall\n"},
        {{}, {outgoing("a", dialling)},          "Originated 1@2101 2101 from=2101 to=+31201230009 connected newCall\n"
                                                 "NetworkReached 1@+31201230009 ? from=2101 to=+31201230009 connected normal\n"},
        {{}, {incoming("a", held)},              "Delivered 1@2101 2101 from=+31201230009 to=2101 alerting newCall\n"
                                                 "Established 1@2101 2101 from=+31201230009 to=2101 connected normal\n"
                                                 "Held 1@2101 2101 hold normal\n"},
        // goes on
        {{incoming("a", ringing)}, {incoming("a", active)}, "Established 1@2101 2101 from=+31201230009 to=2101 connected normal\n"},
        {{incoming("a", ringing)}, {incoming("a", held)},   "Established 1@2101 2101 from=+31201230009 to=2101 connected normal\n"
                                                            "Held 1@2101 2101 hold normal\n"},
        {{outgoing("a", dialling)}, {outgoing("a", active)}, "Established 1@+31201230009 +31201230009 from=2101 to=+31201230009 connected normal\n"},
        {{incoming("a", active)}, {incoming("a", active)},  ""},
        {{incoming("a", active)}, {incoming("a", held)},    "Held 1@2101 2101 hold normal\n"},
        {{incoming("a", held)}, {incoming("a", active)},    "Retrieved 1@2101 2101 connected normal\n"},
        {{incoming("a", active)}, {incoming("a", held_there)}, "Held 1@+31201230009 +31201230009 connected normal\n"},
        {{incoming("a", held_there)}, {incoming("a", active)}, "Retrieved 1@+31201230009 +31201230009 connected normal\n"},
        {{incoming("a", held_there)}, {incoming("a", held)},   "Held 1@2101 2101 hold normal\n"},
        {{incoming("a", held)}, {incoming("a", held_there)},   "Retrieved 1@2101 2101 connected normal\n"
                                                               "Held 1@+31201230009 +31201230009 connected normal\n"},
        {{incoming("a", active)}, {incoming("a", ringing)},    "Delivered 1@2101 2101 from=+31201230009 to=2101 alerting recall\n"},
        // two calls: the one goes on hold before the other is taken back
        {{incoming("a", held), incoming("b", active)}, {incoming("a", active), incoming("b", held)},
                                                 "Held 2@2101 2101 hold normal\n"
                                                 "Retrieved 1@2101 2101 connected normal\n"},
        {{incoming("a", active)}, {incoming("a", held), with(outgoing("b", dialling), bob)},
                                                 "Held 1@2101 2101 hold normal\n"
                                                 "Originated 2@2101 2101 from=2101 to=2102 connected newCall\n"},
        // the other side becomes somebody else
        {{incoming("a", active)}, {with(incoming("a", active), bob)},
                                                 "Transfered 1@+31201230009 +31201230009 other=2102 [1@+31201230009>1@2102] [1@2101>1@2101] connected transfer\n"},
        {{with(incoming("a", held_there), bob)}, {incoming("a", active)}, // after a transfer nobody holds
                                                 "Transfered 1@2102 2102 other=+31201230009 [1@2102>1@+31201230009] [1@2101>1@2101] connected transfer\n"},
        {{with(outgoing("a", active), bob)}, {remote(with(outgoing("a", active), bob), "+31201232102")}, ""},
        {{remote(outgoing("a", active), "2102")}, {remote(outgoing("a", active), "+31201232102")}, ""},
        {{remote(incoming("a", ringing), "")}, {incoming("a", ringing)},
                                                 "CallInformation 1@2101 2101 from=+31201230009 to=2101 alerting normal\n"},
        // gone without a word
        {{incoming("a", active)}, {},            "ConnectionCleared 1@2101 2101 null normal\n"},
    };
    // clang-format on
    for (const Row& row : rows) {
        House house;
        house.idle();
        static_cast<void>(house.take(news(ada, row.before)));
        const auto told = adas(house.take(news(ada, row.now)));
        CHECK(told == row.events);
        CHECK(house.take(news(ada, row.now)).empty()); // nothing new
    }
}

TEST_CASE("how a call ends in CSTA's words") {
    struct Row {
        calls::Call call;
        End why;
        std::string to;
        std::string_view events;
    };
    // clang-format off
    const Row rows[] = {
        {incoming("a", active), End::unknown, "",         "ConnectionCleared 1@2101 2101 null normal\n"},
        {incoming("a", active), End::hung_up_here, "",    "ConnectionCleared 1@2101 2101 null normalClearing\n"},
        {incoming("a", active), End::hung_up_there, "",   "ConnectionCleared 1@+31201230009 +31201230009 connected normalClearing\n"
                                                          "ConnectionCleared 1@2101 2101 null normalClearing\n"},
        {incoming("a", held), End::hung_up_there, "",     "ConnectionCleared 1@+31201230009 +31201230009 hold normalClearing\n"
                                                          "ConnectionCleared 1@2101 2101 null normalClearing\n"},
        {withheld(incoming("a", active)), End::hung_up_there, "", "ConnectionCleared 1@ restricted connected normalClearing\n"
                                                          "ConnectionCleared 1@2101 2101 null normalClearing\n"},
        {incoming("a", ringing), End::not_answered, "",   "ConnectionCleared 1@+31201230009 +31201230009 alerting callNotAnswered\n"
                                                          "ConnectionCleared 1@2101 2101 null callNotAnswered\n"},
        {outgoing("a", dialling), End::not_answered, "",  "ConnectionCleared 1@2101 2101 null callNotAnswered\n"},
        {incoming("a", ringing), End::declined, "",       "ConnectionCleared 1@2101 2101 null normalClearing\n"},
        {outgoing("a", dialling), End::busy, "",          "Failed 1@+31201230009 +31201230009 from=2101 to=+31201230009 connected busy\n"
                                                          "ConnectionCleared 1@2101 2101 null busy\n"},
        {outgoing("a", dialling), End::declined, "",      "Failed 1@+31201230009 +31201230009 from=2101 to=+31201230009 connected destNotObtainable\n"
                                                          "ConnectionCleared 1@2101 2101 null destNotObtainable\n"},
        {outgoing("a", dialling), End::failed, "",        "Failed 1@+31201230009 +31201230009 from=2101 to=+31201230009 connected destNotObtainable\n"
                                                          "ConnectionCleared 1@2101 2101 null destNotObtainable\n"},
        {incoming("a", ringing), End::redirected, "2102", "Diverted 1@2101 2101 other=2102 from=+31201230009 to=2101 null redirected\n"},
        {incoming("a", ringing), End::redirected, "",     "Diverted 1@2101 2101 from=+31201230009 to=2101 null redirected\n"},
        {incoming("a", ringing), End::answered_elsewhere, "", "Diverted 1@2101 2101 from=+31201230009 to=2101 null callPickup\n"},
        {incoming("a", active), End::redirected, "+31201232102", "Transfered 1@2101 2101 other=2102 [1@+31201230009>1@+31201230009] [>1@2102] null singleStepTransfer\n"},
        {incoming("a", active), End::transferred, "+49301", "Transfered 1@2101 2101 other=+49301 [1@+31201230009>1@+31201230009] [>1@+49301] null singleStepTransfer\n"},
    };
    // clang-format on
    for (const Row& row : rows) {
        House house;
        house.idle();
        static_cast<void>(house.take(news(ada, {row.call})));
        const auto told = adas(house.take(news(ada, {}, {{row.call, row.why, row.to}})));
        CHECK(told == row.events);
        CHECK(house.model.calls() == 0);
    }
}

TEST_CASE("a call that came and went between two news is told whole") {
    House house;
    house.idle();
    auto told = adas(house.take(news(ada, {}, {{incoming("a", ringing), End::not_answered, ""}})));
    CHECK(told == "Delivered 1@2101 2101 from=+31201230009 to=2101 alerting newCall\n"
                  "ConnectionCleared 1@+31201230009 +31201230009 alerting callNotAnswered\n"
                  "ConnectionCleared 1@2101 2101 null callNotAnswered\n");
    told = adas(house.take(news(ada, {}, {{incoming("b", ringing), End::busy, ""}})));
    CHECK(told == "Failed 2@2101 2101 from=+31201230009 to=2101 fail busy\n" // it never rang
                  "ConnectionCleared 2@2101 2101 null busy\n");
}

TEST_CASE("two calls that are joined by a transfer") {
    House house;
    house.idle();
    const auto first = incoming("a", held);
    const auto second = with(outgoing("b", active), bob);
    static_cast<void>(house.take(news(ada, {first, second})));
    const auto told = adas(house.take(news(ada, {}, {{second, End::transferred, ""}, {first, End::transferred, ""}})));
    CHECK(told == "Transfered 1@2101+2@2101 2101 other=2102 [1@+31201230009>2@+31201230009] [2@2102>2@2102] null "
                  "transfer\n");

    struct Row { // who keeps a callID
        calls::Call first;
        calls::Call second;
        std::string_view connections;
    };
    // clang-format off
    const Row rows[] = {
        {incoming("a", held), remote(outgoing("b", active), "+49301"), "[1@+31201230009>2@+31201230009] [2@+49301>2@+49301]"},
        {with(incoming("a", held), bob), remote(outgoing("b", active), "+49301"), "[1@2102>1@2102] [2@+49301>1@+49301]"},
        {with(incoming("a", held), bob), with(outgoing("b", active), carol), "[1@2102>1@2102] [2@carol@pbx.example>2@carol@pbx.example]"},
    };
    // clang-format on
    for (const Row& row : rows) {
        House again;
        again.idle();
        static_cast<void>(again.take(news(ada, {row.first, row.second})));
        const auto events =
            adas(again.take(news(ada, {}, {{row.second, End::transferred, ""}, {row.first, End::transferred, ""}})));
        CHECK(events.find(row.connections) != std::string::npos);
    }
}

TEST_CASE("a call between two of ours has one callID, and both hear that it rings") {
    auto calling = with(outgoing("a", dialling), bob);
    auto called = with(incoming("b", ringing), ada);
    calling.session = called.session = "shared";

    SUBCASE("the caller's news first") {
        House house;
        house.idle();
        CHECK(joined(house.take(news(ada, {calling}))) ==
              "ada@pbx.example Originated 1@2101 2101 from=2101 to=2102 connected newCall\n");
        CHECK(joined(house.take(news(bob, {called}))) ==
              "bob@pbx.example Delivered 1@2102 2102 from=2101 to=2102 alerting newCall\n"
              "ada@pbx.example Delivered 1@2102 2102 from=2101 to=2102 connected newCall\n");
        calling.state = called.state = active;
        CHECK(joined(house.take(news(bob, {called}))) ==
              "bob@pbx.example Established 1@2102 2102 from=2101 to=2102 connected normal\n");
        CHECK(joined(house.take(news(ada, {calling}))) ==
              "ada@pbx.example Established 1@2102 2102 from=2101 to=2102 connected normal\n");
        static_cast<void>(house.take(news(ada, {}, {{calling, End::hung_up_here, ""}})));
        CHECK(house.model.legs_of("1").size() == 1);
        static_cast<void>(house.take(news(bob, {}, {{called, End::hung_up_there, ""}})));
        CHECK(house.model.calls() == 0);
        // The session's name is free for another call.
        CHECK(house.take(news(ada, {calling})).front().find(" 2@2101 ") != std::string::npos);
    }
    SUBCASE("the other's news first") {
        House house;
        house.idle();
        CHECK(house.take(news(bob, {called})).size() == 1);
        CHECK(joined(house.take(news(ada, {calling}))) ==
              "ada@pbx.example Originated 1@2101 2101 from=2101 to=2102 connected newCall\n"
              "ada@pbx.example Delivered 1@2102 2102 from=2101 to=2102 connected newCall\n");
    }
    SUBCASE("a second leg of the same line is a call of its own") {
        House house;
        house.idle();
        auto again = calling;
        again.id = "c";
        CHECK(house.take(news(ada, {calling, again})).back().find(" 2@2101 ") != std::string::npos);
    }
    SUBCASE("calls without a session have nothing in common") {
        House house;
        house.idle();
        calling.session.clear();
        called.session.clear();
        static_cast<void>(house.take(news(ada, {calling})));
        CHECK(house.take(news(bob, {called})).size() == 1);
        CHECK(house.model.calls() == 2);
    }
    SUBCASE("a session that is told late joins them") {
        House house;
        house.idle();
        calling.session.clear();
        static_cast<void>(house.take(news(ada, {calling})));
        calling.session = "shared";
        CHECK(house.take(news(ada, {calling})).empty());
        CHECK(house.take(news(bob, {called})).size() == 2);
        CHECK(house.model.legs_of("1").size() == 2);
    }
}

TEST_CASE("a call that goes from one line to another stays the same call") {
    auto first = incoming("a", ringing);
    auto second = incoming("b", ringing);
    first.session = second.session = "shared";
    for (const End why : {End::redirected, End::answered_elsewhere, End::transferred}) {
        House house;
        house.idle();
        static_cast<void>(house.take(news(ada, {first})));
        static_cast<void>(house.take(news(ada, {}, {{first, why, "2102"}})));
        CHECK(house.model.calls() == 0);
        CHECK(house.take(news(bob, {second})).at(0).find(" Delivered 1@2102") != std::string::npos);
    }
    House house;
    house.idle();
    for (int i = 0; i < 3000; ++i) { // so many are remembered, not more
        first.session = std::to_string(i);
        static_cast<void>(house.take(news(ada, {first})));
        static_cast<void>(house.take(news(ada, {}, {{first, End::redirected, ""}})));
    }
    second.session = "2999";
    CHECK(house.take(news(bob, {second})).at(0).find(" Delivered 3000@2102") != std::string::npos);
    second.id = "c";
    second.session = "0";
    CHECK(house.take(news(bob, {second})).back().find(" Delivered 3001@2102") != std::string::npos);
}

TEST_CASE("a callID that was promised before the first news") {
    House house;
    house.idle();
    CHECK(house.model.call_id(ada, "a") == "1");
    CHECK(house.model.call_id(ada, "a") == "1");
    CHECK(house.model.call_id(ada, "b") == "2");
    auto calling = with(outgoing("b", dialling), bob);
    auto called = with(incoming("c", ringing), ada);
    calling.session = called.session = "shared";
    CHECK(house.take(news(ada, {calling})).front().find("Originated 2@2101") != std::string::npos);
    CHECK(house.take(news(bob, {called})).size() == 2); // it is the session's
    CHECK(house.model.call_id(ada, "b") == "2");        // and stays
}

TEST_CASE("a line in and out of service") {
    House house;
    auto away = news(ada, {incoming("a", active)});
    away.known = false;
    CHECK(house.take(away).empty()); // never known, nothing to lose
    CHECK(house.model.line(ada) == nullptr);
    CHECK(adas(house.take(news(ada, {incoming("a", active), incoming("b", active)})))
              .starts_with("BackInService 2101\n"
                           "Delivered 1@2101"));
    CHECK(house.model.counts().known == 1);
    CHECK(adas(house.take(away)) == "OutOfService 2101\n");
    CHECK(house.model.counts().known == 0);
    CHECK(house.model.counts().was_known == 1);
    CHECK(house.take(away).empty());
    CHECK(adas(house.take(news(ada, {incoming("b", held)}))) == "BackInService 2101\n"
                                                                "ConnectionCleared 1@2101 2101 null normal\n"
                                                                "Held 2@2101 2101 hold normal\n");
}

TEST_CASE("a line that nobody watches any more does not count") {
    House house;
    house.idle();
    auto left = news(ada);
    left.watched = false;
    CHECK(adas(house.take(left)) == "OutOfService 2101\n");
    CHECK(house.model.counts().known == 2);
    CHECK(house.model.counts().was_known == 2);
    CHECK(house.take(left).empty());
    CHECK(adas(house.take(news(ada))) == "BackInService 2101\n");
    CHECK(house.model.counts().was_known == 3);
}

TEST_CASE("features in CSTA's words") {
    using presence::AgentState;
    using presence::Forwarding;
    struct Row {
        std::function<void(calls::LineNews&)> change;
        std::string_view events;
    };
    // clang-format off
    const Row rows[] = { // one after the other
        {[](auto& n) { n.dnd = true; },                           "DoNotDisturb 2101 on\n"},
        {[](auto& n) { n.dnd = false; },                          "DoNotDisturb 2101 off\n"},
        {[](auto& n) { n.forwarding = Forwarding::always; },      "Forwarding 2101 forwardImmediate on\n"},
        {[](auto& n) { n.forwarding = Forwarding::busy; },        "Forwarding 2101 forwardImmediate off\nForwarding 2101 forwardBusy on\n"},
        {[](auto& n) { n.forwarding = Forwarding::multiple; },    ""},
        {[](auto& n) { n.forwarding = Forwarding::no_answer; },   "Forwarding 2101 forwardBusy off\nForwarding 2101 forwardNoAns on\n"},
        {[](auto& n) { n.forwarding = Forwarding::none; },        "Forwarding 2101 forwardNoAns off\n"},
        {[](auto& n) { n.agent = AgentState::available; },        "AgentLoggedOn 2101\nAgentReady 2101\n"},
        {[](auto& n) { n.agent = AgentState::unavailable; },      "AgentNotReady 2101\n"},
        {[](auto& n) { n.agent = AgentState::wrap_up; },          "AgentWorkingAfterCall 2101\n"},
        {[](auto& n) { n.agent = AgentState::sign_out; },         "AgentLoggedOff 2101\n"},
        {[](auto& n) { n.agent = AgentState::sign_in; },          "AgentLoggedOn 2101\n"},
        {[](auto& n) { n.agent = AgentState::none; },             "AgentLoggedOff 2101\n"},
    };
    // clang-format on
    House house;
    house.idle();
    auto now = news(ada);
    for (const Row& row : rows) {
        row.change(now);
        CHECK(adas(house.take(now)) == row.events);
        CHECK(house.take(now).empty());
    }
}

TEST_CASE("snapshots say what the events have said") {
    House house;
    house.idle();
    auto calling = with(outgoing("a", dialling), bob);
    auto called = with(incoming("b", ringing), ada);
    calling.session = called.session = "shared";
    static_cast<void>(house.take(news(ada, {incoming("x", held), calling})));
    static_cast<void>(house.take(news(bob, {called})));

    const auto calls = house.model.snapshot(*house.model.devices().find("2101"));
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].connection == csta::Connection{"1", {"2101"}});
    CHECK(calls[0].states == std::vector{csta::LocalState::hold, csta::LocalState::connected});
    CHECK(calls[0].permitted.retrieve_call);
    CHECK_FALSE(calls[0].permitted.answer_call);
    CHECK(calls[1].connection == csta::Connection{"2", {"2101"}});
    CHECK(calls[1].states == std::vector{csta::LocalState::connected, csta::LocalState::alerting});

    const auto shared = house.model.call_snapshot("2");
    REQUIRE(shared);
    REQUIRE(shared->parties.size() == 2);
    CHECK(shared->parties[0].connection == csta::Connection{"2", {"2101"}});
    CHECK(shared->parties[1].connection == csta::Connection{"2", {"2102"}});
    CHECK(shared->parties[1].state == csta::LocalState::alerting);
    CHECK(shared->calling == csta::Party::known("2101"));
    CHECK(shared->called == csta::Party::known("2102"));

    const auto outside = house.model.call_snapshot("1");
    REQUIRE(outside);
    REQUIRE(outside->parties.size() == 2);
    CHECK(outside->parties[1].device == csta::Party::known("+31201230009"));
    CHECK_FALSE(house.model.call_snapshot("3"));
    CHECK(house.model.snapshot(*house.model.devices().find("carol")).empty());
}

TEST_CASE("a line that leaves takes its calls along") {
    House house;
    house.idle();
    static_cast<void>(house.take(news(ada, {incoming("a", active)})));
    auto rows = office_rows();
    rows.erase(rows.begin());
    CHECK(house.use(rows).empty());
    CHECK(house.model.line(ada) == nullptr);
    CHECK(house.model.calls() == 0);
    CHECK(house.model.counts().known == 2);
}

TEST_CASE("news of a line that is no device yet are not lost") {
    House house;
    house.idle();
    auto rows = office_rows();
    rows.erase(rows.begin());
    static_cast<void>(house.use(rows));
    CHECK(house.take(news(ada, {incoming("a", ringing)}, {{incoming("x", active), End::hung_up_here, ""}})).empty());
    CHECK(house.take(news(ada, {incoming("a", active)})).empty());
    CHECK(house.model.line(ada) == nullptr);
    CHECK(house.model.calls() == 0);
    CHECK(adas(house.use(office_rows())) == "BackInService 2101\n"
                                            "Delivered 1@2101 2101 from=+31201230009 to=2101 alerting newCall\n"
                                            "Established 1@2101 2101 from=+31201230009 to=2101 connected normal\n");
    CHECK(house.use(office_rows()).empty());
    static_cast<void>(house.use(rows)); // leaves, and comes back as it was
    CHECK(house.model.calls() == 0);
    CHECK(adas(house.use(office_rows())).find("Established 2@2101") != std::string::npos);
    static_cast<void>(house.use(rows));
    auto left = news(ada);
    left.watched = false;
    static_cast<void>(house.take(left)); // and nobody waits for it
    CHECK(house.use(office_rows()).empty());
}

TEST_CASE("ten thousand lines of shuffled news leave nothing behind") {
    House house;
    house.idle();
    std::uint64_t seed = 1;
    const auto pick = [&](std::size_t below) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(seed >> 33) % below;
    };
    const CallState states[] = {dialling, ringing, active, held, held_there};
    for (int round = 0; round < 10'000; ++round) {
        auto now = news(pick(2) == 0 ? ada : bob);
        for (std::size_t i = pick(4); i > 0; --i) {
            auto call = pick(2) == 0 ? incoming(std::to_string(pick(5)), states[pick(5)])
                                     : outgoing(std::to_string(pick(5)), states[pick(5)]);
            call.session = std::to_string(pick(4));
            if (call.session == "3") call.session.clear();
            if (std::ranges::none_of(now.calls, [&](const auto& one) { return one.id == call.id; }))
                now.calls.push_back(call);
        }
        if (pick(3) == 0) now.ended.push_back({incoming(std::to_string(pick(5)), states[pick(5)]), End(pick(10)), ""});
        now.known = pick(10) != 0;
        static_cast<void>(house.take(now));
    }
    static_cast<void>(house.take(news(ada)));
    static_cast<void>(house.take(news(bob)));
    CHECK(house.model.calls() == 0);
    CHECK(house.model.sessions() == 0);
}
