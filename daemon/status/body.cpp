#include "status/body.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace lamp::status {
namespace json = boost::json;

Result<json::object> object_of(std::string_view body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    if (error || !value.is_object()) return fail(Category::invalid, "The body must be a JSON object.");
    return std::move(value.get_object());
}

bool is_text(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<std::optional<std::string_view>> text_of(const json::object& body, std::string_view name, std::size_t most) {
    const auto* value = body.if_contains(name);
    if (!value || value->is_null()) return std::nullopt;
    if (!value->is_string() || !is_text(value->get_string(), most))
        return fail(Category::invalid, fmt::format("\"{}\" must be a text of 1 to {} characters.", name, most));
    return std::string_view(value->get_string());
}

} // namespace lamp::status
