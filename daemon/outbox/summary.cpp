#include "outbox/summary.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace lamp::outbox {
namespace {

constexpr std::size_t matches_shown = 5;
constexpr std::size_t actions_shown = 3;
constexpr std::size_t links_shown = 6;   // more actions than that Teams does not show
constexpr std::size_t value_bytes = 400; // a card may be 28 kB
constexpr std::size_t url_bytes = 2'000;

std::string title(calls::Happening what, bool incoming, const std::string& person) {
    using enum calls::Happening;
    switch (what) {
    case ringing: return "Call for " + person;
    case dialling: return person + " calls";
    case answered: return incoming ? person + " has answered" : person + " is connected";
    case held: return person + " holds the call";
    case resumed: return person + " goes on with the call";
    case changed: return person + " is connected with somebody else";
    case ended: return "Call of " + person + " is over";
    case missed: return "Missed call for " + person;
    }
    return person;
}

std::string remote(const calls::CallRecord& call) {
    if (call.withheld) return "withheld";
    if (call.remote_number.empty()) return call.remote_name.empty() ? "unknown" : call.remote_name;
    return call.remote_name.empty() ? call.remote_number : call.remote_name + ", " + call.remote_number;
}

std::string with_name(const std::string& number, const std::string& name) {
    return name.empty() ? number : number + " (" + name + ")";
}

std::string duration(milliseconds time) {
    auto whole = std::chrono::round<seconds>(time).count();
    return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

std::string words(std::string_view result) {
    std::string text(result);
    std::ranges::replace(text, '_', ' ');
    return text;
}

bool is_web(std::string_view url) {
    return url.starts_with("https://") || url.starts_with("http://");
}

/// At most so many bytes, and no half character.
std::string shortened(std::string text) {
    if (text.size() <= value_bytes) return text;
    auto end = value_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
        --end;
    return text.substr(0, end) + "…";
}

void add(Summary& out, std::string what, std::string value) {
    if (!value.empty()) out.facts.emplace_back(std::move(what), shortened(std::move(value)));
}

void link(Summary& out, const std::string& label, const std::string& url, std::size_t most) {
    if (is_web(url) && url.size() <= url_bytes && !label.empty() && out.links.size() < most)
        out.links.emplace_back(shortened(label), url);
}

void add_matches(Summary& out, const calls::CallEvent& event) {
    auto most = std::min(event.matches.size(), matches_shown);
    for (std::size_t i = 0; i < most; ++i) {
        const auto& match = event.matches[i];
        add(out, "Contact", match.integration.empty() ? match.name : match.name + " (" + match.integration + ")");
    }
    if (event.matches.size() > most) add(out, "Contacts", fmt::format("{} more", event.matches.size() - most));
    for (const auto& action : event.actions)
        link(out, action.name, action.url, actions_shown);
    for (std::size_t i = 0; i < most; ++i)
        link(out, event.matches[i].name, event.matches[i].url, links_shown);
}

} // namespace

std::string_view type_of(calls::Happening what) {
    return what == calls::Happening::missed ? "missed" : "call";
}

std::string local_time(Wall at, const Zone& zone) {
    return fmt::format("{:%Y-%m-%d %H:%M}", std::chrono::sys_seconds(zone.local(at).time_since_epoch()));
}

Summary summary_of(const calls::CallEvent& event, const std::string& person, const Zone& zone) {
    const auto& call = event.call;
    Summary out{.title = title(event.what, call.incoming, person), .facts = {}, .links = {}};
    add(out, call.incoming ? "Caller" : "Called", remote(call));
    add_matches(out, event);
    add(out, "Number called", with_name(call.ddi, call.ddi_name));
    add(out, "Queue", call.queue);
    add(out, "Time", local_time(call.started, zone));
    if (call.ended && call.result) add(out, "Result", words(name(*call.result)));
    if (call.ended && call.answered) add(out, "Duration", duration(call.talked(event.at)));
    return out;
}

Summary summary_of(const Notice& notice, const std::string& person, const Zone& zone) {
    Summary out{.title = person.empty() ? notice.type : notice.type + " of " + person, .facts = {}, .links = {}};
    add(out, "Now", notice.words);
    add(out, "Time", local_time(notice.at, zone));
    return out;
}

std::string digest_line(const calls::CallEvent& event, const std::string& person, const Zone& zone) {
    auto line =
        fmt::format("{:%H:%M}  {}: {}", std::chrono::sys_seconds(zone.local(event.call.started).time_since_epoch()),
                    person, remote(event.call));
    if (!event.matches.empty()) line += " (" + event.matches.front().name + ")";
    if (event.what != calls::Happening::missed) line += " - " + title(event.what, event.call.incoming, person);
    return line;
}

} // namespace lamp::outbox
