// Question: what does our transport cost per SIP datagram, received and answered, besides the kernel? Three servers
// echo the same 600-byte datagrams of one client with 512 on their way: ours, one that does nothing but recvmmsg and
// sendmmsg in the same batches, and one that makes a system call for each. CPU time of the servers' threads; rounds in
// turn, medians.
#include <atomic>
#include <fmt/format.h>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/log.hpp"
#include "bench/measure.hpp"
#include "sip/transport.hpp"

namespace {

using namespace lamp;

constexpr std::size_t batch = 64;
constexpr std::size_t in_flight = 512;
constexpr std::size_t datagram_bytes = 600;

/// A UDP socket on a loopback address, connected to `to` if there is one.
int open_socket(std::uint16_t to, int flags) {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | flags, 0);
    int bytes = 4 << 20;
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    bool good = ::bind(descriptor, raw, sizeof address) == 0;
    address.sin_port = htons(to);
    if (to != 0) good = good && ::connect(descriptor, raw, sizeof address) == 0;
    if (good) return descriptor;
    std::perror("a socket");
    std::exit(1);
}

std::uint16_t port_of(int descriptor) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

struct Batch {
    Batch() {
        for (std::size_t i = 0; i < batch; ++i) {
            pieces.at(i) = {bytes.data() + i * 2048, 2048};
            headers.at(i).msg_hdr.msg_iov = &pieces.at(i);
            headers.at(i).msg_hdr.msg_iovlen = 1;
        }
    }
    void with_names() {
        for (std::size_t i = 0; i < batch; ++i) {
            headers.at(i).msg_hdr.msg_name = &peers.at(i);
            headers.at(i).msg_hdr.msg_namelen = sizeof peers.at(i);
        }
    }
    std::string bytes = std::string(batch * 2048, 'x');
    std::array<mmsghdr, batch> headers{};
    std::array<iovec, batch> pieces{};
    std::array<sockaddr_in, batch> peers{};
};

/// Sends `count` datagrams and takes their echoes; some may be lost.
void drive(std::uint16_t port, std::size_t count) {
    const int descriptor = open_socket(port, 0);
    Batch out;
    Batch in;
    for (auto& piece : out.pieces)
        piece.iov_len = datagram_bytes;
    std::size_t sent = 0;
    std::size_t got = 0;
    while (got < count) {
        if (sent < count && sent - got + batch <= in_flight) {
            const auto now = static_cast<unsigned>(std::min(batch, count - sent));
            const int taken = ::sendmmsg(descriptor, out.headers.data(), now, 0);
            sent += static_cast<std::size_t>(std::max(taken, 0));
            continue;
        }
        pollfd one{descriptor, POLLIN, 0};
        if (::poll(&one, 1, 200) <= 0) {
            got = sent; // lost
            continue;
        }
        const int came = ::recvmmsg(descriptor, in.headers.data(), batch, MSG_DONTWAIT, nullptr);
        got += static_cast<std::size_t>(std::max(came, 0));
    }
    ::close(descriptor);
}

/// Runs `serve(descriptor, stop)` on a thread of its own; microseconds of CPU per datagram.
double measure(std::size_t count, const std::function<void(int, const std::atomic<bool>&)>& serve) {
    const int descriptor = open_socket(0, 0);
    std::atomic<bool> stop = false;
    double cost = 0;
    std::thread server([&] {
        serve(descriptor, stop);
        cost = bench::thread_cpu_s() / static_cast<double>(count) * 1e6;
    });
    drive(port_of(descriptor), count);
    stop = true;
    drive(port_of(descriptor), 1);
    server.join();
    ::close(descriptor);
    return cost;
}

void serve_batches(int descriptor, const std::atomic<bool>& stop) {
    Batch in;
    in.with_names();
    while (!stop) {
        pollfd one{descriptor, POLLIN, 0};
        ::poll(&one, 1, 100);
        const int came = ::recvmmsg(descriptor, in.headers.data(), batch, MSG_DONTWAIT, nullptr);
        for (int i = 0; i < came; ++i)
            in.pieces.at(static_cast<std::size_t>(i)).iov_len = in.headers.at(static_cast<std::size_t>(i)).msg_len;
        if (came > 0) ::sendmmsg(descriptor, in.headers.data(), static_cast<unsigned>(came), 0);
        for (auto& piece : in.pieces)
            piece.iov_len = 2048;
    }
}

void serve_singly(int descriptor, const std::atomic<bool>& stop) {
    std::array<char, 2048> bytes{};
    sockaddr_in peer{};
    while (!stop) {
        pollfd one{descriptor, POLLIN, 0};
        ::poll(&one, 1, 100);
        socklen_t size = sizeof peer;
        auto* raw = reinterpret_cast<sockaddr*>(&peer);
        for (ssize_t got = 1; got > 0;) {
            got = ::recvfrom(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT, raw, &size);
            if (got > 0) ::sendto(descriptor, bytes.data(), static_cast<std::size_t>(got), 0, raw, size);
        }
    }
}

double measure_ours(std::size_t count) {
    Loop loop("sip");
    sip::TransportOptions options;
    options.listen = {config::Listen("udp:0.0.0.0:0")}; // the dearer kind: it asks for the address that was reached
    sip::Transports transports(loop, options);
    transports.on_message = [&](const sip::Received& one) { static_cast<void>(transports.send(one.flow, one.bytes)); };
    if (const auto listening = transports.listen(); !listening) {
        fmt::print(stderr, "{}\n", listening.error().text);
        std::exit(1);
    }
    double cost = 0;
    std::thread server([&] {
        transports.run();
        loop.run_here();
        cost = bench::thread_cpu_s() / static_cast<double>(count) * 1e6;
    });
    drive(transports.bound().front().port, count);
    loop.stop();
    server.join();
    return cost;
}

} // namespace

int main(int count_of_arguments, char** arguments) {
    log::set_level(log::Level::warning);
    const bool quick = count_of_arguments > 1 && std::string_view(arguments[1]) == "--quick";
    const std::size_t count = quick ? 20'000 : 200'000;
    const int rounds = quick ? 3 : 7;
    std::vector<double> ours, batches, single, own;
    for (int i = 0; i < rounds; ++i) {
        ours.push_back(measure_ours(count));
        batches.push_back(measure(count, serve_batches));
        single.push_back(measure(count, serve_singly));
        own.push_back(ours.back() - batches.back());
    }
    using bench::median;
    fmt::print("one datagram there and back: ours {:.2f} us, the kernel alone in batches {:.2f} us, in single calls "
               "{:.2f} us\n",
               median(ours), median(batches), median(single));
    const bool good = bench::result("sip_transport_own", median(own), "us", 3.0, false);
    return good || quick ? 0 : 1;
}
