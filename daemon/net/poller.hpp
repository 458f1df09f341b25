// Many descriptors on one Asio loop: an epoll set of our own, level-triggered, itself watched by the loop. A request
// then costs recv and send and a share of one epoll_wait; through Asio's own reactor each wait is an epoll_ctl or a
// recv that finds nothing (measured in bench/bench_http.cpp). Lives on the loop of its context.
#pragma once
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <sys/epoll.h>

#include "base/errors.hpp"
#include "loop/loop.hpp"

namespace lamp::net {

class Poller {
public:
    /// Whoever is watched. It must stay where it is until `after_batch`, even when it was removed before.
    class Watched {
    public:
        virtual void on_ready(std::uint32_t events) = 0; // EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP

    protected:
        ~Watched() = default;
    };

    Poller(asio::io_context& context, std::function<void()> before_batch, std::function<void()> after_batch);
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// Begins to deliver; on the loop.
    void start();
    void stop();
    [[nodiscard]] bool add(int descriptor, Watched& who, std::uint32_t events);
    void change(int descriptor, Watched& who, std::uint32_t events);
    void remove(int descriptor);

private:
    void wait();
    void deliver();

    std::function<void()> before_batch_;
    std::function<void()> after_batch_;
    int set_;
    asio::posix::stream_descriptor watched_set_;
    std::array<epoll_event, 256> events_{};
};

} // namespace lamp::net
