#include "proto/zoom/event.hpp"

#include <array>
#include <fmt/format.h>

#include "proto/text/text.hpp"
#include "proto/zoom/fields.hpp"

namespace lamp::zoom {
namespace {

namespace json = boost::json;

struct Name {
    std::string_view text;
    EventKind kind;
};
constexpr std::array names{
    Name{"endpoint.url_validation", EventKind::url_validation},
    Name{"user.presence_status_updated", EventKind::presence},
    Name{"meeting.started", EventKind::meeting_started},
    Name{"meeting.ended", EventKind::meeting_ended},
    Name{"meeting.participant_joined", EventKind::participant_joined},
    Name{"meeting.participant_left", EventKind::participant_left},
    Name{"app_deauthorized", EventKind::deauthorized},
};
constexpr std::int64_t latest_ms = 253'402'300'799'999; // the end of the year 9999

EventKind kind_named(std::string_view text) {
    for (const Name& one : names)
        if (one.text == text) return one.kind;
    return EventKind::other;
}

std::unexpected<Error> lacks(std::string_view what) {
    return fail(Category::protocol, fmt::format("Zoom's event has no {}.", what));
}

std::string first_of(std::string one, std::string other) {
    return one.empty() ? std::move(other) : std::move(one);
}

/// event_ts, else the first of the object's own times that can be read.
std::optional<Wall> time_of(const json::object& whole, const json::object* object, const json::object* participant) {
    if (auto at = number_in(whole, "event_ts"); at && *at >= 0 && *at <= latest_ms) return Wall(milliseconds(*at));
    auto told = [](const json::object* from, std::string_view name) -> std::optional<Wall> {
        if (!from) return std::nullopt;
        auto read = parse_rfc3339(text_in(*from, name));
        return read ? std::optional(*read) : std::nullopt;
    };
    for (const char* name : {"leave_time", "join_time"})
        if (auto at = told(participant, name)) return at;
    for (const char* name : {"date_time", "end_time"})
        if (auto at = told(object, name)) return at;
    return std::nullopt;
}

Result<void> read_meeting(const json::object& object, Event& event) {
    event.meeting = first_of(text_in(object, "uuid"), text_in(object, "id"));
    if (event.meeting.empty()) return lacks("meeting");
    return {};
}

void read_participant(const json::object& participant, Event& event) {
    event.user = first_of(text_in(participant, "id"), text_in(participant, "participant_user_id"));
    event.email = text::lower(text_in(participant, "email"));
    event.participant = first_of(text_in(participant, "participant_uuid"), text_in(participant, "user_id"));
}

Result<void> read_object(const json::object* object, const json::object* participant, Event& event) {
    if (!object) return lacks("object");
    switch (event.kind) {
    case EventKind::presence:
        event.user = text_in(*object, "id");
        event.email = text::lower(text_in(*object, "email"));
        event.word = text_in(*object, "presence_status");
        event.state = state_named(event.word);
        if (event.user.empty() && event.email.empty()) return lacks("user");
        return {};
    case EventKind::participant_joined:
    case EventKind::participant_left:
        if (!participant) return lacks("participant");
        read_participant(*participant, event);
        return read_meeting(*object, event);
    case EventKind::meeting_started: event.user = text_in(*object, "host_id"); return read_meeting(*object, event);
    case EventKind::meeting_ended: return read_meeting(*object, event);
    default: return {};
    }
}

} // namespace

Result<Event> read_event(std::string_view body) {
    boost::system::error_code broken;
    auto document = json::parse(body, broken);
    const auto* whole = broken ? nullptr : document.if_object();
    if (!whole) return fail(Category::protocol, "Zoom's event is no JSON object.");
    Event event;
    event.name = text_in(*whole, "event");
    if (event.name.empty()) return lacks("name");
    event.kind = kind_named(event.name);
    const auto* payload = object_in(*whole, "payload");
    const auto* object = payload ? object_in(*payload, "object") : nullptr;
    const auto* participant = object ? object_in(*object, "participant") : nullptr;
    if (payload) event.account = text_in(*payload, "account_id");
    if (event.kind == EventKind::url_validation) {
        if (payload) event.plain_token = text_in(*payload, "plainToken");
        if (event.plain_token.empty()) return lacks("plainToken");
        return event;
    }
    if (event.kind == EventKind::other || event.kind == EventKind::deauthorized) return event;
    if (auto read = read_object(object, participant, event); !read) return std::unexpected(read.error());
    auto at = time_of(*whole, object, participant);
    if (!at) return lacks("time");
    event.at = *at;
    return event;
}

} // namespace lamp::zoom
