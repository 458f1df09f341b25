// TOML text to nodes by toml++, after the checks whose messages toml++ would give less clearly.
#include "config/document.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace lamp::config {

namespace {

// toml++ frees nested tables recursively: a key of a million dots would end the program.
constexpr int most_dotted_names = 64;

Position to_position(const toml::source_position& at) {
    // toml++ gives no place (0) to tables that only exist through their sub-tables.
    return {std::max(1, static_cast<int>(at.line)), std::max(1, static_cast<int>(at.column))};
}

Node to_node(const toml::node& source);

void fill_table(const toml::table& table, Node& out) {
    for (auto&& [key, value] : table)
        out.members.push_back({std::string(key.str()), to_position(key.source().begin), to_node(value)});
    // toml++ sorts by name; people read in the order of the file.
    std::ranges::sort(out.members, {},
                      [](const Member& m) { return std::pair(std::min(m.at, m.node.at), std::string_view(m.name)); });
}

template <class Value>
std::string as_written(const Value& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

Node to_node(const toml::node& source) {
    Node node;
    node.at = to_position(source.source().begin);
    switch (source.type()) {
    case toml::node_type::string: node.kind = Node::Kind::text, node.text = source.as_string()->get(); break;
    case toml::node_type::integer: node.kind = Node::Kind::integer, node.integer = source.as_integer()->get(); break;
    case toml::node_type::floating_point:
        node.kind = Node::Kind::real, node.real = source.as_floating_point()->get();
        break;
    case toml::node_type::boolean: node.kind = Node::Kind::boolean, node.boolean = source.as_boolean()->get(); break;
    case toml::node_type::date: node.kind = Node::Kind::date, node.text = as_written(source.as_date()->get()); break;
    case toml::node_type::time: node.kind = Node::Kind::date, node.text = as_written(source.as_time()->get()); break;
    case toml::node_type::date_time:
        node.kind = Node::Kind::date, node.text = as_written(source.as_date_time()->get());
        break;
    case toml::node_type::array:
        node.kind = Node::Kind::list;
        for (const auto& item : *source.as_array())
            node.items.push_back(to_node(item));
        break;
    case toml::node_type::table: fill_table(*source.as_table(), node); break;
    case toml::node_type::none: break;
    }
    return node;
}

Position position_of(std::string_view text, std::size_t offset) {
    Position at;
    for (char c : text.substr(0, offset)) {
        if (c == '\n')
            ++at.line, at.column = 1;
        else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)
            ++at.column;
    }
    return at;
}

// The length of the UTF-8 character at the front; 0 when it is none (overlong, surrogate, cut off).
std::size_t character_length(std::string_view text) {
    auto byte = [&](std::size_t i) -> unsigned { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF)
        return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
    if (first >= 0xF0 && first <= 0xF4)
        return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
    return 0;
}

std::optional<std::size_t> first_foreign_byte(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto length = character_length(text.substr(i));
        if (length == 0) return i;
        i += length;
    }
    return std::nullopt;
}

// Whatever cannot stand inside a dotted key begins the count anew: punctuation, and a space between two words.
std::optional<std::size_t> too_many_dots(std::string_view text) {
    int names = 0;
    bool word_ended = false;
    char last = '\n';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ' ' || c == '\t') {
            word_ended = last != '.';
            continue;
        }
        const bool punctuation = std::string_view("\n=[]{},#").find(c) != std::string_view::npos;
        if (punctuation || (word_ended && c != '.')) names = 0;
        if (c == '.' && ++names > most_dotted_names) return i;
        word_ended = false;
        last = c;
    }
    return std::nullopt;
}

std::optional<Unreadable> not_for_toml(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return Unreadable{{}, "the file is UTF-16 (save it as UTF-8)"};
    if (auto offset = first_foreign_byte(text))
        return Unreadable{position_of(text, *offset),
                          fmt::format("the byte 0x{:02X} is not UTF-8 (save the file as UTF-8)",
                                      static_cast<unsigned char>(text[*offset]))};
    if (auto offset = too_many_dots(text))
        return Unreadable{position_of(text, *offset),
                          fmt::format("more than {} names joined by dots", most_dotted_names)};
    return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return "";
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string_view line_of(std::string_view text, int number) {
    for (; number > 1 && !text.empty(); --number)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    return text.substr(0, text.find('\n'));
}

// The commonest slip, which a TOML parser can only call a broken number: `timezone = Europe/Amsterdam`, `poll = 5s`.
bool lacks_quotes(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return false;
    const auto value = trimmed(line.substr(equals + 1, line.find('#', equals) - equals - 1));
    if (value.empty() || std::string_view("\"'[{").find(value[0]) != std::string_view::npos) return false;
    return value.find_first_not_of("0123456789+-._") != std::string_view::npos;
}

std::size_t characters(std::string_view line) {
    const auto count = std::ranges::count_if(
        line, [](char c) { return c != '\r' && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    return static_cast<std::size_t>(count);
}

std::string explain(std::string_view text, const toml::parse_error& error) {
    const auto line = line_of(text, static_cast<int>(error.source().begin.line));
    const bool at_end = error.source().begin.column > characters(line);
    if (at_end && error.description().find("control characters") != std::string_view::npos)
        return "this is not TOML: the closing quote is missing";
    // The value itself may be a password, so it is not repeated.
    if (lacks_quotes(line)) return "this is not TOML: the value needs quotes (texts and durations stand in \"…\")";
    return fmt::format("this is not TOML: {}", error.description());
}

} // namespace

std::expected<Node, Unreadable> parse_document(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (auto trouble = not_for_toml(text)) return std::unexpected(std::move(*trouble));
    try {
        const toml::table document = toml::parse(text);
        return to_node(document);
    } catch (const toml::parse_error& error) {
        return std::unexpected(Unreadable{to_position(error.source().begin), explain(text, error)});
    }
}

} // namespace lamp::config
