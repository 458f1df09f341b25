// A text of a JSON object, for the files of this room: keys and claims alike. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace lamp::oidc {

/// A view into `object`; empty where there is none, or no text.
[[nodiscard]] inline std::string_view text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

} // namespace lamp::oidc
