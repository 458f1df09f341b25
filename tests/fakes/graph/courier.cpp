// See courier.hpp. Reads to the end of the connection or of the announced length.
#include "courier.hpp"

#include "../http_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

namespace sim::graph {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr std::size_t answer_max = 256 * 1024;

struct Address {
    bool tls = false;
    std::string host;
    std::string port;
    std::string target;
};

std::optional<Address> address_of(std::string_view url) {
    Address address;
    address.tls = url.starts_with("https://");
    if (!address.tls && !url.starts_with("http://")) return std::nullopt;
    url.remove_prefix(address.tls ? 8 : 7);
    const auto slash = url.find('/');
    const std::string_view authority = url.substr(0, slash);
    address.target = slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
    const auto colon = authority.rfind(':');
    address.host = authority.substr(0, colon);
    address.port =
        colon == std::string_view::npos ? (address.tls ? "443" : "80") : std::string(authority.substr(colon + 1));
    if (address.host.empty()) return std::nullopt;
    return address;
}

class Errand : public std::enable_shared_from_this<Errand> {
public:
    Errand(Loop& loop, Address address, const Parcel& parcel, std::function<void(const Receipt&)> done)
        : loop_(loop),
          address_(std::move(address)),
          tls_(asio::ssl::context::tls_client),
          stream_(loop.context(), tls_),
          resolver_(loop.context()),
          done_(std::move(done)) {
        std::string further;
        for (const auto& [name, value] : parcel.headers)
            further += name + ": " + value + "\r\n";
        if (!parcel.content_type.empty()) further += "Content-Type: " + parcel.content_type + "\r\n";
        request_ = "POST " + address_.target + " HTTP/1.1\r\nHost: " + address_.host + ":" + address_.port + "\r\n" +
                   further + "Content-Length: " + std::to_string(parcel.body.size()) +
                   "\r\nConnection: close\r\nUser-Agent: graph-fake\r\n\r\n" + parcel.body;
    }

    void start(std::chrono::milliseconds limit) {
        loop_.after(limit, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->finish();
        });
        resolver_.async_resolve(address_.host, address_.port,
                                [self = shared_from_this()](const Error& error, const Tcp::resolver::results_type& r) {
                                    if (error) return self->finish();
                                    self->connect(r);
                                });
    }

private:
    void connect(const Tcp::resolver::results_type& results) {
        asio::async_connect(
            stream_.next_layer(), results, [self = shared_from_this()](const Error& error, const Tcp::endpoint&) {
                if (error) return self->finish();
                if (!self->address_.tls) return self->write();
                self->stream_.async_handshake(asio::ssl::stream_base::client, [self](const Error& failed) {
                    if (failed) return self->finish();
                    self->write();
                });
            });
    }

    void write() {
        const auto next = [self = shared_from_this()](const Error& error, std::size_t) {
            if (error) return self->finish();
            self->read();
        };
        if (address_.tls)
            asio::async_write(stream_, asio::buffer(request_), next);
        else
            asio::async_write(stream_.next_layer(), asio::buffer(request_), next);
    }

    void read() {
        const auto next = [self = shared_from_this()](const Error& error, std::size_t bytes) {
            self->input_.append(self->chunk_.data(), bytes);
            if (error || self->whole() || self->input_.size() > answer_max) return self->finish();
            self->read();
        };
        if (address_.tls)
            stream_.async_read_some(asio::buffer(chunk_), next);
        else
            stream_.next_layer().async_read_some(asio::buffer(chunk_), next);
    }

    std::string_view header(std::string_view name) const {
        std::string_view head = std::string_view(input_).substr(0, input_.find("\r\n\r\n"));
        while (!head.empty()) {
            const auto end = head.find("\r\n");
            const std::string_view line = head.substr(0, end);
            head = end == std::string_view::npos ? std::string_view() : head.substr(end + 2);
            const auto colon = line.find(':');
            if (colon == std::string_view::npos || !http::same_word(line.substr(0, colon), name)) continue;
            std::string_view value = line.substr(colon + 1);
            while (value.starts_with(' '))
                value.remove_prefix(1);
            return value;
        }
        return {};
    }

    bool whole() const {
        const auto end = input_.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        if (input_.compare(8, 5, " 204 ") == 0) return true; // has no body, and no length
        if (header("Transfer-Encoding") == "chunked") return input_.ends_with("0\r\n\r\n");
        const std::string length(header("Content-Length"));
        return !length.empty() && input_.size() >= end + 4 + std::strtoul(length.c_str(), nullptr, 10);
    }

    void finish() {
        if (!done_) return;
        Error ignored;
        stream_.next_layer().close(ignored);
        Receipt receipt;
        receipt.took_ms = Loop::steady_ms() - begun_;
        if (whole() && input_.size() > 12) {
            receipt.status = std::atoi(input_.c_str() + 9);
            receipt.content_type = header("Content-Type");
            receipt.body = input_.substr(input_.find("\r\n\r\n") + 4);
            if (header("Transfer-Encoding") == "chunked") receipt.body = unchunked(receipt.body);
        }
        std::exchange(done_, nullptr)(receipt);
    }

    static std::string unchunked(std::string_view bytes) {
        std::string out;
        for (auto line = bytes.find("\r\n"); line != std::string_view::npos; line = bytes.find("\r\n")) {
            const std::size_t size = std::strtoul(std::string(bytes.substr(0, line)).c_str(), nullptr, 16);
            if (size == 0 || bytes.size() < line + 4 + size) break;
            out += bytes.substr(line + 2, size);
            bytes.remove_prefix(line + 4 + size);
        }
        return out;
    }

    Loop& loop_;
    Address address_;
    asio::ssl::context tls_;
    asio::ssl::stream<Tcp::socket> stream_;
    Tcp::resolver resolver_;
    std::function<void(const Receipt&)> done_;
    std::string request_;
    std::string input_;
    std::array<char, 8192> chunk_;
    std::int64_t begun_ = Loop::steady_ms();
};

} // namespace

void Courier::post(const Parcel& parcel, std::function<void(const Receipt&)> done) {
    auto address = address_of(parcel.url);
    if (!address) {
        loop_.post([done = std::move(done)] { done({}); });
        return;
    }
    std::make_shared<Errand>(loop_, std::move(*address), parcel, std::move(done))->start(parcel.limit);
}

} // namespace sim::graph
