// Two waits that must be interruptible by whoever owns a connection: the look-up of a name, and the race for a TCP
// connection (RFC 8305, light). For this room's own .cpp files; on the loop of the executor.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "http/resolver.hpp"

namespace lamp::http {

using boost::system::error_code;

/// Shared, because the resolver's thread may answer after everybody has left.
class Lookup {
public:
    explicit Lookup(const asio::any_io_executor& executor) : resolver_(executor), wake_(executor) {}

    [[nodiscard]] static Task<Result<std::vector<Endpoint>>> run(std::shared_ptr<Lookup> self, std::string host,
                                                                 std::uint16_t port, Steady until);
    void cancel();

private:
    asio::ip::tcp::resolver resolver_;
    asio::steady_timer wake_;
    bool done_ = false;
    bool cancelled_ = false;
    error_code error_;
    std::vector<Endpoint> found_;
};

/// Shared, because the attempts that lost end after the race.
class Dial {
public:
    static constexpr milliseconds stagger{250}; // RFC 8305 section 5

    explicit Dial(const asio::any_io_executor& executor) : executor_(executor), wake_(executor) {}

    /// The first socket that connects. `place` names the peer in errors.
    [[nodiscard]] static Task<Result<asio::ip::tcp::socket>>
    run(std::shared_ptr<Dial> self, std::vector<Endpoint> endpoints, std::string place, Steady until);
    void cancel();

private:
    void start(std::shared_ptr<Dial> self, const Endpoint& endpoint);
    void close_all();
    [[nodiscard]] Error refused(const std::vector<Endpoint>& endpoints, const std::string& place) const;
    [[nodiscard]] static Error silent(const std::vector<Endpoint>& endpoints, const std::string& place,
                                      milliseconds waited);

    asio::any_io_executor executor_;
    asio::steady_timer wake_;
    std::vector<std::unique_ptr<asio::ip::tcp::socket>> attempts_;
    asio::ip::tcp::socket* winner_ = nullptr;
    std::size_t failed_ = 0;
    error_code last_error_;
    bool cancelled_ = false;
};

} // namespace lamp::http
