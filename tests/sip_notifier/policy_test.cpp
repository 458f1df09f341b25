// Who may see what, while nobody knows the calls, when people leave, when the daemon stops; limits, telephones that
// come back, watcher information.
#include <fmt/format.h>

#include "here.hpp"

using namespace testing;

namespace {

std::string state_field(const Wire& notify) {
    return std::string(notify.message.find(Header::subscription_state).value_or(""));
}

std::string seen(const House& house) {
    std::string out;
    house.notifier.visit([&](const Notifier::Seen& each) {
        out += fmt::format("{}{}:{}:{}", out.empty() ? "" : " ", each.resource, each.package, each.state);
    });
    return out;
}

} // namespace

TEST_CASE("polite and nameless") {
    House house;
    house.truths[house.index("ada")].status = presence::Status::busy;
    house.permissions[{"eve", house.index("ada")}] = Permission::polite;
    house.permissions[{"bob", house.index("ada")}] = Permission::nameless;
    house.set("ada", "c1:early");
    const Subscribe polite{.call = "k1", .watcher = "eve"};
    Subscribe presence{.event = "presence", .call = "k2", .watcher = "eve"};
    const Subscribe nameless{.call = "k3", .watcher = "bob"};
    const Subscribe all{.call = "k4", .contact = "<sip:cem@10.4.0.18>", .watcher = "cem"};
    house.ask(polite);
    CHECK(house.hear() == "active v0 idle");
    house.ask(presence);
    CHECK(house.hear() == "active closed:Unknown");
    for (const auto* ask : {&nameless, &all, &nameless}) {
        house.ask(*ask);
        const auto notify = house.next();
        CHECK(said(*notify) == "active v0 c1:early");
        const bool with_name =
            notify->bytes.find("Grace") != std::string::npos || notify->bytes.find("15550100") != std::string::npos;
        CHECK(with_name == (ask == &all));
        CHECK((notify->bytes.find("sip:anonymous@anonymous.invalid") != std::string::npos) == (ask != &all));
        house.answer(*notify, 200);
        house.notifier.end_all(Ending::deactivated, 0s, house.now);
        house.gather();
        while (!house.notifies.empty())
            house.hear();
        if (ask == &nameless) break;
    }
}

TEST_CASE("the polite see nothing of calls, also not that nobody knows them") {
    House house;
    house.permissions[{"bob", house.index("ada")}] = Permission::polite;
    house.know("ada", false);
    house.ask({});
    CHECK(house.hear() == "active v0 idle");
    house.pass(1s);
    house.set("ada", "c1:early");
    house.know("ada", true);
    house.pass(1s);
    CHECK(house.hear() == "");
}

TEST_CASE("calls that nobody knows: whoever is told is sent away, whoever comes waits") {
    House house;
    house.begin({});
    house.pass(1s);
    house.know("ada", false);
    const auto last = house.next();
    CHECK(said(*last) == "terminated;probation -");
    const auto wait = last->message.subscription_state()->parameters.value("retry-after");
    CHECK(std::stoi(std::string(wait)) >= 5);
    CHECK(std::stoi(std::string(wait)) <= 30);
    house.answer(*last, 200);
    CHECK(house.notifier.size() == 0);

    const auto tag = house.ask({.call = "k2"}).tag();
    CHECK(house.hear() == "pending -");
    CHECK(seen(house) == "sip:ada@pbx.example:dialog:pending");
    house.set("ada", "c1:early"); // not to be trusted
    house.pass(60s, 10);          // and nobody is kept awake by it
    CHECK(house.hear() == "");
    house.ask({.call = "k2", .to_tag = tag, .cseq = 2});
    CHECK(house.hear() == "pending -");
    house.ask({.expires = 0, .call = "k3", .from = "sip:cem@pbx.example"});
    CHECK(house.hear() == "terminated;timeout -");
    house.pass(1s);
    house.know("ada", true);
    CHECK(house.hear() == "active v0 c1:early");
    CHECK(seen(house) == "sip:ada@pbx.example:dialog:active");
    house.pass(1s);
    house.set("ada", "c1:confirmed");
    CHECK(house.hear() == "active v1 c1:confirmed");
}

TEST_CASE("a watcher who waits may leave, and runs out") {
    House house;
    house.know("ada", false);
    const auto tag = house.ask({}).tag();
    CHECK(house.hear() == "pending -");
    house.ask({.expires = 0, .to_tag = tag, .cseq = 2});
    CHECK(house.hear() == "terminated;timeout -");
    house.ask({.expires = 60, .call = "k2"});
    CHECK(house.hear() == "pending -");
    house.pass(65s);
    CHECK(house.hear() == "terminated;timeout -");
    CHECK(house.notifier.size() == 0);
}

TEST_CASE("presence and a first NOTIFY on its way are no matter of calls") {
    House house;
    house.ask({.event = "presence"});
    house.ask({.call = "k2"});
    house.hear();
    const auto first = house.next();
    house.know("ada", false);
    CHECK(house.hear() == "");
    house.answer(*first, 200);
    house.pass(1s);
    CHECK(house.hear() == "terminated;probation -");
    CHECK(seen(house) == "sip:ada@pbx.example:presence:active");
    house.pass(100s);
}

TEST_CASE("permissions looked at again") {
    House house;
    house.set("ada", "c1:early");
    house.begin({});
    house.begin({.event = "presence", .call = "k2"});
    house.begin({.uri = "sip:cem@pbx.example", .call = "k3"});
    house.pass(1s);
    house.permissions[{"bob", house.index("ada")}] = Permission::polite;
    house.notifier.recheck_permissions(house.now);
    house.gather();
    CHECK(house.hear() == "active closed:Unknown");
    CHECK(house.hear() == "active v1 idle");
    CHECK(house.hear() == "");
    house.pass(1s);
    house.permissions[{"bob", house.index("ada")}] = Permission::refused;
    house.notifier.recheck_permissions(house.now);
    house.gather();
    CHECK(house.hear() == "terminated;rejected -");
    CHECK(house.hear() == "terminated;rejected -");
    CHECK(house.hear() == "");
    CHECK(house.notifier.size() == 1);
    CHECK(house.notifier.counters().ended_by_us == 2);
}

TEST_CASE("a refresh by somebody who may not see it any more is the end") {
    House house;
    const auto tag = house.begin({});
    house.permissions[{"bob", house.index("ada")}] = Permission::refused;
    CHECK(house.ask({.to_tag = tag, .cseq = 2}).status == 403);
    CHECK(house.hear() == "terminated;rejected -");
    CHECK(house.notifier.size() == 0);
}

TEST_CASE("somebody leaves") {
    House house;
    house.begin({});
    const auto last_cem = house.begin({.uri = "sip:cem@pbx.example", .call = "k2"});
    std::erase_if(house.people, [](const auto& person) { return person.id == "ada"; });
    house.rebuild();
    CHECK(house.hear() == "terminated;noresource -");
    CHECK(house.notifier.size() == 1);
    CHECK(house.ask({.call = "k3"}).status == 404);
    house.people.push_back({"ada", "Ada", "", "", "", {}});
    house.rebuild();
    CHECK(house.ask({.call = "k4"}).status == 200);
}

TEST_CASE("somebody leaves while a NOTIFY is on its way") {
    House house;
    const auto tag = house.ask({}).tag();
    const auto first = house.next();
    std::erase_if(house.people, [](const auto& person) { return person.id == "ada"; });
    house.rebuild();
    CHECK(house.notifies.empty());
    CHECK(house.ask({.to_tag = tag, .cseq = 2}).status == 481);
    house.answer(*first, 200);
    CHECK(house.hear() == "terminated;noresource -");
}

TEST_CASE("of two reasons to end the first one is told") {
    House house;
    house.ask({});
    const auto first = house.next();
    house.permissions[{"bob", house.index("ada")}] = Permission::refused;
    house.notifier.recheck_permissions(house.now);
    std::erase_if(house.people, [](const auto& person) { return person.id == "ada"; });
    house.rebuild();
    house.notifier.end_all(Ending::probation, 60s, house.now);
    house.answer(*first, 200);
    const auto last = house.next();
    CHECK(state_field(*last) == "terminated;reason=rejected");
    CHECK(house.notifier.counters().ended_by_us == 1);
}

TEST_CASE("the daemon stops: everybody is told to come back, nobody new is taken") {
    for (const bool spread : {false, true}) {
        CAPTURE(spread);
        House house;
        house.begin({});
        const auto tag = house.begin({.uri = "sip:cem@pbx.example", .call = "k2"});
        house.ask({.uri = "sip:cem@pbx.example", .expires = 0, .call = "k2", .to_tag = tag, .cseq = 2});
        const auto leaving = house.next(); // its end stays its own
        house.notifier.end_all(spread ? Ending::probation : Ending::deactivated, spread ? 60s : 0s, house.now);
        house.gather();
        const auto last = house.next();
        const auto state = state_field(*last);
        CHECK(state.starts_with(spread ? "terminated;reason=probation;retry-after=" : "terminated;reason=deactivated"));
        CHECK(house.notifies.empty());
        house.answer(*last, 200);
        house.answer(*leaving, 200);
        CHECK(house.notifier.size() == 0);
        CHECK(house.notifier.counters().ended_by_us == 1);
        const auto reply = house.ask({.call = "k3"});
        CHECK(reply.status == 503);
        CHECK(reply.field("Retry-After") == "30");
    }
}

TEST_CASE("limits") {
    Subscribe ask;
    const auto nth = [&](int n) {
        ask.call = fmt::format("k{}", n);
        ask.contact = fmt::format("<sip:bob@10.4.0.{}>", n);
        return ask;
    };
    SUBCASE("of one watcher; who is trusted speaks for many") {
        House house({.per_watcher = 2});
        for (const int n : {1, 2})
            CHECK(house.ask(nth(n)).status == 200);
        CHECK(house.ask(nth(3)).status == 403);
        CHECK(house.notifier.size() == 2);
        ask.watcher = "cem";
        CHECK(house.ask(nth(4)).status == 200);
        ask.watcher = "bob";
        ask.trusted = true;
        for (const int n : {5, 6, 7})
            CHECK(house.ask(nth(n)).status == 200);
        house.answer(*house.next(), 481); // one place is free again
        ask.trusted = false;
        CHECK(house.ask(nth(8)).status == 200);
        CHECK(house.ask(nth(9)).status == 403);
    }
    SUBCASE("of one resource") {
        House house({.per_resource = 2});
        for (const int n : {1, 2})
            CHECK(house.ask(nth(n)).status == 200);
        CHECK(house.ask(nth(3)).status == 403);
        ask.uri = "sip:cem@pbx.example";
        CHECK(house.ask(nth(4)).status == 200);
    }
    SUBCASE("of all") {
        House house({.subscriptions = 2});
        for (const int n : {1, 2})
            CHECK(house.ask(nth(n)).status == 200);
        const auto reply = house.ask(nth(3));
        CHECK(reply.status == 503);
        CHECK(!reply.field("Retry-After").empty());
    }
    SUBCASE("a telephone that comes back takes its own place, at any of them") {
        for (const auto& options : {Notifier::Options{.subscriptions = 1}, Notifier::Options{.per_watcher = 1},
                                    Notifier::Options{.per_resource = 1}}) {
            House house(options);
            CHECK(house.ask(nth(1)).status == 200);
            ask.call = "after-reboot";
            CHECK(house.ask(ask).status == 200);
            CHECK(house.notifier.size() == 1);
        }
    }
}

TEST_CASE("a telephone that comes back after a reboot replaces what it had") {
    struct Row {
        std::string what;
        Subscribe ask;
        bool replaced;
    };
    const std::string instance = ";+sip.instance=\"<urn:uuid:1>\"";
    const Row rows[] = {
        {"all the same", {}, true},
        {"another tag", {.from_tag = "f2"}, true},
        {"the same Call-ID, outside its dialog", {.call = "k1", .from_tag = "f2"}, true},
        {"another Contact", {.contact = "<sip:bob@10.4.0.18>"}, false},
        {"the same instance elsewhere", {.contact = "<sip:bob@10.4.0.18>" + instance}, true},
        {"another event", {.event = "presence"}, false},
        {"another id", {.event = "dialog;id=2"}, false},
        {"another resource", {.uri = "sip:cem@pbx.example"}, false},
        {"another user", {.from = "sip:cem@pbx.example"}, false},
        {"somebody else under his name", {.watcher = "eve"}, false},
        {"only a fetch", {.expires = 0}, false},
        {"refused", {.expires = 5}, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        House house;
        const bool by_instance = row.ask.contact.find("instance") != std::string::npos;
        const auto tag = house.begin({.contact = "<sip:bob@10.4.0.17:5060>" + (by_instance ? instance : "")});
        auto ask = row.ask;
        if (ask.call == "k1" && ask.from_tag == "f1") ask.call = "k2";
        house.ask(ask);
        CHECK(house.notifier.counters().replaced == (row.replaced ? 1 : 0));
        if (!house.notifies.empty()) CHECK(house.next()->message.call_id() == ask.call); // nothing to the old one
        CHECK(house.notifies.empty());
        CHECK(house.ask({.to_tag = tag, .cseq = 2}).status == (row.replaced ? 481 : 200));
    }
}

TEST_CASE("an answer for what was replaced is nobody's") {
    House house;
    house.ask({});
    const auto old = house.next();
    house.ask({.call = "k2"});
    CHECK(house.notifier.in_flight() == 1);
    house.answer(*old, 481);
    CHECK(house.notifier.size() == 1);
    CHECK(house.hear() == "active v0 idle");
}

TEST_CASE("who watches a person, as that person may read it") {
    House house;
    house.begin({.event = "dialog", .call = "k1"});
    const auto tag = house.begin({.event = "presence", .call = "k2"});
    const auto own = house.begin(
        {.event = "presence.winfo", .call = "k3", .from = "sip:ada@pbx.example", .contact = "<sip:ada@10.4.0.2>"});
    house.pass(2s);
    house.ask({.event = "presence", .call = "k4", .from = "sip:cem@pbx.example", .contact = "<sip:cem@10.4.0.3>"});
    const auto cem = house.next();
    CHECK(said(*cem) == "active open:Available");
    CHECK(house.hear() == "active v1 sip:cem@pbx.example:active sip:bob@pbx.example:active");
    house.answer(*cem, 200);
    house.pass(2s);
    house.changed("ada"); // something else: nothing new about watchers
    house.pass(2s);
    CHECK(house.hear() == "");
    house.ask({.event = "presence", .expires = 0, .call = "k2", .to_tag = tag, .cseq = 2});
    CHECK(house.hear() == "terminated;timeout open:Available");
    CHECK(house.hear() == "active v2 sip:cem@pbx.example:active");
    house.pass(2s);
    house.ask({.event = "presence", .expires = 0, .call = "k9"}); // a fetch is over before it is told
    CHECK(house.hear() == "terminated;timeout open:Available");
    house.pass(2s);
    while (!house.notifies.empty())
        CHECK(house.hear() == "active v3 sip:cem@pbx.example:active");
    house.ask({.event = "presence.winfo",
               .expires = 0,
               .call = "k3",
               .from = "sip:ada@pbx.example",
               .to_tag = own,
               .cseq = 2,
               .contact = "<sip:ada@10.4.0.2>"});
    CHECK(house.hear().starts_with("terminated;timeout v"));
}

TEST_CASE("watchers who wait, and who are leaving") {
    House house;
    house.know("ada", false);
    house.begin({.event = "dialog.winfo", .call = "k1", .from = "sip:ada@pbx.example"});
    house.pass(2s);
    const auto tag = house.ask({.call = "k2"}).tag();
    CHECK(house.hear() == "pending -");
    CHECK(house.hear() == "active v1 sip:bob@pbx.example:pending");
    house.pass(2s);
    house.know("ada", true);
    CHECK(house.hear() == "active v0 idle");
    CHECK(house.hear() == "active v2 sip:bob@pbx.example:active");
    house.pass(2s);
    house.ask({.expires = 0, .call = "k2", .to_tag = tag, .cseq = 2});
    const auto leaving = house.next();
    house.ask({.call = "k3", .from = "sip:cem@pbx.example"});
    CHECK(house.hear() == "active v0 idle");
    CHECK(house.hear() == "active v3 sip:cem@pbx.example:active");
    house.answer(*leaving, 200);
}

TEST_CASE("a mail box") {
    House house;
    const auto ada = house.index("ada");
    house.truths[ada].messages = Messages{1, 2};
    house.begin({.event = "message-summary"});
    house.pass(1s);
    house.truths[ada].messages = Messages{0, 3};
    house.changed("ada");
    CHECK(house.hear() ==
          "active Messages-Waiting: no\r\nMessage-Account: sip:ada@pbx.example\r\nVoice-Message: 0/3\r\n");
    house.pass(2s);
    house.truths[ada].messages.reset(); // taken away
    house.changed("ada");
    CHECK(house.hear() == "terminated;noresource -");
    CHECK(house.ask({.event = "message-summary", .call = "k2"}).status == 489);
}

TEST_CASE("a mail box that the platform has not told of yet: who asks waits") {
    House house;
    const auto ada = house.index("ada");
    house.truths[ada].messages_awaited = true;
    const auto tag = house.ask({.event = "message-summary"}).tag();
    CHECK(house.hear() == "pending -");
    house.changed("ada");
    house.pass(60s, 10);
    CHECK(house.hear() == "");
    SUBCASE("it does") {
        house.truths[ada].messages = Messages{1, 3, 1, 0};
        house.changed("ada");
        CHECK(house.hear() == "active Messages-Waiting: yes\r\nMessage-Account: sip:ada@pbx.example\r\n"
                              "Voice-Message: 1/3 (1/0)\r\n");
        house.permissions[{"bob", ada}] = Permission::polite;
        house.pass(2s);
        house.notifier.recheck_permissions(house.now);
        house.gather();
        CHECK(house.hear() == "active Messages-Waiting: no\r\nMessage-Account: sip:ada@pbx.example\r\n"
                              "Voice-Message: 0/0\r\n");
    }
    SUBCASE("there is none") {
        house.truths[ada].messages_awaited = false;
        house.changed("ada");
        CHECK(house.hear() == "terminated;noresource -");
    }
}

TEST_CASE("an order in a refresh: its NOTIFY tells what it has changed, or after a while what is") {
    House house;
    const auto ada = house.index("ada");
    Subscribe ask{.event = "as-feature-event", .watcher = "ada"};
    const auto tag = house.begin(ask);
    const Subscribe refresh{.event = "as-feature-event", .to_tag = tag, .cseq = 2, .watcher = "ada", .order = true};
    house.pass(1s);
    house.ask(refresh);
    CHECK(house.notifies.empty());
    const auto dnd_on = [&] {
        const auto notify = house.next();
        house.answer(*notify, 200);
        return notify->bytes.find("<doNotDisturbOn>true<") != std::string::npos;
    };
    SUBCASE("the platform has taken it") {
        house.changed("ada"); // something else
        CHECK(house.notifies.empty());
        house.truths[ada].dnd = true;
        house.changed("ada");
        CHECK(dnd_on());
        house.pass(10s);
        CHECK(house.notifies.empty());
    }
    SUBCASE("it was so before") {
        house.pass(1900ms, 3);
        CHECK(house.notifies.empty());
        house.pass(200ms);
        CHECK_FALSE(dnd_on());
        house.pass(10s);
        CHECK(house.notifies.empty());
    }
    SUBCASE("the platform refuses") {
        house.notifier.tell_again(house.last_accepted->subscription, house.now);
        house.gather();
        CHECK_FALSE(dnd_on());
        house.pass(10s);
        CHECK(house.notifies.empty());
    }
    SUBCASE("it comes while a NOTIFY is on its way") {
        house.pass(3s);
        dnd_on();
        house.truths[ada].dnd = true;
        house.changed("ada");
        house.pass(200ms);
        const auto first = house.next();
        Subscribe again = refresh;
        again.cseq = 3;
        house.ask(again);
        house.answer(*first, 200);
        CHECK(house.notifies.empty());
        house.truths[ada].dnd = false;
        house.changed("ada");
        CHECK_FALSE(dnd_on());
    }
    SUBCASE("it unsubscribes") {
        Subscribe last = refresh;
        last.cseq = 3;
        last.expires = 0;
        house.ask(last);
        CHECK(house.notifies.size() == 1);
    }
}

TEST_CASE("what people see of subscriptions that ended") {
    House house({.remembered = 2});
    for (const auto* call : {"k1", "k2", "k3"}) {
        house.ask({.call = call, .from = "sip:"s + call + "@pbx.example"});
        house.answer(*house.next(), 481);
    }
    std::string out;
    house.notifier.visit_ended([&](const Notifier::Seen& each) {
        out +=
            fmt::format("{} {} {} {} {}\n", each.watcher, each.resource, each.contact, each.answered, each.why_ended);
    });
    CHECK(out == "sip:k3@pbx.example sip:ada@pbx.example sip:bob@10.4.0.17:5060 481 answered with 481\n"
                 "sip:k2@pbx.example sip:ada@pbx.example sip:bob@10.4.0.17:5060 481 answered with 481\n");
    CHECK(house.notifier.size() == 0);
    CHECK(house.notifier.wake_at() == Steady::max());
}
