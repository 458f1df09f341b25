#include "recognition/rest/template.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "http/url.hpp"

namespace lamp::recognition::rest {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, places> words{
    "cursor", "page",     "offset", "size", "since",      "token",     "id",     "id_last", "e164",  "digits",
    "nsn",    "national", "shape",  "name", "first_name", "last_name", "number", "mobile",  "email", "company"};

bool is_word(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
    });
}

std::string encoded(const std::string& text, Encoding encoding) {
    switch (encoding) {
    case Encoding::none: return text;
    case Encoding::path: return http::encode_segment(text);
    case Encoding::query: return http::encode_query(text);
    }
    return text;
}

/// A part of a body: what is left of it, and whether any place of it was filled. What had places of which none is
/// filled is left out, since a filter without its value would find everything.
struct Part {
    std::optional<json::value> value{};
    bool had_places = false;
    bool was_filled = false;

    void add(const Part& other) {
        had_places = had_places || other.had_places;
        was_filled = was_filled || other.was_filled;
    }
    void settle(json::value whole) {
        if (was_filled || !had_places) value = std::move(whole);
    }
};

Part filled(const json::value& value, const Values& values) {
    Part made;
    if (const auto* text = value.if_string()) {
        auto place = Template::parse(*text);
        if (!place) return made;
        made.had_places = !place->plain();
        made.was_filled = made.had_places && !place->idle(values);
        made.settle(json::value(place->fill(values)));
    } else if (const auto* list = value.if_array()) {
        json::array whole;
        for (const auto& item : *list) {
            auto one = filled(item, values);
            made.add(one);
            if (one.value) whole.push_back(*std::move(one.value));
        }
        made.settle(std::move(whole));
    } else if (const auto* object = value.if_object()) {
        json::object whole;
        for (const auto& [key, member] : *object) {
            auto one = filled(member, values);
            made.add(one);
            if (one.value) whole[key] = *std::move(one.value);
        }
        made.settle(std::move(whole));
    } else {
        made.value = value;
    }
    return made;
}

Result<void> check(const json::value& value) {
    if (const auto* text = value.if_string()) {
        if (auto made = Template::parse(*text); !made) return std::unexpected(made.error());
    } else if (const auto* list = value.if_array()) {
        for (const auto& item : *list)
            if (auto good = check(item); !good) return good;
    } else if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            if (auto good = check(member.value()); !good) return good;
    }
    return {};
}

bool names_it(const json::value& value, Place place) {
    if (const auto* text = value.if_string()) {
        auto made = Template::parse(*text);
        return made && made->names(place);
    }
    if (const auto* list = value.if_array())
        return std::ranges::any_of(*list, [&](const json::value& item) { return names_it(item, place); });
    if (const auto* object = value.if_object())
        return std::ranges::any_of(*object, [&](const auto& member) { return names_it(member.value(), place); });
    return false;
}

} // namespace

std::string_view name(Place place) {
    return words[static_cast<std::size_t>(place)];
}

std::optional<Place> place_named(std::string_view word) {
    const auto* found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Place>(found - words.begin());
}

Result<Template> Template::parse(std::string_view text) {
    Template made;
    std::string plain;
    while (!text.empty()) {
        auto open = text.find('{');
        auto close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos) break;
        auto word = text.substr(open + 1, close - open - 1);
        if (!is_word(word)) {
            plain += text.substr(0, open + 1);
            text.remove_prefix(open + 1);
            continue;
        }
        auto place = place_named(word);
        if (!place)
            return fail(Category::invalid,
                        fmt::format("has {{{}}} in it, which is neither a parameter nor a place that is filled", word));
        plain += text.substr(0, open);
        if (!plain.empty()) made.parts_.emplace_back(std::exchange(plain, {}));
        made.parts_.emplace_back(*place);
        text.remove_prefix(close + 1);
    }
    plain += text;
    if (!plain.empty()) made.parts_.emplace_back(std::move(plain));
    return made;
}

std::string Template::fill(const Values& values, Encoding encoding) const {
    std::string made;
    for (const auto& part : parts_)
        if (const auto* place = std::get_if<Place>(&part))
            made += encoded(values[*place], encoding);
        else if (encoding == Encoding::query) // a path is written as it goes out
            made += http::encode_query(std::get<std::string>(part));
        else
            made += std::get<std::string>(part);
    return made;
}

bool Template::idle(const Values& values) const {
    bool any = false;
    for (const auto& part : parts_)
        if (const auto* place = std::get_if<Place>(&part)) {
            if (!values[*place].empty()) return false;
            any = true;
        }
    return any;
}

bool Template::plain() const {
    return std::ranges::all_of(parts_, [](const auto& part) { return std::holds_alternative<std::string>(part); });
}

bool Template::names(Place place) const {
    return std::ranges::any_of(parts_, [&](const auto& part) {
        const auto* one = std::get_if<Place>(&part);
        return one != nullptr && *one == place;
    });
}

Result<BodyTemplate> BodyTemplate::parse(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error) return fail(Category::invalid, "is no JSON");
    if (auto good = check(value); !good) return std::unexpected(good.error());
    BodyTemplate made;
    made.body_ = std::move(value);
    return made;
}

std::string BodyTemplate::fill(const Values& values) const {
    if (!body_) return {};
    auto made = filled(*body_, values).value;
    return made ? json::serialize(*made) : "{}";
}

bool BodyTemplate::names(Place place) const {
    return body_ && names_it(*body_, place);
}

} // namespace lamp::recognition::rest
