// Members of JSON objects as Zoom writes them: numbers may be texts, anything may be null. For this room only.
#pragma once
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace lamp::zoom {

inline constexpr std::size_t text_max = 512; // of any member we keep; longer ones are as good as absent

inline const boost::json::object* object_in(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value ? value->if_object() : nullptr;
}
/// Empty: absent, null or of another kind.
inline std::string text_in(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (!value) return {};
    if (value->is_int64()) return std::to_string(value->get_int64());
    if (value->is_uint64()) return std::to_string(value->get_uint64());
    if (!value->is_string() || value->get_string().size() > text_max) return {};
    return {value->get_string().begin(), value->get_string().end()};
}
inline std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t number = 0;
    auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}
inline std::optional<std::int64_t> number_in(const boost::json::object& object, std::string_view name) {
    return whole_number(text_in(object, name));
}

} // namespace lamp::zoom
