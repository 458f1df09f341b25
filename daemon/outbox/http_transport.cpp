// A webhook over HTTP. A host that is written as an address (or as localhost) is where its operator wants it; a name
// may lead wherever its owner pleases, so that it must not lead into this network.
#include <boost/asio/ip/address.hpp>

#include "http/pool.hpp"
#include "outbox/signature.hpp"
#include "outbox/transport.hpp"

namespace lamp::outbox {
namespace {

constexpr std::size_t answer_bytes = 64 << 10; // nobody reads it

bool written_address(const std::string& host) {
    boost::system::error_code not_literal;
    static_cast<void>(asio::ip::make_address(host, not_literal));
    return !not_literal || host == "localhost";
}

class HttpTransport final : public Transport {
public:
    HttpTransport(const http::Client& client, http::Url url, const WebhookOptions& options)
        : url_(std::move(url)), place_(url_.origin()), pool_(client, url_, {.parallel = 2}), options_(options) {}

    Task<Verdict> send(const Letter& letter) override {
        auto now = wall_now();
        http::Request request{.method = http::Method::post, .target = url_.path, .body = letter.body};
        request.content_type = options_.format == Format::body ? options_.content_type : "application/json";
        for (const auto& [key, value] : options_.headers)
            request.headers.add(key, value);
        request.headers.add("Idempotency-Key", letter.key);
        if (!options_.secret.empty())
            request.headers.add("Lamplighter-Signature", signature(options_.secret, now, letter.body));
        request.authorization = options_.authorization;
        request.limit = options_.timeout;
        request.safe_to_repeat = true; // it has a key
        auto answer = co_await pool_.exchange(std::move(request));
        co_return verdict_of(answer, wall_now());
    }
    void stop() override { pool_.close(); }
    const std::string& place() const override { return place_; }

private:
    http::Url url_;
    std::string place_;
    http::Pool pool_;
    WebhookOptions options_;
};

} // namespace

Result<std::unique_ptr<Transport>> http_transport(Loop& loop, const WebhookOptions& options,
                                                  const std::string& user_agent) {
    auto url = http::Url::parse(options.url.text);
    if (!url) return std::unexpected(url.error());
    auto client = http::Client::make(
        loop.context(), {.ca_file = options.ca_file.string(),
                         .proxy = options.proxy,
                         .user_agent = user_agent,
                         .public_only = !options.allow_private && !written_address(url->host),
                         .connect_wait = std::min<milliseconds>(options.timeout, lamp::limits::connect_wait),
                         .body_bytes = answer_bytes});
    if (!client) return std::unexpected(client.error());
    return std::make_unique<HttpTransport>(*client, std::move(*url), options);
}

} // namespace lamp::outbox
