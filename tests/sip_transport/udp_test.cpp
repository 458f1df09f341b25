// UDP: batches, both families, the address that answers come from, what is no message.
#include <arpa/inet.h>

#include "house.hpp"

using namespace testing;

TEST_CASE("a datagram comes up with its flow, and the answer goes back on it") {
    struct Row {
        std::string_view listen, to, own, text, host;
    };
    const Row rows[] = {
        {"udp:127.0.0.1:0", "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
        {"udp:0.0.0.0:0", "127.0.0.1", "127.0.0.3", "127.0.0.3", "127.0.0.1"},
        {"udp:0.0.0.0:0", "127.0.0.2", "127.0.0.1", "127.0.0.1", "127.0.0.2"},
        {"udp:[::1]:0", "::1", "::1", "::1", "[::1]"},
        {"udp:[::]:0", "::1", "::1", "::1", "[::1]"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.listen);
        House house({std::string(row.listen)});
        house.answer = [](const Heard& one) { return "SIP/2.0 200 OK: " + one.bytes; };
        // Connected: the kernel lets only what comes from the address that was sent to through.
        auto peer = Peer::udp(row.to, house.port(), row.own);
        peer.send(options_request("a"));
        std::string got;
        REQUIRE(house.until([&] { return !(got = peer.receive()).empty(); }));
        CHECK(got == "SIP/2.0 200 OK: " + options_request("a"));
        REQUIRE(house.heard.size() == 1);
        const auto& heard = house.heard.front();
        CHECK(heard.transport == sip::Transport::udp);
        CHECK(heard.carrier == sip::Carrier::datagram);
        CHECK_FALSE(heard.flow.reliable);
        CHECK(sip::place_of(heard.flow) == peer.own());
        CHECK(sip::bare_text(heard.flow.address).view() == row.text);
        const auto local = house.transports.local(heard.flow);
        CHECK(local.host == row.host);
        CHECK(local.port == house.port());
        CHECK(house.counters().ways[0].received == 1);
        CHECK(house.counters().ways[0].sent == 1);
        CHECK(house.counters().ways[0].sent_bytes == got.size());
    }
}

TEST_CASE("two addresses of one wildcard listener are two flows") {
    House house({"udp:0.0.0.0:0"});
    auto one = Peer::udp("127.0.0.1", house.port());
    auto two = Peer::udp("127.0.0.2", house.port(), "127.0.0.1");
    one.send("OPTIONS one");
    two.send("OPTIONS two");
    one.send("OPTIONS three");
    REQUIRE(house.until([&] { return house.heard.size() == 3; }));
    CHECK(house.heard[0].flow.socket != house.heard[1].flow.socket);
    CHECK(house.heard[0].flow == house.heard[2].flow);
    CHECK(house.transports.local(house.heard[1].flow).host == "127.0.0.2");
}

TEST_CASE("more of our addresses than are told apart: the kernel chooses") {
    sip::TransportLimits limits;
    limits.local_addresses = 2; // the wildcard itself, and one
    House house({"udp:0.0.0.0:0"}, limits);
    for (const auto* host : {"127.0.0.1", "127.0.0.2", "127.0.0.1"})
        Peer::udp(host, house.port(), "127.0.0.1").send("OPTIONS one");
    REQUIRE(house.until([&] { return house.heard.size() == 3; }));
    CHECK(house.transports.local(house.heard[0].flow).host == "127.0.0.1");
    CHECK(house.transports.local(house.heard[1].flow).host == "0.0.0.0");
    CHECK(house.transports.send(house.heard[1].flow, "SIP/2.0 200 OK"));
    CHECK(house.transports.local(house.heard[2].flow).host == "127.0.0.1");
}

TEST_CASE("many datagrams of many sizes in one go, each answered, in order") {
    House house({"udp:127.0.0.1:0"});
    house.answer = [](const Heard& one) { return one.bytes; };
    auto peer = Peer::udp("127.0.0.1", house.port());
    std::vector<std::string> sent;
    std::vector<std::string> got;
    for (std::size_t i = 0; i < 300; ++i) {
        sent.push_back(options_request(std::to_string(i), std::string(i * 7 % 3000, 'x')));
        peer.send(sent.back());
        if (i % 30 != 29) continue; // more would not fit into the peer's own buffer
        REQUIRE(house.until([&] {
            for (auto one = peer.receive(); !one.empty(); one = peer.receive())
                got.push_back(one);
            return got.size() >= sent.size();
        }));
    }
    CHECK(got == sent);
    CHECK(house.counters().ways[0].sent == 300);
}

TEST_CASE("the longest datagram goes both ways, a longer one goes nowhere") {
    House house({"udp:127.0.0.1:0", "udp:[::1]:0"});
    struct Row {
        std::string_view host;
        std::size_t listener, longest;
    };
    for (const Row& row : {Row{"127.0.0.1", 0, 65'507}, Row{"::1", 1, 65'527}}) {
        house.heard.clear();
        auto peer = Peer::udp(row.host, house.port(row.listener));
        peer.send("OPTIONS " + std::string(row.longest - 8, 'x'));
        REQUIRE(house.until([&] { return !house.heard.empty(); }));
        CHECK(house.heard.front().bytes.size() == row.longest);
        CHECK(house.heard.front().listener == row.listener);
        const auto before = house.counters().too_big;
        CHECK_FALSE(house.transports.send(house.heard.front().flow, std::string(row.longest + 1, 'y')));
        CHECK(house.counters().too_big == before + 1);
        CHECK(house.transports.send(house.heard.front().flow, std::string(row.longest, 'y')));
        std::string got;
        CHECK(house.until([&] { return !(got = peer.receive()).empty(); }));
        CHECK(got.size() == row.longest);
    }
}

TEST_CASE("keep-alives are dropped without a word") {
    House house({"udp:127.0.0.1:0"});
    auto peer = Peer::udp("127.0.0.1", house.port());
    for (const auto bytes : {""sv, "\0"sv, "\r\n"sv, "\r\n\r\n"sv, "jaK"sv, "\r\n\r\n\r\n"sv, "\0\0\0\0\0\0\0\0"sv})
        peer.send(bytes);
    peer.send("OPTIONS last");
    REQUIRE(house.until([&] { return !house.heard.empty(); }));
    CHECK(house.heard.size() == 1);
    CHECK(house.counters().keep_alives == 7);
    CHECK(peer.receive().empty());
}

TEST_CASE("a peer that is gone does not end the socket") {
    House house({"udp:127.0.0.1:0"});
    auto gone = Peer::udp("127.0.0.1", house.port());
    gone.send("OPTIONS gone");
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    gone.close();
    for (int i = 0; i < 10; ++i) {
        CHECK(house.transports.send(house.heard.front().flow, "NOTIFY"));
        house.settle();
    }
    auto next = Peer::udp("127.0.0.1", house.port());
    next.send("OPTIONS next");
    REQUIRE(house.until([&] { return house.heard.size() == 2; }));
    CHECK(house.transports.send(house.heard[1].flow, "SIP/2.0 200 OK"));
    CHECK(house.until([&] { return !next.receive().empty(); }));
}

TEST_CASE("what the kernel refuses is counted and keeps nobody waiting") {
    House house({"udp:127.0.0.1:0"});
    auto peer = Peer::udp("127.0.0.1", house.port());
    peer.send("OPTIONS one");
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    const auto& flow = house.heard.front().flow;
    auto nowhere = flow;
    nowhere.address = *sip::address_of("203.0.113.7"); // from a loopback address there is no way
    auto no_port = flow;
    no_port.port = 0;
    auto other_family = flow;
    other_family.address = *sip::address_of("::1");
    CHECK(house.transports.send(nowhere, "NOTIFY nowhere"));
    CHECK_FALSE(house.transports.send(no_port, "NOTIFY"));
    CHECK_FALSE(house.transports.send(other_family, "NOTIFY"));
    CHECK(house.transports.send(flow, "NOTIFY there"));
    std::string got;
    CHECK(house.until([&] { return !(got = peer.receive()).empty(); }));
    CHECK(got == "NOTIFY there");
    CHECK(house.counters().undeliverable == 3);
    CHECK(house.counters().ways[0].sent == 1);
    sip::Flow unknown = flow;
    unknown.socket = 77;
    CHECK_FALSE(house.transports.send(unknown, "NOTIFY"));
    CHECK(house.counters().no_flow == 1);
}

TEST_CASE("a flow to somewhere leaves from the listener that fits, and knows its address") {
    House house({"udp:127.0.0.5:0", "udp:0.0.0.0:0", "udp:[::1]:0", "tcp:127.0.0.1:0"});
    struct Row {
        std::string_view to;
        std::size_t hint;
        std::string_view host; // empty: there is no way
        std::size_t listener;
    };
    const Row rows[] = {
        {"127.0.0.1", 0, "127.0.0.5", 0},
        {"127.0.0.1", 1, "127.0.0.1", 1},
        {"127.0.0.1", 2, "127.0.0.5", 0},
        {"::1", 0, "[::1]", 2},
        {"0.0.0.0", 1, "", 0},
        {"127.0.0.1", 99, "127.0.0.5", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.to);
        CAPTURE(row.hint);
        const auto flow = house.transports.flow_to(sip::Transport::udp, {*sip::address_of(row.to), 5060}, row.hint);
        REQUIRE(flow.has_value() == !row.host.empty());
        if (!flow) continue;
        CHECK(house.transports.local(*flow).host == row.host);
        CHECK(house.transports.local(*flow).port == house.port(row.listener));
        CHECK(house.transports.open(*flow));
    }
    CHECK_FALSE(house.transports.flow_to(sip::Transport::udp, {*sip::address_of("127.0.0.1"), 0}, 0));
    // From a loopback address nobody outside is reached, whatever the hint says.
    const auto outside = house.transports.flow_to(sip::Transport::udp, {*sip::address_of("203.0.113.7"), 5060}, 0);
    CHECK(house.transports.local(outside.value()).port == house.port(1));
    CHECK_FALSE(house.transports.flow_to(sip::Transport::udp, {*sip::address_of("2001:db8::7"), 5060}, 2));
}

TEST_CASE("a flow that we made reaches the peer") {
    House house({"udp:0.0.0.0:0"});
    auto peer = Peer::udp("127.0.0.1", house.port());
    const auto flow = house.transports.flow_to(sip::Transport::udp, peer.own());
    REQUIRE(flow);
    CHECK(house.transports.send(*flow, "NOTIFY"));
    std::string got;
    CHECK(house.until([&] { return !(got = peer.receive()).empty(); }));
    CHECK(got == "NOTIFY");
    // What comes from there is on the same flow: one peer, one way.
    peer.send("SIP/2.0 200 OK");
    REQUIRE(house.until([&] { return !house.heard.empty(); }));
    CHECK(house.heard.front().flow == *flow);
}

TEST_CASE("what is advertised stands in for the local address") {
    House house({"udp:127.0.0.1:0", "udp:127.0.0.1:0", "udp:127.0.0.1:0"}, {}, [](sip::TransportOptions& options) {
        options.advertise = {"sip.pbx.example:5090", "", "2001:db8::7"};
    });
    const auto local = [&](std::size_t listener) {
        const auto flow = house.transports.flow_to(sip::Transport::udp, {*sip::address_of("127.0.0.1"), 9}, listener);
        const auto said = house.transports.local(flow.value());
        return std::string(said.host) + " " + std::to_string(said.port);
    };
    CHECK(local(0) == "sip.pbx.example 5090");
    CHECK(local(1) == "127.0.0.1 " + std::to_string(house.port(1)));
    CHECK(local(2) == "[2001:db8::7] " + std::to_string(house.port(2)));
}

TEST_CASE("listening is all or nothing, and says what is wrong") {
    House house({"udp:127.0.0.1:0", "tcp:127.0.0.1:0"});
    const auto taken = "127.0.0.1:" + std::to_string(house.port(0));
    const auto taken_tcp = "127.0.0.1:" + std::to_string(house.port(1));
    struct Row {
        std::string listen, advertise, what;
    };
    const Row rows[] = {
        {"udp:" + taken, "", "Cannot listen on udp:" + taken + ": another program listens there already."},
        {"tcp:" + taken_tcp, "", "Cannot listen on tcp:" + taken_tcp + ": another program listens there already."},
        {"udp:203.0.113.9:5060", "", "Cannot listen on udp:203.0.113.9:5060: this machine does not have that address."},
        {"ws:127.0.0.1:0", "", "Cannot listen on ws:127.0.0.1:0: SIP is spoken on udp:, tcp: and tls:."},
        {"udp:127.0.0.1:0", "a b",
         "\"a b\" cannot be advertised for udp:127.0.0.1:0: it is no host with or without a "
         "port."},
        {"udp:127.0.0.1:0", "a:0",
         "\"a:0\" cannot be advertised for udp:127.0.0.1:0: it is no host with or without a "
         "port."},
        {"tls:127.0.0.1:0", "", "The certificate /nowhere/c.pem cannot be used: No such file or directory."},
    };
    for (const Row& row : rows) {
        sip::TransportOptions options;
        options.listen = {config::Listen("udp:127.0.0.9:0"), config::Listen(row.listen)};
        options.advertise = {"", row.advertise};
        options.certificate = "/nowhere/c.pem";
        sip::Transports transports(house.loop, options);
        const auto listening = transports.listen();
        REQUIRE_FALSE(listening.has_value());
        CHECK(listening.error().text == row.what);
        CHECK(transports.bound().empty());
    }
}

TEST_CASE("what could not be bound may be tried again") {
    auto first = std::make_unique<House>(std::vector{"udp:127.0.0.1:0"s, "tcp:127.0.0.1:0"s});
    const auto port = first->port();
    House second({"tcp:127.0.0.8:0"}); // lends its loop
    sip::TransportOptions options;
    options.listen = {config::Listen("tcp:127.0.0.1:0"), config::Listen("udp:127.0.0.1:" + std::to_string(port))};
    sip::Transports transports(second.loop, options);
    std::size_t heard = 0;
    transports.on_message = [&](const sip::Received&) { ++heard; };
    CHECK_FALSE(transports.listen());
    first.reset();
    REQUIRE(transports.listen());
    transports.run();
    CHECK(transports.bound().size() == 2);
    auto peer = Peer::tcp("127.0.0.1", transports.bound()[0].port);
    peer.send(options_request("a"));
    auto datagrams = Peer::udp("127.0.0.1", port);
    datagrams.send(options_request("b"));
    CHECK(second.until([&] { return heard == 2; }));
    transports.stop();
}

TEST_CASE("what the kernel had no place for is counted") {
    sip::TransportLimits limits;
    limits.udp_buffer_bytes = 8 * 1024;
    limits.sweep = milliseconds(5);
    House house({"udp:127.0.0.1:0"}, limits);
    auto peer = Peer::udp("127.0.0.1", house.port());
    for (int i = 0; i < 100; ++i)
        peer.send(options_request("a", std::string(1000, 'x'))); // nobody reads meanwhile
    CHECK(house.until([&] { return house.heard.size() + house.counters().kernel_drops == 100; }));
    CHECK(house.counters().kernel_drops > 0);
    CHECK_FALSE(house.heard.empty());
}

TEST_CASE("what came in one go is one turn, and what is sent in it leaves behind it") {
    House house({"udp:127.0.0.1:0"});
    auto peer = Peer::udp("127.0.0.1", house.port());
    std::vector<std::size_t> turns; // how much was heard at the end of each
    house.transports.on_turn = [&] {
        if (turns.empty() || turns.back() != house.heard.size()) turns.push_back(house.heard.size());
        if (house.heard.size() == 10 && house.counters().ways[0].sent == 0)
            CHECK(house.transports.send(house.heard[0].flow, "NOTIFY"));
    };
    for (int i = 0; i < 10; ++i)
        peer.send(options_request("a"));
    std::string got;
    CHECK(house.until([&] { return !(got = peer.receive()).empty(); }));
    CHECK(got == "NOTIFY");
    CHECK(turns.back() == 10);
    CHECK(turns.size() <= 2); // the first may have been before anything came
    house.transports.stop();
    const auto before = turns.size();
    house.settle();
    CHECK(turns.size() == before);
}
