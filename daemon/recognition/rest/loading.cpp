#include "recognition/rest/loading.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <functional>
#include <set>

#include "http/url.hpp"
#include "proto/text/text.hpp"
#include "recognition/rest/presets.hpp"

namespace lamp::recognition::rest {
namespace {

config::Problem problem(std::string section, std::string key, std::string message) {
    config::Problem made;
    made.section = std::move(section);
    made.key = std::move(key);
    made.message = std::move(message);
    return made;
}

/// "/first /last": several pointers, with blanks between.
Result<std::vector<Pointer>> pointers_of(std::string_view text) {
    std::vector<Pointer> made;
    for (text = text::trim(text); !text.empty(); text = text::trim(text)) {
        auto end = std::min(text.find(' '), text.size());
        auto one = Pointer::parse(text.substr(0, end));
        if (!one) return std::unexpected(one.error());
        made.push_back(*std::move(one));
        text.remove_prefix(end);
    }
    if (made.empty()) made.emplace_back();
    return made;
}

bool is_number(std::string_view key) {
    constexpr std::array words{"phone", "mobile", "work", "home", "main", "fax", "other"};
    auto word = text::lower(key);
    return std::ranges::find(words, word) != words.end() || word.starts_with("number");
}

/// "/phones/*/value" is "/value" of each "/phones/*".
Result<NumberMap> number_of(const std::string& key, std::string_view text) {
    NumberMap made;
    auto star = text.rfind("/*");
    auto each = Pointer::parse(star == std::string_view::npos ? std::string_view() : text.substr(0, star + 2));
    if (!each) return std::unexpected(each.error());
    auto value = Pointer::parse(star == std::string_view::npos ? text : text.substr(star + 2));
    if (!value) return std::unexpected(value.error());
    made.each = *std::move(each);
    made.value.push_back(*std::move(value));
    made.kind = key;
    made.main = text::lower(key) == "main";
    return made;
}

Result<void> put(Listing& listing, const std::string& key, const std::string& text, bool& numbers_replaced) {
    auto& map = listing.map;
    if (is_number(key)) {
        auto number = number_of(key, text);
        if (!number) return std::unexpected(number.error());
        if (!std::exchange(numbers_replaced, true)) map.numbers.clear();
        map.numbers.push_back(*std::move(number));
        return {};
    }
    auto pointers = pointers_of(text);
    if (!pointers) return std::unexpected(pointers.error());
    if (key == "items")
        listing.items = pointers->front();
    else if (key == "id")
        map.id = *std::move(pointers);
    else if (key == "updated")
        map.updated = *std::move(pointers);
    else if (key == "deleted")
        map.deleted = *std::move(pointers);
    else if (key == "url")
        map.url = pointers->front();
    else if (key == "name") {
        map.name.clear();
        for (auto& one : *pointers)
            map.name.push_back({std::move(one)});
    } else {
        std::erase_if(map.fields, [&](const auto& field) { return field.first == key; });
        map.fields.emplace_back(key, *std::move(pointers));
    }
    return {};
}

/// The address of a list is its origin, its path and query.
std::string split_address(const std::string& address, std::map<std::string, std::string>& values) {
    auto host = address.find("://");
    auto path = host == std::string::npos ? host : address.find('/', host + 3);
    if (path == std::string::npos) return address;
    values.try_emplace("path", address.substr(path));
    return address.substr(0, path);
}

AuthKind guessed(const RestOptions& options) {
    if (!options.token.empty()) return AuthKind::bearer;
    return options.username.empty() ? AuthKind::none : AuthKind::basic;
}

} // namespace

config::Problems apply_mapping(Preset& preset, const std::map<std::string, std::string>& mapping) {
    config::Problems wrong;
    std::vector<Listing*> all;
    for (auto* listings : {&preset.list, &preset.delta})
        for (auto& listing : *listings)
            if (!listing.deleted) all.push_back(&listing);
    if (preset.search)
        for (auto& listing : preset.search->listings)
            all.push_back(&listing);
    if (preset.reread) all.push_back(&*preset.reread);
    for (auto* listing : all) {
        bool numbers_replaced = preset.name != generic; // of a CRM that is known they are added to
        for (const auto& [key, text] : mapping)
            if (auto good = put(*listing, key, text, numbers_replaced); !good && listing == all.front())
                wrong.push_back(problem("mapping", key, good.error().text));
    }
    return wrong;
}

std::expected<Preset, config::Problems> load(const RestOptions& options) {
    auto name = options.preset.empty() ? std::string(generic) : options.preset;
    auto text = preset_text(name, options.presets);
    if (!text) return std::unexpected(config::Problems{problem("", "", text.error().text)});
    auto values = options.parameters;
    auto address = options.url;
    if (name == generic && !address.empty()) {
        address = split_address(address, values);
        values["url"] = address;
    }
    auto preset = read_preset(text->text, text->file, values);
    if (!preset) return preset;
    if (!address.empty()) preset->base_url = address;
    if (!http::Url::parse(preset->base_url))
        return std::unexpected(config::Problems{problem("url", "", "is no http or https address")});
    if (!options.login_url.empty()) preset->auth.token_url = options.login_url.text;
    if (options.daily_requests > 0) preset->rates.daily = options.daily_requests;
    if (preset->auth.guess) preset->auth.kind = guessed(options);
    if (auto wrong = apply_mapping(*preset, options.mapping); !wrong.empty()) return std::unexpected(std::move(wrong));
    std::string more = preset->base_url;
    for (const auto& [key, pointer] : options.mapping)
        more += fmt::format("\n{}={}", key, pointer);
    preset->fingerprint += fmt::format("-{:x}", std::hash<std::string>{}(more));
    return preset;
}

} // namespace lamp::recognition::rest
