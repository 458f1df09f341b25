#include "status/cors.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lamp::status {
namespace {

bool under_v1(std::string_view path) {
    return path.starts_with("/v1/");
}

/// "crm.example.net", "[::1]:8080": as browsers write what is behind "://".
bool is_authority(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view(".-:[]_").contains(c);
    });
}

} // namespace

std::string Cors::mistake(std::string_view origin) {
    if (origin == "*")
        return "cannot be \"*\": every page on the web could then ask with whatever it got hold of; name them";
    if (origin == "null") return "cannot be \"null\": that is what sandboxed pages of anybody call themselves";
    const auto scheme_end = origin.find("://");
    const auto scheme = origin.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos || (scheme != "https" && scheme != "http"))
        return fmt::format("is \"{}\", which is no origin, such as \"https://crm.example.net\"", origin);
    auto authority = origin.substr(scheme_end + 3);
    if (!is_authority(authority))
        return fmt::format(
            "is \"{}\": an origin is a scheme, a host in small letters and perhaps a port, without a path "
            "or a / at the end",
            origin);
    if (authority.ends_with(scheme == "https" ? ":443" : ":80"))
        return fmt::format("is \"{}\": browsers leave out the usual port, so it would never be the same", origin);
    return {};
}

bool Cors::allows(std::string_view origin) const {
    return std::ranges::find(origins_, origin) != origins_.end();
}

std::string Cors::fields(const Request& request) const {
    if (origins_.empty() || !under_v1(request.path)) return {};
    std::string out = "Vary: Origin\r\n";
    if (allows(request.origin))
        out += fmt::format("Access-Control-Allow-Origin: {}\r\nAccess-Control-Expose-Headers: ETag, Retry-After\r\n",
                           request.origin);
    return out;
}

bool Cors::asks_first(const Request& request) const {
    return request.method == Method::options && under_v1(request.path) && allows(request.origin) &&
           request.field("access-control-request-method").has_value();
}

Answer Cors::may_come(std::string_view methods) {
    Answer out;
    out.status = 204;
    out.fields =
        fmt::format("Access-Control-Allow-Methods: {}\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, "
                    "If-None-Match, Last-Event-ID\r\nAccess-Control-Max-Age: 600\r\n",
                    methods);
    return out;
}

} // namespace lamp::status
