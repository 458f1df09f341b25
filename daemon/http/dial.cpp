// RFC 8305 section 5: a new attempt every 250 ms or as soon as one fails; the first to connect wins.
#include "http/dial.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace lamp::http {
namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

std::string list(const std::vector<Endpoint>& endpoints) {
    std::string out;
    for (const auto& endpoint : endpoints) {
        if (!out.empty()) out += ", ";
        out += endpoint.address().to_string();
    }
    return out;
}

} // namespace

void Dial::cancel() {
    cancelled_ = true;
    close_all();
    wake_.cancel();
}

void Dial::close_all() {
    error_code ignored;
    for (auto& attempt : attempts_)
        if (attempt.get() != winner_) attempt->close(ignored);
}

void Dial::start(std::shared_ptr<Dial> self, const Endpoint& endpoint) {
    auto& socket = *attempts_.emplace_back(std::make_unique<asio::ip::tcp::socket>(executor_));
    socket.async_connect(endpoint, [self = std::move(self), &socket](const error_code& error) {
        if (!error && self->winner_ == nullptr && !self->cancelled_) self->winner_ = &socket;
        if (error) ++self->failed_;
        if (error && error != asio::error::operation_aborted) self->last_error_ = error;
        self->wake_.cancel();
    });
}

Task<Result<asio::ip::tcp::socket>> Dial::run(std::shared_ptr<Dial> self, std::vector<Endpoint> endpoints,
                                              std::string place, Steady until) {
    auto begun = steady_now();
    std::size_t next = 0;
    Steady next_at = begun;
    while (self->winner_ == nullptr && !self->cancelled_) {
        auto now = steady_now();
        if (now >= until) break;
        bool all_failed = self->failed_ == self->attempts_.size();
        if (next < endpoints.size() && (all_failed || now >= next_at)) {
            self->start(self, endpoints[next++]);
            next_at = now + stagger;
        } else if (all_failed) {
            break;
        }
        self->wake_.expires_at(next < endpoints.size() ? std::min(until, next_at) : until);
        auto waited = co_await self->wake_.async_wait(no_throw);
        static_cast<void>(waited);
    }
    self->close_all();
    if (self->cancelled_) co_return fail(Category::cancelled, fmt::format("The connection to {} was given up.", place));
    if (self->winner_ != nullptr) co_return std::move(*self->winner_);
    if (self->failed_ < self->attempts_.size() || self->attempts_.empty())
        co_return std::unexpected(silent(endpoints, place, std::chrono::round<milliseconds>(steady_now() - begun)));
    co_return std::unexpected(self->refused(endpoints, place));
}

Error Dial::refused(const std::vector<Endpoint>& endpoints, const std::string& place) const {
    std::string_view remedy = "check the address and the network on the way";
    if (last_error_ == asio::error::connection_refused)
        remedy = "nothing listens there, or a firewall rejects it: check host, port and whether the service runs";
    if (last_error_ == asio::error::network_unreachable || last_error_ == asio::error::host_unreachable)
        remedy = "there is no route to it: check this machine's network and default route";
    return Error(Category::network, fmt::format("No connection to {} ({}): {}; {}.", place, list(endpoints),
                                                last_error_.message(), remedy));
}

Error Dial::silent(const std::vector<Endpoint>& endpoints, const std::string& place, milliseconds waited) {
    return Error(
        Category::timeout,
        fmt::format("No connection to {} ({}) within {} ms (connect_wait): no answer at all; a firewall on the "
                    "way probably drops the packets.",
                    place, list(endpoints), waited.count()));
}

} // namespace lamp::http
