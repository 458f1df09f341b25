#include "base/clock.hpp"

#include <charconv>

namespace lamp {
namespace {

char* two(char* out, unsigned value) {
    *out++ = static_cast<char>('0' + value / 10);
    *out++ = static_cast<char>('0' + value % 10);
    return out;
}

/// A cursor over the text that remembers whether everything fitted so far.
struct Cursor {
    std::string_view rest;
    bool good = true;

    int number(std::size_t digits) {
        int value = 0;
        if (rest.size() < digits) return good = false, 0;
        auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, value);
        if (error != std::errc() || end != rest.data() + digits || rest.front() == '-') good = false;
        rest.remove_prefix(digits);
        return value;
    }
    char one_of(std::string_view allowed) {
        if (rest.empty() || allowed.find(rest.front()) == std::string_view::npos) return good = false, '\0';
        char found = rest.front();
        rest.remove_prefix(1);
        return found;
    }
};

} // namespace

char* write_rfc3339(char* out, Wall time) {
    auto day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day date(day);
    std::chrono::hh_mm_ss clock(time - day);
    auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    out = two(two(out, year / 100 % 100), year % 100);
    *out++ = '-';
    out = two(out, static_cast<unsigned>(date.month()));
    *out++ = '-';
    out = two(out, static_cast<unsigned>(date.day()));
    *out++ = 'T';
    out = two(out, static_cast<unsigned>(clock.hours().count()));
    *out++ = ':';
    out = two(out, static_cast<unsigned>(clock.minutes().count()));
    *out++ = ':';
    out = two(out, static_cast<unsigned>(clock.seconds().count()));
    *out++ = '.';
    auto ms = static_cast<unsigned>(clock.subseconds().count());
    *out++ = static_cast<char>('0' + ms / 100);
    out = two(out, ms % 100);
    *out++ = 'Z';
    return out;
}

std::string rfc3339(Wall time) {
    std::string text(24, '\0');
    write_rfc3339(text.data(), time);
    return text;
}

Result<Wall> parse_rfc3339(std::string_view text) {
    using namespace std::chrono;
    Cursor at{text};
    int year_ = at.number(4);
    at.one_of("-");
    int month_ = at.number(2);
    at.one_of("-");
    int day_ = at.number(2);
    at.one_of("Tt ");
    int hour = at.number(2);
    at.one_of(":");
    int minute = at.number(2);
    at.one_of(":");
    int second = at.number(2);
    int ms = 0;
    if (at.good && !at.rest.empty() && at.rest.front() == '.') {
        at.one_of(".");
        int digits = 0;
        for (; !at.rest.empty() && at.rest.front() >= '0' && at.rest.front() <= '9'; at.rest.remove_prefix(1))
            if (digits++ < 3) ms = ms * 10 + (at.rest.front() - '0');
        if (digits == 0 || digits > 9) at.good = false;
        for (; digits < 3; ++digits)
            ms *= 10;
    }
    char zone = at.one_of("Zz+-");
    int offset_minutes = 0;
    if (zone == '+' || zone == '-') {
        int hours_off = at.number(2);
        at.one_of(":");
        int minutes_off = at.number(2);
        if (hours_off > 23 || minutes_off > 59) at.good = false;
        offset_minutes = hours_off * 60 + minutes_off;
        if (zone == '-') offset_minutes = -offset_minutes;
    }
    year_month_day date{year(year_), month(static_cast<unsigned>(month_)), day(static_cast<unsigned>(day_))};
    if (!at.good || !at.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 60)
        return fail(Category::invalid, "not an RFC 3339 time, such as 2026-11-22T10:00:00Z");
    return Wall(sys_days(date) + hours(hour) + minutes(minute - offset_minutes) + seconds(second) + milliseconds(ms));
}

} // namespace lamp
