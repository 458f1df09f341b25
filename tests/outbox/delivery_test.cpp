// The whole outbox against real receivers: on disk first, at least once, in order, with the same key.
#include <doctest/doctest.h>
#include <unistd.h>

#include "office.hpp"

using namespace testing;
using calls::Happening;
using calls::WebhookVerb;

TEST_CASE("an event arrives, signed, with its key") {
    Receiver receiver("Tiny secret");
    Office office;
    auto& webhook = office.add(receiver, "crm", "Tiny secret");
    webhook.headers = {{"X-Tenant", "acme"}};
    webhook.authorization = Secret("Bearer b3");
    office.enter().take(event_of(Happening::ringing));
    office.outbox().take(event_of(Happening::missed));
    office.outbox().take(outbox::Notice{"presence", "alice@example.net", noon, "{}", "1"}); // not asked for
    office.until([&] { return office.view().delivered == 2; });
    auto all = receiver.all();
    REQUIRE(all.size() == 2);
    CHECK(receiver.faults() == "");
    CHECK(all[0].user_agent == "lamplighter/1.2");
    CHECK(all[0].content_type == "application/json");
    CHECK(all[0].tenant == "acme");
    CHECK(all[0].authorization == "Bearer b3");
    auto body = boost::json::parse(all[0].body);
    CHECK(body.at("id").as_string() == all[0].key);
    CHECK(body.at("event") == "call.ringing");
    CHECK(boost::json::parse(all[1].body).at("event") == "call.missed");
    auto view = office.view();
    CHECK(view.name == "crm");
    CHECK(view.place == receiver.url().substr(0, receiver.url().find("/hooks")));
    CHECK(view.state == "up");
    CHECK(view.waiting == 0);
    CHECK(view.last_success);
    CHECK(office.outbox().health().state == "up");
}

TEST_CASE("whatever fails is sent again, in order, with the same key") {
    Receiver receiver("s");
    receiver.script({answers(500), answers(429, {{"Retry-After", "1"}}), {.kind = Doing::Kind::reset}});
    Office office;
    office.add(receiver, "crm", "s");
    office.enter();
    for (const auto& id : numbered(5))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until([&] { return office.view().failed >= 1; });
    CHECK(office.view().state == "retrying");
    CHECK(office.view().next_attempt);
    CHECK(office.outbox().health().state == "degraded");
    office.until([&] { return office.view().delivered == 5; });
    CHECK(Office::ids(receiver.taken()) == numbered(5));
    CHECK(receiver.faults() == "");
    auto all = receiver.all();
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(all[i].key == all[0].key);
    CHECK(receiver.duplicates() == 0);
    CHECK(office.view().state == "up");
    CHECK(office.view().last_error.empty());
}

TEST_CASE("a page of HTML with 200 is a success, a redirection is not followed") {
    Receiver elsewhere;
    Receiver receiver;
    receiver.script({{.status = 200, .type = "text/html", .body = "<html>thanks</html>"},
                     answers(302, {{"Location", elsewhere.url()}}),
                     answers(404)});
    Office office;
    office.add(receiver, "crm");
    office.enter();
    for (const auto& id : numbered(4))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until([&] { return office.view().delivered == 2; });
    CHECK(elsewhere.requests() == 0);
    auto dead = office.dead("crm");
    REQUIRE(dead.size() == 2);
    CHECK(dead[0].reason.find("redirects (302)") != std::string::npos);
    CHECK(dead[1].reason.find("404") != std::string::npos);
    CHECK(dead[1].attempts == 1);
    CHECK(dead[1].event == "call.ringing");
    CHECK(receiver.requests() == 4);
    CHECK(office.view().dead == 2);
}

TEST_CASE("dead letters are sent again, one or all, or deleted") {
    Receiver receiver;
    receiver.script({answers(400), answers(400), answers(400), answers(400)});
    Office office;
    office.add(receiver, "crm");
    office.enter();
    for (const auto& id : numbered(4))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until([&] { return office.view().dead == 4; });
    auto dead = office.dead();
    REQUIRE(dead.size() == 4);
    CHECK(office.order({"crm", WebhookVerb::drop, dead[0].id, "ops"})->count == 1);
    CHECK(office.order({"crm", WebhookVerb::replay, dead[2].id, "ops"})->count == 1);
    office.until([&] { return office.view().delivered == 1; });
    CHECK(office.order({"crm", WebhookVerb::replay, dead[2].id, "ops"}).error().category == Category::not_found);
    CHECK(office.order({"other", WebhookVerb::replay, {}, "ops"}).error().category == Category::not_found);
    CHECK(office.order({"crm", WebhookVerb::replay, {}, "ops"})->count == 2);
    office.until([&] { return office.view().delivered == 3; });
    CHECK(Office::ids(receiver.taken()) == std::vector<std::string>{"call-2", "call-1", "call-3"});
    auto all = receiver.all();
    CHECK(all[4].key == all[2].key); // call-2
    CHECK(office.dead().empty());
    CHECK(office.view().dead == 0);
}

TEST_CASE("410 switches a webhook off, over a restart, too, until somebody replays") {
    Receiver receiver;
    receiver.script({answers(410)});
    Office office;
    office.add(receiver, "crm");
    office.enter();
    for (const auto& id : numbered(3))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until([&] { return office.view().state == "disabled" && office.dead().size() == 3; });
    CHECK(office.outbox().health().problems.size() >= 1);
    office.leave();
    office.enter();
    office.until([&] { return office.view().state == "disabled"; });
    office.outbox().take(event_of(Happening::ringing, "late"));
    CHECK(receiver.requests() == 1);
    CHECK(office.order({"crm", WebhookVerb::replay, {}, "ops"})->count == 3);
    office.until([&] { return office.view().delivered == 3; });
    CHECK(Office::ids(receiver.taken()) == numbered(3));
    CHECK(office.view().state == "up");
}

TEST_CASE("a receiver that is silent holds nobody else up") {
    Receiver silent;
    Receiver good;
    Doing stall{.kind = Doing::Kind::stall};
    silent.always(&stall);
    Office office;
    office.add(silent, "silent");
    office.add(good, "good");
    office.enter();
    for (const auto& id : numbered(50))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until([&] { return office.view(1).delivered == 50; });
    CHECK(office.view(0).waiting == 50);
    CHECK(silent.requests() == 1);
    CHECK(Office::ids(good.taken()) == numbered(50));
}

TEST_CASE("a letter that nobody takes is given up, and the next one proceeds") {
    Receiver receiver;
    receiver.script({answers(500), answers(500), answers(500)});
    Office office;
    office.add(receiver, "crm").give_up = 1s;
    office.enter();
    for (const auto& id : numbered(2))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until([&] { return office.view().delivered == 1; });
    CHECK(Office::ids(receiver.taken()) == std::vector<std::string>{"call-1"});
    auto dead = office.dead();
    REQUIRE(dead.size() == 1);
    CHECK(dead[0].attempts == 3);
}

TEST_CASE("a name that leads inwards is refused, unless it may") {
    Receiver receiver;
    Office office;
    auto& webhook = office.add(receiver, "crm");
    // Every machine knows itself by a name; it leads to this machine.
    std::string host(256, '\0');
    REQUIRE(::gethostname(host.data(), host.size()) == 0);
    host.resize(host.find('\0'));
    webhook.url = *config::parse_url(receiver.url(host), config::UrlShape::whole);
    office.enter().take(event_of(Happening::ringing));
    office.until([&] { return office.view().failed == 1; });
    CHECK(receiver.requests() == 0);
    auto said = office.view().last_error;
    CHECK_MESSAGE((said.find("allow_private") != std::string::npos || said.find("no address") != std::string::npos),
                  said);
}

TEST_CASE("one event twice is one letter") {
    Receiver receiver;
    Office office;
    office.add(receiver, "crm");
    office.enter();
    receiver.shut(true);
    office.outbox().take(event_of(Happening::ended));
    office.outbox().take(event_of(Happening::ended));
    office.until_written();
    CHECK(office.view().waiting == 1);
    office.leave();
    office.enter();
    office.outbox().take(event_of(Happening::ended)); // as after a restart in which the record is told again
    office.until_written();
    receiver.shut(false);
    office.until([&] { return office.view().delivered == 1; });
    CHECK(office.view().waiting == 0);
    CHECK(receiver.taken().size() == 1);
}

TEST_CASE("a reload keeps queues, ends those that are gone, makes new ones") {
    Receiver first;
    Receiver second;
    Office office;
    office.add(first, "a");
    first.shut(true);
    office.enter().take(event_of(Happening::ringing, "one"));
    office.until([&] { return office.view().waiting == 1 && office.view().failed >= 1; });

    auto kept = office.options();
    office.add(second, "b");
    office.outbox().reload(office.options());
    office.outbox().take(event_of(Happening::ringing, "two"));
    office.until([&] { return office.view(1).delivered == 1; });
    CHECK(office.view(0).failed >= 1); // it was not made anew

    auto none = office.options();
    none.webhooks.clear();
    office.outbox().reload(none);
    CHECK_FALSE(office.outbox().health().configured);
    office.outbox().take(event_of(Happening::ringing, "three")); // nobody's

    first.shut(false);
    office.outbox().reload(kept);
    office.until([&] { return office.view().delivered == 2; });
    CHECK(Office::ids(first.taken()) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a test by-passes the queue and tells how it went") {
    Receiver receiver("s");
    Office office;
    office.add(receiver, "crm", "s");
    office.enter();
    CHECK(office.order({"crm", WebhookVerb::test, {}, "ops"})->count == 1);
    REQUIRE(receiver.requests() == 1);
    CHECK(boost::json::parse(receiver.all()[0].body).at("event") == "test");
    receiver.script({answers(403)});
    auto refused = office.order({"crm", WebhookVerb::test, {}, "ops"});
    REQUIRE(!refused);
    CHECK(refused.error().text.find("403") != std::string::npos);
    CHECK(receiver.faults() == "");
    CHECK(office.view().waiting == 0);
}

TEST_CASE("templates are rendered by whoever renders") {
    Receiver receiver;
    Office office;
    auto& webhook = office.add(receiver, "crm");
    webhook.format = outbox::Format::body;
    webhook.body = "n=#(Caller number)";
    webhook.content_type = "application/x-www-form-urlencoded";
    office.enter();
    office.outbox().take(event_of(Happening::ringing));
    CHECK(office.view().refused == 1);
    office.outbox().use_renderer([](const std::string& body, const calls::CallEvent& event) -> Result<std::string> {
        return body + "/" + event.call.remote_number;
    });
    office.outbox().take(event_of(Happening::ringing));
    office.until([&] { return office.view().delivered == 1; });
    CHECK(receiver.taken() == std::vector<std::string>{"n=#(Caller number)/+33199001234"});
    CHECK(receiver.all()[0].content_type == "application/x-www-form-urlencoded");
}
