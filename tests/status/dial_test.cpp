// Who may dial for whom, how often, and the page that telephone links lead to.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "office.hpp"
#include "status/dial_rate.hpp"

using namespace lamp;
using namespace testing;

namespace {

/// A person with a token of her own: dial.self and callcontrol.self.
status::Options with_alice(std::string person) {
    auto options = default_options();
    options.access.roles = {{"phone", "", {"dial.self", "callcontrol.self"}, {}}};
    options.access.tokens.push_back({"alice", Secret("alice-secret"), "phone", std::move(person)});
    return options;
}

std::string dial(std::string_view person) {
    return fmt::format(R"({{"person":"{}","to":"2002"}})", person);
}

} // namespace

TEST_CASE("dial: one's own telephone only, unless it is anybody's") {
    status::Ports ports;
    std::string seen;
    ports.dial = [&](const status::DialRequest& request, const status::Reply<Result<std::string>>& reply) {
        seen += fmt::format("{} by {};", request.to, request.by);
        reply(std::string("call-1"));
    };
    ports.control = [&](const status::ControlRequest& request, const status::Reply<Result<std::string>>& reply) {
        seen += fmt::format("{} {};", name(request.verb), request.call);
        reply(request.call);
    };
    ports.active_calls = [](const status::Reply<std::vector<status::CallView>>& reply) {
        status::CallView hers, his;
        hers.id = "a1", hers.person = "alice@example.net";
        his.id = "b1", his.person = "bob@example.net";
        reply({hers, his});
    };
    Office office(with_alice("alice@example.net"), std::move(ports));
    auto client = office.client();
    CHECK(client.request("POST", "/v1/dial", "alice-secret", dial("alice@example.net")).status == 202);
    auto refused = client.request("POST", "/v1/dial", "alice-secret", dial("bob@example.net"));
    CHECK(refused.status == 403);
    CHECK(refused.json().at("missing") == "dial.any");
    CHECK(client.request("POST", "/v1/dial", operating, dial("bob@example.net")).status == 202);
    CHECK(client.request("POST", "/v1/dial", viewer, dial("bob@example.net")).status == 403);
    CHECK(client.request("POST", "/v1/calls/a1/hangup", "alice-secret", "").status == 202);
    CHECK(client.request("POST", "/v1/calls/b1/hangup", "alice-secret", "").status == 404);
    CHECK(client.request("POST", "/v1/calls/b1/hold", operating, "").status == 202);
    CHECK(client.request("POST", "/v1/calls/a1/hold", viewer, "").status == 403);
    CHECK(seen == "2002 by alice;2002 by desk;hangup a1;hold b1;");
    CHECK(client.get("/v1/whoami", "alice-secret").json().at("person") == "alice@example.net");
}

TEST_CASE("dial: a token of nobody has nothing of .self") {
    status::Ports ports;
    ports.dial = [](const status::DialRequest&, const status::Reply<Result<std::string>>& reply) {
        reply(std::string("call-1"));
    };
    Office office(with_alice(""), std::move(ports));
    auto client = office.client();
    CHECK(client.request("POST", "/v1/dial", "alice-secret", dial("alice@example.net")).status == 403);
    CHECK(client.request("POST", "/v1/dial", "alice-secret", dial("")).status == 403);
    CHECK(client.request("POST", "/v1/calls/a1/hangup", "alice-secret", "").status == 403);
}

TEST_CASE("dial: not too often for one person, nor with one token") {
    status::Ports ports;
    std::size_t dialled = 0;
    ports.dial = [&](const status::DialRequest&, const status::Reply<Result<std::string>>& reply) {
        ++dialled;
        reply(std::string("call-1"));
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    int status = 0;
    for (int i = 0; i < 100 && status != 429; ++i)
        status = client.request("POST", "/v1/dial", operating, dial("alice@example.net")).status;
    CHECK(status == 429);
    CHECK(dialled >= 20);
    CHECK(client.request("POST", "/v1/dial", operating, dial("bob@example.net")).status == 202);

    status::DialRate rate;
    Steady now{seconds(1000)};
    for (int i = 0; i < 20; ++i)
        CHECK(rate.take("t", "alice", now) == milliseconds(0));
    CHECK(rate.take("t", "alice", now) > milliseconds(0));
    CHECK(rate.take("t", "alice", now + seconds(4)) == milliseconds(0));
    for (int i = 0; i < 39; ++i)
        CHECK(rate.take("t", fmt::format("p{}", i), now) == milliseconds(0));
    CHECK(rate.take("t", "q", now + milliseconds(1)) == milliseconds(0));
}

TEST_CASE("dial: the other side of a call that is over") {
    status::Ports ports;
    calls::CallPage page;
    std::string seen, asked;
    ports.dial = [&](const status::DialRequest& request, const status::Reply<Result<std::string>>& reply) {
        seen += request.to + ";";
        reply(std::string("call-1"));
    };
    ports.calls = [&](const calls::CallQuery& query, const status::Reply<Result<calls::CallPage>>& reply) {
        asked += query.id + ";";
        auto found = page;
        if (query.id != "c1") found.items.clear();
        reply(std::move(found));
    };
    ports.private_calls = [](std::string_view, std::string_view line) { return line == "secret"; };
    Office office(with_alice("alice@example.net"), std::move(ports));
    auto client = office.client();
    auto status = [&](std::string_view token, std::string_view body) {
        return client.request("POST", "/v1/dial", token, body).status;
    };
    constexpr std::string_view back = R"({"person":"alice@example.net","call":"c1"})";
    calls::CallRecord record;
    record.id = "c1";
    record.person = "bob@example.net";
    record.line = "2001";
    page.items = {record, record};
    CHECK(status(operating, back) == 422);        // withheld
    page.items[1].remote_number = "+31201230002"; // of another person of the line, who may be told
    CHECK(status(operating, back) == 202);
    CHECK(seen == "+31201230002;");
    page.masked = true;
    CHECK(status(operating, back) == 422);
    page.masked = false;
    page.items[1].line = "secret";
    CHECK(status(operating, back) == 422);
    CHECK(asked == "c1;c1;c1;c1;");
    CHECK(status(operating, R"({"person":"alice@example.net","call":"c2"})") == 404);
    CHECK(status(operating, R"({"person":"alice@example.net","call":""})") == 400);
    CHECK(status(operating, R"({"person":"alice@example.net","call":"c1","to":"2002"})") == 400);
    CHECK(status(operating, R"({"person":"alice@example.net"})") == 400);
    auto refused = client.request("POST", "/v1/dial", "alice-secret", back);
    CHECK(refused.status == 403);
    CHECK(refused.json().at("missing") == "calls.read");
    CHECK(seen == "+31201230002;");
}

TEST_CASE("dial: the page is there for everybody and dials nothing") {
    status::Ports ports;
    std::size_t dialled = 0;
    ports.dial = [&](const status::DialRequest&, const status::Reply<Result<std::string>>& reply) {
        ++dialled;
        reply(std::string("call-1"));
    };
    Office office(default_options(), std::move(ports));
    auto client = office.client();
    auto page = client.get("/dial?to=tel%3A%2B31612345678&person=alice@example.net", "");
    CHECK(page.status == 200);
    CHECK(page.body.find("dial.js") != std::string::npos);
    CHECK(page.body.find("31612345678") == std::string::npos); // nothing of the address is in it
    CHECK(client.get("/dial.js", "").status == 200);
    CHECK(client.get("/dial.css", "").status == 200);
    CHECK(client.get("/v1/dial?person=alice@example.net&to=2002", operating).status == 405);
    CHECK(dialled == 0);
}
