#include "proto/ical/tzids.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "proto/ical/windows_zones.hpp"
#include "proto/text/text.hpp"

namespace lamp::ical {

using namespace std::chrono;

namespace {

constexpr Local first_change{local_days{1970y / January / 1}};

/// One STANDARD or DAYLIGHT: from each of its onsets on, `to` holds.
struct Observance {
    Local start{};
    seconds from{}, to{};
};

std::optional<Observance> observance(const Component& part) {
    const auto* start = part.first(Name::dtstart);
    const auto* from = part.first(Name::offset_from);
    const auto* to = part.first(Name::offset_to);
    if (!start || !from || !to) return std::nullopt;
    auto time = parse_stamp(start->value);
    auto before = parse_offset(from->value);
    auto after = parse_offset(to->value);
    if (!time || !before || !after) return std::nullopt;
    return Observance{time->time, *before, *after};
}

/// The wall's times at which it begins, as the clocks show them before they are moved.
std::vector<Local> onsets(const Component& part, const Observance& one, Wall until, Budget& budget) {
    std::vector<Local> times{one.start};
    for (const Property& property : part.properties) {
        if (property.name == Name::rrule) {
            auto rule = parse_rule(property.value);
            if (!rule) continue;
            Reach reach{one.start, first_change, Local(floor<seconds>(until).time_since_epoch() + days(1))};
            if (rule->until) {
                const bool utc = rule->until->kind == Stamp::Kind::utc;
                reach.last = rule->until->time + (utc ? one.from : seconds(0));
            }
            if (!append_times(*rule, reach, budget, times)) break;
        } else if (property.name == Name::rdate) {
            for (auto list = property.value;;) {
                const auto comma = list.find(',');
                auto stamp = parse_stamp(list.substr(0, comma));
                if (stamp) times.push_back(stamp->time + (stamp->kind == Stamp::Kind::utc ? one.from : seconds(0)));
                if (comma == list.npos || !budget.spend()) break;
                list.remove_prefix(comma + 1);
            }
        }
    }
    return times;
}

/// The property's value is text with its escapes, the parameter's is not, or should not be.
std::string plain_name(std::string_view tzid) {
    return plain_text(text::trim(tzid), 256);
}

/// "/mozilla.org/20050126_1/Europe/Amsterdam", "tzone://Microsoft/Utc": what follows one of the slashes.
template <class Try>
std::optional<Zone> without_prefix(std::string_view tzid, Try attempt) {
    for (auto slash = tzid.find('/'); slash != tzid.npos; slash = tzid.find('/', slash + 1))
        if (auto zone = attempt(tzid.substr(slash + 1))) return zone;
    return std::nullopt;
}

} // namespace

std::optional<Zone> zone_of(const Component& vtimezone, Wall until, Budget& budget) {
    std::vector<Zone::Change> changes;
    std::optional<Observance> earliest;
    for (const Component& part : vtimezone.parts) {
        auto one = observance(part);
        if (!one) continue;
        if (!earliest || one->start < earliest->start) earliest = one;
        for (Local onset : onsets(part, *one, until, budget))
            changes.push_back({sys_seconds(onset.time_since_epoch() - one->from), one->to});
    }
    if (!earliest) return std::nullopt;
    const auto* name = vtimezone.first(Name::tzid);
    return Zone::of(name ? plain_name(name->value) : "", earliest->from, std::move(changes));
}

Tzids::Tzids(const Components& components, const Question& question, Zones& zones, Warnings& warnings)
    : question_(question), zones_(zones), warnings_(warnings), budget_{question.limits.all_steps} {
    for (const Component& zone : components.zones)
        if (const auto* name = zone.first(Name::tzid))
            written_.emplace(Key{zone.calendar, plain_name(name->value)}, &zone);
}

std::optional<Zone> Tzids::build(const Component& vtimezone) {
    // The same for every window of these years: what a RECURRENCE-ID means must not depend on who asks.
    const year last = year_month_day(floor<days>(question_.until)).year() + years(2);
    const Wall until = sys_days{std::max(last, 2040y) / January / 1};
    const auto key = fmt::format("{} {}", rfc3339(until), vtimezone.text);
    if (auto known = zones_.described(key)) return known;
    Budget budget{std::min(question_.limits.series_steps, budget_.steps)};
    auto zone = zone_of(vtimezone, until, budget);
    budget_.steps -= std::min(budget.spent, budget_.steps);
    if (budget.spent > budget.steps) return std::nullopt;
    if (zone) zones_.remember(key, *zone);
    return zone;
}

std::optional<Zone> Tzids::own(std::string_view tzid, std::size_t calendar, std::size_t line) {
    auto found = written_.find(Key{calendar, tzid});
    if (found == written_.end()) return std::nullopt;
    auto [built, fresh] = built_.try_emplace(found->second->text);
    if (fresh) built->second = build(*found->second);
    if (!built->second)
        warnings_.add(line, {}, fmt::format("The VTIMEZONE of line {} cannot be used.", found->second->line));
    return built->second;
}

std::optional<Zone> Tzids::by_name(std::string_view tzid) {
    if (auto zone = zones_.find(tzid)) return zone;
    if (const auto iana = iana_of_windows(tzid); !iana.empty()) return zones_.find(iana);
    return std::nullopt;
}

const Zone& Tzids::find(std::string_view written, std::size_t calendar, std::size_t line) {
    const Key key{calendar, plain_name(written)};
    const std::string_view tzid = key.second;
    if (tzid.empty()) return question_.zone;
    if (auto found = known_.find(key); found != known_.end()) return found->second;
    auto zone = own(tzid, calendar, line);
    if (!zone) zone = by_name(tzid);
    if (!zone) zone = without_prefix(tzid, [&](std::string_view rest) { return by_name(rest); });
    if (!zone)
        warnings_.add(line, {},
                      fmt::format("The time zone \"{}\" is not known; its times are taken as {}'s.",
                                  plain_text(tzid, 64), question_.zone.name()));
    return known_.emplace(key, zone.value_or(question_.zone)).first->second;
}

} // namespace lamp::ical
