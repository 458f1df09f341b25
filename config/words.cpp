// The sentences of words.hpp.
#include "config/words.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lamp::config {

namespace {

std::string span(const std::string& low, const std::string& high) {
    return fmt::format("{} to {}", low, high);
}

std::string wanted_text(const Rule& rule) {
    if (!rule.words.empty()) return "one of " + quoted_words(rule.words);
    if (rule.names == Rule::Names::time_zone) return "an IANA time zone such as \"Europe/Amsterdam\"";
    if (rule.names == Rule::Names::country) return "an ISO 3166 country such as \"NL\"";
    return rule.filled ? "a text in quotes, not empty" : "a text in quotes";
}

std::string wanted_file(const Rule& rule) {
    if (rule.presence == Rule::Presence::readable_file) return "the path of a readable file, in quotes";
    if (rule.presence == Rule::Presence::folder) return "the path of a folder, in quotes";
    return "a path in quotes";
}

std::string wanted_listen(const Rule& rule) {
    if (!rule.schemes) return "an IP address and a port such as \"127.0.0.1:8080\" or \"[::1]:0\"";
    return fmt::format("{}, an IP address and a port such as \"{}:0.0.0.0:5060\"", fmt::join(*rule.schemes, "/"),
                       rule.schemes->front());
}

std::string ranged(std::string what, const std::string& range) {
    return range.empty() ? what : fmt::format("{} from {}", what, range);
}

} // namespace

std::string quoted_words(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + in_quotes(word);
    return text;
}

std::string hint(const std::string& meant) {
    return meant.empty() ? "" : fmt::format("; did you mean {}?", in_quotes(meant));
}

bool refuse(const Node& node, Kind kind, const Rule& rule, Context& context) {
    // What was meant to be a secret is not printed, whatever its type.
    const bool secret = kind == Kind::secret && node.kind != Node::Kind::text;
    context.error(node.at,
                  fmt::format("is {} (wanted: {})", secret ? "not a text" : what_is(node), wanted(kind, rule)));
    return false;
}

std::string real_text(double value) {
    auto text = fmt::format("{}", value);
    return text.find_first_of(".einf") == std::string::npos ? text + ".0" : text;
}

std::string integer_span(const Rule& rule) {
    if (!rule.low || !rule.high) return "";
    return span(fmt::to_string(*rule.low), fmt::to_string(*rule.high));
}
std::string real_span(const Rule& rule) {
    if (!rule.low_real || !rule.high_real) return "";
    return span(real_text(*rule.low_real), real_text(*rule.high_real));
}
std::string duration_span(const Rule& rule) {
    if (!rule.low_ms || !rule.high_ms) return "";
    return span(to_string(milliseconds(*rule.low_ms)), to_string(milliseconds(*rule.high_ms)));
}

bool check_word(const Node& node, const Rule& rule, Context& context) {
    if (std::ranges::find(rule.words, node.text) != rule.words.end()) return true;
    context.error(node.at, fmt::format("is {} (allowed: {}{})", in_quotes(node.text), quoted_words(rule.words),
                                       hint(nearest(node.text, rule.words))));
    return false;
}

std::string what_is(const Node& node) {
    switch (node.kind) {
    case Node::Kind::text: return node.text.empty() ? "an empty text" : "the text " + in_quotes(node.text);
    case Node::Kind::integer: return fmt::format("the bare number {}", node.integer);
    case Node::Kind::real: return fmt::format("the bare number {}", real_text(node.real));
    case Node::Kind::boolean: return node.boolean ? "the word true" : "the word false";
    case Node::Kind::date: return fmt::format("the date or time {}", node.text);
    case Node::Kind::list: return node.is_list_of_tables() ? "a list of tables" : "a list";
    case Node::Kind::table: return "a table";
    }
    return "something else";
}

bool Node::is_list_of_tables() const {
    return kind == Kind::list && !items.empty() &&
           std::ranges::all_of(items, [](const Node& item) { return item.kind == Kind::table; });
}

std::string wanted(Kind kind, const Rule& rule) {
    switch (kind) {
    case Kind::text: return wanted_text(rule);
    case Kind::boolean: return "true or false";
    case Kind::integer: return ranged("a whole number", integer_span(rule));
    case Kind::real: return ranged("a number", real_span(rule));
    case Kind::duration: {
        const auto range = duration_span(rule);
        return range.empty()
                   ? "a duration such as \"250ms\", \"5s\", \"10m\", \"24h\" or \"7d\""
                   : fmt::format("a duration from {}, such as \"{}\"", range, to_string(milliseconds(*rule.high_ms)));
    }
    case Kind::secret: return "\"credential:NAME\", \"file:PATH\" or \"env:NAME\"";
    case Kind::file: return wanted_file(rule);
    case Kind::url: return "an http:// or https:// URL in quotes";
    case Kind::listen: return wanted_listen(rule);
    case Kind::choice: return "one of " + quoted_words(rule.words);
    case Kind::texts_by_name: return "a table of texts such as { name = \"text\" }";
    case Kind::tables: return "a list of tables";
    }
    return "";
}

} // namespace lamp::config
