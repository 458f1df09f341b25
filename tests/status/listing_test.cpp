// Listings, why, status, readiness, calls, commands, reload, metrics: the answers themselves.
#include <cstdio>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

#include "office.hpp"

using namespace testing;
using namespace lamp;
using namespace std::chrono_literals;
using presence::LineState;

namespace {

std::vector<std::string> ids(const json::value& page) {
    std::vector<std::string> found;
    for (const auto& item : page.at("items").as_array())
        found.emplace_back(item.at("id").as_string().c_str());
    return found;
}

status::PlatformView platform() {
    status::PlatformView view;
    view.name = "acme";
    view.target = "user";
    view.channels = {{"xsp1.example.net", status::ChannelState::up, wall_now(), "f7a1", wall_now(), wall_now(), ""},
                     {"xsp2.example.net", status::ChannelState::down, wall_now(), "", {}, {}, "connection reset"}};
    view.wanted = 10;
    view.live = 8;
    view.refused = 2;
    view.first_total = view.first_known = 40;
    view.events = 1000;
    view.gaps = 1;
    return view;
}

template <class T>
status::Ask<T> always(T answer) {
    return [answer](status::Reply<T> reply) { reply(answer); };
}

} // namespace

TEST_CASE("listing: the cursor walks over 2500 people, once each, although the roster changes meanwhile") {
    Office office(default_options(), {}, 2500);
    auto client = office.client();
    for (int limit : {1000, 100, 7}) {
        std::set<std::string> seen;
        std::string path = fmt::format("/v1/presence?limit={}", limit);
        int pages = 0;
        for (std::string next = path; !next.empty(); ++pages) {
            auto page = client.get(next, viewer).json();
            for (auto& id : ids(page))
                REQUIRE(seen.insert(id).second);
            next = page.at("next").is_null()
                       ? std::string()
                       : fmt::format("{}&cursor={}", path, std::string_view(page.at("next").as_string()));
        }
        CHECK(seen.size() == 2500);
        CHECK(pages == (2500 + limit - 1) / limit);
    }
    // somebody before the cursor leaves: nobody is skipped
    auto first = client.get("/v1/presence?limit=1000", viewer).json();
    auto list = rows(2500);
    list.erase(list.begin(), list.begin() + 3);
    auto gone = ids(first).front();
    std::erase_if(list, [&](const presence::PersonRow& row) { return row.id == gone; });
    office.use_people(list);
    std::set<std::string> seen;
    for (auto& id : ids(first))
        seen.insert(id);
    auto next = std::string(first.at("next").as_string());
    while (!next.empty()) {
        auto page = client.get(fmt::format("/v1/presence?limit=1000&cursor={}", next), viewer).json();
        for (auto& id : ids(page))
            REQUIRE(seen.insert(id).second);
        next = page.at("next").is_null() ? std::string() : std::string(page.at("next").as_string());
    }
    for (const auto& row : list)
        REQUIRE(seen.contains(row.id));
    auto empty = client.get("/v1/presence?cursor=p100000-ffff", viewer).json();
    CHECK(ids(empty).empty());
    CHECK(empty.at("next").is_null());
}

TEST_CASE("listing: words, folders and statuses") {
    Office office;
    office.report("bob@example.net", line(LineState::held, 1));
    struct Row {
        std::string_view query;
        std::vector<std::string> found;
    };
    const std::string alice = "alice@example.net";
    const std::string bob = "bob@example.net";
    const std::string carol = "carol/x y@example.net";
    const Row table[] = {
        {"", {alice, bob, carol}},
        {"?q=", {alice, bob, carol}},
        {"?q=VRIES", {bob}},
        {"?q=de+vries+sales", {bob}},
        {"?q=jansen%20support", {}},
        {"?q=p%C3%A9%C3%A9ters", {carol}},
        {"?folder=Sales", {alice, bob}},
        {"?folder=sales", {}},
        {"?status=held", {bob}},
        {"?status=unknown&folder=Sales", {alice}},
        {"?q=e&status=unknown&folder=Support&limit=5", {carol}},
    };
    auto client = office.client();
    for (const Row& row : table) {
        CAPTURE(row.query);
        auto page = client.get(fmt::format("/v1/presence{}", row.query), viewer).json();
        CHECK(ids(page) == row.found);
        CHECK(page.at("next").is_null());
    }
    CHECK(client.get("/v1/presence/carol%2fx%20y%40example.net", viewer).json().at("name").as_string() ==
          "Carol \"C\" Peeters");
}

TEST_CASE("listing: whoever is looked at while unknown is named to the telephony room") {
    std::vector<presence::Slot> interested;
    status::Ports ports;
    ports.interested = [&](presence::Slot slot) { interested.push_back(slot); };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    client.get("/v1/presence/alice%40example.net", viewer);
    office.report("alice@example.net", line(LineState::idle));
    client.get("/v1/presence/alice%40example.net", viewer);
    CHECK(interested == std::vector<presence::Slot>{office.people->find("alice@example.net").value()});
}

TEST_CASE("why: inputs, rules and outputs") {
    auto at = parse_rfc3339("2026-11-22T10:00:00.000Z").value();
    status::Ports ports;
    ports.lines = [&](presence::Slot, status::Reply<std::vector<status::LineInput>> reply) {
        reply({{"alice@example.net", LineState::active, 1, false, presence::Forwarding::none,
                presence::AgentState::available, false, at, at + 60s},
               {"alice.mobile@example.net",
                LineState::idle,
                0,
                true,
                presence::Forwarding::busy,
                presence::AgentState::none,
                true,
                {},
                {}}});
    };
    status::PersonView others{{}, {{"teams", "Busy/InACall", at, "delivered"}}};
    SUBCASE("the table's word for Teams") {}
    SUBCASE("an adapter's word for Teams stands for it") {
        others.inputs.push_back({"teams", "Busy/Busy", at, at + 2min});
    }
    ports.person = [&](presence::Slot, status::Reply<status::PersonView> reply) { reply(others); };
    Office office(default_options(), std::move(ports));
    office.report("alice@example.net", line(LineState::active, 1));
    office.report_teams("alice@example.net", {presence::TeamsState::busy, 3, false, false, at});
    auto why = office.client().get("/v1/presence/alice%40example.net/why", viewer).json();
    CHECK(why.at("presence").at("status").as_string() == "on_call");
    auto& inputs = why.at("inputs").as_array();
    REQUIRE(inputs.size() == 3);
    CHECK(inputs[0].at("source").as_string() == "telephony");
    CHECK(inputs[0].at("value").as_string() == "active");
    CHECK(inputs[0].at("line").as_string() == "alice@example.net");
    CHECK(inputs[0].at("at").as_string() == "2026-11-22T10:00:00.000Z");
    CHECK(inputs[0].at("expires").as_string() == "2026-11-22T10:01:00.000Z");
    CHECK(inputs[0].at("age_s").is_double());
    CHECK(inputs[0].at("acd").as_string() == "available");
    CHECK(inputs[1].at("at").is_null());
    CHECK(inputs[1].at("age_s").is_null());
    CHECK(inputs[1].at("dnd").as_bool());
    CHECK(inputs[2].at("source").as_string() == "teams");
    CHECK(inputs[2].at("value").as_string() == "Busy/Busy");
    CHECK(!inputs[2].at("out_of_office").as_bool());
    CHECK(inputs[2].at("expires").is_string() == !others.inputs.empty());
    auto& rules = why.at("rules").as_array();
    CHECK(rules.size() >= 11);
    CHECK(rules[0].at("built_in").as_bool());
    bool decided = false;
    for (const auto& rule : rules) {
        if (decided || !rule.at("matched").as_bool()) continue;
        decided = true;
        CHECK(rule.at("rule").to_number<int>() == 7);
    }
    CHECK(decided);
    CHECK(why.at("outputs").as_array().at(0).at("result").as_string() == "delivered");
}

TEST_CASE("a photo, its ETag, and nobody's photo") {
    bool none = false;
    status::Ports ports;
    ports.photo = [&](presence::Slot, status::Reply<status::PhotoView> reply) {
        reply(none ? status::PhotoView{} : status::PhotoView{false, "\xff\xd8\xff jpeg", "\"a1\""});
    };
    Office office(default_options(), std::move(ports));
    constexpr auto path = "/v1/users/alice%40example.net/photo";
    auto answer = office.client().get(path, viewer);
    CHECK(answer.status == 200);
    CHECK(answer.field("Content-Type") == "image/jpeg");
    CHECK(answer.field("ETag") == "\"a1\"");
    CHECK(answer.field("Cache-Control") == "private, max-age=3600");
    CHECK(answer.body == "\xff\xd8\xff jpeg");
    CHECK(office.client().request("GET", path, viewer, {}, "If-None-Match: \"a1\"\r\n").status == 304);
    CHECK(office.client().get("/v1/users/nobody%40example.net/photo", viewer).status == 404);
    CHECK(office.client().get(path).status == 401);
    none = true;
    CHECK(office.client().get(path, viewer).status == 404);
}

TEST_CASE("doubts: who has no account elsewhere, page by page") {
    status::Ports ports;
    ports.doubts = [](status::Reply<std::vector<status::DoubtView>> reply) {
        reply({{0, "teams", "unmatched", "has no Teams account"},
               {1, "teams", "doubled", "has Alice's"},
               {999, "teams", "", ""}});
    };
    Office office(default_options(), std::move(ports));
    auto first = office.client().get("/v1/people/doubts?limit=1", viewer).json();
    REQUIRE(first.at("items").as_array().size() == 1);
    CHECK(first.at("items").at(0).at("kind").as_string() == "unmatched");
    CHECK(!first.at("items").at(0).at("person").as_string().empty());
    auto second =
        office.client().get("/v1/people/doubts?cursor=" + std::string(first.at("next").as_string()), viewer).json();
    CHECK(second.at("items").as_array().size() == 1); // who left meanwhile is not shown
    CHECK(second.at("next").is_null());
    CHECK(office.client().get("/v1/people/doubts?limit=0", viewer).status == 400);
}

TEST_CASE("why: without a telephony room the table speaks") {
    Office office;
    office.report("alice@example.net", line(LineState::held, 2));
    auto why = office.client().get("/v1/presence/alice%40example.net/why", viewer).json();
    CHECK(why.at("inputs").as_array().size() == 1);
    CHECK(why.at("inputs").as_array().at(0).at("value").as_string() == "held");
    CHECK(why.at("inputs").as_array().at(0).at("calls").to_number<int>() == 2);
}

TEST_CASE("readiness: what holds it back, in words") {
    struct Row {
        std::string_view what;
        void (*spoil)(status::PlatformView&, status::AdapterView&);
        std::string_view says; // empty: ready
    };
    // clang-format off
    const Row table[] = {
        {"one host of two is down",   [](auto&, auto&) {},                                            ""},
        {"targets are refused",       [](auto& p, auto&) { p.refused = 5; },                          ""},
        {"an adapter is degraded",    [](auto&, auto& a) { a.state = "degraded"; },                   ""},
        {"no channel",                [](auto& p, auto&) { p.channels.erase(p.channels.begin()); },   "acme: no channel is up"},
        {"subscriptions are pending", [](auto& p, auto&) { p.pending = 3; },                          "acme: 3 of 10 subscriptions"},
        {"first states are missing",  [](auto& p, auto&) { p.first_known = 30; },                     "acme: the first state of 10 of 40 lines is not in (75.0 %"},
        {"no directory",              [](auto& p, auto&) { p.discovered = false; },                   "acme: the directory is not in"},
        {"the first Teams round",     [](auto&, auto& a) { a.not_ready = "the first round is not in"; }, "teams: the first round is not in"},
    };
    // clang-format on
    for (const Row& row : table) {
        CAPTURE(row.what);
        auto one = platform();
        status::AdapterView teams{"teams", "up", 0, {}, "", ""};
        row.spoil(one, teams);
        status::Ports ports;
        ports.platforms = always(std::vector{one});
        ports.adapters = always(std::vector{teams});
        Office office(default_options(), std::move(ports));
        auto answer = office.client().get("/readyz");
        CHECK(answer.status == (row.says.empty() ? 200 : 503));
        CHECK(answer.json().at("ready").as_bool() == row.says.empty());
        CHECK(answer.json().at("first_state").at("total").to_number<int>() == 40);
        if (!row.says.empty()) CHECK(answer.body.find(row.says) != std::string::npos);
    }
}

TEST_CASE("status: the shape that the page relies on") {
    auto one = platform();
    one.problems = {"The login of acme is refused.",
                    {"no_channel", {{"platform", "acme"}, {"host", "\"xsp1\""}}, "acme: no channel"}};
    status::Ports ports;
    ports.platforms = always(std::vector{one});
    ports.adapters = always(std::vector<status::AdapterView>{{"teams", "up", 2, wall_now(), "", ""},
                                                             {"zoho", "degraded", 0, {}, "refused", ""}});
    Office office(default_options(), std::move(ports));
    office.report("bob@example.net", line(LineState::held, 1));
    auto status = office.client().get("/v1/status", viewer).json();
    CHECK(status.at("version").as_string() == "1.2.3");
    CHECK(parse_rfc3339(std::string_view(status.at("started").as_string())).has_value());
    CHECK(status.at("people").at("total").to_number<int>() == 3);
    CHECK(status.at("people").at("known").to_number<int>() == 1);
    CHECK(status.at("people").at("by_status").at("held").to_number<int>() == 1);
    CHECK(status.at("people").at("by_status").at("unknown").to_number<int>() == 2);
    auto& channels = status.at("channels").as_array();
    REQUIRE(channels.size() == 2);
    CHECK(channels[0].at("platform").as_string() == "acme");
    CHECK(channels[0].at("state").as_string() == "up");
    CHECK(channels[0].at("reason").is_null());
    CHECK(channels[1].at("state").as_string() == "down");
    CHECK(channels[1].at("channel_id").is_null());
    CHECK(channels[1].at("last_event").is_null());
    CHECK(channels[1].at("reason").as_string() == "connection reset");
    CHECK(status.at("subscriptions").at("wanted").to_number<int>() == 10);
    CHECK(status.at("subscriptions").at("platforms").as_array().at(0).at("name").as_string() == "acme");
    CHECK(status.at("adapters").as_array().at(0).at("last_error").is_null());
    CHECK(status.at("adapters").as_array().at(1).at("last_error").as_string() == "refused");
    CHECK(status.at("events").at("total").to_number<int>() == 1000);
    CHECK(status.at("events").at("gaps").to_number<int>() == 1);
    CHECK(status.at("events").at("per_second").is_number());
    CHECK(status.at("first_state").at("known").to_number<int>() == 40);
    CHECK(status.at("problems").as_array().at(0).as_string() == "The login of acme is refused.");
    CHECK(boost::json::serialize(status.at("alarms")) ==
          R"([{"text":"The login of acme is refused.","code":null,"values":{}},)"
          R"({"text":"acme: no channel","code":"no_channel","values":{"platform":"acme","host":"\"xsp1\""}}])");
}

TEST_CASE("calls: active ones, by page") {
    std::vector<status::CallView> calls;
    for (int i = 0; i < 5; ++i)
        calls.push_back({fmt::format("c{}", i),
                         "alice@example.net",
                         "alice@example.net",
                         i % 2 == 0,
                         "+31201230002",
                         "",
                         wall_now() + milliseconds(i),
                         {},
                         "active",
                         "",
                         "sales"});
    std::ranges::reverse(calls);
    status::Ports ports;
    ports.active_calls = always(calls);
    int asked = 0;
    ports.recognise = [&](const std::string& number, bool live, const auto& reply) {
        ++asked;
        CHECK(number == "+31201230002");
        CHECK(!live);
        calls::Match match;
        match.integration = "crm";
        match.id = "7";
        reply(std::vector{match});
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    auto page = client.get("/v1/calls/active?limit=2", operating).json();
    CHECK(ids(page) == std::vector<std::string>{"c0", "c1"});
    auto first = page.at("items").as_array().at(0);
    CHECK(first.at("direction").as_string() == "in");
    CHECK(first.at("remote").at("number").as_string() == "+31201230002");
    CHECK(first.at("remote").at("name").is_null());
    CHECK(first.at("queue").as_string() == "sales");
    CHECK(asked == 1); // the page's calls have one number
    CHECK(first.at("match").at("count").to_number<int>() == 1);
    CHECK(first.at("match").at("records").as_array().at(0).at("id").as_string() == "7");
    CHECK(first.at("answered").is_null());
    std::vector<std::string> all = ids(page);
    while (!page.at("next").is_null()) {
        page =
            client
                .get(fmt::format("/v1/calls/active?limit=2&cursor={}", std::string_view(page.at("next").as_string())),
                     operating)
                .json();
        for (auto& id : ids(page))
            all.push_back(id);
    }
    CHECK(all == std::vector<std::string>{"c0", "c1", "c2", "c3", "c4"});
}

TEST_CASE("commands: dialling and control") {
    std::string seen;
    status::Ports ports;
    ports.dial = [&](const status::DialRequest& request, const status::Reply<Result<std::string>>& reply) {
        seen = fmt::format("dial {} by {}", request.to, request.by);
        if (request.to == "busy") return reply(fail(Category::conflict, "The phone is in use."));
        if (request.to == "down") return reply(fail(Category::network, "No platform answers."));
        if (request.to == "who") return reply(fail(Category::not_found, "No such line."));
        reply(std::string("call-1"));
    };
    ports.control = [&](const status::ControlRequest& request, const status::Reply<Result<std::string>>& reply) {
        seen = fmt::format("{} {} {} by {}", name(request.verb), request.call, request.to, request.by);
        reply(request.call);
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    struct Row {
        std::string_view path;
        std::string_view body;
        int status;
        std::string_view seen;
    };
    // clang-format off
    const Row table[] = {
        {"/v1/dial", R"({"person":"alice@example.net","to":"2002"})",      202, "dial 2002 by desk"},
        {"/v1/dial", R"({"person":"nobody","to":"2002"})",                 404, ""},
        {"/v1/dial", R"({"person":"alice@example.net"})",                  400, ""},
        {"/v1/dial", R"({"person":"alice@example.net","to":""})",          400, ""},
        {"/v1/dial", R"({"person":"alice@example.net","to":7})",           400, ""},
        {"/v1/dial", "{\"person\":\"alice@example.net\",\"to\":\"1\\n2\"}", 400, ""},
        {"/v1/dial", R"(["alice"])",                                       400, ""},
        {"/v1/dial", R"({"person")",                                       400, ""},
        {"/v1/dial", "",                                                   400, ""},
        {"/v1/dial", R"({"person":"alice@example.net","to":"busy"})",      409, "dial busy by desk"},
        {"/v1/dial", R"({"person":"alice@example.net","to":"down"})",      502, "dial down by desk"},
        {"/v1/dial", R"({"person":"alice@example.net","to":"who"})",       404, "dial who by desk"},
        {"/v1/calls/call%2F1/hold", "",                                    202, "hold call/1  by desk"},
        {"/v1/calls/c/resume", "",                                         202, "resume c  by desk"},
        {"/v1/calls/c/answer", "{}",                                       202, "answer c  by desk"},
        {"/v1/calls/c/hangup", "",                                         202, "hangup c  by desk"},
        {"/v1/calls/c/transfer", R"({"to":"2003"})",                       202, "transfer c 2003 by desk"},
        {"/v1/calls/c/transfer", "",                                       400, ""},
        {"/v1/calls/c/explode", "",                                        404, ""},
    };
    // clang-format on
    for (const Row& row : table) {
        CAPTURE(row.path);
        CAPTURE(row.body);
        seen.clear();
        auto answer = client.request("POST", row.path, operating, row.body);
        CHECK(answer.status == row.status);
        CHECK(seen == row.seen);
    }
}

TEST_CASE("reload: what was applied, what waits, and what is wrong") {
    status::ReloadView view;
    view.accepted = true;
    view.applied = {"[http] anonymous_role"};
    view.needs_restart = {"[http] listen"};
    status::Ports ports;
    ports.reload = [&](const std::string&, const status::Reply<status::ReloadView>& reply) { reply(view); };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    auto good = client.request("POST", "/v1/reload", administrator);
    CHECK(good.status == 200);
    CHECK(good.body == R"({"applied":["[http] anonymous_role"],"needs_restart":["[http] listen"],"problems":[]})");
    view = {};
    view.problems = {{config::Severity::error, "/etc/l.toml", 3, 7, "http", "listen", "is no \"address\""}};
    auto bad = client.request("POST", "/v1/reload", administrator);
    CHECK(bad.status == 422);
    CHECK(bad.field("Content-Type") == "application/problem+json");
    auto problem = bad.json().at("problems").as_array().at(0);
    CHECK(problem.at("file").as_string() == "/etc/l.toml");
    CHECK(problem.at("line").to_number<int>() == 3);
    CHECK(problem.at("column").to_number<int>() == 7);
    CHECK(problem.at("section").as_string() == "http");
    CHECK(problem.at("key").as_string() == "listen");
    CHECK(problem.at("message").as_string() == "is no \"address\"");
    CHECK(bad.json().at("status").to_number<int>() == 422);
}

TEST_CASE("metrics: promtool finds nothing to say") {
    status::Ports ports;
    auto one = platform();
    one.name = "ac\"me\\\n";
    ports.platforms = always(std::vector{one});
    ports.adapters = always(std::vector<status::AdapterView>{{"teams", "up", 2, wall_now(), "", ""},
                                                             {"zoom", "degraded", 0, {}, "refused", ""},
                                                             {"zoho", "off", 1, {}, "", ""}});
    auto options = default_options();
    Loop loop("serve");
    presence::Table people(16);
    fanout::Fanout fanout;
    status::Service service(loop, options, std::move(ports), people, fanout);
    service.add_metrics([](status::MetricsText& text) {
        text.counter("lamplighter_extra_things_total", "Things of another room.")
            .sample({{"kind", "a"}}, std::uint64_t{3});
    });
    REQUIRE(service.start().has_value());
    loop.start();
    auto text = Client(service.ports().front()).get("/metrics", viewer);
    service.stop();
    CHECK(text.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(text.body.find("lamplighter_extra_things_total{kind=\"a\"} 3\n") != std::string::npos);
    CHECK(text.body.find("lamplighter_channel_up{platform=\"ac\\\"me\\\\\\n\",host=\"xsp1.example.net\"} 1\n") !=
          std::string::npos);
    CHECK(text.body.find("lamplighter_adapter_up{adapter=\"teams\"} 1\n") != std::string::npos);
    CHECK(text.body.find("lamplighter_adapter_up{adapter=\"zoom\"} 0\n") != std::string::npos);
    CHECK(text.body.find("lamplighter_adapter_up{adapter=\"zoho\"}") == std::string::npos); // nobody is alerted
    CHECK(text.body.find("lamplighter_adapter_queue{adapter=\"zoho\"} 1\n") != std::string::npos);
    if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
        MESSAGE("promtool is not installed (Debian package prometheus); the format is not checked by it");
        return;
    }
    char path[] = "/tmp/lamp-metrics-XXXXXX";
    ::close(::mkstemp(path));
    std::ofstream(path) << text.body;
    std::string said;
    FILE* tool = ::popen(fmt::format("promtool check metrics < {} 2>&1", path).c_str(), "r");
    for (char piece[256]; std::fgets(piece, sizeof piece, tool) != nullptr;)
        said += piece;
    auto ended = ::pclose(tool);
    ::unlink(path);
    CHECK(WEXITSTATUS(ended) == 0);
    CHECK(said == "");
}
