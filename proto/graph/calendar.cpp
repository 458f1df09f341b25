#include "proto/graph/calendar.hpp"

#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "proto/graph/walk.hpp"
#include "proto/graph/write.hpp"
#include "proto/text/text.hpp"

namespace lamp::graph {
namespace {

enum Key : std::uint8_t {
    value = 1,
    id,
    type,
    series_master,
    subject,
    body_,
    content,
    preview,
    location,
    display_name,
    start,
    end_,
    date_time,
    time_zone,
    all_day,
    is_cancelled,
    show_as,
    sensitivity,
    response_status,
    response,
    removed,
    next_link,
    delta_link,
};
constexpr std::array<std::string_view, 23> vocabulary{
    "value",          "id",          "type",     "seriesMasterId",  "subject",         "body",
    "content",        "bodyPreview", "location", "displayName",     "start",           "end",
    "dateTime",       "timeZone",    "isAllDay", "isCancelled",     "showAs",          "sensitivity",
    "responseStatus", "response",    "@removed", "@odata.nextLink", "@odata.deltaLink"};

/// Any number of decimals; they are cut off. A "Z" behind it changes nothing: the zone stands beside.
void read_time(Stamp& stamp, std::string_view text) {
    if (text.ends_with('Z')) text.remove_suffix(1);
    auto dot = text.find('.');
    if (dot != std::string_view::npos && text.find_first_not_of("0123456789", dot + 1) != std::string_view::npos)
        return;
    auto read = parse_rfc3339(std::string(text.substr(0, dot)) + "Z");
    if (!read) return;
    stamp.told = true;
    stamp.local = std::chrono::local_time<seconds>(std::chrono::floor<seconds>(read->time_since_epoch()));
}

Appointment::Kind kind_of(std::string_view text) {
    if (text::same_letters(text, "occurrence")) return Appointment::Kind::occurrence;
    if (text::same_letters(text, "exception")) return Appointment::Kind::exception;
    if (text::same_letters(text, "seriesMaster")) return Appointment::Kind::master;
    return Appointment::Kind::single;
}

class Reader final : public Listener {
public:
    CalendarPage page;
    bool plausible = false;
    bool too_many = false;

    void on_begin(Path path, Bracket bracket) override {
        if (path == at(value) && bracket == Bracket::array) plausible = list_ = true;
        if (is_event(path)) {
            now_ = {};
            preview_.clear();
        }
        if (member(path) == at(removed)) now_.removed = true;
    }
    void on_null(Path path) override {
        if (path == at(value)) plausible = list_ = true;
        if (member(path) == at(subject)) now_.words.told = true;
    }
    void on_end(Path path) override {
        if (is_event(path) && (path != 0 || !list_)) keep();
    }
    void on_text(Path path, std::string_view text) override {
        if (path == at(next_link)) page.next_link = text;
        if (path == at(delta_link)) page.delta_link = text;
        if (auto own = member(path); !on_words(own, text)) on_times(own, text);
    }
    void on_bool(Path path, bool truth) override {
        if (member(path) == at(all_day)) now_.words.all_day = truth;
        if (member(path) == at(is_cancelled)) now_.words.cancelled = truth;
    }

private:
    static constexpr bool is_event(Path path) { return path == at(value, item) || path == 0; }
    static constexpr Path member(Path path) { return (path & 0xffff) == at(value, item) ? path >> 16 : path; }

    bool on_words(Path own, std::string_view text) {
        auto& words = now_.words;
        switch (own) {
        case at(subject):
            words.told = true;
            words.subject = text;
            break;
        case at(body_, content): words.body = text; break;
        case at(preview): preview_ = text; break;
        case at(location, display_name): words.location = text; break;
        case at(show_as): words.free = text::same_letters(text, "free"); break;
        case at(sensitivity):
            words.restricted = text::same_letters(text, "private") || text::same_letters(text, "confidential");
            break;
        case at(response_status, response): words.declined = text::same_letters(text, "declined"); break;
        default: return false;
        }
        return true;
    }
    void on_times(Path own, std::string_view text) {
        switch (own) {
        case at(id): now_.id = text; break;
        case at(type): now_.kind = kind_of(text); break;
        case at(series_master): now_.series = text; break;
        case at(start, date_time): read_time(now_.start, text); break;
        case at(start, time_zone): now_.start.zone = text; break;
        case at(end_, date_time): read_time(now_.end, text); break;
        case at(end_, time_zone): now_.end.zone = text; break;
        default: break;
        }
    }
    void keep() {
        if (now_.words.body.empty()) now_.words.body = std::move(preview_);
        bool timeless = now_.kind == Appointment::Kind::master || now_.removed;
        if (now_.id.empty() || (!timeless && (!now_.start.told || !now_.end.told))) {
            ++page.unreadable;
            return;
        }
        plausible = true;
        if (page.appointments.size() >= appointments_max)
            too_many = true;
        else
            page.appointments.push_back(std::move(now_));
    }

    bool list_ = false;
    Appointment now_;
    std::string preview_;
};

std::string mailbox_target(std::string_view mailbox, std::string_view what) {
    std::string target = "/v1.0/users/";
    append_segment(target, mailbox);
    return target += what;
}

} // namespace

std::string calendar_delta_target(std::string_view mailbox, Wall from, Wall until) {
    return mailbox_target(mailbox, "/calendarView/delta?startDateTime=") + rfc3339(from) +
           "&endDateTime=" + rfc3339(until);
}

std::string event_target(std::string_view mailbox, std::string_view id) {
    auto target = mailbox_target(mailbox, "/events/");
    append_segment(target, id);
    return target;
}

Result<CalendarPage> read_appointments(std::string_view body) {
    Reader reader;
    if (auto walked = walk(body, vocabulary, reader); !walked) return std::unexpected(walked.error());
    if (!reader.plausible) return fail(Category::protocol, "The body holds neither appointments nor one appointment.");
    if (reader.too_many)
        return fail(Category::limit,
                    fmt::format("A page of more than {} appointments is not taken.", appointments_max));
    return std::move(reader.page);
}

} // namespace lamp::graph
