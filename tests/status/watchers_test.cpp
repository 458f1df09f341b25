// /v1/watchers, and what `why`, status and metrics tell of watchers.
#include <doctest/doctest.h>

#include "office.hpp"

using namespace testing;
using namespace lamp;
using namespace std::chrono_literals;

namespace {

template <class T>
status::Ask<T> always(T answer) {
    return [answer](status::Reply<T> reply) { reply(answer); };
}

status::WatcherView watcher(std::string who, Wall since, std::optional<presence::Slot> person) {
    status::WatcherView view;
    view.watcher = std::move(who);
    view.resource = "sip:2101@pbx.example";
    view.package = "dialog";
    view.from = "10.4.0.17:5060";
    view.state = "active";
    view.since = since;
    view.person = person;
    return view;
}

std::vector<std::string> watching(const json::value& items) {
    std::vector<std::string> found;
    for (const auto& item : items.as_array())
        found.emplace_back(item.at("watcher").as_string().c_str());
    return found;
}

} // namespace

TEST_CASE("watchers: page by page in the order in which they began, of all or of one person") {
    const auto at = parse_rfc3339("2026-11-22T10:00:00.000Z").value();
    auto whole = watcher("2150@pbx.example", at, 0);
    whole.expires = at + 1h;
    whole.last_notify = at + 1s;
    whole.last_answer = "200 OK";
    auto over = watcher("2151@pbx.example", at + 2s, 999); // of somebody who has left
    over.state = "terminated";
    over.why_ended = "timeout";
    status::Ports ports;
    ports.watchers = always(std::vector{over, watcher("2152@pbx.example", at + 1s, {}), whole});
    presence::Slot asked = 999;
    ports.watchers_of = [&](presence::Slot slot, status::Reply<std::vector<status::WatcherView>> reply) {
        asked = slot;
        reply({watcher("2153@pbx.example", at + 1s, 1), watcher("2150@pbx.example", at, 1)});
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    auto first = client.get("/v1/watchers?limit=2", viewer).json();
    CHECK(watching(first.at("items")) == std::vector<std::string>{"2150@pbx.example", "2152@pbx.example"});
    auto item = json::serialize(first.at("items").at(0));
    CHECK(item == R"({"watcher":"2150@pbx.example","resource":"sip:2101@pbx.example","person":"alice@example.net",)"
                  R"("package":"dialog","from":"10.4.0.17:5060","state":"active","since":"2026-11-22T10:00:00.000Z",)"
                  R"("expires":"2026-11-22T11:00:00.000Z","last_notify":"2026-11-22T10:00:01.000Z",)"
                  R"("last_answer":"200 OK","why_ended":null})");
    CHECK(first.at("items").at(1).at("person").is_null());
    CHECK(first.at("items").at(1).at("expires").is_null());
    CHECK(first.at("items").at(1).at("last_answer").is_null());
    auto second = client.get("/v1/watchers?cursor=" + std::string(first.at("next").as_string()), viewer).json();
    CHECK(watching(second.at("items")) == std::vector<std::string>{"2151@pbx.example"});
    CHECK(second.at("items").at(0).at("person").is_null());
    CHECK(second.at("items").at(0).at("why_ended").as_string() == "timeout");
    CHECK(second.at("next").is_null());

    auto bobs = client.get("/v1/watchers?person=bob%40example.net", viewer).json();
    CHECK(asked == office.people->find("bob@example.net"));
    CHECK(watching(bobs.at("items")) == std::vector<std::string>{"2150@pbx.example", "2153@pbx.example"});
    auto why = client.get("/v1/presence/bob%40example.net/why", viewer).json();
    CHECK(watching(why.at("watchers")) == std::vector<std::string>{"2150@pbx.example", "2153@pbx.example"});
    CHECK(why.at("watchers").at(0).at("person").as_string() == "bob@example.net");

    CHECK(client.get("/v1/watchers?person=nobody", viewer).status == 404);
    CHECK(client.get("/v1/watchers?person=", viewer).status == 404);
    CHECK(client.get("/v1/watchers?limit=0", viewer).status == 400);
    CHECK(client.get("/v1/watchers?cursor=x", viewer).status == 400);
    CHECK(client.get("/v1/watchers?watcher=x", viewer).status == 400);
    CHECK(client.get("/v1/watchers", accountant).status == 403);
    CHECK(client.get("/v1/watchers").status == 401);
}

TEST_CASE("watchers: none without SIP; counted in status and metrics") {
    {
        Office office;
        auto client = office.client();
        CHECK(client.get("/v1/watchers", viewer).body == R"({"items":[],"next":null})");
        CHECK(client.get("/v1/watchers?person=bob%40example.net", viewer).body == R"({"items":[],"next":null})");
        CHECK(client.get("/v1/presence/bob%40example.net/why", viewer).json().at("watchers").as_array().empty());
        CHECK(client.get("/v1/status", viewer).json().at("watchers").as_array().empty());
        CHECK(client.get("/metrics", viewer).body.find("lamplighter_watchers") == std::string::npos);
    }
    status::Ports ports;
    ports.watcher_counts =
        always(std::vector<status::WatcherCount>{{"dialog", "active", 12}, {"presence", "pending", 1}});
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    CHECK(json::serialize(client.get("/v1/status", viewer).json().at("watchers")) ==
          R"([{"package":"dialog","state":"active","count":12},{"package":"presence","state":"pending","count":1}])");
    auto metrics = client.get("/metrics", viewer).body;
    CHECK(metrics.find("\nlamplighter_watchers{package=\"dialog\",state=\"active\"} 12\n") != std::string::npos);
    CHECK(metrics.find("\nlamplighter_watchers{package=\"presence\",state=\"pending\"} 1\n") != std::string::npos);
}
