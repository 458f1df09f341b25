#include "ldap/client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.hpp"

namespace lamp::ldap {

/// Shared by the loop and the thread; the thread never touches the loop, only its end of the bell.
struct Client::Running {
    Stop stop;
    int bell = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); // rung once, when `result` is there
    Result<void> result;

    Running() { LAMP_CHECK(bell >= 0); }
    ~Running() { ::close(bell); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
};

Client::Client(asio::io_context& context, Options options) : context_(context), options_(std::move(options)) {}

Client::~Client() {
    close();
    if (thread_.joinable()) thread_.join();
}

void Client::close() {
    if (running_) running_->stop.cancel();
}

void Client::serve(Running& running, const Options& options, const Work& work) {
    sigset_t pipes; // libldap writes to connections that may be gone
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
    auto session = Session::open(options, running.stop);
    running.result = session ? work(**session) : std::unexpected(session.error());
    if (running.stop.cancelled()) running.result = fail(Category::cancelled, "It was stopped.");
}

Task<Result<void>> Client::perform(Work work) {
    if (running_) co_return fail(Category::conflict, "The directory is being asked already.");
    auto running = std::make_shared<Running>();
    asio::posix::stream_descriptor bell(context_, ::dup(running->bell));
    running_ = running;
    thread_ = std::thread([running, options = options_, work = std::move(work)] {
        serve(*running, options, work);
        ::eventfd_write(running->bell, 1);
    });
    auto [error] =
        co_await bell.async_wait(asio::posix::stream_descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
    if (error) running->stop.cancel();
    thread_.join();
    running_.reset();
    co_return running->result;
}

} // namespace lamp::ldap
