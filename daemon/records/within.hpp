// The part of a question's WHERE that keeps the asker to the persons and lines of calls::Within. Pure.
#pragma once
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

#include "calls/history.hpp"
#include "proto/json/writer.hpp"

namespace lamp::records {

/// For json_each.
[[nodiscard]] inline std::string names_sql(const std::vector<std::string>& names) {
    std::string text;
    JsonWriter json(text);
    json.array([&] {
        for (const std::string& name : names)
            json.value(name);
    });
    return text;
}

/// `place` takes a text and gives its place in the statement, "?3".
template <class Place>
[[nodiscard]] std::string within_sql(const calls::Within& within, Place&& place) {
    return fmt::format("(person IN (SELECT value FROM json_each({})) OR line IN (SELECT value FROM json_each({})))",
                       place(names_sql(within.persons)), place(names_sql(within.lines)));
}

} // namespace lamp::records
