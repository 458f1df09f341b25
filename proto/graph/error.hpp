// What the service says when it refuses (cloud-apis.md A8), and what the login says (A1). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::graph {

/// Texts are the service's own; `code` may be empty.
struct ErrorBody {
    std::string code;
    std::string message;
    std::string request_id; // to be quoted to the service's support
    bool operator==(const ErrorBody&) const = default;
};

/// {"error":{"code","message","innerError":{"request-id"}}}, or the login's {"error":"invalid_client",
/// "error_description","trace_id"}; nothing from any other body, an HTML page or a broken one included.
[[nodiscard]] std::optional<ErrorBody> read_error(std::string_view body);

} // namespace lamp::graph
