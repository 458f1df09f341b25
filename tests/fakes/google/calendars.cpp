// See calendars.hpp.
#include "calendars.hpp"

#include "../graph/times.hpp"

#include <algorithm>
#include <utility>

namespace sim::google {

std::string instance_id(const Event& event, const When& original) {
    std::string compact = graph::iso_seconds(original.ms);
    std::erase_if(compact, [](char c) { return c == '-' || c == ':'; });
    return event.id + "_" + (original.day ? compact.substr(0, 8) : compact);
}

std::vector<Item> Calendar::items(bool single) const {
    std::vector<Item> all;
    for (const auto& [name, event] : events) {
        if (event.every_ms == 0 || !single) {
            all.push_back({event.id, &event, event.start, event.start, event.end, event.summary, false, event.cancelled,
                           event.seq});
            continue;
        }
        for (std::int64_t n = 0; n < event.count; ++n) {
            Item item{{}, &event, event.start, {}, event.end, event.summary, true, event.cancelled, event.seq};
            item.original.ms += n * event.every_ms;
            item.start = item.original;
            item.end.ms += n * event.every_ms;
            item.id = instance_id(event, item.original);
            if (const auto found = event.exceptions.find(item.id); found != event.exceptions.end()) {
                const Exception& other = found->second;
                item.cancelled = item.cancelled || other.cancelled;
                item.start = other.start.value_or(item.start);
                item.end = other.end.value_or(item.end);
                item.summary = other.summary.value_or(item.summary);
                item.seq = std::max(item.seq, other.seq);
            }
            all.push_back(std::move(item));
        }
    }
    // As the service does: in no order that a reader could count on, here that of the changes.
    std::sort(all.begin(), all.end(),
              [](const Item& a, const Item& b) { return a.seq != b.seq ? a.seq < b.seq : a.id < b.id; });
    return all;
}

const Event* Calendar::master_of(std::string_view name) const {
    const auto line = name.rfind('_');
    const auto found = line == std::string_view::npos ? events.end() : events.find(std::string(name.substr(0, line)));
    return found != events.end() && found->second.every_ms > 0 ? &found->second : nullptr;
}

bool Calendar::change(const std::string& name, const Exception& what, const Event* fresh) {
    if (const auto found = events.find(name); found != events.end()) {
        Event& event = found->second;
        if (fresh != nullptr) event = *fresh;
        if (what.cancelled) event.cancelled = true;
        event.start = what.start.value_or(event.start);
        event.end = what.end.value_or(event.end);
        event.summary = what.summary.value_or(event.summary);
        event.seq = ++seq;
        return true;
    }
    const Event* master = master_of(name);
    if (master == nullptr) return false;
    Event& series = events.at(master->id);
    for (const Item& item : items(true)) {
        if (item.id != name) continue;
        Exception& one = series.exceptions[name];
        if (what.cancelled) one.cancelled = true;
        if (what.start) one.start = what.start;
        if (what.end) one.end = what.end;
        if (what.summary) one.summary = what.summary;
        one.seq = ++seq;
        return true;
    }
    return false;
}

bool Calendar::remove(const std::string& name) {
    return change(name, Exception{.cancelled = true}, nullptr);
}

Event& Calendar::add(Event event) {
    if (event.id.empty()) event.id = "ev" + std::to_string(++named);
    event.seq = ++seq;
    const std::string name = event.id;
    return events[name] = std::move(event);
}

} // namespace sim::google
