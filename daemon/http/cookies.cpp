// RFC 6265 sections 5.1.4 (paths), 5.2 (parsing) and 5.3 (storing), host-only.
#include "http/cookies.hpp"

#include <algorithm>
#include <charconv>

namespace lamp::http {
namespace {

std::string_view trim(std::string_view text) {
    auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same(std::string_view left, std::string_view right) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(left, right, {}, lower, lower);
}

std::string default_path(const Url& url) {
    auto path = url.path_only();
    auto last = path.rfind('/');
    return last == 0 || last == std::string_view::npos ? "/" : std::string(path.substr(0, last));
}

bool path_matches(std::string_view request, std::string_view cookie) {
    if (!request.starts_with(cookie)) return false;
    return request.size() == cookie.size() || cookie.ends_with('/') || request[cookie.size()] == '/';
}

std::optional<Wall> after_max_age(std::string_view text, Wall now) {
    std::int64_t age = 0;
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), age);
    if (problem == std::errc::result_out_of_range)
        age = text.starts_with('-') ? -1 : INT32_MAX;
    else if (problem != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return age <= 0 ? Wall{} : now + seconds(std::min<std::int64_t>(age, INT32_MAX));
}

struct Pair {
    std::string_view name;
    std::string_view value;
};

/// Cuts the part before the next ';' off the front of `rest`.
Pair next_pair(std::string_view& rest) {
    auto end = rest.find(';');
    auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    auto equals = part.find('=');
    if (equals == std::string_view::npos) return {trim(part), {}};
    return {trim(part.substr(0, equals)), trim(part.substr(equals + 1))};
}

} // namespace

std::optional<CookieJar::Cookie> CookieJar::parse(const Url& url, std::string_view field, Wall now) {
    bool has_name = field.substr(0, field.find(';')).find('=') != std::string_view::npos;
    auto [name, value] = next_pair(field);
    if (!has_name || name.empty()) return std::nullopt;
    Cookie cookie{.host = url.host, .name = std::string(name), .value = std::string(value), .path = default_path(url)};
    bool has_max_age = false; // stronger than Expires, wherever it stands
    while (!field.empty()) {
        auto [key, given] = next_pair(field);
        if (same(key, "Secure")) cookie.secure = true;
        if (same(key, "Path")) cookie.path = given.starts_with('/') ? std::string(given) : default_path(url);
        if (same(key, "Max-Age"))
            if (auto until = after_max_age(given, now)) cookie.expires = until, has_max_age = true;
        if (same(key, "Expires") && !has_max_age)
            if (auto until = parse_http_date(given)) cookie.expires = until;
    }
    cookie.secure = cookie.secure && url.tls; // set without TLS, it goes back without
    return cookie;
}

void CookieJar::put(Cookie cookie, Wall now) {
    std::erase_if(cookies_, [&](const Cookie& old) {
        bool replaced = old.host == cookie.host && old.name == cookie.name && old.path == cookie.path;
        return replaced || (old.expires && *old.expires <= now);
    });
    if (cookie.expires && *cookie.expires <= now) return;
    if (cookies_.size() >= cookies_max) {
        ++refused_;
        return;
    }
    cookies_.push_back(std::move(cookie));
}

void CookieJar::store(const Url& url, const Headers& answer, Wall now) {
    for (auto field : answer.all("Set-Cookie")) {
        auto cookie = field.size() <= cookie_bytes_max ? parse(url, field, now) : std::nullopt;
        if (cookie)
            put(std::move(*cookie), now);
        else
            ++refused_;
    }
}

std::string CookieJar::header(const Url& url, Wall now) const {
    std::vector<const Cookie*> sent;
    for (const auto& cookie : cookies_) {
        bool alive = !cookie.expires || *cookie.expires > now;
        bool fits =
            cookie.host == url.host && (url.tls || !cookie.secure) && path_matches(url.path_only(), cookie.path);
        if (alive && fits) sent.push_back(&cookie);
    }
    std::ranges::sort(sent, [](const Cookie* left, const Cookie* right) {
        if (left->path.size() != right->path.size()) return left->path.size() > right->path.size();
        return left < right; // of one vector: the older first
    });
    std::string text;
    for (const auto* cookie : sent) {
        if (!text.empty()) text += "; ";
        text += cookie->name + "=" + cookie->value;
    }
    return text;
}

} // namespace lamp::http
