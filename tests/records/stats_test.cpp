// Activity indicators: sums agree with the records, days and hours are those on the wall, and how much was heard.
#include <random>

#include "base/zones.hpp"
#include "here.hpp"
#include "records/shelf.hpp"

using namespace testing;
using calls::CallRecord;
using calls::CallResult;
using calls::Stats;
using calls::StatsKey;
using calls::StatsQuery;

namespace {

struct Disk {
    Disk() : database(must(store::open_current(folder.path())).database) {}
    void put(const CallRecord& record) { must(put_record(database, {.record = record}, Numbers::whole)); }
    Stats ask(const StatsQuery& query, Wall now = nine + std::chrono::days(400)) {
        return must(read_stats(database, query, zone, owners, now));
    }
    faults::Folder folder{"records"};
    store::Database database;
    Zone zone = Zones().find("Europe/Amsterdam").value_or(Zone());
    Owners owners{office()};
};

CallRecord call(Wall started, bool incoming, CallResult result, std::string person = "alice") {
    static int count = 0;
    CallRecord one;
    one.id = fmt::format("{:x}", ++count);
    one.person = std::move(person);
    one.line = one.person + "@x";
    one.incoming = incoming;
    one.remote_number = "+31201230002";
    one.started = started;
    one.ended = started + 100s;
    one.result = result;
    one.rang = 5s;
    if (result == CallResult::answered) {
        one.answered = started + 5s;
        one.held = 10s;
    }
    return one;
}

Texts keys(const Stats& stats) {
    Texts keys;
    for (const auto& row : stats.rows)
        keys.push_back(fmt::format("{} {}+{}", row.key, row.in_total, row.out_total));
    return keys;
}

Wall utc(int month, int day, int hour, int minute = 0) {
    return std::chrono::sys_days(std::chrono::year(2026) / month / day) + std::chrono::hours(hour) +
           std::chrono::minutes(minute);
}

} // namespace

TEST_CASE("each result has its column") {
    Disk disk;
    for (auto result : {CallResult::answered, CallResult::missed, CallResult::answered_elsewhere, CallResult::declined,
                        CallResult::abandoned, CallResult::forwarded, CallResult::voicemail})
        disk.put(call(nine, true, result));
    disk.put(call(nine, false, CallResult::answered));
    disk.put(call(nine, false, CallResult::failed));
    auto row = disk.ask({.from = nine, .until = nine + 1h, .by = StatsKey::total}).rows.at(0);
    CHECK(row.in_total == 7);
    CHECK(row.in_answered == 1);
    CHECK(row.in_missed == 2);
    CHECK(row.in_answered_elsewhere == 1);
    CHECK(row.in_abandoned == 1);
    CHECK(row.out_total == 2);
    CHECK(row.out_answered == 1);
    CHECK(row.in_talk == 95s);
    CHECK(row.in_hold == 10s);
    CHECK(row.in_ring == 35s);
    CHECK(row.out_talk == 95s);
}

TEST_CASE("keys, filters, and the most active") {
    Disk disk;
    disk.put(call(nine, true, CallResult::answered));
    disk.put(call(nine, false, CallResult::answered, "bob"));
    auto special = call(nine + 1s, true, CallResult::missed, "bob");
    special.ddi = "+31201230000";
    special.queue = "Sales";
    special.remote_number = "2001";
    disk.put(special);
    auto abroad = call(nine + 2s, false, CallResult::answered, "carol");
    abroad.remote_number = "+4930123456";
    disk.put(abroad);
    StatsQuery query{.from = nine, .until = nine + 1h};
    auto by = [&](StatsKey key) {
        query.by = key;
        return keys(disk.ask(query));
    };
    CHECK(by(StatsKey::person) == Texts{"alice 1+0", "bob 1+1", "carol 0+1"});
    CHECK(by(StatsKey::line) == Texts{"alice@x 1+0", "bob@x 1+1", "carol@x 0+1"});
    CHECK(by(StatsKey::queue) == Texts{" 1+2", "Sales 1+0"});
    CHECK(by(StatsKey::ddi) == Texts{" 1+2", "+31201230000 1+0"});
    CHECK(by(StatsKey::destination) == Texts{"DE 0+1", "NL 1+1", "internal 1+0"});
    query.unseen = {"bob"}; // with whom is not told
    CHECK(by(StatsKey::destination) == Texts{"DE 0+1", "NL 1+0", "unknown 1+1"});
    CHECK(by(StatsKey::person) == Texts{"alice 1+0", "bob 1+1", "carol 0+1"});
    query.unseen.clear();
    query.top = 1;
    CHECK(by(StatsKey::person) == Texts{"bob 1+1"});
    query.top = 0;
    query.persons = {"alice", "bob"};
    CHECK(by(StatsKey::total) == Texts{" 2+1"});
    query.queue = "Sales";
    CHECK(by(StatsKey::total) == Texts{" 1+0"});
    query = {.from = nine, .until = nine + 1h, .ddi = "+31201230000"};
    CHECK(by(StatsKey::line) == Texts{"bob@x 1+0"});
    query = {.from = nine, .until = nine + 1h, .line = "bob@x"};
    CHECK(by(StatsKey::total) == Texts{" 1+1"});
    query = {.from = nine, .until = nine};
    CHECK_FALSE(read_stats(disk.database, query, disk.zone, disk.owners, nine));
    query = {.from = nine - std::chrono::days(9000), .until = nine, .by = StatsKey::day};
    CHECK_FALSE(read_stats(disk.database, query, disk.zone, disk.owners, nine));
}

TEST_CASE("days are those on the wall: 23 and 25 hours long when clocks change") {
    Disk disk;
    // Clocks go forward on 29 March 2026 at 01:00 UTC, back on 25 October 2026 at 01:00 UTC.
    disk.put(call(utc(3, 28, 22, 59), true, CallResult::missed)); // 23:59 on the 28th
    disk.put(call(utc(3, 28, 23, 0), true, CallResult::missed));  // 00:00 on the 29th
    disk.put(call(utc(3, 29, 21, 59), true, CallResult::missed)); // 23:59
    disk.put(call(utc(3, 29, 22, 0), true, CallResult::missed));  // 00:00 on the 30th
    StatsQuery query{.from = utc(3, 27, 23), .until = utc(3, 30, 22), .by = StatsKey::day};
    CHECK(keys(disk.ask(query)) == Texts{"2026-03-28 1+0", "2026-03-29 2+0", "2026-03-30 1+0"});
    query = {.from = utc(3, 28, 23), .until = utc(3, 29, 22), .by = StatsKey::hour};
    CHECK(disk.ask(query).rows.size() == 23);

    disk.put(call(utc(10, 25, 0, 30), true, CallResult::missed)); // 02:30, the first time
    disk.put(call(utc(10, 25, 1, 30), true, CallResult::missed)); // and the second
    query = {.from = utc(10, 24, 22), .until = utc(10, 25, 23), .by = StatsKey::hour};
    auto hours = keys(disk.ask(query));
    REQUIRE(hours.size() == 25);
    CHECK(hours[1] == "2026-10-25T01:00+02:00 0+0");
    CHECK(hours[2] == "2026-10-25T02:00+02:00 1+0");
    CHECK(hours[3] == "2026-10-25T02:00+01:00 1+0");
    CHECK(hours[4] == "2026-10-25T03:00+01:00 0+0");
    query.by = StatsKey::day;
    CHECK(keys(disk.ask(query)) == Texts{"2026-10-25 2+0"});
}

TEST_CASE("how much of it was heard") {
    Disk disk;
    disk.put(call(nine, true, CallResult::missed));
    disk.put(call(nine, true, CallResult::missed, "dave"));
    must(put_gap(disk.database, {.platform = "p1", .from = nine + 30min, .until = nine + 45min}));
    must(put_gap(disk.database, {.platform = "p1", .from = nine + 40min, .until = nine + 50min}));
    must(put_gap(disk.database, {.platform = "p2", .from = nine + 90min}));
    StatsQuery query{.from = nine, .until = nine + 2h, .by = StatsKey::person};
    auto rows = disk.ask(query).rows;
    CHECK(rows.at(0).complete == doctest::Approx(1 - 20.0 / 120)); // alice is on p1
    CHECK(rows.at(1).complete == doctest::Approx(0.75));           // dave on p2
    query.by = StatsKey::total;
    CHECK(disk.ask(query).rows.at(0).complete == doctest::Approx((2 - 20.0 / 120 - 0.25) / 2));
    CHECK(disk.ask(query).gaps.size() == 3);
    query = {.from = nine, .until = nine + 2h, .by = StatsKey::hour, .persons = {"alice"}};
    rows = disk.ask(query).rows;
    CHECK(rows.at(0).complete == doctest::Approx(1 - 20.0 / 60));
    CHECK(rows.at(1).complete == doctest::Approx(1));
    // What is to come is not missing; what was before the first start is.
    query = {.from = nine - 1h, .until = nine + std::chrono::days(1), .by = StatsKey::total, .persons = {"alice"}};
    must(put_mark(disk.database, "since", nine));
    CHECK(disk.ask(query, nine + 20min).rows.at(0).complete == doctest::Approx(20.0 / 80));
}

TEST_CASE("sums agree with the records they are of, whatever the cut") {
    Disk disk;
    std::mt19937 random(7);
    std::vector<CallRecord> all;
    for (int i = 0; i < 2000; ++i) {
        auto at = nine + milliseconds(std::uniform_int_distribution<int>(0, 86'400'000)(random) * 3);
        auto result = static_cast<CallResult>(std::uniform_int_distribution<int>(0, 7)(random));
        bool in = std::uniform_int_distribution<int>(0, 1)(random) == 1;
        const char* names[] = {"alice", "bob", "carol"};
        all.push_back(call(at, in, result, names[std::uniform_int_distribution<int>(0, 2)(random)]));
        disk.put(all.back());
    }
    Wall from = nine + 6h, until = nine + 60h;
    std::uint64_t in = 0, out = 0, missed = 0;
    milliseconds talk{0};
    for (const auto& one : all) {
        if (one.started < from || one.started >= until) continue;
        ++(one.incoming ? in : out);
        if (one.incoming) talk += one.talked(until);
        if (one.incoming && (one.result == CallResult::missed || one.result == CallResult::voicemail)) ++missed;
    }
    for (auto by : {StatsKey::total, StatsKey::person, StatsKey::line, StatsKey::ddi, StatsKey::queue,
                    StatsKey::destination, StatsKey::day, StatsKey::hour}) {
        CAPTURE(name(by));
        calls::StatsRow sum;
        for (const auto& row : disk.ask({.from = from, .until = until, .by = by}).rows) {
            sum.in_total += row.in_total;
            sum.out_total += row.out_total;
            sum.in_missed += row.in_missed;
            sum.in_talk += row.in_talk;
        }
        CHECK(sum.in_total == in);
        CHECK(sum.out_total == out);
        CHECK(sum.in_missed == missed);
        CHECK(sum.in_talk == talk);
    }
}
