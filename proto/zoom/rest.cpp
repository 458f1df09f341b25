#include "proto/zoom/rest.hpp"

#include <algorithm>

#include "proto/text/text.hpp"
#include "proto/zoom/fields.hpp"

namespace lamp::zoom {
namespace {

namespace json = boost::json;

constexpr std::int64_t retry_seconds_max = 7 * 86'400;

std::optional<json::object> read(std::string_view body) {
    boost::system::error_code broken;
    auto document = json::parse(body, broken);
    if (broken || !document.is_object()) return std::nullopt;
    return std::move(document.get_object());
}

} // namespace

Result<UserPage> read_users(std::string_view body) {
    auto whole = read(body);
    const auto* list = whole ? whole->if_contains("users") : nullptr;
    if (!list || !list->is_array()) return fail(Category::protocol, "Zoom's answer holds no list of users.");
    UserPage page;
    page.next = text_in(*whole, "next_page_token");
    for (const auto& item : list->get_array()) {
        const auto* user = item.if_object();
        if (!user || text_in(*user, "status") == "inactive") continue;
        User one{text_in(*user, "id"), text::lower(text_in(*user, "email"))};
        if (!one.id.empty()) page.users.push_back(std::move(one));
    }
    return page;
}

Result<Presence> read_presence(std::string_view body) {
    auto whole = read(body);
    if (!whole) return fail(Category::protocol, "Zoom's answer is no JSON object.");
    Presence presence;
    presence.word = text_in(*whole, "status");
    if (presence.word.empty()) presence.word = text_in(*whole, "presence_status");
    if (presence.word.empty()) return fail(Category::protocol, "Zoom's answer holds no presence.");
    presence.state = state_named(presence.word);
    return presence;
}

std::optional<ErrorBody> read_error(std::string_view body) {
    auto whole = read(body);
    if (!whole) return std::nullopt;
    ErrorBody error{text_in(*whole, "code"), text_in(*whole, "message")};
    if (error.code.empty()) error = {text_in(*whole, "error"), text_in(*whole, "reason")};
    if (error.code.empty()) return std::nullopt;
    return error;
}

std::optional<Wall> read_retry_after(std::string_view text, Wall now) {
    if (auto wait = whole_number(text)) {
        if (*wait < 0) return std::nullopt;
        return now + seconds(std::min(*wait, retry_seconds_max));
    }
    auto date = parse_rfc3339(text);
    if (!date) return std::nullopt;
    return std::clamp(*date, now, now + seconds(retry_seconds_max));
}

} // namespace lamp::zoom
