#include "adapters/calendars/callback.hpp"

#include <openssl/rand.h>

#include <fmt/format.h>

#include "base/check.hpp"
#include "http/jwt.hpp"
#include "http/url.hpp"

namespace lamp::calendars {
namespace {

bool reachable(const http::Url& url) {
    return url.tls || url.host == "localhost" || url.host == "::1" || url.host.starts_with("127.");
}

} // namespace

std::optional<std::string> callback_address(const std::string& public_url, std::string_view hook) {
    auto url = http::Url::parse(public_url);
    if (!url || !reachable(*url)) return std::nullopt;
    auto path = std::string(url->path_only());
    while (path.ends_with('/'))
        path.pop_back();
    return fmt::format("{}{}/hooks/{}", url->origin(), path, hook);
}

std::string random_text(std::size_t bytes) {
    std::string random(bytes, '\0');
    LAMP_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) == 1);
    return http::to_base64url(random);
}

} // namespace lamp::calendars
