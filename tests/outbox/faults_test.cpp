// Nothing is lost: kill -9 at any moment, a full disk, a receiver that is away for long.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "faults/child.hpp"
#include "office.hpp"
#include "outbox/intake.hpp"
#include "outbox/shelf.hpp"

using namespace testing;
using calls::Happening;

namespace {

/// Told to the database of a running store.
void tell(Office& office, const std::string& sql) {
    std::optional<Result<void>> done;
    office.store().submit(
        office.loop(), [sql](store::Database& disk) { return disk.run(sql); },
        [&](const Result<void>& result) { done = result; });
    office.until([&] { return done.has_value(); });
    REQUIRE(*done);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
        lines.push_back(text.substr(at, end - at));
    return lines;
}

} // namespace

TEST_CASE("child: takes events and tells each that is on disk" * doctest::skip()) {
    auto folder = faults::folder_of_parent();
    const char* url = std::getenv("LAMP_TEST_URL");
    const char* from = std::getenv("LAMP_TEST_FROM");
    if (folder.empty() || url == nullptr || from == nullptr) return;
    Office office(folder);
    office.add(*config::parse_url(url, config::UrlShape::whole), "crm", "s");
    office.enter();
    for (int number = std::atoi(from);; ++number) {
        auto id = "call-" + std::to_string(number);
        office.outbox().take(event_of(Happening::ringing, id));
        office.until_written();
        id += "\n";
        if (::write(STDOUT_FILENO, id.data(), id.size()) < 0) return;
        office.turn();
    }
}

TEST_CASE("kill -9 between disk, sending and removal: all that was taken arrives, doubles have the same key") {
    Receiver receiver("s");
    faults::Folder folder("outbox");
    ::setenv("LAMP_TEST_URL", receiver.url().c_str(), 1);
    std::vector<std::string> taken;
    for (std::size_t round = 1; round <= 6; ++round) {
        ::setenv("LAMP_TEST_FROM", std::to_string(round * 100'000).c_str(), 1);
        faults::Child child("child: takes events and tells each that is on disk", folder.path());
        std::string told;
        auto before = receiver.requests();
        while (receiver.requests() < before + round * 17) {
            auto more = child.read();
            REQUIRE_FALSE(more.empty());
            told += more;
        }
        child.kill();
        for (auto more = child.read(); !more.empty(); more = child.read())
            told += more;
        for (auto& line : lines_of(told))
            if (line.starts_with("call-")) taken.push_back(line);
    }
    REQUIRE(taken.size() >= 6 * 17);
    Office office(folder.path());
    office.add(receiver, "crm", "s");
    office.enter();
    office.outbox().take(event_of(Happening::ringing, "last"));
    office.until([&] { return !receiver.taken().empty() && Office::ids({receiver.taken().back()})[0] == "last"; },
                 120s);
    auto arrived = Office::ids(receiver.taken());
    for (const auto& id : taken) {
        CAPTURE(id);
        CHECK(std::ranges::find(arrived, id) != arrived.end());
    }
    // What was told is in order; what had no time to be told stands between.
    std::erase_if(arrived, [&](const auto& id) { return std::ranges::find(taken, id) == taken.end(); });
    CHECK(arrived == taken);
    CHECK(receiver.faults() == "");    // among them: one key, one body
    CHECK(receiver.duplicates() <= 6); // one for each kill
}

TEST_CASE("a full disk: events wait in memory, are told of, and arrive in order") {
    Receiver receiver("s");
    Office office;
    office.add(receiver, "crm", "s");
    office.enter();
    receiver.shut(true);
    std::size_t taken = 0;
    auto take = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            office.outbox().take(event_of(Happening::ringing, "call-" + std::to_string(taken++)));
    };
    take(3);
    office.until_written();
    tell(office, "PRAGMA max_page_count=1"); // what it has now
    take(200);
    auto told = [&] {
        for (const auto& problem : office.outbox().health().problems)
            if (problem.find("wait in memory") != std::string::npos) return true;
        return false;
    };
    office.until(told);
    take(200);
    CHECK(office.outbox().health().queue == 403);
    tell(office, "PRAGMA max_page_count=100000");
    receiver.shut(false);
    office.until([&] { return office.view().delivered == 403; });
    CHECK(Office::ids(receiver.taken()) == numbered(403));
    CHECK(receiver.faults() == "");
    CHECK(office.outbox().health().problems.empty());
}

TEST_CASE("what was delivered while the disk took nothing is not sent again") {
    Receiver receiver;
    Office office;
    office.add(receiver, "crm");
    office.enter();
    receiver.shut(true);
    for (const auto& id : numbered(40))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until_written();
    tell(office, "CREATE TRIGGER full BEFORE DELETE ON outbox_letter BEGIN SELECT RAISE(ABORT, 'full'); END");
    receiver.shut(false);
    office.until([&] { return office.view().delivered == 40; });
    CHECK(receiver.requests() == 40);
    office.until([&] { return !office.outbox().health().problems.empty(); });
    tell(office, "DROP TRIGGER full");
    office.until([&] { return office.outbox().health().problems.empty(); });
    office.leave();
    office.enter();
    office.outbox().take(event_of(Happening::ringing, "last"));
    office.until([&] { return office.view().delivered == 1; });
    CHECK(receiver.requests() == 41);
}

TEST_CASE("memory for events that the disk does not take has a limit") {
    Office office;
    office.enter();
    tell(office, "CREATE TRIGGER full BEFORE INSERT ON outbox_letter BEGIN SELECT RAISE(ABORT, 'full'); END");
    std::uint64_t written = 0;
    auto intake = std::make_shared<outbox::Intake>(
        office.loop(), office.store(), [&](const std::string&, std::uint64_t letters) { written += letters; });
    unsigned taken = 0;
    auto letter = [&] {
        return outbox::Letter{.webhook = "crm",
                              .key = std::to_string(taken),
                              .event = "call.ringing",
                              .made = noon,
                              .body = std::string(1 << 20, 'x')};
    };
    while (taken < 1000 && intake->put(letter()))
        ++taken;
    CHECK(taken == 64);
    CHECK(intake->staged("crm") == 64);
    office.until([&] { return !intake->trouble().empty(); });
    tell(office, "DROP TRIGGER full");
    office.until([&] { return written == 64; });
    CHECK(intake->size() == 0);
    CHECK(intake->put(letter()));
    intake->stop();
}

TEST_CASE("after an outage the queue is caught up with at the pace that is set") {
    Receiver receiver("s");
    Office office;
    office.add(receiver, "crm", "s").rate = 100;
    office.enter();
    receiver.shut(true);
    for (const auto& id : numbered(400))
        office.outbox().take(event_of(Happening::ringing, id));
    office.until([&] { return office.view().failed >= 1 && office.view().waiting == 400; });
    CHECK(office.view().state == "retrying");
    receiver.shut(false);
    office.until([&] { return office.view().delivered == 400; });
    CHECK(Office::ids(receiver.taken()) == numbered(400));
    CHECK(receiver.duplicates() == 0);
    auto all = receiver.all();
    CHECK(all.back().at - all.front().at >= 2900ms); // a hundred at once, then a hundred a second
}

TEST_CASE("the shelf keeps order, limits dead letters, forgets webhooks that are gone") {
    faults::Folder folder("outbox");
    auto opened = store::open_current(folder.path());
    REQUIRE(opened);
    auto& disk = opened->database;
    std::vector<outbox::Letter> letters;
    for (int i = 0; i < 10'005; ++i)
        letters.push_back({.webhook = "crm", .key = std::to_string(i), .event = "e", .made = noon, .body = "b"});
    REQUIRE(disk.run("BEGIN"));
    auto fresh = outbox::put(disk, letters);
    REQUIRE(fresh);
    CHECK(std::ranges::count(*fresh, true) == 10'005);
    CHECK(std::ranges::count(*outbox::put(disk, {letters.data(), 2}), true) == 0);
    CHECK(outbox::count(disk, "crm")->waiting == 10'005);
    CHECK(outbox::count(disk, "crm")->oldest == noon);
    CHECK(outbox::waiting(disk, "crm", 0, 3)->at(2).key == "2");
    REQUIRE(outbox::bury_all(disk, "crm", "gone", noon));
    CHECK(outbox::count(disk, "crm")->dead == outbox::limits::dead_letters);
    CHECK(outbox::dead(disk, "crm", 1)->at(0).key == "5"); // the oldest went
    CHECK(*outbox::replay(disk, "crm", std::nullopt) == 10'000);
    auto first = outbox::waiting(disk, "crm", 0, 1)->at(0);
    CHECK(first.key == "5");
    first.attempts = 7;
    REQUIRE(outbox::bury(disk, first, "old", noon + 1h));
    CHECK(outbox::dead(disk, "", 9)->at(0).attempts == 7);
    CHECK(*outbox::drop(disk, "crm", first.id) == 1);
    CHECK(*outbox::drop(disk, "crm", first.id) == 0);
    REQUIRE(outbox::forget_others(disk, {"crm"}, wall_now() + 1h));
    CHECK(outbox::count(disk, "crm")->waiting == 9'999);
    REQUIRE(outbox::forget_others(disk, {}, noon));
    CHECK(outbox::count(disk, "crm")->waiting == 9'999);
    REQUIRE(outbox::forget_others(disk, {}, wall_now() + 1h));
    CHECK(outbox::count(disk, "crm")->waiting == 0);
    REQUIRE(disk.run("COMMIT"));
}
