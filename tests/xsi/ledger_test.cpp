// The call ledger: the worked sequences of xsi.md 7.4 event by event, interface 7.6 line by line, and everything that
// leaves stuck or phantom calls in naive clients (xsi.md 12.12, 12.20, 12.24, 12.25).
#include <doctest/doctest.h>

#include "xsi/ledger.hpp"

using namespace lamp;
using namespace lamp::xsi;
using presence::LineState;

namespace {

constexpr auto originator = Personality::originator;
constexpr auto terminator = Personality::terminator;
constexpr auto click = Personality::click_to_dial;
constexpr auto no_change = Personality::unknown;

const Steady start{std::chrono::hours(1)};

Call leg(std::string_view id, Personality personality, CallState state, std::string_view address = "tel:2002") {
    Call call;
    call.call_id = id;
    call.tracking_id = "911:1";
    call.personality = personality;
    call.state = state;
    call.remote.address = address;
    return call;
}

/// One event about one line, and what the line shall be afterwards.
struct Step {
    std::string_view type;
    std::vector<Call> calls;
    LineState line;
    unsigned count;
    std::string_view remote = ""; // of the first leg, when it matters
};

EventData data_of(std::string_view type) {
    if (type == "CallSubscriptionEvent" || type == "CallSubscriptionResyncEvent") return EventData::call_snapshot;
    if (type == "CallRedirectedEvent") return EventData::calls;
    if (type == "HookStatusEvent") return EventData::hook_status;
    return EventData::call;
}

bool apply(Ledger& ledger, std::string_view type, const std::vector<Call>& calls, Steady now = start) {
    Document document;
    document.kind = DocumentKind::event;
    document.type_name = type;
    document.data = data_of(type);
    document.calls = calls;
    return ledger.apply(document, now);
}

void play(const std::vector<Step>& steps) {
    Ledger ledger;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step& step = steps[i];
        CAPTURE(i);
        CAPTURE(step.type);
        apply(ledger, step.type, step.calls, start + seconds(i));
        CHECK(presence::name(ledger.state()) == presence::name(step.line));
        CHECK(ledger.calls() == step.count);
        if (!step.remote.empty()) {
            REQUIRE_FALSE(ledger.legs().empty());
            CHECK(ledger.legs()[0].remote_number == step.remote);
        }
    }
}

Document conference_event(std::string_view type, std::string_view state,
                          std::span<const std::string_view> participants) {
    Document document;
    document.data = EventData::conference;
    document.type_name = type;
    document.conference.present = true;
    document.conference.state = state;
    document.conference.participants = participants;
    return document;
}

} // namespace

TEST_CASE("7.4 (a) Alice dials Bob, Bob answers, Bob hangs up") {
    SUBCASE("Alice") {
        play({{"CallSubscriptionEvent", {}, LineState::idle, 0},
              {"HookStatusEvent", {}, LineState::idle, 0}, // off-hook alone is no call
              {"CallOriginatedEvent", {leg("a1", originator, CallState::alerting)}, LineState::active, 1, "2002"},
              {"CallUpdatedEvent", {leg("a1", originator, CallState::alerting)}, LineState::active, 1},
              {"CallAnsweredEvent", {leg("a1", originator, CallState::active)}, LineState::active, 1},
              {"CallReleasedEvent", {leg("a1", originator, CallState::released)}, LineState::idle, 0},
              {"HookStatusEvent", {}, LineState::idle, 0}});
    }
    SUBCASE("Bob") {
        play({{"CallSubscriptionEvent", {}, LineState::idle, 0},
              {"CallReceivedEvent", {leg("b1", terminator, CallState::alerting)}, LineState::ringing, 1},
              {"CallUpdatedEvent", {leg("b1", terminator, CallState::alerting)}, LineState::ringing, 1},
              {"HookStatusEvent", {}, LineState::ringing, 1},
              {"CallAnsweredEvent", {leg("b1", terminator, CallState::active)}, LineState::active, 1},
              {"HookStatusEvent", {}, LineState::active, 1}, // on-hook position is not sure: the call counts
              {"CallReleasedEvent", {leg("b1", terminator, CallState::released)}, LineState::idle, 0}});
    }
}

TEST_CASE("7.4 (b) click-to-dial: the phone that rings is one's own, so it is active and never ringing") {
    SUBCASE("lifted") {
        play({{"CallOriginatingEvent", {leg("a1", click, CallState::alerting)}, LineState::active, 1},
              {"CallOriginatedEvent", {leg("a1", originator, CallState::alerting)}, LineState::active, 1},
              {"CallAnsweredEvent", {leg("a1", originator, CallState::active)}, LineState::active, 1},
              {"CallReleasedEvent", {leg("a1", originator, CallState::released)}, LineState::idle, 0}});
    }
    SUBCASE("lifted, and the call's id changes as it rings out: still one call") {
        play({{"CallOriginatingEvent", {leg("a1", click, CallState::alerting)}, LineState::active, 1},
              {"CallOriginatedEvent", {leg("a2", originator, CallState::alerting)}, LineState::active, 1},
              {"CallAnsweredEvent", {leg("a2", originator, CallState::active)}, LineState::active, 1},
              {"CallReleasedEvent", {leg("a2", originator, CallState::released)}, LineState::idle, 0}});
    }
    SUBCASE("the id changes, and the old one is released for form's sake") {
        play({{"CallOriginatingEvent", {leg("a1", click, CallState::alerting)}, LineState::active, 1},
              {"CallOriginatedEvent", {leg("a2", originator, CallState::alerting)}, LineState::active, 1},
              {"CallReleasedEvent", {leg("a1", click, CallState::released)}, LineState::active, 1},
              {"CallReleasedEvent", {leg("a2", originator, CallState::released)}, LineState::idle, 0}});
    }
    SUBCASE("never lifted") {
        play({{"CallOriginatingEvent", {leg("a1", click, CallState::alerting)}, LineState::active, 1},
              {"CallReleasedEvent", {leg("a1", click, CallState::released)}, LineState::idle, 0}});
    }
    SUBCASE("another session is another call") {
        auto other = leg("a2", originator, CallState::alerting);
        other.tracking_id = "912:1";
        play({{"CallOriginatingEvent", {leg("a1", click, CallState::alerting)}, LineState::active, 1},
              {"CallOriginatedEvent", {other}, LineState::active, 2}});
    }
}

TEST_CASE("7.4 (c) hold and retrieve") {
    SUBCASE("held by me") {
        play({{"CallAnsweredEvent", {leg("a1", originator, CallState::active)}, LineState::active, 1},
              {"CallHeldEvent", {leg("a1", originator, CallState::held)}, LineState::held, 1},
              {"CallRetrievedEvent", {leg("a1", originator, CallState::active)}, LineState::active, 1}});
    }
    SUBCASE("held by the other side") {
        play({{"CallAnsweredEvent", {leg("b1", terminator, CallState::active)}, LineState::active, 1},
              {"CallHeldEvent", {leg("b1", terminator, CallState::remote_held)}, LineState::active, 1},
              {"CallRetrievedEvent", {leg("b1", terminator, CallState::active)}, LineState::active, 1}});
    }
    SUBCASE("the state wins over the event's name") {
        play({{"CallAnsweredEvent", {leg("b1", terminator, CallState::held)}, LineState::held, 1},
              {"CallHeldEvent", {leg("b1", terminator, CallState::active)}, LineState::active, 1}});
    }
}

TEST_CASE("7.4 (d) announced transfer: Bob calls Alice, she consults Carol and completes") {
    SUBCASE("Alice: held while she consults; one event takes both calls away (12.25)") {
        play({{"CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::ringing, 1},
              {"CallAnsweredEvent", {leg("a1", terminator, CallState::active)}, LineState::active, 1},
              {"CallHeldEvent", {leg("a1", terminator, CallState::held)}, LineState::held, 1},
              {"CallOriginatedEvent", {leg("a2", originator, CallState::alerting, "tel:2003")}, LineState::held, 2},
              {"CallAnsweredEvent", {leg("a2", originator, CallState::active, "tel:2003")}, LineState::held, 2},
              {"CallRedirectedEvent",
               {leg("a1", terminator, CallState::detached), leg("a2", originator, CallState::detached)},
               LineState::idle,
               0},
              {"CallReleasedEvent", {leg("a1", terminator, CallState::released)}, LineState::idle, 0},
              {"CallReleasedEvent", {leg("a2", originator, CallState::released)}, LineState::idle, 0}});
    }
    SUBCASE("Bob: transferred, not ended (12.24)") {
        auto moved = leg("b1", originator, CallState::active, "tel:2003");
        moved.tracking_id = "912:1";
        play({{"CallOriginatedEvent",
               {leg("b1", originator, CallState::alerting, "tel:2001")},
               LineState::active,
               1,
               "2001"},
              {"CallAnsweredEvent",
               {leg("b1", originator, CallState::active, "tel:2001")},
               LineState::active,
               1,
               "2001"},
              {"CallHeldEvent", {leg("b1", originator, CallState::remote_held, "tel:2001")}, LineState::active, 1},
              {"CallTransferredEvent", {moved}, LineState::active, 1, "2003"},
              {"CallReleasedEvent", {leg("b1", originator, CallState::released)}, LineState::idle, 0}});
    }
    SUBCASE("Carol: her call with Alice becomes her call with Bob") {
        auto moved = leg("c1", originator, CallState::active, "tel:2002"); // even the personality may change
        moved.tracking_id = "911:1";
        play({{"CallReceivedEvent",
               {leg("c1", terminator, CallState::alerting, "tel:2001")},
               LineState::ringing,
               1,
               "2001"},
              {"CallAnsweredEvent", {leg("c1", terminator, CallState::active, "tel:2001")}, LineState::active, 1},
              {"CallTransferredEvent", {moved}, LineState::active, 1, "2002"}});
    }
    SUBCASE("Carol, when Bob is external: an update") {
        play({{"CallAnsweredEvent", {leg("c1", terminator, CallState::active, "tel:2001")}, LineState::active, 1},
              {"CallUpdatedEvent",
               {leg("c1", no_change, CallState::unknown, "tel:+31612345678")},
               LineState::active,
               1,
               "+31612345678"}});
    }
}

TEST_CASE("7.4 (e) blind transfer of an answered call") {
    SUBCASE("Alice") {
        play({{"CallAnsweredEvent", {leg("a1", terminator, CallState::active)}, LineState::active, 1},
              {"CallRedirectedEvent", {leg("a1", terminator, CallState::detached)}, LineState::idle, 0}});
    }
    SUBCASE("Bob hears it ring again, at the far end: active; and keeps his answer time") {
        Ledger ledger;
        auto answered = leg("b1", originator, CallState::active, "tel:2001");
        answered.answered = Wall(milliseconds(1000));
        apply(ledger, "CallAnsweredEvent", {answered});
        apply(ledger, "CallTransferredEvent", {leg("b1", originator, CallState::alerting, "tel:2003")});
        CHECK(ledger.state() == LineState::active);
        CHECK(ledger.calls() == 1);
        auto again = leg("b1", originator, CallState::active, "tel:2003");
        again.answered = Wall(milliseconds(9000));
        apply(ledger, "CallAnsweredEvent", {again});
        CHECK(ledger.state() == LineState::active);
        CHECK(ledger.legs()[0].answered == Wall(milliseconds(1000)));
        CHECK(ledger.legs()[0].remote_number == "2003");
    }
}

TEST_CASE("7.4 (f) forwarding always") {
    SUBCASE("Bob, who calls") {
        play({{"CallOriginatedEvent",
               {leg("b1", originator, CallState::alerting, "tel:2001")},
               LineState::active,
               1,
               "2001"},
              {"CallForwardedEvent",
               {leg("b1", originator, CallState::alerting, "tel:2003")},
               LineState::active,
               1,
               "2003"}});
    }
    SUBCASE("Alice, who forwards: nothing at all, or one event of a call that is not hers any more") {
        play({{"CallRedirectedEvent", {leg("a1", terminator, CallState::detached)}, LineState::idle, 0}});
    }
}

TEST_CASE("7.4 (g) no answer: redirected to voicemail, or released") {
    play({{"CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::ringing, 1},
          {"CallRedirectedEvent", {leg("a1", terminator, CallState::detached)}, LineState::idle, 0}});
    play({{"CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::ringing, 1},
          {"CallReleasedEvent", {leg("a1", terminator, CallState::released)}, LineState::idle, 0}});
}

TEST_CASE("7.4 (h) simultaneous ring: extra legs come and go") {
    play({{"CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::ringing, 1},
          {"CallReceivedEvent", {leg("a2", terminator, CallState::alerting)}, LineState::ringing, 2},
          {"CallAnsweredEvent", {leg("a1", terminator, CallState::active)}, LineState::ringing, 2},
          {"CallRedirectedEvent", {leg("a2", terminator, CallState::detached)}, LineState::active, 1},
          {"CallReleasedEvent", {leg("a1", terminator, CallState::released)}, LineState::idle, 0}});
}

TEST_CASE("7.4 (i) a queue offers a call: the real caller is shown, the queue is named") {
    Ledger ledger;
    auto offered = leg("a1", terminator, CallState::alerting, "tel:+31201230099");
    offered.remote.name = "Sales: Bob";
    offered.acd_user = "queue@example.net";
    offered.acd_name = "Sales";
    offered.acd_number = "tel:+31201230099";
    offered.acd_caller.name = "Bob";
    offered.acd_caller.address = "tel:+31612345678";
    Document document;
    document.data = EventData::call;
    document.type_name = "CallReceivedEvent";
    document.calls = {&offered, 1};
    Redirection by_queue;
    by_queue.party.address = "tel:2900";
    by_queue.reason = "call-center";
    document.redirections = {&by_queue, 1};
    ledger.apply(document, start);
    CHECK(ledger.state() == LineState::ringing);
    REQUIRE(ledger.calls() == 1);
    CHECK(ledger.legs()[0].remote_number == "+31612345678");
    CHECK(ledger.legs()[0].remote_name == "Bob");
    CHECK(ledger.legs()[0].queue == "Sales");
    CHECK(ledger.legs()[0].ddi == "+31201230099");
    SUBCASE("also when only the caller is told of the queue") {
        Ledger other;
        offered.acd_user = offered.acd_name = offered.acd_number = "";
        other.apply(document, start);
        CHECK(other.legs()[0].remote_name == "Bob");
        CHECK(other.legs()[0].ddi == "2900"); // the number that was dialled, from the redirections
    }
}

TEST_CASE("interface 7.6, line by line") {
    struct Row {
        std::string_view what;
        std::vector<Call> calls;
        LineState line;
    };
    const Row rows[] = {
        {"no call", {}, LineState::idle},
        {"an incoming call alerts", {leg("1", terminator, CallState::alerting)}, LineState::ringing},
        {"my call still rings at the far end", {leg("1", originator, CallState::alerting)}, LineState::active},
        {"click-to-dial rings my own phone", {leg("1", click, CallState::alerting)}, LineState::active},
        {"a feature code is being dialled", {leg("1", originator, CallState::active)}, LineState::active},
        {"held by me", {leg("1", terminator, CallState::held)}, LineState::held},
        {"held by the other side", {leg("1", terminator, CallState::remote_held)}, LineState::active},
        {"consulting: one held, one alerting",
         {leg("1", terminator, CallState::held), leg("2", originator, CallState::alerting)},
         LineState::held},
        {"consulting: one held, one active",
         {leg("1", terminator, CallState::held), leg("2", originator, CallState::active)},
         LineState::held},
        {"in a call, and a second one comes in",
         {leg("1", originator, CallState::active), leg("2", terminator, CallState::alerting)},
         LineState::ringing},
        {"one held, and another one comes in",
         {leg("1", originator, CallState::held), leg("2", terminator, CallState::alerting)},
         LineState::ringing},
        {"a recall rings", {leg("1", terminator, CallState::alerting)}, LineState::ringing},
        {"a state that nobody knows: there is a call", {leg("1", terminator, CallState::unknown)}, LineState::active},
        {"detached is not on that call any more", {leg("1", terminator, CallState::detached)}, LineState::idle},
        {"idle is none", {leg("1", terminator, CallState::idle)}, LineState::idle},
        {"no personality", {leg("1", Personality::unknown, CallState::active)}, LineState::active},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Ledger by_events;
        for (const Call& call : row.calls)
            apply(by_events, "CallUpdatedEvent", {call});
        CHECK(presence::name(by_events.state()) == presence::name(row.line));
        Ledger by_snapshot;
        apply(by_snapshot, "CallSubscriptionEvent", row.calls);
        CHECK(presence::name(by_snapshot.state()) == presence::name(row.line));
    }
}

TEST_CASE("late, double and impossible events") {
    SUBCASE("updated, answered, released again after the end: nothing rises from the dead") {
        play({{"CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::ringing, 1},
              {"CallReleasedEvent", {leg("a1", terminator, CallState::released)}, LineState::idle, 0},
              {"CallUpdatedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::idle, 0},
              {"CallAnsweredEvent", {leg("a1", terminator, CallState::active)}, LineState::idle, 0},
              {"CallReleasedEvent", {leg("a1", terminator, CallState::released)}, LineState::idle, 0}});
    }
    SUBCASE("the end of a call that we never knew") {
        play({{"CallReleasedEvent", {leg("a1", terminator, CallState::released)}, LineState::idle, 0},
              {"CallUpdatedEvent", {leg("a1", terminator, CallState::active)}, LineState::idle, 0}});
    }
    SUBCASE("any event may be the first of a call") {
        for (std::string_view type :
             {"CallUpdatedEvent", "CallRetrievedEvent", "CallTransferredEvent", "CallPickedUpEvent",
              "CallParkRetrievedEvent", "CallBargedInEvent", "CallRecordingStartedEvent"})
            play({{type, {leg("a1", terminator, CallState::active)}, LineState::active, 1}});
    }
    SUBCASE("detached is told with state Alerting: the call is over for this user all the same (xsi.md 7.2)") {
        play({{"CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::ringing, 1},
              {"CallDetachedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::idle, 0}});
    }
    SUBCASE("an end without a state is an end") {
        play({{"CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}, LineState::ringing, 1},
              {"CallReleasedEvent", {leg("a1", no_change, CallState::unknown)}, LineState::idle, 0},
              {"CallReleasedEvent", {leg("a2", no_change, CallState::unknown)}, LineState::idle, 0}});
    }
    SUBCASE("a call without id is no call") {
        play({{"CallReceivedEvent", {leg("", terminator, CallState::alerting)}, LineState::idle, 0}});
    }
    SUBCASE("an update that tells little keeps the rest") {
        Ledger ledger;
        auto full = leg("a1", terminator, CallState::alerting, "tel:+31201230002");
        full.remote.name = "Bob";
        full.started = Wall(milliseconds(5));
        apply(ledger, "CallReceivedEvent", {full});
        Call little;
        little.call_id = "a1";
        apply(ledger, "CallUpdatedEvent", {little});
        REQUIRE(ledger.calls() == 1);
        const Leg& kept = ledger.legs()[0];
        CHECK(kept.state == CallState::alerting);
        CHECK(kept.personality == terminator);
        CHECK(kept.remote_number == "+31201230002");
        CHECK(kept.remote_name == "Bob");
        CHECK(kept.tracking_id == "911:1");
        CHECK(kept.started == Wall(milliseconds(5)));
    }
}

TEST_CASE("withheld callers: no number, no name, also when an earlier event had them (12.20)") {
    Ledger ledger;
    auto shown = leg("a1", terminator, CallState::alerting, "tel:+31201230002");
    shown.remote.name = "Bob";
    apply(ledger, "CallReceivedEvent", {shown});
    auto hidden = leg("a1", terminator, CallState::active, "tel:+31201230002");
    hidden.remote.name = "Bob";
    hidden.remote.privacy = true;
    apply(ledger, "CallUpdatedEvent", {hidden});
    CHECK(ledger.legs()[0].remote_number.empty());
    CHECK(ledger.legs()[0].remote_name.empty());
    CHECK(ledger.state() == LineState::active);
}

TEST_CASE("a snapshot replaces: what it does not list is over, tombstones included (5.5, 12.12)") {
    Ledger ledger;
    apply(ledger, "CallAnsweredEvent", {leg("a1", originator, CallState::active)}, start);
    apply(ledger, "CallReceivedEvent", {leg("a2", terminator, CallState::alerting)}, start);
    apply(ledger, "CallReleasedEvent", {leg("a3", terminator, CallState::released)}, start);
    apply(ledger, "CallSubscriptionEvent",
          {leg("a1", originator, CallState::held), leg("a3", terminator, CallState::active),
           leg("a4", terminator, CallState::released)},
          start + seconds(10));
    CHECK(ledger.calls() == 2);
    CHECK(ledger.state() == LineState::held);
    CHECK(ledger.legs()[0].call_id == "a1");
    CHECK(ledger.legs()[0].seen == start);   // it lasts since we first heard of it
    CHECK(ledger.legs()[1].call_id == "a3"); // the platform says that it lives
    CHECK(ledger.legs()[1].seen == start + seconds(10));
    apply(ledger, "CallSubscriptionResyncEvent", {});
    CHECK(ledger.calls() == 0);
    CHECK(ledger.state() == LineState::idle);
}

TEST_CASE("whether anything changed is told") {
    Ledger ledger;
    CHECK_FALSE(apply(ledger, "CallSubscriptionEvent", {}));
    CHECK(apply(ledger, "CallReceivedEvent", {leg("a1", terminator, CallState::alerting)}));
    CHECK_FALSE(apply(ledger, "HookStatusEvent", {}));
    CHECK(apply(ledger, "CallReleasedEvent", {leg("a1", terminator, CallState::released)}));
    CHECK_FALSE(apply(ledger, "CallReleasedEvent", {leg("a1", terminator, CallState::released)}));
    CHECK_FALSE(apply(ledger, "CallUpdatedEvent", {leg("a1", terminator, CallState::active)}));
}

TEST_CASE("GET /calls replaces as a snapshot does") {
    Ledger ledger;
    apply(ledger, "CallAnsweredEvent", {leg("old", originator, CallState::active)});
    CallDetails ringing{
        "new", "9:1", terminator, CallState::alerting, {"Bob", "tel:2002", "b@x", false}, Wall(milliseconds(7)), {}};
    CHECK(ledger.replace(std::span(&ringing, 1), start));
    CHECK(ledger.calls() == 1);
    CHECK(ledger.state() == LineState::ringing);
    CHECK(ledger.legs()[0].remote_number == "2002");
    CHECK(ledger.legs()[0].remote_name == "Bob");
    CHECK(ledger.legs()[0].started == Wall(milliseconds(7)));
    ringing.remote.privacy = true;
    ledger.replace(std::span(&ringing, 1), start);
    CHECK(ledger.legs()[0].remote_number.empty());
    CHECK(ledger.replace({}, start));
    CHECK(ledger.state() == LineState::idle);
}

TEST_CASE("conferences: its legs are active while it is, and held with it") {
    const std::string_view both[] = {"a1", "a2"};
    struct Row {
        std::string_view type;
        std::string_view state; // absent in some releases: then the event's name tells
        LineState line;
    };
    const std::vector<Row> stories[] = {
        {{"ConferenceStartedEvent", "Active", LineState::active},
         {"ConferenceHeldEvent", "Held", LineState::held},
         {"ConferenceUpdatedEvent", "Held", LineState::held},
         {"ConferenceRetrievedEvent", "Active", LineState::active},
         {"ConferenceReleasedEvent", "Released", LineState::active}}, // its legs end by events of their own
        {{"ConferenceStartedEvent", "", LineState::active},
         {"ConferenceHeldEvent", "", LineState::held},
         {"ConferenceUpdatedEvent", "", LineState::held},
         {"ConferenceCallMutedEvent", "", LineState::held},
         {"ConferenceRetrievedEvent", "", LineState::active},
         {"ConferenceHeldEvent", "", LineState::held},
         {"ConferenceReleasedEvent", "", LineState::active}},
    };
    for (const auto& story : stories) {
        Ledger ledger;
        apply(ledger, "CallHeldEvent", {leg("a1", terminator, CallState::held)});
        apply(ledger, "CallAnsweredEvent", {leg("a2", originator, CallState::active)});
        CHECK(ledger.state() == LineState::held);
        for (const Row& row : story) {
            CAPTURE(row.type);
            ledger.apply(conference_event(row.type, row.state, both), start);
            CHECK(presence::name(ledger.state()) == presence::name(row.line));
            CHECK(ledger.calls() == 2);
        }
        apply(ledger, "CallReleasedEvent",
              {leg("a1", terminator, CallState::released), leg("a2", originator, CallState::released)});
        CHECK(ledger.state() == LineState::idle);
    }
    SUBCASE("a leg outside of the conference stays held") {
        Ledger ledger;
        const std::string_view only[] = {"a2"};
        apply(ledger, "CallHeldEvent", {leg("a1", terminator, CallState::held)});
        apply(ledger, "CallAnsweredEvent", {leg("a2", originator, CallState::active)});
        ledger.apply(conference_event("ConferenceStartedEvent", "Active", only), start);
        CHECK(ledger.state() == LineState::held);
    }
    SUBCASE("a held conference does not outlive its last call") {
        Ledger ledger;
        apply(ledger, "CallAnsweredEvent", {leg("a1", originator, CallState::active)});
        ledger.apply(conference_event("ConferenceHeldEvent", "Held", both), start);
        CHECK(ledger.state() == LineState::held);
        apply(ledger, "CallReleasedEvent", {leg("a1", originator, CallState::released)});
        CHECK(ledger.state() == LineState::idle);
        apply(ledger, "CallAnsweredEvent", {leg("a9", originator, CallState::active)});
        CHECK(ledger.state() == LineState::active);
    }
    SUBCASE("a conference of nobody is nothing") {
        Ledger ledger;
        CHECK_FALSE(ledger.apply(conference_event("ConferenceHeldEvent", "Held", both), start));
        CHECK(ledger.state() == LineState::idle);
    }
}

TEST_CASE("limits: calls per line and tombstones are bounded") {
    Ledger ledger;
    std::vector<std::string> ids;
    for (int i = 0; i < 1000; ++i)
        ids.push_back("h-" + std::to_string(i));
    for (const auto& id : ids)
        apply(ledger, "CallReceivedEvent", {leg(id, terminator, CallState::alerting)});
    CHECK(ledger.calls() == 64);
    for (const auto& id : ids)
        apply(ledger, "CallReleasedEvent", {leg(id, terminator, CallState::released)});
    CHECK(ledger.calls() == 0);
    CHECK(ledger.state() == LineState::idle);
}

TEST_CASE("tombstones go after a minute, and the memory with them") {
    Ledger ledger;
    CHECK_FALSE(ledger.in_use());
    apply(ledger, "CallReleasedEvent", {leg("a1", terminator, CallState::released)}, start);
    CHECK(ledger.in_use());
    ledger.tidy(start + seconds(60));
    CHECK(ledger.in_use());
    ledger.tidy(start + seconds(61));
    CHECK_FALSE(ledger.in_use());
    apply(ledger, "CallUpdatedEvent", {leg("a1", terminator, CallState::active)},
          start + seconds(61)); // an id used again
    CHECK(ledger.calls() == 1);
    ledger.tidy(start + std::chrono::hours(10));
    CHECK(ledger.calls() == 1); // a call is not tidied away
    ledger.clear();
    CHECK(ledger.calls() == 0);
    CHECK_FALSE(ledger.in_use());
}

TEST_CASE("calls that look stuck (12.12)") {
    struct Row {
        CallState state;
        std::chrono::seconds age;
        bool stuck;
    };
    const Row rows[] = {
        {CallState::alerting, seconds(180), false},
        {CallState::alerting, seconds(181), true},
        {CallState::active, seconds(181), false},
        {CallState::active, std::chrono::hours(4), false},
        {CallState::active, std::chrono::hours(4) + seconds(1), true},
        {CallState::held, std::chrono::hours(5), true},
    };
    for (const Row& row : rows) {
        Ledger ledger;
        CHECK_FALSE(ledger.looks_stuck(start));
        apply(ledger, "CallReceivedEvent", {leg("a1", terminator, row.state)}, start);
        CHECK(ledger.looks_stuck(start + row.age) == row.stuck);
    }
}

TEST_CASE("addresses as people read them") {
    struct Row {
        std::string_view address;
        std::string_view number;
    };
    const Row rows[] = {
        {"tel:+31201230002", "+31201230002"},
        {"tel:2002", "2002"},
        {"2002", "2002"},
        {"", ""},
        {"tel:+31201230002;ext=2002", "+31201230002"},
        {"tel:", ""},
        {"sip:bob@example.net", "sip:bob@example.net"},
        {"sip:bob@example.net;user=phone", "sip:bob@example.net;user=phone"},
    };
    for (const Row& row : rows)
        CHECK(number_of(row.address) == row.number);
}
