// Tokens made at run time, what limited ones see, expired ones, guessers. Over HTTP, with a store that is a map.
#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <map>
#include <mutex>

#include "access/hashed.hpp"
#include "office.hpp"
#include "status/giving.hpp"

using namespace lamp;
using namespace std::chrono_literals;
using testing::administrator;
using testing::Client;
using testing::Office;
using testing::operating;
using testing::viewer;

namespace {

/// What the store would keep.
struct Kept {
    std::mutex mutex;
    std::map<std::string, access::IssuedToken> tokens;
    std::map<std::string, access::Ticket> tickets;
    std::vector<status::AuditView> audit; // the newest first
    bool broken = false;

    [[nodiscard]] status::Ports ports() {
        status::Ports ports;
        ports.keep_token = [this](access::IssuedToken token, status::AuditView row, auto reply) {
            std::scoped_lock lock(mutex);
            if (broken) return reply(fail(Category::unavailable, "The disk is full."));
            auto name = token.name;
            tokens.emplace(name, std::move(token));
            audit.insert(audit.begin(), std::move(row));
            reply({});
        };
        ports.drop_token = [this](const std::string& name, status::AuditView row, auto reply) {
            std::scoped_lock lock(mutex);
            if (broken) return reply(fail(Category::unavailable, "The disk is full."));
            tokens.erase(name);
            audit.insert(audit.begin(), std::move(row));
            reply({});
        };
        ports.keep_ticket = [this](access::Ticket ticket, status::AuditView row, auto reply) {
            std::scoped_lock lock(mutex);
            tickets.insert_or_assign(ticket.token.name, ticket);
            audit.insert(audit.begin(), std::move(row));
            reply({});
        };
        ports.drop_ticket = [this](const std::string& name, status::AuditView row, auto reply) {
            std::scoped_lock lock(mutex);
            tickets.erase(name);
            audit.insert(audit.begin(), std::move(row));
            reply({});
        };
        ports.tickets = [this](auto reply) {
            std::scoped_lock lock(mutex);
            std::vector<access::Ticket> all;
            for (const auto& [name, one] : tickets)
                all.push_back(one);
            reply(std::move(all));
        };
        ports.enrol = [this](access::Digest ticket, access::Digest token, auto reply) {
            std::scoped_lock lock(mutex);
            for (auto& [name, one] : tickets) {
                if (one.token.digest != ticket) continue;
                if (one.used) return reply(fail(Category::conflict, "This ticket was used."));
                one.used = wall_now();
                auto made = one.token;
                made.digest = token;
                tokens.emplace(name, made);
                return reply(std::move(made));
            }
            reply(fail(Category::unauthorised, "This ticket is not known."));
        };
        ports.changes_audit = [this](std::size_t, const auto& reply) {
            std::scoped_lock lock(mutex);
            reply(audit);
        };
        return ports;
    }
};

std::string text_at(const testing::json::value& value, std::string_view member) {
    const auto& found = value.at(member);
    return found.is_string() ? std::string(found.get_string()) : testing::json::serialize(found);
}

/// The secret of a new token.
std::string made(Client& client, std::string_view token, std::string_view body) {
    auto answer = client.request("POST", "/v1/tokens", token, body);
    REQUIRE_MESSAGE(answer.status == 201, answer.body);
    return text_at(answer.json(), "secret");
}

std::vector<std::string> ids(const testing::HttpAnswer& answer, std::string_view member = "id") {
    std::vector<std::string> found;
    auto document = answer.json();
    for (const auto& one : document.at("items").as_array())
        found.push_back(text_at(one, member));
    return found;
}

status::Options with_tokens(std::vector<status::TokenOptions> more) {
    auto options = testing::default_options();
    for (auto& one : more)
        options.access.tokens.push_back(std::move(one));
    return options;
}

status::TokenOptions limited(std::string secret, std::string role, std::vector<std::string> folders,
                             std::vector<std::string> lines = {}) {
    status::TokenOptions token{secret, Secret(secret), std::move(role)};
    token.folders = std::move(folders);
    token.lines = std::move(lines);
    return token;
}

} // namespace

TEST_CASE("tokens: made, used, listed without the secret, revoked at once") {
    Kept kept;
    Office office(testing::default_options(), kept.ports());
    auto client = office.client();
    auto secret = made(client, administrator, R"({"name":"crm","role":"operator","expires":"2999-01-01"})");
    CHECK(secret.starts_with("lamp_"));
    CHECK(kept.tokens.at("crm").digest == access::digest_of(secret));

    auto other = office.client();
    CHECK(other.get("/v1/presence", secret).status == 200);
    auto who = other.get("/v1/whoami", secret).json();
    CHECK(text_at(who, "token") == "crm");
    CHECK(text_at(who, "expires") == "2999-01-02T00:00:00.000Z");

    auto list = client.get("/v1/tokens", administrator);
    CHECK(list.body.find(secret) == std::string::npos);
    CHECK(ids(list, "name") == std::vector<std::string>{"books", "crm", "desk", "root", "wallboard"});
    CHECK(list.body.find("sha256") == std::string::npos);
    CHECK(text_at(list.json().at("items").at(1), "source") == "issued");
    CHECK(text_at(list.json().at("items").at(1), "created_by") == "root");
    CHECK(text_at(list.json().at("items").at(1), "last_used") != "null");
    CHECK(text_at(list.json().at("items").at(0), "source") == "configuration");

    CHECK(client.request("DELETE", "/v1/tokens/crm", administrator).status == 204);
    CHECK(other.get("/v1/presence", secret).status == 401); // on the connection that knew it, too
    CHECK(client.request("DELETE", "/v1/tokens/crm", administrator).status == 404);
    CHECK(kept.tokens.empty());

    auto audit = client.get("/v1/audit", administrator);
    CHECK(ids(audit, "what") == std::vector<std::string>{"token_revoked", "token_created"});
    CHECK(text_at(audit.json().at("items").at(1), "after") ==
          "role operator, sees everybody, until 2999-01-02T00:00:00.000Z");
    CHECK(audit.body.find(secret) == std::string::npos);
}

TEST_CASE("tokens: what is refused") {
    Kept kept;
    Office office(testing::default_options(), kept.ports());
    auto client = office.client();
    struct Row {
        std::string_view token, body;
        int status;
        std::string_view says;
    };
    const Row table[] = {
        {administrator, R"([])", 400, "JSON object"},
        {administrator, R"({"name":"a"})", 400, "\\\"role\\\""},
        {administrator, R"({"name":"a","role":"king"})", 400, "no role king"},
        {administrator, R"({"name":"a","role":"viewer","secret":"mine"})", 400, "Not known"},
        {administrator, R"({"name":"a\nb","role":"viewer"})", 400, "name"},
        {administrator, R"({"name":"a","role":"viewer","folders":["a\nb"]})", 400, "folders"},
        {administrator, R"({"name":"a","role":"viewer","expires":"2020-01-01"})", 400, "passed"},
        {administrator, R"({"name":"a","role":"viewer","expires":"soon"})", 400, "date"},
        {administrator, R"({"name":"a","role":"viewer","person":"nobody@example.net"})", 400, "no person"},
        {administrator, R"({"name":"desk","role":"viewer"})", 409, "already"},
        {operating, R"({"name":"a","role":"viewer"})", 403, "access.manage"},
    };
    for (const Row& row : table) {
        CAPTURE(row.body);
        auto answer = client.request("POST", "/v1/tokens", row.token, row.body);
        CHECK(answer.status == row.status);
        CHECK_MESSAGE(answer.body.find(row.says) != std::string::npos, answer.body);
    }
    CHECK(client.request("DELETE", "/v1/tokens/desk", administrator).status == 409);
    CHECK(client.request("DELETE", "/v1/tokens/nobody", administrator).status == 404);
    CHECK(kept.tokens.empty());
    kept.broken = true;
    CHECK(client.request("POST", "/v1/tokens", administrator, R"({"name":"a","role":"viewer"})").status == 502);
    kept.broken = false;
    auto secret = made(client, administrator, R"({"name":"a","role":"viewer"})");
    kept.broken = true;
    CHECK(client.request("DELETE", "/v1/tokens/a", administrator).status == 502);
    CHECK(client.get("/v1/presence", secret).status == 200); // it is still on disk: it was not revoked
}

TEST_CASE("tickets: exchanged for a token once, by whoever holds them; tries that are none are counted") {
    Kept kept;
    Office office(testing::default_options(), kept.ports());
    auto client = office.client();
    auto answer = client.request("POST", "/v1/tickets", administrator, R"({"name":"desk2","role":"viewer"})");
    REQUIRE_MESSAGE(answer.status == 201, answer.body);
    auto ticket = text_at(answer.json(), "ticket");
    CHECK(kept.tickets.at("desk2").token.digest == access::digest_of(ticket));
    CHECK(client.get("/v1/presence", ticket).status == 401); // it is no token
    auto list = client.get("/v1/tickets", administrator);
    CHECK(ids(list, "name") == std::vector<std::string>{"desk2"});
    CHECK(list.body.find(ticket) == std::string::npos);

    auto body = fmt::format(R"({{"ticket":"{}"}})", ticket);
    auto made_one = client.request("POST", "/v1/tokens/enrol", {}, body);
    REQUIRE_MESSAGE(made_one.status == 201, made_one.body);
    CHECK(client.get("/v1/presence", text_at(made_one.json(), "secret")).status == 200);
    CHECK(client.request("POST", "/v1/tokens/enrol", {}, body).status == 409);
    CHECK(text_at(client.get("/v1/tickets", administrator).json().at("items").at(0), "used") != "null");

    CHECK(client.request("DELETE", "/v1/tickets/desk2", administrator).status == 204);
    CHECK(client.request("DELETE", "/v1/tickets/desk2", administrator).status == 404);
    CHECK(client.request("POST", "/v1/tokens/enrol", {}, body).status == 401);
    auto audit = client.get("/v1/audit", administrator);
    CHECK(ids(audit, "what") == std::vector<std::string>{"ticket_revoked", "ticket_created"});
    CHECK(audit.body.find(ticket) == std::string::npos);
    auto metrics = client.get("/metrics", viewer).body; // the ticket as a token, the one that was revoked
    CHECK(metrics.find(R"(lamplighter_http_tokens_refused_total{reason="unknown"} 2)") != std::string::npos);
}

TEST_CASE("tickets: what is refused") {
    Kept kept;
    Office office(testing::default_options(), kept.ports());
    auto client = office.client();
    struct Row {
        std::string_view path, body;
        int status;
        std::string_view says;
    };
    const Row table[] = {
        {"/v1/tickets", R"({"name":"a"})", 400, "\\\"role\\\""},
        {"/v1/tickets", R"({"name":"a","role":"king"})", 400, "no role king"},
        {"/v1/tickets", R"({"name":"a","role":"viewer","expires":"5s"})", 400, "1m to 30d"},
        {"/v1/tickets", R"({"name":"a","role":"viewer","expires":"31d"})", 400, "1m to 30d"},
        {"/v1/tickets", R"({"name":"a","role":"viewer","expires":"soon"})", 400, "1m to 30d"},
        {"/v1/tickets", R"({"name":"a","role":"viewer","token_expires":"2020-01-01"})", 400, "passed"},
        {"/v1/tickets", R"({"name":"desk","role":"viewer"})", 409, "already"},
        {"/v1/tokens/enrol", R"({})", 400, "ticket"},
        {"/v1/tokens/enrol", R"({"ticket":"a","role":"administrator"})", 400, "ticket"},
        {"/v1/tokens/enrol", R"([])", 400, "JSON object"},
    };
    for (const Row& row : table) {
        CAPTURE(row.body);
        auto answer = client.request("POST", row.path, administrator, row.body);
        CHECK(answer.status == row.status);
        CHECK_MESSAGE(answer.body.find(row.says) != std::string::npos, answer.body);
    }
    CHECK(client.request("POST", "/v1/tickets", operating, R"({"name":"a","role":"viewer"})").status == 403);
    CHECK(kept.tickets.empty());
}

TEST_CASE("tokens: nobody gives more than they hold") {
    auto options = with_tokens({limited("sales-chief", "chief", {"Sales"}),
                                {"brief", Secret("brief"), "chief"},
                                {"all", Secret("all"), "chief"},
                                {"bob", Secret("bob"), "self_chief", "bob@example.net"}});
    options.access.tokens[5].expires = "2990-01-01";
    options.access.roles = {{"chief", "operator", {"access.manage"}, {"calls.read"}},
                            {"self_chief", "viewer", {"access.manage", "dial.self"}, {}},
                            {"self_dial", "", {"dial.self"}, {}}};
    Kept kept;
    Office office(options, kept.ports());
    auto client = office.client();
    struct Row {
        std::string_view token, body;
        int status;
        std::string_view says;
    };
    const Row table[] = {
        {"all", R"({"name":"a","role":"administrator"})", 403, R"("missing":")"},
        {"all", R"({"name":"a","role":"operator"})", 403, R"("missing":"calls.read")"},
        {"all", R"({"name":"b","role":"viewer"})", 201, ""},
        {"sales-chief", R"({"name":"a","role":"viewer"})", 403, "sees folders Sales"},
        {"sales-chief", R"({"name":"a","role":"viewer","folders":["Sales","Support"]})", 403, "folders"},
        {"sales-chief", R"({"name":"c","role":"viewer","folders":["Sales"]})", 201, ""},
        {"sales-chief", R"({"name":"a","role":"viewer","folders":["Sales"],"person":"carol/x y@example.net"})", 400,
         ""},
        {"brief", R"({"name":"a","role":"viewer"})", 403, "outlive"},
        {"brief", R"({"name":"a","role":"viewer","expires":"2990-01-02"})", 403, "outlive"},
        {"brief", R"({"name":"d","role":"viewer","expires":"2989-12-31"})", 201, ""},
        {"bob", R"({"name":"a","role":"self_dial","person":"alice@example.net"})", 403, R"("missing":"dial.any")"},
        {"bob", R"({"name":"e","role":"self_dial","person":"bob@example.net"})", 201, ""},
        {"all", R"({"name":"f","role":"self_dial","person":"alice@example.net"})", 201, ""},
    };
    for (const Row& row : table) {
        CAPTURE(row.token);
        CAPTURE(row.body);
        auto answer = client.request("POST", "/v1/tokens", row.token, row.body);
        CHECK_MESSAGE(answer.status == row.status, answer.body);
        CHECK_MESSAGE(answer.body.find(row.says) != std::string::npos, answer.body);
    }
    // Nor takes away from those who hold more.
    static_cast<void>(made(client, administrator, R"({"name":"strong","role":"administrator"})"));
    CHECK(client.request("DELETE", "/v1/tokens/strong", "all").status == 403);
    CHECK(client.request("DELETE", "/v1/tokens/b", "sales-chief").status == 404);
    CHECK(client.request("DELETE", "/v1/tokens/c", "sales-chief").status == 204);
    CHECK(ids(client.get("/v1/tokens", "sales-chief"), "name") == std::vector<std::string>{"sales-chief"});
}

TEST_CASE("tokens: expired ones, hashed ones") {
    status::TokenOptions over{"over", Secret("over-secret"), "viewer"};
    over.expires = "2020-01-01";
    status::TokenOptions hashed{"hashed", Secret(access::write_hashed(access::digest_of("hashed-secret"))), "viewer"};
    Office office(with_tokens({over, hashed}));
    auto client = office.client();
    auto answer = client.get("/v1/presence", "over-secret");
    CHECK(answer.status == 401);
    CHECK(answer.body.find("expired") != std::string::npos);
    CHECK(answer.field("WWW-Authenticate").value_or("").find("invalid_token") != std::string::npos);
    CHECK(client.get("/v1/presence", "hashed-secret").status == 200);
    CHECK(client.get("/v1/presence", hashed.secret.reveal()).status == 401); // the hash itself opens nothing
}

TEST_CASE("tokens: a folder's token sees that folder alone") {
    status::Ports ports;
    ports.active_calls = [](const auto& reply) {
        status::CallView alice;
        alice.id = "c1";
        alice.person = alice.line = "alice@example.net";
        status::CallView carol;
        carol.id = "c2";
        carol.person = "carol/x y@example.net";
        carol.line = "carol@example.net";
        reply({alice, carol});
    };
    std::vector<std::string> controlled;
    ports.control = [&](const status::ControlRequest& request, const auto& reply) {
        controlled.push_back(request.call);
        reply(request.call);
    };
    ports.dial = [](const auto&, const auto& reply) { reply(std::string("new")); };
    ports.forward = [](const status::ForwardRequest& request, const auto& reply) {
        reply(status::PersonForwarding{request.person, {{.line = request.line}}});
    };
    ports.agents = [](const status::Reply<std::vector<status::AgentView>>& reply) {
        using presence::AgentState;
        std::vector<status::AgentQueueView> queues{{.id = "queue@example.net", .name = {}, .joined = true}};
        reply({{.person = 1, .line = "bob@example.net", .state = AgentState::available, .queues = queues},
               {.person = 2, .line = "carol@example.net", .state = AgentState::available, .queues = queues}});
    };
    std::optional<calls::CallQuery> asked;
    ports.calls = [&](calls::CallQuery query, const auto& reply) {
        asked = query;
        reply(calls::CallPage{});
    };
    Office office(
        with_tokens({limited("sales", "operator", {"Sales"}), limited("line", "operator", {}, {"bob@example.net"})}),
        ports);
    auto client = office.client();
    struct Row {
        std::string_view token, method, path, body;
        int status;
    };
    const Row table[] = {
        {"sales", "GET", "/v1/presence/alice@example.net", "", 200},
        {"sales", "GET", "/v1/presence/carol%2Fx%20y@example.net", "", 404},
        {"sales", "GET", "/v1/presence/carol%2Fx%20y@example.net/why", "", 404},
        {"sales", "GET", "/v1/forwarding/carol%2Fx%20y@example.net", "", 404},
        {"sales", "GET", "/v1/users/carol%2Fx%20y@example.net/photo", "", 404},
        {"sales", "PUT", "/v1/forwarding/carol%2Fx%20y@example.net", R"({"to":"2000"})", 404},
        {"sales", "PUT", "/v1/forwarding/bob@example.net", R"({"to":"2000"})", 200},
        {"sales", "POST", "/v1/dial", R"({"person":"carol/x y@example.net","to":"2000"})", 404},
        {"sales", "POST", "/v1/dial", R"({"person":"bob@example.net","to":"2000"})", 202},
        {"sales", "POST", "/v1/calls/c2/hangup", "", 404},
        {"sales", "POST", "/v1/calls/c1/hangup", "", 202},
        {"sales", "GET", "/v1/events?person=carol%2Fx%20y@example.net", "", 404},
        {"sales", "GET", "/v1/directory", "", 403}, // contacts belong to no folder of people
        {"sales", "GET", "/v1/folders", "", 403},
        {"sales", "GET", "/v1/favourites/alice@example.net", "", 403},
        {"sales", "POST", "/v1/privacy/export", R"({"number":"2000"})", 403},
        {"line", "GET", "/v1/presence/bob@example.net", "", 200},
        {"line", "GET", "/v1/presence/alice@example.net", "", 404},
        {"line", "POST", "/v1/calls/c1/hangup", "", 404},
    };
    for (const Row& row : table) {
        CAPTURE(row.token);
        CAPTURE(row.path);
        CHECK(client.request(row.method, row.path, row.token, row.body).status == row.status);
    }
    CHECK(controlled == std::vector<std::string>{"c1"});
    CHECK(ids(client.get("/v1/presence", "sales")) == std::vector<std::string>{"alice@example.net", "bob@example.net"});
    CHECK(ids(client.get("/v1/presence", "line")) == std::vector<std::string>{"bob@example.net"});
    CHECK(ids(client.get("/v1/calls/active", "sales")) == std::vector<std::string>{"c1"});
    auto agents = client.get("/v1/acd/agents", "line").body;
    CHECK(agents.find("bob@example.net") != std::string::npos);
    CHECK(agents.find("carol") == std::string::npos);
    CHECK(client.get("/v1/acd", "sales").body.find("carol") == std::string::npos);
    CHECK(client.get("/v1/calls?person=carol%2Fx%20y@example.net", "sales").status == 200);
    REQUIRE(asked.has_value());
    REQUIRE(asked->within.has_value());
    CHECK(asked->within->persons == std::vector<std::string>{"alice@example.net", "bob@example.net"});
    CHECK(client.get("/v1/calls", operating).status == 200);
    CHECK(!asked->within.has_value());
}

TEST_CASE("tokens: a limited reader hears of nobody else, and keeps up with the people") {
    status::Ports ports;
    ports.private_calls = [](std::string_view, std::string_view line) { return line == "bob@example.net"; };
    Office office(
        with_tokens({limited("sales", "operator", {"Sales"}), limited("line", "operator", {}, {"bob@example.net"})}),
        ports);
    auto people = testing::rows(3);
    people[1].lines.emplace_back("bob.second@example.net");
    office.use_people(people);
    auto sales = office.client();
    sales.send("GET /v1/events?types=presence,call,gap HTTP/1.1\r\nHost: l\r\nAuthorization: Bearer sales\r\n\r\n");
    sales.read_until("\r\n\r\n");
    auto line = office.client();
    line.send("GET /v1/events?types=presence,call,gap HTTP/1.1\r\nHost: l\r\nAuthorization: Bearer line\r\n\r\n");
    line.read_until("\r\n\r\n");
    office.settle();
    auto ring = [&](std::string id, std::string of_line) {
        calls::CallEvent event{};
        event.call.id = "call of " + of_line;
        event.call.person = std::move(id);
        event.call.line = std::move(of_line);
        event.call.remote_number = "+31612345678";
        office.service.publish(event);
    };
    office.report("carol/x y@example.net", testing::line(presence::LineState::active, 1));
    ring("carol/x y@example.net", "carol@example.net");
    ring("", "nobody@example.net");
    ring("bob@example.net", "bob.second@example.net");
    ring("bob@example.net", "bob@example.net");
    auto second = sales.event().data; // the whole of Bob
    CHECK(second.find("call of bob.second@example.net") != std::string::npos);
    CHECK(second.find("+31612345678") != std::string::npos);
    for (auto* reader : {&sales, &line}) { // the line alone, whose calls are not published
        auto first = reader->event().data;
        CHECK(first.find("call of bob@example.net") != std::string::npos);
        CHECK(first.find("+31612345678") == std::string::npos);
    }

    people[2].folder = "Sales"; // Carol moves
    office.use_people(people);
    CHECK(sales.event().data.find("carol") != std::string::npos); // the next one: nothing for insiders came between
    office.report("carol/x y@example.net", testing::line(presence::LineState::held, 1));
    CHECK(sales.event("presence").data.find("held") != std::string::npos);
}

TEST_CASE("tokens: who reads events is sent away when the token ends") {
    Kept kept;
    Office office(testing::default_options(), kept.ports());
    auto client = office.client();
    auto soon = rfc3339(wall_now() + 1500ms);
    auto brief = made(client, administrator, fmt::format(R"({{"name":"brief","role":"viewer","expires":"{}"}})", soon));
    auto gone = made(client, administrator, R"({"name":"gone","role":"viewer"})");
    auto listen = [&](std::string_view secret) {
        auto reader = office.client();
        reader.send(fmt::format("GET /v1/events HTTP/1.1\r\nHost: l\r\nAuthorization: Bearer {}\r\n\r\n", secret));
        CHECK(reader.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
        return reader;
    };
    auto first = listen(brief);
    auto second = listen(gone);
    auto third = listen(viewer);
    CHECK(client.request("DELETE", "/v1/tokens/gone", administrator).status == 204);
    CHECK(second.ended());
    CHECK(first.ended());
    CHECK(client.get("/v1/presence", brief).status == 401);
    office.report("bob@example.net", testing::line(presence::LineState::active, 1));
    CHECK(third.event("presence").data.find("bob@example.net") != std::string::npos); // nobody else was disturbed
}

TEST_CASE("tokens: who guesses is refused, the right token next door is not") {
    Office office;
    auto guesser = office.client();
    int refused = 0;
    for (int i = 0; i < 40 && refused == 0; ++i) {
        auto answer = guesser.get("/v1/presence", fmt::format("wrong-{}", i));
        if (answer.status == 429) {
            CHECK(std::stoi(answer.field("Retry-After").value_or("0")) > 0);
            refused = i;
        } else {
            CHECK(answer.status == 401);
            CHECK(answer.field("WWW-Authenticate") == "Bearer");
        }
    }
    CHECK(refused >= 20); // some were forgiven meanwhile
    auto neighbour = office.client();
    CHECK(neighbour.get("/v1/presence", viewer).status == 200);
    CHECK(neighbour.get("/v1/presence", viewer).status == 200);
    auto metrics = neighbour.get("/metrics", viewer).body;
    CHECK(metrics.find(R"(lamplighter_http_tokens_refused_total{reason="guessing"} 1)") != std::string::npos);
    auto unknown = fmt::format(R"(lamplighter_http_tokens_refused_total{{reason="unknown"}} {})", refused + 1);
    CHECK(metrics.find(unknown) != std::string::npos);
    CHECK(metrics.find("lamplighter_http_guessing_sources 1") != std::string::npos);
}

TEST_CASE("tokens: .self of forwarding is about one's own person") {
    status::Ports ports;
    ports.forward = [](const status::ForwardRequest& request, const auto& reply) {
        reply(status::PersonForwarding{request.person, {{.line = "bob@example.net"}}});
    };
    auto options = with_tokens({{"bob", Secret("bob"), "own", "bob@example.net"}, {"none", Secret("none"), "own"}});
    options.access.roles = {{"own", "viewer", {"forwarding.self"}, {}}};
    Office office(options, ports);
    auto client = office.client();
    constexpr std::string_view body = R"({"to":"2000"})";
    CHECK(client.request("PUT", "/v1/forwarding/bob@example.net", "bob", body).status == 200);
    auto other = client.request("PUT", "/v1/forwarding/alice@example.net", "bob", body);
    CHECK(other.status == 403);
    CHECK(text_at(other.json(), "missing") == "forwarding.any");
    CHECK(client.request("PUT", "/v1/forwarding/bob@example.net", "none", body).status == 403);
    CHECK(client.request("DELETE", "/v1/forwarding/bob@example.net", viewer).status == 403);
}
