// What comes to /hooks/… from vendors, and what they are answered. Values only, on the serve loop: the views live as
// long as the call.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lamp::fanout {

/// Unproven: whoever takes it checks that it is its vendor's.
struct HookCall {
    std::string_view path;  // after "/hooks/": "graph", "graph/life", "zoom"
    std::string_view query; // after "?", still encoded
    std::string_view body;  // the very bytes that came, at most 1 MiB
    /// The value of a header field; the name in any case. Nothing: it is absent, or there more than once.
    std::function<std::optional<std::string_view>(std::string_view name)> header;
};

struct HookAnswer {
    enum class Type : std::uint8_t { text, json };
    int status = 200; // 503 is sent with Retry-After; 4xx and 5xx with a problem document whose detail is `body`
    Type type = Type::text;
    std::string body{};
    bool operator==(const HookAnswer&) const = default;
};

/// Too much waits already: the vendor shall send it again.
[[nodiscard]] inline HookAnswer hook_full() {
    return {503, HookAnswer::Type::text, "Too many deliveries wait."};
}

} // namespace lamp::fanout
