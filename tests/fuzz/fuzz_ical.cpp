// Any bytes as a calendar; what does not begin as one is taken as the properties of an event. No crash, bounded work,
// an error has words, what is told lies in the window, and two halves of the window tell what the whole one does.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>

#include "proto/ical/expand.hpp"
#include "proto/text/text.hpp"

using namespace lamp;
using namespace lamp::ical;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const Zone& amsterdam() {
    static const Zone zone = Zones().find("Europe/Amsterdam").value();
    return zone;
}

std::string as_calendar(std::string_view bytes) {
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first != bytes.npos && text::same_letters(bytes.substr(first, 6), "BEGIN:")) return std::string(bytes);
    return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/London:20240229T023000\n" + std::string(bytes) +
           "\nEND:VEVENT\nEND:VCALENDAR\n";
}

Question question(Wall from, Wall until) {
    Question made{.from = from, .until = until, .zone = amsterdam(), .owners = {"alice@example.net"}, .limits = {}};
    made.limits.all_steps = 200'000; // so that slow inputs are slow by our own fault
    made.limits.series_steps = 20'000;
    return made;
}

/// Nothing when something was cut at a limit: then halves may tell more.
std::optional<std::set<std::string>> told(const std::string& bytes, const Question& asked) {
    static Zones zones;
    auto answer = expand(bytes, asked, zones);
    if (!answer) {
        const auto& [category, text] = answer.error();
        require((category == Category::protocol || category == Category::limit) && text.ends_with("."));
        return std::nullopt;
    }
    require(answer->steps <= asked.limits.all_steps);
    require(answer->warnings.size() == std::min(answer->warned, asked.limits.warnings));
    std::set<std::string> lines;
    for (const Occurrence& one : answer->occurrences) {
        require(one.from <= one.until && one.from < asked.until && !one.uid.empty());
        require(one.from == one.until ? one.from >= asked.from : one.until > asked.from);
        for (const auto* words : {&one.title, &one.description, &one.location})
            require(text::is_utf8(*words) && words->size() <= asked.limits.text_bytes);
        std::string line = one.uid + "\n" + one.original;
        require(lines.insert(std::move(line)).second); // a key is there once
    }
    require(std::ranges::is_sorted(answer->occurrences, {}, &Occurrence::from));
    for (const Warning& warning : answer->warnings) {
        require(warning.text.ends_with(".") && text::is_utf8(warning.text));
        for (const char* cut : {"rest is left out", "too much work", "no room", "VTIMEZONE"})
            if (warning.text.find(cut) != std::string::npos) return std::nullopt;
    }
    if (answer->warned > asked.limits.warnings) return std::nullopt;
    return lines;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = as_calendar({reinterpret_cast<const char*>(data), size});
    using namespace std::chrono;
    constexpr Wall from = sys_days{2026y / March / 1}, half = sys_days{2026y / March / 29} + minutes(90),
                   until = sys_days{2026y / April / 2};
    auto whole = told(bytes, question(from, until));
    auto left = told(bytes, question(from, half));
    auto right = told(bytes, question(half, until));
    if (!whole || !left || !right) return 0;
    left->merge(*right);
    require(*left == *whole);
    return 0;
}
