// Peers that are no directory server, and the end in the middle of things.
#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>

#include "ldap/client.hpp"

using namespace lamp;
using namespace lamp::ldap;
using namespace std::chrono_literals;

namespace {

/// Takes connections and says nothing, or what it is told to say.
class Peer {
public:
    Peer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(socket_, 8) == 0);
        REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    ~Peer() {
        if (thread_.joinable()) thread_.join();
        ::close(socket_);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    /// Answers the first thing that it hears, then waits for the end; `heard` is called once it has.
    void answer(std::string bytes, std::function<void()> heard = {}) {
        thread_ = std::thread([this, bytes = std::move(bytes), heard = std::move(heard)] {
            const int one = ::accept(socket_, nullptr, nullptr);
            char buffer[512];
            if (::recv(one, buffer, sizeof buffer, 0) > 0) {
                static_cast<void>(::send(one, bytes.data(), bytes.size(), MSG_NOSIGNAL));
                if (heard) heard();
                while (::recv(one, buffer, sizeof buffer, 0) > 0) {
                }
            }
            ::close(one);
        });
    }
    [[nodiscard]] Options options() const {
        Options out;
        out.address = {"127.0.0.1", port_, false};
        out.connect_wait = 5s;
        out.silence = 1s;
        return out;
    }

private:
    int socket_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

struct House {
    Loop loop{"test"};
    Client client;
    std::optional<Result<int>> result;

    explicit House(Options options) : client(loop.context(), std::move(options)) {}
    void begin() {
        loop.spawn([](House& house) -> Task<> {
            std::function<Result<int>(Session&)> work = [](Session& session) -> Result<int> {
                auto root = session.root();
                if (!root) return std::unexpected(root.error());
                return 1;
            };
            house.result = co_await house.client.run<int>(std::move(work));
        }(*this));
    }
    Result<int> end() {
        for (auto until = steady_now() + 20s; !result && steady_now() < until;)
            loop.context().run_one_until(until);
        REQUIRE(result.has_value());
        return *result;
    }
};

// A bind's good answer: LDAPMessage { 1, bindResponse { success, "", "" } } (RFC 4511 section 4.2.2).
const std::string welcome("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00", 14);

} // namespace

TEST_CASE("nobody listens") {
    Options options;
    {
        Peer peer;
        options = peer.options();
    }
    House house(options);
    house.begin();
    auto result = house.end();
    REQUIRE_FALSE(result);
    CHECK(result.error().category == Category::network);
    CHECK(result.error().text.contains("Connection refused"));
}

TEST_CASE("a peer that keeps silent") {
    Peer peer;
    peer.answer("");
    House house(peer.options());
    house.begin();
    auto result = house.end();
    REQUIRE_FALSE(result);
    CHECK(result.error().category == Category::timeout);
    CHECK(result.error().text.contains("kept silent"));
}

TEST_CASE("a peer that stops in the middle of a message") {
    Peer peer;
    peer.answer(welcome.substr(0, 5));
    House house(peer.options());
    house.begin();
    auto result = house.end();
    REQUIRE_FALSE(result);
    CHECK(result.error().category == Category::timeout);
}

TEST_CASE("a peer that speaks something else") {
    Peer peer;
    peer.answer("HTTP/1.1 400 Bad Request\r\n\r\n");
    auto options = peer.options();
    House house(options);
    house.begin();
    CHECK_FALSE(house.end());
}

TEST_CASE("a message without end") {
    Peer peer;
    peer.answer(std::string("\x30\x84\x7f\xff\xff\xff\x02\x01\x01", 9)); // 2 GB are announced
    House house(peer.options());
    house.begin();
    auto result = house.end();
    REQUIRE_FALSE(result);
    CHECK(result.error().category == Category::network);
}

TEST_CASE("it ends at once, wherever it is") {
    auto after = [](std::string answer) {
        Peer peer;
        auto options = peer.options();
        options.silence = 10min;
        House house(options);
        peer.answer(std::move(answer), [&] { house.loop.post([&] { house.client.close(); }); });
        house.begin();
        auto result = house.end();
        REQUIRE_FALSE(result);
        CHECK(result.error().category == Category::cancelled);
    };
    after("");                   // during the login
    after(welcome);              // during a search
    after(welcome.substr(0, 5)); // in the middle of a message
}

TEST_CASE("one piece of work at a time, and the client may go while it is under way") {
    Peer peer;
    auto options = peer.options();
    options.silence = 10min;
    std::atomic<bool> heard = false;
    peer.answer("", [&] { heard = true; });
    House house(options);
    house.begin();
    while (!heard)
        house.loop.context().run_one_for(10ms);
    std::optional<Result<int>> second;
    house.loop.spawn([](Client& client, std::optional<Result<int>>& out) -> Task<> {
        std::function<Result<int>(Session&)> work = [](Session&) -> Result<int> { return 2; };
        out = co_await client.run<int>(std::move(work));
    }(house.client, second));
    while (!second)
        house.loop.context().run_one_for(10ms);
    REQUIRE_FALSE(*second);
    CHECK(second->error().category == Category::conflict);
}
