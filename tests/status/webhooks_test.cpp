// /v1/webhooks: listings, and what operators may do.
#include <doctest/doctest.h>

#include "office.hpp"

using namespace testing;
using namespace lamp;
using namespace std::chrono_literals;

namespace {

const auto at = parse_rfc3339("2026-11-26T12:00:00.000Z").value();

status::Ports with_webhooks(std::vector<calls::WebhookOrder>& orders) {
    status::Ports ports;
    ports.webhooks = [](status::Reply<std::vector<calls::WebhookView>> reply) {
        calls::WebhookView view{
            .name = "crm", .format = "json", .place = "https://crm.example.net", .state = "retrying"};
        view.waiting = 3;
        view.dead = 1;
        view.oldest = view.next_attempt = at;
        view.last_error = "It was silent.";
        reply({view});
    };
    ports.dead_letters = [](const std::string& webhook, std::size_t most,
                            status::Reply<Result<std::vector<calls::DeadLetter>>> reply) {
        if (webhook != "crm") return reply(fail(Category::not_found, "There is no such webhook."));
        std::vector<calls::DeadLetter> letters;
        for (std::int64_t id = 1; id <= 3 && letters.size() < most; ++id)
            letters.push_back({id, "crm", "k", "call.ringing", at, at + 1h, 9, "It answers 404."});
        reply(letters);
    };
    ports.webhook = [&orders](calls::WebhookOrder order, status::Reply<Result<calls::WebhookDone>> reply) {
        orders.push_back(order);
        if (order.webhook != "crm") return reply(fail(Category::not_found, "There is no such webhook."));
        reply(calls::WebhookDone{2, "Two events wait to be sent again."});
    };
    return ports;
}

} // namespace

TEST_CASE("webhooks: who is told, what was given up, what operators do") {
    std::vector<calls::WebhookOrder> orders;
    Office office(default_options(), with_webhooks(orders));
    auto client = office.client();
    CHECK(json::serialize(client.get("/v1/webhooks", viewer).json().at("items")) ==
          R"([{"name":"crm","format":"json","place":"https://crm.example.net","state":"retrying","waiting":3,)"
          R"("oldest":"2026-11-26T12:00:00.000Z","dead":1,"delivered":0,"failed":0,"refused":0,"last_success":null,)"
          R"("next_attempt":"2026-11-26T12:00:00.000Z","last_error":"It was silent."}])");
    auto first = client.get("/v1/webhooks/crm/dead?limit=2", administrator).json();
    CHECK(json::serialize(first.at("items").at(1)) ==
          R"({"letter":2,"webhook":"crm","key":"k","event":"call.ringing","made":"2026-11-26T12:00:00.000Z",)"
          R"("died":"2026-11-26T13:00:00.000Z","attempts":9,"reason":"It answers 404."})");
    auto rest = client.get("/v1/webhooks/crm/dead?cursor=" + std::string(first.at("next").as_string()), administrator);
    CHECK(rest.json().at("items").as_array().size() == 1);
    CHECK(client.get("/v1/webhooks/other/dead", administrator).status == 404);
    CHECK(client.get("/v1/webhooks/crm/dead", viewer).status == 403);

    CHECK(client.request("POST", "/v1/webhooks/crm/test", administrator).status == 200);
    auto replayed = client.request("POST", "/v1/webhooks/crm/replay", administrator);
    CHECK(json::serialize(replayed.json()) == R"({"count":2,"text":"Two events wait to be sent again."})");
    CHECK(client.request("POST", "/v1/webhooks/crm/replay?letter=7", administrator).status == 200);
    CHECK(client.request("DELETE", "/v1/webhooks/crm/dead?letter=8", administrator).status == 200);
    REQUIRE(orders.size() == 4);
    using enum calls::WebhookVerb;
    CHECK(orders[0].verb == test);
    CHECK((orders[1].verb == replay && !orders[1].letter));
    CHECK((orders[2].verb == replay && orders[2].letter == 7));
    CHECK((orders[3].verb == drop && orders[3].letter == 8));
    CHECK(orders[3].by == "root");

    CHECK(client.request("POST", "/v1/webhooks/other/replay", administrator).status == 404);
    CHECK(client.request("POST", "/v1/webhooks/crm/replay?letter=x", administrator).status == 400);
    CHECK(client.request("POST", "/v1/webhooks/crm/test?letter=7", administrator).status == 400);
    CHECK(client.request("POST", "/v1/webhooks/crm/replay", operating).status == 403);
    CHECK(client.request("DELETE", "/v1/webhooks/crm/dead", viewer).status == 403);
    CHECK(orders.size() == 5);
}

TEST_CASE("webhooks: a daemon without them") {
    Office office;
    auto client = office.client();
    CHECK(client.get("/v1/webhooks", viewer).json().at("items").as_array().empty());
    CHECK(client.get("/v1/webhooks/crm/dead", administrator).status == 501);
    CHECK(client.request("POST", "/v1/webhooks/crm/test", administrator).status == 501);
}
