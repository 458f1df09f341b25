#include "cli/listing.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <numeric>

namespace lamp::cli {
namespace {

// Columns on a terminal count characters, not bytes; control characters must not reach it.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string harmless(std::string text) {
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
    return text;
}

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

std::string as_csv(const std::vector<std::vector<std::string>>& rows) {
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            out += (i == 0 ? "" : ",") + quoted(row[i]);
        out += "\r\n";
    }
    return out;
}

std::string as_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += harmless(row[i]);
            if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

} // namespace

std::optional<Format> format_named(std::string_view text) {
    if (text == "table") return Format::table;
    if (text == "json") return Format::json;
    if (text == "csv") return Format::csv;
    return std::nullopt;
}

const boost::json::value* member(const boost::json::value& of, std::string_view name) {
    return of.is_object() ? of.get_object().if_contains(name) : nullptr;
}

const boost::json::array& list_of(const boost::json::value& of, std::string_view name) {
    static const boost::json::array none;
    const auto* list = member(of, name);
    return list && list->is_array() ? list->get_array() : none;
}

std::string cell(const boost::json::value& item, std::string_view path) {
    const boost::json::value* at = &item;
    while (!path.empty()) {
        auto dot = std::min(path.find('.'), path.size());
        at = member(*at, path.substr(0, dot));
        if (!at) return {};
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    if (at->is_null()) return {};
    if (at->is_string()) return std::string(at->get_string());
    if (at->is_double()) return fmt::format("{:.6g}", at->get_double());
    if (!at->is_array()) return boost::json::serialize(*at);
    std::string joined;
    for (const auto& one : at->get_array())
        joined += (joined.empty() ? "" : " ") + cell(one, "");
    return joined;
}

std::string print_list(const boost::json::array& items, const std::vector<Column>& columns, Format format) {
    if (format == Format::json) return boost::json::serialize(items) + "\n";
    std::vector<std::vector<std::string>> rows(1);
    for (const Column& column : columns)
        rows[0].emplace_back(column.title);
    for (const auto& item : items) {
        auto& row = rows.emplace_back();
        for (const Column& column : columns)
            row.push_back(cell(item, column.path));
    }
    return format == Format::csv ? as_csv(rows) : as_table(rows);
}

} // namespace lamp::cli
