// The book of subscriptions: what is asked for first, what happens to each answer, and 100 000 lines of them in little
// memory. A simple model with random operations guards the index of ids.
#include <doctest/doctest.h>

#include <algorithm>
#include <malloc.h>
#include <map>
#include <set>

#include "xsi/subscriptions.hpp"

using namespace lamp;
using namespace lamp::xsi;

namespace {

using Index = Subscriptions::Index;
using State = Subscriptions::State;
using Kind = Subscriptions::Kind;

const Steady start{std::chrono::hours(1)};

Steady at(double s) {
    return start + milliseconds(static_cast<long>(s * 1000));
}

/// One subscription that stands, its first event taken.
Index standing(Subscriptions& book, std::string id, Steady now, long expires_s = 3600, LineIndex line = 1) {
    auto index = book.add(line, Package::advanced_call, true);
    while (auto work = book.next(now))
        if (work->index == index) break;
    book.on_subscribed(index, std::move(id), expires_s, now);
    CHECK(book.on_event(index, now));
    REQUIRE(static_cast<int>(book.state(index)) == static_cast<int>(State::standing));
    return index;
}

/// When the next request falls due, in seconds from `now`, and what it is.
std::optional<std::pair<double, Subscriptions::Work>> due(Subscriptions& book, Steady now) {
    const auto began = now;
    for (int i = 0; i < 10'000; ++i) {
        if (auto work = book.next(now)) return std::pair(std::chrono::duration<double>(now - began).count(), *work);
        auto wake = book.wake_at(now);
        if (wake == Steady::max()) return std::nullopt;
        now = std::max(wake, now + milliseconds(1));
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("package names as the schema has them (xsi.md 5.3)") {
    CHECK(name(Package::advanced_call) == "Advanced Call");
    CHECK(name(Package::do_not_disturb) == "Do Not Disturb");
    CHECK(name(Package::forwarding_always) == "Call Forwarding Always");
    CHECK(name(Package::call_center_agent) == "Call Center Agent");
    CHECK(name(Package::voice_mail) == "Voice Mail Message Summary");
    CHECK(followed(true).size() == package_count);
    CHECK(std::ranges::find(followed(false), Package::voice_mail) == followed(false).end());
}

TEST_CASE("order of interest: preferred ones, then everybody's calls, then the services") {
    Subscriptions book;
    std::map<Index, std::string> what;
    for (LineIndex line = 0; line < 3; ++line)
        for (Package package : packages)
            what[book.add(line, package, true)] = std::to_string(line) + " " + std::string(name(package));
    for (auto [index, text] : what)
        if (text.starts_with("2 ")) book.prefer(index);
    std::vector<std::string> asked;
    while (auto work = book.next(start)) {
        CHECK(work->kind == Kind::subscribe);
        asked.push_back(what[work->index]);
    }
    CHECK(asked == std::vector<std::string>{"2 Advanced Call", "2 Do Not Disturb", "2 Call Forwarding Always",
                                            "2 Call Center Agent", "2 Voice Mail Message Summary", "0 Advanced Call",
                                            "1 Advanced Call", "0 Do Not Disturb", "1 Do Not Disturb",
                                            "0 Call Forwarding Always", "1 Call Forwarding Always",
                                            "0 Call Center Agent", "1 Call Center Agent",
                                            "0 Voice Mail Message Summary", "1 Voice Mail Message Summary"});
    CHECK(book.asking() == 15);
    CHECK(book.next(start) == std::nullopt);
}

TEST_CASE("looking at somebody a million times while the platform is away costs nothing") {
    Subscriptions book;
    auto index = book.add(1, Package::advanced_call, true);
    auto before = mallinfo2().uordblks;
    for (int i = 0; i < 1'000'000; ++i)
        book.prefer(index);
    CHECK(mallinfo2().uordblks - before < 100'000);
    CHECK(book.next(start)->index == index);
    CHECK(book.next(start) == std::nullopt);
    book.prefer(index); // nothing is pending any more
    CHECK(book.next(start) == std::nullopt);
}

TEST_CASE("subscribed: the first event makes it stand; a lost first event is asked for by a refresh") {
    Subscriptions book;
    auto index = book.add(7, Package::do_not_disturb, true);
    CHECK(book.line(index) == 7);
    CHECK(book.package(index) == Package::do_not_disturb);
    CHECK(book.next(start)->kind == Kind::subscribe);
    book.on_subscribed(index, "s1", 3600, start);
    CHECK(book.state(index) == State::awaiting);
    CHECK(book.find("s1") == index);
    SUBCASE("it comes") {
        CHECK(book.on_event(index, at(1)));
        CHECK_FALSE(book.on_event(index, at(2)));
        CHECK(book.state(index) == State::standing);
        auto next = due(book, at(2));
        REQUIRE(next);
        CHECK(next->second.kind == Kind::refresh);
        CHECK(next->first >= 1400); // half of the expiry, less up to a fifth of jitter
        CHECK(next->first <= 1800);
    }
    SUBCASE("it does not come: refreshed after some seconds, then ever less often, never given up") {
        double waited = 0;
        auto now = start;
        for (int i = 0; i < 12; ++i) {
            auto next = due(book, now);
            REQUIRE(next);
            CHECK(next->second.kind == Kind::refresh);
            CHECK(next->first >= 4);
            CHECK(next->first <= (i == 0 ? 10 : 300));
            waited = next->first;
            now += milliseconds(static_cast<long>(next->first * 1000));
            book.on_refreshed(index, 3600, now);
            CHECK(book.state(index) == State::awaiting);
        }
        CHECK(waited >= 200); // a package that never sends a first event must not be refreshed every 20 seconds
        CHECK(book.on_event(index, now));
        CHECK(book.state(index) == State::standing);
    }
    SUBCASE("it comes while the refresh is under way") {
        auto next = due(book, start);
        CHECK(book.on_event(index, at(next->first)));
        book.on_refreshed(index, 3600, at(next->first + 1));
        CHECK(book.state(index) == State::standing);
    }
}

TEST_CASE("a group's subscription has no first event and stands at once (5.4)") {
    Subscriptions book;
    auto index = book.add(no_line, Package::advanced_call, false);
    CHECK(book.next(start));
    book.on_subscribed(index, "g1", 86'400, start);
    CHECK(book.state(index) == State::standing);
    auto next = due(book, start);
    REQUIRE(next);
    CHECK(next->second.kind == Kind::refresh);
    CHECK(next->first <= 1800); // at least each half hour (xsi.md 10.5)
    CHECK(next->first >= 1400);
}

TEST_CASE("short expiries are refreshed at half of what the server returned") {
    struct Row {
        long expires_s;
        double at_least, at_most;
    };
    for (const Row& row : {Row{600, 238, 300}, Row{60, 22, 30}, Row{2, 0, 1.1}, Row{0, 0, 1.1}, Row{-5, 0, 1.1},
                           Row{2147483647, 1400, 1800}}) {
        CAPTURE(row.expires_s);
        Subscriptions book;
        standing(book, "s", start, row.expires_s);
        auto next = due(book, start);
        REQUIRE(next);
        CHECK(next->first >= row.at_least);
        CHECK(next->first <= row.at_most);
    }
}

TEST_CASE("refused (403, 404): a second opinion soon, then hourly, and it does not hold anything up") {
    Subscriptions book;
    auto index = book.add(1, Package::call_center_agent, true);
    CHECK(book.next(start));
    book.on_refused(index, start);
    CHECK(book.state(index) == State::refused);
    CHECK(book.count(State::refused) == 1);
    auto second = due(book, start);
    REQUIRE(second);
    CHECK(second->first <= 15);
    CHECK(second->second.kind == Kind::subscribe);
    auto now = at(second->first);
    for (int i = 0; i < 3; ++i) {
        book.on_refused(index, now);
        auto next = due(book, now);
        REQUIRE(next);
        CHECK(next->second.kind == Kind::subscribe);
        CHECK(next->first >= 2800);
        CHECK(next->first <= 3600);
        now += milliseconds(static_cast<long>(next->first * 1000));
    }
    book.on_subscribed(index, "s", 3600, now); // granted in the end
    CHECK(book.state(index) == State::awaiting);
}

TEST_CASE("failed (5xx, time-out): again after a second, ever less often, at most five minutes") {
    Subscriptions book;
    auto index = book.add(1, Package::advanced_call, true);
    auto now = start;
    double last = 0;
    for (int i = 0; i < 15; ++i) {
        auto next = due(book, now);
        REQUIRE(next);
        CHECK(next->second.kind == Kind::subscribe);
        CHECK(next->first <= 300);
        if (i == 1) CHECK(next->first <= 1);
        last = next->first;
        now += milliseconds(static_cast<long>(next->first * 1000));
        book.on_failed(index, now);
        CHECK(book.state(index) == State::wanted);
    }
    CHECK(last >= 200);
}

TEST_CASE("a refresh that fails leaves it standing and is repeated") {
    Subscriptions book;
    auto index = standing(book, "s1", start);
    book.refresh_now(index);
    CHECK(book.next(at(1))->kind == Kind::refresh);
    book.on_failed(index, at(2));
    auto next = due(book, at(2));
    REQUIRE(next);
    CHECK(next->second.kind == Kind::refresh); // it stands on the server: no new POST
    CHECK(next->first <= 1);
}

TEST_CASE("busy (the server asks for patience): again after a second, and not counted as a failure") {
    Subscriptions book;
    auto index = book.add(1, Package::advanced_call, true);
    auto now = start;
    for (int i = 0; i < 20; ++i) {
        auto next = due(book, now);
        REQUIRE(next);
        CHECK(next->second.kind == Kind::subscribe);
        CHECK(next->first <= 1);
        now += milliseconds(static_cast<long>(next->first * 1000));
        book.on_busy(index, now);
        CHECK(book.state(index) == State::wanted);
    }
}

TEST_CASE("a gap whose snapshot gets lost as well: refreshed again until something comes") {
    Subscriptions book;
    auto index = standing(book, "s1", start);
    book.refresh_now(index);
    CHECK(book.next(at(1))->kind == Kind::refresh);
    book.on_refreshed(index, 3600, at(2)); // answered, but no event follows
    auto again = due(book, at(2));
    REQUIRE(again);
    CHECK(again->second.kind == Kind::refresh);
    CHECK(again->first <= 10);
    CHECK(book.on_event(index, at(9)));
    book.on_refreshed(index, 3600, at(10));
    CHECK(book.state(index) == State::standing);
    CHECK(due(book, at(10))->first >= 1400);
}

TEST_CASE("gone (terminated, or unknown at its refresh): asked anew after a second; flapping ones ever less often") {
    Subscriptions book;
    auto index = standing(book, "s0", start);
    auto now = start;
    double last = 0;
    for (int i = 1; i < 15; ++i) { // granted and taken away, again and again
        book.expected(index) = 9;
        book.on_gone(index, now);
        CHECK(book.state(index) == State::wanted);
        CHECK(book.expected(index) == 0);
        auto next = due(book, now);
        REQUIRE(next);
        CHECK(next->second.kind == Kind::subscribe);
        if (i == 1) CHECK(next->first <= 1);
        CHECK(next->first <= 300);
        last = next->first;
        now += milliseconds(static_cast<long>(next->first * 1000));
        book.on_subscribed(index, "s" + std::to_string(i), 3600, now);
        book.on_event(index, now);
    }
    CHECK(last >= 200);
    CHECK(book.find("s0") == std::nullopt); // an end of the old id concerns nobody (5.4)
    CHECK(book.find("s14") == index);
    SUBCASE("but one that stood until its refresh begins again with a second") {
        auto refresh = due(book, now);
        now += milliseconds(static_cast<long>(refresh->first * 1000));
        book.on_refreshed(index, 3600, now);
        book.on_gone(index, now);
        CHECK(due(book, now)->first <= 1);
    }
    SUBCASE("while a POST is under way its end is the old one's end") {
        book.on_gone(index, now);
        CHECK(due(book, now));
        book.on_gone(index, now);
        CHECK(book.state(index) == State::asking);
    }
}

TEST_CASE("a gap: refreshed at once, also when a refresh was under way already") {
    Subscriptions book;
    auto index = standing(book, "s1", start);
    book.refresh_now(index);
    book.refresh_now(index);
    CHECK(book.next(at(1))->kind == Kind::refresh);
    CHECK(book.next(at(1)) == std::nullopt);
    book.refresh_now(index); // what was missed may be newer than the answer on its way
    CHECK(book.next(at(1)) == std::nullopt);
    book.on_refreshed(index, 3600, at(2));
    auto again = book.next(at(2));
    REQUIRE(again);
    CHECK(again->kind == Kind::refresh);
    book.on_refreshed(index, 3600, at(3));
    CHECK(book.next(at(3)) == std::nullopt);
}

TEST_CASE("only refusals make the second one believed") {
    Subscriptions book;
    auto index = standing(book, "s1", start, 3600, 1);
    book.on_gone(index, start);
    auto asked = book.next(at(400));
    REQUIRE(asked);
    book.on_refused(index, at(400)); // the first one, whatever failed before
    CHECK(book.next(at(400)) == std::nullopt);
    auto second = book.next(at(420));
    REQUIRE(second);
    CHECK(second->kind == Kind::subscribe);
    book.on_refused(index, at(420));
    CHECK(book.next(at(500)) == std::nullopt); // believed: asked again hourly
    CHECK(book.next(at(420 + 3700)));
}

TEST_CASE("restart: a group's subscription counts on, unless the server begins another one") {
    Subscriptions book;
    auto index = book.add(no_line, Package::advanced_call, false);
    CHECK(book.next(start));
    book.on_subscribed(index, "g1", 3600, start);
    book.expected(index) = 17;
    book.restart();
    CHECK(book.expected(index) == 17);
    CHECK(book.next(at(1)));
    book.on_subscribed(index, "g1", 3600, at(1));
    CHECK(book.expected(index) == 17);
    book.restart();
    CHECK(book.next(at(2)));
    book.on_subscribed(index, "g2", 3600, at(2));
    CHECK(book.expected(index) == 0);
}

TEST_CASE("restart: everything is asked for again but what was refused") {
    Subscriptions book;
    auto one = standing(book, "s1", start, 3600, 1);
    auto two = book.add(2, Package::advanced_call, true);
    CHECK(book.next(start));
    book.on_subscribed(two, "s2", 3600, start);
    auto refused = book.add(3, Package::advanced_call, true);
    CHECK(book.next(start));
    book.on_refused(refused, start);
    auto failed = book.add(4, Package::advanced_call, true);
    CHECK(book.next(start));
    book.on_failed(failed, start);
    auto dropped = standing(book, "s5", start, 3600, 5);
    book.drop(dropped);
    book.expected(one) = 17;
    book.restart();
    CHECK(book.expected(one) == 0);
    std::set<Index> asked;
    while (auto work = book.next(at(0.1))) {
        CHECK(work->kind == Kind::subscribe);
        CHECK(asked.insert(work->index).second);
    }
    CHECK(asked == std::set<Index>{one, two, failed});
    CHECK(book.find("s1") == one); // ids stay known until the new ones come
    book.on_subscribed(one, "n1", 3600, at(1));
    CHECK(book.find("n1") == one);
    CHECK(book.find("s1") == std::nullopt);
    CHECK(book.on_event(one, at(1))); // its first one again
}

TEST_CASE("the same id granted again keeps its numbering; a new one begins anew") {
    Subscriptions book;
    auto index = standing(book, "s1", start);
    book.on_gone(index, start);
    CHECK(due(book, start));
    book.expected(index) = 5; // events have come before the answer
    book.on_subscribed(index, "s1", 3600, at(2));
    CHECK(book.expected(index) == 5);
    book.on_gone(index, at(3));
    CHECK(due(book, at(3)));
    book.expected(index) = 5;
    book.on_subscribed(index, "s2", 3600, at(9));
    CHECK(book.expected(index) == 0);
}

TEST_CASE("dropped: not asked for, not found, its place used again, but not while an answer is on its way") {
    Subscriptions book;
    auto waiting = book.add(1, Package::advanced_call, true);
    book.drop(waiting);
    book.drop(waiting);
    CHECK(book.next(start) == std::nullopt);
    CHECK(book.size() == 0);
    auto next = book.add(2, Package::call_center_agent, true);
    CHECK(next == waiting);
    CHECK(book.next(start)->index == next);
    book.drop(next); // its POST is under way
    auto other = book.add(3, Package::advanced_call, true);
    CHECK(other != next);
    book.on_subscribed(next, "late", 3600, at(1)); // the answer comes after all
    book.on_failed(next, at(1));
    book.on_refused(next, at(1));
    book.on_gone(next, at(1));
    CHECK(book.state(next) == State::dropped);
    CHECK(book.find("late") == std::nullopt);
    CHECK(book.size() == 1);
    CHECK(book.next(at(1))->index == other);
    CHECK(due(book, at(1)) == std::nullopt);
}

TEST_CASE("refreshes of many are spread, not sent in one second") {
    Subscriptions book;
    for (LineIndex line = 0; line < 3000; ++line)
        book.add(line, Package::advanced_call, true);
    while (auto work = book.next(start)) {
        book.on_subscribed(work->index, "s" + std::to_string(work->index), 3600, start);
        book.on_event(work->index, start);
    }
    std::map<long, int> per_second;
    for (long s = 0; s <= 1801; ++s)
        while (auto work = book.next(at(static_cast<double>(s)))) {
            CHECK(work->kind == Kind::refresh);
            ++per_second[s];
            book.on_refreshed(work->index, 3600, at(static_cast<double>(s)));
        }
    int most = 0;
    int all = 0;
    for (auto [second, count] : per_second)
        most = std::max(most, count), all += count;
    CHECK(all >= 3000);
    CHECK(most <= 40); // 3000 over 360 seconds
}

TEST_CASE("100 000 lines: ids found, replaced, forgotten; compacted; what an entry weighs") {
    constexpr Index count = 400'000;
    auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
    Subscriptions book;
    auto id_of = [](Index index, int generation) {
        return "0c2c9b1e-" + std::to_string(index) + "-4c55-9d0c-" + std::to_string(generation);
    };
    for (LineIndex line = 0; line < count / 4; ++line)
        for (Package package : followed(false))
            book.add(line, package, true);
    while (auto work = book.next(start))
        book.on_subscribed(work->index, id_of(work->index, 0), 3600, start);
    auto bytes = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    MESSAGE("bytes per subscription: ", bytes / count, ", four per line");
    for (Index index = 0; index < count; index += 1009)
        CHECK(book.find(id_of(index, 0)) == index);
    for (int generation = 1; generation <= 3; ++generation)
        for (Index index = 0; index < count; index += 2) {
            book.on_gone(index, start);
            book.on_subscribed(index, id_of(index, generation), 3600, start);
        }
    for (Index index = 0; index < count; index += 1009) {
        CHECK(book.find(id_of(index, index % 2 == 0 ? 3 : 0)) == index);
        if (index % 2 == 0) CHECK(book.find(id_of(index, 2)) == std::nullopt);
    }
    CHECK(book.find("") == std::nullopt);
    CHECK(book.find("unknown") == std::nullopt);
}

TEST_CASE("random operations against a simple model") {
    Subscriptions book;
    std::map<Index, std::string> ids; // of the model: which entry holds which id
    std::set<Index> alive;
    std::uint32_t random = 99;
    auto pick = [&](std::uint32_t below) {
        random = random * 1664525U + 1013904223U;
        return (random >> 8) % below;
    };
    auto now = start;
    int serial = 0;
    for (int i = 0; i < 40'000; ++i) {
        auto victim =
            alive.empty() ? Index{0} : *std::next(alive.begin(), pick(static_cast<std::uint32_t>(alive.size())));
        switch (pick(9)) {
        case 0:
        case 1:
            if (alive.size() < 200) alive.insert(book.add(pick(50), packages.at(pick(package_count)), pick(2) == 0));
            break;
        case 2:
            if (alive.empty() || pick(4) != 0) break;
            book.drop(victim);
            alive.erase(victim);
            ids.erase(victim);
            break;
        case 3:
        case 4:
            if (auto work = book.next(now)) {
                REQUIRE(alive.contains(work->index));
                bool subscribe = work->kind == Kind::subscribe;
                if (pick(5) == 0)
                    book.on_failed(work->index, now);
                else if (pick(8) == 0 && subscribe)
                    book.on_refused(work->index, now);
                else if (!subscribe)
                    book.on_refreshed(work->index, pick(7200), now);
                else
                    book.on_subscribed(work->index, ids[work->index] = "id-" + std::to_string(++serial), pick(7200),
                                       now);
            }
            break;
        case 5:
            if (!alive.empty()) book.on_event(victim, now);
            break;
        case 6:
            if (!alive.empty()) book.on_gone(victim, now);
            break;
        case 7:
            if (!alive.empty()) book.refresh_now(victim), book.prefer(victim);
            break;
        default:
            now += milliseconds(pick(60'000));
            if (pick(500) == 0) book.restart();
        }
        REQUIRE(book.size() == alive.size());
        if (i % 100 != 0) continue;
        std::size_t counted = 0;
        for (auto state :
             {State::wanted, State::asking, State::awaiting, State::standing, State::refreshing, State::refused})
            counted += book.count(state);
        REQUIRE(counted == alive.size());
        for (const auto& [index, id] : ids)
            if (!id.empty()) REQUIRE(book.find(id) == index);
        REQUIRE(book.find("id-" + std::to_string(serial + 1)) == std::nullopt);
    }
    // Whatever happened, everybody gets a turn again.
    book.restart();
    std::set<Index> asked;
    for (now += std::chrono::hours(3); auto work = book.next(now);)
        asked.insert(work->index);
    CHECK(asked == alive);
}
