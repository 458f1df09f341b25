#include "recognition/rest/asking.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::recognition::rest {
namespace {

namespace json = boost::json;

constexpr std::size_t told_max = 160;

void add_headers(const Listing& listing, const Values& values, http::Headers& out) {
    out.add("Accept", "application/json");
    for (const auto& [name, value] : listing.headers)
        if (!value.idle(values)) out.add(name, value.fill(values));
}

bool says(const std::vector<Sign>& signs, const http::Answer& answer) {
    return std::ranges::any_of(signs, [&](const Sign& sign) {
        return sign.status == answer.status && (sign.says.empty() || answer.body.contains(sign.says));
    });
}

/// A member that holds what went wrong, here or one object or list below.
std::string sentence_in(const json::value& value, int depth) {
    if (depth > 3) return {};
    if (const auto* list = value.if_array())
        return list->empty() ? std::string() : sentence_in(list->front(), depth + 1);
    const auto* object = value.if_object();
    if (object == nullptr) return {};
    for (std::string_view key : {"message", "error_description", "Message", "error_info", "details", "error", "errors"})
        if (const auto* member = object->if_contains(key)) {
            if (auto text = text_of(*member); !text.empty()) return text;
            if (auto text = sentence_in(*member, depth + 1); !text.empty()) return text;
        }
    return {};
}

std::optional<milliseconds> told_wait(const Preset& preset, const http::Answer& answer, Wall wall) {
    if (auto asked = answer.retry_after(wall)) return *asked;
    if (preset.rates.reset.empty()) return std::nullopt;
    auto field = answer.headers.find(preset.rates.reset);
    auto count = field ? text::number<std::int64_t>(text::trim(*field)) : std::nullopt;
    if (!count || *count < 0 || *count > 86'400) return std::nullopt;
    return seconds(*count);
}

/// Services repeat what they were asked for: no telephone number stands in an error, hence in no log.
void hide_numbers(std::string& text) {
    constexpr std::size_t longest = 4; // a status, a year
    auto digit = [](char c) { return c >= '0' && c <= '9'; };
    for (auto at = text.begin(); at != text.end();) {
        auto end = std::find_if_not(at, text.end(), digit);
        if (static_cast<std::size_t>(end - at) > longest) std::fill(at, end, '#');
        at = end == text.end() ? end : std::find_if(end, text.end(), digit);
    }
}

Verdict refusal(Meaning meaning, Category category, const http::Answer& answer) {
    auto told = answer.looks_like_html() ? std::string() : told_of(answer.body);
    return {meaning,
            Error(category, fmt::format("The CRM answered {}{}{}.", answer.status, told.empty() ? "" : ": ", told)),
            std::nullopt};
}

} // namespace

std::string told_of(std::string_view body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    if (error) return {};
    auto text = sentence_in(value, 0);
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (text.size() > told_max) {
        text.resize(told_max);
        while (!text.empty() && !text::is_utf8(text))
            text.pop_back();
    }
    hide_numbers(text);
    while (text.ends_with('.'))
        text.pop_back();
    return text;
}

Ask ask_for(const Listing& listing, const Values& values) {
    Ask ask;
    ask.method = listing.method;
    ask.target = listing.path.fill(values, Encoding::path);
    char joint = ask.target.contains('?') ? '&' : '?';
    for (const auto& [name, value] : listing.query) {
        if (value.idle(values)) continue;
        ask.target += fmt::format("{}{}={}", std::exchange(joint, '&'), name, value.fill(values, Encoding::query));
    }
    add_headers(listing, values, ask.headers);
    if (!listing.body.empty()) {
        ask.body = listing.body.fill(values);
        ask.content_type = "application/json";
    }
    return ask;
}

Ask ask_link(const Listing& listing, const Values& values, std::string link) {
    Ask ask;
    ask.target = std::move(link);
    add_headers(listing, values, ask.headers);
    return ask;
}

Verdict judge(const Preset& preset, const Result<http::Answer>& answer, Wall wall) {
    if (!answer) {
        auto category = answer.error().category;
        bool again = category == Category::network || category == Category::timeout ||
                     category == Category::unavailable || category == Category::protocol;
        if (category == Category::unauthorised) return {Meaning::refused, answer.error(), std::nullopt};
        return {again ? Meaning::again : Meaning::refused, answer.error(), std::nullopt};
    }
    if (answer->status == 204 || answer->status == 304) return {Meaning::nothing, std::nullopt, std::nullopt};
    if (answer->success()) return {};
    if (says(preset.signs.daily, *answer)) return refusal(Meaning::daily, Category::throttled, *answer);
    if (says(preset.signs.expired, *answer)) return refusal(Meaning::expired, Category::not_found, *answer);
    if (answer->status == 429 || says(preset.signs.throttled, *answer)) {
        auto verdict = refusal(Meaning::throttled, Category::throttled, *answer);
        verdict.wait = told_wait(preset, *answer, wall);
        return verdict;
    }
    if (answer->status == 401) return refusal(Meaning::unauthorised, Category::unauthorised, *answer);
    if (answer->status >= 500 || answer->status == 408) {
        auto verdict = refusal(Meaning::again, Category::unavailable, *answer);
        if (auto asked = answer->retry_after(wall)) verdict.wait = *asked;
        return verdict;
    }
    return refusal(Meaning::refused, http::category_of(answer->status), *answer);
}

} // namespace lamp::recognition::rest
