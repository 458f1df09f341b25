// A directory server for coroutines of one loop: libldap blocks, so each piece of work has a session and a thread of
// its own, and the loop goes on meanwhile. Nothing is kept between two pieces of work.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "ldap/session.hpp"
#include "loop/loop.hpp"

namespace lamp::ldap {

class Client {
public:
    Client(asio::io_context& context, Options options);
    /// Ends what is under way and waits for its thread.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Opens a session and runs `work` on it, on another thread: `work` owns what it touches. Errors: those of
    /// Session::open and of `work`; conflict while another one is under way; cancelled by `close`.
    template <class T>
    [[nodiscard]] Task<Result<T>> run(std::function<Result<T>(Session&)> work) {
        auto out = std::make_shared<std::optional<T>>();
        Work job = [work = std::move(work), out](Session& session) -> Result<void> {
            auto done = work(session);
            if (!done) return std::unexpected(done.error());
            *out = std::move(*done);
            return {};
        };
        auto done = co_await perform(std::move(job));
        if (!done) co_return std::unexpected(done.error());
        co_return std::move(**out);
    }

    /// Ends what is under way; it fails as cancelled.
    void close();
    [[nodiscard]] const Options& options() const { return options_; }

private:
    using Work = std::function<Result<void>(Session&)>;
    struct Running;
    [[nodiscard]] Task<Result<void>> perform(Work work);
    static void serve(Running& running, const Options& options, const Work& work);

    asio::io_context& context_;
    Options options_;
    std::shared_ptr<Running> running_;
    std::thread thread_;
};

} // namespace lamp::ldap
