// Which rights a token for Graph is asked for. Pure.
#pragma once
#include <string>
#include <string_view>

namespace lamp::graph {

inline constexpr std::string_view worldwide = "https://graph.microsoft.com";

/// Whose scopes those of a Graph at `origin` on `host` are: national clouds have a Graph, and so scopes, of their own;
/// what stands in for Graph has the worldwide ones.
[[nodiscard]] inline std::string resource_of(std::string_view origin, std::string_view host) {
    const bool microsofts =
        host.starts_with("graph.") || host.ends_with(".microsoft.us") || host.ends_with(".chinacloudapi.cn");
    return std::string(microsofts ? origin : worldwide);
}

} // namespace lamp::graph
