// Datagrams and framed messages pass through without the heap once the buffers have their size. Every operator new of
// this program is counted; sanitizers bring their own and are left alone.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <sys/socket.h>

#include "house.hpp"

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && !__has_feature(memory_sanitizer)
namespace {
std::size_t allocations = 0;
}
void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* memory = std::malloc(bytes)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace testing;

TEST_CASE("no allocation from the socket to the owner and back") {
    House house({"udp:0.0.0.0:0", "tcp:127.0.0.1:0"});
    std::size_t heard = 0;
    house.transports.on_message = [&](const sip::Received& one) {
        ++heard;
        static_cast<void>(house.transports.send(one.flow, one.bytes));
    };
    const auto request = options_request("a", std::string(300, 'x'));
    for (std::size_t listener = 0; listener < 2; ++listener) {
        auto peer = listener == 0 ? Peer::udp("127.0.0.1", house.port(0)) : Peer::tcp("127.0.0.1", house.port(1));
        std::array<char, 4096> answer{};
        // A burst over a stream that is longer than a quiet connection's buffers costs some for all of it together.
        const std::size_t burst = listener == 0 ? 40 : 4;
        const auto exchange = [&] {
            heard = 0;
            for (std::size_t i = 0; i < burst; ++i)
                static_cast<void>(::send(peer.descriptor(), request.data(), request.size(), MSG_NOSIGNAL));
            for (int i = 0; i < 1000 && heard < burst; ++i)
                house.loop.context().run_one_for(milliseconds(100));
            house.settle();
            std::size_t got = 0;
            for (ssize_t one = 1; one > 0; got += static_cast<std::size_t>(std::max<ssize_t>(one, 0)))
                one = ::recv(peer.descriptor(), answer.data(), answer.size(), MSG_DONTWAIT);
            return heard == burst && got == burst * request.size();
        };
        bool good = true;
        for (int i = 0; i < 5; ++i)
            good = exchange() && good;
        const auto before = allocations;
        for (int i = 0; i < 20; ++i)
            good = exchange() && good;
        const auto counted = allocations - before;
        CHECK(good);
        CHECK(counted == 0);
    }
}
#endif
