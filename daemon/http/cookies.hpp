// Cookies of one channel (RFC 6265, the part that load balancers and servlet containers use). Single loop.
// Each cookie goes back only to the host that set it: Domain is not widened.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "http/message.hpp"
#include "http/url.hpp"

namespace lamp::http {

class CookieJar {
public:
    static constexpr std::size_t cookies_max = 50;
    static constexpr std::size_t cookie_bytes_max = 4096;

    /// Takes the Set-Cookie fields of an answer to `url`. A Path that is no prefix of the request's is accepted
    /// (xsi.md 2); a Secure cookie of a plain connection goes back by plain
    /// ones: servers behind a laboratory's proxy set such cookies and insist on them. What exceeds the limits is
    /// dropped and counted.
    void store(const Url& url, const Headers& answer, Wall now);
    /// The value of the Cookie header for a request to `url`, longest paths first; empty: send none.
    [[nodiscard]] std::string header(const Url& url, Wall now) const;

    void clear() { cookies_.clear(); }
    [[nodiscard]] std::size_t size() const { return cookies_.size(); }
    [[nodiscard]] std::size_t refused() const { return refused_; }

private:
    struct Cookie {
        std::string host;
        std::string name;
        std::string value;
        std::string path;
        bool secure = false;
        std::optional<Wall> expires{};
    };
    static std::optional<Cookie> parse(const Url& url, std::string_view field, Wall now);
    void put(Cookie cookie, Wall now);

    std::vector<Cookie> cookies_;
    std::size_t refused_ = 0;
};

} // namespace lamp::http
