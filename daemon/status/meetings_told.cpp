#include "status/meetings_told.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <fmt/format.h>

#include "config/types.hpp"

namespace lamp::status {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> members{"person", "meeting", "at", "expires_in"};
constexpr std::size_t id_length_max = 320;

std::unexpected<Error> wrong(std::string_view member, std::string_view what) {
    return fail(Category::invalid, fmt::format("\"{}\" {}.", member, what));
}

Result<milliseconds> read_expiry(const json::value& value) {
    constexpr std::string_view allowed = R"(must be a duration from 1s to 24h, such as "10m", or a number of seconds)";
    milliseconds wait{0};
    if (value.is_string()) {
        auto read = config::parse_duration(std::string_view(value.get_string()));
        if (!read) return wrong("expires_in", allowed);
        wait = *read;
    } else if (value.is_number()) {
        auto seconds = value.to_number<double>();
        if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return wrong("expires_in", allowed);
        wait = milliseconds(static_cast<std::int64_t>(seconds * 1000));
    }
    if (wait < seconds(1) || wait > meeting_expires_max) return wrong("expires_in", allowed);
    return wait;
}

Result<Wall> read_time(const json::value& value, Wall now) {
    auto time =
        value.is_string() ? parse_rfc3339(std::string_view(value.get_string())) : fail(Category::invalid, "no text");
    if (!time) return wrong("at", "must be a time like 2026-11-22T10:00:00Z");
    if (*time > now + meeting_ahead_max) return wrong("at", "lies more than 5 minutes in the future");
    return *time;
}

Result<MeetingTold> read_one(const json::value& value, Wall now) {
    const auto* object = value.if_object();
    if (!object) return fail(Category::invalid, "The body must be a JSON object, or an array of such.");
    for (const auto& member : *object)
        if (std::ranges::find(members, std::string_view(member.key())) == members.end())
            return wrong(std::string_view(member.key()).substr(0, 64), "is not known here");
    const auto* person = object->if_contains("person");
    if (!person || !person->is_string() || person->get_string().empty() || person->get_string().size() > id_length_max)
        return wrong("person", "must be the id of a person");
    const auto* meeting = object->if_contains("meeting");
    if (!meeting || !meeting->is_bool()) return wrong("meeting", "must be true or false");
    auto at = now;
    if (const auto* given = object->if_contains("at"); given && !given->is_null()) {
        auto read = read_time(*given, now);
        if (!read) return std::unexpected(read.error());
        at = *read;
    }
    auto expires = meeting_expires_default;
    if (const auto* given = object->if_contains("expires_in"); given && !given->is_null()) {
        auto read = read_expiry(*given);
        if (!read) return std::unexpected(read.error());
        expires = *read;
    }
    MeetingTold told;
    told.person.assign(person->get_string().begin(), person->get_string().end());
    told.news.source = meetings::Source::other;
    told.news.meeting = meeting->get_bool() ? meetings::Meeting::live : meetings::Meeting::none;
    told.news.happened = std::min(at, now); // a clock that is ahead must not outdo what comes after it
    told.news.fresh_for = std::max(milliseconds(0), told.news.happened + expires - now);
    return told;
}

} // namespace

Result<std::vector<MeetingTold>> read_meetings(std::string_view body, Wall now) {
    boost::system::error_code error;
    auto document = json::parse(body, error);
    if (error) return fail(Category::invalid, "The body must be a JSON object, or an array of such.");
    std::vector<MeetingTold> all;
    if (!document.is_array()) {
        auto one = read_one(document, now);
        if (!one) return std::unexpected(one.error());
        all.push_back(std::move(*one));
        return all;
    }
    const auto& elements = document.get_array();
    if (elements.size() > meetings_told_max)
        return fail(Category::invalid, fmt::format("At most {} meetings can be told at once.", meetings_told_max));
    for (std::size_t i = 0; i < elements.size(); ++i) {
        auto one = read_one(elements[i], now);
        if (!one) return fail(Category::invalid, fmt::format("[{}]: {}", i, one.error().text));
        all.push_back(std::move(*one));
    }
    return all;
}

} // namespace lamp::status
