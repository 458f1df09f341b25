// Why a leg is over, as the ledger tells it: what the event, its cause and the releasing party come to.
#include <doctest/doctest.h>
#include <sstream>

#include "xsi/ledger.hpp"

using namespace lamp;
using namespace lamp::xsi;

namespace {

const Steady start{std::chrono::hours(1)};

Call call_of(std::string_view id, bool incoming, CallState state) {
    Call call;
    call.call_id = id;
    call.tracking_id = "911:1";
    call.personality = incoming ? Personality::terminator : Personality::originator;
    call.state = state;
    call.remote.address = "tel:2002";
    return call;
}

/// "in ring talk" plays an incoming call that rings and is answered. The words of a call: in, out, ring, talk, hold,
/// tone:CAUSE (a failure's tone before the end).
void play(Ledger& ledger, std::string_view words) {
    std::istringstream stream{std::string(words)};
    bool incoming = false;
    std::string word;
    Document document;
    document.data = EventData::call;
    while (stream >> word) {
        if (word == "in" || word == "out") {
            incoming = word == "in";
            continue;
        }
        auto call = call_of("1", incoming, CallState::active);
        if (word == "ring") call.state = CallState::alerting;
        if (word == "hold") call.state = CallState::held;
        if (word == "talk") call.answered = Wall(seconds(1'800'000'000));
        if (word.starts_with("tone:")) call.release_cause = std::string_view(word).substr(5);
        document.calls = {&call, 1};
        document.type_name = "CallUpdatedEvent";
        ledger.apply(document, start);
    }
}

} // namespace

TEST_CASE("why a call is over") {
    struct Row {
        std::string_view before;
        ReleasingParty party;
        std::string_view cause; // internalReleaseCause
        std::string_view cdr;
        std::string_view redirect;
        std::string_view address;
        std::string_view why;
        std::string_view to;
    };
    constexpr auto here = ReleasingParty::local;
    constexpr auto there = ReleasingParty::remote;
    constexpr auto nobody = ReleasingParty::unknown;
    // clang-format off
    const Row rows[] = {
        {"in ring talk",       here,   "",                "",    "",            "",                 "hung_up_here",       ""},
        {"in ring talk",       there,  "",                "",    "",            "",                 "hung_up_there",      ""},
        {"in ring talk",       nobody, "",                "",    "",            "",                 "unknown",            ""},
        {"in ring talk hold",  here,   "",                "016", "",            "",                 "hung_up_here",       ""},
        {"out ring talk",      there,  "",                "031", "",            "",                 "hung_up_there",      ""},
        {"out ring talk",      there,  "Server Failure",  "",    "",            "",                 "failed",             ""},
        {"out talk",           there,  "Busy",            "",    "",            "",                 "hung_up_there",      ""},
        {"in ring",            there,  "",                "",    "",            "",                 "not_answered",       ""},
        {"in ring",            here,   "",                "",    "",            "",                 "declined",           ""},
        {"in ring",            here,   "Busy",            "",    "",            "",                 "busy",               ""},
        {"in ring",            nobody, "",                "",    "",            "",                 "not_answered",       ""},
        {"in ring",            there,  "Request Timeout", "",    "",            "",                 "not_answered",       ""},
        {"out ring",           here,   "",                "",    "",            "",                 "not_answered",       ""},
        {"out ring",           there,  "Busy",            "",    "",            "",                 "busy",               ""},
        {"out ring tone:Busy", there,  "",                "",    "",            "",                 "busy",               ""},
        {"out ring tone:Busy", here,   "",                "",    "",            "",                 "busy",               ""},
        {"out ring",           there,  "User Not Found",  "",    "",            "",                 "failed",             ""},
        {"out tone:Forbidden", there,  "",                "",    "",            "",                 "failed",             ""},
        {"out ring",           there,  "",                "017", "",            "",                 "busy",               ""},
        {"out ring",           there,  "",                "19",  "",            "",                 "not_answered",       ""},
        {"out ring",           there,  "",                "021", "",            "",                 "declined",           ""},
        {"out ring",           there,  "",                "111", "",            "",                 "failed",             ""},
        {"out ring",           there,  "Busy",            "111", "",            "",                 "busy",               ""},
        {"in ring",            nobody, "",                "",    "deflection",  "tel:2003",         "redirected",         "2003"},
        {"in ring",            nobody, "",                "",    "no-answer",   "tel:+31612345678", "redirected",         "+31612345678"},
        {"in ring",            nobody, "",                "",    "voicemail",   "",                 "redirected",         ""},
        {"in ring",            nobody, "",                "",    "follow-me",   "",                 "answered_elsewhere", ""},
        {"in ring",            nobody, "",                "",    "follow-me",   "tel:2003",         "redirected",         "2003"},
        {"in ring talk",       nobody, "",                "",    "transfer",    "tel:2003",         "transferred",        "2003"},
        {"in ring talk hold",  nobody, "",                "",    "transfer",    "",                 "transferred",        ""},
        {"out ring",           nobody, "",                "",    "transfer",    "sip:bob@x.net",    "transferred",        "sip:bob@x.net"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.before);
        CAPTURE(row.cause);
        CAPTURE(row.cdr);
        CAPTURE(row.redirect);
        Ledger ledger;
        play(ledger, row.before);
        REQUIRE(ledger.calls() == 1);
        bool incoming = ledger.legs()[0].incoming();
        auto over = call_of("1", incoming, row.redirect.empty() ? CallState::released : CallState::detached);
        over.releasing_party = row.party;
        over.release_cause = row.cause;
        over.cdr_cause = row.cdr;
        over.redirect_reason = row.redirect;
        over.redirect_address = row.address;
        Document document;
        document.data = EventData::call;
        document.calls = {&over, 1};
        EndedLegs ended;
        ledger.apply(document, start, &ended);
        REQUIRE(ended.size() == 1);
        CHECK(calls::name(ended[0].why) == row.why);
        CHECK(ended[0].to == row.to);
        CHECK(ended[0].leg.call_id == "1");
        ledger.apply(document, start, &ended); // once more
        CHECK(ended.size() == 1);
    }
}

TEST_CASE("an answer that only the end tells of is an answer") {
    Ledger ledger;
    play(ledger, "in ring");
    auto over = call_of("1", true, CallState::released);
    over.answered = Wall(seconds(1'800'000'000));
    over.releasing_party = ReleasingParty::local;
    Document document;
    document.data = EventData::call;
    document.calls = {&over, 1};
    EndedLegs ended;
    ledger.apply(document, start, &ended);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].why == calls::End::hung_up_here);
}

TEST_CASE("what leaves the ledger in other ways") {
    Ledger ledger;
    play(ledger, "in ring talk");
    EndedLegs ended;
    Document document;
    SUBCASE("a detached call that nobody explains") {
        auto over = call_of("1", true, CallState::alerting);
        document.data = EventData::call;
        document.type_name = "CallDetachedEvent";
        document.calls = {&over, 1};
        ledger.apply(document, start, &ended);
    }
    SUBCASE("a snapshot without it") {
        auto other = call_of("2", true, CallState::alerting);
        document.data = EventData::call_snapshot;
        document.calls = {&other, 1};
        ledger.apply(document, start, &ended);
        CHECK(ledger.calls() == 1);
    }
    SUBCASE("the answer to a GET without it") {
        ledger.replace({}, start, &ended);
    }
    SUBCASE("the line is forgotten") {
        ledger.clear(&ended);
    }
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].why == calls::End::unknown);
    CHECK(ended[0].leg.call_id == "1");
    CHECK(ended[0].leg.remote_number == "2002");
}

TEST_CASE("a snapshot that still has the call ends nothing") {
    Ledger ledger;
    play(ledger, "in ring talk");
    auto same = call_of("1", true, CallState::held);
    Document document;
    document.data = EventData::call_snapshot;
    document.calls = {&same, 1};
    EndedLegs ended;
    ledger.apply(document, start, &ended);
    CHECK(ended.empty());
    CHECK(ledger.legs()[0].state == CallState::held);
}

TEST_CASE("the other side: one of ours, somebody outside, somebody withheld") {
    Ledger ledger;
    bool listened = true;
    auto say = [&](std::string_view address, std::string_view name, std::string_view user, bool privacy) {
        auto call = call_of("1", true, CallState::alerting);
        call.remote = {};
        call.remote.address = address;
        call.remote.name = name;
        call.remote.user_id = user;
        call.remote.privacy = privacy;
        Document document;
        document.data = EventData::call;
        document.calls = {&call, 1};
        EndedLegs ended;
        ledger.apply(document, start, listened ? &ended : nullptr);
        const Leg& leg = ledger.legs()[0];
        return leg.remote_number + "|" + leg.remote_name + "|" + leg.remote_user + (leg.withheld ? "|withheld" : "|");
    };
    CHECK(say("tel:2002", "Bob", "bob@x", false) == "2002|Bob|bob@x|");
    CHECK(say("", "", "", false) == "2002|Bob|bob@x|"); // an event that tells nothing of it
    CHECK(say("tel:+31612345678", "Carol", "", false) == "+31612345678|Carol||");
    CHECK(say("", "", "", true) == "|||withheld");
    CHECK(say("tel:2002", "Bob", "bob@x", true) == "|||withheld");
    CHECK(say("", "", "", false) == "|||withheld");
    CHECK(say("tel:2003", "Dave", "dave@x", false) == "2003|Dave|dave@x|");
    ledger.clear();
    listened = false;
    CHECK(say("tel:2002", "Bob", "bob@x", false) == "2002|Bob||");
}

TEST_CASE("why a line sent a call away, when, and who had offered it") {
    struct Row {
        std::string_view reason;
        calls::Redirect redirect;
    };
    for (const Row& row : {Row{"", calls::Redirect::none}, Row{"unconditional", calls::Redirect::always},
                           Row{"time-of-day", calls::Redirect::always}, Row{"do-not-disturb", calls::Redirect::always},
                           Row{"user-busy", calls::Redirect::busy}, Row{"no-answer", calls::Redirect::no_answer},
                           Row{"deflection", calls::Redirect::deflection}, Row{"transfer", calls::Redirect::transfer},
                           Row{"voicemail", calls::Redirect::voicemail}, Row{"hunt-group", calls::Redirect::group},
                           Row{"call-center", calls::Redirect::group}, Row{"follow-me", calls::Redirect::other}}) {
        CAPTURE(row.reason);
        Ledger ledger;
        auto call = call_of("1", true, CallState::alerting);
        call.hunt_group_user = "hunt@x";
        Document document;
        document.data = EventData::call;
        document.calls = {&call, 1};
        EndedLegs ended;
        ledger.apply(document, start, &ended);
        auto over = call_of("1", true, CallState::detached);
        over.redirect_reason = row.reason;
        over.detached = Wall(seconds(1'800'000'000));
        document.calls = {&over, 1};
        ledger.apply(document, start, &ended);
        REQUIRE(ended.size() == 1);
        CHECK(ended[0].redirect == row.redirect);
        CHECK(ended[0].at == over.detached);
        CHECK(ended[0].leg.group == "hunt@x");
    }
}

TEST_CASE("the group that offers a call outlives a snapshot, and no other call has it") {
    Ledger ledger;
    auto call = call_of("1", true, CallState::alerting);
    call.acd_user = "queue@x";
    Document document;
    document.data = EventData::call;
    document.calls = {&call, 1};
    EndedLegs ended;
    ledger.apply(document, start, &ended);
    auto again = call_of("1", true, CallState::alerting);
    document.data = EventData::call_snapshot;
    document.calls = {&again, 1};
    ledger.apply(document, start, &ended);
    REQUIRE(ledger.legs().size() == 1);
    CHECK(ledger.legs()[0].group == "queue@x");
    auto over = call_of("1", true, CallState::released);
    document.data = EventData::call;
    document.calls = {&over, 1};
    ledger.apply(document, start, &ended);
    auto next = call_of("2", true, CallState::alerting);
    document.calls = {&next, 1};
    ledger.apply(document, start, &ended);
    REQUIRE(ledger.legs().size() == 1);
    CHECK(ledger.legs()[0].group.empty()); // its place was the first one's
}
