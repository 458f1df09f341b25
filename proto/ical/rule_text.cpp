// The text of a rule: one row per part.
#include <algorithm>

#include <fmt/format.h>

#include "proto/ical/rule.hpp"
#include "proto/text/text.hpp"

namespace lamp::ical {

namespace {

constexpr std::size_t text_bytes_max = 4096;
constexpr std::size_t values_max = 1024;

template <class Visit>
bool each_of(std::string_view list, char separator, Visit visit) {
    while (true) {
        const auto end = list.find(separator);
        if (!visit(text::trim(list.substr(0, end)))) return false;
        if (end == list.npos) return true;
        list.remove_prefix(end + 1);
    }
}

std::optional<int> whole(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    return text::number<int>(text);
}

/// Numbers of `least` to `most`, and of -most to -least if `negative`; sorted, each once. The last one wins.
bool numbers(std::string_view text, int least, int most, bool negative, std::vector<int>& out) {
    out.clear();
    const bool good = each_of(text, ',', [&](std::string_view word) {
        auto value = whole(word);
        if (!value || out.size() == values_max) return false;
        const int size = negative && *value < 0 ? -*value : *value;
        if (size < least || size > most) return false;
        out.push_back(*value);
        return true;
    });
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return good;
}

std::optional<std::chrono::weekday> weekday_named(std::string_view text) {
    constexpr std::string_view names[] = {"su", "mo", "tu", "we", "th", "fr", "sa"};
    for (unsigned i = 0; i < 7; ++i)
        if (text::same_letters(text, names[i])) return std::chrono::weekday(i);
    return std::nullopt;
}

bool weekdays(std::string_view text, std::vector<NthWeekday>& out) {
    out.clear();
    return each_of(text, ',', [&](std::string_view word) {
        if (word.size() < 2 || out.size() == values_max) return false;
        auto day = weekday_named(word.substr(word.size() - 2));
        auto nth = word.size() == 2 ? std::optional(0) : whole(word.substr(0, word.size() - 2));
        if (!day || !nth || *nth < -53 || *nth > 53 || (*nth == 0 && word.size() > 2)) return false;
        if (const NthWeekday one{*nth, *day}; std::ranges::find(out, one) == out.end()) out.push_back(one);
        return true;
    });
}

bool frequency(std::string_view text, Frequency& out) {
    constexpr std::string_view names[] = {"secondly", "minutely", "hourly", "daily", "weekly", "monthly", "yearly"};
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (text::same_letters(text, names[i])) {
            out = static_cast<Frequency>(i);
            return true;
        }
    return false;
}

bool months(std::string_view text, std::array<bool, 13>& out) {
    std::vector<int> values;
    if (!numbers(text, 1, 12, false, values)) return false;
    out = {true};
    for (int value : values)
        out[static_cast<std::size_t>(value)] = true;
    return true;
}

/// A leap second is the last one of its minute.
bool seconds(std::string_view text, std::vector<int>& out) {
    const bool good = numbers(text, 0, 60, false, out);
    if (!out.empty() && out.back() == 60) {
        out.back() = 59;
        out.erase(std::ranges::unique(out).begin(), out.end());
    }
    return good;
}

bool interval(std::string_view text, int& out) {
    auto value = whole(text);
    if (!value || *value < 1 || *value > 100'000'000) return false;
    out = *value;
    return true;
}

bool count(std::string_view text, std::optional<std::uint64_t>& out) {
    out = text::number<std::uint64_t>(text);
    return out && *out > 0;
}

bool until(std::string_view text, std::optional<Stamp>& out) {
    out = parse_stamp(text);
    return out.has_value();
}

bool week_start(std::string_view text, std::chrono::weekday& out) {
    auto day = weekday_named(text);
    if (day) out = *day;
    return day.has_value();
}

struct Part {
    std::string_view name;
    bool (*read)(std::string_view text, Rule& rule);
};
constexpr Part parts[] = {
    {"FREQ", [](std::string_view text, Rule& rule) { return frequency(text, rule.frequency); }},
    {"INTERVAL", [](std::string_view text, Rule& rule) { return interval(text, rule.interval); }},
    {"COUNT", [](std::string_view text, Rule& rule) { return count(text, rule.count); }},
    {"UNTIL", [](std::string_view text, Rule& rule) { return until(text, rule.until); }},
    {"WKST", [](std::string_view text, Rule& rule) { return week_start(text, rule.week_start); }},
    {"BYSECOND", [](std::string_view text, Rule& rule) { return seconds(text, rule.seconds); }},
    {"BYMINUTE", [](std::string_view text, Rule& rule) { return numbers(text, 0, 59, false, rule.minutes); }},
    {"BYHOUR", [](std::string_view text, Rule& rule) { return numbers(text, 0, 23, false, rule.hours); }},
    {"BYDAY", [](std::string_view text, Rule& rule) { return weekdays(text, rule.days); }},
    {"BYMONTHDAY", [](std::string_view text, Rule& rule) { return numbers(text, 1, 31, true, rule.month_days); }},
    {"BYYEARDAY", [](std::string_view text, Rule& rule) { return numbers(text, 1, 366, true, rule.year_days); }},
    {"BYWEEKNO", [](std::string_view text, Rule& rule) { return numbers(text, 1, 53, true, rule.weeks); }},
    {"BYMONTH", [](std::string_view text, Rule& rule) { return months(text, rule.months); }},
    {"BYSETPOS", [](std::string_view text, Rule& rule) { return numbers(text, 1, 366, true, rule.positions); }},
    // RFC 7529: other calendars than ours are not for appointments that divert calls.
    {"RSCALE", [](std::string_view text, Rule&) { return text::same_letters(text, "gregorian"); }},
    {"SKIP", [](std::string_view text, Rule&) { return text::same_letters(text, "omit"); }},
};

} // namespace

Result<Rule> parse_rule(std::string_view rule_text) {
    if (rule_text.size() > text_bytes_max) return fail(Category::protocol, "is longer than any rule");
    Rule rule;
    bool frequent = false;
    std::string_view wrong;
    each_of(rule_text, ';', [&](std::string_view part) {
        const auto equals = part.find('=');
        const auto name = text::trim(part.substr(0, equals));
        const auto value = equals == part.npos ? std::string_view() : text::trim(part.substr(equals + 1));
        if (value.empty() || name.starts_with("X-") || name.starts_with("x-")) return true;
        const auto* row =
            std::ranges::find_if(parts, [&](const Part& one) { return text::same_letters(one.name, name); });
        if (row == std::end(parts)) {
            wrong = "has a part that is not known";
            return false;
        }
        if (!row->read(value, rule)) {
            wrong = row->name;
            return false;
        }
        frequent |= row == parts;
        return true;
    });
    if (wrong.starts_with("has")) return fail(Category::protocol, std::string(wrong));
    if (!wrong.empty()) return fail(Category::protocol, fmt::format("has a {} that cannot be used", wrong));
    if (!frequent) return fail(Category::protocol, "has no FREQ");
    return rule;
}

} // namespace lamp::ical
