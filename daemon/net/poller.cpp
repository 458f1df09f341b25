#include "net/poller.hpp"

#include <unistd.h>

#include "base/check.hpp"

namespace lamp::net {
namespace {
constexpr int rounds_max = 8; // then the loop's other work gets its turn
}

Poller::Poller(asio::io_context& context, std::function<void()> before_batch, std::function<void()> after_batch)
    : before_batch_(std::move(before_batch)),
      after_batch_(std::move(after_batch)),
      set_(::epoll_create1(EPOLL_CLOEXEC)),
      watched_set_(context) {
    LAMP_CHECK(set_ >= 0);
    watched_set_.assign(set_);
}

Poller::~Poller() {
    stop();
}

void Poller::start() {
    wait();
}

void Poller::stop() {
    boost::system::error_code ignored;
    watched_set_.close(ignored);
}

bool Poller::add(int descriptor, Watched& who, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &who;
    return ::epoll_ctl(set_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Poller::change(int descriptor, Watched& who, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &who;
    ::epoll_ctl(set_, EPOLL_CTL_MOD, descriptor, &event);
}

void Poller::remove(int descriptor) {
    epoll_event ignored{};
    ::epoll_ctl(set_, EPOLL_CTL_DEL, descriptor, &ignored);
}

void Poller::wait() {
    watched_set_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code error) {
        if (error) return;
        deliver();
        if (watched_set_.is_open()) wait();
    });
}

void Poller::deliver() {
    for (int round = 0; round < rounds_max && watched_set_.is_open(); ++round) {
        int count = ::epoll_wait(set_, events_.data(), static_cast<int>(events_.size()), 0);
        if (count <= 0) return;
        before_batch_();
        for (int i = 0; i < count; ++i) {
            const auto& event = events_.at(static_cast<std::size_t>(i));
            static_cast<Watched*>(event.data.ptr)->on_ready(event.events);
        }
        after_batch_();
        if (count == 1) return; // little to do: let the loop wait instead of asking again
    }
}

} // namespace lamp::net
