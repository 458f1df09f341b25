// What Google says when it refuses (cloud-apis.md F4). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::google {

/// Texts are the service's own and may be empty.
struct ErrorBody {
    std::string reason; // "rateLimitExceeded"
    std::string message;
    bool operator==(const ErrorBody&) const = default;
};

/// {"error":{"errors":[{"reason"}],"code","message"}}, the newer shape with `status` and `details`, or the token
/// endpoint's {"error","error_description"}; nothing from any other body, an HTML page or a broken one included.
[[nodiscard]] std::optional<ErrorBody> read_error(std::string_view body);

/// Whether this reason asks for fewer requests; Google says so with 403 as well as with 429.
[[nodiscard]] bool asks_for_fewer(std::string_view reason);

} // namespace lamp::google
