// What a stream's peer may not do: be slow, be silent, be many, not read, be gone without a word.
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "house.hpp"

using namespace testing;

namespace {

sip::TransportLimits quick() {
    sip::TransportLimits limits;
    limits.sweep = milliseconds(5);
    limits.idle_wait = milliseconds(0);
    return limits;
}

/// One more byte whenever the loop has nothing to do, until the peer is cut.
bool cut_while_trickling(House& house, Peer& peer, std::string_view bytes) {
    std::size_t next = 0;
    return house.until([&] {
        if (next < bytes.size()) static_cast<void>(::send(peer.descriptor(), &bytes[next++], 1, MSG_NOSIGNAL));
        return peer.ended();
    });
}

const std::string endless = "OPTIONS sip:2101@pbx.example SIP/2.0\r\nX: " + std::string(5000, 'x');

} // namespace

TEST_CASE("a first message that does not become whole in its time is cut, however it trickles") {
    auto limits = quick();
    limits.first_message_wait = milliseconds(60);
    House house({"tcp:127.0.0.1:0"}, limits);
    struct Row {
        std::string_view what, bytes;
    };
    for (const Row& row :
         {Row{"silent", ""}, Row{"trickles", endless}, Row{"pings", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"}}) {
        CAPTURE(row.what);
        const auto before = house.counters().timed_out;
        auto peer = Peer::tcp("127.0.0.1", house.port());
        CHECK(cut_while_trickling(house, peer, row.bytes));
        CHECK(house.counters().timed_out == before + 1);
    }
}

TEST_CASE("a later message has its time too; half a ping is not one") {
    auto limits = quick();
    limits.message_wait = milliseconds(60);
    House house({"tcp:127.0.0.1:0"}, limits);
    auto slow = Peer::tcp("127.0.0.1", house.port());
    auto idle = Peer::tcp("127.0.0.1", house.port());
    idle.send(options_request("idle") + "\r\n");
    slow.send(options_request("slow"));
    REQUIRE(house.until([&] { return house.heard.size() == 2; }));
    CHECK(cut_while_trickling(house, slow, endless));
    CHECK(house.counters().timed_out == 1);
    CHECK_FALSE(idle.ended());
    idle.send(options_request("still there"));
    CHECK(house.until([&] { return house.heard.size() == 3; }));
}

TEST_CASE("a message that has begun does not lose its time by others before it") {
    auto limits = quick();
    limits.message_wait = milliseconds(1000);
    House house({"tcp:127.0.0.1:0"}, limits);
    auto peer = Peer::tcp("127.0.0.1", house.port());
    // Always something is pending, and always it becomes whole: nobody is slow here.
    const auto whole = options_request("again");
    peer.send(whole.substr(0, 40));
    const auto end = steady_now() + milliseconds(1500);
    while (steady_now() < end) {
        peer.send(whole.substr(40) + whole.substr(0, 40));
        house.settle();
    }
    CHECK_FALSE(peer.ended());
    CHECK(house.counters().timed_out == 0);
}

TEST_CASE("an idle connection is closed after its time") {
    auto limits = quick();
    limits.idle_wait = milliseconds(60);
    House house({"tcp:127.0.0.1:0"}, limits);
    auto peer = Peer::tcp("127.0.0.1", house.port());
    peer.send(options_request("a"));
    CHECK(house.until([&] { return peer.ended(); }));
    CHECK(house.heard.size() == 1);
    CHECK(house.closed.size() == 1);
}

TEST_CASE("a reader that does not read is closed at the limit, and holds up nobody") {
    House house({"tcp:127.0.0.1:0"});
    auto deaf = Peer::tcp("127.0.0.1", house.port());
    auto other = Peer::tcp("127.0.0.1", house.port());
    deaf.send(options_request("deaf"));
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    other.send(options_request("other"));
    REQUIRE(house.until([&] { return house.heard.size() == 2; }));
    const auto flow = house.heard[0].flow;
    const std::string notify(64 * 1024, 'n');
    std::size_t taken = 0;
    while (house.transports.send(flow, notify)) {
        house.settle();
        REQUIRE(++taken < 1000);
    }
    CHECK(house.counters().slow_readers == 1);
    CHECK(house.closed.empty()); // not from within `send`
    CHECK_FALSE(house.transports.send(flow, "more"));
    CHECK(house.transports.send(house.heard[1].flow, "NOTIFY"));
    CHECK(house.until([&] { return !other.receive().empty(); }));
    CHECK(house.closed == std::vector{flow});
}

TEST_CASE("a reader that stalls is closed in time") {
    auto limits = quick();
    limits.write_wait = milliseconds(300);
    House house({"tcp:127.0.0.1:0"}, limits);
    auto stalled = Peer::tcp("127.0.0.1", house.port());
    stalled.send(options_request("stalled"));
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    const std::string notify(64 * 1024, 'n');
    // Until the kernel's buffers are full and something of ours waits.
    const auto flow = house.heard[0].flow;
    for (int i = 0; i < 400 && house.closed.empty() && house.transports.send(flow, notify); ++i) {
        house.settle();
        if (house.transports.unsent(flow) > 0) break;
    }
    REQUIRE(house.transports.unsent(flow) > 0);
    CHECK(house.until([&] { return house.closed.size() == 1; }));
    CHECK(house.counters().timed_out == 1);
    CHECK(house.counters().slow_readers == 0);
}

TEST_CASE("a reader that reads slowly gets everything, in order, and is not closed") {
    auto limits = quick();
    limits.write_wait = milliseconds(700);
    limits.queue_bytes = 32 << 20; // more than the kernel takes at once
    House house({"tcp:127.0.0.1:0"}, limits);
    auto slow = Peer::tcp("127.0.0.1", house.port());
    slow.send(options_request("slow"));
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    const auto flow = house.heard[0].flow;
    std::string sent;
    std::string got;
    const auto begun = steady_now();
    // Always something waits, for longer than one that stalls may take.
    while (steady_now() - begun < milliseconds(1500)) {
        while (house.transports.unsent(flow) < 8'000'000) {
            const auto notify = std::to_string(sent.size()) + std::string(100'000, 'n');
            REQUIRE(house.transports.send(flow, notify));
            sent += notify;
            house.settle();
        }
        got += slow.receive(100'000);
        house.loop.context().run_one_for(milliseconds(1));
    }
    CHECK(house.until([&] { return (got += slow.receive()).size() >= sent.size(); }));
    CHECK((got == sent)); // too much to print
    CHECK(house.closed.empty());
}

TEST_CASE("all queues together have a limit") {
    sip::TransportLimits limits;
    limits.queued_bytes = 100'000;
    House house({"tcp:127.0.0.1:0"}, limits);
    auto peer = Peer::tcp("127.0.0.1", house.port());
    peer.send(options_request("a"));
    REQUIRE(house.until([&] { return house.heard.size() == 1; }));
    // All of it fits as long as it is taken …
    for (int i = 0; i < 100; ++i) {
        CHECK(house.transports.send(house.heard[0].flow, std::string(5000, 'n')));
        std::size_t got = 0;
        REQUIRE(house.until([&] { return (got += peer.receive().size()) >= 5000; }));
    }
    // … and is refused when it piles up.
    CHECK(house.transports.send(house.heard[0].flow, std::string(60'000, 'n')));
    CHECK_FALSE(house.transports.send(house.heard[0].flow, std::string(60'000, 'n')));
    CHECK(house.until([&] { return house.closed.size() == 1; }));
}

TEST_CASE("long messages that are not yet whole have a limit together") {
    sip::TransportLimits limits;
    limits.held_bytes = 100'000;
    House house({"tcp:127.0.0.1:0"}, limits);
    const auto half = options_request("a", std::string(90'000, 'x')).substr(0, 80'000);
    auto one = Peer::tcp("127.0.0.1", house.port());
    auto small = Peer::tcp("127.0.0.1", house.port());
    one.send(half);
    house.settle();
    auto two = Peer::tcp("127.0.0.1", house.port());
    two.send(half);
    CHECK(house.until([&] { return two.ended(); }));
    CHECK(house.counters().held_too_much == 1);
    CHECK_FALSE(one.ended());
    small.send(options_request("b"));
    CHECK(house.until([&] { return house.heard.size() == 1; }));
    one.send(options_request("a", std::string(90'000, 'x')).substr(80'000));
    CHECK(house.until([&] { return house.heard.size() == 2; }));
    // What is whole or gone is no longer held.
    auto three = Peer::tcp("127.0.0.1", house.port());
    three.send(half);
    house.settle();
    three.send(options_request("a", std::string(90'000, 'x')).substr(80'000));
    CHECK(house.until([&] { return house.heard.size() == 3; }));
}

TEST_CASE("one source may open so many connections, unless it is a proxy") {
    sip::TransportLimits limits;
    limits.per_source = 2;
    House house({"tcp:127.0.0.1:0", "tcp:[::1]:0"}, limits, [](sip::TransportOptions& options) {
        options.unbound = [](const sip::Address16& source) { return sip::bare_text(source).view() == "127.0.0.9"; };
    });
    auto one = Peer::tcp("127.0.0.1", house.port());
    auto two = Peer::tcp("127.0.0.1", house.port());
    auto three = Peer::tcp("127.0.0.1", house.port());
    CHECK(house.until([&] { return three.ended(); }));
    CHECK(house.counters().refused_per_source == 1);
    auto other = Peer::tcp("127.0.0.1", house.port(), "127.0.0.2");
    std::vector<Peer> proxy;
    for (int i = 0; i < 5; ++i)
        proxy.push_back(Peer::tcp("127.0.0.1", house.port(), "127.0.0.9"));
    CHECK(house.until([&] { return house.transports.connections() == 8; }));
    one.close();
    CHECK(house.until([&] { return house.closed.size() == 1; }));
    auto four = Peer::tcp("127.0.0.1", house.port());
    four.send(options_request("four"));
    CHECK(house.until([&] { return house.heard.size() == 1; }));
    CHECK(house.counters().refused_per_source == 1);
}

TEST_CASE("so many connections in all") {
    sip::TransportLimits limits;
    limits.connections = 2;
    House house({"tcp:127.0.0.1:0"}, limits);
    std::vector<Peer> peers;
    for (int i = 0; i < 3; ++i)
        peers.push_back(Peer::tcp("127.0.0.1", house.port(), "127.0.0." + std::to_string(i + 1)));
    CHECK(house.until([&] { return peers[2].ended(); }));
    CHECK(house.counters().refused_total == 1);
    CHECK_FALSE(house.transports.flow_to(sip::Transport::tcp, {*sip::address_of("127.0.0.1"), 1}));
    CHECK(house.counters().refused_dials == 1);
    CHECK(house.transports.connections() == 2);
}

TEST_CASE("without descriptors the doors are shut for a while, and opened again") {
    auto limits = quick();
    limits.sweep = milliseconds(20);
    House house({"tcp:127.0.0.1:0"}, limits);
    Socket waiting(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const Socket highest(::dup(waiting.get())); // the lowest free number
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(highest.get()) + 1;
    ::setrlimit(RLIMIT_NOFILE, &none);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(house.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(waiting.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    const bool noticed = house.until([&] { return house.counters().out_of_descriptors > 0; });
    house.settle(); // no more attempts than sweeps
    const auto attempts = house.counters().out_of_descriptors;
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(noticed);
    CHECK(attempts < 5);
    Peer peer(std::move(waiting));
    peer.send(options_request("a"));
    CHECK(house.until([&] { return house.heard.size() == 1; }));
}

TEST_CASE("half-open: a peer that is gone without a word is noticed by writing, and by silence") {
    for (const bool write : {true, false}) {
        CAPTURE(write);
        auto limits = quick();
        limits.dead_wait = milliseconds(1000);
        House house({"tcp:127.0.0.1:0"}, limits);
        auto peer = Peer::tcp("127.0.0.1", house.port());
        peer.send(options_request("a"));
        REQUIRE(house.until([&] { return house.heard.size() == 1; }));
        // From now on nothing reaches the peer's TCP: it acknowledges nothing and says nothing.
        sock_filter drop{BPF_RET | BPF_K, 0, 0, 0};
        const sock_fprog program{1, &drop};
        REQUIRE(::setsockopt(peer.descriptor(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
        if (write) CHECK(house.transports.send(house.heard[0].flow, "NOTIFY"));
        CHECK(house.until([&] { return house.closed.size() == 1; }));
        CHECK(house.counters().timed_out == 0); // it was the kernel that noticed
    }
}
