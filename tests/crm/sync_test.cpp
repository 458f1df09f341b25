// One synchronisation, stepped: pages, cursors, refusals, faults, budgets.
#include "recognition/rest/presets.hpp"
#include "stand.hpp"

using namespace testing;

namespace {

std::string ids(const std::vector<Item>& items) {
    std::string all;
    for (const auto& item : items)
        all += (all.empty() ? "" : " ") + item.id;
    return all;
}

std::string with(std::string_view text, std::string_view change, std::string_view by) {
    std::string made(text);
    auto at = made.find(change);
    REQUIRE(at != std::string::npos);
    return made.replace(at, change.size(), by);
}

/// A whole reading of two records; its cursor.
std::string synced(const Preset& preset) {
    Stand stand(preset);
    stand.give((stand.ask(), answer(200, R"({"items":[{"id":1},{"id":2}]})")));
    return stand.done().cursor;
}

} // namespace

TEST_CASE("a list is read to its end, and then its changes alone") {
    Stand stand(preset_of(plain));
    stand.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1,"phone":"2001"},{"id":2}],"next":"p2","total":3})",
                                           {{"Date", "Mon, 05 Jan 2026 08:59:30 GMT"}}));
    stand.turn("/contacts?after=p2&limit=2", answer(200, R"({"items":[{"id":3}],"total":3})"));
    auto all = stand.done();
    CHECK(all.whole);
    CHECK(ids(all.items) == "1 2 3");
    CHECK(all.requests == 2);

    stand.wall += 1h;
    stand.begin(all.cursor);
    CHECK(!stand.sync->whole());
    // The service's clock counts, and changes may be told late.
    stand.turn("/changes?since=2026-01-05T08%3A58%3A30Z",
               answer(200, R"({"items":[{"id":2,"name":"B"},{"id":3,"gone":true}],"next":"x"})"));
    stand.turn("/changes?after=x&since=2026-01-05T08%3A58%3A30Z", answer(200, R"({"items":[{"id":4}]})"));
    auto changes = stand.done();
    CHECK(!changes.whole);
    CHECK(ids(changes.items) == "2 4");
    CHECK(changes.gone == std::vector<std::string>{"3"});
}

TEST_CASE("a cursor of another preset, or of nobody, is none") {
    auto cursor = synced(preset_of(plain));
    Stand other(preset_of(with(plain, "overlap_s = 60", "overlap_s = 61")), cursor);
    CHECK(other.sync->whole());
    for (const char* text : {"", "{", "[]", R"({"preset":5})", R"({"preset":"","since":"x","kept":[]})"})
        CHECK(Stand(preset_of(plain), text).sync->whole());
    CHECK(!Stand(preset_of(plain), cursor).sync->whole());
}

TEST_CASE("a list that goes in a circle, doubles, is cut or never ends is refused") {
    SUBCASE("the same cursor") {
        Stand stand(preset_of(plain));
        stand.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1},{"id":2}],"next":"p2"})"));
        stand.turn("/contacts?after=p2&limit=2", answer(200, R"({"items":[{"id":3}],"next":"p2"})"));
        CHECK(has(stand.failed().text, "same cursor twice"));
        CHECK(stand.failed().category == Category::protocol);
    }
    SUBCASE("the same page") {
        Stand stand(preset_of(plain));
        stand.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1},{"id":2}],"next":"p2"})"));
        stand.turn("/contacts?after=p2&limit=2", answer(200, R"({"items":[{"id":1},{"id":2}],"next":"p3"})"));
        CHECK(has(stand.failed().text, "same page twice"));
    }
    SUBCASE("half a page") {
        Stand stand(preset_of(plain));
        stand.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1}],"total":2})"));
        CHECK(has(stand.failed().text, "there are 2 records, and told 1"));
    }
    SUBCASE("empty pages without end") {
        Stand stand(preset_of(plain));
        for (std::size_t i = 0; i <= empty_pages_max; ++i)
            stand.give((stand.ask(), answer(200, R"({"items":[],"next":"p)" + std::to_string(i) + "\"}")));
        CHECK(has(stand.failed().text, "empty pages in a row"));
    }
    SUBCASE("a service that does not heed the page") {
        auto preset = preset_of(with(with(plain, "kind = \"cursor\"", "kind = \"page\""), "after = \"{cursor}\", limit",
                                     "page = \"{page}\", limit"));
        Stand stand(preset);
        stand.turn("/contacts?page=1&limit=2", answer(200, R"({"items":[{"id":1},{"id":2}]})"));
        stand.turn("/contacts?page=2&limit=2", answer(200, R"({"items":[{"id":1},{"id":2}]})"));
        CHECK(has(stand.failed().text, "same page twice"));
    }
}

TEST_CASE("a short page is no end where only an empty one is") {
    auto preset = preset_of(with(with(plain, "kind = \"cursor\"", "kind = \"offset\""), "after = \"{cursor}\", limit",
                                 "skip = \"{offset}\", limit"));
    Stand stand(preset);
    stand.turn("/contacts?skip=0&limit=2", answer(200, R"({"items":[{"id":1}]})")); // its own limit
    stand.turn("/contacts?skip=1&limit=2", answer(200, R"({"items":[{"id":2},{"id":3}]})"));
    stand.turn("/contacts?skip=3&limit=2", answer(200, R"({"items":[]})"));
    CHECK(ids(stand.done().items) == "1 2 3");
}

TEST_CASE("links are followed, in the body and in the header") {
    Stand body(preset_of(with(plain, "kind = \"cursor\"", "kind = \"link\"")));
    body.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1}],"next":"https://crm.example.net/x?y=1"})"));
    body.turn("https://crm.example.net/x?y=1", answer(200, R"({"items":[{"id":2}]})"));
    CHECK(ids(body.done().items) == "1 2");
    Stand header(preset_of(with(plain, "kind = \"cursor\"", "kind = \"link_header\"")));
    header.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1}]})",
                                            {{"Link", "<https://a/p>; rel=\"prev\", <https://a/n>; rel=\"next\""}}));
    header.turn("https://a/n", answer(200, R"({"items":[{"id":2}]})", {{"Link", "<https://a/p>; rel=\"prev\""}}));
    CHECK(ids(header.done().items) == "1 2");
}

TEST_CASE("faults of a page cost time, and nothing of what was read") {
    Stand stand(preset_of(plain));
    stand.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1},{"id":2}],"next":"p2"})"));
    stand.turn("/contacts?after=p2&limit=2", answer(503, "<html>503</html>", {{"Retry-After", "7"}}));
    CHECK(stand.pause() >= 7s);
    stand.turn("/contacts?after=p2&limit=2", std::unexpected(Error(Category::timeout, "It kept silent.")));
    CHECK(stand.pause() >= 1s);
    stand.turn("/contacts?after=p2&limit=2", answer(200, R"({"items":[{"id)"));
    CHECK(stand.pause() >= 1s);
    stand.turn("/contacts?after=p2&limit=2", answer(200, R"({"items":[{"id":3}]})"));
    CHECK(ids(stand.done().items) == "1 2 3");
}

TEST_CASE("faults that do not end end the synchronisation, in their category") {
    struct Row {
        Result<http::Answer> told;
        Category category;
        int pauses;
    };
    const Row rows[] = {
        {answer(500, "{}"), Category::unavailable, 5},
        {answer(200, "<html>Log in</html>"), Category::protocol, 2},
        {answer(200, R"({"items":[)"), Category::protocol, 2},
        {answer(429, "{}", {{"Retry-After", "2"}}), Category::throttled, 5},
        {answer(429, "{}", {{"Retry-After", "3600"}}), Category::throttled, 0},
        {answer(401, R"({"message":"no"})"), Category::unauthorised, 0},
        {answer(403, R"({"error":{"message":"no scope"}})"), Category::forbidden, 0},
        {answer(404, "{}"), Category::not_found, 0},
        {answer(200, R"({"error":1})"), Category::protocol, 0},
        {std::unexpected(Error(Category::network, "Not there.")), Category::network, 5},
        {std::unexpected(Error(Category::cancelled, "Stopped.")), Category::cancelled, 0},
    };
    for (const auto& row : rows) {
        Stand stand(preset_of(plain));
        int pauses = 0;
        for (;;) {
            auto step = stand.next();
            if (std::holds_alternative<Error>(step)) break;
            if (std::holds_alternative<Pause>(step)) {
                ++pauses;
                stand.pause();
                continue;
            }
            REQUIRE(std::holds_alternative<Ask>(step));
            stand.give(row.told);
        }
        CAPTURE(stand.failed().text);
        CHECK(stand.failed().category == row.category);
        CHECK(pauses == row.pauses);
    }
    CHECK(has(judge(preset_of(plain), answer(403, R"({"error":{"message":"no scope."}})"), {}).error->text,
              "403: no scope."));
}

TEST_CASE("a refused token is replaced once, where there is a source of them") {
    auto preset =
        preset_of(std::string(plain) + "[auth]\nkind = \"client_credentials\"\ntoken_url = \"https://x/token\"\n");
    Stand stand(preset);
    CHECK(!stand.ask().fresh_token);
    stand.give(answer(401, "{}"));
    CHECK(stand.ask().fresh_token);
    stand.give(answer(200, R"({"items":[{"id":1}],"next":"p2"})"));
    CHECK(!stand.ask().fresh_token);
    stand.give(answer(401, "{}"));
    CHECK(stand.ask().fresh_token);
    stand.give(answer(401, "{}"));
    CHECK(stand.failed().category == Category::unauthorised);
}

TEST_CASE("the day's budget keeps a reserve for look-ups") {
    auto preset = preset_of(std::string(plain) + "[rates]\ndaily = 4\nreserve = 0.5\n");
    Stand stand(preset);
    stand.turn("/contacts?limit=2", answer(200, R"({"items":[{"id":1}],"next":"p2"})"));
    stand.turn("/contacts?after=p2&limit=2", answer(200, R"({"items":[{"id":2}],"next":"p3"})"));
    CHECK(stand.failed().category == Category::limit);
    CHECK(stand.quota.allows(Purpose::lookup, stand.wall));
    CHECK(stand.quota.take(stand.now, stand.wall) == 0ms);
    CHECK(stand.quota.take(stand.now, stand.wall) == 0ms);
    CHECK(!stand.quota.allows(Purpose::lookup, stand.wall));
    stand.wall += 24h;
    stand.begin({});
    stand.ask();
    stand.quota.exhaust(stand.wall);
    CHECK(!stand.quota.allows(Purpose::lookup, stand.wall));
    CHECK(stand.quota.allows(Purpose::sync, stand.wall + 24h));
    Quota endless{Rates()};
    endless.exhaust(stand.wall);
    CHECK(!endless.allows(Purpose::lookup, stand.wall));
    for (int i = 0; i < 9; ++i)
        CHECK(endless.take(stand.now, stand.wall + 24h) == 0ms);
    CHECK(endless.allows(Purpose::sync, stand.wall + 24h));
}

TEST_CASE("requests are paced, and a service that has none left is left alone") {
    auto preset = preset_of(std::string(plain) +
                            "[rates]\nper_second = 2\nburst = 1\nremaining = \"x-left\"\nreset = \"x-reset\"\n");
    Stand stand(preset);
    stand.give((stand.ask(), answer(200, R"({"items":[{"id":1}],"next":"p2"})")));
    auto wait = stand.pause();
    CHECK(wait > 400ms);
    CHECK(wait <= 501ms);
    stand.give((stand.ask(), answer(200, R"({"items":[{"id":2}],"next":"p3"})", {{"X-Left", "0"}, {"X-Reset", "9"}})));
    CHECK(stand.pause() == 9s);
    stand.give((stand.ask(), answer(200, R"({"items":[{"id":3}]})")));
    stand.done();
}

TEST_CASE("HubSpot's search is read in windows by date where it is capped") {
    auto text = preset_text("hubspot", {});
    REQUIRE(text);
    auto preset = preset_of(with(with(text->text, "cap = 10000", "cap = 4"), "size = 100", "size = 2"));
    Stand first(preset);
    first.give((first.ask(), answer(200, R"({"results":[{"id":"0","properties":{}}]})")));
    Stand stand(preset, first.done().cursor);
    auto row = [](const char* id, int second) {
        return R"({"id":")" + std::string(id) + R"(","properties":{"lastmodifieddate":"2026-01-05T09:00:0)" +
               std::to_string(second) + "Z\"}}";
    };
    auto page = [](const std::string& rows, const char* after) {
        return answer(200, R"({"total":9,"results":[)" + rows + "]" +
                               (*after ? R"(,"paging":{"next":{"after":")" + std::string(after) + "\"}}" : "") + "}");
    };
    auto asked = stand.ask();
    CHECK(asked.method == http::Method::post);
    CHECK(has(asked.body, R"("value":"1767603420000")"));
    CHECK(!has(asked.body, "after"));
    stand.give(page(row("1", 1) + "," + row("2", 2), "2"));
    CHECK(has(stand.ask().body, R"("after":"2")"));
    stand.give(page(row("3", 3) + "," + row("4", 4), "4")); // the next page would begin at the cap
    asked = stand.ask();
    CHECK(has(asked.body, R"("value":"1767603604000")"));
    CHECK(!has(asked.body, "after"));
    SUBCASE("to the end") {
        stand.give(page(row("4", 4) + "," + row("5", 5), "2")); // the same cursor, of another search
        stand.give((stand.ask(), page(row("6", 6), "")));
        CHECK(stand.ask().target == "/crm/v3/objects/contacts?limit=2&archived=true");
        stand.give(answer(200, R"({"results":[{"id":"0","archived":true}]})"));
        auto done = stand.done();
        CHECK(ids(done.items) == "1 2 3 4 5 6");
        CHECK(done.gone == std::vector<std::string>{"0"});
    }
    SUBCASE("more of one instant than it tells") {
        stand.give(page(row("4", 4) + "," + row("5", 4), "2"));
        stand.give((stand.ask(), page(row("6", 4) + "," + row("7", 4), "4")));
        CHECK(has(stand.failed().text, "have one date"));
    }
}

TEST_CASE("tokens and links that have ended cost a whole reading") {
    auto token = preset_text("google-people", {});
    auto preset = preset_of(token->text);
    Stand stand(preset);
    stand.give((stand.ask(), answer(200, R"({"connections":[{"resourceName":"people/1"}],"nextSyncToken":"t1"})")));
    stand.begin(stand.done().cursor);
    CHECK(has(stand.ask().target, "&syncToken=t1"));
    stand.give(answer(400, R"({"error":{"details":[{"reason":"EXPIRED_SYNC_TOKEN"}]}})"));
    auto asked = stand.ask();
    CHECK(!has(asked.target, "syncToken="));
    stand.give(answer(200, R"({"nextSyncToken":"t2"})"));
    auto done = stand.done();
    CHECK(done.whole);
    CHECK(done.items.empty());
    CHECK(has(done.cursor, "t2"));
}

TEST_CASE("records of whom changes alone are told are read again, and those that are gone are gone") {
    auto text = preset_text("graph-users", {});
    auto preset = preset_of(text->text, {{"tenant", "t"}});
    Stand stand(preset);
    stand.give((stand.ask(), answer(200, R"({"value":[{"id":"a"},{"id":"b"}],"@odata.deltaLink":"https://g/d1"})")));
    stand.begin(stand.done().cursor);
    stand.turn(
        "https://g/d1",
        answer(
            200,
            R"({"value":[{"id":"a","displayName":"A"},{"id":"b"},{"id":"c","@removed":{}},{"id":"a"}],"@odata.deltaLink":"https://g/d2"})"));
    CHECK(has(stand.ask().target, "/v1.0/users/a?"));
    stand.give(answer(200, R"({"id":"a","displayName":"A","mobilePhone":"1"})"));
    CHECK(has(stand.ask().target, "/v1.0/users/b?"));
    stand.give(answer(404, "{}"));
    auto done = stand.done();
    CHECK(ids(done.items) == "a");
    CHECK(done.items.front().numbers.size() == 1);
    CHECK(done.gone == std::vector<std::string>{"c", "b"});
    CHECK(has(done.cursor, "https://g/d2"));
}

TEST_CASE("what has not changed is not read") {
    auto text = preset_text("generic", {});
    auto preset = preset_of(text->text, {{"url", "https://crm.example.net"}});
    Stand stand(preset);
    CHECK(!stand.ask().headers.find("If-None-Match"));
    stand.give(answer(200, R"([{"id":1,"name":"A","phone":"1"}])",
                      {{"ETag", "\"e1\""}, {"Last-Modified", "Mon, 05 Jan 2026 08:00:00 GMT"}}));
    auto done = stand.done();
    CHECK(ids(done.items) == "1");
    stand.begin(done.cursor);
    CHECK(stand.ask().headers.find("If-None-Match") == "\"e1\"");
    CHECK(stand.ask().headers.find("If-Modified-Since") == "Mon, 05 Jan 2026 08:00:00 GMT");
    stand.give(answer(304, ""));
    auto again = stand.done();
    CHECK(again.unchanged);
    CHECK(again.items.empty());
    stand.begin(again.cursor);
    CHECK(stand.ask().headers.find("If-None-Match") == "\"e1\"");
    stand.give(answer(200, "[]"));
    CHECK(!stand.done().unchanged);
}

TEST_CASE("an empty answer is an empty list") {
    Stand stand(preset_of(plain), synced(preset_of(plain)));
    stand.give((stand.ask(), answer(204, "")));
    auto done = stand.done();
    CHECK(!done.whole);
    CHECK(!done.unchanged);
    CHECK(done.items.empty());
}
