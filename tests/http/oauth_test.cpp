// Token requests as the services want them, and a TokenSource against a server that plays its script.
#include <boost/json.hpp>
#include <thread>

#include "here.hpp"
#include "http/oauth.hpp"
#include "rsa.hpp"
#include "scripted_server.hpp"

using namespace testing;
using namespace lamp::http;

namespace {

namespace json = boost::json;

std::string reply(int status, const std::string& body, const std::string& more = {}) {
    return "HTTP/1.1 " + std::to_string(status) + " So\r\nContent-Type: application/json\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string good(const std::string& token, int life = 3600, const std::string& more = {}) {
    return reply(200, R"({"token_type":"Bearer","expires_in":)" + std::to_string(life) + R"(,"access_token":")" +
                          token + "\"" + more + "}");
}

TokenOptions microsoft(const std::string& server) {
    return {.token_url = server + "/tenant/oauth2/v2.0/token",
            .client_id = "app",
            .grant = ClientCredentials{.scope = "https://graph.microsoft.com/.default"},
            .login = ClientSecret{.secret = Secret("s3cr&t")}};
}

const std::string microsoft_form = "POST /tenant/oauth2/v2.0/token\n\n"
                                   "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
                                   "&client_id=app&client_secret=s3cr%26t";

TokenSource source_of(asio::io_context& context, TokenOptions options) {
    auto made = TokenSource::make(client_of(context), std::move(options));
    REQUIRE_MESSAGE(made, made.error().text);
    return std::move(*made);
}

std::string text(const Result<Secret>& token) {
    return token ? token->reveal() : std::string(name(token.error().category)) + ": " + token.error().text;
}

std::string ask(asio::io_context& context, TokenSource& source) {
    return text(finish(context, source.token()));
}

/// Starts a question without waiting for its end.
void start(asio::io_context& context, TokenSource& source, std::vector<std::string>& answers) {
    asio::co_spawn(context, source.token(), [&answers](const std::exception_ptr& error, const Result<Secret>& token) {
        if (error) std::rethrow_exception(error);
        answers.push_back(text(token));
    });
}

void turn_until(asio::io_context& context, auto reached) {
    context.restart();
    for (auto until = steady_now() + 10s; !reached() && steady_now() < until;)
        context.run_one_until(until);
    REQUIRE(reached());
}

json::object parsed(const std::string& text) {
    return json::parse(text).as_object();
}

std::string member(const std::string& form, const std::string& name) {
    auto at = ("&" + form).find("&" + name + "=");
    if (at == std::string::npos) return {};
    auto from = at + name.size() + 1;
    return form.substr(from, form.find('&', from) - from);
}

} // namespace

TEST_CASE("each service's form") {
    struct Row {
        const char* what;
        TokenOptions options;
        std::string form;
        Secret authorization;
    };
    const Row rows[] = {
        {"Microsoft, secret in the form", microsoft("https://login.test"), microsoft_form.substr(32), {}},
        {"Microsoft, Basic",
         {.token_url = "https://login.test/t",
          .client_id = "a p",
          .grant = ClientCredentials{.scope = "s"},
          .login = ClientSecret{.secret = Secret("p:w"), .place = ClientSecret::Place::basic}},
         "grant_type=client_credentials&scope=s",
         basic("a%20p", Secret("p%3Aw"))},
        {"GoTo, refresh token, Basic",
         {.token_url = "https://login.test/t",
          .client_id = "app",
          .grant = RefreshGrant{.refresh_token = Secret("r/1")},
          .login = ClientSecret{.secret = Secret("pw"), .place = ClientSecret::Place::basic}},
         "grant_type=refresh_token&refresh_token=r%2F1",
         basic("app", Secret("pw"))},
        {"Zoom",
         {.token_url = "https://zoom.test/oauth/token",
          .client_id = "app",
          .grant = AccountCredentials{.account_id = "acc-1"},
          .login = ClientSecret{.secret = Secret("pw"), .place = ClientSecret::Place::basic}},
         "grant_type=account_credentials&account_id=acc-1",
         basic("app", Secret("pw"))},
        {"a public client's refresh",
         {.token_url = "https://login.test/t",
          .client_id = "app",
          .grant = RefreshGrant{.refresh_token = Secret("r"), .scope = "a b"}},
         "grant_type=refresh_token&refresh_token=r&scope=a%20b&client_id=app",
         {}},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        auto made = token_request(row.options, {});
        REQUIRE(made);
        CHECK(made->form == row.form);
        CHECK(made->authorization == row.authorization);
    }
}

TEST_CASE("assertions: Microsoft's certificate, Google's service account") {
    Rsa rsa;
    auto verifying = *VerifyingKey::parse(rsa.certificate_pem());
    Wall now = *parse_rfc3339("2026-11-26T11:00:00Z");
    auto now_s = std::chrono::floor<seconds>(now).time_since_epoch().count();
    SUBCASE("certificate") {
        auto options = microsoft("https://login.test");
        options.login = *ClientCertificate::parse(rsa.certificate_pem(), Secret(rsa.private_pem()));
        auto form = token_request(options, now)->form;
        CHECK(member(form, "client_id") == "app");
        CHECK(member(form, "client_secret").empty());
        CHECK(member(form, "client_assertion_type") ==
              "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer");
        auto token = member(form, "client_assertion");
        auto payload = parsed(*verify_rs256(token, verifying));
        auto header = parsed(*unverified_header(token));
        CHECK(header["x5t#S256"].as_string() == to_base64url(rsa.thumbprint_sha256()));
        CHECK(from_base64url(header["x5t"].as_string())->size() == 20);
        CHECK(payload["aud"].as_string() == options.token_url);
        CHECK(payload["iss"].as_string() == "app");
        CHECK(payload["sub"].as_string() == "app");
        CHECK(payload["iat"].as_int64() == now_s - 20);
        CHECK(payload["nbf"].as_int64() == now_s - 20);
        CHECK(payload["exp"].as_int64() == now_s + 300);
        auto again = parsed(*claims(member(token_request(options, now)->form, "client_assertion")));
        CHECK(again["jti"].as_string() != payload["jti"].as_string());
    }
    SUBCASE("service account") {
        TokenOptions options{.token_url = "https://oauth2.test/token",
                             .grant = JwtBearer{.issuer = "sa@proj.test",
                                                .subject = "anna@example.com",
                                                .scope = "calendar.readonly",
                                                .key = *SigningKey::parse(Secret(rsa.private_pem())),
                                                .key_id = "k1"},
                             .audience = "https://oauth2.googleapis.com/token"};
        auto form = token_request(options, now)->form;
        CHECK(form.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="));
        auto token = member(form, "assertion");
        auto payload = parsed(*verify_rs256(token, verifying));
        CHECK(parsed(*unverified_header(token))["kid"].as_string() == "k1");
        CHECK(payload["iss"].as_string() == "sa@proj.test");
        CHECK(payload["sub"].as_string() == "anna@example.com");
        CHECK(payload["scope"].as_string() == "calendar.readonly");
        CHECK(payload["aud"].as_string() == "https://oauth2.googleapis.com/token");
        CHECK(payload["exp"].as_int64() - payload["iat"].as_int64() == 3600);
        CHECK(payload["iat"].as_int64() == now_s - 20);
    }
}

TEST_CASE("one request for a thousand questions, and then the cache") {
    ScriptedServer server({{want(microsoft_form), pause_for(50ms), send(good("one"))}});
    asio::io_context context;
    {
        auto source = source_of(context, microsoft(server.url()));
        std::vector<std::string> answers;
        for (int i = 0; i < 1000; ++i)
            start(context, source, answers);
        turn_until(context, [&] { return answers.size() == 1000; });
        CHECK(std::ranges::all_of(answers, [](const auto& answer) { return answer == "one"; }));
        CHECK(ask(context, source) == "one");
        CHECK(source.report().fetches == 1);
        CHECK(source.report().usable);
        CHECK(*source.report().left > 3500s);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("a rejected token is replaced once, whoever rejects it how often") {
    ScriptedServer server({{want(microsoft_form), send(good("one")), want(microsoft_form), send(good("two"))}});
    asio::io_context context;
    {
        auto source = source_of(context, microsoft(server.url()));
        CHECK(ask(context, source) == "one");
        source.reject(Secret("one"));
        source.reject(Secret("one"));
        CHECK(ask(context, source) == "two");
        source.reject(Secret("one")); // a latecomer
        CHECK(ask(context, source) == "two");
    }
    CHECK(server.faults() == "");
}

TEST_CASE("a short life is renewed behind the old token") {
    ScriptedServer server(
        {{want(microsoft_form), send(good("one", 1)), want(microsoft_form), pause_for(30ms), send(good("two"))}});
    asio::io_context context;
    {
        auto source = source_of(context, microsoft(server.url()));
        CHECK(ask(context, source) == "one");
        turn(context, 760ms); // three quarters of the life; it lasts to 900 ms
        auto answer = ask(context, source);
        CHECK((answer == "one" || answer == "two")); // "two" only if this machine slept over the end
        turn_until(context, [&] { return source.report().left.value_or(0ms) > 10s; });
        CHECK(ask(context, source) == "two");
    }
    CHECK(server.faults() == "");
}

TEST_CASE("a refusal is asked for once and then remembered; secrets stay out of the sentence") {
    ScriptedServer server(
        {{want(microsoft_form),
          send(reply(401, R"({"error":"invalid_client","error_description":)"
                          R"("AADSTS7000215: the secret s3cr&t is wrong. More.","trace_id":"t1"})"))}});
    asio::io_context context;
    {
        auto source = source_of(context, microsoft(server.url()));
        for (int i = 0; i < 3; ++i)
            CHECK(ask(context, source) == "unauthorised: 127.0.0.1 gives no token: invalid_client (AADSTS7000215: the "
                                          "secret *** is wrong), trace t1.");
        CHECK(source.report().fetches == 1);
        CHECK(source.report().failures_in_a_row == 1);
        CHECK(has(source.report().last_error, "invalid_client"));
        CHECK_FALSE(source.report().usable);
    }
    CHECK(server.faults() == "");
}

TEST_CASE("after a brief failure it asks again") {
    ScriptedServer server({{want(microsoft_form), send(reply(503, "")), want(microsoft_form), send(good("one"))}});
    asio::io_context context;
    {
        auto source = source_of(context, microsoft(server.url()));
        CHECK(has(ask(context, source), "unavailable: "));
        std::string answer;
        for (auto until = steady_now() + 5s; answer != "one" && steady_now() < until;) {
            turn(context, 20ms);
            answer = ask(context, source);
        }
        CHECK(answer == "one");
        CHECK(source.report().last_error.empty());
    }
    CHECK(server.faults() == "");
}

TEST_CASE("a new refresh token is handed over before the access token, and used from then on") {
    const std::string first = "POST /t\n\ngrant_type=refresh_token&refresh_token=r1&client_id=app";
    const std::string second = "POST /t\n\ngrant_type=refresh_token&refresh_token=r2&client_id=app";
    ScriptedServer server({{want(first), send(good("one", 3600, R"(,"refresh_token":"r2")")), want(second),
                            send(good("two", 3600, R"(,"refresh_token":"r2","principal":"admin@example.net")"))}});
    asio::io_context context;
    {
        std::vector<std::string> events;
        TokenOptions options{.token_url = server.url() + "/t",
                             .client_id = "app",
                             .grant = RefreshGrant{.refresh_token = Secret("r1")},
                             .on_refresh_token = [&events](Secret token) -> Task<> {
                                 events.push_back("writing " + token.reveal());
                                 co_await sleep_for(20ms);
                                 events.push_back("written " + token.reveal());
                             }};
        auto source = source_of(context, std::move(options));
        start(context, source, events);
        turn_until(context, [&] { return events.size() == 1; });
        CHECK(source.report().fetching); // whoever leaves now loses r2
        turn_until(context, [&] { return events.size() == 3; });
        CHECK(!source.report().fetching);
        CHECK(source.report().principal.empty());
        CHECK(events == std::vector<std::string>{"writing r2", "written r2", "one"});
        source.reject(Secret("one"));
        CHECK(ask(context, source) == "two");
        CHECK(source.report().principal == "admin@example.net");
        CHECK(events.size() == 3); // the same refresh token again is no news
    }
    CHECK(server.faults() == "");
}

TEST_CASE("a refresh token is not sent twice when the connection dies, a secret may be") {
    asio::io_context context;
    SUBCASE("refresh") {
        const std::string form = "POST /t\n\ngrant_type=refresh_token&refresh_token=r1";
        ScriptedServer server({{want(form), send(good("one")), want(form), close_now()}});
        {
            auto source = source_of(
                context, {.token_url = server.url() + "/t", .grant = RefreshGrant{.refresh_token = Secret("r1")}});
            CHECK(ask(context, source) == "one");
            source.reject(Secret("one"));
            CHECK(has(ask(context, source), "network: "));
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("secret") {
        ScriptedServer server({{want(microsoft_form), send(good("one")), want(microsoft_form), close_now()},
                               {want(microsoft_form), send(good("two"))}});
        {
            auto source = source_of(context, microsoft(server.url()));
            CHECK(ask(context, source) == "one");
            source.reject(Secret("one"));
            CHECK(ask(context, source) == "two");
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("our clock is wrong: the service's Date mends the assertion within one question") {
    Rsa rsa;
    const std::string line = "POST /tenant/oauth2/v2.0/token";
    const std::string date = "Date: Sun, 06 Nov 2044 08:49:37 GMT\r\n";
    const std::string refused = reply(400, R"({"error":"invalid_client"})", date);
    asio::io_context context;
    SUBCASE("mended") {
        ScriptedServer server({{want_any(line), send(refused), want_any(line), send(good("one"))}});
        {
            auto options = microsoft(server.url());
            options.login = *ClientCertificate::parse(rsa.certificate_pem(), Secret(rsa.private_pem()));
            auto source = source_of(context, std::move(options));
            CHECK(ask(context, source) == "one");
            auto iat = [&](std::size_t number) {
                auto payload = parsed(*claims(member(server.bodies()[number], "client_assertion")));
                return payload["iat"].as_int64();
            };
            auto there = std::chrono::floor<seconds>(*parse_rfc3339("2044-11-06T08:49:37Z")).time_since_epoch().count();
            CHECK(iat(0) < there - 100'000);
            CHECK(std::abs(iat(1) - (there - 20)) <= 10);
            CHECK(source.report().skew > 24h);
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("still refused: no third time") {
        ScriptedServer server({{want_any(line), send(refused), want_any(line), send(refused)}});
        {
            auto options = microsoft(server.url());
            options.login = *ClientCertificate::parse(rsa.certificate_pem(), Secret(rsa.private_pem()));
            auto source = source_of(context, std::move(options));
            CHECK(has(ask(context, source), "unauthorised: "));
            CHECK(has(ask(context, source), "unauthorised: "));
        }
        CHECK(server.faults() == "");
    }
    SUBCASE("a secret has no clock") {
        ScriptedServer server({{want(microsoft_form), send(refused)}});
        {
            auto source = source_of(context, microsoft(server.url()));
            CHECK(has(ask(context, source), "unauthorised: "));
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("closing wakes everybody, and nobody is served after it") {
    ScriptedServer server({{want(microsoft_form), stall()}});
    asio::io_context context;
    std::vector<std::string> answers;
    {
        auto source = source_of(context, microsoft(server.url()));
        start(context, source, answers);
        start(context, source, answers);
        turn(context, 50ms);
        CHECK(answers.empty());
        SUBCASE("close") {
            source.close();
            CHECK(has(ask(context, source), "cancelled: "));
        }
        SUBCASE("destroyed") {}
    }
    turn_until(context, [&] { return answers.size() == 2; });
    for (const auto& answer : answers)
        CHECK(has(answer, "cancelled: "));
}

TEST_CASE("options that cannot be used") {
    asio::io_context context;
    auto client = client_of(context);
    CHECK_FALSE(TokenSource::make(client, {.token_url = "login.test/token", .grant = ClientCredentials{}}));
    CHECK_FALSE(TokenSource::make(
        client, {.token_url = "https://zoom.test/oauth/token", .grant = AccountCredentials{.account_id = "a"}}));
    CHECK_FALSE(ClientCertificate::parse("", Secret("")));
}
