// Decoding of every value type but secrets, with the sentences that refuse them.
#include "config/codec.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "config/words.hpp"

namespace lamp::config {

namespace {

bool check_zone(const Node& node, Context& context) {
    auto& zones = context.reading().zones;
    if (!zones) zones = context.sources().time_zones();
    if (zones->empty() || std::ranges::find(*zones, node.text) != zones->end()) return true;
    context.error(node.at, fmt::format("is {}, which is no time zone of this machine (allowed: IANA names such as "
                                       "\"Europe/Amsterdam\"{})",
                                       in_quotes(node.text), hint(nearest(node.text, *zones))));
    return false;
}

bool check_country(const Node& node, Context& context) {
    if (is_country(node.text)) return true;
    std::string capitals = node.text;
    for (char& c : capitals)
        c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    context.error(node.at,
                  fmt::format("is {}, which is no country (allowed: two capitals of ISO 3166 such as \"NL\"{})",
                              in_quotes(node.text), hint(is_country(capitals) ? capitals : "")));
    return false;
}

bool check_presence(const Node& node, const Rule& rule, Context& context, const std::filesystem::path& path) {
    if (rule.presence == Rule::Presence::unchecked) return true;
    const bool folder = rule.presence == Rule::Presence::folder;
    const auto kind = context.sources().kind(path);
    if (kind == (folder ? FileKind::folder : FileKind::file)) return true;
    auto why = [&]() -> std::string_view {
        switch (kind) {
        case FileKind::missing: return "does not exist";
        case FileKind::unreadable: return "cannot be read by this user";
        case FileKind::folder: return "is a folder";
        case FileKind::file: return "is not a folder";
        case FileKind::other: return folder ? "is not a folder" : "is not a regular file";
        }
        return "cannot be used";
    };
    context.error(node.at, fmt::format("the {} {} {}", folder ? "folder" : "file", in_quotes(path.string()), why()));
    return false;
}

} // namespace

void Context::error(Position at, std::string message) {
    reading_.problems.push_back(
        {Severity::error, reading_.file, at.line, at.column, section_, key_, std::move(message)});
}
void Context::warning(Position at, std::string message) {
    reading_.problems.push_back(
        {Severity::warning, reading_.file, at.line, at.column, section_, key_, std::move(message)});
}

std::filesystem::path resolve(const Context& context, std::string_view text) {
    while (text.starts_with("./"))
        text.remove_prefix(2);
    return context.folder() / text; // an absolute text stays itself; ".." is left to the system, which knows links
}

bool decode(const Node& node, const Rule& rule, Context& context, std::string& out) {
    if (node.kind != Node::Kind::text) return refuse(node, Kind::text, rule, context);
    if (rule.filled && node.text.empty()) return refuse(node, Kind::text, rule, context);
    if (!rule.words.empty() && !check_word(node, rule, context)) return false;
    if (rule.names == Rule::Names::time_zone && !check_zone(node, context)) return false;
    if (rule.names == Rule::Names::country && !check_country(node, context)) return false;
    out = node.text;
    return true;
}

bool decode(const Node& node, const Rule& rule, Context& context, bool& out) {
    if (node.kind != Node::Kind::boolean) return refuse(node, Kind::boolean, rule, context);
    out = node.boolean;
    return true;
}

bool decode(const Node& node, const Rule& rule, Context& context, double& out) {
    const bool whole = node.kind == Node::Kind::integer;
    if (!whole && node.kind != Node::Kind::real) return refuse(node, Kind::real, rule, context);
    const double value = whole ? static_cast<double>(node.integer) : node.real;
    if (!std::isfinite(value)) {
        context.error(node.at, fmt::format("is {} (wanted: a finite number)", value));
        return false;
    }
    if ((rule.low_real && value < *rule.low_real) || (rule.high_real && value > *rule.high_real)) {
        context.error(node.at, fmt::format("is {} (allowed: {})", real_text(value), real_span(rule)));
        return false;
    }
    out = value;
    return true;
}

bool decode(const Node& node, const Rule& rule, Context& context, milliseconds& out) {
    const bool bare = node.kind == Node::Kind::integer || node.kind == Node::Kind::real;
    if (bare) {
        const auto number = node.kind == Node::Kind::integer ? fmt::to_string(node.integer) : real_text(node.real);
        const auto way_out = node.kind == Node::Kind::integer && node.integer >= 0 ? number + "s" : "5s";
        context.error(node.at, fmt::format("is the bare number {} (write its unit, in quotes: \"{}\"; units: ms, s, m, "
                                           "h, d)",
                                           number, way_out));
        return false;
    }
    if (node.kind != Node::Kind::text) return refuse(node, Kind::duration, rule, context);
    const auto value = parse_duration(node.text);
    if (!value) {
        context.error(node.at, fmt::format("is {}, which {} (wanted: {})", in_quotes(node.text), value.error().text,
                                           wanted(Kind::duration, rule)));
        return false;
    }
    const auto ms = value->count();
    if ((rule.low_ms && ms < *rule.low_ms) || (rule.high_ms && ms > *rule.high_ms)) {
        context.error(node.at, fmt::format("is {} (allowed: {})", node.text, duration_span(rule)));
        return false;
    }
    out = *value;
    return true;
}

bool decode(const Node& node, const Rule& rule, Context& context, std::filesystem::path& out) {
    if (node.kind != Node::Kind::text || node.text.empty()) return refuse(node, Kind::file, rule, context);
    if (node.text.find('\0') != std::string::npos) return refuse(node, Kind::file, rule, context);
    auto path = resolve(context, node.text);
    if (!check_presence(node, rule, context, path)) return false;
    out = std::move(path);
    return true;
}

bool decode(const Node& node, const Rule& rule, Context& context, Url& out) {
    if (node.kind != Node::Kind::text || node.text.empty()) return refuse(node, Kind::url, rule, context);
    auto url = parse_url(node.text, rule.whole_url ? UrlShape::whole : UrlShape::base);
    if (!url) {
        // What stands before an @ may be a password.
        const bool user = node.text.find('@') != std::string::npos;
        context.error(node.at, fmt::format("{} {} (wanted: https://HOST, with a port and path if need be)",
                                           user ? "the URL" : in_quotes(node.text), url.error().text));
        return false;
    }
    if (url->scheme == "http" && !is_loopback(url->host))
        context.warning(node.at, fmt::format("{} goes over the network unencrypted (better: https://)",
                                             in_quotes(url->scheme + "://" + url->host)));
    out = std::move(*url);
    return true;
}

bool decode(const Node& node, const Rule& rule, Context& context, Listen& out) {
    if (node.kind != Node::Kind::text) return refuse(node, Kind::listen, rule, context);
    auto listen = parse_listen(node.text);
    if (!listen) {
        context.error(node.at, fmt::format("{} {} (wanted: {})", in_quotes(node.text), listen.error().text,
                                           wanted(Kind::listen, rule)));
        return false;
    }
    const auto allowed = rule.schemes.value_or(std::vector<std::string>{""});
    if (std::ranges::find(allowed, listen->scheme) == allowed.end()) {
        const auto what = listen->scheme.empty() ? std::string("does not say its transport")
                                                 : fmt::format("begins with {}", in_quotes(listen->scheme + ":"));
        context.error(node.at, fmt::format("{} {} (wanted: {}{})", in_quotes(node.text), what,
                                           wanted(Kind::listen, rule), hint(nearest(listen->scheme, allowed))));
        return false;
    }
    out = std::move(*listen);
    return true;
}

bool decode(const Node& node, const Rule& rule, Context& context, std::map<std::string, std::string>& out) {
    if (node.kind != Node::Kind::table) return refuse(node, Kind::texts_by_name, rule, context);
    std::map<std::string, std::string> texts;
    bool good = true;
    for (const auto& member : node.members) {
        if (member.node.kind == Node::Kind::text) {
            texts.emplace(member.name, member.node.text);
            continue;
        }
        context.error(member.node.at,
                      fmt::format("{} is {} (wanted: a text in quotes)", in_quotes(member.name), what_is(member.node)));
        good = false;
    }
    if (good) out = std::move(texts);
    return good;
}

bool decode_integer(const Node& node, const Rule& rule, Context& context, std::int64_t& out) {
    if (node.kind != Node::Kind::integer) return refuse(node, Kind::integer, rule, context);
    if ((rule.low && node.integer < *rule.low) || (rule.high && node.integer > *rule.high)) {
        context.error(node.at, fmt::format("is {} (allowed: {})", node.integer, integer_span(rule)));
        return false;
    }
    out = node.integer;
    return true;
}

bool decode_choice(const Node& node, const Rule& rule, Context& context, std::int64_t& out) {
    if (node.kind != Node::Kind::text) return refuse(node, Kind::choice, rule, context);
    if (!check_word(node, rule, context)) return false;
    out = rule.values[static_cast<std::size_t>(std::ranges::find(rule.words, node.text) - rule.words.begin())];
    return true;
}

bool check_list(const Node& node, const Rule& rule, Kind kind, Context& context) {
    if (node.kind != Node::Kind::list) {
        context.error(node.at, fmt::format("is {} (wanted: a list in square brackets, each entry {})", what_is(node),
                                           wanted(kind, rule)));
        return false;
    }
    const auto size = node.items.size();
    if (size >= rule.fewest.value_or(0) && size <= rule.most.value_or(size)) return true;
    context.error(node.at, fmt::format("has {} {} (allowed: {} to {})", size, size == 1 ? "entry" : "entries",
                                       rule.fewest.value_or(0), rule.most.value_or(size)));
    return false;
}

bool settle_path(std::filesystem::path& path, Position header, const Rule& rule, Context& context) {
    if (path.empty()) return true;
    Node node;
    node.kind = Node::Kind::text;
    node.at = header;
    node.text = path.string();
    return decode(node, rule, context, path);
}

} // namespace lamp::config
