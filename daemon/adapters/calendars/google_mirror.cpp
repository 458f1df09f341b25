#include "adapters/calendars/google_mirror.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "http/url.hpp"

namespace lamp::calendars {
namespace {

using google::Moment;

// The listing and its changes must have the same parameters, but for those that a sync token forbids.
constexpr std::string_view parameters = "?singleEvents=true&showDeleted=true&maxResults=250";

} // namespace

GoogleMirror::GoogleMirror(std::string calendar_id, Zone zone)
    : calendar_id_(std::move(calendar_id)), zone_(std::move(zone)) {}

std::string GoogleMirror::target() const {
    auto target = fmt::format("/calendars/{}/events{}", http::encode_segment(calendar_id_), parameters);
    if (listing())
        target += fmt::format("&timeMin={}&timeMax={}", http::encode_query(rfc3339(asked().from)),
                              http::encode_query(rfc3339(asked().until)));
    else
        target += "&syncToken=" + http::encode_query(token());
    if (!page().empty()) target += "&pageToken=" + http::encode_query(page());
    return target;
}

Wall GoogleMirror::instant(const Moment& moment) {
    if (moment.kind == Moment::Kind::instant) return moment.at;
    if (moment.kind == Moment::Kind::floating && !moment.zone.empty())
        if (auto named = zones_.find(moment.zone)) return named->instant(moment.local);
    return zone_.instant(moment.local);
}

Occurrence GoogleMirror::occurrence(const google::Event& event, bool busy_only) {
    Occurrence one;
    one.key = event.id;
    one.title = event.summary;
    one.description = event.description;
    one.location = event.location;
    one.all_day = event.start.kind == Moment::Kind::date;
    one.declined = event.declined;
    one.free = event.transparent;
    one.hidden = !event.titled && (event.restricted || busy_only);
    one.from = instant(event.start);
    auto end = event.end;
    if (end.kind == Moment::Kind::none) {
        end = event.start;
        if (one.all_day) end.local += std::chrono::days(1);
    }
    one.until = std::max(one.from, instant(end));
    return one;
}

Result<bool> GoogleMirror::take(google::Page page) {
    unreadable_ += page.unreadable;
    for (const auto& event : page.events) {
        bool counts = !event.cancelled && event.appointment;
        put(event.id, counts ? std::optional(occurrence(event, page.busy_only)) : std::nullopt);
    }
    auto last = turn(std::move(page.next_page));
    if (last && *last) finish(std::move(page.next_sync));
    return last;
}

} // namespace lamp::calendars
