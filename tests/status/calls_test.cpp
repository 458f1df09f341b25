// /v1/calls, /v1/stats, /v1/recognise, /v1/integrations and events of the types `call` and `missed`.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "office.hpp"

using namespace testing;
using namespace lamp;
using namespace std::chrono_literals;

namespace {

const Wall ten = parse_rfc3339("2026-11-22T10:00:00.000Z").value();

calls::CallRecord answered() {
    calls::CallRecord call;
    call.id = "c1";
    call.session = "s1";
    call.person = "alice@example.net";
    call.line = "2000";
    call.incoming = true;
    call.remote_number = "+31201230002";
    call.remote_name = "=Zeta; Ltd";
    call.ddi = "+31201230000";
    call.started = ten;
    call.answered = ten + 12s;
    call.ended = ten + 72s;
    call.rang = 12s;
    call.held = 4500ms;
    call.result = calls::CallResult::answered;
    call.released_by = calls::ReleasedBy::there;
    return call;
}

calls::StatsRow busy_row() {
    calls::StatsRow row{.key = "alice@example.net", .in_total = 3, .in_answered = 1, .in_missed = 2};
    row.in_talk = 60s;
    row.in_ring = 12400ms;
    row.out_total = 1;
    row.complete = 0.99996;
    return row;
}

struct Asked {
    std::vector<calls::CallQuery> calls;
    std::vector<calls::StatsQuery> stats;
    std::vector<std::pair<std::string, bool>> numbers;
    std::vector<calls::IntegrationOrder> orders;
};

status::Ports with_history(Asked& asked) {
    status::Ports ports;
    ports.calls = [&asked](calls::CallQuery query, status::Reply<Result<calls::CallPage>> reply) {
        asked.calls.push_back(query);
        if (query.cursor == "strange") return reply(fail(Category::invalid, "The cursor is none of ours."));
        calls::CallPage page{.items = {answered()}};
        if (query.cursor.empty()) page.next = "n1";
        page.gaps.push_back({"acme", ten, ten + 5s, true});
        reply(page);
    };
    ports.stats = [&asked](calls::StatsQuery query, status::Reply<Result<calls::Stats>> reply) {
        asked.stats.push_back(query);
        reply(calls::Stats{{busy_row()}, {{"acme", ten, std::nullopt, false}}});
    };
    ports.recognise = [&asked](const std::string& number, bool live,
                               status::Reply<Result<std::vector<calls::Match>>> reply) {
        asked.numbers.emplace_back(number, live);
        if (number == "x") return reply(fail(Category::invalid, "This is no number."));
        reply(std::vector<calls::Match>{
            {"crm", "7", "Zeta Ltd", "020 123 0002", "exact", "The number is the contact's.", "", {{"City", "Oss"}}}});
    };
    ports.integrations = [](status::Reply<std::vector<calls::IntegrationView>> reply) {
        calls::IntegrationView crm{.name = "crm", .type = "rest", .preset = "zoho", .state = "up"};
        crm.contacts = 120;
        crm.last_sync = ten;
        crm.took = 1500ms;
        crm.capabilities = {"delta", "live"};
        crm.can = {"recognise", "search", "create"};
        calls::IntegrationView book{.name = "book", .type = "csv", .preset = "", .state = "down"};
        book.last_error = "There is no such file.";
        reply({crm, book});
    };
    ports.integration = [&asked](calls::IntegrationOrder order, status::Reply<Result<calls::IntegrationView>> reply) {
        asked.orders.push_back(order);
        if (order.name != "a b/c") return reply(fail(Category::not_found, "There is no such integration."));
        calls::IntegrationView one{.name = order.name, .type = "csv", .preset = "", .state = "syncing"};
        if (order.verb == calls::IntegrationVerb::sample)
            one.sample = {"7", "Zeta Ltd", "", {{"work", "020 123 0002", true}}, {{"City", "Oss"}}};
        reply(std::move(one));
    };
    return ports;
}

constexpr std::string_view call_object =
    R"({"id":"c1","person":"alice@example.net","line":"2000","direction":"in",)"
    R"("remote":{"number":"+31201230002","name":"=Zeta; Ltd"},"started":"2026-11-22T10:00:00.000Z",)"
    R"("answered":"2026-11-22T10:00:12.000Z","ended":"2026-11-22T10:01:12.000Z","result":"answered","ring_s":12,)"
    R"("talk_s":60,"hold_s":5,"released_by":"there","ddi":"+31201230000","queue":null,"session":"s1",)"
    R"("withheld":false,"source":"event"})";

} // namespace

TEST_CASE("calls: the page of history with its gaps, and every question arrives whole") {
    Asked asked;
    Office office(default_options(), with_history(asked));
    auto client = office.client();
    CHECK(client.get("/v1/calls", operating).body ==
          fmt::format(R"({{"items":[{}],"next":"n1","gaps":[{{"platform":"acme","from":"2026-11-22T10:00:00.000Z",)"
                      R"("until":"2026-11-22T10:00:05.000Z","filled":true}}]}})",
                      call_object));
    CHECK(client
              .get("/v1/calls?person=carol%2Fx%20y%40example.net&line=2002&from=2026-11-22T11:00:00%2B01:00"
                   "&to=2026-11-22T11:00:00Z&direction=in&result=missed&number=020%20123&queue=Sales&limit=7&cursor=n1",
                   operating)
              .json()
              .at("next")
              .is_null());
    const auto& query = asked.calls.back();
    CHECK(query.persons == std::vector<std::string>{"carol/x y@example.net"});
    CHECK(query.line == "2002");
    CHECK(query.from == ten);
    CHECK(query.until == ten + 1h);
    CHECK(query.incoming == true);
    CHECK(query.result == calls::CallResult::missed);
    CHECK(query.number == "020 123");
    CHECK(query.queue == "Sales");
    CHECK(query.limit == 7);
    CHECK(query.cursor == "n1");
    // the offset's plus sign as a browser's address bar sends it
    CHECK(client.get("/v1/calls?from=2026-11-22T11:00:00+01:00", operating).status == 200);
    CHECK(asked.calls.back().from == ten);
}

TEST_CASE("calls: people and folders") {
    Asked asked;
    Office office(default_options(), with_history(asked));
    auto client = office.client();
    using Ids = std::vector<std::string>;
    auto ids = [&](std::string_view query) {
        asked.calls.clear();
        CHECK(client.get(fmt::format("/v1/calls?{}", query), operating).status == 200);
        return asked.calls.empty() ? Ids{"nobody was asked for"} : asked.calls.back().persons;
    };
    CHECK(ids("person=alice@example.net,left@example.net") == Ids{"alice@example.net", "left@example.net"});
    CHECK(ids("folder=Sales") == Ids{"alice@example.net", "bob@example.net"});
    CHECK(ids("folder=Sales&person=bob@example.net,carol%2Fx%20y@example.net") == Ids{"bob@example.net"});
    CHECK(ids("folder=Nowhere") == Ids{"nobody was asked for"});
    CHECK(ids("folder=Support&person=bob@example.net") == Ids{"nobody was asked for"});
    office.use_people({{"a,b", "Ann Comma", "", "Sales", "", {"1"}}});
    CHECK(ids("person=a,b") == Ids{"a,b"});
}

TEST_CASE("calls, stats, recognise: what is refused") {
    Asked asked;
    Office office(default_options(), with_history(asked));
    auto client = office.client();
    struct Row {
        std::string_view path;
        int status;
    };
    // clang-format off
    const Row table[] = {
        {"/v1/calls?limit=0",                                                400},
        {"/v1/calls?limit=1001",                                             400},
        {"/v1/calls?limit=x",                                                400},
        {"/v1/calls?from=yesterday",                                         400},
        {"/v1/calls?from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z",      400},
        {"/v1/calls?direction=sideways",                                     400},
        {"/v1/calls?result=good",                                            400},
        {"/v1/calls?person=",                                                400},
        {"/v1/calls?person=,",                                               400},
        {"/v1/calls?number=",                                                400},
        {"/v1/calls?line=%0a",                                               400},
        {"/v1/calls?cursor=strange",                                         400},
        {"/v1/calls?user=alice",                                             400},
        {"/v1/stats?by=colour",                                              400},
        {"/v1/stats?top=0",                                                  400},
        {"/v1/stats?top=1001",                                               400},
        {"/v1/stats?format=xml",                                             400},
        {"/v1/stats?rows=calls",                                             400},
        {"/v1/stats?rows=all",                                               400},
        {"/v1/stats?from=2025-01-01T00:00:00Z&to=2026-11-22T10:00:00Z",      400},
        {"/v1/stats?to=2026-11-22T10:00:00Z",                                200},
        {"/v1/recognise",                                                    400},
        {"/v1/recognise?number=",                                            400},
        {"/v1/recognise?number=x",                                           400},
        {"/v1/recognise?number=1&live=yes",                                  400},
        {"/v1/integrations?limit=0",                                         400},
    };
    // clang-format on
    for (const Row& row : table) {
        auto answer = client.get(row.path, administrator);
        CHECK_MESSAGE(answer.status == row.status, row.path);
        if (row.status == 400) CHECK(answer.field("Content-Type") == "application/problem+json");
    }
}

TEST_CASE("stats: figures as JSON and as CSV") {
    Asked asked;
    Office office(default_options(), with_history(asked));
    auto client = office.client();
    auto path = std::string("/v1/stats?from=2026-11-22T10:00:00Z&to=2026-11-23T10:00:00Z&by=line&top=5&ddi=%2B31201&"
                            "folder=Sales&line=2000&queue=Q");
    CHECK(client.get(path, accountant).body ==
          R"({"from":"2026-11-22T10:00:00.000Z","to":"2026-11-23T10:00:00.000Z","by":"line","items":[)"
          R"({"key":"alice@example.net","incoming":{"total":3,"answered":1,"missed":2,"answered_elsewhere":0,)"
          R"("abandoned":0,"talk_s":60,"hold_s":0,"ring_s":12},"outgoing":{"total":1,"answered":0,"talk_s":0,)"
          R"("hold_s":0},"complete":0.9999}],"next":null,)"
          R"("gaps":[{"platform":"acme","from":"2026-11-22T10:00:00.000Z","until":null,"filled":false}]})");
    const auto& query = asked.stats.back();
    CHECK(query.from == ten);
    CHECK(query.until == ten + 24h);
    CHECK(query.by == calls::StatsKey::line);
    CHECK(query.top == 5);
    CHECK(query.ddi == "+31201");
    CHECK(query.line == "2000");
    CHECK(query.queue == "Q");
    CHECK(query.persons == std::vector<std::string>{"alice@example.net", "bob@example.net"});

    auto csv = client.get(path + "&format=csv", accountant);
    CHECK(csv.field("Content-Type") == "text/csv; charset=utf-8");
    CHECK(csv.field("Content-Disposition") == "attachment; filename=\"stats.csv\"");
    CHECK(csv.body == "key;in_total;in_answered;in_missed;in_answered_elsewhere;in_abandoned;in_talk_s;in_hold_s;"
                      "in_ring_s;out_total;out_answered;out_talk_s;out_hold_s;complete\r\n"
                      "alice@example.net;3;1;2;0;0;60;0;12;1;0;0;0;0.9999\r\n");
    CHECK(client.get("/v1/stats", accountant).status == 200);
    CHECK(asked.stats.back().by == calls::StatsKey::person);
    CHECK(asked.stats.back().until - asked.stats.back().from == 7 * 24h);
}

TEST_CASE("stats: the calls behind the figures, of all pages, for who may read calls") {
    Asked asked;
    Office office(default_options(), with_history(asked));
    auto client = office.client();
    auto path = "/v1/stats?from=2026-11-22T10:00:00Z&to=2026-11-23T10:00:00Z&format=csv&rows=calls";
    auto refused = client.get(path, accountant);
    CHECK(refused.status == 403);
    CHECK(refused.json().at("missing").as_string() == "calls.read");
    constexpr std::string_view row = "c1;2026-11-22T10:00:00.000Z;in;alice@example.net;2000;+31201230002;"
                                     "\"'=Zeta; Ltd\";+31201230000;;answered;12.000;60.000;4.500;;;event\r\n";
    auto csv = client.get(path, operating);
    CHECK(csv.body == fmt::format("call_id;start_utc;direction;user;line;remote;remote_name;ddi;queue;result;ring_s;"
                                  "talk_s;hold_s;transferred_from;transferred_to;source\r\n{}{}",
                                  row, row));
    REQUIRE(asked.calls.size() == 2);
    CHECK(asked.calls[0].limit == 1000);
    CHECK(asked.calls[1].cursor == "n1");
    CHECK(asked.calls[1].from == ten);
    CHECK(asked.calls[1].until == ten + 24h);
}

TEST_CASE("recognise: matches with their reasons; a plus sign that nobody has encoded") {
    Asked asked;
    Office office(default_options(), with_history(asked));
    auto client = office.client();
    CHECK(client.get("/v1/recognise?number=%2B31201230002", viewer).body ==
          R"({"items":[{"integration":"crm","id":"7","name":"Zeta Ltd","number":"020 123 0002","class":"exact",)"
          R"("why":"The number is the contact's.","url":null,"fields":{"City":"Oss"}}],"next":null})");
    CHECK(client.get("/v1/recognise?number=+31201230002&live=1", viewer).status == 200);
    CHECK(asked.numbers == std::vector<std::pair<std::string, bool>>{{"+31201230002", false}, {"+31201230002", true}});
}

TEST_CASE("integrations: the list, and what may be asked of one") {
    Asked asked;
    Office office(default_options(), with_history(asked));
    auto client = office.client();
    auto list = client.get("/v1/integrations", viewer).json();
    CHECK(
        json::serialize(list.at("items").at(1)) ==
        R"({"name":"crm","type":"rest","preset":"zoho","enabled":true,"deleted":false,"gone_at":null,"state":"up",)"
        R"("contacts":120,"numbers":0,"unusable":0,"last_sync":"2026-11-22T10:00:00.000Z","next_sync":null,)"
        R"("took_s":1.5E0,"last_error":null,"capabilities":["delta","live"],"can":["recognise","search","create"],"fields":[]})");
    CHECK(list.at("items").at(0).at("last_error").as_string() == "There is no such file.");

    using enum calls::IntegrationVerb;
    struct Row {
        std::string_view method;
        std::string_view rest;
        calls::IntegrationVerb verb;
    };
    for (const Row& row :
         {Row{"POST", "/enable", enable}, Row{"POST", "/disable", disable}, Row{"POST", "/sync", sync},
          Row{"POST", "/sync?force=1", sync_forced}, Row{"POST", "/undo", undo},
          Row{"GET", "/sample", calls::IntegrationVerb::sample}, Row{"DELETE", "", calls::IntegrationVerb::remove}}) {
        auto answer = client.request(row.method, fmt::format("/v1/integrations/a%20b%2Fc{}", row.rest), administrator);
        CHECK(answer.status == 200);
        CHECK(answer.json().at("name").as_string() == "a b/c");
        CHECK(asked.orders.back().verb == row.verb);
        CHECK(asked.orders.back().by == "root");
    }
    auto shown = client.get("/v1/integrations/a%20b%2Fc/sample", administrator).json();
    CHECK(json::serialize(shown.at("sample")) ==
          R"({"id":"7","name":"Zeta Ltd","url":null,"numbers":[{"kind":"work","number":"020 123 0002","usable":true}],)"
          R"("fields":{"City":"Oss"}})");
    CHECK(client.get("/v1/integrations/a%20b%2Fc/sample", viewer).status == 403);
    auto count = asked.orders.size();
    CHECK(client.request("POST", "/v1/integrations/a%20b%2Fc/enable?force=1", administrator).status == 400);
    CHECK(client.request("POST", "/v1/integrations/crm/sync?force=2", administrator).status == 400);
    auto refused = client.request("POST", "/v1/integrations/crm/sync", operating);
    CHECK(refused.status == 403);
    CHECK(refused.json().at("missing").as_string() == "integrations.configure");
    CHECK(client.request("DELETE", "/v1/integrations/crm", viewer).status == 403);
    CHECK(asked.orders.size() == count);
    CHECK(client.request("DELETE", "/v1/integrations/crm", administrator).status == 404);
    CHECK(client.request("PUT", "/v1/integrations/crm", administrator).status == 405);
}

TEST_CASE("calls: a daemon without history, figures and recognition") {
    Office office;
    auto client = office.client();
    CHECK(client.get("/v1/calls", operating).body == R"({"items":[],"next":null,"gaps":[]})");
    CHECK(client.get("/v1/stats", operating).json().at("items").as_array().empty());
    CHECK(client.get("/v1/recognise?number=1", viewer).body == R"({"items":[],"next":null})");
    CHECK(client.get("/v1/integrations", viewer).body == R"({"items":[],"next":null})");
    CHECK(client.request("POST", "/v1/integrations/crm/sync", administrator).status == 501);
    CHECK(client.get("/v1/calls", viewer).status == 403);
    CHECK(client.get("/v1/calls", accountant).status == 403);
    CHECK(client.get("/v1/stats", viewer).status == 403);
    CHECK(client.get("/v1/recognise?number=1", accountant).status == 403);
}

TEST_CASE("events: calls with matches and actions, and missed ones; only for who may read calls") {
    Office office;
    auto client = office.client(), other = office.client(), guest = office.client();
    client.send(fmt::format("GET /v1/events?types=call,missed&person=alice%40example.net HTTP/1.1\r\nHost: lamp\r\n"
                            "Authorization: Bearer {}\r\n\r\n",
                            operating));
    other.send(fmt::format("GET /v1/events?types=missed HTTP/1.1\r\nHost: lamp\r\nAuthorization: Bearer {}\r\n\r\n",
                           operating));
    guest.send(fmt::format("GET /v1/events?types=call,missed,forwarding HTTP/1.1\r\nHost: lamp\r\nAuthorization: "
                           "Bearer {}\r\n\r\n",
                           viewer));
    for (Client* one : {&client, &other, &guest})
        REQUIRE(one->read_until("\r\n\r\n").contains("200 OK"));
    office.settle();

    auto call = answered();
    call.ended.reset();
    call.result.reset();
    calls::CallEvent ringing{calls::Happening::ringing, ten, call, {}, {}};
    ringing.call.answered.reset();
    ringing.matches.push_back(
        {"crm", "7", "Zeta Ltd", "020 123 0002", "exact", "why", "https://crm.example.net/7", {}});
    ringing.actions.push_back({"Open", "https://crm.example.net/7", ""});
    office.service.publish(ringing);
    auto bobs = ringing;
    bobs.call.person = "bob@example.net";
    bobs.what = calls::Happening::missed;
    office.service.publish(bobs);
    calls::CallEvent missed{calls::Happening::missed, ten + 72s, answered(), {}, {}};
    missed.call.result = calls::CallResult::missed;
    missed.call.answered.reset();
    office.service.publish(missed);
    office.service.publish(status::PersonForwarding{1, {{.line = "2001"}}});

    auto first = client.event();
    CHECK(first.type == "call");
    auto object = json::parse(first.data);
    CHECK(object.at("event").as_string() == "call.ringing");
    CHECK(object.at("state").as_string() == "ringing");
    CHECK_FALSE(object.as_object().contains("ended"));
    CHECK(json::serialize(object.at("match")) ==
          R"({"count":1,"records":[{"integration":"crm","id":"7","name":"Zeta Ltd","number":"020 123 0002",)"
          R"("class":"exact","why":"why","url":"https://crm.example.net/7","fields":{}}]})");
    CHECK(json::serialize(object.at("actions")) == R"([{"name":"Open","url":"https://crm.example.net/7"}])");
    auto second = client.event();
    CHECK(second.type == "missed");
    auto lost = json::parse(second.data);
    CHECK(lost.at("result").as_string() == "missed");
    CHECK(lost.at("event").as_string() == "call.missed");
    CHECK_FALSE(lost.as_object().contains("match"));
    CHECK_FALSE(lost.as_object().contains("actions"));
    CHECK(json::parse(other.event().data).at("person").as_string() == "bob@example.net");
    CHECK(guest.event().type == "forwarding");
}

TEST_CASE("events: a call whose matches are too much for one event is told without them") {
    Office office;
    auto client = office.client();
    client.send(
        fmt::format("GET /v1/events?types=call HTTP/1.1\r\nHost: lamp\r\nAuthorization: Bearer {}\r\n\r\n", operating));
    REQUIRE(client.read_until("\r\n\r\n").contains("200 OK"));
    office.settle();
    calls::CallEvent event{calls::Happening::ended, ten, answered(), {}, {}};
    event.call.person = "nobody";
    event.matches.push_back({"crm", "7", "Zeta", "1", "exact", "why", "", {{"Notes", std::string(100'000, 'x')}}});
    office.service.publish(event);
    auto told = json::parse(client.event().data);
    CHECK(told.at("id").as_string() == "c1");
    CHECK_FALSE(told.as_object().contains("match"));
}
