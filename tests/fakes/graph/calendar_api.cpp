// calendarView/delta and single events: which appointments, how they are written, pages and tokens (cloud-apis.md A11).
#include "cursor.hpp"
#include "service.hpp"
#include "times.hpp"

#include <algorithm>
#include <charconv>

namespace sim::graph {

namespace json = boost::json;
using google::Calendar;
using google::Event;
using google::Item;
using google::When;

namespace {

struct Preferences {
    std::int64_t page = 10;
    bool utc = true;
    bool text = false; // bodies
};

std::optional<Preferences> preferences_of(const http::Request& request) {
    Preferences wanted;
    for (const auto& [name, value] : request.headers) {
        if (!http::same_word(name, "Prefer")) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            std::string_view one = rest.substr(0, comma);
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
            while (one.starts_with(' '))
                one.remove_prefix(1);
            if (one.starts_with("odata.maxpagesize=")) {
                const std::string_view digits = one.substr(18);
                const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wanted.page);
                if (error != std::errc() || end != digits.data() + digits.size() || wanted.page < 1)
                    return std::nullopt;
            } else if (one.starts_with("outlook.timezone=")) {
                wanted.utc = one == "outlook.timezone=\"UTC\"";
            } else if (one.starts_with("outlook.body-content-type=")) {
                wanted.text = one == "outlook.body-content-type=\"text\"";
            }
        }
    }
    return wanted;
}

class Writer {
public:
    Writer(const Mailbox& mailbox, const Settings& settings, bool text)
        : mailbox_(mailbox), settings_(settings), text_(text) {}

    json::object master(const Event& event) const {
        json::object out = whole(event.id, event, event.summary, event.start, event.end);
        out["type"] = "seriesMaster";
        out["recurrence"] = json::object{{"pattern", json::object{{"type", "daily"}, {"interval", 1}}}};
        return out;
    }
    json::object item(const Item& item) const {
        const bool exception = item.event->exceptions.contains(item.id);
        json::object out;
        if (item.instance && !exception && settings_.bare_occurrences)
            out = {{"id", item.id}, {"start", time(item.start)}, {"end", time(item.end)}};
        else
            out = whole(item.id, *item.event, item.summary, item.start, item.end);
        out["type"] = !item.instance ? "singleInstance" : exception ? "exception" : "occurrence";
        if (item.instance) out["seriesMasterId"] = item.event->id;
        return out;
    }
    static json::object removed(const std::string& id) {
        return {{"id", id}, {"@removed", json::object{{"reason", "deleted"}}}};
    }

private:
    json::object time(const When& when) const {
        const std::int64_t ms = settings_.shifted_days ? mailbox_.calendar.instant(when) : when.ms;
        std::string written = iso_ticks(ms);
        written.pop_back(); // the zone stands beside
        return {{"dateTime", written}, {"timeZone", "UTC"}};
    }
    json::object whole(const std::string& id, const Event& event, const std::string& subject, const When& start,
                       const When& end) const {
        const std::string html = "<html><head></head><body>" + event.description + "</body></html>";
        const bool off = mailbox_.called_off.contains(id) || mailbox_.called_off.contains(event.id);
        return {{"@odata.etag", "W/\"" + std::to_string(event.seq) + "\""},
                {"id", id},
                {"iCalUId", "040000008200" + event.id},
                {"subject", subject},
                {"bodyPreview", event.description.substr(0, 255)},
                {"body",
                 json::object{{"contentType", text_ ? "text" : "html"}, {"content", text_ ? event.description : html}}},
                {"location", json::object{{"displayName", event.location}, {"locationType", "default"}}},
                {"start", time(start)},
                {"end", time(end)},
                {"isAllDay", start.day},
                {"isCancelled", off},
                {"showAs", event.transparent ? "free" : "busy"},
                {"sensitivity", event.visibility == "default" ? "normal" : event.visibility},
                {"responseStatus", json::object{{"response", event.declined ? "declined" : "organizer"},
                                                {"time", "0001-01-01T00:00:00Z"}}},
                {"originalStartTimeZone", "W. Europe Standard Time"},
                {"seriesMasterId", nullptr},
                {"type", "singleInstance"}};
    }

    const Mailbox& mailbox_;
    const Settings& settings_;
    bool text_;
};

// What a window holds, or what has changed about it since `after`: in the order of the changes, each with its place.
class View {
public:
    View(const Calendar& calendar, const Writer& writer, std::int64_t from, std::int64_t until)
        : calendar_(calendar), writer_(writer), from_(from), until_(until) {}

    std::vector<std::pair<std::int64_t, json::object>> rows(bool round, std::uint64_t after) const {
        std::vector<std::pair<std::int64_t, json::object>> rows;
        const auto add = [&](std::uint64_t seq, json::object what) {
            const auto first = static_cast<std::int64_t>(seq) * seats;
            const bool same = !rows.empty() && rows.back().first >= first;
            rows.emplace_back(same ? rows.back().first + 1 : first, std::move(what));
        };
        std::set<std::string> told;
        for (const Item& item : calendar_.items(true)) {
            if (!round && item.seq <= after) continue;
            const bool here = !item.cancelled && overlaps(item);
            const Event& event = *item.event;
            if (item.instance && (here || !round) && (round || event.seq > after) && told.insert(event.id).second)
                add(item.seq, event.cancelled ? Writer::removed(event.id) : writer_.master(event));
            if (here)
                add(item.seq, writer_.item(item));
            else if (!round) // also what was changed and lies elsewhere
                add(item.seq, Writer::removed(item.id));
        }
        return rows;
    }

private:
    static constexpr std::int64_t seats = 10'000; // more than a change has rows

    bool overlaps(const Item& item) const {
        const std::int64_t start = calendar_.instant(item.start);
        const std::int64_t end = calendar_.instant(item.end);
        return start < until_ && (end > from_ || (end == start && start >= from_));
    }

    const Calendar& calendar_;
    const Writer& writer_;
    std::int64_t from_;
    std::int64_t until_;
};

} // namespace

UserIndex Service::mailbox_of(const Exchange& exchange) const {
    const auto id = Guid::parse(exchange.parts[1]);
    return id ? directory.find(*id) : directory.find_upn(exchange.parts[1]);
}

http::Response Service::no_mailbox(const Exchange& exchange) const {
    return error(404, "ErrorInvalidUser", "The requested user '" + exchange.parts[1] + "' is invalid.",
                 &exchange.request);
}

http::Response Service::calendar_view(Exchange& exchange) {
    const auto bad = [&](std::string_view code, const std::string& text, int status = 400) {
        return error(status, code, text, &exchange.request);
    };
    const UserIndex user = mailbox_of(exchange);
    if (user == nobody) return no_mailbox(exchange);
    if (exchange.token->delegated && exchange.token->user != user)
        return bad("ErrorAccessDenied", "Access is denied. Check credentials and try again.", 403);
    const Query query = query_of(exchange.request);
    if (const auto wrong = unknown_option(query, {"startDateTime", "endDateTime", "$deltatoken", "$skiptoken"}))
        return bad("ErrorInvalidUrlQuery", "The query option " + *wrong + " is not supported for change tracking.");
    const auto wanted = preferences_of(exchange.request);
    if (!wanted) return bad("ErrorInvalidRequest", "The Prefer header cannot be read.");
    if (!wanted->utc) return bad("TimeZoneNotSupportedException", "A custom time zone cannot be used here.");

    const std::string id = directory[user].id.text();
    Mailbox& mailbox = mailboxes[user];
    Cursor cursor;
    std::string from, until;
    const std::string* skip = find(query, "$skiptoken");
    const std::string* token = find(query, "$deltatoken");
    if (skip || (token && !token->empty())) {
        const auto parsed = Cursor::parse(skip ? *skip : *token);
        if (!parsed || !parsed->kind.starts_with("view") || parsed->select != id)
            return bad("ErrorInvalidUrlQuery", "The token is not valid.");
        cursor = *parsed;
        if (cursor.issued <= syncs_lost_at || now() - cursor.issued > settings.delta_life_s * 1000)
            return bad("SyncStateNotFound", "The sync state generation is not found; start again.", 410);
    } else {
        const std::string* start = find(query, "startDateTime");
        const std::string* end = find(query, "endDateTime");
        if (!start || !end || !from_iso(*start) || !from_iso(*end) || *from_iso(*start) >= *from_iso(*end))
            return bad("ErrorInvalidParameter", "This request requires startDateTime and endDateTime.");
        cursor.kind = "view";
        cursor.select = id;
        cursor.filter = *start + "/" + *end;
        cursor.log = static_cast<std::int64_t>(mailbox.calendar.seq);
        cursor.at = -1;
    }
    const auto slash = cursor.filter.find('/');
    const Writer writer(mailbox, settings, wanted->text);
    const View view(mailbox.calendar, writer, *from_iso(cursor.filter.substr(0, slash)),
                    *from_iso(cursor.filter.substr(slash + 1)));
    const bool round = cursor.kind == "view";
    if (token && !skip) { // a later reading begins
        cursor.top = cursor.log;
        cursor.log = static_cast<std::int64_t>(mailbox.calendar.seq);
        cursor.at = -1;
    }
    auto rows = view.rows(round, static_cast<std::uint64_t>(round ? 0 : cursor.top));
    std::erase_if(rows, [&](const auto& row) { return row.first <= cursor.at; });
    ++pages_;
    const bool empty = settings.empty_page_every > 0 && !rows.empty() &&
                       pages_ % static_cast<std::uint64_t>(settings.empty_page_every) == 0;
    const std::size_t count = empty ? 0 : std::min(rows.size(), static_cast<std::size_t>(wanted->page));
    json::array value;
    for (std::size_t i = 0; i < count; ++i) {
        cursor.at = rows[i].first;
        value.emplace_back(std::move(rows[i].second));
    }
    cursor.issued = now();
    const std::string link = exchange.own_url + "/v1.0/users/" + id + "/calendarView/delta?";
    json::object body{{"@odata.context", exchange.own_url + "/v1.0/$metadata#Collection(event)"}};
    if (count < rows.size()) {
        body["@odata.nextLink"] = link + "$skiptoken=" + cursor.text();
    } else {
        cursor.kind = "view_delta";
        body["@odata.deltaLink"] = link + "$deltatoken=" + cursor.text();
    }
    body["value"] = std::move(value);
    return json_text(200, json::serialize(body));
}

http::Response Service::read_event(Exchange& exchange) {
    const UserIndex user = mailbox_of(exchange);
    if (user == nobody) return no_mailbox(exchange);
    const Mailbox& mailbox = mailboxes[user];
    const auto wanted = preferences_of(exchange.request);
    const Settings full = [&] {
        Settings all = settings;
        all.bare_occurrences = false;
        return all;
    }();
    const Writer writer(mailbox, full, wanted && wanted->text);
    const std::string& id = exchange.parts[3];
    if (const auto found = mailbox.calendar.events.find(id);
        found != mailbox.calendar.events.end() && found->second.every_ms > 0 && !found->second.cancelled)
        return json_text(200, json::serialize(writer.master(found->second)));
    for (const Item& item : mailbox.calendar.items(true))
        if (item.id == id && !item.cancelled) return json_text(200, json::serialize(writer.item(item)));
    return error(404, "ErrorItemNotFound", "The specified object was not found in the store.", &exchange.request);
}

} // namespace sim::graph
