// /v1/zoho and its hooks: what is shown, who may order what, how orders arrive.
#include <doctest/doctest.h>

#include "office.hpp"

using namespace testing;
using namespace lamp;

namespace {

fanout::LinksView view() {
    fanout::LinksView made{.state = "up", .account = "admin@example.net", .endpoint = "https://www.zohoapis.eu"};
    made.links.push_back({.line = "2000",
                          .number = "+31201230001",
                          .person = "alice@example.net",
                          .user = "5550001",
                          .user_name = "Alice",
                          .user_email = "alice@example.net",
                          .state = "linked",
                          .origin = "people"});
    made.links.push_back({.line = "2001", .person = "bob@example.net", .state = "off"});
    made.users.push_back({"5550001", "Alice", "alice@example.net", true});
    return made;
}

status::Ports with_zoho(fanout::LinkOrder& ordered, Result<fanout::LinksView> answer = view()) {
    status::Ports ports;
    ports.zoho = [](status::Reply<fanout::LinksView> reply) { reply(view()); };
    ports.zoho_order = [&ordered, answer](fanout::LinkOrder order, status::Reply<Result<fanout::LinksView>> reply) {
        ordered = std::move(order);
        reply(answer);
    };
    return ports;
}

} // namespace

TEST_CASE("zoho: what is on, who is linked, who could be") {
    fanout::LinkOrder ordered;
    Office office(default_options(), with_zoho(ordered));
    auto client = office.client();
    CHECK(
        client.get("/v1/zoho", viewer).body ==
        R"({"enabled":true,"state":"up","account":"admin@example.net","endpoint":"https://www.zohoapis.eu","queue":0,)"
        R"("links":1,"users":1,"users_read":null,"last_error":null,"problems":[]})");
    auto first = client.get("/v1/zoho/links?limit=1", viewer).json();
    CHECK(first.at("items").at(0).at("user").as_string() == "5550001");
    CHECK(first.at("next").as_string() == "1");
    auto rest = client.get("/v1/zoho/links?cursor=1", viewer).json();
    CHECK(rest.at("items").at(0).at("line").as_string() == "2001");
    CHECK(rest.at("items").at(0).at("user").is_null());
    CHECK(client.get("/v1/zoho/users", viewer).body ==
          R"({"items":[{"id":"5550001","name":"Alice","email":"alice@example.net","linked":true}],"next":null})");
    CHECK(client.get("/v1/zoho").status == 401);
}

TEST_CASE("zoho: orders arrive whole, from those who may") {
    using Verb = fanout::LinkOrder::Verb;
    fanout::LinkOrder ordered;
    Office office(default_options(), with_zoho(ordered));
    auto client = office.client();
    constexpr std::string_view link = "/v1/zoho/links/%2B31201230001";
    CHECK(client.request("PUT", link, viewer, R"({"user":"5550001"})").status == 403);
    CHECK(client.request("PUT", link, administrator, R"({"user":"5550001"})").status == 200);
    CHECK(ordered.verb == Verb::link);
    CHECK(ordered.line == "+31201230001");
    CHECK(ordered.user == "5550001");
    CHECK(!ordered.by.empty());
    CHECK(client.request("DELETE", link, administrator).status == 200);
    CHECK(ordered.verb == Verb::unlink);
    CHECK(client.request("POST", "/v1/zoho/disable", administrator).status == 200);
    CHECK(ordered.verb == Verb::disable);
    CHECK(client.request("POST", "/v1/zoho/enable", administrator).status == 200);
    CHECK(ordered.verb == Verb::enable);
    for (std::string_view body : {"", "{}", R"({"user":""})", R"({"user":5})", R"({"user":"1","more":1})"})
        CHECK(client.request("PUT", link, administrator, body).status == 400);
}

TEST_CASE("zoho: what is refused says so; without [zoho] there is nothing") {
    fanout::LinkOrder ordered;
    Office office(default_options(), with_zoho(ordered, fail(Category::conflict, "Linked already.")));
    auto client = office.client();
    CHECK(client.request("DELETE", "/v1/zoho/links/2000", administrator).status == 409);
    Office bare;
    auto other = bare.client();
    CHECK(other.get("/v1/zoho", viewer).status == 501);
    CHECK(other.request("POST", "/v1/zoho/enable", administrator).status == 501);
}

TEST_CASE("zoho: clicks come by GET and by POST, to one link's address") {
    status::Ports ports;
    ports.hook = [](const fanout::HookCall& call) -> std::optional<fanout::HookAnswer> {
        return fanout::HookAnswer{200, fanout::HookAnswer::Type::json,
                                  R"({"path":")" + std::string(call.path) + " " + std::string(call.query) +
                                      std::string(call.body) + "\"}"};
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    for (std::string_view verb : {"dial", "answer", "hungup", "hold", "unhold", "keypress"}) {
        auto path = "/hooks/zoho/k7/" + std::string(verb);
        CHECK(client.get(path + "?a=b").body == R"({"path":"zoho/k7/)" + std::string(verb) + R"( a=b"})");
        CHECK(client.request("POST", path, {}, "c=d").body == R"({"path":"zoho/k7/)" + std::string(verb) + R"( c=d"})");
    }
    CHECK(client.get("/hooks/zoho/k7/mute").status == 404);
}
