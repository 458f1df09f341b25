// Prints lists as people (aligned table), programs (JSON array) or spreadsheets (CSV, RFC 4180) want them. Pure.
#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lamp::cli {

enum class Format : std::uint8_t { table, json, csv };
[[nodiscard]] std::optional<Format> format_named(std::string_view text);

struct Column {
    std::string_view title;
    std::string_view path; // members of an item, separated by dots: "line.state"
};

/// Null: there is none, or `of` is no object.
[[nodiscard]] const boost::json::value* member(const boost::json::value& of, std::string_view name);
/// Empty where that member is no list.
[[nodiscard]] const boost::json::array& list_of(const boost::json::value& of, std::string_view name);

/// The text of one value: numbers and booleans as JSON has them, null as nothing, lists joined by spaces.
[[nodiscard]] std::string cell(const boost::json::value& item, std::string_view path);
[[nodiscard]] std::string print_list(const boost::json::array& items, const std::vector<Column>& columns,
                                     Format format);

} // namespace lamp::cli
