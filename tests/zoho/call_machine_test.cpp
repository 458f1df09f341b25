// From calls to states (crm-directory.md A.9).
#include <doctest/doctest.h>
#include <string>

#include "adapters/zoho/call_machine.hpp"

using namespace lamp::zoho;
using lamp::Wall;
using lamp::calls::CallRecord;
using lamp::calls::CallResult;
using lamp::calls::End;
using namespace std::chrono_literals;

namespace {

const Wall start(1'000'000'000s);
const Agent alice{"5550001", "+31201110001"};

CallRecord call(bool incoming) {
    CallRecord made;
    made.id = "0123456789abcdef";
    made.line = "alice@example.net";
    made.incoming = incoming;
    made.remote_number = "+31 20 765-4321";
    made.started = start;
    return made;
}

std::string told(const std::optional<Notice>& notice) {
    return notice ? std::string(name(notice->direction)) + "/" + std::string(name(notice->state)) : "nothing";
}

} // namespace

TEST_CASE("an incoming call rings, is answered and ends, each told once") {
    CallMachine machine(false);
    auto one = call(true);
    auto ringing = machine.take(one, alice);
    REQUIRE(told(ringing) == "received/ringing");
    CHECK(ringing->from == "+31207654321");
    CHECK(ringing->to == "+31201110001");
    CHECK(ringing->zohouser == "5550001");
    CHECK(told(machine.take(one, alice)) == "nothing");
    one.answered = start + 7s;
    CHECK(told(machine.take(one, alice)) == "received/answered");
    one.held_at = start + 9s;
    CHECK(told(machine.take(one, alice)) == "nothing");
    one.ended = start + 67'900ms;
    one.result = CallResult::answered;
    auto ended = machine.take(one, alice);
    REQUIRE(told(ended) == "received/ended");
    CHECK(ended->duration == 60s);
    CHECK(ended->start == start);
    CHECK(told(machine.take(one, alice)) == "nothing");
}

TEST_CASE("how a call that nobody answered is told") {
    struct Row {
        bool incoming;
        CallResult result;
        End why;
        const char* told;
    };
    for (const Row& row : {
             Row{true, CallResult::missed, End::not_answered, "received/missed"},
             Row{true, CallResult::declined, End::declined, "received/missed"},
             Row{true, CallResult::abandoned, End::hung_up_there, "received/missed"},
             Row{true, CallResult::forwarded, End::redirected, "received/missed"},
             Row{true, CallResult::answered_elsewhere, End::answered_elsewhere, "nothing"},
             Row{false, CallResult::failed, End::busy, "dialed/busy"},
             Row{false, CallResult::failed, End::not_answered, "dialed/noanswer"},
             Row{false, CallResult::failed, End::hung_up_here, "dialed/noanswer"},
             Row{false, CallResult::failed, End::declined, "dialed/rejected"},
             Row{false, CallResult::failed, End::failed, "dialed/notavailable"},
         }) {
        CAPTURE(row.told);
        CallMachine machine(false);
        auto one = call(row.incoming);
        CHECK(told(machine.take(one, alice)) == (row.incoming ? "received/ringing" : "dialed/ringing"));
        one.ended = start + 20s;
        one.result = row.result;
        one.why = row.why;
        CHECK(told(machine.take(one, alice)) == row.told);
    }
}

TEST_CASE("after a restart only the newest state is told, and the end always") {
    CallMachine machine(false);
    auto one = call(false);
    one.answered = start + 3s;
    auto notice = machine.take(one, alice);
    CHECK(told(notice) == "dialed/answered");
    CHECK(notice->from == "+31201110001");
    CHECK(notice->to == "+31207654321");
    CallMachine later(false);
    one.ended = start + 5s;
    CHECK(told(later.take(one, alice)) == "dialed/ended");
}

TEST_CASE("a call that was handed over names the one that it was") {
    CallMachine machine(false);
    auto one = call(true);
    one.transferred_from = "fedc-ba98";
    CHECK(machine.take(one, alice)->transferred_id == "fedcba98");
}

TEST_CASE("calls without a number, withheld ones and internal ones are not told") {
    CallMachine machine(false);
    auto one = call(true);
    one.remote_number.clear();
    CHECK(told(machine.take(one, alice)) == "nothing");
    one.remote_number = "sip:+31207654321@example.net;user=phone"; // it became known
    CHECK(told(machine.take(one, alice)) == "received/ringing");
    auto hidden = call(true);
    hidden.id = "a1";
    hidden.withheld = true;
    hidden.ended = start + 1s;
    CHECK(told(machine.take(hidden, alice)) == "nothing");
    CHECK(machine.unnumbered() == 1);
    auto early = call(true);
    early.id = "a3";
    CHECK(told(machine.take(early, {"5550001", "anna@example.net"})) == "nothing"); // the directory is not read yet
    CHECK(told(machine.take(early, alice)) == "received/ringing");
    auto inside = call(true);
    inside.id = "a2";
    inside.remote_number = "1002";
    CHECK(told(machine.take(inside, alice)) == "nothing");
    inside.answered = start + 1s;
    CHECK(told(machine.take(inside, alice)) == "nothing");
    CallMachine all(true);
    CHECK(told(all.take(inside, alice)) == "received/answered");
}

TEST_CASE("old calls are forgotten, a limited number is remembered") {
    CallMachine machine(false);
    for (std::size_t i = 0; i < CallMachine::calls_max + 10; ++i) {
        auto one = call(true);
        one.id = std::to_string(i);
        REQUIRE(machine.take(one, alice));
    }
    CHECK(machine.remembered() == CallMachine::calls_max);
}
