// events.list of the fake Google: which events, how they are written, pages and sync tokens (cloud-apis.md F2).
#include "service.hpp"

#include "../graph/crypto.hpp"
#include "../graph/times.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace sim::google {

namespace json = boost::json;
using Query = std::vector<std::pair<std::string, std::string>>;

namespace {

constexpr std::array<std::string_view, 9> known = {"singleEvents", "showDeleted", "maxResults", "timeMin", "timeMax",
                                                   "orderBy",      "pageToken",   "syncToken",  "timeZone"};
constexpr std::array<std::string_view, 8> against_sync = {
    "iCalUID", "orderBy", "privateExtendedProperty", "q", "timeMin", "sharedExtendedProperty", "timeMax", "updatedMin"};

std::string value_of(const Query& query, std::string_view name) {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return {};
}

// RFC 3339 with an offset; sub-seconds are ignored.
std::optional<std::int64_t> instant_of(const std::string& text) {
    if (text.size() < 20 || (text.back() != 'Z' && text.find_last_of("+-") < 19)) return std::nullopt;
    const auto ms = graph::from_iso(text);
    return ms ? std::optional(*ms / 1000 * 1000) : std::nullopt;
}

json::object written(const Calendar& calendar, const When& when) {
    if (when.day) return {{"date", graph::iso_seconds(when.ms).substr(0, 10)}};
    std::string local = graph::iso_seconds(when.ms + calendar.offset_min * 60'000);
    local.pop_back();
    const std::int64_t minutes = std::abs(calendar.offset_min);
    char offset[8];
    std::snprintf(offset, sizeof offset, "%c%02d:%02d", calendar.offset_min < 0 ? '-' : '+',
                  static_cast<int>(minutes / 60 % 24), static_cast<int>(minutes % 60));
    return {{"dateTime", local + offset}, {"timeZone", calendar.zone}};
}

json::object written(const Calendar& calendar, const Item& item, const std::string& access, bool single) {
    const Event& event = *item.event;
    json::object out{{"id", item.id}, {"status", item.cancelled ? "cancelled" : "confirmed"}};
    if (item.instance) {
        out["recurringEventId"] = event.id;
        out["originalStartTime"] = written(calendar, item.original);
    }
    if (item.cancelled) { // only the id is sure (F2)
        if (!item.instance || event.cancelled) return {{"id", item.id}, {"status", "cancelled"}};
        return out;
    }
    out["start"] = written(calendar, item.start);
    out["end"] = written(calendar, item.end);
    if (access == "freeBusyReader") return out;
    out["kind"] = "calendar#event";
    out["etag"] = "\"" + std::to_string(item.seq) + "\"";
    out["iCalUID"] = event.id + "@google.com";
    out["eventType"] = event.type;
    if (!single && event.every_ms > 0) {
        const bool daily = event.every_ms == 86'400'000;
        out["recurrence"] = json::array{std::string("RRULE:FREQ=") + (daily ? "DAILY" : "WEEKLY") +
                                        ";COUNT=" + std::to_string(event.count)};
    }
    if (event.visibility != "default") out["visibility"] = event.visibility;
    if (event.visibility == "private" && access != "owner") return out;
    if (!item.summary.empty()) out["summary"] = item.summary;
    if (!event.description.empty()) out["description"] = event.description;
    if (!event.location.empty()) out["location"] = event.location;
    if (event.transparent) out["transparency"] = "transparent";
    if (event.declined)
        out["attendees"] =
            json::array{json::object{{"email", "colleague@example.net"}, {"responseStatus", "accepted"}},
                        json::object{{"email", calendar.id}, {"self", true}, {"responseStatus", "declined"}}};
    return out;
}

struct Mark { // inside of page and sync tokens
    std::uint64_t epoch = 0, seq = 0, since = 0, offset = 0;
    std::string calendar, parameters;
};

std::string token_of(const Mark& mark) {
    return graph::crypto::base64url(json::serialize(
               json::array{mark.epoch, mark.seq, mark.since, mark.offset, mark.calendar, mark.parameters})) +
           "=="; // tokens need encoding in a query
}

std::optional<Mark> mark_of(std::string token) {
    if (!token.ends_with("==")) return std::nullopt;
    const auto text = graph::crypto::from_base64url(token.substr(0, token.size() - 2));
    boost::system::error_code failed;
    const json::value value = text ? json::parse(*text, failed) : json::value();
    if (failed || !value.is_array() || value.as_array().size() != 6) return std::nullopt;
    const auto& array = value.as_array();
    const auto number = [&](std::size_t i) { return array[i].to_number<std::uint64_t>(failed); };
    return Mark{number(0),
                number(1),
                number(2),
                number(3),
                std::string(array[4].as_string()),
                std::string(array[5].as_string())};
}

// What has to be the same on every page, and in every sync after the listing.
std::string fingerprint(const Query& query, bool whole) {
    std::string out = value_of(query, "singleEvents");
    if (!whole) return out;
    for (const std::string_view name : {"showDeleted", "maxResults", "timeMin", "timeMax", "orderBy", "syncToken"})
        out += "|" + value_of(query, name);
    return out;
}

std::optional<http::Response> mistake(const Query& query) {
    const bool syncs = !value_of(query, "syncToken").empty();
    for (const auto& [key, value] : query) {
        if (syncs && std::find(against_sync.begin(), against_sync.end(), key) != against_sync.end())
            return error(400, "syncTokenWithRequestRestrictions",
                         "Sync token cannot be used with other request restrictions.");
        if (std::find(known.begin(), known.end(), key) == known.end())
            return error(400, "badRequest", "Unknown name \"" + key + "\"");
    }
    if (syncs && value_of(query, "showDeleted") == "false")
        return error(400, "badRequest", "showDeleted cannot be false with a sync token.");
    if (value_of(query, "orderBy") == "startTime" && value_of(query, "singleEvents") != "true")
        return error(400, "badRequest", "The requested ordering is not available for the particular query.");
    for (const std::string name : {"timeMin", "timeMax"})
        if (const std::string text = value_of(query, name); !text.empty() && !instant_of(text))
            return error(400, "badRequest", "Bad Request: " + name + " needs a time with an offset");
    const auto from = instant_of(value_of(query, "timeMin"));
    const auto until = instant_of(value_of(query, "timeMax"));
    if (from && until && *from >= *until) return error(400, "timeRangeEmpty", "The specified time range is empty.");
    return std::nullopt;
}

} // namespace

http::Response list_events(const Calendar& calendar, const std::string& access, const Settings& settings,
                           std::uint64_t epoch, const Query& query) {
    if (auto wrong = mistake(query)) return *wrong;
    const bool single = value_of(query, "singleEvents") == "true";
    std::uint64_t length = 250;
    if (const std::string text = value_of(query, "maxResults"); !text.empty()) {
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (failed != std::errc() || end != text.data() + text.size() || length < 1 || length > 2500)
            return error(400, "invalidParameter",
                         "Invalid value '" + text + "'. Values must be within the range: [1, 2500]");
    }
    length = std::min(length, static_cast<std::uint64_t>(settings.page_max));

    Mark mark{epoch, calendar.seq, 0, 0, calendar.id, fingerprint(query, true)};
    const bool syncs = !value_of(query, "syncToken").empty();
    if (syncs) {
        const auto since = mark_of(value_of(query, "syncToken"));
        if (!since || since->epoch != epoch || since->calendar != calendar.id)
            return error(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.");
        if (since->parameters != fingerprint(query, false))
            return error(400, "badRequest", "The parameters differ from those of the initial sync.");
        mark.since = since->seq;
    }
    if (const std::string page = value_of(query, "pageToken"); !page.empty()) {
        const auto told = mark_of(page);
        if (!told || told->calendar != calendar.id || told->parameters != mark.parameters)
            return error(400, "invalid", "Invalid page token, or other parameters than on the first page.");
        mark = *told;
    }

    const auto from = instant_of(value_of(query, "timeMin"));
    const auto until = instant_of(value_of(query, "timeMax"));
    const bool deleted = syncs || value_of(query, "showDeleted") == "true";
    std::vector<Item> items = calendar.items(single);
    std::erase_if(items, [&](const Item& item) {
        if (syncs) return item.seq <= mark.since;
        if (item.cancelled && !deleted) return true;
        return (from && calendar.instant(item.end) <= *from) || (until && calendar.instant(item.start) >= *until);
    });
    if (value_of(query, "orderBy") == "startTime")
        std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
            const auto left = calendar.instant(a.start);
            const auto right = calendar.instant(b.start);
            return left != right ? left < right : a.id < b.id;
        });

    json::object out{{"kind", "calendar#events"},
                     {"etag", "\"p" + std::to_string(calendar.seq) + "\""},
                     {"summary", calendar.id},
                     {"timeZone", calendar.zone},
                     {"accessRole", access}};
    json::array page;
    // With empty pages an even step gives nothing, and the next one what was due.
    std::uint64_t step = mark.offset;
    const bool hollow = settings.empty_pages && step % 2 == 0;
    const std::uint64_t first = (settings.empty_pages ? step / 2 : step) * length;
    if (!hollow)
        for (std::uint64_t i = first; i < std::min<std::uint64_t>(first + length, items.size()); ++i)
            page.push_back(written(calendar, items[i], access, single));
    out["items"] = std::move(page);
    const bool last = !hollow && first + length >= items.size();
    if (!last) {
        Mark next = mark;
        next.offset = step + 1;
        out["nextPageToken"] = token_of(next);
    } else if (settings.bounded_sync || value_of(query, "timeMax").empty()) {
        out["nextSyncToken"] = token_of({epoch, mark.seq, 0, 0, calendar.id, fingerprint(query, false)});
    }
    return {200, "application/json; charset=UTF-8", json::serialize(out)};
}

} // namespace sim::google
