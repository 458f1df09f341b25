// What lamps show of each call state: rows of sip-csta.md 10.3 and interface 7.6.
#include "sip/line_dialogs.hpp"

#include <doctest/doctest.h>

using namespace lamp;
using calls::CallState;
using calls::End;
using dialoginfo::Cause;
using dialoginfo::Direction;
using dialoginfo::State;

namespace {

calls::LineNews quiet() {
    calls::LineNews news;
    news.line = "ada@pbx.example";
    return news;
}

calls::Call call_in(CallState state, bool incoming, std::string remote = "+31201230009", std::string name = "Grace") {
    calls::Call call;
    call.id = "callhalf-1:0";
    call.state = state;
    call.incoming = incoming;
    call.remote_number = std::move(remote);
    call.remote_name = std::move(name);
    return call;
}

std::vector<dialoginfo::Dialog> dialogs_of(const calls::LineNews& news) {
    std::vector<dialoginfo::Dialog> dialogs;
    sip::append_dialogs(dialogs, news, "sip:2101@pbx.example", "Ada", "pbx.example");
    return dialogs;
}

} // namespace

TEST_CASE("each call state as lamps read it") {
    struct Row {
        CallState state;
        bool incoming;
        State shown;
        Direction direction;
        bool held;
    };
    // clang-format off
    const Row rows[] = {
        {CallState::dialling, false, State::proceeding, Direction::initiator, false},
        {CallState::ringing, true, State::early, Direction::recipient, false},
        {CallState::active, true, State::confirmed, Direction::recipient, false},
        {CallState::active, false, State::confirmed, Direction::initiator, false},
        {CallState::held, true, State::confirmed, Direction::recipient, true},
        {CallState::held_by_remote, true, State::confirmed, Direction::recipient, false},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(calls::name(row.state));
        calls::LineNews news = quiet();
        news.calls.push_back(call_in(row.state, row.incoming));
        const auto dialogs = dialogs_of(news);
        REQUIRE(dialogs.size() == 1);
        CHECK(dialogs[0].state == row.shown);
        CHECK(dialogs[0].direction == row.direction);
        CHECK(dialogs[0].held == row.held);
        CHECK(dialogs[0].local == dialoginfo::Party{"Ada", "sip:2101@pbx.example", "sip:2101@pbx.example"});
        CHECK(dialogs[0].remote.display == "Grace");
    }
}

TEST_CASE("each end as lamps read it") {
    struct Row {
        End why;
        Cause cause;
    };
    // clang-format off
    const Row rows[] = {
        {End::unknown, Cause::none},
        {End::hung_up_here, Cause::local_bye},
        {End::hung_up_there, Cause::remote_bye},
        {End::not_answered, Cause::cancelled},
        {End::declined, Cause::rejected},
        {End::busy, Cause::rejected},
        {End::redirected, Cause::replaced},
        {End::transferred, Cause::replaced},
        {End::answered_elsewhere, Cause::replaced},
        {End::failed, Cause::error},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(calls::name(row.why));
        calls::LineNews news = quiet();
        news.ended.push_back({call_in(CallState::held, true), row.why, ""});
        const auto dialogs = dialogs_of(news);
        REQUIRE(dialogs.size() == 1);
        CHECK(dialogs[0].state == State::terminated);
        CHECK(dialogs[0].cause == row.cause);
        CHECK_FALSE(dialogs[0].held);
    }
}

TEST_CASE("a call keeps its id from ringing to its end") {
    calls::LineNews news = quiet();
    news.calls.push_back(call_in(CallState::ringing, true));
    const auto ringing = dialogs_of(news)[0].id;
    news.ended.push_back({call_in(CallState::active, true), End::hung_up_here, ""});
    news.calls.clear();
    CHECK(dialogs_of(news)[0].id == ringing);
    news.line = "bob@pbx.example";
    CHECK(dialogs_of(news)[0].id != ringing); // the other leg of the same call is another dialog
}

TEST_CASE("who is on the other side") {
    struct Row {
        std::string_view number;
        std::string_view uri;
    };
    // clang-format off
    const Row rows[] = {
        {"+31201230009", "sip:+31201230009@pbx.example;user=phone"},
        {"2102", "sip:2102@pbx.example"},
        {"sip:grace@else.example", "sip:grace@else.example"},
        {"", "sip:anonymous@anonymous.invalid"},
        {"two words", "sip:two%20words@pbx.example"},
    };
    // clang-format on
    for (const Row& row : rows)
        CHECK(sip::party_uri(row.number, "pbx.example") == row.uri);
}

TEST_CASE("a withheld caller is nobody, whatever the platform tells") {
    calls::LineNews news = quiet();
    news.calls.push_back(call_in(CallState::ringing, true));
    news.calls.back().withheld = true;
    const auto dialogs = dialogs_of(news);
    CHECK(dialogs[0].remote ==
          dialoginfo::Party{"Anonymous", std::string(sip::anonymous_uri), std::string(sip::anonymous_uri)});
}
