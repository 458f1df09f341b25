// Periods one after the other (years, months, weeks, days; hours, minutes, seconds), each one's set of times, the
// wanted positions of the set.
#include "proto/ical/rule.hpp"

#include <algorithm>
#include <limits>

namespace lamp::ical {

using namespace std::chrono;

namespace {

bool has(const std::vector<int>& values, int value) {
    return std::ranges::find(values, value) != values.end();
}
/// Counted from the front, or from the end as -1, -2 …
bool has_either(const std::vector<int>& values, int from_one, int total) {
    return has(values, from_one) || has(values, from_one - total - 1);
}

int year_length(year y) {
    return y.is_leap() ? 366 : 365;
}
Day week_of(Day day, weekday begins) {
    return day - (weekday(day) - begins);
}

/// The day-sized parts of a rule, with what RFC 5545 takes from the start where the rule says nothing.
class DayTest {
public:
    DayTest(const Rule& rule, Day start) : rule_(rule), month_days_(rule.month_days), days_(rule.days) {
        const bool said = !rule.weeks.empty() || !rule.year_days.empty() || !month_days_.empty() || !days_.empty();
        const year_month_day date(start);
        months_ = rule.months;
        weeks_ = rule.frequency == Frequency::yearly ? rule.weeks : std::vector<int>{};
        if (rule.frequency == Frequency::weekly && days_.empty()) days_ = {{0, weekday(start)}};
        if (rule.frequency == Frequency::yearly && !weeks_.empty() && days_.empty() && month_days_.empty() &&
            rule.year_days.empty())
            days_ = {{0, weekday(start)}};
        if (said) return;
        if (rule.frequency >= Frequency::monthly) month_days_ = {static_cast<int>(unsigned(date.day()))};
        if (rule.frequency == Frequency::yearly && !months_[0]) months_[0] = months_[unsigned(date.month())] = true;
    }

    [[nodiscard]] bool operator()(Day day) const {
        const year_month_day date(day);
        const Place place{day, date, day - Day(date.year() / January / 1) + ::std::chrono::days(1)};
        return month(date.month()) && week(day) && year_day(place) && month_day(place) && week_day(place);
    }
    [[nodiscard]] bool month(std::chrono::month m) const { return !months_[0] || months_[unsigned(m)]; }

private:
    struct Place {
        Day day;
        year_month_day date;
        std::chrono::days of_year;
    };

    [[nodiscard]] bool week(Day day) const {
        if (weeks_.empty()) return true;
        // A week belongs to the year that has its fourth day.
        const Day fourth = week_of(day, rule_.week_start) + std::chrono::days(3);
        const year y = year_month_day(fourth).year();
        const int of_year = static_cast<int>((fourth - Day(y / January / 1)).count());
        const int total = (year_length(y) - of_year % 7 - 1) / 7 + 1;
        return has_either(weeks_, of_year / 7 + 1, total);
    }
    [[nodiscard]] bool year_day(const Place& place) const {
        return rule_.year_days.empty() ||
               has_either(rule_.year_days, static_cast<int>(place.of_year.count()), year_length(place.date.year()));
    }
    static int month_length(const year_month_day& date) {
        return static_cast<int>(unsigned((date.year() / date.month() / last).day()));
    }
    [[nodiscard]] bool month_day(const Place& place) const {
        return month_days_.empty() ||
               has_either(month_days_, static_cast<int>(unsigned(place.date.day())), month_length(place.date));
    }
    [[nodiscard]] bool week_day(const Place& place) const {
        if (days_.empty()) return true;
        const weekday mine(place.day);
        return std::ranges::any_of(days_, [&](const NthWeekday& wanted) {
            if (wanted.weekday != mine) return false;
            return wanted.nth == 0 || nth(place, wanted.nth);
        });
    }
    [[nodiscard]] bool nth(const Place& place, int wanted) const {
        const bool yearly = rule_.frequency == Frequency::yearly && weeks_.empty();
        if (rule_.frequency != Frequency::monthly && !yearly) return true; // elsewhere a number has no meaning
        const bool of_year = yearly && !rule_.months[0];
        const int day =
            of_year ? static_cast<int>(place.of_year.count()) : static_cast<int>(unsigned(place.date.day()));
        const int total = of_year ? year_length(place.date.year()) : month_length(place.date);
        return wanted > 0 ? (day - 1) / 7 + 1 == wanted : -((total - day) / 7 + 1) == wanted;
    }

    const Rule& rule_;
    std::vector<int> month_days_, weeks_{};
    std::vector<NthWeekday> days_;
    std::array<bool, 13> months_{};
};

class Maker {
public:
    Maker(const Rule& rule, const Reach& reach, Budget& budget, std::vector<Local>& times)
        : rule_(rule), reach_(reach), budget_(budget), times_(times), day_test_(rule, floor<days>(reach.start)) {
        const hh_mm_ss clock(reach.start - floor<days>(reach.start));
        hours_ = said_or(rule.hours, static_cast<int>(clock.hours().count()));
        minutes_ = said_or(rule.minutes, static_cast<int>(clock.minutes().count()));
        seconds_ = said_or(rule.seconds, static_cast<int>(clock.seconds().count()));
        if (reach.last) reach_.until = std::min(reach_.until, *reach.last + seconds(1));
        if (rule.count) limit_count();
    }

    bool run() {
        if (reach_.until <= reach_.start || (counted_ && left_ == 0)) return true;
        return rule_.frequency >= Frequency::daily ? by_days() : by_clock();
    }

private:
    enum class Next : std::uint8_t { on, done, spent };

    std::vector<int> said_or(const std::vector<int>& said, int otherwise) const {
        if (reach_.whole_days) return {0};
        return said.empty() ? std::vector{otherwise} : said;
    }

    [[nodiscard]] seconds unit() const {
        switch (rule_.frequency) {
        case Frequency::secondly: return seconds(1);
        case Frequency::minutely: return minutes(1);
        case Frequency::hourly: return hours(1);
        case Frequency::daily: return days(1);
        default: return weeks(1);
        }
    }
    /// COUNT of a rule that steps evenly is an end; of any other one it must be counted out from the start.
    void limit_count() {
        const bool even =
            rule_.frequency <= Frequency::weekly && rule_.days.empty() && rule_.month_days.empty() &&
            rule_.year_days.empty() && !rule_.months[0] && rule_.positions.empty() &&
            (reach_.whole_days || (rule_.hours.empty() && rule_.minutes.empty() && rule_.seconds.empty()));
        if (!even) {
            counted_ = true;
            left_ = *rule_.count - 1;
            return;
        }
        const auto step = unit() * rule_.interval;
        const auto steps = static_cast<std::uint64_t>((reach_.until - reach_.start) / step) + 1;
        if (*rule_.count < steps)
            reach_.until = std::min(reach_.until, reach_.start + step * static_cast<std::int64_t>(*rule_.count));
    }

    /// Times come in order.
    Next take(Local time) {
        if (time < reach_.start) return Next::on;
        if (time == reach_.start) {
            if (reach_.start_too) times_.push_back(time);
            return Next::on;
        }
        if (time >= reach_.until) return Next::done;
        if (counted_ && left_-- == 0) return Next::done;
        if (time >= reach_.from) times_.push_back(time);
        return counted_ && left_ == 0 ? Next::done : Next::on;
    }
    Next take_set() {
        std::vector<std::size_t> wanted;
        const auto total = static_cast<std::int64_t>(set_.size());
        for (int position : rule_.positions) {
            const std::int64_t index = position > 0 ? position - 1 : total + position;
            if (index >= 0 && index < total) wanted.push_back(static_cast<std::size_t>(index));
        }
        std::ranges::sort(wanted);
        wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
        for (auto index : wanted)
            if (auto next = take(set_[index]); next != Next::on) return next;
        return Next::on;
    }
    Next make(Local time) {
        if (!budget_.spend()) return Next::spent;
        if (rule_.positions.empty()) return take(time);
        set_.push_back(time);
        return Next::on;
    }

    Next day(Day day) {
        if (!budget_.spend()) return Next::spent;
        if (!day_test_(day)) return Next::on;
        for (int h : hours_)
            for (int m : minutes_)
                for (int s : seconds_)
                    if (auto next = make(Local(day) + hours(h) + minutes(m) + seconds(s)); next != Next::on)
                        return next;
        return Next::on;
    }
    Next span(Day from, Day until) {
        set_.clear();
        for (Day each = from; each < until; each += days(1)) {
            const year_month_day date(each);
            if (!day_test_.month(date.month())) {
                if (!budget_.spend()) return Next::spent;
                each = Day(date.year() / date.month() / last);
                continue;
            }
            if (auto next = day(each); next != Next::on) return next;
        }
        return rule_.positions.empty() ? Next::on : take_set();
    }

    /// Which period to begin with: one before the window, or the first one if they are to be counted.
    [[nodiscard]] std::int64_t skipped(std::int64_t periods) const {
        return counted_ ? 0 : std::max<std::int64_t>(0, periods / rule_.interval - 1);
    }
    bool by_days() {
        const Day first = floor<days>(reach_.start);
        const Day window = std::max(first, Day(floor<days>(reach_.from)));
        if (rule_.frequency == Frequency::monthly || rule_.frequency == Frequency::yearly)
            return by_months(year_month_day(first), year_month_day(window));
        const bool weekly = rule_.frequency == Frequency::weekly;
        const Day base = weekly ? week_of(first, rule_.week_start) : first;
        const std::int64_t length = weekly ? 7 : 1;
        for (auto n = skipped((window - base).count() / length);; ++n) {
            const Day from = base + days(n * length * rule_.interval);
            if (Local(from) >= reach_.until) return true;
            if (auto next = span(from, from + days(length)); next != Next::on) return next == Next::done;
        }
    }
    bool by_months(year_month_day first, year_month_day window) {
        const std::int64_t length = rule_.frequency == Frequency::yearly ? 12 : 1;
        auto number = [&](year_month_day date) {
            const std::int64_t months = int(date.year()) * 12 + static_cast<int>(unsigned(date.month())) - 1;
            return length == 12 ? months / 12 * 12 : months;
        };
        auto begin = [](std::int64_t months) {
            return Day(year(static_cast<int>(months / 12)) / month(static_cast<unsigned>(months % 12 + 1)) / 1);
        };
        constexpr std::int64_t end_of_time = 10'000 * 12;
        const auto base = number(first);
        for (auto n = skipped((number(window) - base) / length);; ++n) {
            const auto from = base + n * length * rule_.interval;
            if (from >= end_of_time || Local(begin(from)) >= reach_.until) return true;
            if (!budget_.spend()) return false;
            if (auto next = span(begin(from), begin(from + length)); next != Next::on) return next == Next::done;
        }
    }

    bool by_clock() {
        const auto step = unit() * rule_.interval;
        const Local base = reach_.start - (reach_.start - floor<days>(reach_.start)) % unit();
        std::int64_t n = 0;
        if (!counted_ && reach_.from > base) n = std::max<std::int64_t>(0, (reach_.from - base) / step - 1);
        Day tested = Day::min();
        bool fits = false;
        for (;;) {
            const Local time = base + step * n;
            if (time >= reach_.until) return true;
            if (!budget_.spend()) return false;
            const Day today = floor<days>(time);
            if (today != tested) {
                tested = today;
                fits = day_test_(today);
            }
            const Local end = fits ? refused_until(time) : Local(today + days(1));
            if (end > time) {
                n += std::max<std::int64_t>(1, (end - time + step - seconds(1)) / step);
                continue;
            }
            if (auto next = period(time); next != Next::on) return next == Next::done;
            ++n;
        }
    }
    /// Until when nothing fits, when `time` does not; `time` itself when it does.
    [[nodiscard]] Local refused_until(Local time) const {
        const hh_mm_ss clock(time - floor<days>(time));
        if (!rule_.hours.empty() && !has(rule_.hours, static_cast<int>(clock.hours().count())))
            return floor<hours>(time) + hours(1);
        if (rule_.frequency == Frequency::hourly) return time;
        if (!rule_.minutes.empty() && !has(rule_.minutes, static_cast<int>(clock.minutes().count())))
            return floor<minutes>(time) + minutes(1);
        if (rule_.frequency == Frequency::minutely) return time;
        const bool fits = rule_.seconds.empty() || has(rule_.seconds, static_cast<int>(clock.seconds().count()));
        return fits ? time : time + seconds(1);
    }
    Next period(Local time) {
        static const std::vector<int> zero{0};
        set_.clear();
        for (int m : rule_.frequency == Frequency::hourly ? minutes_ : zero)
            for (int s : rule_.frequency != Frequency::secondly ? seconds_ : zero)
                if (auto next = make(time + minutes(m) + seconds(s)); next != Next::on) return next;
        return rule_.positions.empty() ? Next::on : take_set();
    }

    const Rule& rule_;
    Reach reach_;
    Budget& budget_;
    std::vector<Local>& times_;
    DayTest day_test_;
    std::vector<int> hours_, minutes_, seconds_;
    std::vector<Local> set_{};
    bool counted_ = false;
    std::uint64_t left_ = 0;
};

} // namespace

bool append_times(const Rule& rule, const Reach& reach, Budget& budget, std::vector<Local>& times) {
    if (reach.whole_days && rule.frequency < Frequency::daily) return true;
    return Maker(rule, reach, budget, times).run();
}

} // namespace lamp::ical
