// NOTIFY: its bytes, where it goes, when it goes, and what its answers mean (RFC 6665 4.2.2, RFC 6446; sip-csta.md 5,
// 7, 14).
#include <fmt/format.h>

#include "here.hpp"

using namespace testing;

namespace {

std::string field(const Wire& notify, std::string_view name) {
    return std::string(notify.message.find(name).value_or(""));
}

/// Values of all fields of that name, joined.
std::string fields(const Wire& wire, Header header) {
    std::string out;
    for (const auto& each : wire.message.fields())
        if (each.id == header) out.append(out.empty() ? "" : " | ").append(each.value);
    return out;
}

} // namespace

TEST_CASE("the first NOTIFY, byte by byte") {
    House house;
    const auto reply = house.ask({.event = "dialog;id=7"});
    CHECK(reply.wire->bytes ==
          fmt::format(
              "SIP/2.0 200 OK\r\n"
              "Via: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-b1;received=10.4.0.17;rport=5060\r\n"
              "From: <sip:bob@pbx.example>;tag=f1\r\n"
              "To: <sip:ada@pbx.example>;tag={}\r\n"
              "Call-ID: k1\r\nCSeq: 1 SUBSCRIBE\r\n"
              "Contact: <sip:198.51.100.4:5060;transport=udp>\r\nExpires: 3600\r\n"
              "Allow-Events: dialog, presence, message-summary, presence.winfo, dialog.winfo, as-feature-event\r\n"
              "Content-Length: 0\r\n\r\n",
              reply.tag()));
    const auto notify = house.next();
    const std::string body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\"          "
                             "state=\"full\" entity=\"sip:ada@pbx.example\">"
                             "<dialog id=\"idle-ada\"><state>terminated</state></dialog></dialog-info>";
    CHECK(notify->bytes == fmt::format("NOTIFY sip:bob@10.4.0.17:5060 SIP/2.0\r\n"
                                       "Via: SIP/2.0/UDP 198.51.100.4:5060;rport;branch={}\r\n"
                                       "Max-Forwards: 70\r\n"
                                       "From: <sip:ada@pbx.example>;tag={}\r\n"
                                       "To: <sip:bob@pbx.example>;tag=f1\r\n"
                                       "Call-ID: k1\r\n"
                                       "Contact: <sip:198.51.100.4:5060;transport=udp>\r\n"
                                       "Event: dialog;id=7\r\n"
                                       "CSeq: {} NOTIFY\r\n"
                                       "Subscription-State: active;expires=3600\r\n"
                                       "Content-Type: application/dialog-info+xml\r\n"
                                       "Content-Length: {}\r\n\r\n{}",
                                       notify->branch, reply.tag(), notify->message.cseq().number, body.size(), body));
    CHECK(notify->branch.starts_with("z9hG4bK"));
    CHECK(notify->message.cseq().number < 0x8000'0000 - 1'000'000);
    CHECK(notify->flow == house.flow);
}

TEST_CASE("what a SUBSCRIBE says comes back in its NOTIFYs") {
    // clang-format off
    struct Row { std::string what; Subscribe ask; std::string name; std::string value; };
    const Row rows[] = {
        {"From as it came",   {.to = "sip:Ada%41;x=y@pbx.example;user=phone"},       "From",   "<sip:Ada%41;x=y@pbx.example;user=phone>;tag={}"},
        {"To without a tag",  {.from_tag = ""},                                      "To",     "<sip:bob@pbx.example>"},
        {"Call-ID",           {.call = "7f3@[2001:db8::1]"},                         "Call-ID", "7f3@[2001:db8::1]"},
        {"no id",             {.event = "dialog;x=y"},                               "Event",  "dialog"},
        {"an id",             {.event = "dialog;x=y;id=a.b"},                        "Event",  "dialog;id=a.b"},
        {"a call's dialog",   {.event = "dialog;call-id=\"x\""},                     "Event",  "dialog"},
        {"no route",          {},                                                    "Route",  ""},
        {"one route",         {.more = "Record-Route: <sip:p1;lr>\r\n"},             "Route",  "<sip:p1;lr>"},
        {"routes, in order",  {.more = "Record-Route: <sip:p2;lr>,\r\n <sip:p1;lr>\r\nRecord-Route: <sip:p0>;x=1\r\n"},
                                                                                     "Route",  "<sip:p2;lr>,   <sip:p1;lr> | <sip:p0>;x=1"},
        {"the document's",    {.uri = "sip:ada@pbx.example;user=phone"},             "Content-Type", "application/dialog-info+xml"},
        {"presence's",        {.event = "presence"},                                 "Content-Type", "application/pidf+xml"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        House house;
        const auto reply = house.ask(row.ask);
        REQUIRE(reply.status == 200);
        const auto notify = house.next();
        const auto expected = fmt::format(fmt::runtime(row.value), reply.tag());
        CHECK((row.name == "Route" ? fields(*notify, Header::route) : field(*notify, row.name)) == expected);
        CHECK(fields(*reply.wire, Header::record_route).empty() == fields(*notify, Header::route).empty());
    }
}

TEST_CASE("where a NOTIFY goes, and how we are named in it") {
    // clang-format off
    struct Row { std::string contact; Local local; std::string target; std::string via; std::string ours; };
    const Row rows[] = {
        {"<sip:bob@10.4.0.17:5060>",               {Transport::udp, "198.51.100.4", 5060}, "sip:bob@10.4.0.17:5060",
         "SIP/2.0/UDP 198.51.100.4:5060", "<sip:198.51.100.4:5060;transport=udp>"},
        {"sip:bob@10.4.0.17;x=y",                  {Transport::tcp, "198.51.100.4", 5070}, "sip:bob@10.4.0.17",
         "SIP/2.0/TCP 198.51.100.4:5070", "<sip:198.51.100.4:5070;transport=tcp>"},
        {"\"B\" <sip:bob@10.4.0.17;ob;x=y?a=b>;q=1", {Transport::tls, "pbx.example", 5061},  "sip:bob@10.4.0.17;ob;x=y",
         "SIP/2.0/TLS pbx.example:5061", "<sip:pbx.example:5061;transport=tls>"},
        {"<sips:bob@10.4.0.17>",                   {Transport::tls, "pbx.example", 5061},  "sips:bob@10.4.0.17",
         "SIP/2.0/TLS pbx.example:5061", "<sips:pbx.example:5061;transport=tls>"},
        {"<sip:bob?x@10.4.0.17>",                  {Transport::udp, "198.51.100.4", 5060}, "sip:bob?x@10.4.0.17",
         "SIP/2.0/UDP 198.51.100.4:5060", "<sip:198.51.100.4:5060;transport=udp>"},
        {"<sip:bob@[2001:db8::7]:5062>",           {Transport::udp, "[2001:db8::1]", 5060}, "sip:bob@[2001:db8::7]:5062",
         "SIP/2.0/UDP [2001:db8::1]:5060", "<sip:[2001:db8::1]:5060;transport=udp>"},
        {"<sip:10.4.0.17>",                        {Transport::udp, "198.51.100.4", 5060}, "sip:10.4.0.17",
         "SIP/2.0/UDP 198.51.100.4:5060", "<sip:198.51.100.4:5060;transport=udp>"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.contact);
        for (const bool moved : {false, true}) { // by its SUBSCRIBE; by a refresh from elsewhere
            House house;
            Subscribe ask{.contact = row.contact};
            if (moved) {
                house.local = {Transport::tcp, "192.0.2.200", 50600};
                ask.to_tag =
                    house.begin({.contact = "<sip:somebody@192.0.2.117>", .more = "Record-Route: <sip:p1>\r\n"});
                ask.cseq = 2;
                ask.more = "Record-Route: <sip:p2>\r\n"; // the route set stays (RFC 3261 12.2.2)
                house.flow.socket = 7;
            }
            house.local = row.local;
            const auto reply = house.ask(ask);
            REQUIRE(reply.status == 200);
            CHECK(reply.field("Contact") == row.ours);
            const auto notify = house.next();
            CHECK(notify->flow == house.flow);
            CHECK(notify->message.uri().text == row.target);
            CHECK(field(*notify, "Via") == row.via + ";rport;branch=" + notify->branch);
            CHECK(field(*notify, "Contact") == row.ours);
            CHECK(field(*notify, "From") == "<sip:ada@pbx.example>;tag=" + reply.tag());
            CHECK(field(*notify, "To") == "<sip:bob@pbx.example>;tag=f1");
            CHECK(field(*notify, "Call-ID") == "k1");
            CHECK(field(*notify, "Event") == "dialog");
            CHECK(fields(*notify, Header::route) == (moved ? "<sip:p1>" : ""));
            CHECK(said(*notify) == (moved ? "active v1 idle" : "active v0 idle"));
            int seen = 0;
            house.notifier.visit([&](const Notifier::Seen& each) {
                ++seen;
                CHECK(each.contact == row.target);
                CHECK(each.watcher == "sip:bob@pbx.example");
                CHECK(each.resource == "sip:ada@pbx.example");
            });
            CHECK(seen == 1);
        }
    }
}

TEST_CASE("one NOTIFY on its way; the newest state when it is answered") {
    House house;
    house.ask({});
    const auto first = house.next();
    for (const auto* words : {"c1:trying", "c1:early", "c1:confirmed"}) {
        house.pass(1s);
        house.set("ada", words);
        CHECK(house.notifies.empty());
    }
    house.answer(*first, 200);
    const auto second = house.next();
    CHECK(said(*second) == "active v1 c1:confirmed");
    CHECK(second->message.cseq().number == first->message.cseq().number + 1);
    CHECK(second->branch != first->branch);
    CHECK(house.notifies.empty());
    house.set("ada", "");
    house.set("ada", "c1:confirmed"); // and back again while it is on its way
    house.answer(*second, 200);
    house.pass(1s);
    CHECK(house.notifies.empty());
    CHECK(house.notifier.counters().unchanged > 0);
    CHECK(house.notifier.in_flight() == 0);
}

TEST_CASE("a change goes out at once, those behind it together after the pause") {
    House house;
    house.begin({});
    house.pass(1s);
    house.set("ada", "c1:trying");
    CHECK(house.hear() == "active v1 c1:trying");
    house.set("ada", "c1:early");
    house.set("ada", "c1:confirmed");
    CHECK(house.hear() == "");
    house.pass(99ms);
    CHECK(house.hear() == "");
    house.pass(1ms);
    CHECK(house.hear() == "active v2 c1:confirmed");
    house.set("ada", "");
    house.set("ada", "c1:confirmed"); // within the pause: nothing to tell
    house.pass(10s);
    CHECK(house.hear() == "");
}

TEST_CASE("a refresh does not wait for the pause") {
    House house;
    const auto tag = house.begin({});
    CHECK(house.ask({.to_tag = tag, .cseq = 2}).status == 200);
    CHECK(house.hear() == "active v1 idle");
}

TEST_CASE("rates that a watcher asks for (RFC 6446)") {
    struct Row {
        std::string event;
        std::string echoed;
        milliseconds pause;  // until a change is told
        milliseconds silent; // until something is told although nothing has changed; zero: never
    };
    const Row rows[] = {
        {"dialog", "active;expires=3600", 100ms, 0ms},
        {"dialog;max-rate=2", "active;expires=3600;max-rate=2", 500ms, 0ms},
        {"dialog;max-rate=0.1", "active;expires=3600;max-rate=0.1", 10s, 0ms},
        {"dialog;max-rate=100", "active;expires=3600;max-rate=100", 100ms, 0ms}, // we pause at least so long
        {"dialog;min-rate=0.05", "active;expires=3600;min-rate=0.05", 100ms, 20s},
        {"dialog;max-rate=0.5;min-rate=0.1", "active;expires=3600;max-rate=0.5;min-rate=0.1", 2s, 10s},
        {"dialog;max-rate=0", "active;expires=3600", 100ms, 0ms},
        {"dialog;max-rate=x", "active;expires=3600", 100ms, 0ms},
        {"dialog;max-rate=-1;min-rate=1e9", "active;expires=3600", 100ms, 0ms},
        {"dialog;max-rate=1e-300", "active;expires=3600", 100ms, 0ms},
    };
    for (const Row& row : rows)
        for (const bool refreshed : {false, true}) { // asked at first, or by a refresh
            CAPTURE(row.event);
            CAPTURE(refreshed);
            House house;
            Subscribe ask{.event = row.event};
            if (refreshed) {
                ask.to_tag = house.begin({.event = "dialog;max-rate=0.001;min-rate=0.001"});
                ask.cseq = 2;
            }
            REQUIRE(house.ask(ask).status == 200);
            const auto first = house.next();
            CHECK(field(*first, "Subscription-State") == row.echoed);
            house.answer(*first, 200);
            house.set("ada", "c1:early");
            house.pass(row.pause - 1ms);
            CHECK(house.hear() == "");
            house.pass(1ms);
            CHECK(house.hear().ends_with("c1:early"));
            if (row.silent == 0ms) {
                house.pass(1000s);
                CHECK(house.hear() == "");
                continue;
            }
            for (int i = 0; i < 3; ++i) {
                house.pass(row.silent - 1ms);
                CHECK(house.hear() == "");
                house.pass(1ms);
                CHECK(house.hear().ends_with("c1:early"));
            }
        }
}

TEST_CASE("what an answer means for its subscription") {
    struct Row {
        std::vector<int> statuses;
        std::string what; // over; next: nothing to do; again: the state once more, after five seconds
    };
    const Row rows[] = {
        {{200, 202, 299}, "next"},
        {{300, 301, 302, 305, 380}, "over"},
        {{401, 404, 405, 407, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604}, "over"},
        {{400, 403, 406, 408, 413, 486, 487, 488, 500, 502, 503, 504, 513, 600, 603, 606}, "again"},
    };
    for (const Row& row : rows)
        for (const int status : row.statuses) {
            CAPTURE(status);
            House house;
            house.ask({});
            house.answer(*house.next(), status);
            CHECK(house.notifies.empty());
            CHECK(house.notifier.size() == (row.what == "over" ? 0 : 1));
            CHECK(house.notifier.in_flight() == 0);
            house.pass(4999ms);
            CHECK(house.hear() == "");
            house.pass(1ms);
            CHECK(house.hear() == (row.what == "again" ? "active v1 idle" : ""));
            CHECK(house.notifier.counters().ended_by_answer == (row.what == "over" ? 1 : 0));
        }
}

TEST_CASE("Retry-After is kept, within reason") {
    struct Row {
        std::uint32_t seconds;
        milliseconds waited;
    };
    const Row rows[] = {{0, 1s}, {1, 1s}, {30, 30s}, {600, 600s}};
    for (const Row& row : rows) {
        CAPTURE(row.seconds);
        House house;
        house.ask({});
        house.answer(*house.next(), 503, row.seconds);
        house.set("ada", "c1:early"); // no way around it
        house.pass(row.waited - 1ms);
        CHECK(house.hear() == "");
        house.pass(1ms);
        CHECK(house.hear() == "active v1 c1:early");
    }
    House house; // it has run out by then: the last word is said all the same
    house.ask({});
    house.answer(*house.next(), 503, 4'294'967'295);
    house.pass(3599s);
    CHECK(house.hear() == "");
    house.pass(6s);
    CHECK(house.hear() == "active v1 idle"); // an hour at most
    CHECK(house.hear() == "terminated;timeout v2 idle");
}

TEST_CASE("refused in a row, not altogether") {
    House house;
    house.ask({});
    for (int i = 0; i < 4; ++i) {
        house.answer(*house.next(), 500);
        house.pass(5s);
    }
    house.answer(*house.next(), 200);
    house.pass(1s);
    house.set("ada", "c1:early");
    for (int i = 0; i < 5; ++i) {
        CHECK(house.notifier.size() == 1);
        house.answer(*house.next(), 500);
        house.pass(5s);
    }
    CHECK(house.notifier.size() == 0);
    CHECK(house.notifies.empty());
    house.notifier.visit_ended(
        [](const Notifier::Seen& seen) { CHECK(seen.why_ended == "answered with 500, 5 times in a row"); });
}

TEST_CASE("who does not answer costs three NOTIFYs, each with what is true by then and a CSeq of its own") {
    House house;
    house.ask({});
    std::uint32_t cseq = 0;
    for (const auto* words : {"active v0 idle", "active v1 c1:early", "active v2 c1:confirmed"}) {
        const auto notify = house.next();
        CHECK(said(*notify) == words);
        CHECK((cseq == 0 || notify->message.cseq().number == cseq + 1));
        cseq = notify->message.cseq().number;
        house.set("ada", std::string_view(words).ends_with("idle") ? "c1:early" : "c1:confirmed");
        house.pass(32s);
        CHECK(house.notifies.empty());
        house.silence(*notify);
        house.pass(5s);
    }
    CHECK(house.notifies.empty());
    CHECK(house.notifier.size() == 0);
    CHECK(house.notifier.counters().ended_by_silence == 1);
    house.notifier.visit_ended(
        [](const Notifier::Seen& seen) { CHECK(seen.why_ended == "3 NOTIFYs in a row were not answered"); });
}

TEST_CASE("a telephone that is heard again is given new trust") {
    House house;
    auto tag = house.ask({}).tag();
    for (int i = 0; i < 2; ++i) {
        house.silence(*house.next());
        house.pass(5s);
    }
    auto late = house.next();
    REQUIRE(house.ask({.to_tag = tag, .cseq = 2}).status == 200);
    house.silence(*late);
    CHECK(house.notifier.size() == 1);
    house.pass(5s);
    CHECK(house.hear() == "active v3 idle");
}

TEST_CASE("answers that come late, twice, or to somebody who is gone") {
    House house;
    house.ask({});
    const auto first = house.next();
    house.answer(*first, 200);
    house.answer(*first, 481); // the same once more: nothing is on its way
    CHECK(house.notifier.size() == 1);
    house.silence(*first);
    CHECK(house.notifier.in_flight() == 0);
    house.pass(1s);
    house.set("ada", "c1:early");
    house.answer(*house.next(), 481);
    CHECK(house.notifier.size() == 0);
    house.ask({.call = "k2"}); // takes the same place
    const auto other = house.next();
    CHECK(other->id != first->id);
    house.answer(*first, 481);
    house.silence(*first);
    house.answer({.id = 77}, 481);
    CHECK(house.notifier.size() == 1);
    CHECK(house.notifier.in_flight() == 1);
}

TEST_CASE("the last NOTIFY ends it, however it is answered") {
    for (const int status : {200, 481, 500, 0}) {
        CAPTURE(status);
        House house;
        const auto tag = house.begin({});
        house.ask({.expires = 0, .to_tag = tag, .cseq = 2});
        const auto last = house.next();
        CHECK(house.notifier.size() == 1);
        house.set("ada", "c1:early"); // is nobody's any more
        house.pass(10s);
        CHECK(house.notifies.empty());
        status == 0 ? house.silence(*last) : house.answer(*last, status);
        CHECK(house.notifier.size() == 0);
        CHECK(house.notifier.in_flight() == 0);
        CHECK(house.notifies.empty());
    }
}

TEST_CASE("unsubscribed while a NOTIFY is on its way: the last one follows it") {
    House house;
    const auto tag = house.ask({}).tag();
    const auto first = house.next();
    CHECK(house.ask({.expires = 0, .to_tag = tag, .cseq = 2}).status == 200);
    CHECK(house.notifies.empty());
    house.silence(*first);
    CHECK(house.hear() == "terminated;timeout v1 idle");
    CHECK(house.notifier.size() == 0);
}

TEST_CASE("another way to the same telephone") {
    House house;
    house.ask({});
    const auto first = house.next();
    const Flow other{.socket = 9, .port = 5062, .reliable = true};
    house.notifier.moved(first->id, other);
    house.notifier.moved(77, other);
    house.answer(*first, 200);
    house.pass(1s);
    house.set("ada", "c1:early");
    CHECK(house.next()->flow == other);
}
