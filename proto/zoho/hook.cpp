#include "proto/zoho/hook.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "proto/text/text.hpp"

namespace lamp::zoho {
namespace {

namespace json = boost::json;
constexpr std::size_t depth_max = 8;

std::string decoded(std::string_view text) {
    std::string plain(text);
    std::ranges::replace(plain, '+', ' ');
    return text::percent_decoded(plain).value_or(std::string());
}

} // namespace

void Parameters::add(std::string name, std::string value) {
    if (pairs_.size() < most && value.size() <= longest) pairs_.emplace_back(std::move(name), std::move(value));
}

void Parameters::read_form(std::string_view text) {
    while (!text.empty() && pairs_.size() < most) {
        auto pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        auto equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        add(decoded(pair.substr(0, equals)), decoded(pair.substr(equals + 1)));
    }
}

void Parameters::read_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code error;
    auto value = json::parse({text.data(), text.size()}, error, {}, options);
    if (error || !value.is_object()) return;
    for (const auto& [key, member] : value.get_object()) {
        if (member.is_string()) add(std::string(key), std::string(member.get_string()));
        if (member.is_int64()) add(std::string(key), std::to_string(member.get_int64()));
        if (member.is_uint64()) add(std::string(key), std::to_string(member.get_uint64()));
    }
}

Parameters Parameters::read(std::string_view query, std::string_view body) {
    Parameters made;
    made.read_form(query);
    auto start = text::trim(body);
    start.starts_with('{') ? made.read_json(start) : made.read_form(start);
    return made;
}

std::string_view Parameters::find(std::initializer_list<std::string_view> names) const {
    for (std::string_view name : names)
        for (const auto& [key, value] : pairs_)
            if (!value.empty() && text::same_letters(key, name)) return value;
    return {};
}

} // namespace lamp::zoho
