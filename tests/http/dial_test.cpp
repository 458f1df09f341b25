// The race for a TCP connection: addresses that refuse, that are silent, that answer.
#include "http/dial.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "here.hpp"
#include "scripted_server.hpp"

using namespace testing;
using http::Dial;
using http::Endpoint;

namespace {

/// A listener that takes nobody: its queue is full, so Linux drops further SYNs as a firewall would.
class BlackHole {
public:
    BlackHole() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener_, 0) == 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        for (int& filler : fillers_) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            static_cast<void>(::connect(filler, reinterpret_cast<sockaddr*>(&address), size));
        }
    }
    ~BlackHole() {
        for (int filler : fillers_)
            ::close(filler);
        ::close(listener_);
    }
    BlackHole(const BlackHole&) = delete;
    BlackHole& operator=(const BlackHole&) = delete;

    [[nodiscard]] Endpoint endpoint() const { return {asio::ip::make_address("127.0.0.1"), port_}; }

private:
    int listener_;
    int fillers_[3]{};
    std::uint16_t port_ = 0;
};

Endpoint refusing() {
    ScriptedServer closed(std::vector<Script>{});
    return {asio::ip::make_address("127.0.0.1"), closed.port()};
}

struct Raced {
    std::string end{}; // port of the winner, or the category
    milliseconds took{0};
    std::string said{};
};

Task<Raced> race(std::shared_ptr<Dial> dial, std::vector<Endpoint> endpoints, milliseconds limit) {
    auto begun = steady_now();
    auto socket = co_await Dial::run(std::move(dial), std::move(endpoints), "xsp.example.net:443", begun + limit);
    Raced raced;
    raced.took = std::chrono::round<milliseconds>(steady_now() - begun);
    raced.end = socket ? std::to_string(socket->remote_endpoint().port()) : std::string(name(socket.error().category));
    if (!socket) raced.said = socket.error().text;
    co_return raced;
}

} // namespace

TEST_CASE("the first address that connects wins") {
    BlackHole hole;
    ScriptedServer server({{}});
    asio::io_context context;
    auto dial = std::make_shared<Dial>(context.get_executor());
    Endpoint good(asio::ip::make_address("127.0.0.1"), server.port());
    auto port = std::to_string(server.port());
    SUBCASE("a silent address costs one stagger") {
        auto raced = finish(context, race(dial, {hole.endpoint(), good}, 5s));
        CHECK(raced.end == port);
        CHECK(raced.took >= 240ms);
        CHECK(raced.took < 2s);
    }
    SUBCASE("a refusing address costs nothing") {
        auto raced = finish(context, race(dial, {refusing(), good}, 5s));
        CHECK(raced.end == port);
        CHECK(raced.took < 240ms);
    }
    dial.reset();
    CHECK(server.faults() == "");
}

TEST_CASE("nobody connects") {
    BlackHole hole;
    asio::io_context context;
    auto dial = std::make_shared<Dial>(context.get_executor());
    SUBCASE("silence") {
        auto raced = finish(context, race(dial, {hole.endpoint()}, 300ms));
        CHECK(raced.end == "timeout");
        CHECK(has(raced.said, "xsp.example.net:443"));
        CHECK(has(raced.said, "firewall"));
    }
    SUBCASE("refusal by all") {
        auto raced = finish(context, race(dial, {refusing(), refusing()}, 5s));
        CHECK(raced.end == "network");
        CHECK(has(raced.said, "nothing listens there"));
    }
    SUBCASE("refusal and silence") {
        auto raced = finish(context, race(dial, {refusing(), hole.endpoint()}, 300ms));
        CHECK(raced.end == "timeout");
    }
    SUBCASE("given up") {
        asio::steady_timer timer(context, 50ms);
        timer.async_wait([&](auto) { dial->cancel(); });
        auto raced = finish(context, race(dial, {hole.endpoint()}, 5s));
        CHECK(raced.end == "cancelled");
        CHECK(raced.took < 2s);
    }
}
