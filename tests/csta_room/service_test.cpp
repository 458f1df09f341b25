// The service over real sockets on loopback: frames however they come, limits, waits, slow clients, TLS.
#include "csta/service.hpp"

#include <arpa/inet.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../http/certificates.hpp"
#include "client.hpp"
#include "proto/sip/digest.hpp"

using namespace testing;

namespace {

constexpr std::string_view status_request =
    "<RequestSystemStatus xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed5\"/>";

std::string frame(unsigned id, std::string_view xml) {
    std::string out;
    REQUIRE(csta::append_frame(out, static_cast<std::uint16_t>(id), xml));
    return out;
}

std::string status(unsigned id) {
    return frame(id, status_request);
}

/// A client on a socket that never waits by itself; TLS if there is a context.
class Peer {
public:
    explicit Peer(std::uint16_t port, SSL_CTX* tls = nullptr) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        REQUIRE(::connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
        ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
        wire_ = tls ? net::Wire::dialled(descriptor, tls, "localhost") : net::Wire(descriptor, nullptr);
        shaking_ = tls != nullptr;
    }
    void send(std::string_view bytes) { unsent_ += bytes; }
    /// Moves what can be moved; a frame is "0001 RequestSystemStatusResponse".
    void turn(bool reads = true) {
        if (shaking_) {
            const auto moved = wire_.handshake();
            if (moved.what == net::Moved::What::error || moved.what == net::Moved::What::closed) ended = true;
            if (moved.what != net::Moved::What::bytes) return;
            shaking_ = false;
        }
        while (!unsent_.empty()) {
            const auto moved = wire_.write_some(unsent_);
            if (moved.what != net::Moved::What::bytes) break;
            unsent_.erase(0, moved.size);
        }
        while (reads && !ended) {
            char bytes[4096];
            const auto moved = wire_.read_some(bytes, sizeof bytes);
            if (moved.what == net::Moved::What::would_block) return;
            if (moved.what != net::Moved::What::bytes) {
                ended = true;
                return;
            }
            cutter_.feed({bytes, moved.size});
            for (auto got = cutter_.next(); got.what == csta::FrameCutter::What::frame; got = cutter_.next()) {
                documents.emplace_back(got.xml);
                const auto at = got.xml.find('<', got.xml.starts_with("<?") ? 2 : 0);
                heard.push_back(fmt::format("{:04} {}", got.invoke_id,
                                            got.xml.substr(at + 1, got.xml.find_first_of(" />", at) - at - 1)));
            }
        }
    }
    std::vector<std::string> heard;
    std::vector<std::string> documents;
    bool ended = false;

private:
    net::Wire wire_;
    csta::FrameCutter cutter_;
    std::string unsent_;
    bool shaking_ = false;
};

/// Keeps log lines off the screen.
class Quiet {
public:
    Quiet() { log::set_capture(&lines_); }
    ~Quiet() { log::set_capture(nullptr); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

private:
    std::string lines_;
};

struct Room {
    explicit Room(csta::ServiceOptions options = {}) : service(loop, std::move(options), platform.control()) {
        auto begun = service.start();
        REQUIRE_MESSAGE(begun, (begun ? std::string() : begun.error().text));
        service.use_devices(office());
        turn();
        for (auto line : {ada, bob, carol})
            service.take({news(line)});
        turn();
    }
    ~Room() {
        bool stopped = false;
        service.stop([&] { stopped = true; });
        CHECK(until([&] { return stopped; }));
        turn();
    }
    void turn() { // what can be done at once
        loop.context().restart();
        loop.context().poll();
    }
    bool until(const std::function<bool()>& done, std::initializer_list<Peer*> peers = {}) {
        const auto limit = steady_now() + 10s;
        while (!done()) {
            if (steady_now() > limit) return false;
            loop.context().restart();
            loop.context().run_one_for(2ms);
            for (Peer* peer : peers)
                peer->turn();
        }
        return true;
    }
    [[nodiscard]] std::uint16_t port(std::size_t listener = 0) const { return service.ports().at(listener); }
    [[nodiscard]] csta::ServerCounters counters() const { return service.view().server; }

    Quiet quiet;
    Loop loop{"csta"};
    Platform platform;
    csta::Service service;
};

csta::ServiceOptions trusting(std::function<void(csta::ServiceOptions&)> change = {}) {
    csta::ServiceOptions out;
    out.csta.listen = {config::Listen("tcp:127.0.0.1:0")};
    out.csta.trusted = {"127.0.0.0/8"};
    if (change) change(out);
    return out;
}

/// A file that is gone with the test.
class TextFile {
public:
    explicit TextFile(std::string_view text) {
        char path[] = "/tmp/lamp-test-csta-XXXXXX";
        const int descriptor = ::mkstemp(path);
        REQUIRE(descriptor >= 0);
        REQUIRE(::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(descriptor);
        path_ = path;
    }
    ~TextFile() { std::filesystem::remove(path_); }
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    void replace(std::string_view text) const { std::ofstream(path_, std::ios::trunc) << text; }

private:
    std::filesystem::path path_;
};

std::string monitor(unsigned id, std::string_view device) {
    return frame(id,
                 fmt::format("<MonitorStart xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed5\">"
                             "<monitorObject><deviceObject>{}</deviceObject></monitorObject></MonitorStart>",
                             device));
}

std::string login(unsigned id, std::string_view password) {
    return frame(id, fmt::format("<StartApplicationSession xmlns=\"{}\"><applicationInfo><applicationID>tapi"
                                 "</applicationID><applicationSpecificInfo><userName>cti</userName><password>{}"
                                 "</password></applicationSpecificInfo></applicationInfo><requestedProtocolVersions>"
                                 "<protocolVersion>http://www.ecma-international.org/standards/ecma-323/csta/ed5"
                                 "</protocolVersion></requestedProtocolVersions></StartApplicationSession>",
                                 csta::session_space, password));
}

std::string users_line(std::string_view password) {
    return "cti:pbx.example:" + sip::ha1(sip::Algorithm::md5, "cti", "pbx.example", password) + "\n";
}

} // namespace

TEST_CASE("frames come as they like") {
    Room room(trusting());
    Peer peer(room.port());
    SUBCASE("many in one go") {
        std::string many;
        for (unsigned i = 0; i < 100; ++i)
            many += status(i);
        peer.send(many);
        REQUIRE(room.until([&] { return peer.heard.size() == 100; }, {&peer}));
        CHECK(peer.heard.front() == "0000 RequestSystemStatusResponse");
        CHECK(peer.heard.back() == "0099 RequestSystemStatusResponse");
    }
    SUBCASE("byte by byte") {
        for (char c : status(7) + status(8)) {
            peer.send({&c, 1});
            peer.turn();
            room.turn();
        }
        REQUIRE(room.until([&] { return peer.heard.size() == 2; }, {&peer}));
    }
    SUBCASE("something else") {
        peer.send(status(1) + "GET / HTTP/1.1\r\n\r\n");
        REQUIRE(room.until([&] { return peer.ended; }, {&peer}));
        CHECK(peer.heard == std::vector{"0001 RequestSystemStatusResponse"s}); // our last words arrive
        CHECK(room.counters().broken_streams == 1);
    }
    SUBCASE("no XML") {
        peer.send(frame(3, "hello"));
        REQUIRE(room.until([&] { return peer.heard.size() == 1; }, {&peer}));
        CHECK(peer.heard[0] == "0003 CSTAErrorCode");
    }
}

TEST_CASE("events reach each client, and the view tells of them") {
    Room room(trusting());
    Peer one(room.port()), other(room.port());
    one.send(monitor(1, "2101"));
    other.send(monitor(1, "2101") + monitor(2, "2102"));
    REQUIRE(room.until([&] { return one.heard.size() == 1 && other.heard.size() == 2; }, {&one, &other}));
    room.service.take({news(ada, {incoming("a", CallState::ringing)})});
    REQUIRE(room.until([&] { return one.heard.size() == 2 && other.heard.size() == 3; }, {&one, &other}));
    CHECK(one.heard[1] == "9999 DeliveredEvent");
    const auto view = room.service.view();
    REQUIRE(view.associations.size() == 2);
    CHECK(view.associations[0].monitors == 1);
    CHECK(view.associations[0].edition == "ed5");
    CHECK(view.associations[0].peer.starts_with("127.0.0.1:"));
    CHECK(view.associations[0].trusted);
    CHECK(view.monitors == 3);
    CHECK(view.devices == 3);
    CHECK(view.calls == 1);
    CHECK(view.state == "normal");
}

TEST_CASE("connections have their limits") {
    Room room(trusting([](auto& o) {
        o.csta.trusted = {"10.0.0.0/8"};
        o.csta.connections_per_source = 2;
    }));
    Peer one(room.port()), two(room.port()), three(room.port());
    REQUIRE(room.until([&] { return three.ended; }, {&one, &two, &three}));
    CHECK_FALSE(two.ended);
    CHECK(room.counters().refused_per_source == 1);
}

TEST_CASE("as many as may be in all") {
    Room room(trusting([](auto& o) { o.csta.connections = 1; }));
    Peer one(room.port()), two(room.port());
    REQUIRE(room.until([&] { return two.ended; }, {&one, &two}));
    CHECK_FALSE(one.ended);
    CHECK(room.counters().refused_total == 1);
}

TEST_CASE("who says nothing, or never comes to an end, is not waited for") {
    const auto impatient = [](auto& o) {
        o.limits.first_frame_wait = o.limits.frame_wait = 30ms;
        o.limits.sweep = 10ms;
    };
    Room room(trusting(impatient));
    Peer silent(room.port()), slow(room.port());
    slow.send(status(1) + status(2).substr(0, 20));
    REQUIRE(room.until([&] { return silent.ended && slow.ended; }, {&silent, &slow}));
    CHECK(slow.heard.size() == 1);
    CHECK(room.counters().timed_out == 2);
}

TEST_CASE("a stranger needs a session in time") {
    const TextFile users(users_line("open sesame"));
    Room room(trusting([&](auto& o) {
        o.csta.trusted.clear();
        o.csta.users_file = users.path();
        o.limits.session_wait = 200ms;
        o.limits.sweep = 10ms;
    }));
    Peer stranger(room.port()), known(room.port());
    stranger.send(status(1));
    known.send(login(1, "open sesame") + status(2));
    REQUIRE(room.until([&] { return stranger.ended; }, {&stranger, &known}));
    CHECK(stranger.heard == std::vector{"0001 CSTAErrorCode"s});
    CHECK(known.heard == std::vector{"0001 StartApplicationSessionPosResponse"s, "0002 RequestSystemStatusResponse"s});
    CHECK_FALSE(known.ended);
    CHECK(room.service.view().associations.at(0).user == "cti");
}

TEST_CASE("a source of wrong passwords is shut out for a while") {
    const TextFile users(users_line("open sesame"));
    Room room(trusting([&](auto& o) {
        o.csta.trusted.clear();
        o.csta.users_file = users.path();
        o.limits.refusals = 4;
    }));
    for (int i = 0; i < 2; ++i) {
        Peer guesser(room.port());
        guesser.send(login(1, "1234") + login(2, "12345") + login(3, "123456") + login(4, "open sesame"));
        REQUIRE(room.until([&] { return guesser.ended; }, {&guesser}));
        CHECK(guesser.heard.size() == 3); // then it is sent away
    }
    Peer again(room.port());
    REQUIRE(room.until([&] { return again.ended; }, {&again}));
    CHECK(room.counters().refused_shut_out == 1);
}

TEST_CASE("a reload replaces users and networks, and mistakes change nothing") {
    const TextFile users(users_line("open sesame"));
    auto options = trusting([&](auto& o) {
        o.csta.trusted.clear();
        o.csta.users_file = users.path();
    });
    Room room(options);
    users.replace(users_line("hunter2"));
    REQUIRE(room.service.reload(options.csta));
    Peer peer(room.port());
    peer.send(login(1, "open sesame") + login(2, "hunter2"));
    REQUIRE(room.until([&] { return peer.heard.size() == 2; }, {&peer}));
    CHECK(peer.heard[0] == "0001 StartApplicationSessionNegResponse");
    CHECK(peer.heard[1] == "0002 StartApplicationSessionPosResponse");
    users.replace("nonsense\n");
    const auto refused = room.service.reload(options.csta);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("line 1") != std::string::npos);
    users.replace("");
    options.csta.trusted = {"127.0.0.1"};
    REQUIRE(room.service.reload(options.csta));
    Peer friendly(room.port());
    friendly.send(status(1));
    REQUIRE(room.until([&] { return friendly.heard.size() == 1; }, {&friendly}));
    CHECK(friendly.heard[0] == "0001 RequestSystemStatusResponse");
}

TEST_CASE("a client that reads nothing loses events, not the others' and not without a word") {
    Room room(trusting([](auto& o) { o.domain.queue_bytes = 100'000; }));
    Peer slow(room.port()), quick(room.port());
    slow.send(monitor(1, "2101"));
    quick.send(monitor(1, "2101"));
    REQUIRE(room.until([&] { return slow.heard.size() == 1 && quick.heard.size() == 1; }, {&slow, &quick}));
    std::size_t told = 0;
    while (room.service.view().domain.lost_events == 0 && told < 200'000) {
        auto now = news(ada);
        now.dnd = told % 2 == 0;
        room.service.take({now});
        ++told;
        room.turn();
        quick.turn();
    }
    CHECK(room.service.view().domain.lost_events > 0);
    CHECK(room.service.view().domain.lost_events < 100);
    REQUIRE(room.until([&] { return quick.heard.size() == told + 1; }, {&quick}));
    const auto lost = room.service.view().domain.lost_events;
    // It wakes up.
    REQUIRE(room.until(
        [&] {
            return !slow.heard.empty() && slow.heard.back().ends_with("SystemStatus") &&
                   slow.documents.back().find("normal") != std::string::npos;
        },
        {&slow, &quick}));
    CHECK(slow.heard.size() == 1 + told - lost + 2);
    CHECK(slow.documents[slow.documents.size() - 2].find("messagesLost") != std::string::npos);
    CHECK(quick.heard.size() == told + 1);
    CHECK_FALSE(slow.ended);
}

TEST_CASE("a flood of requests is answered in order and bounded by what the client reads") {
    Room room(trusting());
    Peer peer(room.port());
    constexpr unsigned requests = 30'000;
    std::string flood;
    for (unsigned i = 0; i < requests; ++i)
        flood += status(i % 9999);
    peer.send(flood);
    for (int i = 0; i < 2000; ++i) { // it reads nothing
        peer.turn(false);
        room.turn();
    }
    CHECK(room.service.view().associations.at(0).unsent < 512 * 1024);
    REQUIRE(room.until([&] { return peer.heard.size() == requests; }, {&peer}));
    CHECK(peer.heard.back() == fmt::format("{:04} RequestSystemStatusResponse", (requests - 1) % 9999));
}

TEST_CASE("TLS") {
    const Authority authority("Lamp test authority");
    const auto papers = authority.issue({});
    TextFile certificate(""), key("");
    FILE* out = std::fopen(certificate.path().c_str(), "w");
    REQUIRE(PEM_write_X509(out, papers.certificate.get()) == 1);
    std::fclose(out);
    out = std::fopen(key.path().c_str(), "w");
    REQUIRE(PEM_write_PrivateKey(out, papers.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    std::fclose(out);
    Room room(trusting([&](auto& o) {
        o.csta.listen = {config::Listen("tls:127.0.0.1:0")};
        o.csta.certificate = certificate.path();
        o.csta.key = key.path();
    }));
    const auto context = net::client_context(authority.file(), {});
    REQUIRE(context);
    Peer peer(room.port(), context->get());
    std::string many;
    for (unsigned i = 0; i < 1000; ++i)
        many += status(i);
    peer.send(many);
    REQUIRE(room.until([&] { return peer.heard.size() == 1000; }, {&peer}));
    CHECK(room.service.view().associations.at(0).tls);
    Peer plain(room.port());
    plain.send(status(1));
    REQUIRE(room.until([&] { return plain.ended; }, {&plain, &peer}));
    CHECK(room.counters().handshakes_failed == 1);
    CHECK(room.service.reload(trusting([&](auto& o) { o.csta.listen = {config::Listen("tls:127.0.0.1:0")}; }).csta));
    CHECK(room.service.renew_certificate());
    certificate.replace("no certificate\n");
    CHECK_FALSE(room.service.renew_certificate());
}

TEST_CASE("stopping sends everybody away with what was queued") {
    Peer* left = nullptr;
    std::unique_ptr<Peer> peer;
    {
        Room room(trusting());
        peer = std::make_unique<Peer>(room.port());
        left = peer.get();
        peer->send(monitor(1, "2101"));
        REQUIRE(room.until([&] { return peer->heard.size() == 1; }, {left}));
        room.service.take({news(ada, {incoming("a", CallState::ringing)})});
    }
    for (int i = 0; i < 100 && !left->ended; ++i)
        left->turn();
    CHECK(left->ended);
    CHECK(left->heard.size() == 2);
}

TEST_CASE("what cannot be started says why") {
    Loop loop("csta");
    const auto why = [&](const csta::ServiceOptions& options) {
        csta::Service service(loop, options, {});
        const auto begun = service.start();
        return begun ? std::string() : begun.error().text;
    };
    CHECK(why(trusting([](auto& o) { o.csta.users_file = "/nowhere/users"; })).find("/nowhere/users") !=
          std::string::npos);
    CHECK(why(trusting([](auto& o) { o.csta.trusted = {"10.0.0.0/40"}; })).find("10.0.0.0/40") != std::string::npos);
    CHECK_FALSE(why(trusting([](auto& o) { o.csta.listen = {config::Listen("tls:127.0.0.1:0")}; })).empty());
    CHECK_FALSE(why(trusting([](auto& o) { o.csta.listen = {config::Listen("tcp:192.0.2.1:0")}; })).empty());
}
