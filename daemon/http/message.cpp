// Header look-up, media types, HTML detection, dates.
#include "http/message.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <openssl/evp.h>

namespace lamp::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = lower(c);
    return out;
}

bool same(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trim(std::string_view text) {
    auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Calls with each trimmed part between separators until one call gives true.
template <class Visit>
bool any_part(std::string_view text, char separator, Visit visit) {
    while (true) {
        auto end = text.find(separator);
        if (visit(trim(text.substr(0, end)))) return true;
        if (end == std::string_view::npos) return false;
        text.remove_prefix(end + 1);
    }
}

std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
    return text;
}

bool starts_with_same(std::string_view text, std::string_view start) {
    return text.size() >= start.size() && same(text.substr(0, start.size()), start);
}

/// Passes over what may stand before the first element: a byte order mark, blanks, comments, an XML declaration.
std::string_view skip_prologue(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (true) {
        auto first = text.find_first_not_of(" \t\r\n");
        if (first == std::string_view::npos) return {};
        text.remove_prefix(first);
        std::string_view end = text.starts_with("<!--") ? "-->" : text.starts_with("<?") ? "?>" : "";
        if (end.empty()) return text;
        auto after = text.find(end);
        if (after == std::string_view::npos) return {};
        text.remove_prefix(after + end.size());
    }
}

bool element_is(std::string_view text, std::string_view element) {
    if (!starts_with_same(text, element)) return false;
    text.remove_prefix(element.size());
    return text.empty() || std::string_view(" \t\r\n>/").find(text.front()) != std::string_view::npos;
}

} // namespace

std::string_view name(Method method) {
    switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::propfind: return "PROPFIND";
    case Method::report: return "REPORT";
    }
    return "GET";
}

bool idempotent(Method method) {
    return method != Method::post && method != Method::patch;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& field : fields_)
        if (same(field.first, name)) return field.second;
    return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& field : fields_)
        if (same(field.first, name)) values.emplace_back(field.second);
    return values;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
    auto is_token = [token](std::string_view part) { return same(part, token); };
    return std::ranges::any_of(
        fields_, [&](const Field& field) { return same(field.first, name) && any_part(field.second, ',', is_token); });
}

bool Head::redirect() const {
    bool code = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    return code && headers.find("Location").has_value();
}

std::string Head::media_type() const {
    auto type = headers.find("Content-Type").value_or("");
    return lower(trim(type.substr(0, type.find(';'))));
}

std::string Head::charset() const {
    std::string found;
    any_part(headers.find("Content-Type").value_or(""), ';', [&found](std::string_view part) {
        if (!starts_with_same(part, "charset")) return false;
        auto rest = trim(part.substr(7));
        if (!rest.starts_with('=')) return false;
        found = lower(unquoted(trim(rest.substr(1))));
        return true;
    });
    return found;
}

std::optional<seconds> Head::retry_after(Wall now) const {
    auto text = headers.find("Retry-After");
    if (!text) return std::nullopt;
    auto value = trim(*text);
    std::uint32_t number = 0;
    auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (problem == std::errc() && end == value.data() + value.size()) return seconds(number);
    auto date = parse_http_date(value);
    if (!date) return std::nullopt;
    return std::max(seconds(0), std::chrono::ceil<seconds>(*date - now));
}

bool Answer::looks_like_html() const {
    return http::looks_like_html(*this, body);
}

bool looks_like_html(const Head& head, std::string_view first_bytes) {
    auto type = head.media_type();
    if (type == "text/html" || type == "application/xhtml+xml") return true;
    auto text = skip_prologue(first_bytes.substr(0, 2048));
    return element_is(text, "<!doctype html") || element_is(text, "<html") || element_is(text, "<head") ||
           element_is(text, "<body") || element_is(text, "<script");
}

Category category_of(int status) {
    switch (status) {
    case 401: return Category::unauthorised;
    case 403: return Category::forbidden;
    case 404:
    case 410: return Category::not_found;
    case 409: return Category::conflict;
    case 429: return Category::throttled;
    default: break;
    }
    if (status >= 500) return Category::unavailable;
    return status >= 300 && status < 400 ? Category::protocol : Category::invalid;
}

Secret basic(std::string_view user, const Secret& password) {
    std::string plain(user);
    plain += ':';
    plain += password.reveal();
    std::string coded(4 * ((plain.size() + 2) / 3) + 1, '\0');
    auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                                reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
    coded.resize(static_cast<std::size_t>(size));
    return Secret("Basic " + coded);
}

Secret bearer(const Secret& token) {
    return Secret("Bearer " + token.reveal());
}

std::optional<Wall> parse_http_date(std::string_view text) {
    std::string value(trim(text));
    // IMF-fixdate, the older RFC 850 form (also with a four-digit year, as cookies have it), asctime.
    for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a, %d-%b-%Y %H:%M:%S GMT",
                             "%a %b %e %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* end = ::strptime(value.c_str(), form, &parts);
        if (end == nullptr || *end != '\0') continue;
        return Wall(std::chrono::sys_seconds(seconds(::timegm(&parts))));
    }
    return std::nullopt;
}

} // namespace lamp::http
