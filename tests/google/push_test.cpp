// Watch channels: when one is opened, replaced and stopped, and whose a notification is.
#include "here.hpp"

#include "adapters/calendars/google_push.hpp"

using namespace testing;
using calendars::GooglePush;

namespace {

const Wall begin = at("2026-01-05T08:00:00Z");

/// Opens what is due, as a service that keeps to the wished end would.
google::ChannelWish open(GooglePush& push, const std::string& calendar, Wall now,
                         std::chrono::hours life = GooglePush::life) {
    auto due = push.due(calendar, now);
    REQUIRE(due.open);
    push.opened(calendar, {.id = due.open->id, .resource_id = "r-" + due.open->id, .expires = now + life}, now);
    return *due.open;
}

} // namespace

TEST_CASE("notifications come where Google can reach us") {
    CHECK(GooglePush::make("") == nullptr);
    CHECK(GooglePush::make("http://lamps.example.net") == nullptr);
    CHECK(GooglePush::make("http://127.0.0.1:8080") != nullptr);
    auto push = GooglePush::make("https://lamps.example.net/phones/");
    REQUIRE(push);
    auto due = push->due("reception", begin);
    REQUIRE(due.open);
    CHECK(due.open->address == "https://lamps.example.net/phones/hooks/google");
    CHECK(due.open->expires == begin + 24h);
    CHECK(due.open->id.size() <= 64);
    CHECK(push->genuine(due.open->id, due.open->token));
}

TEST_CASE("a token belongs to one channel, and to one start of the daemon") {
    GooglePush push("https://l.example/hooks/google", "secret");
    GooglePush other("https://l.example/hooks/google", "another");
    auto wish = open(push, "reception", begin);
    auto second = open(push, "desk", begin);
    CHECK(push.genuine(wish.id, wish.token));
    CHECK(!push.genuine(wish.id, second.token));
    CHECK(!push.genuine(wish.id, ""));
    CHECK(!push.genuine("", wish.token));
    CHECK(!push.genuine(wish.id, wish.token + "x"));
    CHECK(!other.genuine(wish.id, wish.token));
    CHECK(push.calendar_of(wish.id, "exists") == "reception");
    CHECK(push.calendar_of(second.id, "exists") == "desk");
    CHECK(push.calendar_of(wish.id, "sync").empty());
    CHECK(push.calendar_of("lamplighter-old", "exists").empty());
}

TEST_CASE("the next channel is opened before the old one ends, and the old one is stopped then") {
    GooglePush push("https://l.example/hooks/google", "secret");
    auto first = open(push, "reception", begin);
    CHECK(!push.due("reception", begin + 1h).open);
    CHECK(!push.due("reception", begin + 22h).open);
    auto due = push.due("reception", begin + 23h);
    REQUIRE(due.open);
    CHECK(!due.stop);
    CHECK(push.calendar_of(due.open->id, "exists") == "reception"); // it may speak before the answer is here
    CHECK(push.calendar_of(first.id, "exists") == "reception");
    push.opened("reception", {.id = due.open->id, .resource_id = "r2", .expires = begin + 47h}, begin + 23h);
    CHECK(push.calendar_of(first.id, "exists") == "reception"); // both, for a while
    auto after = push.due("reception", begin + 23h);
    CHECK(!after.open);
    REQUIRE(after.stop);
    CHECK(after.stop->id == first.id);
    CHECK(after.stop->resource_id == "r-" + first.id);
    CHECK(!push.due("reception", begin + 23h).stop); // once
    CHECK(push.calendar_of(first.id, "exists").empty());
}

TEST_CASE("a service that shortens lives or refuses is asked in moderation") {
    GooglePush push("https://l.example/hooks/google", "secret");
    auto due = push.due("reception", begin);
    push.opened("reception", {.id = due.open->id, .resource_id = "r", .expires = begin + 40min}, begin);
    CHECK(!push.due("reception", begin + 29min).open);
    CHECK(push.due("reception", begin + 30min).open); // three quarters
    due = push.due("desk", begin);
    push.opened("desk", {.id = due.open->id, .resource_id = "r", .expires = begin}, begin); // no life at all
    CHECK(!push.due("desk", begin + 40s).open);
    CHECK(push.due("desk", begin + 60s).open);
    due = push.due("none", begin);
    push.opened("none", {.id = due.open->id, .resource_id = "r"}, begin); // no end told
    CHECK(!push.due("none", begin + 22h).open);

    auto now = begin;
    milliseconds waited{0};
    for (int i = 0; i < 12; ++i) {
        REQUIRE(push.due("bad", now).open);
        push.refused("bad", now);
        CHECK(!push.due("bad", now + 44s).open);
        auto before = now;
        while (!push.due("bad", now).open)
            now += 1s;
        waited = now - before;
    }
    CHECK(waited > 44min);
    CHECK(waited <= 60min);
    push.forget("reception");
    CHECK(push.due("reception", begin + 1min).open);
}
