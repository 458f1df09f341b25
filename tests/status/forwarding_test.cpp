// /v1/forwarding, /v1/calendars, /v1/audit, events of type `forwarding`, and what `why` tells of forwardings.
#include <doctest/doctest.h>

#include "office.hpp"
#include "status/forwarding_json.hpp"

using namespace testing;
using namespace lamp;
using namespace std::chrono_literals;

namespace {

const Wall ten = parse_rfc3339("2026-11-22T10:00:00.000Z").value();
constexpr std::string_view of_alice = "/v1/forwarding/alice%40example.net";

template <class T>
status::Ask<T> always(T answer) {
    return [answer](status::Reply<T> reply) { reply(answer); };
}

/// Alice's line: SmartBusy is in force, a calendar waits, an operator's number was refused.
status::ForwardingView diverted() {
    status::ForwardingView line{.line = "2000"};
    line.baseline = {false, "+31201230002"};
    line.actual = {true, "1233"};
    line.claims.push_back({"smartbusy", "zoom", "1233", ten, std::nullopt, "in_force", ""});
    line.claims.push_back(
        {"calendar", "reception/1", "2002", ten, ten + 2h, "waiting",
         Sentence("comes_first", {{"source", "smartbusy"}, {"name", "zoom"}}, "smartbusy zoom comes first")});
    line.claims.push_back({"operator", "", "112", ten, ten + 1h, "refused", "112 is an emergency number."});
    line.last_write = {ten + 1s, "ok"};
    return line;
}

status::PersonForwarding of(presence::Slot person, std::vector<status::ForwardingView> lines, std::string busy = {}) {
    return {person, std::move(lines), std::move(busy)};
}

constexpr std::string_view as_json =
    R"({"id":"alice@example.net","lines":[{"line":"2000","baseline":{"active":false,"to":"+31201230002"},"claims":[)"
    R"({"source":"smartbusy","name":"zoom","to":"1233","from":"2026-11-22T10:00:00.000Z","until":null,)"
    R"("state":"in_force","reason":null},)"
    R"({"source":"calendar","name":"reception/1","to":"2002","from":"2026-11-22T10:00:00.000Z",)"
    R"("until":"2026-11-22T12:00:00.000Z","state":"waiting","reason":"smartbusy zoom comes first",)"
    R"("reason_code":"comes_first","reason_values":{"source":"smartbusy","name":"zoom"}},)"
    R"({"source":"operator","name":"","to":"112","from":"2026-11-22T10:00:00.000Z",)"
    R"("until":"2026-11-22T11:00:00.000Z","state":"refused","reason":"112 is an emergency number."}],)"
    R"("actual":{"active":true,"to":"1233"},"last_write":{"at":"2026-11-22T10:00:01.000Z","result":"ok"},)"
    R"("trouble":null}],"smartbusy":"in a Zoom meeting"})";

status::Ports with_forward(status::ForwardRequest& asked, Result<status::PersonForwarding> answer) {
    status::Ports ports;
    ports.forward = [&asked, answer](status::ForwardRequest request,
                                     status::Reply<Result<status::PersonForwarding>> reply) {
        asked = std::move(request);
        reply(answer);
    };
    return ports;
}

} // namespace

TEST_CASE("forwarding: the object of one person; a line of which nothing is known has nulls") {
    status::Ports ports;
    ports.forwarding = [](presence::Slot slot, status::Reply<status::PersonForwarding> reply) {
        reply(slot == 0 ? of(0, {diverted()}, "in a Zoom meeting") : of(slot, {{.line = "2001"}}));
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    CHECK(client.get(of_alice, viewer).body == as_json);
    CHECK(client.get("/v1/forwarding/bob%40example.net", viewer).body ==
          R"({"id":"bob@example.net","lines":[{"line":"2001","baseline":null,"claims":[],"actual":null,)"
          R"("last_write":null,"trouble":null}],"smartbusy":null})");
}

TEST_CASE("forwarding: without anybody who forwards there are no lines, and nobody in the list") {
    Office office;
    auto client = office.client();
    CHECK(client.get(of_alice, viewer).body == R"({"id":"alice@example.net","lines":[],"smartbusy":null})");
    CHECK(client.get("/v1/forwarding", viewer).body == R"({"items":[],"next":null})");
    CHECK(client.get("/v1/calendars", viewer).body == R"({"items":[],"next":null})");
}

TEST_CASE("forwarding: the list comes by id, page by page, without people who have left") {
    status::Ports ports;
    ports.forwardings = always(std::vector{of(1, {diverted()}), of(77, {diverted()}), of(0, {diverted()})});
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    auto first = client.get("/v1/forwarding?limit=1", viewer).json();
    REQUIRE(first.at("items").as_array().size() == 1);
    CHECK(first.at("items").at(0).at("id").as_string() == "alice@example.net");
    auto rest = client.get("/v1/forwarding?limit=1&cursor=" + std::string(first.at("next").as_string()), viewer).json();
    CHECK(rest.at("items").at(0).at("id").as_string() == "bob@example.net");
    CHECK(rest.at("next").is_null());
}

TEST_CASE("forwarding: what an operator asks for arrives whole, and the answer is the object") {
    status::ForwardRequest asked;
    Office office(default_options(), with_forward(asked, of(0, {diverted()}, "in a Zoom meeting")));
    auto client = office.client();
    auto answer = client.request("PUT", of_alice, operating,
                                 R"({"to":"020 123 0001","line":"2000","from":"2099-11-26T17:00:00+01:00",)"
                                 R"("until":"2099-11-26T18:30:00+01:00"})");
    CHECK(answer.status == 200);
    CHECK(answer.body == as_json);
    CHECK(asked.person == 0);
    CHECK(asked.to == "020 123 0001");
    CHECK(asked.line == "2000");
    CHECK(asked.by == "desk");
    CHECK(asked.from == parse_rfc3339("2099-11-26T16:00:00Z").value());
    CHECK(asked.until == parse_rfc3339("2099-11-26T17:30:00Z").value());

    CHECK(client.request("PUT", of_alice, operating, R"({"to":"2001","for":"2h"})").status == 200);
    CHECK(asked.line.empty());
    CHECK(!asked.from);
    REQUIRE(asked.until);
    CHECK(*asked.until > wall_now() + 119min);
    CHECK(*asked.until <= wall_now() + 120min);
    auto from = R"({"to":"2001","from":"2099-11-26T16:00:00Z","for":"90m"})";
    CHECK(client.request("PUT", of_alice, operating, from).status == 200);
    CHECK(asked.until == parse_rfc3339("2099-11-26T17:30:00Z").value());
    CHECK(client.request("PUT", of_alice, operating, R"({"to":"2001"})").status == 200);
    CHECK(!asked.until);

    for (auto [method, path, body] : {std::tuple{"PUT", std::string(of_alice), R"({"to":null,"line":"2000"})"},
                                      std::tuple{"DELETE", std::string(of_alice) + "?line=2000", ""}}) {
        CAPTURE(method);
        asked = {.person = 9, .line = {}, .to = "x", .from = {}, .until = {}, .by = {}};
        CHECK(client.request(method, path, operating, body).status == 200);
        CHECK(asked.person == 0);
        CHECK(asked.to.empty());
        CHECK(asked.line == "2000");
        CHECK(!asked.until);
        CHECK(asked.by == "desk");
    }
}

TEST_CASE("forwarding: what is wrong with a wish is said, and nobody is asked") {
    status::ForwardRequest asked{.person = 9, .line = {}, .to = {}, .from = {}, .until = {}, .by = {}};
    Office office(default_options(), with_forward(asked, of(0, {diverted()})));
    struct Row {
        std::string_view body;
        std::string_view detail; // part of it
    };
    // clang-format off
    const Row table[] = {
        {"",                                                      "JSON object"},
        {R"(["2001"])",                                           "JSON object"},
        {R"({})",                                                 "\"to\" is missing"},
        {R"({"to":2001})",                                        "\"to\" must be a text"},
        {R"({"to":""})",                                          "\"to\" must be a text"},
        {R"({"to":"20\n01"})",                                    "\"to\" must be a text"},
        {R"({"to":"2001","line":""})",                            "\"line\" must be a text"},
        {R"({"to":"2001","until":"17:30"})",                      "\"until\" must be a time"},
        {R"({"to":"2001","until":1764176400})",                   "\"until\" must be a text"},
        {R"({"to":"2001","from":"tomorrow"})",                    "\"from\" must be a time"},
        {R"({"to":"2001","until":"2020-01-01T00:00:00Z"})",       "has passed"},
        {R"({"to":"2001","from":"2099-01-02T00:00:00Z","until":"2099-01-01T00:00:00Z"})", "before it begins"},
        {R"({"to":"2001","until":"2099-01-01T00:00:00Z","for":"2h"})", "not both"},
        {R"({"to":"2001","for":"a while"})",                      "\"for\" must be a duration"},
        {R"({"to":"2001","for":"0s"})",                           "\"for\" must be a duration"},
        {R"({"to":"2001","for":"1h","to_name":"Bob","why":1})",   "\"to_name\", \"why\""},
        {R"({"to":null,"for":"1h"})",                             "takes no times"},
    };
    // clang-format on
    auto client = office.client();
    for (const Row& row : table) {
        CAPTURE(row.body);
        auto answer = client.request("PUT", of_alice, operating, row.body);
        CHECK(answer.status == 400);
        auto detail = std::string(answer.json().at("detail").as_string());
        CAPTURE(detail);
        CHECK(detail.find(row.detail) != std::string::npos);
    }
    CHECK(asked.person == 9);
}

TEST_CASE("forwarding: what the owner of the forwardings refuses becomes a status with its reason") {
    struct Row {
        Result<status::PersonForwarding> answer;
        int status;
        std::string_view detail;
    };
    const Row table[] = {
        {fail(Category::invalid, "112 is an emergency number."), 400, "112 is an emergency number."},
        {fail(Category::not_found, "Alice Jansen has no line 2009."), 404, "Alice Jansen has no line 2009."},
        {fail(Category::conflict, "There are no lines."), 409, "There are no lines."},
        {fail(Category::limit, "Too many claims."), 429, "Too many claims."},
        {of(0, {}), 409, "This person has no lines."},
    };
    for (const Row& row : table) {
        CAPTURE(row.detail);
        status::ForwardRequest asked;
        Office office(default_options(), with_forward(asked, row.answer));
        auto answer = office.client().request("PUT", of_alice, operating, R"({"to":"112"})");
        CHECK(answer.status == row.status);
        CHECK(std::string(answer.json().at("detail").as_string()) == row.detail);
    }
}

TEST_CASE("forwarding: events tell the whole object, to whoever wants that type; too much is a gap") {
    Office office;
    auto client = office.client();
    client.send(
        "GET /v1/events?types=forwarding HTTP/1.1\r\nHost: lamp\r\nAuthorization: Bearer viewer-secret\r\n\r\n");
    client.read_until("\r\n\r\n");
    office.settle();
    office.service.publish(of(77, {diverted()})); // nobody
    office.service.publish(of(0, {diverted()}, "in a Zoom meeting"));
    auto event = client.event();
    CHECK(event.type == "forwarding");
    CHECK(event.data == as_json);
    office.service.publish(of(0, {diverted()}, "in a Zoom meeting")); // no news
    office.service.publish(of(1, {diverted()}));
    CHECK(json::parse(client.event().data).at("id").as_string() == "bob@example.net");
    office.service.publish(of(0, {diverted()}));
    CHECK(json::parse(client.event().data).at("smartbusy").is_null());
    auto crowded = diverted();
    crowded.claims.resize(1000, crowded.claims.front());
    office.service.publish(of(0, {crowded}));
    CHECK(client.event().type == "gap");
}

TEST_CASE("forwarding: why has who wants what among the inputs and what became of it among the outputs") {
    auto failing = diverted();
    failing.line = "2009";
    failing.actual.reset();
    failing.claims.clear();
    failing.trouble = "The platform does not answer.";
    status::ForwardingView own{.line = "2008"};
    own.baseline = own.actual = {true, "1200"};
    status::Ports ports;
    ports.forwarding = [&](presence::Slot, status::Reply<status::PersonForwarding> reply) {
        reply(of(0, {diverted(), failing, own}, "in a Zoom meeting"));
    };
    Office office(default_options(), std::move(ports));
    auto why = office.client().get("/v1/presence/alice%40example.net/why", viewer).json();
    std::vector<std::string> inputs, outputs;
    for (const auto& row : why.at("inputs").as_array()) {
        auto source = std::string(row.at("source").as_string());
        if (source != "forwarding" && source != "smartbusy") continue;
        auto* line = row.as_object().if_contains("line");
        inputs.push_back(source + (line ? " " + std::string(line->as_string()) : "") + " | " +
                         std::string(row.at("value").as_string()) + (row.at("at").is_null() ? "" : " | at") +
                         (row.at("expires").is_null() ? "" : " | expires"));
    }
    CHECK(inputs ==
          std::vector<std::string>{
              "smartbusy | in a Zoom meeting",
              "forwarding 2000 | user: not forwarded",
              "forwarding 2000 | smartbusy zoom: → 1233, in_force | at",
              "forwarding 2000 | calendar reception/1: → 2002, waiting (smartbusy zoom comes first) | at | expires",
              "forwarding 2000 | operator: → 112, refused (112 is an emergency number.) | at | expires",
              "forwarding 2009 | user: not forwarded",
          });
    for (const auto& row : why.at("outputs").as_array()) {
        CHECK(row.at("adapter").as_string() == "forwarding");
        outputs.push_back(std::string(row.at("value").as_string()) + " | " + std::string(row.at("result").as_string()));
    }
    CHECK(outputs == std::vector<std::string>{"2000 → 1233 (smartbusy zoom) | ok",
                                              "2009 not read yet | The platform does not answer."});
    CHECK(why.at("forwarding").at("lines").as_array().size() == 3);
}

TEST_CASE("forwarding: in words, because of whom a line is as it is") {
    auto line = diverted();
    CHECK(status::outcome_of(line) == "2000 → 1233 (smartbusy zoom)");
    line.claims[1].state = "in_force";
    CHECK(status::outcome_of(line) == "2000 → 1233 (smartbusy zoom, calendar reception/1)");
    line.claims.clear();
    CHECK(status::outcome_of(line) == "2000 → 1233 (being changed)");
    line.baseline = line.actual;
    CHECK(status::outcome_of(line) == "2000 → 1233 (by the user)");
    line.actual = {false, "1233"};
    CHECK(status::outcome_of(line) == "2000 not forwarded");
}

TEST_CASE("calendars: how they are, by name; the plan by time, as far as is asked") {
    status::Ports ports;
    ports.calendars = always(std::vector<status::CalendarView>{
        {"reception", "google", {"reception@example.net", "2001"}, "up", ten, "", 3},
        {"board", "ics", {"2000"}, "down", {}, "no answer", 0},
    });
    milliseconds next{};
    ports.calendar_plan = [&](milliseconds given, status::Reply<std::vector<status::PlanView>> reply) {
        next = given;
        reply({{"reception", "2001", "Lunch", ten + 2h, ten + 3h, "", "ignored", "The title is no number."},
               {"reception", "2001", "1233", ten, ten + 1h, "1233", "diverting", ""}});
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    CHECK(client.get("/v1/calendars", viewer).body ==
          R"({"items":[{"name":"board","provider":"ics","lines":["2000"],"state":"down","last_success":null,)"
          R"("last_error":"no answer","appointments":0},)"
          R"({"name":"reception","provider":"google","lines":["reception@example.net","2001"],"state":"up",)"
          R"("last_success":"2026-11-22T10:00:00.000Z","last_error":null,"appointments":3}],"next":null})");
    auto plan = client.get("/v1/calendars/plan?next=36h&limit=1", operating).json();
    CHECK(next == 36h);
    CHECK(json::serialize(plan.at("items")) ==
          R"([{"calendar":"reception","line":"2001","title":"1233","from":"2026-11-22T10:00:00.000Z",)"
          R"("until":"2026-11-22T11:00:00.000Z","to":"1233","state":"diverting","reason":null}])");
    auto rest = client.get("/v1/calendars/plan?cursor=" + std::string(plan.at("next").as_string()), operating).json();
    CHECK(next == 24h * 7);
    CHECK(rest.at("items").at(0).at("reason").as_string() == "The title is no number.");
    CHECK(rest.at("items").at(0).at("to").is_null());
}

TEST_CASE("audit: the log of one line or of all, as many rows as the page needs and one more") {
    std::string line = "?";
    std::size_t most = 0;
    status::Ports ports;
    ports.forwarding_audit = [&](std::string given, std::size_t rows,
                                 status::Reply<std::vector<status::AuditView>> reply) {
        line = std::move(given);
        most = rows;
        std::vector<status::AuditView> all{{ten + 1s, "2000", "written", "smartbusy zoom", "→ 1233"},
                                           {ten, "2000", "user_changed", "", "off"},
                                           {ten - 1s, "2000", "claim", "operator", "→ 2001"}};
        all.resize(std::min(rows, all.size()));
        reply(std::move(all));
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    auto first = client.get("/v1/audit?line=2000&limit=1", administrator).json();
    CHECK(line == "2000");
    CHECK(most == 2);
    CHECK(
        json::serialize(first.at("items")) ==
        R"([{"at":"2026-11-22T10:00:01.000Z","line":"2000","what":"written","who":"smartbusy zoom","text":"→ 1233","subject":null,"before":null,"after":null}])");
    auto rest = client.get("/v1/audit?cursor=" + std::string(first.at("next").as_string()), administrator).json();
    CHECK(line.empty());
    CHECK(most == 102);
    CHECK(rest.at("items").as_array().size() == 2);
    CHECK(rest.at("items").at(0).at("who").is_null());
    CHECK(rest.at("next").is_null());
}
