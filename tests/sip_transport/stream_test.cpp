// TCP: framing, keep-alives, what cannot be framed, dialling, closing.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "house.hpp"
#include "net/listener.hpp"

using namespace testing;

namespace {

/// All that comes until the stream ends.
std::string to_the_end(House& house, Peer& peer) {
    CHECK(house.until([&] { return peer.ended(); }));
    return peer.receive();
}

std::string receive(House& house, Peer& peer) {
    std::string got;
    CHECK(house.until([&] { return !(got = peer.receive()).empty(); }));
    return got;
}

} // namespace

TEST_CASE("messages come up however the stream is cut, and answers go back") {
    for (const auto host : {"127.0.0.1"sv, "::1"sv}) {
        const auto bracketed = host == "::1" ? "[::1]"s : std::string(host);
        House house({"tcp:" + bracketed + ":0"});
        house.answer = [](const Heard& one) { return "SIP/2.0 200 OK: " + one.bytes; };
        auto peer = Peer::tcp(host, house.port());
        const auto one = options_request("one", "a body\r\n\r\nwith lines");
        const auto two = options_request("two");
        for (char c : one + two) {
            peer.send({&c, 1});
            house.settle();
        }
        peer.send(one + two + one);
        REQUIRE(house.until([&] { return house.heard.size() == 5; }));
        for (std::size_t i = 0; i < 5; ++i)
            CHECK(house.heard[i].bytes == (i % 2 == 0 ? one : two));
        const auto& heard = house.heard.front();
        CHECK(heard.transport == sip::Transport::tcp);
        CHECK(heard.carrier == sip::Carrier::stream);
        CHECK(heard.flow.reliable);
        CHECK(heard.flow == house.heard.back().flow);
        CHECK(sip::place_of(heard.flow) == peer.own());
        CHECK(house.transports.local(heard.flow).host == bracketed);
        CHECK(house.transports.local(heard.flow).port == house.port());
        CHECK(house.transports.transport(heard.flow) == sip::Transport::tcp);
        std::string got;
        std::string wanted;
        for (const auto& each : house.heard)
            wanted += "SIP/2.0 200 OK: " + each.bytes;
        CHECK(house.until([&] { return (got += peer.receive()).size() >= wanted.size(); }));
        CHECK(got == wanted);
        CHECK(house.counters().ways[1].received == 5);
        CHECK(house.counters().ways[1].sent == 5);
        CHECK(house.counters().ways[1].sent_bytes == wanted.size());
    }
}

TEST_CASE("a message of the longest kind, both ways") {
    House house({"tcp:127.0.0.1:0"});
    house.answer = [](const Heard& one) { return one.bytes; };
    auto peer = Peer::tcp("127.0.0.1", house.port());
    const auto longest = options_request("long", std::string(256 * 1024, 'x'));
    std::string got;
    for (std::string_view rest = longest; !rest.empty();) {
        const auto piece = rest.substr(0, 50'000);
        peer.send(piece);
        rest.remove_prefix(piece.size());
        house.settle();
    }
    CHECK(house.until([&] { return (got += peer.receive()).size() >= longest.size(); }));
    CHECK(got == longest);
}

TEST_CASE("a ping is answered at once; line ends between messages are not") {
    House house({"tcp:127.0.0.1:0"});
    auto peer = Peer::tcp("127.0.0.1", house.port());
    peer.send("\r\n\r\n");
    CHECK(receive(house, peer) == "\r\n");
    peer.send("\r\n\r\n\r\n\r\n\r\n" + options_request("a"));
    CHECK(receive(house, peer) == "\r\n\r\n");
    CHECK(house.until([&] { return house.heard.size() == 1; }));
    CHECK(house.counters().pings == 3);
}

TEST_CASE("what cannot be framed is answered, and the connection closed") {
    struct Row {
        std::string sent;
        int status;
        bool head;
    };
    const Row rows[] = {
        {"\x16\x03\x01 this is a TLS hello", 400, false},
        {"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n\r\n", 400, true},
        {"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 99999999\r\n\r\n", 513, true},
        {"OPTIONS " + std::string(70'000, 'x'), 513, false},
    };
    for (const Row& row : rows) {
        House house({"tcp:127.0.0.1:0"});
        house.last_words = "SIP/2.0 400 Bad Request\r\n\r\n";
        auto peer = Peer::tcp("127.0.0.1", house.port());
        peer.send(row.sent);
        peer.send(std::string(100'000, 'y')); // not read: must not reset what we answer
        CHECK(to_the_end(house, peer) == house.last_words);
        CHECK_FALSE(peer.reset());
        REQUIRE(house.broken.size() == 1);
        CHECK(house.broken[0].first == row.status);
        CHECK(house.broken[0].second.empty() != row.head);
        peer.close();
        CHECK(house.until([&] { return house.closed.size() == 1; }));
        CHECK(house.counters().broken_streams == 1);
        CHECK(house.transports.connections() == 0);
    }
}

TEST_CASE("a peer that closes is gone: told once, and its flow is no way any more") {
    House house({"tcp:127.0.0.1:0"});
    auto peer = Peer::tcp("127.0.0.1", house.port());
    peer.send(options_request("a"));
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    const auto flow = house.heard.front().flow;
    CHECK(house.transports.open(flow));
    peer.close();
    REQUIRE(house.until([&] { return !house.closed.empty(); }));
    house.settle();
    CHECK(house.closed == std::vector{flow});
    CHECK_FALSE(house.transports.open(flow));
    CHECK_FALSE(house.transports.send(flow, "NOTIFY"));
    CHECK(house.counters().no_flow == 1);
    CHECK(house.transports.local(flow).host.empty());
    // The place is used again, the number is not.
    auto next = Peer::tcp("127.0.0.1", house.port());
    next.send(options_request("b"));
    REQUIRE(house.until([&] { return house.heard.size() == 2; }));
    CHECK(house.heard[1].flow.socket != flow.socket);
    CHECK_FALSE(house.transports.send(flow, "NOTIFY"));
}

TEST_CASE("a peer that ends only its own side still gets the answer") {
    House house({"tcp:127.0.0.1:0"});
    house.answer = [](const Heard&) { return "SIP/2.0 200 OK\r\n\r\n"s; };
    auto peer = Peer::tcp("127.0.0.1", house.port());
    peer.send(options_request("a"));
    ::shutdown(peer.descriptor(), SHUT_WR);
    CHECK(to_the_end(house, peer) == "SIP/2.0 200 OK\r\n\r\n");
    CHECK(house.closed.size() == 1);
}

TEST_CASE("closing delivers what is queued, and is told once") {
    House house({"tcp:127.0.0.1:0"});
    auto peer = Peer::tcp("127.0.0.1", house.port());
    peer.send(options_request("a") + options_request("never looked at"));
    house.transports.on_message = [&, inner = house.transports.on_message](const sip::Received& one) {
        inner(one);
        CHECK(house.transports.send(one.flow, "SIP/2.0 200 OK\r\n\r\n"));
        house.transports.close(one.flow);
        house.transports.close(one.flow);
        CHECK_FALSE(house.transports.send(one.flow, "too late"));
        CHECK(house.closed.empty()); // not from within
    };
    CHECK(to_the_end(house, peer) == "SIP/2.0 200 OK\r\n\r\n");
    peer.close();
    CHECK(house.until([&] { return house.closed.size() == 1; }));
    CHECK(house.heard.size() == 1);
}

TEST_CASE("dialling: queues meanwhile, is used again, leaves from the listener's address") {
    House house({"tcp:127.0.0.4:0", "udp:127.0.0.4:0"});
    auto door = net::Listener::open(config::Listen("127.0.0.1:0")).value();
    const sip::Place to{*sip::address_of("127.0.0.1"), door.port()};
    const auto flow = house.transports.flow_to(sip::Transport::tcp, to);
    REQUIRE(flow);
    CHECK(house.transports.send(*flow, "NOTIFY one;"));
    CHECK(house.transports.flow_to(sip::Transport::tcp, to) == flow);
    CHECK(house.transports.local(*flow).host == "127.0.0.4");
    CHECK(house.transports.local(*flow).port == house.port()); // where others find us
    int accepted = -1;
    REQUIRE(house.until([&] { return (accepted = door.accept().descriptor) >= 0; }));
    Peer peer{Socket(accepted)};
    CHECK(house.transports.send(*flow, "NOTIFY two;"));
    std::string got;
    CHECK(house.until([&] { return (got += peer.receive()).size() >= 22; }));
    CHECK(got == "NOTIFY one;NOTIFY two;");
    CHECK(sip::bare_text(peer.own().address).view() == "127.0.0.1");
    CHECK(house.transports.flow_to(sip::Transport::tcp, to) == flow);
    // On a connection that we opened, a single line end is the answer to a ping.
    peer.send("\r\n" + options_request("back"));
    CHECK(house.until([&] { return house.heard.size() == 1; }));
    CHECK(house.heard.front().flow == *flow);
    CHECK(house.counters().pongs == 1);
    CHECK(house.counters().dialled == 1);
    peer.close();
    CHECK(house.until([&] { return house.closed.size() == 1; }));
    CHECK(house.counters().dials_failed == 0);
    const auto next = house.transports.flow_to(sip::Transport::tcp, to);
    REQUIRE(next);
    CHECK(next != flow);
}

TEST_CASE("dialling where nobody listens is told as a closed connection") {
    House house({"tcp:127.0.0.1:0"});
    std::uint16_t nobody = net::Listener::open(config::Listen("127.0.0.1:0")).value().port();
    const auto flow = house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("127.0.0.1"), nobody});
    REQUIRE(flow);
    CHECK(house.transports.send(*flow, "NOTIFY"));
    REQUIRE(house.until([&] { return !house.closed.empty(); }));
    CHECK(house.closed == std::vector{*flow});
    CHECK(house.counters().dials_failed == 1);
    CHECK(house.transports.connections() == 0);
    // No listener of that kind, no way at all.
    CHECK_FALSE(house.transports.flow_to(sip::Transport::tls, {*sip::address_of("127.0.0.1"), 5061}));
    CHECK_FALSE(house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("::1"), 5060}));
    CHECK_FALSE(house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("203.0.113.7"), 5060}));
    CHECK_FALSE(house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("127.0.0.1"), 0}));
}

TEST_CASE("dialling has its own limit, and may be given up") {
    sip::TransportLimits limits;
    limits.dials = 1;
    House house({"tcp:127.0.0.1:0"}, limits);
    auto door = net::Listener::open(config::Listen("127.0.0.1:0")).value();
    const auto flow = house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("127.0.0.1"), door.port()});
    REQUIRE(flow);
    CHECK_FALSE(house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("127.0.0.2"), door.port()}));
    CHECK(house.counters().refused_dials == 1);
    house.transports.close(*flow);
    CHECK(house.closed.empty());
    REQUIRE(house.until([&] { return house.closed.size() == 1; }));
    const auto next = house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("127.0.0.1"), door.port()});
    REQUIRE(next);
    house.transports.close(*next);
    house.transports.stop();
    CHECK(house.closed.size() == 1); // stopping tells nobody
}

TEST_CASE("a connection that the peer opened is a way to its address") {
    House house({"tcp:127.0.0.1:0"});
    auto peer = Peer::tcp("127.0.0.1", house.port());
    peer.send(options_request("a"));
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    CHECK(house.transports.flow_to(sip::Transport::tcp, peer.own()) == house.heard.front().flow);
    CHECK(house.counters().dialled == 0);
}

TEST_CASE("draining: nobody new comes in, the others go on; stopping sends what is queued") {
    House house({"tcp:127.0.0.1:0", "udp:127.0.0.1:0"});
    auto peer = Peer::tcp("127.0.0.1", house.port());
    auto datagrams = Peer::udp("127.0.0.1", house.port(1));
    peer.send(options_request("a"));
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    house.transports.drain();
    auto late = Peer::tcp("127.0.0.1", house.port()); // the kernel's queue takes it, we do not
    peer.send(options_request("b"));
    datagrams.send(options_request("c"));
    REQUIRE(house.until([&] { return house.heard.size() == 3; }));
    CHECK(house.counters().accepted == 1);
    CHECK(house.transports.send(house.heard[0].flow, "NOTIFY"));
    CHECK(house.transports.send(house.heard[2].flow, "NOTIFY"));
    house.transports.stop();
    CHECK(to_the_end(house, peer) == "NOTIFY");
    CHECK(datagrams.receive() == "NOTIFY");
    CHECK(house.until([&] { return late.ended(); }));
    CHECK(house.closed.empty());
}
