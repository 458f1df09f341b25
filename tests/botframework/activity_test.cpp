// Activities as Teams posts them, and everything that may be missing in them.
#include <boost/json.hpp>
#include <doctest/doctest.h>

#include "proto/botframework/activity.hpp"

using namespace lamp;
using namespace lamp::botframework;
namespace json = boost::json;

namespace {

constexpr std::string_view query = R"({"type":"invoke","name":"composeExtension/query","id":"f:1","channelId":"msteams",
    "timestamp":"2026-01-05T09:00:00.000Z","serviceUrl":"https://smba.example/emea/","locale":"nl-NL",
    "from":{"id":"29:1abc","name":"Anna","aadObjectId":"0E1F2A3B-0000-0000-0000-000000000001"},
    "conversation":{"id":"19:x","conversationType":"personal","tenantId":"5B1A7C3E-4D2F-4B6A-9C8D-0E1F2A3B4C5D"},
    "recipient":{"id":"28:bot","name":"Lamplighter"},
    "channelData":{"tenant":{"id":"5b1a7c3e-4d2f-4b6a-9c8d-0e1f2a3b4c5d"},"source":{"name":"compose"}},
    "entities":[{"type":"clientInfo","locale":"nl-NL","country":"NL","platform":"Windows"}],
    "value":{"commandId":"search","parameters":[{"name":"words","value":" van dijk "}],
             "queryOptions":{"skip":25,"count":10}}})";

/// The query with what stands at a path of members replaced, or taken away.
std::string with(std::initializer_list<std::string_view> path, std::string_view value) {
    auto document = json::parse(query);
    auto* object = &document.as_object();
    for (const auto* step = path.begin(); step + 1 != path.end(); ++step)
        object = &object->at(*step).as_object();
    auto last = *(path.end() - 1);
    if (value.empty())
        object->erase(last);
    else
        (*object)[last] = json::parse(value);
    return json::serialize(document);
}

} // namespace

TEST_CASE("activity: a query") {
    auto activity = read_activity(query).value();
    CHECK(activity.kind == Kind::query);
    CHECK(activity.id == "f:1");
    CHECK(activity.channel == "msteams");
    CHECK(activity.service_url == "https://smba.example/emea/");
    CHECK(activity.tenant == "5b1a7c3e-4d2f-4b6a-9c8d-0e1f2a3b4c5d");
    CHECK(activity.account == "0e1f2a3b-0000-0000-0000-000000000001");
    CHECK(activity.locale == "nl-NL");
    CHECK(activity.words == "van dijk");
    CHECK(activity.skip == 25);
    CHECK(activity.count == 10);
}

TEST_CASE("activity: nothing was typed yet") {
    auto first = with({"value", "parameters"}, R"([{"name":"initialRun","value":"true"}])");
    CHECK(read_activity(first).value().words.empty());
    CHECK(read_activity(with({"value", "parameters"}, "")).value().words.empty());
}

TEST_CASE("activity: pages have bounds") {
    struct Row {
        std::string_view options;
        std::size_t skip, count;
    };
    const Row table[] = {{R"({"skip":0,"count":25})", 0, 25}, {R"({"skip":-1,"count":0})", 0, 1},
                         {R"({"count":1000000})", 0, 25},     {R"({"skip":"5","count":"5"})", 0, 25},
                         {R"({"skip":1e3,"count":5})", 0, 5}, {R"(null)", 0, 25}};
    for (const Row& row : table) {
        CAPTURE(row.options);
        auto activity = read_activity(with({"value", "queryOptions"}, row.options)).value();
        CHECK(activity.skip == row.skip);
        CHECK(activity.count == row.count);
    }
}

TEST_CASE("activity: the tenant stands in one place or in both, and they agree") {
    CHECK(read_activity(with({"channelData"}, "")).value().tenant == "5b1a7c3e-4d2f-4b6a-9c8d-0e1f2a3b4c5d");
    CHECK(read_activity(with({"conversation"}, "")).value().tenant == "5b1a7c3e-4d2f-4b6a-9c8d-0e1f2a3b4c5d");
    CHECK(read_activity(with({"conversation", "tenantId"}, R"("other")")).value().tenant.empty());
}

TEST_CASE("activity: a button of a card") {
    constexpr std::string_view action = R"({"type":"invoke","name":"adaptiveCard/action","value":{"action":
        {"type":"Action.Execute","verb":"dial","data":{"to":"+31201230002"}},"trigger":"manual"}})";
    auto activity = read_activity(action).value();
    CHECK(activity.kind == Kind::card_action);
    CHECK(activity.verb == "dial");
    CHECK(activity.to == "+31201230002");
    CHECK(activity.account.empty());
}

TEST_CASE("activity: what waits for an answer and what does not") {
    struct Row {
        std::string_view body;
        Kind kind;
    };
    const Row table[] = {{R"({"type":"conversationUpdate","membersAdded":[{"id":"28:bot"}]})", Kind::event},
                         {R"({"type":"installationUpdate","action":"add"})", Kind::event},
                         {R"({"type":"message","text":"hello"})", Kind::event},
                         {R"({"type":"event","name":"composeExtension/query"})", Kind::event},
                         {R"({"type":"invoke","name":"composeExtension/fetchTask"})", Kind::other_invoke},
                         {R"({"type":"invoke"})", Kind::other_invoke}};
    for (const Row& row : table) {
        CAPTURE(row.body);
        CHECK(read_activity(row.body).value().kind == row.kind);
    }
}

TEST_CASE("activity: what is none") {
    for (std::string_view body :
         {"", "<html>", "[]", "{}", R"({"type":7})", R"({"type":"invoke","name":"composeExtension/query"})",
          R"({"type":"invoke","name":"adaptiveCard/action","value":{}})",
          R"({"type":"invoke","name":"adaptiveCard/action","value":{"action":{"type":"Action.Submit"}}})"}) {
        CAPTURE(body);
        auto activity = read_activity(body);
        REQUIRE(!activity);
        CHECK(activity.error().category == Category::protocol);
    }
}
