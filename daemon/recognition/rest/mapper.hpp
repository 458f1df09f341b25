// Answers to records: JSON with limits, and a preset's map over it. Pure.
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "http/message.hpp"
#include "recognition/rest/preset.hpp"

namespace lamp::recognition::rest {

inline constexpr std::size_t items_max = 20'000; // of one page
inline constexpr std::size_t numbers_max = 32;   // of one record
inline constexpr std::size_t json_depth_max = 32;

struct Number {
    std::string kind;
    std::string written;
    bool main = false;
    bool operator==(const Number&) const = default;
};

struct Item {
    std::string id;
    std::string name;
    std::vector<Number> numbers;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string url;
    std::optional<Wall> updated;
    bool deleted = false;
    bool operator==(const Item&) const = default;
};

/// Category::protocol: a web page, no JSON, JSON that ends too early or goes too deep.
[[nodiscard]] Result<boost::json::value> read_json(const http::Answer& answer);

struct Page {
    std::vector<Item> items;
    std::size_t unreadable = 0; // without an id
};
/// Category::protocol: there is no list where the listing says, it is too long, or most of it cannot be read.
[[nodiscard]] Result<Page> read_page(const Listing& listing, const boost::json::value& body);
/// One record; nothing without an id.
[[nodiscard]] std::optional<Item> read_item(const Listing& listing, const boost::json::value& record);

/// RFC 3339, with "+0000" and a blank for "T", too; seconds or milliseconds since 1970.
[[nodiscard]] std::optional<Wall> read_time(std::string_view text);

/// As a preset's `since_format` wants it.
[[nodiscard]] std::string write_time(Wall time, SinceFormat format);

} // namespace lamp::recognition::rest
