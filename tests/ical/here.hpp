// What the tests of iCalendar share: calendars from a few lines, and occurrences as one line of text each.
#pragma once
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "proto/ical/expand.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::ical;

inline Wall at(std::string_view text) {
    return parse_rfc3339(text).value();
}

inline Zones& zones() {
    static Zones made;
    return made;
}

/// Lines end as the standard wants them.
inline std::string lines(std::string_view text) {
    std::string made;
    for (char c : text) {
        if (c == '\n') made += '\r';
        made += c;
    }
    return made;
}
/// Properties of events, "\n\n" between two of them, as a calendar.
inline std::string calendar(std::string_view events, std::string_view before = "") {
    std::string text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Test//EN\n" + std::string(before);
    for (std::string_view rest = events; !rest.empty();) {
        const auto end = rest.find("\n\n");
        text += "BEGIN:VEVENT\n" + std::string(rest.substr(0, end)) + "\nEND:VEVENT\n";
        rest = end == rest.npos ? std::string_view() : rest.substr(end + 2);
    }
    return lines(text + "END:VCALENDAR\n");
}

inline Question question(std::string_view from, std::string_view until, std::string_view zone = "Europe/Amsterdam") {
    return {.from = at(from), .until = at(until), .zone = zones().find(zone).value(), .owners = {}, .limits = {}};
}

/// "2026-03-10T08:00Z +3600 title [original] cancelled …"
inline std::string shown(const Occurrence& one) {
    std::string text = rfc3339(one.from).substr(0, 16) + "Z +" +
                       std::to_string(std::chrono::duration_cast<seconds>(one.until - one.from).count()) + " " +
                       one.title;
    if (!one.original.empty()) text += " [" + one.original + "]";
    if (one.all_day) text += " all-day";
    if (one.cancelled) text += " cancelled";
    if (one.declined) text += " declined";
    if (one.tentative) text += " tentative";
    if (one.free) text += " free";
    if (one.private_event) text += " private";
    return text;
}
inline std::string shown(const std::vector<Occurrence>& all) {
    std::string text;
    for (const Occurrence& one : all)
        text += shown(one) + "\n";
    return text;
}
inline std::string shown(const std::vector<Warning>& all) {
    std::string text;
    for (const Warning& one : all)
        text += std::to_string(one.line) + " " + one.text + "\n";
    return text;
}

/// What takes place, then what was warned of.
inline std::string told(std::string_view bytes, const Question& asked) {
    auto answer = expand(bytes, asked, zones());
    if (!answer) return "error: " + answer.error().text;
    return shown(answer->occurrences) + shown(answer->warnings);
}

struct Case {
    const char* what;
    std::string_view events;
    std::string_view from, until;
    std::string_view told;
};
inline void check(std::initializer_list<Case> cases, std::string_view zone = "Europe/Amsterdam") {
    for (const Case& one : cases) {
        CAPTURE(std::string(one.what));
        CHECK(told(calendar(one.events), question(one.from, one.until, zone)) == one.told);
    }
}

} // namespace testing
