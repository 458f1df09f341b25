// What an order leaves behind when a part of the daemon fails.
#include <doctest/doctest.h>

#include <memory>
#include <optional>

#include "faults/folder.hpp"
#include "faults/must.hpp"
#include "in_files.hpp"
#include "privacy/eraser.hpp"

using namespace lamp;
using namespace lamp::privacy;
using namespace std::chrono_literals;

namespace {

using faults::must;

struct House {
    faults::Folder folder{"eraser"};
    Loop loop{"test"};
    std::unique_ptr<store::Store> store = must(store::Store::open({.folder = folder.path()}));
    Eraser eraser{loop, *store, "NL"};

    House() {
        std::optional<bool> written;
        store->submit(
            loop,
            [](store::Database& disk) {
                return disk.run("INSERT INTO forwarding_audit VALUES(1,1,'l','w','w','to 06 12345678')");
            },
            [&](const Result<void>& done) { written = done.has_value(); });
        turn_until([&] { return written == true; });
    }
    void turn_until(auto reached) {
        loop.context().restart();
        for (auto until = steady_now() + 10s; !reached() && steady_now() < until;)
            loop.context().run_one_until(until);
        REQUIRE(reached());
    }
    Result<calls::PrivacyDone> erase() {
        std::optional<Result<calls::PrivacyDone>> answer;
        eraser.erase({.number = "0612345678", .by = "ops"},
                     [&](Result<calls::PrivacyDone> done) { answer = std::move(done); });
        turn_until([&] { return answer.has_value(); });
        return *answer;
    }
    std::vector<calls::PrivacyErasure> erasures() {
        std::optional<std::vector<calls::PrivacyErasure>> all;
        eraser.erasures(10, [&](Result<std::vector<calls::PrivacyErasure>> found) { all = must(std::move(found)); });
        turn_until([&] { return all.has_value(); });
        return *all;
    }
};

} // namespace

TEST_CASE("rows that are gone are noted and off the disk, also when a part behind them does not answer") {
    House house;
    house.eraser.add([](const Request&, const Eraser::Reply<calls::PrivacyPlace>&) {}, 20ms);
    CHECK(testing::in_files(house.folder.path(), "06 12345678"));
    auto done = house.erase();
    REQUIRE(!done);
    CHECK(done.error().category == Category::timeout);
    auto erasures = house.erasures();
    REQUIRE(erasures.size() == 1);
    CHECK(erasures[0].by == "ops");
    CHECK(erasures[0].found == 1);
    CHECK(!testing::in_files(house.folder.path(), "12345678"));
}
