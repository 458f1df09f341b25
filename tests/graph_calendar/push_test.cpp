// Subscriptions to mailboxes: when one is made and renewed, and whose a notification is.
#include "google/here.hpp"

#include "adapters/calendars/graph_push.hpp"

using namespace testing;
using calendars::GraphPush;
using After = GraphPush::After;

namespace {

const Wall begin = at("2026-01-05T08:00:00Z");

graph::EventsWish make(GraphPush& push, const std::string& calendar, const std::string& id, Wall now = begin) {
    auto due = push.due(calendar, calendar + "@example.net", now);
    REQUIRE(due.make);
    CHECK(push.expects_test());
    graph::Subscription made;
    made.id = id;
    made.expires = now + GraphPush::life;
    push.made(calendar, made, now);
    CHECK(!push.expects_test());
    return *due.make;
}

graph::Delivery delivery(std::string id, std::string secret, graph::Lifecycle event = graph::Lifecycle::none) {
    graph::Delivery all;
    auto& one = all.notifications.emplace_back();
    one.subscription_id = std::move(id);
    one.client_state = std::move(secret);
    one.lifecycle = event;
    return all;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("subscriptions are made where Graph can reach us") {
    CHECK(GraphPush::make("") == nullptr);
    CHECK(GraphPush::make("http://lamps.example.net") == nullptr);
    auto push = GraphPush::make("https://lamps.example.net/phones/");
    REQUIRE(push);
    auto wish = make(*push, "sales", "s1");
    CHECK(wish.notification_url == "https://lamps.example.net/phones/hooks/graph/calendars");
    CHECK(wish.lifecycle_url == wish.notification_url);
    CHECK(wish.expires == begin + 48h);
    CHECK(wish.client_state.size() >= 40);
    CHECK(wish.client_state.size() <= graph::client_state_max);
    std::string body;
    graph::append_events_subscription(body, wish);
    CHECK(body.find(R"("resource":"/users/sales@example.net/events")") != std::string::npos);
    CHECK(body.find(R"("changeType":"created,updated,deleted")") != std::string::npos);
}

TEST_CASE("a notification knows the secret of one subscription") {
    GraphPush push("https://l.example/hooks/graph/calendars");
    auto sales = make(push, "sales", "s1");
    auto desk = make(push, "desk", "s2");
    CHECK(push.changed(delivery("s1", sales.client_state), begin) == Names{"sales"});
    CHECK(push.changed(delivery("s2", desk.client_state), begin) == Names{"desk"});
    CHECK(push.changed(delivery("s1", desk.client_state), begin).empty());
    CHECK(push.changed(delivery("s1", ""), begin).empty());
    CHECK(push.changed(delivery("s1", sales.client_state + "x"), begin).empty());
    CHECK(push.changed(delivery("s9", sales.client_state), begin).empty());
    auto both = delivery("s1", sales.client_state);
    both.notifications.push_back(both.notifications.front());
    both.notifications.push_back(delivery("s2", desk.client_state).notifications.front());
    CHECK(push.changed(both, begin) == Names{"sales", "desk"}); // each once
    push.forget("sales");
    CHECK(push.changed(delivery("s1", sales.client_state), begin).empty());
}

TEST_CASE("a notification that comes before the answer") {
    GraphPush push("https://l.example/hooks/graph/calendars");
    auto due = push.due("sales", "sales@example.net", begin);
    REQUIRE(due.make);
    CHECK(push.changed(delivery("s1", due.make->client_state), begin) == Names{"sales"});
    CHECK(!push.due("sales", "sales@example.net", begin).make); // one at a time
}

TEST_CASE("renewed at half its life, made anew when it is gone") {
    GraphPush push("https://l.example/hooks/graph/calendars");
    (void)make(push, "sales", "s1");
    CHECK(push.due("sales", "m", begin + 23h).renew.empty());
    auto due = push.due("sales", "m", begin + 24h);
    CHECK(due.renew == "s1");
    CHECK(due.expires == begin + 72h);
    push.refused("sales", After::kept, begin + 24h); // nobody there
    CHECK(push.due("sales", "m", begin + 24h).renew.empty());
    CHECK(push.due("sales", "m", begin + 24h + 2min).renew == "s1");
    push.renewed("sales", begin + 72h, begin + 24h + 2min);
    CHECK(push.due("sales", "m", begin + 47h).renew.empty());
    CHECK(push.due("sales", "m", begin + 49h).renew == "s1");
    push.refused("sales", After::gone, begin + 49h);
    CHECK(!push.due("sales", "m", begin + 49h).make);
    CHECK(push.due("sales", "m", begin + 49h + 2min).make);
}

TEST_CASE("a creation that is refused is tried ever more rarely") {
    GraphPush push("https://l.example/hooks/graph/calendars");
    auto now = begin;
    for (auto wait : {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
        CAPTURE(wait.count());
        REQUIRE(push.due("sales", "m", now).make);
        push.refused("sales", After::gone, now);
        CHECK(!push.expects_test());
        CHECK(!push.due("sales", "m", now + wait / 2).make);
        now += wait;
    }
}

TEST_CASE("lifecycle") {
    using enum graph::Lifecycle;
    GraphPush push("https://l.example/hooks/graph/calendars");
    auto wish = make(push, "sales", "s1");
    auto later = begin + 5min;
    CHECK(push.changed(delivery("s1", wish.client_state, missed), later) == Names{"sales"});
    CHECK(push.due("sales", "m", later).renew.empty());
    CHECK(push.changed(delivery("s1", "guessed", subscription_removed), later).empty());
    CHECK(!push.due("sales", "m", later).make);
    CHECK(push.changed(delivery("s1", wish.client_state, reauthorization_required), later) == Names{"sales"});
    CHECK(push.due("sales", "m", later).renew == "s1");
    push.renewed("sales", later + 48h, later);
    CHECK(push.changed(delivery("s1", wish.client_state, subscription_removed), later) == Names{"sales"});
    CHECK(push.due("sales", "m", later).make);
}
