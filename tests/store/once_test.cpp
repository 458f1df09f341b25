// What must be done once, though it is asked for again.
#include "here.hpp"
#include "store/once.hpp"

using namespace testing;

TEST_CASE("a key is begun once, settled once, and forgotten after a day") {
    Folder folder;
    auto opened = must(open_current(folder.path()));
    auto& disk = opened.database;
    const Wall now(milliseconds(1'764'154'800'000));
    CHECK_FALSE(must(begin_once(disk, "clerk\nk1", "wish", now)));
    auto going_on = must(begin_once(disk, "clerk\nk1", "another wish", now));
    REQUIRE(going_on);
    CHECK(going_on->request == "wish");
    CHECK_FALSE(going_on->outcome);
    must(settle_once(disk, "clerk\nk1", "c-1"));
    CHECK(must(begin_once(disk, "clerk\nk1", "wish", now + once_kept))->outcome == "c-1");
    CHECK_FALSE(must(begin_once(disk, "alice\nk1", "wish", now)));
    must(forget_once(disk, "alice\nk1"));
    CHECK_FALSE(must(begin_once(disk, "alice\nk1", "wish", now)));
    CHECK_FALSE(must(begin_once(disk, "clerk\nk1", "wish", now + once_kept + 1ms)));
}

TEST_CASE("there is a limit to what is remembered") {
    Folder folder;
    auto opened = must(open_current(folder.path()));
    must(opened.database.script("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
                                "INSERT INTO once(key, request, at) SELECT i, '', 1 FROM n"));
    auto full = begin_once(opened.database, "new", "wish", Wall(milliseconds(1)));
    REQUIRE_FALSE(full);
    CHECK(full.error().category == Category::limit);
    CHECK(must(begin_once(opened.database, "7", "wish", Wall(milliseconds(1)))));
}
