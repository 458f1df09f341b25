// Operating errors are values: a category for programs, a whole sentence for people.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace lamp {

enum class Category : std::uint8_t {
    network,      // could not connect, connection lost, name not found, TLS refused
    timeout,      // the peer kept silent for longer than its limit
    protocol,     // the peer answered something that its protocol does not allow (HTML, broken XML)
    unauthorised, // the login or token is not accepted
    forbidden,    // accepted, but not permitted
    not_found,
    conflict,
    throttled,   // the peer asks for fewer requests
    unavailable, // the peer says that it cannot serve now (5xx)
    invalid,     // our caller gave something that cannot be used
    limit,       // one of our own named limits
    cancelled,   // we are stopping
};

[[nodiscard]] constexpr std::string_view name(Category category) {
    switch (category) {
    case Category::network: return "network";
    case Category::timeout: return "timeout";
    case Category::protocol: return "protocol";
    case Category::unauthorised: return "unauthorised";
    case Category::forbidden: return "forbidden";
    case Category::not_found: return "not found";
    case Category::conflict: return "conflict";
    case Category::throttled: return "throttled";
    case Category::unavailable: return "unavailable";
    case Category::invalid: return "invalid";
    case Category::limit: return "limit";
    case Category::cancelled: return "cancelled";
    }
    return "unknown";
}

struct Error {
    Category category;
    std::string text; // one whole sentence, no secrets

    Error(Category category_, std::string text_) : category(category_), text(std::move(text_)) {}
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Category category, std::string text) {
    return std::unexpected(Error(category, std::move(text)));
}

} // namespace lamp
