#include "sip/udp_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <linux/sock_diag.h>
#include <unistd.h>
#include <utility>

#include "proto/sip/limits.hpp"
#include "sip/socket_place.hpp"

namespace lamp::sip {
namespace {

// Not a power of two: else the first lines of all datagrams would compete for the same few places in the cache.
constexpr std::size_t stride = limits::datagram_bytes + 1 + 1600;
constexpr std::size_t udp_ipv4_max = 65'507;
constexpr std::size_t udp_ipv6_max = 65'527;
constexpr std::size_t bytes_before_flush = 256 * 1024;
constexpr std::size_t bytes_kept = 1 << 20;

/// What the kernel grants, at first without and then with its limit; it tells twice as much as it was asked for.
int grow(int descriptor, int force, int plain, int wanted) {
    if (::setsockopt(descriptor, SOL_SOCKET, force, &wanted, sizeof wanted) != 0)
        ::setsockopt(descriptor, SOL_SOCKET, plain, &wanted, sizeof wanted);
    int got = 0;
    socklen_t size = sizeof got;
    ::getsockopt(descriptor, SOL_SOCKET, plain, &got, &size);
    return got / 2;
}

bool configure(int descriptor, int family, bool wildcard) {
    const int on = 1;
    bool good = family != AF_INET6 || ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0;
    if (!good || !wildcard) return good;
    return family == AF_INET6 ? ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) == 0
                              : ::setsockopt(descriptor, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0;
}

template <class Info>
std::size_t write_control(std::array<char, 64>& out, int level, int type, const Info& info) {
    cmsghdr head{};
    head.cmsg_level = level;
    head.cmsg_type = type;
    head.cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(out.data(), &head, sizeof head);
    std::memcpy(out.data() + CMSG_LEN(0), &info, sizeof info);
    return CMSG_SPACE(sizeof info);
}

} // namespace

UdpReader::UdpReader() : bytes_(std::make_unique_for_overwrite<char[]>(udp_batch * stride)) {
    for (std::size_t i = 0; i < udp_batch; ++i) {
        pieces_.at(i) = {bytes_.get() + i * stride, limits::datagram_bytes};
        auto& header = headers_.at(i).msg_hdr;
        header.msg_name = &peers_.at(i);
        header.msg_iov = &pieces_.at(i);
        header.msg_iovlen = 1;
        header.msg_control = controls_.at(i).bytes.data();
    }
}

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(const config::Listen& where, const TransportLimits& limits,
                                                   TransportCounters& counters) {
    const auto address = net::socket_address(where.host, where.port);
    if (address.size == 0)
        return fail(Category::invalid, fmt::format("Cannot listen on {}: this is no IP address.", to_string(where)));
    const int descriptor = ::socket(address.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bool wildcard = is_wildcard(place_of(address.raw()).address);
    const bool good = descriptor >= 0 && configure(descriptor, address.family(), wildcard) &&
                      ::bind(descriptor, address.raw(), address.size) == 0;
    if (!good) {
        const int error = errno;
        if (descriptor >= 0) ::close(descriptor);
        return fail(Category::conflict,
                    fmt::format("Cannot listen on {}: {}.", to_string(where), net::bind_problem(error)));
    }
    return std::unique_ptr<UdpSocket>(new UdpSocket(descriptor, limits, counters));
}

UdpSocket::UdpSocket(int descriptor, const TransportLimits& limits, TransportCounters& counters)
    : descriptor_(descriptor),
      limits_(limits),
      counters_(counters),
      bound_(own_place(descriptor)),
      wildcard_(is_wildcard(bound_.address)) {
    locals_.push_back({.address = bound_.address, .host = std::string(host_text(bound_.address).view())});
    receive_buffer_ = grow(descriptor_, SO_RCVBUFFORCE, SO_RCVBUF, limits_.udp_buffer_bytes);
    static_cast<void>(grow(descriptor_, SO_SNDBUFFORCE, SO_SNDBUF, limits_.udp_buffer_bytes));
    pending_.reserve(udp_batch);
    bytes_.reserve(udp_batch * 1024);
    for (std::size_t i = 0; i < udp_batch; ++i) {
        headers_.at(i).msg_hdr.msg_iov = &pieces_.at(i);
        headers_.at(i).msg_hdr.msg_iovlen = 1;
        headers_.at(i).msg_hdr.msg_name = &peers_.at(i).storage;
    }
}

UdpSocket::~UdpSocket() {
    ::close(descriptor_);
}

std::size_t UdpSocket::read_batch(UdpReader& reader) {
    for (std::size_t i = 0; i < udp_batch; ++i) {
        auto& header = reader.headers_.at(i).msg_hdr;
        header.msg_namelen = sizeof(sockaddr_in6);
        header.msg_controllen = wildcard_ ? sizeof(UdpReader::Control) : 0;
    }
    // An error is about an earlier datagram (ICMP) and is gone once told; twice, since one may hide what has come.
    for (int attempt = 0; attempt < 2; ++attempt) {
        const int count = ::recvmmsg(descriptor_, reader.headers_.data(), udp_batch, MSG_DONTWAIT, nullptr);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno == EAGAIN) return 0;
    }
    return 0;
}

UdpSocket::Datagram UdpSocket::read(UdpReader& reader, std::size_t index) {
    auto& message = reader.headers_.at(index);
    const auto* bytes = static_cast<const char*>(reader.pieces_.at(index).iov_base);
    return {place_of(&reader.peers_.at(index)), wildcard_ ? local_of(message.msg_hdr) : 0, {bytes, message.msg_len}};
}

std::uint32_t UdpSocket::local_of(msghdr& header) {
    for (auto* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            return intern(ipv4_address(&info.ipi_spec_dst), 0);
        }
        if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(part), sizeof info);
            Address16 address{};
            std::memcpy(address.data(), &info.ipi6_addr, address.size());
            if (address[0] == 0xff) return 0; // multicast: no address to send from
            return intern(address, is_link_local(address) ? static_cast<std::uint32_t>(info.ipi6_ifindex) : 0);
        }
    }
    return 0;
}

std::uint32_t UdpSocket::intern(const Address16& address, std::uint32_t interface) {
    const auto same = [&](const LocalAddress& one) { return one.address == address && one.interface == interface; };
    if (same(locals_[last_local_])) return last_local_;
    const auto found = std::ranges::find_if(locals_, same);
    if (found != locals_.end()) return last_local_ = static_cast<std::uint32_t>(found - locals_.begin());
    if (locals_.size() >= limits_.local_addresses) return 0;
    auto& made = locals_.emplace_back();
    made.address = address;
    made.interface = interface;
    made.host = host_text(address).view();
    if (is_ipv4(address)) {
        in_pktinfo info{};
        std::memcpy(&info.ipi_spec_dst, address.data() + 12, 4);
        made.control_bytes = write_control(made.control, IPPROTO_IP, IP_PKTINFO, info);
    } else {
        in6_pktinfo info{};
        std::memcpy(&info.ipi6_addr, address.data(), address.size());
        info.ipi6_ifindex = interface;
        made.control_bytes = write_control(made.control, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
    return last_local_ = static_cast<std::uint32_t>(locals_.size() - 1);
}

std::uint32_t UdpSocket::local_towards(const Place& to) {
    if (!wildcard_) return 0;
    // A connected socket is told its address by the routing table; nothing is sent.
    const int probe = ::socket(ipv4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return 0;
    net::SocketAddress peer;
    put(peer, to);
    const bool routed = ::connect(probe, peer.raw(), peer.size) == 0;
    const auto own = routed ? own_place(probe).address : bound_.address;
    ::close(probe);
    return routed && !is_wildcard(own) && !is_link_local(own) ? intern(own, 0) : 0;
}

bool UdpSocket::send(const Place& to, std::uint32_t local, std::string_view bytes) {
    if (bytes.size() > (ipv4() ? udp_ipv4_max : udp_ipv6_max)) return ++counters_.too_big, false;
    if (to.port == 0 || is_ipv4(to.address) != ipv4() || local >= locals_.size())
        return ++counters_.undeliverable, false;
    if (bytes_.size() + bytes.size() > limits_.udp_queue_bytes) return ++counters_.queue_full, false;
    pending_.push_back({bytes_.size(), bytes.size(), local, to});
    bytes_.append(bytes);
    const bool full = pending_.size() - first_ >= udp_batch || bytes_.size() > bytes_before_flush;
    if (full && !blocked_) static_cast<void>(flush());
    return true;
}

std::size_t UdpSocket::prepare() {
    const auto count = std::min(pending_.size() - first_, udp_batch);
    for (std::size_t i = 0; i < count; ++i) {
        const Pending& one = pending_[first_ + i];
        auto& local = locals_[one.local];
        auto& header = headers_.at(i).msg_hdr;
        pieces_.at(i) = {bytes_.data() + one.at, one.size};
        put(peers_.at(i), one.to, local.interface);
        header.msg_namelen = peers_.at(i).size;
        header.msg_control = local.control_bytes != 0 ? local.control.data() : nullptr;
        header.msg_controllen = local.control_bytes;
    }
    return count;
}

bool UdpSocket::flush() {
    blocked_ = false;
    bool retried = false;
    while (first_ < pending_.size()) {
        const auto count = prepare();
        const int taken = ::sendmmsg(descriptor_, headers_.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
        if (taken > 0) {
            sent(static_cast<std::size_t>(taken));
            retried = false;
        } else if (errno == EAGAIN) {
            compact();
            return blocked_ = true;
        } else if (errno != EINTR) {
            drop_first(retried);
        }
    }
    pending_.clear();
    first_ = 0;
    bytes_.clear();
    if (bytes_.capacity() > bytes_kept) bytes_.shrink_to_fit();
    return false;
}

/// Gives the place of what was sent to what waits.
void UdpSocket::compact() {
    if (first_ < pending_.size() / 2) return;
    const auto begin = pending_[first_].at;
    bytes_.erase(0, begin);
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(first_));
    for (Pending& one : pending_)
        one.at -= begin;
    first_ = 0;
}

/// No route, forbidden, too long for the way …: that is about this datagram. An error may also be the echo of an
/// earlier one (ICMP), so each is tried twice.
void UdpSocket::drop_first(bool& retried) {
    if (!std::exchange(retried, !retried)) return;
    ++counters_.undeliverable;
    ++first_;
}

void UdpSocket::sent(std::size_t count) {
    auto& way = counters_.ways[0];
    for (std::size_t i = 0; i < count; ++i)
        way.sent_bytes += pending_[first_ + i].size;
    way.sent += count;
    first_ += count;
}

std::uint64_t UdpSocket::take_drops() {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (::getsockopt(descriptor_, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) return 0;
    return memory[SK_MEMINFO_DROPS] - std::exchange(drops_, memory[SK_MEMINFO_DROPS]);
}

} // namespace lamp::sip
