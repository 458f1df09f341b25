#include "proto/zoho/answers.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <initializer_list>
#include <optional>

#include "proto/text/text.hpp"

namespace lamp::zoho {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 16;
constexpr std::size_t code_max = 64;
constexpr std::size_t text_max = 200;
constexpr std::size_t name_max = 200;

std::string tame(std::string_view text, std::size_t longest) {
    std::string out(text.substr(0, longest));
    std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    while (!text::is_utf8(out))
        out.pop_back();
    return out;
}

std::optional<json::value> parse(std::string_view body) {
    json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code error;
    auto value = json::parse({body.data(), body.size()}, error, {}, options);
    if (error) return std::nullopt;
    return value;
}

const json::value* member(const json::object& object, std::initializer_list<std::string_view> names) {
    for (std::string_view name : names)
        for (const auto& [key, value] : object)
            if (!value.is_null() && text::same_letters({key.data(), key.size()}, name)) return &value;
    return nullptr;
}

std::string text_of(const json::object& object, std::initializer_list<std::string_view> names, std::size_t longest) {
    const auto* value = member(object, names);
    if (!value) return {};
    if (value->is_int64()) return std::to_string(value->get_int64());
    if (value->is_uint64()) return std::to_string(value->get_uint64());
    if (!value->is_string()) return {};
    const auto& text = value->get_string();
    return tame(text::trim({text.data(), text.size()}), longest);
}

struct Row {
    std::string_view code;
    Verdict verdict;
};
constexpr std::array rows{
    Row{"PBX_NOT_INTEGRATED", Verdict::not_integrated},
    Row{"INVALID_TOKEN", Verdict::token},
    Row{"INVALID_OAUTHTOKEN", Verdict::token},
    Row{"INVALID_USER", Verdict::bad_user},
    Row{"PROVIDER_NOT_REGISTERED", Verdict::not_registered},
    Row{"DIFFERENT_PROVIDER_ALREADY_ENABLED", Verdict::other_provider},
    Row{"NO_PERMISSION", Verdict::forbidden},
};

Verdict by_status(int status) {
    if (status == 401) return Verdict::token;
    if (status == 403) return Verdict::forbidden;
    if (status == 429) return Verdict::throttled;
    if (status == 400) return Verdict::bad_request;
    return status >= 500 || status == 408 ? Verdict::unavailable : Verdict::refused;
}

User user_of(const json::object& object) {
    User user{text_of(object, {"zohouser", "zuid", "id", "userid", "user_id"}, code_max),
              text_of(object, {"name", "fullname", "full_name", "displayname", "username"}, name_max),
              text::lower(text_of(object, {"email", "emailid", "email_id", "mail"}, name_max))};
    if (user.name.empty()) {
        auto last = text_of(object, {"lastname", "last_name"}, name_max);
        user.name = text_of(object, {"firstname", "first_name"}, name_max);
        if (!user.name.empty() && !last.empty()) user.name += ' ';
        user.name += last;
    }
    return user;
}

} // namespace

std::string_view name(Verdict verdict) {
    switch (verdict) {
    case Verdict::done: return "done";
    case Verdict::token: return "token";
    case Verdict::not_integrated: return "not_integrated";
    case Verdict::bad_request: return "bad_request";
    case Verdict::bad_user: return "bad_user";
    case Verdict::not_registered: return "not_registered";
    case Verdict::other_provider: return "other_provider";
    case Verdict::forbidden: return "forbidden";
    case Verdict::throttled: return "throttled";
    case Verdict::unavailable: return "unavailable";
    case Verdict::unreadable: return "unreadable";
    case Verdict::refused: return "refused";
    }
    return "unknown";
}

Told read_answer(int status, std::string_view body) {
    auto value = parse(body);
    bool success = status >= 200 && status < 300;
    if (!value || !value->is_object()) {
        // An empty answer of 2xx says no more than its status; a page says that somebody else has answered.
        if (success) return {body.empty() ? Verdict::done : Verdict::unreadable, {}, {}};
        return {status < 400 ? Verdict::unreadable : by_status(status), {}, {}};
    }
    const auto& object = value->get_object();
    Told told{Verdict::done, text_of(object, {"code"}, code_max), text_of(object, {"message"}, text_max)};
    auto word = text_of(object, {"status"}, code_max);
    if (success && !text::same_letters(word, "error")) return told;
    told.verdict = success ? Verdict::refused : by_status(status);
    for (const Row& row : rows)
        if (text::same_letters(row.code, told.code) || text::same_letters(row.code, told.text))
            told.verdict = row.verdict;
    return told;
}

Result<Users> read_users(std::string_view body) {
    auto value = parse(body);
    if (!value || !value->is_object()) return fail(Category::protocol, "Zoho's list of users is no JSON object.");
    const auto& object = value->get_object();
    const auto* list = member(object, {"users", "data"});
    if (!list || !list->is_array()) return fail(Category::protocol, "Zoho's list of users holds no users.");
    Users read;
    for (const auto& one : list->get_array()) {
        if (!one.is_object()) continue;
        auto user = user_of(one.get_object());
        if (!user.id.empty()) read.users.push_back(std::move(user));
    }
    const auto* pages = member(object, {"navigation"});
    read.more = pages && pages->is_object() && member(pages->get_object(), {"nextPage", "next"}) != nullptr;
    return read;
}

std::string read_account(std::string_view body) {
    auto value = parse(body);
    if (!value || !value->is_object()) return {};
    return text::lower(text_of(value->get_object(), {"Email", "email_id"}, name_max));
}

} // namespace lamp::zoho
