// Boost.URL does the grammar (RFC 3986); what is refused beyond it is decided here.
#include "http/url.hpp"

#include <algorithm>
#include <boost/url.hpp>
#include <fmt/format.h>

namespace lamp::http {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

std::string encode(std::string_view text, char kept) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size() + 8);
    for (char c : text) {
        if (unreserved(c) || c == kept) {
            out += c;
            continue;
        }
        auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::unexpected<Error> unusable(std::string_view text, std::string_view why) {
    return fail(Category::invalid, fmt::format("The address \"{}\" cannot be used: {}.", text, why));
}

Result<Url> from_view(boost::urls::url_view view, std::string_view text) {
    Url url;
    auto scheme = lower(std::string_view(view.scheme().data(), view.scheme().size()));
    if (scheme != "http" && scheme != "https") return unusable(text, "it begins with neither http:// nor https://");
    if (view.has_userinfo()) {
        // The text may hold a password: it is not repeated.
        return fail(Category::invalid, "An address with a login in it (user:password@) cannot be used: "
                                       "give user and password in their own settings.");
    }
    url.tls = scheme == "https";
    url.host = lower(view.host_address());
    if (url.host.empty()) return unusable(text, "it has no host");
    if (url.host.find_first_of(" \t\r\n\"<>/\\@") != std::string::npos || url.host.find('\0') != std::string::npos)
        return unusable(text, "its host holds a character that no host name has");
    url.port = url.tls ? 443 : 80;
    if (view.has_port() && !view.port().empty()) {
        url.port = view.port_number();
        if (url.port == 0) return unusable(text, "its port is not a number from 1 to 65535");
    }
    auto target = view.encoded_target();
    url.path.assign(target.data(), target.size());
    // Boost 1.81 reads "https://h:x/" as host "h", an empty port and the path "x/".
    if (!view.encoded_path().empty() && url.path.front() != '/') return unusable(text, "its port is not a number");
    if (url.path.empty() || url.path.front() != '/') url.path.insert(0, 1, '/');
    return url;
}

} // namespace

Result<Url> Url::parse(std::string_view text) {
    auto view = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
    if (view.has_error()) {
        // Not repeated where a password could stand in it.
        if (text.find('@') != std::string_view::npos)
            return fail(Category::invalid, "An address is no valid URL; write it as https://host:port/path.");
        return unusable(text, "it is no valid URL; write it as https://host:port/path");
    }
    return from_view(view.value(), text);
}

Result<Url> Url::resolve(std::string_view reference) const {
    auto base_text = text();
    auto base = boost::urls::parse_uri(base_text);
    auto relative = boost::urls::parse_uri_reference(boost::core::string_view(reference.data(), reference.size()));
    if (base.has_error() || relative.has_error()) return unusable(reference, "it is no valid URL");
    boost::urls::url target;
    if (boost::urls::resolve(base.value(), relative.value(), target).has_error())
        return unusable(reference, fmt::format("it means nothing relative to {}", base_text));
    return from_view(target, reference);
}

std::string Url::authority() const {
    auto name = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
    return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string Url::origin() const {
    return fmt::format("{}://{}", tls ? "https" : "http", authority());
}

std::string Url::place() const {
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::string_view Url::path_only() const {
    return std::string_view(path).substr(0, path.find('?'));
}

Result<std::string> local_target(const Url& base, const std::string& target) {
    auto prefix = base.path == "/" ? std::string() : base.path;
    if (target.starts_with('/')) return prefix + target;
    auto url = Url::parse(target);
    if (!url) return std::unexpected(url.error());
    return url->path.starts_with(prefix + "/") ? url->path : prefix + url->path;
}

std::string encode_segment(std::string_view text) {
    return encode(text, ':');
}

std::string encode_query(std::string_view text) {
    return encode(text, '-');
}

} // namespace lamp::http
