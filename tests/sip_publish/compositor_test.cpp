// The event state compositor: the rows of sip-csta.md 8, refusals in the order of RFC 3903 6, expiry, limits, entity
// tags.
#include <algorithm>
#include <set>

#include "here.hpp"

using namespace testing;

namespace {

bool has_field(std::string_view bytes, std::string_view line) {
    return bytes.find("\r\n" + std::string(line) + "\r\n") != std::string_view::npos;
}

} // namespace

TEST_CASE("initial, refresh, modify, remove: each 200 has a new entity tag, the old one dies") {
    Esc esc;
    const auto first = esc.ask(publish_presence("", presence_info("desk", "open")));
    CHECK(first.status == 200);
    CHECK(first.expires == 3600s);
    CHECK(first.changed == Published::presence);
    CHECK(has_field(esc.last, "SIP-ETag: " + first.etag));
    CHECK(has_field(esc.last, "Expires: 3600"));
    CHECK(esc.last.starts_with("SIP/2.0 200 OK\r\n"));
    CHECK(esc.documents() == "desk:open");

    const auto refreshed = esc.ask(publish_presence(first.etag, ""));
    CHECK(refreshed.status == 200);
    CHECK(!refreshed.changed);
    CHECK(refreshed.etag != first.etag);
    CHECK(esc.ask(publish_presence(first.etag, "")).status == 412);
    CHECK(esc.documents() == "desk:open");

    const auto modified = esc.ask(publish_presence(refreshed.etag, presence_info("desk", "closed")));
    CHECK(modified.status == 200);
    CHECK(modified.changed == Published::presence);
    CHECK(esc.ask(publish_presence(refreshed.etag, presence_info("desk", "open"))).status == 412);
    CHECK(esc.documents() == "desk:closed");

    const auto removed = esc.ask(publish_presence(modified.etag, "", 0));
    CHECK(removed.status == 200);
    CHECK(removed.expires == 0s);
    CHECK(removed.changed == Published::presence);
    CHECK(has_field(esc.last, "SIP-ETag: " + removed.etag));
    CHECK(has_field(esc.last, "Expires: 0"));
    CHECK(esc.ask(publish_presence(removed.etag, "")).status == 412);
    CHECK(esc.ask(publish_presence(modified.etag, "")).status == 412);
    CHECK(esc.documents().empty());
    CHECK(esc.compositor.publications() == 0);
}

TEST_CASE("what is refused, and with which fields") {
    struct Row {
        Publish publish;
        int status;
        std::string_view field;
    };
    const auto open = presence_info("desk", "open");
    const auto unknown = std::string(32, 'a');
    const Row rows[] = {
        {{.event = "dialog;sla", .body = open}, 415, "Accept: application/dialog-info+xml"},
        {{.event = "Presence", .body = open}, 489, "Allow-Events: presence, dialog"},
        {{.event = "message-summary", .body = open}, 489, "Allow-Events: presence, dialog"},
        {{.event = "", .body = open}, 489, "Allow-Events: presence, dialog"},
        {{.etag = unknown}, 412, ""},
        {{.etag = "short"}, 412, ""},
        {{.etag = "+" + std::string(31, '1'), .body = open}, 412, ""},
        {{.expires = 59, .body = open}, 423, "Min-Expires: 60"},
        {{.expires = 1, .body = open}, 423, "Min-Expires: 60"},
        {{.body = ""}, 400, "Warning: 399 lamplighter \"There is neither a document nor a SIP-If-Match field.\""},
        {{.expires = 0}, 400, "Warning: 399 lamplighter \"There is neither a document nor a SIP-If-Match field.\""},
        {{.body = open, .type = "text/plain"}, 415, "Accept: application/pidf+xml"},
        {{.body = open, .type = "application/dialog-info+xml"}, 415, "Accept: application/pidf+xml"},
        {{.body = open, .type = "x"}, 415, "Accept: application/pidf+xml"},
        {{.body = open, .more = "Content-Encoding: deflate\r\n"}, 415, "Accept-Encoding: identity"},
        {{.body = std::string(32 * 1024 + 1, ' ')},
         413,
         "Warning: 399 lamplighter \"A document may have 32768 bytes.\""},
        {{.body = "<presence xmlns='urn:ietf:params:xml:ns:pidf'/>"},
         400,
         "Warning: 399 lamplighter \"The presence document names no entity.\""},
    };
    for (const Row& row : rows) {
        Esc esc;
        const auto answer = esc.ask(row.publish);
        CAPTURE(esc.last);
        CHECK(answer.status == row.status);
        CHECK(answer.etag.empty());
        CHECK(!answer.changed);
        if (!row.field.empty()) CHECK(has_field(esc.last, row.field));
        CHECK(esc.last.find("SIP-ETag") == std::string::npos);
        CHECK(esc.compositor.publications() == 0);
        CHECK(esc.compositor.counters().refused == 1);
    }
}

TEST_CASE("what is taken all the same") {
    const auto open = presence_info("desk", "open");
    const Publish rows[] = {
        {.event = "presence;id=7", .body = open},
        {.body = open, .type = "APPLICATION/pidf+xml;charset=utf-8"},
        {.body = open, .more = "Content-Encoding: identity\r\n"},
        {.expires = 60, .body = open},
    };
    for (const Publish& publish : rows) {
        Esc esc;
        CHECK(esc.ask(publish).status == 200);
        CHECK(esc.documents() == "desk:open");
    }
}

TEST_CASE("a publication's last words may live shortly, a refresh may not") {
    Esc esc;
    auto etag = esc.granted(publish_presence("", presence_info("desk", "open")));
    CHECK(esc.ask(publish_presence(etag, "", 11)).status == 423);
    const auto last = esc.ask(publish_presence(etag, presence_info("desk", "closed"), 11));
    CHECK(last.status == 200);
    CHECK(last.expires == 11s);
    CHECK(esc.documents() == "desk:closed");
}

TEST_CASE("a broken document is answered with where it breaks, and changes nothing") {
    Esc esc;
    const auto etag = esc.granted(publish_presence("", presence_info("desk", "open")));
    CHECK(esc.ask(publish_presence(etag, "<presence>\n<tuple></presence>")).status == 400);
    CHECK(esc.last.find("Warning: 399 lamplighter \"") != std::string::npos);
    CHECK(esc.last.find("line 2") != std::string::npos);
    CHECK(esc.documents() == "desk:open");
    CHECK(esc.ask(publish_presence(etag, "")).status == 200); // the tag lives on
}

TEST_CASE("the expiry that is granted") {
    struct Row {
        long asked;
        seconds granted;
    };
    const Row rows[] = {{-1, 1800s}, {60, 60s}, {3599, 3599s}, {3600, 3600s}, {3601, 3600s}, {4'294'967'295, 3600s}};
    for (const Row& row : rows) {
        Esc esc({.expires_default = 1800s});
        CAPTURE(row.asked);
        CHECK(esc.ask(publish_presence("", presence_info("desk", "open"), row.asked)).expires == row.granted);
    }
}

TEST_CASE("an initial publication that expires at once is answered and not kept") {
    Esc esc;
    const auto answer = esc.ask(publish_presence("", presence_info("desk", "open"), 0));
    CHECK(answer.status == 200);
    CHECK(answer.expires == 0s);
    CHECK(!answer.changed);
    CHECK(esc.compositor.publications() == 0);
    CHECK(esc.ask(publish_presence(answer.etag, "")).status == 412);
    CHECK(esc.ask(publish_presence("", "<broken", 0)).status == 400);
}

TEST_CASE("who may not publish is refused before anything is told of what there is") {
    Esc esc;
    const auto etag = esc.granted(publish_presence("", presence_info("desk", "open")));
    CHECK(esc.ask(publish_presence(etag, ""), 0, "eve").status == 403);
    CHECK(esc.ask(publish_presence("nothing", ""), 0, "eve").status == 403);
    CHECK(esc.ask(publish_presence("", presence_info("desk", "closed")), 0, "eve").status == 403);
    CHECK(esc.documents() == "desk:open");
}

TEST_CASE("an entity tag belongs to one presentity and one package") {
    Esc esc;
    const auto etag = esc.granted(publish_presence("", presence_info("desk", "open")), 3);
    CHECK(esc.ask(publish_presence(etag, ""), 4).status == 412);
    CHECK(esc.ask(publish_dialog(etag, ""), 3).status == 412);
    CHECK(esc.ask(publish_presence(etag, ""), 3).status == 200);
}

TEST_CASE("entity tags are never used twice, and another secret makes others") {
    Esc esc;
    std::set<std::string> seen;
    auto etag = esc.granted(publish_presence("", presence_info("desk", "open")));
    for (int i = 0; i < 5000; ++i) {
        REQUIRE(etag.size() == 32);
        REQUIRE(seen.insert(etag).second);
        etag = esc.granted(publish_presence(etag, ""));
    }
    // 128 bits each: any bit is as often set as not.
    for (std::size_t digit = 0; digit < 32; ++digit) {
        const auto high = std::ranges::count_if(seen, [&](const std::string& tag) { return tag[digit] >= '8'; });
        CHECK(high > 2300);
        CHECK(high < 2700);
    }
    Compositor other({}, {1, 2}, [](const Watcher&, ResourceIndex) { return true; }, start);
    const auto bytes = publish_presence("", presence_info("desk", "open")).bytes();
    Message message;
    REQUIRE(message.parse(bytes, Carrier::datagram).has_value());
    CHECK(!seen.contains(other.on_publish(message, 0, {}, start).etag));
}

TEST_CASE("each publication expires on its own clock") {
    Esc esc;
    esc.granted(publish_presence("", presence_info("desk", "open"), 600));
    const auto soft = esc.granted(publish_presence("", presence_info("soft", "closed"), 60));
    CHECK(esc.documents() == "soft:closed | desk:open");
    CHECK(esc.pass(59s).empty());
    CHECK(esc.documents() == "soft:closed | desk:open");
    const auto again = esc.granted(publish_presence(soft, "", 60)); // at 59 s, until 119 s
    CHECK(esc.pass(59s).empty());
    CHECK(esc.pass(1s) == "0 presence");
    CHECK(esc.documents() == "desk:open");
    CHECK(esc.ask(publish_presence(again, "")).status == 412);
    CHECK(esc.pass(480s).empty()); // 599 s
    CHECK(esc.documents() == "desk:open");
    CHECK(esc.pass(1s) == "0 presence");
    CHECK(esc.documents().empty());
    CHECK(esc.compositor.publications() == 0);
    CHECK(esc.compositor.counters().expired == 2);
    CHECK(esc.compositor.wake_at() == Steady::max());
}

TEST_CASE("a tag whose time is over is unknown, even if nobody has looked yet") {
    Esc esc;
    const auto etag = esc.granted(publish_presence("", presence_info("desk", "open"), 60));
    esc.now += 60s;
    CHECK(esc.ask(publish_presence(etag, "")).status == 412);
    CHECK(esc.pass(0s) == "0 presence"); // and its watchers still hear of the end
}

TEST_CASE("many that expire at once: each resource and package is told once") {
    Esc esc;
    for (ResourceIndex resource : {0U, 7U}) {
        for (int i = 0; i < 3; ++i)
            esc.granted(publish_presence("", presence_info("t" + std::to_string(i), "open"), 90), resource);
        esc.granted(publish_dialog("", dialog_info("a:early"), 90), resource);
    }
    esc.granted(publish_presence("", presence_info("desk", "open"), 91), 0);
    const auto changes = esc.pass(90s);
    CHECK(changes.size() == std::string_view("0 presence, 0 dialog, 7 presence, 7 dialog").size());
    for (std::string_view one : {"0 presence", "0 dialog", "7 presence", "7 dialog"})
        CHECK(changes.find(one) != std::string::npos);
    CHECK(esc.documents(0) == "desk:open");
    CHECK(esc.pass(1s) == "0 presence"); // told again, since it changed again
}

TEST_CASE("limits: publications of one presentity, of all, and dialogs of one publication") {
    Esc esc({.publications = 12});
    for (int i = 0; i < 10; ++i)
        esc.granted(publish_presence("", presence_info("t" + std::to_string(i), "open"), 100 + i));
    esc.now += 30s;
    const auto refused = esc.ask(publish_presence("", presence_info("more", "open")));
    CHECK(refused.status == 413);
    CHECK(has_field(esc.last, "Retry-After: 70"));
    CHECK(esc.ask(publish_dialog("", dialog_info("a:early"))).status == 413);
    esc.granted(publish_presence("", presence_info("desk", "open")), 1);
    esc.granted(publish_presence("", presence_info("desk", "open")), 2);
    CHECK(esc.ask(publish_presence("", presence_info("desk", "open")), 3).status == 503);
    CHECK(has_field(esc.last, "Retry-After: 60"));
    CHECK(esc.pass(70s) == "0 presence");
    CHECK(esc.ask(publish_presence("", presence_info("more", "open"))).status == 200);

    std::string many;
    for (int i = 0; i < 64; ++i)
        many += (i == 0 ? "" : " ") + std::to_string(i) + ":confirmed";
    Esc calls;
    const auto etag = calls.granted(publish_dialog("", dialog_info(many)));
    CHECK(calls.ask(publish_dialog(etag, dialog_info("more:early", "partial"))).status == 413);
    CHECK(calls.compositor.dialogs(0).size() == 64);
    CHECK(calls.ask(publish_dialog(etag, dialog_info("0:terminated", "partial"))).status == 200);
    CHECK(calls.ask(publish_dialog("", dialog_info(many + " more:early"))).status == 413);
}

TEST_CASE("forgotten with its resource, and nobody is told") {
    Esc esc;
    const auto etag = esc.granted(publish_presence("", presence_info("desk", "open"), 60));
    esc.granted(publish_dialog("", dialog_info("a:early"), 60));
    esc.granted(publish_presence("", presence_info("desk", "open"), 60), 1);
    esc.compositor.forget(0);
    esc.compositor.forget(99);
    CHECK(esc.compositor.publications() == 1);
    CHECK(esc.documents().empty());
    CHECK(esc.dialogs().empty());
    CHECK(esc.ask(publish_presence(etag, "")).status == 412);
    CHECK(esc.pass(60s) == "1 presence");
}

TEST_CASE("what is published is told to the presence table, with until when it holds") {
    using presence::LineState;
    using presence::PublicationReport;
    using presence::TeamsState;
    const Wall wall = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
    Esc esc;
    const std::vector<ResourceIndex> ada{0, 5};
    CHECK(esc.compositor.report(ada, esc.now, wall).pack() == 0);
    const auto desk = esc.granted(publish_presence("", presence_info("desk", "open"), 600));
    CHECK(esc.compositor.report(ada, esc.now, wall) ==
          PublicationReport{LineState::unknown, TeamsState::available, wall + 600s});
    esc.granted(publish_dialog("", dialog_info("a:confirmed"), 300), 5);
    CHECK(esc.compositor.report(ada, esc.now, wall) ==
          PublicationReport{LineState::active, TeamsState::available, wall + 300s});
    CHECK(esc.compositor.report(std::array{ResourceIndex{5}}, esc.now, wall).word == TeamsState::unknown);
    esc.pass(300s);
    CHECK(esc.compositor.report(ada, esc.now, wall + 300s) ==
          PublicationReport{LineState::unknown, TeamsState::available, wall + 600s});
    const auto phone = esc.granted(publish_presence(desk, presence_info("desk", "open", "on-the-phone"), 600));
    CHECK(esc.compositor.report(ada, esc.now, wall).line == LineState::active);
    esc.granted(publish_presence(phone, presence_info("desk", "closed"), 600));
    CHECK(esc.compositor.report(ada, esc.now, wall) ==
          PublicationReport{LineState::unknown, TeamsState::offline, wall + 600s});
}
