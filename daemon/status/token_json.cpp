#include "status/token_json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "access/expiry.hpp"
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

Result<void> only_known(const json::object& body) {
    static constexpr std::string_view known[]{"name", "role", "person", "folders", "lines", "expires"};
    for (const auto& member : body)
        if (std::ranges::find(known, std::string_view(member.key())) == std::end(known))
            return fail(Category::invalid, fmt::format("Not known: \"{}\". Allowed are \"name\", \"role\", \"person\", "
                                                       "\"folders\", \"lines\", \"expires\".",
                                                       std::string_view(member.key())));
    return {};
}

Result<std::optional<Wall>> end_of(const json::object& body, Wall now) {
    auto text = text_of(body, "expires", name_max);
    if (!text) return std::unexpected(text.error());
    if (!*text) return std::nullopt;
    auto end = access::parse_expiry(**text);
    if (!end) return fail(Category::invalid, fmt::format("\"expires\" {}.", end.error().text));
    if (*end <= now) return fail(Category::invalid, "\"expires\" has passed already.");
    return *end;
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

Result<access::IssuedToken> read_token(std::string_view text, Wall now) {
    auto body = object_of(text);
    if (!body) return std::unexpected(body.error());
    if (auto known = only_known(*body); !known) return std::unexpected(known.error());
    auto name = needed_text(*body, "name");
    if (!name) return std::unexpected(name.error());
    auto role = needed_text(*body, "role");
    if (!role) return std::unexpected(role.error());
    auto person = text_of(*body, "person", text_max);
    if (!person) return std::unexpected(person.error());
    auto folders = texts_of(*body, "folders");
    if (!folders) return std::unexpected(folders.error());
    auto lines = texts_of(*body, "lines");
    if (!lines) return std::unexpected(lines.error());
    auto expires = end_of(*body, now);
    if (!expires) return std::unexpected(expires.error());
    access::IssuedToken token{.name = std::move(*name), .role = std::move(*role)};
    token.person = person->value_or("");
    token.scope = {std::move(*folders), std::move(*lines)};
    token.created = now;
    token.expires = *expires;
    return token;
}

} // namespace lamp::status
