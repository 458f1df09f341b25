// One UDP socket: reads and writes many datagrams per system call, answers from the address that the peer used, and
// outlives whatever the network says of single datagrams. For the transport's own files; lives on the SIP loop.
#pragma once
#include <array>
#include <deque>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

#include "config/types.hpp"
#include "net/address.hpp"
#include "sip/transport.hpp"

namespace lamp::sip {

inline constexpr std::size_t udp_batch = 64; // datagrams per system call

/// Space for one batch; all sockets of a loop share it.
class UdpReader {
public:
    UdpReader();

private:
    friend class UdpSocket;
    std::unique_ptr<char[]> bytes_;
    std::array<mmsghdr, udp_batch> headers_{};
    std::array<iovec, udp_batch> pieces_{};
    std::array<sockaddr_in6, udp_batch> peers_{};
    struct alignas(cmsghdr) Control {
        std::array<char, 64> bytes;
    };
    std::array<Control, udp_batch> controls_{};
};

class UdpSocket {
public:
    /// `who` is told by the poller; errors say which address and why.
    [[nodiscard]] static Result<std::unique_ptr<UdpSocket>>
    open(const config::Listen& where, const TransportLimits& limits, TransportCounters& counters);
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    struct Datagram {
        Place from;
        std::uint32_t local; // which of our addresses; see `local_host`
        std::string_view bytes;
    };
    /// Reads one batch and calls `each(Datagram)`; false when there is no more for now.
    template <class Each>
    [[nodiscard]] bool receive(UdpReader& reader, Each each) {
        const auto count = read_batch(reader);
        for (std::size_t i = 0; i < count; ++i) {
            Datagram datagram = read(reader, i);
            each(datagram);
        }
        return count == udp_batch;
    }

    /// Copies; sends a full batch at once. False: see Transports::send.
    [[nodiscard]] bool send(const Place& to, std::uint32_t local, std::string_view bytes);
    /// True: the kernel takes no more for now; call again when the socket is writable.
    [[nodiscard]] bool flush();
    [[nodiscard]] bool waiting() const { return first_ < pending_.size(); }

    /// Which of our addresses datagrams to there leave from.
    [[nodiscard]] std::uint32_t local_towards(const Place& to);
    [[nodiscard]] std::size_t locals() const { return locals_.size(); }
    [[nodiscard]] std::string_view local_host(std::uint32_t local) const { return locals_.at(local).host; }
    [[nodiscard]] bool ipv4() const { return is_ipv4(bound_.address); }
    [[nodiscard]] const Place& bound() const { return bound_; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] int receive_buffer() const { return receive_buffer_; }
    /// Asks the kernel how many datagrams it had to drop since the last call.
    [[nodiscard]] std::uint64_t take_drops();

private:
    struct LocalAddress {
        Address16 address{};
        std::uint32_t interface = 0; // of link-local ones
        std::string host;
        alignas(cmsghdr) std::array<char, 64> control{}; // to send from it
        std::size_t control_bytes = 0;
    };
    struct Pending {
        std::size_t at = 0;
        std::size_t size = 0;
        std::uint32_t local = 0;
        Place to;
    };

    UdpSocket(int descriptor, const TransportLimits& limits, TransportCounters& counters);
    void grow_buffers();
    [[nodiscard]] std::size_t read_batch(UdpReader& reader);
    [[nodiscard]] Datagram read(UdpReader& reader, std::size_t index);
    [[nodiscard]] std::uint32_t local_of(msghdr& header);
    [[nodiscard]] std::uint32_t intern(const Address16& address, std::uint32_t interface);
    [[nodiscard]] std::size_t prepare();
    void compact();
    void drop_first(bool& retried);
    void sent(std::size_t count);

    int descriptor_;
    const TransportLimits& limits_;
    TransportCounters& counters_;
    Place bound_;
    bool wildcard_ = false;
    bool blocked_ = false;
    int receive_buffer_ = 0;
    std::uint32_t drops_ = 0;
    std::uint32_t last_local_ = 0;
    std::deque<LocalAddress> locals_; // the first is the bound one
    std::string bytes_;               // of what is pending
    std::vector<Pending> pending_;
    std::size_t first_ = 0; // of what was not yet sent
    std::array<mmsghdr, udp_batch> headers_{};
    std::array<iovec, udp_batch> pieces_{};
    std::array<net::SocketAddress, udp_batch> peers_{};
};

} // namespace lamp::sip
