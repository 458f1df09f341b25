#include "proto/google/json.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::google {

Result<boost::json::object> read_object(std::string_view body) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (body.starts_with(mark)) body.remove_prefix(mark.size());
    auto text = text::trim(body);
    if (text.empty()) return fail(Category::protocol, "The body is empty where JSON was expected.");
    if (text.front() == '<') return fail(Category::protocol, "The body is HTML or XML where JSON was expected.");
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code broken;
    auto parsed = boost::json::parse(text, broken, {}, options);
    if (broken)
        return fail(Category::protocol,
                    fmt::format("The body of {} bytes is no JSON: {}.", body.size(), broken.message()));
    if (!parsed.is_object()) return fail(Category::protocol, "The body is JSON, but no object.");
    return std::move(parsed.get_object());
}

std::string_view text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

const boost::json::object* object_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value ? value->if_object() : nullptr;
}

const boost::json::array* array_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value ? value->if_array() : nullptr;
}

bool is_true(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> number_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (!value) return std::nullopt;
    if (value->is_int64()) return value->get_int64();
    if (value->is_string()) return text::number<std::int64_t>(std::string_view(value->get_string()));
    return std::nullopt;
}

} // namespace lamp::google
