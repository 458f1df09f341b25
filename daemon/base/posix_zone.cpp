#include "base/posix_zone.hpp"

#include <algorithm>

namespace lamp {

using namespace std::chrono;

/// What is left to read; each step says whether it was there.
struct PosixZone::Cursor {
    std::string_view rest;

    bool take(char c) {
        if (!rest.starts_with(c)) return false;
        rest.remove_prefix(1);
        return true;
    }
    bool name() {
        auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
        std::size_t end = 0;
        if (rest.starts_with('<')) {
            end = rest.find('>');
            if (end == rest.npos) return false;
            ++end;
        } else {
            while (end < rest.size() && letter(rest[end]))
                ++end;
        }
        rest.remove_prefix(end);
        return end >= 3;
    }
    std::optional<int> number() {
        int value = 0;
        std::size_t digits = 0;
        while (digits < rest.size() && digits < 4 && rest[digits] >= '0' && rest[digits] <= '9')
            value = value * 10 + (rest[digits++] - '0');
        rest.remove_prefix(digits);
        return digits > 0 ? std::optional(value) : std::nullopt;
    }
    /// [+-]hh[:mm[:ss]]
    std::optional<seconds> time() {
        const bool negative = take('-');
        if (!negative) take('+');
        auto hour = number();
        if (!hour || *hour > 167) return std::nullopt;
        seconds value = hours(*hour);
        for (seconds unit : {seconds(60), seconds(1)}) {
            if (!take(':')) break;
            auto part = number();
            if (!part || *part > 59) return std::nullopt;
            value += *part * unit;
        }
        return negative ? -value : value;
    }
    std::optional<Moment> moment() {
        Moment made;
        if (take('M')) {
            auto month = number();
            if (!month || !take('.')) return std::nullopt;
            auto week = number();
            if (!week || !take('.')) return std::nullopt;
            auto day = number();
            if (!day || *month < 1 || *month > 12 || *week < 1 || *week > 5 || *day > 6) return std::nullopt;
            made.month = *month, made.week = *week, made.day = *day;
        } else {
            made.kind = take('J') ? Moment::Kind::julian : Moment::Kind::zero_based;
            auto day = number();
            if (!day || *day > 365 || (made.kind == Moment::Kind::julian && *day < 1)) return std::nullopt;
            made.day = *day;
        }
        if (!take('/')) return made;
        auto at = time();
        if (!at) return std::nullopt;
        made.time = *at;
        return made;
    }
};

std::optional<PosixZone> PosixZone::parse(std::string_view text) {
    Cursor cursor{text};
    PosixZone zone;
    if (!cursor.name()) return std::nullopt;
    auto standard = cursor.time();
    if (!standard) return std::nullopt;
    zone.standard_ = -*standard; // POSIX counts to the west
    if (cursor.rest.empty()) return zone;
    if (!cursor.name()) return std::nullopt;
    zone.summer_ = zone.standard_ + hours(1);
    if (!cursor.rest.starts_with(',')) {
        auto summer = cursor.time();
        if (!summer) return std::nullopt;
        zone.summer_ = -*summer;
    }
    if (!cursor.take(',')) return std::nullopt;
    auto begins = cursor.moment();
    if (!begins || !cursor.take(',')) return std::nullopt;
    auto ends = cursor.moment();
    if (!ends || !cursor.rest.empty()) return std::nullopt;
    zone.begins_ = *begins;
    zone.ends_ = *ends;
    return zone;
}

local_seconds PosixZone::Moment::in(year at) const {
    const local_days january_first{at / January / 1};
    switch (kind) {
    case Kind::zero_based: return january_first + days(day) + time;
    case Kind::julian: { // 29 February is never counted
        const bool after_leap_day = at.is_leap() && day > 59;
        return january_first + days(day - 1 + (after_leap_day ? 1 : 0)) + time;
    }
    case Kind::month_week_day: break;
    }
    const auto in_month = at / std::chrono::month(static_cast<unsigned>(month));
    const weekday wanted(static_cast<unsigned>(day));
    if (week == 5) return local_days{in_month / wanted[last]} + time;
    return local_days{in_month / wanted[static_cast<unsigned>(week)]} + time;
}

seconds PosixZone::offset(sys_seconds at) const {
    if (!summer_) return standard_;
    struct Turn {
        sys_seconds at;
        seconds offset;
    };
    const year now = year_month_day(floor<days>(at + standard_)).year();
    std::array<Turn, 6> turns{};
    std::size_t count = 0;
    for (year each : {now - years(1), now, now + years(1)}) {
        turns[count++] = {sys_seconds(begins_.in(each).time_since_epoch() - standard_), *summer_};
        turns[count++] = {sys_seconds(ends_.in(each).time_since_epoch() - *summer_), standard_};
    }
    // An end and a beginning at the same instant is summer all year round.
    std::ranges::sort(turns, [](const Turn& left, const Turn& right) {
        return left.at != right.at ? left.at < right.at : left.offset < right.offset;
    });
    seconds found = turns[0].offset;
    for (const Turn& turn : turns)
        if (turn.at <= at) found = turn.offset;
    return found;
}

} // namespace lamp
