// The one table of what is served: routing, 405 with Allow, permissions and the OpenAPI description come from it.
// Pure.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "status/permissions.hpp"
#include "status/request.hpp"

namespace lamp::status {

class Api;
class Call;
struct Asked;

/// Who may ask.
enum class Gate : std::uint8_t {
    open,       // everybody
    known,      // whoever has an identity: a token, or the anonymous role
    permission, // whoever holds the route's permission
};

struct Parameter {
    std::string_view name;
    std::string_view schema; // JSON Schema
    std::string_view help;
};

struct Route {
    Method method;
    std::string_view pattern; // "/v1/presence/{id}/why"; a segment in braces takes any one segment
    Gate gate;
    Permission permission; // of Gate::permission
    void (Api::*respond)(Call&, const Asked&);
    std::string_view summary;
    int status;              // of success
    std::string_view schema; // of success: a name in components, a media type, or empty
    std::span<const Parameter> parameters = {};
    std::string_view body_schema = {}; // a name in components, or a media type
    bool large_body = false;           // bodies may be longer than elsewhere; Gate::permission only
};

/// What was asked of a route.
struct Asked {
    const Route* route = nullptr;
    std::string_view id; // the segment in braces, decoded
    std::string_view path;
    const struct Identity* identity = nullptr;  // null only behind Gate::open
    std::shared_ptr<const class Reach> reach{}; // of whom the identity may know; null: of everybody
};

[[nodiscard]] std::span<const Route> routes();

struct Match {
    const Route* route = nullptr; // null: 404, or 405 when `allow` is not empty
    std::string_view raw_id;      // still encoded
    std::string allow;            // "GET, HEAD"
};
/// HEAD is answered wherever GET is.
class Router {
public:
    explicit Router(std::span<const Route> routes);
    [[nodiscard]] Match match(Method method, std::string_view path) const;

private:
    static constexpr std::size_t segments_max = 6;
    struct Pattern {
        const Route* route;
        std::vector<std::string_view> segments; // without the leading empty one
    };
    std::vector<Pattern> by_count_[segments_max + 1];
};

/// The OpenAPI 3.1 description of `routes()` as JSON.
[[nodiscard]] std::string openapi(std::string_view version, std::string_view server_url);

} // namespace lamp::status
