// SUBSCRIBE: every check and its answer in the order of the checks, Expires, refresh, fetch and the end (RFC 6665
// 4.2.1; sip-csta.md 6).
#include <fmt/format.h>

#include "here.hpp"

using namespace testing;

namespace {

/// "200", "423 Min-Expires=60": status and the fields that go with it.
std::string words(const Reply& reply) {
    auto out = std::to_string(reply.status);
    for (const std::string_view name : {"Allow-Events", "Require", "Min-Expires", "Retry-After"})
        if (const auto value = reply.field(name); !value.empty() && (reply.status != 200 || name == "Require"))
            out += fmt::format(" {}={}", name, value);
    return out;
}

const std::string events = "dialog, presence, message-summary, presence.winfo, dialog.winfo, as-feature-event";
const std::string list = "Supported: eventlist\r\n";

std::string route(int proxies) {
    std::string out;
    for (int i = 0; i < proxies; ++i)
        out += "Record-Route: <sip:10.4.0.9;lr;x=" + std::string(1900, 'y') + ">\r\n";
    return out;
}

} // namespace

TEST_CASE("each check and its answer; of two faults the earlier one is told") {
    // clang-format off
    struct Row { std::string what; Subscribe ask; std::string answer; };
    const Row rows[] = {
        {"all is well",                {},                                                     "200"},
        {"no Contact",                 {.event = "x", .contact = ""},                          "400"},
        {"Contact *",                  {.event = "x", .contact = "*"},                         "400"},
        {"two Contacts",               {.event = "x", .contact = "<sip:a@h>, <sip:b@h>"},      "400"},
        {"a telephone as Contact",     {.event = "x", .contact = "<tel:+3120>"},               "400"},
        {"no Event",                   {.uri = "sip:desk@h", .event = "", .accept = "a/b"},    "489 Allow-Events=" + events},
        {"an Event nobody knows",      {.uri = "sip:desk@h", .event = "reg", .accept = "a/b"}, "489 Allow-Events=" + events},
        {"case matters in events",     {.event = "Dialog"},                                    "489 Allow-Events=" + events},
        {"a list's mail box",          {.uri = "sip:desk@h", .event = "message-summary"},      "489 Allow-Events=" + events},
        {"a list, not asked for",      {.uri = "sip:desk@h", .accept = "a/b"},                 "421 Require=eventlist"},
        {"the same, well asked",       {.uri = "sip:desk@h", .more = list},                    "200 Require=eventlist"},
        {"Require will do, too",       {.uri = "sip:desk@h", .more = "Require: eventlist\r\n"}, "200 Require=eventlist"},
        {"Accept without ours",        {.uri = "sip:nobody@h", .accept = "application/pidf+xml"}, "406"},
        {"Accept with q=0",            {.accept = "application/dialog-info+xml;q=0"},          "406"},
        {"Accept with all",            {.accept = "*/*"},                                      "200"},
        {"Accept with more than ours", {.accept = "text/plain, application/dialog-info+xml"},  "200"},
        {"a list of multipart only",   {.uri = "sip:desk@h", .accept = "multipart/related", .more = list}, "200 Require=eventlist"},
        {"nobody, for too short",      {.uri = "sip:nobody@h", .expires = 5},                  "404"},
        {"no user part",               {.uri = "sip:pbx.example", .expires = 5},               "404"},
        {"mail box that is not known", {.uri = "sip:bob@h", .event = "message-summary"},       "489 Allow-Events=" + events},
        {"mail box of nobody",         {.uri = "sip:nobody@h", .event = "message-summary"},    "404"},
        {"mail box that is",           {.event = "message-summary"},                           "200"},
        {"not allowed, for too short", {.uri = "sip:cem@h", .expires = 5},                     "403"},
        {"too short",                  {.expires = 59},                                        "423 Min-Expires=60"},
        {"one second",                 {.expires = 1},                                         "423 Min-Expires=60"},
        {"too short, too long a way",  {.expires = 59, .more = route(5)}, "423 Min-Expires=60"},
        {"too long a way",             {.more = route(5)},                                     "513"},
        {"long names",                 {.call = std::string(5000, 'k'), .from_tag = std::string(5000, 'f')}, "513"},
        {"a long way",                 {.more = route(4)},                                     "200"},
        {"just long enough",           {.expires = 60},                                        "200"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        House house;
        house.truths[house.index("ada")].messages = Messages{1, 2};
        house.permissions[{"bob", house.index("cem")}] = Permission::refused;
        CHECK(words(house.ask(row.ask)) == row.answer);
        CHECK(house.notifies.size() == (row.answer.starts_with("200") ? 1 : 0));
        CHECK(house.notifier.size() == house.notifies.size());
        CHECK(house.notifier.counters().refused == (row.answer.starts_with("200") ? 0 : 1));
    }
}

TEST_CASE("Expires asked, granted") {
    struct Row {
        long asked;
        std::string granted;
    };
    const Row rows[] = {{-1, "3600"}, {60, "60"}, {3600, "3600"}, {3601, "3600"}, {4'294'967'295, "3600"}, {0, "0"}};
    for (const Row& row : rows) {
        CAPTURE(row.asked);
        House house;
        const auto reply = house.ask({.expires = row.asked});
        CHECK(reply.field("Expires") == row.granted);
        const auto notify = house.next();
        const auto state = notify->message.subscription_state();
        REQUIRE(state.has_value());
        CHECK(state->word == (row.asked == 0 ? "terminated" : "active"));
        CHECK(state->parameters.value("expires") == (row.asked == 0 ? "" : row.granted));
    }
}

TEST_CASE("a minimum over an hour is no reason to refuse an hour") {
    House house({.expires_min = 7200, .expires_max = 7200});
    CHECK(words(house.ask({.expires = 3599})) == "423 Min-Expires=7200");
    CHECK(words(house.ask({.expires = 3600})) == "200");
}

TEST_CASE("a fetch is answered, told once and forgotten") {
    House house;
    house.set("ada", "c1:early");
    const auto reply = house.ask({.expires = 0});
    CHECK(reply.status == 200);
    CHECK(reply.field("Expires") == "0");
    CHECK(house.hear() == "terminated;timeout v0 c1:early");
    CHECK(house.notifier.size() == 0);
    CHECK(house.notifier.counters().fetched == 1);
    CHECK(house.notifier.wake_at() == Steady::max());
}

TEST_CASE("a refresh: later expiry, the full state at once, numbers that go on") {
    House house;
    const auto tag = house.begin({.expires = 600});
    house.pass(599s);
    const auto reply = house.ask({.expires = 600, .to_tag = tag, .cseq = 2});
    CHECK(words(reply) == "200");
    CHECK(reply.tag() == tag);
    const auto notify = house.next();
    CHECK(said(*notify) == "active v1 idle");
    CHECK(notify->message.subscription_state()->parameters.value("expires") == "600");
    house.answer(*notify, 200);
    house.pass(604s + 999ms);
    CHECK(house.hear() == "");
    house.pass(2ms);
    CHECK(house.hear() == "terminated;timeout v2 idle");
    CHECK(house.notifier.size() == 0);
    CHECK(house.notifier.counters().ended_expired == 1);
}

TEST_CASE("a change between the end of a subscription and the few seconds of grace") {
    House house;
    house.begin({.expires = 60});
    house.pass(63s);
    house.set("ada", "c1:early");
    CHECK(house.notifies.front()->message.subscription_state()->parameters.value("expires") == "0");
    CHECK(house.hear() == "active v1 c1:early");
    house.pass(2s);
    CHECK(house.hear() == "terminated;timeout v2 c1:early");
}

TEST_CASE("unsubscribed: the final NOTIFY holds the full state") {
    House house;
    const auto tag = house.begin({});
    house.pass(1s);
    house.set("ada", "c1:confirmed");
    CHECK(house.hear() == "active v1 c1:confirmed");
    const auto reply = house.ask({.expires = 0, .to_tag = tag, .cseq = 2});
    CHECK(reply.field("Expires") == "0");
    CHECK(house.hear() == "terminated;timeout v2 c1:confirmed");
    CHECK(house.notifier.size() == 0);
    CHECK(house.ask({.expires = 600, .to_tag = tag, .cseq = 3}).status == 481);
}

TEST_CASE("what is refused within a dialog") {
    // clang-format off
    struct Row { std::string what; Subscribe ask; int answer; };
    const Row rows[] = {
        {"all is well",           {.cseq = 11},                                                     200},
        {"no Contact is needed",  {.cseq = 11, .contact = ""},                                      200},
        {"Contact *",             {.cseq = 11, .contact = "*"},                                     400},
        {"another Call-ID",       {.call = "k2", .cseq = 11},                                       481},
        {"another From tag",      {.from_tag = "f2", .cseq = 11},                                   481},
        {"another To tag",        {.to_tag = "t", .cseq = 11},                                      481},
        {"the same CSeq",         {.event = "dialog;id=7", .expires = 5, .cseq = 10},               500},
        {"an older CSeq",         {.cseq = 9},                                                      500},
        {"no Event",              {.event = "", .expires = 5, .cseq = 11},                          489},
        {"another event",         {.event = "presence", .expires = 5, .cseq = 11, .watcher = "eve"}, 481},
        {"another id",            {.event = "dialog;id=7", .cseq = 11},                             481},
        {"the same, but trusted", {.expires = 5, .cseq = 11, .trusted = true},                      403},
        {"somebody else",         {.expires = 5, .cseq = 11, .watcher = "eve"},                     403},
        {"too short",             {.expires = 5, .cseq = 11},                                       423},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        House house;
        const auto tag = house.begin({.cseq = 10});
        auto ask = row.ask;
        if (ask.to_tag.empty()) ask.to_tag = tag;
        CHECK(house.ask(ask).status == row.answer);
        CHECK(house.notifier.size() == 1); // whatever was asked, it lives
        CHECK(house.notifies.size() == (row.answer == 200 ? 1 : 0));
    }
}

TEST_CASE("a refusal tells what a telephone needs in order to ask better") {
    House house;
    CHECK(house.ask({.contact = ""}).wire->message.reason().find("Contact") != std::string_view::npos);
    CHECK(!house.ask({.event = "reg"}).tag().empty());
    CHECK(house.ask({}).field("Allow-Events") == events);
}
