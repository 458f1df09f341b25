// See times.hpp.
#include "times.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace sim::graph {

namespace {

std::tm broken_down(std::int64_t ms) {
    const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
    std::tm out{};
    gmtime_r(&seconds, &out);
    return out;
}

std::string written(std::int64_t ms, const char* format) {
    const std::tm time = broken_down(ms);
    std::array<char, 64> text{};
    return std::string(text.data(), std::strftime(text.data(), text.size(), format, &time));
}

bool take_number(std::string_view& text, std::size_t digits, int& value) {
    if (text.size() < digits) return false;
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

std::string iso_seconds(std::int64_t ms) {
    return written(ms, "%Y-%m-%dT%H:%M:%SZ");
}

std::string iso_ticks(std::int64_t ms) {
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03d0000Z", static_cast<int>(ms % 1000));
    return written(ms, "%Y-%m-%dT%H:%M:%S") + fraction.data();
}

std::string spaced_seconds(std::int64_t ms) {
    return written(ms, "%Y-%m-%d %H:%M:%SZ");
}

std::string http_date(std::int64_t ms) {
    return written(ms, "%a, %d %b %Y %H:%M:%S GMT");
}

std::optional<std::int64_t> from_iso(std::string_view text) {
    std::tm time{};
    int year = 0;
    int month = 0;
    if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) || !take(text, '-') ||
        !take_number(text, 2, time.tm_mday) || !take(text, 'T') || !take_number(text, 2, time.tm_hour) ||
        !take(text, ':') || !take_number(text, 2, time.tm_min) || !take(text, ':') ||
        !take_number(text, 2, time.tm_sec))
        return std::nullopt;
    time.tm_year = year - 1900;
    time.tm_mon = month - 1;
    int ms = 0;
    if (take(text, '.')) {
        int scale = 100;
        if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
        for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), scale /= 10)
            ms += scale * (text.front() - '0');
    }
    std::int64_t offset = 0;
    if (text != "Z") {
        const bool ahead = text.starts_with('+');
        int hours = 0;
        int minutes = 0;
        if ((!take(text, '+') && !take(text, '-')) || !take_number(text, 2, hours) || !take(text, ':') ||
            !take_number(text, 2, minutes) || !text.empty())
            return std::nullopt;
        offset = (hours * 60 + minutes) * (ahead ? 60 : -60);
    }
    return (static_cast<std::int64_t>(timegm(&time)) - offset) * 1000 + ms;
}

std::optional<std::int64_t> duration_of(std::string_view text) {
    if (!take(text, 'P') || text.empty()) return std::nullopt;
    bool time = false;
    bool any = false;
    std::int64_t total = 0;
    while (!text.empty()) {
        if (!time && take(text, 'T')) {
            time = true;
            continue;
        }
        std::int64_t value = 0;
        std::size_t digits = 0;
        while (digits < text.size() && digits < 9 && text[digits] >= '0' && text[digits] <= '9')
            value = value * 10 + (text[digits++] - '0');
        if (digits == 0 || digits == text.size()) return std::nullopt;
        const char unit = text[digits];
        text.remove_prefix(digits + 1);
        if (!time && unit == 'D')
            total += value * 86'400;
        else if (time && unit == 'H')
            total += value * 3600;
        else if (time && unit == 'M')
            total += value * 60;
        else if (time && unit == 'S')
            total += value;
        else
            return std::nullopt;
        any = true;
    }
    if (!any) return std::nullopt;
    return total * 1000;
}

std::int64_t system_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace sim::graph
