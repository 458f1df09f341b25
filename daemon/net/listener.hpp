// A listening socket. Made on any thread, then it lives on its owner's loop.
#pragma once
#include <cstdint>
#include <string>
#include <sys/socket.h>

#include "base/errors.hpp"
#include "config/types.hpp"

namespace lamp::net {

class Listener {
public:
    /// Binds and listens at once. Errors say which address and why ("is taken by another program").
    [[nodiscard]] static Result<Listener> open(const config::Listen& where);
    ~Listener();
    Listener(Listener&& other) noexcept;
    Listener& operator=(Listener&&) = delete;

    enum class Why : std::uint8_t { nobody, no_descriptors, other };
    struct Accepted {
        int descriptor = -1; // non-blocking, no delay
        Why why = Why::nobody;
        sockaddr_storage peer{};
    };
    [[nodiscard]] Accepted accept();

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// "127.0.0.1:8080", "[::1]:8080"
    [[nodiscard]] std::string address() const;

private:
    Listener(int descriptor, std::string host, std::uint16_t port)
        : descriptor_(descriptor), host_(std::move(host)), port_(port) {}

    int descriptor_;
    std::string host_;
    std::uint16_t port_;
};

} // namespace lamp::net
