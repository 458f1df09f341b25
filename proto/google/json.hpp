// The room's own reader under all others: JSON objects with members that may be absent or of another type. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::google {

inline constexpr std::size_t depth_max = 32;

/// The whole body as one object in UTF-8. Error: protocol, with a sentence that does not quote the body.
[[nodiscard]] Result<boost::json::object> read_object(std::string_view body);

/// Views into the object; empty or null when the member is absent or something else.
[[nodiscard]] std::string_view text_of(const boost::json::object& object, std::string_view name);
[[nodiscard]] const boost::json::object* object_of(const boost::json::object& object, std::string_view name);
[[nodiscard]] const boost::json::array* array_of(const boost::json::object& object, std::string_view name);
[[nodiscard]] bool is_true(const boost::json::object& object, std::string_view name);
/// Google writes 64-bit numbers as texts, and reads both.
[[nodiscard]] std::optional<std::int64_t> number_of(const boost::json::object& object, std::string_view name);

} // namespace lamp::google
