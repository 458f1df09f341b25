#include "status/token_json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

#include "access/expiry.hpp"
#include "config/types.hpp"
#include "status/body.hpp"

namespace lamp::status {
namespace json = boost::json;

namespace {

constexpr std::size_t name_max = 64;
constexpr std::size_t text_max = 256;
constexpr std::size_t list_max = 1000;

Result<std::string> needed_text(const json::object& body, std::string_view name) {
    auto text = text_of(body, name, name_max);
    if (!text) return std::unexpected(text.error());
    if (!*text) return fail(Category::invalid, fmt::format("The body needs the text \"{}\".", name));
    return std::string(**text);
}

Result<std::vector<std::string>> texts_of(const json::object& body, std::string_view name) {
    std::vector<std::string> texts;
    const auto* value = body.if_contains(name);
    if (!value || value->is_null()) return texts;
    auto wrong = [&] {
        return fail(Category::invalid, fmt::format("\"{}\" must be a list of at most {} texts of 1 to {} characters.",
                                                   name, list_max, text_max));
    };
    if (!value->is_array() || value->get_array().size() > list_max) return wrong();
    for (const auto& one : value->get_array()) {
        if (!one.is_string() || !is_text(one.get_string(), text_max)) return wrong();
        texts.emplace_back(one.get_string());
    }
    return texts;
}

constexpr std::string_view of_token[]{"name", "role", "person", "folders", "lines", "expires"};
constexpr std::string_view of_ticket[]{"name", "role", "person", "folders", "lines", "expires", "token_expires"};

Result<void> only_known(const json::object& body, std::span<const std::string_view> known) {
    for (const auto& member : body)
        if (std::ranges::find(known, std::string_view(member.key())) == known.end())
            return fail(Category::invalid, fmt::format("Not known: \"{}\". Allowed are \"{}\".",
                                                       std::string_view(member.key()), fmt::join(known, "\", \"")));
    return {};
}

Result<std::optional<Wall>> end_of(const json::object& body, std::string_view name, Wall now) {
    auto text = text_of(body, name, name_max);
    if (!text) return std::unexpected(text.error());
    if (!*text) return std::nullopt;
    auto end = access::parse_expiry(**text);
    if (!end) return fail(Category::invalid, fmt::format("\"{}\" {}.", name, end.error().text));
    if (*end <= now) return fail(Category::invalid, fmt::format("\"{}\" has passed already.", name));
    return *end;
}

/// A token, of an object with `known` members; `expires_name`: which of them says its end.
Result<access::IssuedToken> token_in(const json::object& body, std::span<const std::string_view> known,
                                     std::string_view expires_name, Wall now) {
    if (auto good = only_known(body, known); !good) return std::unexpected(good.error());
    auto name = needed_text(body, "name");
    if (!name) return std::unexpected(name.error());
    auto role = needed_text(body, "role");
    if (!role) return std::unexpected(role.error());
    auto person = text_of(body, "person", text_max);
    if (!person) return std::unexpected(person.error());
    auto folders = texts_of(body, "folders");
    if (!folders) return std::unexpected(folders.error());
    auto lines = texts_of(body, "lines");
    if (!lines) return std::unexpected(lines.error());
    auto expires = end_of(body, expires_name, now);
    if (!expires) return std::unexpected(expires.error());
    access::IssuedToken token{.name = std::move(*name), .role = std::move(*role)};
    token.person = person->value_or("");
    token.scope = {std::move(*folders), std::move(*lines)};
    token.created = now;
    token.expires = *expires;
    return token;
}

/// When a ticket ends that is made now.
Result<Wall> ticket_end(const json::object& body, Wall now) {
    constexpr milliseconds usual = std::chrono::hours(24);
    constexpr milliseconds least = std::chrono::minutes(1);
    constexpr milliseconds most = std::chrono::days(30);
    auto text = text_of(body, "expires", name_max);
    if (!text) return std::unexpected(text.error());
    if (!*text) return now + usual;
    Wall end{};
    if (auto wait = config::parse_duration(**text))
        end = now + *wait;
    else if (auto time = access::parse_expiry(**text))
        end = *time;
    if (end < now + least || end > now + most)
        return fail(Category::invalid,
                    "\"expires\" must be 1m to 30d from now: a duration, a date, or a time with its offset.");
    return end;
}

} // namespace

void write_scope(JsonWriter& json, const access::Scope& scope) {
    write_texts(json, "folders", scope.folders);
    write_texts(json, "lines", scope.lines);
}

void write_token(JsonWriter& json, const Identity& token, Wall now) {
    json.object([&] {
        json.member("name", token.token);
        json.member("role", token.role);
        json.member_or_null("person", token.person);
        write_scope(json, token.scope);
        json.member("source", token.issued() ? "issued" : "configuration");
        json.member("created", token.created);
        json.member_or_null("created_by", token.created_by);
        json.member("expires", token.expires);
        json.member("expired", token.expired(now));
        json.member("last_used", token.used);
    });
}

std::string in_words(const Identity& token) {
    auto text = fmt::format("role {}", token.role);
    if (!token.person.empty()) text += fmt::format(", person {}", token.person);
    text += fmt::format(", sees {}", to_string(token.scope));
    return token.expires ? fmt::format("{}, until {}", text, rfc3339(*token.expires)) : text;
}

std::string made_token(const Identity& token, std::string_view secret, Wall now) {
    std::string body;
    JsonWriter json(body);
    write_token(json, token, now);
    body.pop_back();
    body += ",\"secret\":";
    append_json_string(body, secret);
    body += '}';
    return body;
}

void write_ticket(JsonWriter& json, const access::Ticket& ticket, Wall now) {
    const auto& token = ticket.token;
    json.object([&] {
        json.member("name", token.name);
        json.member("role", token.role);
        json.member_or_null("person", token.person);
        write_scope(json, token.scope);
        json.member("created", token.created);
        json.member_or_null("created_by", token.created_by);
        json.member("expires", ticket.ends);
        json.member("expired", ticket.ends <= now);
        json.member("token_expires", token.expires);
        json.member("used", ticket.used);
    });
}

Result<access::IssuedToken> read_token(std::string_view text, Wall now) {
    auto body = object_of(text);
    if (!body) return std::unexpected(body.error());
    return token_in(*body, of_token, "expires", now);
}

Result<access::Ticket> read_ticket(std::string_view text, Wall now) {
    auto body = object_of(text);
    if (!body) return std::unexpected(body.error());
    auto ends = ticket_end(*body, now);
    if (!ends) return std::unexpected(ends.error());
    auto token = token_in(*body, of_ticket, "token_expires", now);
    if (!token) return std::unexpected(token.error());
    return access::Ticket{.token = std::move(*token), .ends = *ends};
}

} // namespace lamp::status
