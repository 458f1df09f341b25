#include "proto/gotomeeting/answers.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::gotomeeting {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 16;
constexpr std::size_t code_max = 64;
constexpr std::size_t text_max = 200;
constexpr std::size_t key_digits_max = 20; // as many as 64 bits have
constexpr std::size_t email_max = 254;

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

/// One line of at most so many bytes, not ending in half a letter.
std::string tame(std::string_view text, std::size_t longest) {
    std::string out(text.substr(0, longest));
    std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    while (!text::is_utf8(out))
        out.pop_back();
    return out;
}

Result<json::value> parse(std::string_view body) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (body.starts_with(mark)) body.remove_prefix(mark.size());
    auto start = text::trim(body);
    if (start.empty()) return fail(Category::protocol, "The body is empty.");
    if (start.front() == '<') return fail(Category::protocol, "The body is HTML or XML, not JSON.");
    json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code error;
    auto value = json::parse({body.data(), body.size()}, error, {}, options);
    if (error)
        return fail(Category::protocol,
                    fmt::format("The body is not the JSON that was expected: {}.", error.message()));
    return value;
}

/// The member of the first of these names that is there and not null; letter case is ignored.
const json::value* member(const json::object& object, std::initializer_list<std::string_view> names) {
    for (std::string_view name : names)
        for (const auto& [key, value] : object)
            if (!value.is_null() && text::same_letters({key.data(), key.size()}, name)) return &value;
    return nullptr;
}

std::string_view text_of(const json::object& object, std::initializer_list<std::string_view> names) {
    const auto* value = member(object, names);
    return value && value->is_string() ? view(value->get_string()) : std::string_view();
}

/// The elements of an array, or the one object that stands for itself.
Result<std::vector<const json::object*>> objects(const json::value& value, std::string_view what) {
    std::vector<const json::object*> found;
    if (value.is_object()) found.push_back(&value.get_object());
    if (value.is_array())
        for (const auto& element : value.get_array())
            if (element.is_object()) found.push_back(&element.get_object());
    bool nothing_of_use = value.is_array() ? found.empty() && !value.get_array().empty() : found.empty();
    if (nothing_of_use) return fail(Category::protocol, fmt::format("The body holds no {}.", what));
    return found;
}

std::string key_of(const json::object& object) {
    const auto* value = member(object, {"organizerKey", "organizer_key"});
    if (!value) return {};
    std::string key;
    if (value->is_int64()) key = std::to_string(value->get_int64());
    if (value->is_uint64()) key = std::to_string(value->get_uint64());
    if (value->is_string()) key = text::trim(view(value->get_string()));
    return is_key(key) ? key : std::string();
}

} // namespace

bool is_key(std::string_view text) {
    return !text.empty() && text.size() <= key_digits_max &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<Meetings> read_meetings(std::string_view body) {
    auto value = parse(body);
    if (!value) return std::unexpected(value.error());
    auto all = objects(*value, "meetings");
    if (!all) return std::unexpected(all.error());
    Meetings read;
    for (const auto* meeting : *all) {
        auto state = text::trim(text_of(*meeting, {"status"}));
        if (state.empty()) continue;
        ++read.told;
        if (text::same_letters(state, "ACTIVE"))
            ++read.active;
        else if (!text::same_letters(state, "INACTIVE"))
            read.unheard = tame(state, code_max);
    }
    if (read.told == 0 && !all->empty())
        return fail(Category::protocol, "The body holds no meeting that tells its status.");
    return read;
}

Result<std::vector<Organiser>> read_organisers(std::string_view body) {
    auto value = parse(body);
    if (!value) return std::unexpected(value.error());
    auto all = objects(*value, "organisers");
    if (!all) return std::unexpected(all.error());
    std::vector<Organiser> read;
    for (const auto* one : *all) {
        auto key = key_of(*one);
        if (key.empty()) continue;
        read.push_back({std::move(key), text::lower(tame(text::trim(text_of(*one, {"email"})), email_max))});
    }
    return read;
}

std::optional<ServiceError> read_error(std::string_view body) {
    auto value = parse(body);
    if (!value || !value->is_object()) return std::nullopt;
    const auto& object = value->get_object();
    ServiceError error{tame(text_of(object, {"int_err_code", "errorCode", "err", "code", "error"}), code_max),
                       tame(text_of(object, {"msg", "description", "message", "error_description"}), text_max)};
    if (error.code.empty() && error.text.empty()) return std::nullopt;
    return error;
}

} // namespace lamp::gotomeeting
