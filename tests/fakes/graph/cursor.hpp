// Query options and the tokens of links: where a page, or a later reading, goes on.
#pragma once

#include "../http_server.hpp"
#include "crypto.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim::graph {

// Where a page goes on: everything the first request said, so that the link needs nothing else.
struct Cursor {
    std::string kind; // users | round | delta | view | view_delta
    std::int64_t at = 0;
    std::int64_t top = 0;
    std::int64_t log = 0; // delta: where the log stood when the round began
    std::int64_t issued = 0;
    std::string select; // view: whose
    std::string filter; // view: from, a slash, until

    std::string text() const {
        const std::string body = boost::json::serialize(boost::json::array{kind, at, top, log, issued, select, filter});
        return crypto::base64url(crypto::sha256(body).substr(0, 6) + body);
    }
    static std::optional<Cursor> parse(std::string_view text) {
        const auto bytes = crypto::from_base64url(text);
        if (!bytes || bytes->size() < 8 || crypto::sha256(bytes->substr(6)).substr(0, 6) != bytes->substr(0, 6))
            return std::nullopt;
        const boost::json::value value = boost::json::parse(bytes->substr(6));
        const boost::json::array& row = value.as_array();
        return Cursor{std::string(row[0].as_string()),  row[1].to_number<std::int64_t>(),
                      row[2].to_number<std::int64_t>(), row[3].to_number<std::int64_t>(),
                      row[4].to_number<std::int64_t>(), std::string(row[5].as_string()),
                      std::string(row[6].as_string())};
    }
};

using Query = std::vector<std::pair<std::string, std::string>>;

inline const std::string* find(const Query& query, std::string_view name) {
    for (const auto& [key, value] : query)
        if (key == name) return &value;
    return nullptr;
}

inline std::optional<std::string> unknown_option(const Query& query, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : query)
        if (std::find(known.begin(), known.end(), key) == known.end()) return key;
    return std::nullopt;
}

// '+' in a query is a space for Graph.
inline Query query_of(const http::Request& request) {
    std::string spaced(request.query);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return http::query_pairs(spaced);
}

} // namespace sim::graph
