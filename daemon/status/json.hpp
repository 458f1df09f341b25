// The JSON writer under this room's own name, and what this room writes again and again.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proto/json/writer.hpp"

namespace lamp::status {

using lamp::append_json_string;
using lamp::append_number;
using lamp::JsonWriter;

/// A member that is a list of texts.
inline void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name);
    json.array([&] {
        for (const std::string& text : texts)
            json.value(text);
    });
}

} // namespace lamp::status
