// getaddrinfo through Asio, with a limit that Asio's resolver does not have.
#include "http/resolver.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "http/dial.hpp"

namespace lamp::http {
namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

/// RFC 8305 section 4: the families take turns, the first one stays first.
std::vector<Endpoint> interleaved(const std::vector<Endpoint>& sorted) {
    if (sorted.empty()) return {};
    bool first_is_v6 = sorted.front().address().is_v6();
    std::vector<Endpoint> preferred;
    std::vector<Endpoint> other;
    for (const auto& endpoint : sorted)
        (endpoint.address().is_v6() == first_is_v6 ? preferred : other).push_back(endpoint);
    std::vector<Endpoint> mixed;
    for (std::size_t i = 0; i < std::max(preferred.size(), other.size()); ++i) {
        if (i < preferred.size()) mixed.push_back(preferred[i]);
        if (i < other.size()) mixed.push_back(other[i]);
    }
    return mixed;
}

Error not_found(const std::string& host, const error_code& error) {
    return Error(Category::network, fmt::format("The name {} has no address ({}); check its spelling and this "
                                                "machine's DNS (getent hosts {}).",
                                                host, error.message(), host));
}

} // namespace

void Lookup::cancel() {
    cancelled_ = true;
    resolver_.cancel();
    wake_.cancel();
}

Task<Result<std::vector<Endpoint>>> Lookup::run(std::shared_ptr<Lookup> self, std::string host, std::uint16_t port,
                                                Steady until) {
    error_code not_literal;
    auto literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) co_return std::vector<Endpoint>{Endpoint(literal, port)};

    // Not AI_ADDRCONFIG: a host without a routed address must find what stands in its /etc/hosts, too.
    self->resolver_.async_resolve(host, std::to_string(port), asio::ip::resolver_base::numeric_service,
                                  [self](const error_code& error, const asio::ip::tcp::resolver::results_type& found) {
                                      self->done_ = true;
                                      self->error_ = error;
                                      for (const auto& entry : found)
                                          self->found_.push_back(entry.endpoint());
                                      self->wake_.cancel();
                                  });
    self->wake_.expires_at(until);
    auto waited = co_await self->wake_.async_wait(no_throw);
    static_cast<void>(waited);
    if (self->cancelled_) co_return fail(Category::cancelled, fmt::format("The look-up of {} was given up.", host));
    if (self->done_ && self->error_) co_return std::unexpected(not_found(host, self->error_));
    if (self->done_) co_return interleaved(self->found_);
    self->resolver_.cancel();
    if (steady_now() < until) co_return fail(Category::cancelled, fmt::format("The look-up of {} was given up.", host));
    co_return fail(Category::timeout,
                   fmt::format("The name {} could not be looked up in time; check this machine's DNS "
                               "servers (resolvectl status, /etc/resolv.conf).",
                               host));
}

Task<Result<std::vector<Endpoint>>> resolve(std::string host, std::uint16_t port, milliseconds limit) {
    auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
    co_return co_await Lookup::run(std::move(lookup), std::move(host), port, steady_now() + limit);
}

std::string text(const Endpoint& endpoint) {
    auto address = endpoint.address().to_string();
    return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                      : fmt::format("{}:{}", address, endpoint.port());
}

} // namespace lamp::http
