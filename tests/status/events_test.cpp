// Live events over real sockets, driven through a real table and fan-out: coalescing, filters, resuming, gaps,
// snapshots, slow readers.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <set>

#include "office.hpp"
#include "status/history.hpp"

using namespace testing;
using namespace lamp;
using namespace std::chrono_literals;
using presence::LineState;

namespace {

/// Subscribes and waits until the stream stands.
Client subscribe(Office& office, std::string_view query = {}, std::string_view last_id = {},
                 std::string_view token = operating) {
    auto client = office.client();
    auto text = fmt::format("GET /v1/events{} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n", query, token);
    if (!last_id.empty()) text += fmt::format("Last-Event-ID: {}\r\n", last_id);
    client.send(text + "\r\n");
    auto head = client.read_until("\r\n\r\n");
    REQUIRE(head.starts_with("HTTP/1.1 200 OK\r\n"));
    REQUIRE(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    REQUIRE(head.find("Cache-Control: no-store\r\n") != std::string::npos);
    office.settle(); // what it asked for is settled before the test goes on
    return client;
}

std::string id_of(const SseEvent& event) {
    return json::parse(event.data).at("id").as_string().c_str();
}
std::string status_of(const SseEvent& event) {
    return json::parse(event.data).at("status").as_string().c_str();
}

/// The next events of a subscriber until one says `status` of `id`; how many came.
int read_to(Client& client, std::string_view id, std::string_view status) {
    for (int count = 1;; ++count) {
        auto event = client.event("presence");
        REQUIRE(event.type == "presence");
        if (id_of(event) == id && status_of(event) == status) return count;
    }
}

double metric(Office& office, std::string_view name) {
    auto text = office.client().get("/metrics", viewer).body;
    auto at = text.find(fmt::format("\n{} ", name));
    REQUIRE(at != std::string::npos);
    return std::stod(text.substr(at + name.size() + 2));
}

} // namespace

TEST_CASE("events: a change reaches every subscriber with the whole presence object and an id") {
    Office office;
    auto one = subscribe(office);
    auto two = subscribe(office, "", "", viewer);
    office.report("alice@example.net", line(LineState::ringing, 1));
    auto event = one.event("presence");
    CHECK(two.event("presence").data == event.data);
    CHECK(office.client().get("/v1/presence/alice%40example.net", viewer).body == event.data);
    CHECK(status_of(event) == "ringing");
    CHECK(event.id.find('-') != std::string::npos);
    office.report("alice@example.net", line(LineState::idle));
    auto next = one.event("presence");
    CHECK(status_of(next) == "available");
    CHECK(std::stoul(next.id.substr(next.id.find('-') + 1)) > std::stoul(event.id.substr(event.id.find('-') + 1)));
}

TEST_CASE("events: many changes of one person within a tick come as one, the last") {
    auto options = default_options();
    options.http.flush = 100ms;
    Office office(options);
    auto client = subscribe(office);
    office.report("bob@example.net", line(LineState::idle)); // at once; the tick begins
    client.event("presence");
    for (int i = 0; i < 1000; ++i)
        office.report("alice@example.net", line(i % 2 ? LineState::active : LineState::ringing, 1));
    office.report("alice@example.net", line(LineState::held, 1));
    auto count = read_to(client, "alice@example.net", "held");
    CHECK(count <= 3); // one, and a tick or two that may fall within the loop above
}

TEST_CASE("events: filters") {
    Office office;
    auto of_bob = subscribe(office, "?person=bob%40example.net");
    auto of_two = subscribe(office, "?person=bob%40example.net,carol/x+y%40example.net");
    auto calls = subscribe(office, "?types=call,gap");
    auto beats = subscribe(office, "?types=heartbeat");
    auto unprivileged = subscribe(office, "?types=presence,call,missed", "", viewer);
    auto everything = subscribe(office);
    office.report("alice@example.net", line(LineState::active, 1));
    office.report("carol/x y@example.net", line(LineState::active, 1));
    office.report("bob@example.net", line(LineState::active, 1));
    auto bob = office.people->find("bob@example.net").value();
    office.service.publish(status::EventType::call, bob, R"({"id":"c1","person":"bob@example.net"})");
    office.service.publish(status::EventType::forwarding, office.people->find("alice@example.net"), R"({"id":"f"})");
    office.service.publish(status::EventType::gap, std::nullopt, R"({"reason":"test"})");
    std::multiset<std::string> heard;
    for (int i = 0; i < 6; ++i) {
        auto event = everything.event();
        heard.insert(event.type);
    }
    CHECK(heard == std::multiset<std::string>{"call", "forwarding", "gap", "presence", "presence", "presence"});
    CHECK(id_of(of_bob.event()) == "bob@example.net");
    CHECK(of_bob.event().type == "call");
    CHECK(of_bob.event().type == "gap");
    std::set<std::string> two{id_of(of_two.event()), id_of(of_two.event())};
    CHECK(two == std::set<std::string>{"bob@example.net", "carol/x y@example.net"});
    CHECK(calls.event().data == R"({"id":"c1","person":"bob@example.net"})");
    CHECK(calls.event().type == "gap");
    CHECK(beats.event().type == "gap");
    for (int i = 0; i < 3; ++i)
        CHECK(unprivileged.event().type == "presence"); // without calls.read there is no call to see
    CHECK(unprivileged.event().type == "gap");
}

TEST_CASE("events: resuming brings what was missed, each person once, and goes on") {
    Office office;
    auto client = subscribe(office);
    office.report("alice@example.net", line(LineState::ringing, 1));
    auto seen = client.event("presence").id;
    {
        auto other = subscribe(office);
        for (int i = 0; i < 50; ++i) {
            office.report("alice@example.net", line(i % 2 ? LineState::held : LineState::active, 1));
            office.report("bob@example.net", line(i % 2 ? LineState::idle : LineState::ringing));
            office.settle();
        }
        read_to(other, "bob@example.net", "available");
    }
    auto again = subscribe(office, "", seen);
    std::set<std::string> ids;
    for (int i = 0; i < 2; ++i) {
        auto event = again.event();
        REQUIRE(event.type == "presence");
        ids.insert(id_of(event));
        CHECK(status_of(event) == (id_of(event) == "bob@example.net" ? "available" : "held"));
    }
    CHECK(ids.size() == 2);
    office.report("carol/x y@example.net", line(LineState::active, 1));
    CHECK(id_of(again.event()) == "carol/x y@example.net");
    // nothing missed: nothing comes but news
    auto current = subscribe(office, "", again.last_id);
    office.report("carol/x y@example.net", line(LineState::idle));
    CHECK(status_of(current.event()) == "available");
}

TEST_CASE("events: other rooms' events are resumed one by one, in order") {
    Office office;
    auto client = subscribe(office);
    auto alice = office.people->find("alice@example.net");
    office.service.publish(status::EventType::call, alice, R"({"n":0})");
    auto seen = client.event("call").id;
    for (int i = 1; i <= 20; ++i)
        office.service.publish(i % 2 ? status::EventType::call : status::EventType::missed, alice,
                               fmt::format(R"({{"n":{}}})", i));
    office.settle();
    client.event("missed");
    auto again = subscribe(office, "", seen);
    for (int i = 1; i <= 20; ++i)
        REQUIRE(again.event().data == fmt::format(R"({{"n":{}}})", i));
}

TEST_CASE("events: a place that is not known or forgotten is told by gap first") {
    auto options = default_options();
    options.limits.history_events = 8;
    Office office(options);
    auto client = subscribe(office);
    auto alice = office.people->find("alice@example.net");
    office.service.publish(status::EventType::call, alice, R"({"n":0})");
    auto first = client.event("call").id;
    auto prefix = first.substr(0, first.find('-') + 1);
    for (int i = 1; i <= 20; ++i)
        office.service.publish(status::EventType::call, alice, fmt::format(R"({{"n":{}}})", i));
    while (client.event("call").data != R"({"n":20})") {
    }
    for (const auto& id :
         {first, std::string("zzzzzz-1"), std::string("nonsense"), prefix, prefix + "99999", prefix + "1x"}) {
        CAPTURE(id);
        auto again = subscribe(office, "", id);
        CHECK(again.event().type == "gap");
        CHECK(again.last_id == client.last_id); // from here it can be resumed
        office.service.publish(status::EventType::acd, alice, R"({"after":true})");
        CHECK(again.event().data == R"({"after":true})");
        client.event("acd");
    }
    auto reached = subscribe(office, "?types=call", client.last_id);
    office.service.publish(status::EventType::call, alice, R"({"n":21})");
    CHECK(reached.event().data == R"({"n":21})");
}

TEST_CASE("events: a snapshot is everybody in order, then what has changed since") {
    auto options = default_options();
    options.limits.batch_bytes = 2000; // many pieces
    Office office(options, {}, 500);
    auto before = subscribe(office);
    office.report("alice@example.net", line(LineState::active, 1));
    read_to(before, "alice@example.net", "on_call");
    auto client = subscribe(office, "?snapshot=1");
    auto order = office.people->order();
    for (std::size_t i = 0; i < order.size(); ++i) {
        auto event = client.event();
        REQUIRE(event.type == "presence");
        CHECK(event.id.empty());
        REQUIRE(id_of(event) == office.people->person(order[i]).id);
        if (i == 100) office.report("bob@example.net", line(LineState::ringing, 1));
    }
    CHECK(client.last_id.empty());
    CHECK(read_to(client, "bob@example.net", "ringing") == 1);
    CHECK(!client.last_id.empty());
    auto known = subscribe(office, "?snapshot=1", client.last_id); // resumes: nothing is sent twice
    office.report("bob@example.net", line(LineState::idle));
    CHECK(status_of(known.event()) == "available");
    auto unknown = subscribe(office, "?snapshot=1&person=bob%40example.net", "other-1");
    CHECK(unknown.event().type == "gap");
    CHECK(id_of(unknown.event()) == "bob@example.net");
}

TEST_CASE("events: heartbeats") {
    auto options = default_options();
    options.limits.heartbeat = 60ms;
    Office office(options);
    auto client = subscribe(office);
    auto quiet = subscribe(office, "?types=presence");
    for (int i = 0; i < 3; ++i) {
        auto event = client.event();
        CHECK(event.type == "heartbeat");
        CHECK(!event.id.empty());
    }
    CHECK(quiet.read_until(":\n\n").find("event:") == std::string::npos); // a comment keeps it open
}

TEST_CASE("events: a slow reader falls behind alone, and ends with the truth") {
    Office office(default_options(), {}, 2000);
    auto slow = subscribe(office);
    auto fast = subscribe(office);
    auto slots = static_cast<presence::Slot>(office.people->slots());
    // Rounds over everybody until the slow one's buffers are full; the fast one reads along.
    bool behind = false;
    int round = 0;
    for (; round < 200 && !behind; ++round) {
        for (presence::Slot slot = 0; slot < slots; ++slot)
            office.report(slot, line(round % 2 ? LineState::active : LineState::ringing, 1));
        office.report("bob@example.net", line(round % 2 ? LineState::held : LineState::idle));
        read_to(fast, "bob@example.net", round % 2 ? "held" : "available");
        behind = metric(office, "lamplighter_sse_behind_total") >= 1;
    }
    REQUIRE(behind);
    for (int more = 0; more < 5; ++more) // it stays behind, at no cost
        for (presence::Slot slot = 0; slot < slots; ++slot)
            office.report(slot, line(more % 2 ? LineState::active : LineState::ringing, 1));
    for (presence::Slot slot = 0; slot < slots; ++slot)
        office.report(slot, line(LineState::held, 2));
    office.report("bob@example.net", line(LineState::idle));
    read_to(fast, "bob@example.net", "available");
    // Now it reads: in the end, everybody is as the table says, or it was told of a gap.
    std::vector<std::string> last(slots);
    bool gap = false;
    std::string end;
    office.service.publish(status::EventType::acd, std::nullopt, R"({"end":true})");
    int received = 0;
    while (end != R"({"end":true})") {
        auto event = slow.event();
        REQUIRE(!event.type.empty());
        ++received;
        if (event.type == "gap") gap = true;
        if (event.type == "acd") end = event.data;
        if (event.type == "presence") last[office.people->find(id_of(event)).value()] = status_of(event);
    }
    if (!gap)
        for (presence::Slot slot = 0; slot < slots; ++slot)
            CHECK(last[slot] == presence::name(office.table.verdict(slot).conclusion.status));
    CHECK(received < (round + 7) * static_cast<int>(slots)); // less than everything that happened
}

TEST_CASE("events: a reader that takes nothing at all is let go in the end") {
    auto options = default_options();
    options.limits.stream_stall_wait = 200ms;
    Office office(options, {}, 2000);
    auto dead = subscribe(office);
    auto slots = static_cast<presence::Slot>(office.people->slots());
    for (int round = 0; metric(office, "lamplighter_sse_subscribers") > 0; ++round) {
        REQUIRE(round < 1000);
        for (presence::Slot slot = 0; slot < slots; ++slot)
            office.report(slot, line(round % 2 ? LineState::active : LineState::ringing, 1));
        office.settle();
    }
    CHECK(metric(office, "lamplighter_http_connections_dropped_total{reason=\"timeout\"}") >= 1);
}

TEST_CASE("events: people who change, come and leave") {
    Office office;
    auto client = subscribe(office);
    auto list = rows(3);
    list[0].name = "Alice de Boer";
    list.push_back({"dave@example.net", "Dave", "", "Sales", "", {}});
    office.use_people(list);
    std::set<std::string> told{id_of(client.event("presence")), id_of(client.event("presence"))};
    CHECK(told == std::set<std::string>{"alice@example.net", "dave@example.net"});
    list.erase(list.begin());
    office.use_people(list);
    CHECK(client.event().type == "gap");
    CHECK(office.client().get("/v1/presence/alice%40example.net", viewer).status == 404);
    office.report(office.people->find("alice@example.net").value(), line(LineState::active, 1)); // nobody's lamp
    office.report("bob@example.net", line(LineState::active, 1));
    CHECK(id_of(client.event("presence")) == "bob@example.net");
}

TEST_CASE("events: a thousand subscribers all hear, with one write each") {
    Office office;
    std::vector<Client> clients;
    for (int i = 0; i < 1000; ++i) {
        clients.push_back(office.client());
        clients.back().send(
            fmt::format("GET /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n", viewer));
    }
    for (auto& one : clients)
        REQUIRE(one.read_until("\n\n").starts_with("HTTP/1.1 200")); // head
    office.settle();
    auto before = metric(office, "lamplighter_sse_sends_total");
    office.report("alice@example.net", line(LineState::active, 1));
    for (auto& one : clients)
        CHECK(status_of(one.event("presence")) == "on_call");
    CHECK(metric(office, "lamplighter_sse_sends_total") - before == 1000);
}

TEST_CASE("events: what a client sends on its stream is thrown away, and its leaving is noticed") {
    Office office;
    {
        auto client = subscribe(office);
        client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(100'000, 'x'));
        office.report("alice@example.net", line(LineState::active, 1));
        CHECK(client.event("presence").type == "presence");
    }
    while (metric(office, "lamplighter_sse_subscribers") > 0) {
    }
}

TEST_CASE("events: a reload of the tokens sends subscribers away; those who still may come back and resume") {
    Office office;
    auto gone = subscribe(office, "", "", viewer);
    auto stays = subscribe(office);
    office.report("alice@example.net", line(LineState::active, 1));
    stays.event("presence");
    auto access = default_options().access;
    REQUIRE(office.service.use_access(access).has_value()); // nothing changed: nobody notices
    office.report("alice@example.net", line(LineState::idle));
    CHECK(status_of(stays.event("presence")) == "available");
    access.tokens.erase(access.tokens.begin());
    REQUIRE(office.service.use_access(access).has_value());
    CHECK(gone.read_until("never").find(": goodbye") != std::string::npos);
    CHECK(stays.ended());
    office.report("alice@example.net", line(LineState::held, 1));
    CHECK(office.client().get("/v1/events", viewer).status == 401);
    auto again = subscribe(office, "", stays.last_id);
    CHECK(status_of(again.event("presence")) == "held");
}

TEST_CASE("history: numbers, forgetting, and who has been overtaken") {
    status::History history(4, 100);
    CHECK(history.last() == 0);
    CHECK(history.reaches(0));
    CHECK(!history.reaches(1));
    CHECK(history.add(status::EventType::presence, 7) == 1);
    CHECK(history.add(status::EventType::presence, 8) == 2);
    CHECK(history.add(status::EventType::presence, 7) == 3);
    CHECK(!history.current(1));
    CHECK(history.current(2));
    CHECK(history.current(3));
    auto text = std::make_shared<const std::string>(60, 'x');
    history.add(status::EventType::call, 7, text);
    CHECK(history.reaches(0));
    CHECK(history.current(3));                     // a call does not overtake presence
    history.add(status::EventType::call, 7, text); // 120 bytes: the first call has to go, and all before it
    CHECK(!history.reaches(3));
    CHECK(history.reaches(4));
    CHECK(history.at(5).type == status::EventType::call);
    for (int i = 0; i < 10; ++i)
        history.add(status::EventType::presence, 1);
    CHECK(history.last() == 15);
    CHECK(history.reaches(11));
    CHECK(!history.reaches(10));
}
