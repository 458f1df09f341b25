#include "adapters/calendars/reading.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace lamp::calendars {
namespace {

Occurrence taken(ical::Occurrence&& from) {
    Occurrence made;
    made.key = from.original.empty() ? std::move(from.uid) : fmt::format("{}/{}", from.uid, from.original);
    made.hidden = from.private_event && from.title.empty();
    made.title = std::move(from.title);
    made.description = std::move(from.description);
    made.location = std::move(from.location);
    made.from = from.from;
    made.until = from.until;
    made.all_day = from.all_day;
    made.cancelled = from.cancelled;
    made.declined = from.declined;
    made.free = from.free;
    return made;
}

auto order(const Occurrence& occurrence) {
    return std::tie(occurrence.from, occurrence.key, occurrence.until, occurrence.title);
}

} // namespace

Result<Rules> rules_of(const ProviderParts& parts) {
    Rules rules;
    auto zone = rules.zones.find(parts.zone);
    if (!zone) return fail(Category::invalid, fmt::format("There is no time zone \"{}\".", parts.zone));
    rules.zone = *std::move(zone);
    for (const auto* name : {&parts.options.username, &parts.options.person, &parts.options.line})
        if (name->contains('@')) rules.owners.push_back(*name);
    rules.calendar = parts.options.name;
    return rules;
}

Result<Reading> read_calendar(std::string_view text, Window window, Rules& rules, const ical::Limits& limits) {
    const ical::Question question{
        .from = window.from, .until = window.until, .zone = rules.zone, .owners = rules.owners, .limits = limits};
    auto answer = ical::expand(text, question, rules.zones);
    if (!answer) return std::unexpected(std::move(answer.error()));
    for (const auto& warning : answer->warnings)
        log::debug("calendars", "an appointment is not read as it is written",
                   {{"calendar", rules.calendar}, {"line", warning.line}, {"what", warning.text}});
    Reading reading;
    reading.refresh = answer->refresh;
    reading.steps = answer->steps;
    reading.occurrences.reserve(answer->occurrences.size());
    for (auto& occurrence : answer->occurrences)
        reading.occurrences.push_back(taken(std::move(occurrence)));
    settle(reading.occurrences);
    return reading;
}

void settle(std::vector<Occurrence>& occurrences) {
    std::ranges::sort(occurrences, [](const auto& left, const auto& right) { return order(left) < order(right); });
    std::map<std::string_view, std::size_t> times;
    std::vector<std::size_t> again(occurrences.size());
    for (std::size_t i = 0; i < occurrences.size(); ++i)
        again[i] = times[occurrences[i].key]++;
    for (std::size_t i = 0; i < occurrences.size(); ++i)
        if (again[i] > 0) occurrences[i].key += fmt::format("#{}", again[i] + 1);
}

} // namespace lamp::calendars
