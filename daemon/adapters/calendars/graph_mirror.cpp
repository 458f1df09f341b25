#include "adapters/calendars/graph_mirror.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "proto/ical/windows_zones.hpp"
#include "proto/text/text.hpp"

namespace lamp::calendars {

using graph::Appointment;
using graph::Stamp;
using std::chrono::days;
using std::chrono::hours;

GraphMirror::GraphMirror(std::string mailbox, Zone zone) : mailbox_(std::move(mailbox)), zone_(std::move(zone)) {}

std::string GraphMirror::target() const {
    if (!page().empty()) return page();
    return listing() ? graph::calendar_delta_target(mailbox_, asked().from, asked().until) : token();
}

/// A name that nobody knows ("Customized Time Zone") is taken for the line's.
Zone GraphMirror::zone_of(const Stamp& stamp) {
    if (stamp.zone.empty() || text::same_letters(stamp.zone, "UTC")) return Zone();
    if (auto named = zones_.find(stamp.zone)) return *named;
    auto iana = ical::iana_of_windows(stamp.zone);
    auto named = iana.empty() ? std::nullopt : zones_.find(iana);
    return named ? *named : zone_;
}

Wall GraphMirror::instant(const Stamp& stamp) {
    return zone_of(stamp).instant(stamp.local);
}

/// Whole days have dates and no zone. Where a date was written as an instant of another zone's midnight, the nearest
/// midnight is meant.
Wall GraphMirror::midnight(const Stamp& stamp) {
    auto day = std::chrono::floor<days>(stamp.local);
    if (stamp.local == day) return zone_.midnight(day);
    return zone_.midnight(std::chrono::floor<days>(zone_.local(instant(stamp)) + hours(12)));
}

Occurrence GraphMirror::occurrence(const Appointment& appointment, const graph::Words& words) {
    Occurrence one;
    one.key = appointment.id;
    one.title = words.subject;
    one.description = words.body;
    one.location = words.location;
    one.all_day = words.all_day;
    one.cancelled = words.cancelled;
    one.declined = words.declined;
    one.free = words.free;
    one.hidden = words.subject.empty() && (words.restricted || !words.told);
    one.from = one.all_day ? midnight(appointment.start) : instant(appointment.start);
    one.until = std::max(one.from, one.all_day ? midnight(appointment.end) : instant(appointment.end));
    return one;
}

void GraphMirror::take(Appointment appointment) {
    auto id = appointment.id;
    bare_.erase(id);
    if (appointment.removed) {
        doubtful_ = masters_.erase(id) > 0 || doubtful_;
        return put(id, std::nullopt);
    }
    if (appointment.kind == Appointment::Kind::master) return learn(id, std::move(appointment.words));
    if (appointment.words.told || appointment.series.empty())
        return put(id, occurrence(appointment, appointment.words));
    auto master = appointment.series;
    put(id, occurrence(appointment, appointment.words));
    bare_.insert_or_assign(std::move(id), Bare{std::move(master), std::move(appointment)});
}

Result<bool> GraphMirror::take(graph::CalendarPage page) {
    if (this->page().empty()) doubtful_ = false;
    if (listing() && this->page().empty()) {
        masters_.clear();
        bare_.clear();
    }
    unreadable_ += page.unreadable;
    for (auto& appointment : page.appointments)
        take(std::move(appointment));
    if (masters_.size() > known_max) return fail(Category::limit, "The calendar holds too many series.");
    delta_link_ = std::move(page.delta_link);
    return turn(std::move(page.next_link));
}

std::vector<std::string> GraphMirror::missing() const {
    std::set<std::string, std::less<>> all;
    for (const auto& [id, bare] : bare_)
        if (!masters_.contains(bare.master) && all.size() < masters_at_once) all.insert(bare.master);
    return {all.begin(), all.end()};
}

void GraphMirror::learn(const std::string& master, graph::Words words) {
    masters_.insert_or_assign(master, std::move(words));
}

void GraphMirror::finish() {
    for (const auto& [id, bare] : bare_) {
        auto found = masters_.find(bare.master);
        if (found != masters_.end()) put(id, occurrence(bare.times, found->second));
    }
    Mirror::finish(doubtful_ ? std::string() : std::move(delta_link_));
}

} // namespace lamp::calendars
