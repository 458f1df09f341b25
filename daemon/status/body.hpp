// Bodies of requests that are JSON: the object, and texts in it. Errors say what the body must be. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::status {

[[nodiscard]] Result<boost::json::object> object_of(std::string_view body);
/// 1 to `most` bytes, none of them a control character.
[[nodiscard]] bool is_text(std::string_view text, std::size_t most);
/// A member that is such a text; a view into `body`. Nothing: it is not there, or null.
[[nodiscard]] Result<std::optional<std::string_view>> text_of(const boost::json::object& body, std::string_view name,
                                                              std::size_t most);

} // namespace lamp::status
