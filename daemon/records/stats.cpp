// Activity indicators (crm-directory.md D.6): sums by SQL, cut and named here.
#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <map>

#include "numbers/country.hpp"
#include "records/shelf.hpp"
#include "records/within.hpp"

namespace lamp::records {
namespace {

using calls::CallResult;
using calls::Gap;
using calls::StatsKey;
using calls::StatsRow;
using store::Database;

constexpr milliseconds quarter = std::chrono::minutes(15); // offsets of time zones are whole ones of these
constexpr std::size_t days_max = 3700;
constexpr std::size_t hours_max = 24 * 400;
constexpr std::size_t persons_max = 500;

std::string_view expression(StatsKey key) {
    switch (key) {
    case StatsKey::total: return "''";
    case StatsKey::person: return "person";
    case StatsKey::line: return "line";
    case StatsKey::ddi: return "ddi";
    case StatsKey::queue: return "queue";
    case StatsKey::destination: return "plain";
    case StatsKey::day:
    case StatsKey::hour: return "started / 900000";
    }
    return "''";
}

std::string destination(std::string_view plain) {
    if (plain.empty()) return "unknown";
    if (plain.front() != '+') return "internal";
    auto country = numbers::country_of(plain);
    return country.empty() ? "unknown" : country;
}

struct Bucket {
    Wall from{};
    Wall until{};
    StatsRow row{};
};

std::string day_name(Day day) {
    std::chrono::year_month_day date(day);
    return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

/// "2026-10-25T02:00+02:00": the hour that comes twice has two names.
std::string hour_name(Wall at, const Zone& zone) {
    auto local = zone.local(at);
    auto day = std::chrono::floor<std::chrono::days>(local);
    auto of_day = std::chrono::duration_cast<std::chrono::minutes>(local - day).count();
    auto offset = std::chrono::duration_cast<std::chrono::minutes>(zone.offset(at)).count();
    auto away = offset < 0 ? -offset : offset;
    return fmt::format("{}T{:02}:{:02}{}{:02}:{:02}", day_name(day), of_day / 60, of_day % 60, offset < 0 ? '-' : '+',
                       away / 60, away % 60);
}

/// The span in days of that zone, the first and the last as far as they are in it.
std::vector<Bucket> days_of(Wall from, Wall until, const Zone& zone) {
    std::vector<Bucket> days;
    auto day = std::chrono::floor<std::chrono::days>(zone.local(from));
    for (; zone.midnight(day) < until && days.size() <= days_max; day += std::chrono::days(1)) {
        Bucket& one = days.emplace_back();
        one.from = std::max(from, zone.midnight(day));
        one.until = std::min(until, zone.midnight(day + std::chrono::days(1)));
        one.row.key = day_name(day);
    }
    return days;
}

/// Hours as clocks on the wall show them.
std::vector<Bucket> hours_of(Wall from, Wall until, const Zone& zone) {
    std::vector<Bucket> hours;
    auto offset_at = [&](Wall at) { return zone.offset(at); };
    auto past_the_hour = (zone.local(from).time_since_epoch() % std::chrono::hours(1));
    auto at = std::chrono::floor<seconds>(from) - past_the_hour;
    while (Wall(at) < until && hours.size() <= hours_max) {
        auto next = at + std::chrono::hours(1);
        // Where the offset changes by less than an hour the next one begins elsewhere.
        next += std::chrono::duration_cast<seconds>((offset_at(at) - offset_at(next)) % std::chrono::hours(1));
        if (next <= at) next += std::chrono::hours(1);
        Bucket& one = hours.emplace_back();
        one.from = std::max(from, Wall(at));
        one.until = std::min(until, Wall(next));
        one.row.key = hour_name(at, zone);
        at = next;
    }
    return hours;
}

/// How much of a span was heard: what no gap of any of these platforms covers, in the mean of them.
class Coverage {
public:
    Coverage(std::vector<Gap> gaps, std::optional<Wall> since) : gaps_(std::move(gaps)), since_(since) {}
    [[nodiscard]] double of(Wall from, Wall until, const std::vector<std::string>& platforms) const {
        if (until <= from) return 1;
        double sum = 0;
        for (const std::string& platform : platforms)
            sum += heard(from, until, platform);
        return platforms.empty() ? heard(from, until, {}) : sum / static_cast<double>(platforms.size());
    }

private:
    [[nodiscard]] double heard(Wall from, Wall until, std::string_view platform) const {
        Wall begin = since_ ? std::clamp(*since_, from, until) : from;
        milliseconds missing = begin - from;
        Wall covered = begin;
        for (const Gap& gap : gaps_) { // by their begin
            if (gap.platform != platform) continue;
            Wall first = std::clamp(gap.from, covered, until);
            Wall last = std::clamp(gap.until.value_or(until), first, until);
            missing += last - first;
            covered = last;
        }
        return 1 - static_cast<double>(missing.count()) / static_cast<double>((until - from).count());
    }
    std::vector<Gap> gaps_;
    std::optional<Wall> since_;
};

struct Sums {
    bool incoming = false;
    std::optional<CallResult> result;
    std::uint64_t count = 0;
    milliseconds talk{0}, held{0}, rang{0};
};

void add(StatsRow& row, const Sums& sums) {
    if (!sums.incoming) {
        row.out_total += sums.count;
        if (sums.result == CallResult::answered) row.out_answered += sums.count;
        row.out_talk += sums.talk;
        row.out_hold += sums.held;
        return;
    }
    row.in_total += sums.count;
    row.in_talk += sums.talk;
    row.in_hold += sums.held;
    row.in_ring += sums.rang;
    if (!sums.result) return;
    switch (*sums.result) {
    case CallResult::answered: row.in_answered += sums.count; break;
    case CallResult::missed:
    case CallResult::voicemail: row.in_missed += sums.count; break;
    case CallResult::answered_elsewhere: row.in_answered_elsewhere += sums.count; break;
    case CallResult::abandoned: row.in_abandoned += sums.count; break;
    case CallResult::declined:
    case CallResult::forwarded:
    case CallResult::failed: break;
    }
}

/// Calls `take(key as text, sums)` for each group of rows.
template <class Take>
Result<void> sum_up(Database& disk, const calls::StatsQuery& query, Take&& take) {
    std::string where = "ended IS NOT NULL AND started >= ?1 AND started < ?2";
    std::vector<std::string> values;
    auto place = [&](std::string value) {
        values.push_back(std::move(value));
        return fmt::format("?{}", values.size() + 2);
    };
    if (query.within) where += " AND " + within_sql(*query.within, place);
    if (!query.line.empty()) where += " AND line = " + place(query.line);
    if (!query.ddi.empty()) where += " AND ddi = " + place(query.ddi);
    if (!query.queue.empty()) where += " AND queue = " + place(query.queue);
    if (!query.persons.empty()) {
        std::string list;
        for (const std::string& person : query.persons)
            list += (list.empty() ? "" : ", ") + place(person);
        where += fmt::format(" AND person IN ({})", list);
    }
    std::string key(expression(query.by));
    if (query.by == StatsKey::destination && !query.unseen.empty())
        key = fmt::format("CASE WHEN person = '' OR person IN (SELECT value FROM json_each({})) THEN '' ELSE {} END",
                          place(names_sql(query.unseen)), key);
    auto rows = disk.prepare(fmt::format("SELECT {}, incoming, result, count(*), "
                                         "sum(CASE WHEN answered IS NULL THEN 0 ELSE ended - answered END), sum(held), "
                                         "sum(rang) FROM call WHERE {} GROUP BY 1, 2, 3",
                                         key, where),
                             query.from, query.until);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < values.size(); ++i)
        rows->bind(static_cast<int>(i + 3), values[i]);
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        Sums sums;
        sums.incoming = rows->integer(1) != 0;
        if (!rows->null(2) && rows->integer(2) >= 0 && rows->integer(2) <= static_cast<int>(CallResult::failed))
            sums.result = static_cast<CallResult>(rows->integer(2));
        sums.count = static_cast<std::uint64_t>(rows->integer(3));
        sums.talk = milliseconds(rows->integer(4));
        sums.held = milliseconds(rows->integer(5));
        sums.rang = milliseconds(rows->integer(6));
        take(rows->text(0), sums);
    }
}

Result<std::vector<Bucket>> by_time(Database& disk, const calls::StatsQuery& query, const Zone& zone, Wall now) {
    Wall until = std::min(query.until, std::max(now, query.from + milliseconds(1)));
    bool daily = query.by == StatsKey::day;
    auto buckets = daily ? days_of(query.from, until, zone) : hours_of(query.from, until, zone);
    if (buckets.size() > (daily ? days_max : hours_max))
        return fail(Category::invalid,
                    fmt::format("That is more than {} {}.", daily ? days_max : hours_max, daily ? "days" : "hours"));
    auto done = sum_up(disk, query, [&](std::string_view key, const Sums& sums) {
        Wall at(quarter * std::stoll(std::string(key)));
        auto place = std::ranges::upper_bound(buckets, at, {}, &Bucket::from);
        // A quarter of an hour that begins before the span has only calls from within it.
        if (place != buckets.begin()) --place;
        if (place != buckets.end()) add(place->row, sums);
    });
    if (!done) return std::unexpected(done.error());
    return buckets;
}

Result<std::vector<Bucket>> by_name(Database& disk, const calls::StatsQuery& query) {
    std::map<std::string, StatsRow> named;
    if (query.by == StatsKey::total) named.try_emplace({});
    auto done = sum_up(disk, query, [&](std::string_view key, const Sums& sums) {
        add(named[query.by == StatsKey::destination ? destination(key) : std::string(key)], sums);
    });
    if (!done) return std::unexpected(done.error());
    std::vector<Bucket> rows;
    for (auto& [key, row] : named) {
        row.key = key;
        rows.push_back({.from = query.from, .until = query.until, .row = std::move(row)});
    }
    return rows;
}

bool more_active(const StatsRow& one, const StatsRow& other) {
    auto calls = [](const StatsRow& row) { return row.in_total + row.out_total; };
    if (calls(one) != calls(other)) return calls(one) > calls(other);
    auto talk = [](const StatsRow& row) { return row.in_talk + row.out_talk; };
    return talk(one) != talk(other) ? talk(one) > talk(other) : one.key < other.key;
}

} // namespace

Result<calls::Stats> read_stats(Database& disk, const calls::StatsQuery& query, const Zone& zone, const Owners& owners,
                                Wall now) {
    if (query.until <= query.from) return fail(Category::invalid, "The span ends before it begins.");
    if (query.persons.size() > persons_max)
        return fail(Category::invalid, fmt::format("At most {} people can be asked for at once.", persons_max));
    bool timely = query.by == StatsKey::day || query.by == StatsKey::hour;
    auto rows = timely ? by_time(disk, query, zone, now) : by_name(disk, query);
    if (!rows) return std::unexpected(rows.error());
    auto gaps = read_gaps(disk, query.from, query.until);
    if (!gaps) return std::unexpected(gaps.error());
    auto since = read_mark(disk, "since");
    if (!since) return std::unexpected(since.error());
    Coverage coverage(*gaps, *since);
    auto platforms = owners.platforms(query.persons, query.line);
    calls::Stats stats;
    stats.gaps = std::move(*gaps);
    for (Bucket& one : *rows) {
        auto whose = platforms;
        if (query.by == StatsKey::person) whose = owners.platforms({one.row.key}, {});
        if (query.by == StatsKey::line) whose = owners.platforms({}, one.row.key);
        one.row.complete = coverage.of(one.from, std::min(one.until, std::max(now, one.from)), whose);
        stats.rows.push_back(std::move(one.row));
    }
    if (query.top > 0) {
        std::ranges::sort(stats.rows, more_active);
        if (stats.rows.size() > query.top) stats.rows.resize(query.top);
    }
    return stats;
}

} // namespace lamp::records
