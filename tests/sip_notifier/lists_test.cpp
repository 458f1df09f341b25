// Lists (RFC 4662; sip-csta.md 12): who is named when, each member's numbers, what a watcher may not see, limits; and
// that what was lost is told again.
#include <fmt/format.h>

#include "here.hpp"

using namespace testing;

namespace {

Subscribe desk(std::string event = "dialog") {
    return {.uri = "sip:desk@pbx.example", .event = std::move(event), .more = "Supported: eventlist\r\n"};
}

Subscribe again(std::string tag, std::uint32_t cseq = 2) {
    auto subscribe = desk();
    subscribe.to_tag = std::move(tag);
    subscribe.cseq = cseq;
    return subscribe;
}

} // namespace

TEST_CASE("a list: everybody at first, then who has changed, each with numbers of their own") {
    House house;
    const auto reply = house.ask(desk());
    CHECK(reply.field("Require") == "eventlist");
    const auto first = house.next();
    CHECK(*first->message.find(Header::require) == "eventlist");
    CHECK(first->message.content_type()->parameters.value("type") == "\"application/rlmi+xml\"");
    CHECK(said(*first) == "active full 0: ada=active v0 idle, bob=active v0 idle, cem=active v0 idle");
    house.answer(*first, 200);
    house.pass(1s);
    house.set("bob", "c1:early");
    CHECK(house.hear() == "active part 1: bob=active v1 c1:early");
    house.set("cem", "c2:confirmed");
    house.set("bob", "c1:confirmed");
    CHECK(house.hear() == "");
    house.pass(100ms);
    CHECK(house.hear() == "active part 2: bob=active v2 c1:confirmed, cem=active v1 c2:confirmed");
    house.pass(1s);
    house.set("bob", "c1:confirmed"); // nothing new
    house.set("2150", "c3:early");    // not on the list
    house.pass(1s);
    CHECK(house.hear() == "");
    house.ask(again(reply.tag()));
    CHECK(house.hear() == "active full 3: ada=active v1 idle, bob=active v3 c1:confirmed, cem=active v2 c2:confirmed");
    house.ask({.uri = "sip:desk@pbx.example", .expires = 0, .to_tag = reply.tag(), .cseq = 3});
    CHECK(house.hear() ==
          "terminated;timeout full 4: ada=active v2 idle, bob=active v4 c1:confirmed, cem=active v3 c2:confirmed");
    CHECK(house.notifier.size() == 0);
}

TEST_CASE("a list of presence; a list fetched") {
    House house;
    house.truths[house.index("bob")].status = presence::Status::busy;
    auto fetch = desk("presence");
    fetch.expires = 0;
    house.ask(fetch);
    CHECK(house.hear() == "terminated;timeout full 0: ada=active open:Available, bob=active open:Busy, "
                          "cem=active open:Available");
    CHECK(house.notifier.size() == 0);
}

TEST_CASE("what went lost is told again: the next one names everybody") {
    for (const int status : {0, 408, 503}) {
        CAPTURE(status);
        House house;
        house.begin(desk());
        house.pass(1s);
        house.set("bob", "c1:early");
        const auto lost = house.next();
        CHECK(said(*lost) == "active part 1: bob=active v1 c1:early");
        status == 0 ? house.silence(*lost) : house.answer(*lost, status);
        house.pass(10s);
        CHECK(house.hear() == "active full 2: ada=active v1 idle, bob=active v2 c1:early, cem=active v1 idle");
    }
}

TEST_CASE("changes while one is on its way are not lost") {
    House house;
    house.ask(desk());
    const auto first = house.next();
    house.set("ada", "c1:early");
    house.set("bob", "c2:early");
    house.set("ada", "");
    house.answer(*first, 200);
    house.pass(1s);
    CHECK(house.hear() == "active part 1: bob=active v1 c2:early");
}

TEST_CASE("a member whom the watcher may not see is rejected, now or later") {
    House house;
    house.permissions[{"bob", house.index("cem")}] = Permission::refused;
    house.begin(desk());
    house.pass(1s);
    house.set("cem", "c1:early");
    house.pass(1s);
    CHECK(house.hear() == "");
    house.permissions[{"bob", house.index("cem")}] = Permission::allowed;
    house.permissions[{"bob", house.index("ada")}] = Permission::refused;
    house.permissions[{"bob", house.index("bob")}] = Permission::polite;
    house.set("bob", "c2:early");
    house.pass(1s);
    CHECK(house.hear() == "");
    house.notifier.recheck_permissions(house.now);
    house.gather();
    CHECK(house.hear() == "active part 1: ada=terminated;rejected, cem=active v0 c1:early");
    house.set("ada", "c3:early");
    house.pass(1s);
    CHECK(house.hear() == "");
    house.permissions[{"bob", house.index("ada")}] = Permission::allowed;
    house.permissions[{"bob", house.index("bob")}] = Permission::allowed;
    house.notifier.recheck_permissions(house.now);
    house.gather();
    CHECK(house.hear() == "active part 2: ada=active v1 c3:early, bob=active v1 c2:early");
}

TEST_CASE("members are seen with the rights of whoever asked, trusted or not, whatever their names") {
    House house;
    house.lists = {{"desk", {"ada"}}};
    house.rebuild();
    auto trusted = desk();
    trusted.trusted = true;
    trusted.call = "k2";
    trusted.from = "sip:other@pbx.example";
    house.begin(trusted);
    house.seen_trusted.clear();
    house.begin(desk());
    CHECK(house.seen_trusted == std::vector<bool>{false, false}); // the list, its member
}

TEST_CASE("members of whom nobody knows the calls") {
    House house;
    house.know("ada", false);
    const auto tag = house.ask(desk()).tag();
    CHECK(house.hear() == "active full 0: ada=pending, bob=active v0 idle, cem=active v0 idle");
    house.pass(1s);
    house.know("bob", false);
    CHECK(house.hear() == "active part 1: bob=terminated;probation");
    house.pass(1s);
    house.set("bob", "c1:early"); // still not known
    house.set("ada", "c2:early");
    house.pass(1s);
    CHECK(house.hear() == "");
    house.ask(again(tag));
    CHECK(house.hear().starts_with("active full 2: ada=pending, bob="));
    house.pass(1s);
    house.know("bob", true);
    CHECK(house.hear() == "active part 3: bob=active v1 c1:early");
    house.pass(1s);
    house.know("ada", true);
    CHECK(house.hear() == "active part 4: ada=active v0 c2:early");
    auto presence = desk("presence"); // needs no calls
    house.know("cem", false);
    presence.call = "k2";
    CHECK(house.ask(presence).status == 200);
}

TEST_CASE("while all members are unknown a list wakes nobody for nothing") {
    House house;
    for (const auto* who : {"ada", "bob", "cem"})
        house.know(who, false);
    house.begin(desk());
    for (const auto* who : {"ada", "bob", "cem"})
        house.changed(who);
    house.pass(60s, 10);
    CHECK(house.hear() == "");
}

TEST_CASE("the list is changed: moved, added, gone") {
    House house;
    house.begin(desk());
    house.pass(1s);
    house.lists = {{"desk", {"cem", "ada", "2150"}}};
    house.rebuild();
    CHECK(house.hear() == "active full 1: cem=active v1 idle, ada=active v1 idle, 2150=active v1 idle");
    house.pass(1s);
    house.set("bob", "c1:early");
    house.pass(1s);
    CHECK(house.hear() == "");
    house.rebuild(); // the same once more
    house.pass(1s);
    CHECK(house.hear() == "");
    house.truths[house.index("2150")].dialogs = testing::calls("c1:early"); // by a line of theirs, say
    house.rebuild();
    CHECK(house.hear() == "active part 2: 2150=active v2 c1:early");
    house.pass(1s);
    std::erase_if(house.people, [](const auto& person) { return person.id == "cem"; });
    house.rebuild();
    CHECK(house.hear() == "active full 3: ada=active v2 idle, 2150=active v3 c1:early");
    house.pass(1s);
    house.people.front().name = "Ada Jansen"; // the label of her key
    house.rebuild();
    const auto notify = house.next();
    CHECK(said(*notify) == "active full 4: ada=active v3 idle, 2150=active v4 c1:early");
    CHECK(notify->bytes.find("<name>Ada Jansen</name>") != std::string::npos);
    house.answer(*notify, 200);
    house.pass(1s);
    house.lists.clear();
    house.rebuild();
    CHECK(house.hear() == "terminated;noresource -");
    CHECK(house.notifier.size() == 0);
}

TEST_CASE("a list of nobody") {
    House house;
    house.lists = {{"desk", {}}};
    house.rebuild();
    house.ask(desk());
    CHECK(house.hear() == "active full 0:");
    house.pass(1s);
    house.lists = {{"desk", {"ada"}}};
    house.rebuild();
    CHECK(house.hear() == "active full 1: ada=active v0 idle");
}

namespace {

/// How many members the pieces of a NOTIFY's words say that of.
std::size_t count(std::string_view words, std::string_view what) {
    std::size_t out = 0;
    for (auto at = words.find(what); at != words.npos; at = words.find(what, at + 1))
        ++out;
    return out;
}

struct Taken {
    std::size_t notifies = 0, documents = 0, largest = 0;
};
/// Answers NOTIFYs until nothing more comes. Each member's document must be told exactly once.
Taken take_all(House& house) {
    Taken taken;
    while (!house.notifies.empty()) {
        const auto notify = house.next();
        const auto words = said(*notify);
        CHECK(words.find(taken.notifies == 0 ? "full" : "part") != words.npos);
        ++taken.notifies;
        taken.documents += count(words, "=active v");
        if (taken.notifies == 1) CHECK(count(words, "=active v") + count(words, "=pending") == 450);
        taken.largest = std::max(taken.largest, notify->bytes.size());
        house.answer(*notify, 200);
        house.pass(1s);
    }
    return taken;
}

} // namespace

TEST_CASE("a long list comes in pieces: over TCP by members, over UDP by bytes, by a refresh as at first") {
    for (const bool reliable : {true, false}) {
        CAPTURE(reliable);
        House house({}, 450);
        house.flow.reliable = reliable;
        auto ask = desk();
        ask.uri = "sip:all@pbx.example";
        for (int i = 0; i < 2; ++i) {
            const auto reply = house.ask(ask);
            REQUIRE(reply.status == 200);
            ask.to_tag = reply.tag();
            ++ask.cseq;
            const auto taken = take_all(house);
            CHECK(taken.documents == 450);
            CHECK(taken.notifies == (reliable ? 3 : taken.notifies));
            CHECK(taken.notifies >= 3);
            if (!reliable) CHECK(taken.largest <= 60'000);
        }
    }
}

TEST_CASE("a long list whose head alone would fill a datagram still ends") {
    House house({.datagram_bytes = 20'000}, 450);
    auto ask = desk();
    ask.uri = "sip:all@pbx.example";
    house.ask(ask);
    CHECK(take_all(house).documents == 450);
}

TEST_CASE("a member that is refused between two pieces") {
    House house({.list_documents = 2});
    house.ask(desk());
    const auto first = house.next();
    CHECK(said(*first) == "active full 0: ada=active v0 idle, bob=active v0 idle, cem=pending");
    house.permissions[{"bob", house.index("cem")}] = Permission::refused;
    house.answer(*first, 200);
    house.pass(1s);
    CHECK(house.hear() == "active part 1: cem=terminated;rejected");
}

TEST_CASE("changes for which there is no room wait, and nobody is pending again for it") {
    House house({.list_documents = 1});
    house.ask(desk());
    for (const auto* words : {"active full 0: ada=active v0 idle, bob=pending, cem=pending",
                              "active part 1: bob=active v0 idle", "active part 2: cem=active v0 idle", ""}) {
        CHECK(house.hear() == words);
        house.pass(100ms);
    }
    house.pass(1s);
    house.ask({.call = "k2", .from = "sip:cem@pbx.example"});
    house.hear();
    for (const auto* who : {"ada", "bob", "cem"})
        house.truths[house.index(who)].dialogs = testing::calls("c1:early");
    house.notifier.recheck_permissions(house.now); // all at once
    house.gather();
    house.pass(1s);
    std::string said_of_desk;
    while (!house.notifies.empty()) {
        const auto words = house.hear();
        if (words.find("part") != words.npos) said_of_desk += words + '\n';
        house.pass(1s);
    }
    CHECK(said_of_desk == "active part 3: ada=active v1 c1:early\nactive part 4: bob=active v1 c1:early\n"
                          "active part 5: cem=active v1 c1:early\n");
}

TEST_CASE("a last NOTIFY that does not hold everything is the last all the same") {
    House house({.list_documents = 2});
    auto fetch = desk();
    fetch.expires = 0;
    house.ask(fetch);
    CHECK(house.hear() == "terminated;timeout full 0: ada=active v0 idle, bob=active v0 idle, cem=pending");
    CHECK(house.notifier.size() == 0);
}

TEST_CASE("a document that looks like the boundary between documents") {
    House house;
    auto shown = testing::calls("--lamp:early --lampx:early");
    shown[0].remote.display = "\r\n--lamp" + std::string(80, 'x') + "\r\n";
    house.truths[house.index("ada")].dialogs = shown;
    house.ask(desk());
    CHECK(house.hear() ==
          "active full 0: ada=active v0 --lamp:early --lampx:early, bob=active v0 idle, cem=active v0 idle");
}
