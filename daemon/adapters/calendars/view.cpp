// Calendars: what is told of them, to status, metrics and `calendar list|plan`.
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "adapters/calendars/calendar.hpp"

namespace lamp::calendars {
namespace {

constexpr std::size_t problems_shown = 20;
constexpr int failures_borne = 3; // of what heals by itself, before people are told
constexpr std::chrono::hours listed_ahead{7 * 24};

bool heals(Category category) {
    return category == Category::network || category == Category::timeout || category == Category::throttled ||
           category == Category::unavailable;
}

} // namespace

std::string Calendars::state_of(const Calendar& calendar) {
    if (!calendar.provider) return "down";
    if (calendar.error) return calendar.agenda.known() ? "degraded" : "down";
    if (!calendar.agenda.known()) return "opening";
    return calendar.line_trouble.empty() ? "up" : "degraded";
}

std::string Calendars::problem_of(const Calendar& calendar) const {
    const auto& name = calendar.options.name;
    if (calendar.error && (!heals(calendar.error->category) || calendar.back_off.failures() >= failures_borne))
        return fmt::format("calendar {}: {}{}", name, calendar.error->text,
                           calendar.ended ? " Nothing of it diverts any more." : "");
    if (!calendar.line_trouble.empty()) return fmt::format("calendar {}: {}", name, calendar.line_trouble);
    if (auto left_out = calendar.agenda.left_out(); left_out > 0)
        return fmt::format("calendar {}: {} appointments are too many; the latest of them do not count", name,
                           left_out + Agenda::occurrences_max);
    return {};
}

fanout::Health Calendars::health() const {
    fanout::Health health;
    std::map<std::string, std::size_t> states;
    std::size_t unsaid = 0;
    for (const auto& calendar : calendars_) {
        ++states[state_of(*calendar)];
        health.last_success = std::max(health.last_success, calendar->last_success);
        if (calendar->error && health.last_error.empty())
            health.last_error = fmt::format("calendar {}: {}", calendar->options.name, calendar->error->text);
        auto problem = problem_of(*calendar);
        if (problem.empty()) continue;
        if (health.problems.size() < problems_shown)
            health.problems.push_back(std::move(problem));
        else
            ++unsaid;
    }
    if (unsaid > 0) health.problems.push_back(fmt::format("calendars: {} more have problems", unsaid));
    health.configured = !calendars_.empty();
    if (!health.configured)
        health.state = "off";
    else if (states["down"] == calendars_.size())
        health.state = "down";
    else if (states["down"] + states["degraded"] > 0)
        health.state = "degraded";
    else
        health.state = states["opening"] > 0 ? "opening" : "up";
    return health;
}

std::vector<fanout::Metric> Calendars::metrics() const {
    using enum fanout::Metric::Kind;
    if (calendars_.empty()) return {};
    std::map<std::string, std::size_t> states;
    std::size_t appointments = 0;
    std::size_t claims = 0;
    for (const auto& calendar : calendars_) {
        ++states[state_of(*calendar)];
        appointments += calendar->agenda.occurrences().size();
        claims += calendar->told ? calendar->told->size() : 0;
    }
    auto number = [](auto value) { return static_cast<double>(value); };
    constexpr std::string_view in_state = "Calendars by how they are.";
    constexpr std::string_view read = "Readings of calendars.";
    return {
        {gauge, "lamplighter_calendars", in_state, "state", "up", number(states["up"])},
        {gauge, "lamplighter_calendars", in_state, "state", "opening", number(states["opening"])},
        {gauge, "lamplighter_calendars", in_state, "state", "degraded", number(states["degraded"])},
        {gauge, "lamplighter_calendars", in_state, "state", "down", number(states["down"])},
        {counter, "lamplighter_calendar_readings_total", read, "result", "ok", number(readings_ - failures_)},
        {counter, "lamplighter_calendar_readings_total", read, "result", "failed", number(failures_)},
        {gauge, "lamplighter_calendar_appointments", "Appointments of two weeks that are known.", "", "",
         number(appointments)},
        {gauge, "lamplighter_calendar_claims", "Forwardings that calendars want within a day.", "", "", number(claims)},
    };
}

std::vector<CalendarReport> Calendars::views() const {
    std::vector<CalendarReport> views;
    auto now = wall_now();
    for (const auto& calendar : calendars_) {
        CalendarReport view{.name = calendar->options.name,
                            .provider = std::string(calendars::name(calendar->options.provider)),
                            .lines = calendar->agenda.lines(),
                            .state = state_of(*calendar),
                            .last_success = calendar->last_success};
        view.last_error = calendar->error ? calendar->error->text : calendar->line_trouble;
        view.appointments = static_cast<std::size_t>(
            std::ranges::count_if(calendar->agenda.occurrences(), [now](const Occurrence& one) {
                return one.until > now && one.from < now + listed_ahead && !one.cancelled;
            }));
        views.push_back(std::move(view));
    }
    return views;
}

std::vector<PlanRow> Calendars::plan(milliseconds next) const {
    std::vector<Planned> planned;
    for (const auto& calendar : calendars_)
        planned.push_back({calendar->agenda, calendar->written_line()});
    return calendars::plan(planned, desk_, precedence_, wall_now(), std::min<milliseconds>(next, window_after));
}

} // namespace lamp::calendars
