// Values back to TOML.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/words.hpp"

namespace lamp::config {

namespace {
std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += '\\', out += c;
        else if (c == '\n')
            out += "\\n";
        else if (byte < 0x20 || byte == 0x7F)
            out += fmt::format("\\u{:04X}", byte);
        else
            out += c;
    }
    return out + "\"";
}
std::optional<std::string> unless_empty(bool empty, std::string_view text) {
    return empty ? std::nullopt : std::optional(toml_text(text));
}
} // namespace

std::optional<std::string> encode(const std::string& value) {
    return toml_text(value);
}
std::optional<std::string> encode(bool value) {
    return value ? "true" : "false";
}
std::optional<std::string> encode(double value) {
    return real_text(value);
}
std::optional<std::string> encode(milliseconds value) {
    return toml_text(to_string(value));
}
std::optional<std::string> encode(const Secret& value) {
    return unless_empty(value.empty(), "***");
}
std::optional<std::string> encode(const std::filesystem::path& value) {
    return unless_empty(value.empty(), value.string());
}
std::optional<std::string> encode(const Url& value) {
    return unless_empty(value.empty(), value.text);
}
std::optional<std::string> encode(const Listen& value) {
    return unless_empty(value.empty(), to_string(value));
}
std::optional<std::string> encode(const std::map<std::string, std::string>& value) {
    if (value.empty()) return "{}";
    std::string out;
    for (const auto& [name, text] : value)
        out += fmt::format("{}{} = {}", out.empty() ? "{ " : ", ", printable(name), toml_text(text));
    return out + " }";
}
std::string encode_integer(std::int64_t value) {
    return fmt::to_string(value);
}
std::optional<std::string> encode_choice(std::int64_t value, const Rule& rule) {
    const auto found = std::ranges::find(rule.values, value);
    if (found == rule.values.end()) return std::nullopt;
    return toml_text(rule.words[static_cast<std::size_t>(found - rule.values.begin())]);
}
std::string encode_list(const std::vector<std::string>& items) {
    return fmt::format("[{}]", fmt::join(items, ", "));
}

} // namespace lamp::config
