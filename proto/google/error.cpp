#include "proto/google/error.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "proto/google/json.hpp"

namespace lamp::google {
namespace {

std::string reason_in(const boost::json::object& error, std::string_view list) {
    const auto* items = array_of(error, list);
    if (items == nullptr) return {};
    for (const auto& item : *items)
        if (const auto* one = item.if_object(); one && !text_of(*one, "reason").empty())
            return std::string(text_of(*one, "reason"));
    return {};
}

} // namespace

std::optional<ErrorBody> read_error(std::string_view body) {
    auto told = read_object(body);
    if (!told) return std::nullopt;
    ErrorBody found;
    if (const auto* error = object_of(*told, "error")) {
        found.reason = reason_in(*error, "errors");
        if (found.reason.empty()) found.reason = reason_in(*error, "details");
        if (found.reason.empty()) found.reason = text_of(*error, "status");
        found.message = text_of(*error, "message");
        return found;
    }
    found.reason = text_of(*told, "error");
    found.message = text_of(*told, "error_description");
    if (found.reason.empty()) return std::nullopt;
    return found;
}

bool asks_for_fewer(std::string_view reason) {
    static constexpr std::array<std::string_view, 6> words{"rateLimitExceeded",   "userRateLimitExceeded",
                                                           "quotaExceeded",       "dailyLimitExceeded",
                                                           "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"};
    return std::ranges::find(words, reason) != words.end();
}

} // namespace lamp::google
