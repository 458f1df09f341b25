#include "proto/google/events.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <optional>

#include "proto/google/json.hpp"

namespace lamp::google {
namespace {

using boost::json::object;

std::optional<LocalTime> local_time(std::string text) {
    auto read = parse_rfc3339(text + "Z");
    if (!read) return std::nullopt;
    return LocalTime(std::chrono::floor<seconds>(read->time_since_epoch()));
}

Moment moment_of(const object* told) {
    Moment moment;
    if (told == nullptr) return moment;
    moment.zone = text_of(*told, "timeZone");
    std::string time(text_of(*told, "dateTime"));
    if (auto at = parse_rfc3339(time)) {
        moment.kind = Moment::Kind::instant;
        moment.at = *at;
    } else if (auto local = local_time(time)) {
        moment.kind = Moment::Kind::floating;
        moment.local = *local;
    } else if (auto day = local_time(std::string(text_of(*told, "date")) + "T00:00:00")) {
        moment.kind = Moment::Kind::date;
        moment.local = *day;
    }
    return moment;
}

bool declined_by_self(const object& event) {
    const auto* attendees = array_of(event, "attendees");
    if (attendees == nullptr) return false;
    for (const auto& attendee : *attendees)
        if (const auto* one = attendee.if_object(); one && is_true(*one, "self"))
            return text_of(*one, "responseStatus") == "declined";
    return false;
}

std::optional<Event> event_of(const object& told) {
    Event event;
    event.id = text_of(told, "id");
    event.cancelled = text_of(told, "status") == "cancelled";
    if (const auto* summary = told.if_contains("summary")) event.titled = summary->is_string();
    event.summary = text_of(told, "summary");
    event.description = text_of(told, "description");
    event.location = text_of(told, "location");
    event.start = moment_of(object_of(told, "start"));
    event.end = moment_of(object_of(told, "end"));
    event.transparent = text_of(told, "transparency") == "transparent";
    auto visibility = text_of(told, "visibility");
    event.restricted = visibility == "private" || visibility == "confidential";
    event.declined = declined_by_self(told);
    auto type = text_of(told, "eventType");
    event.appointment = type != "workingLocation" && type != "birthday";
    if (event.id.empty()) return std::nullopt;
    if (!event.cancelled && event.start.kind == Moment::Kind::none) return std::nullopt;
    return event;
}

} // namespace

Result<Page> read_events(std::string_view body) {
    auto told = read_object(body);
    if (!told) return std::unexpected(told.error());
    Page page;
    page.zone = text_of(*told, "timeZone");
    page.busy_only = text_of(*told, "accessRole") == "freeBusyReader";
    page.next_page = text_of(*told, "nextPageToken");
    if (page.next_page.empty()) page.next_sync = text_of(*told, "nextSyncToken");
    const auto* items = array_of(*told, "items");
    if (items == nullptr && !told->contains("kind") && !told->contains("etag"))
        return fail(Category::protocol, "The body is JSON, but no list of events.");
    if (items == nullptr) return page;
    if (items->size() > page_events_max)
        return fail(Category::limit, fmt::format("A page of {} events is more than the {} that are taken.",
                                                 items->size(), page_events_max));
    page.events.reserve(items->size());
    for (const auto& item : *items) {
        const auto* one = item.if_object();
        auto event = one ? event_of(*one) : std::nullopt;
        if (event)
            page.events.push_back(*std::move(event));
        else
            ++page.unreadable;
    }
    return page;
}

} // namespace lamp::google
