// The fake identity and Graph hosts against a raw client: what they refuse, aggregation, batches, limits, paging,
// delta, faults. Nothing here knows the daemon; what a line says is what cloud-apis.md says.
#include "graph_setup.hpp"

#include "graph/presences.hpp"
#include "graph/throttle.hpp"

#include <map>
#include <set>

using namespace sim_test;
using sim::graph::Words;

TEST_CASE("the login host refuses what the real one refuses, with the whole field set") {
    Setup s;
    const std::string who = "&client_id=" + s.client;
    const std::string secret = "&client_secret=graph-secret";
    const std::string grant = "grant_type=client_credentials";
    struct Row {
        std::string body;
        int status;
        std::string error;
        int code;
    };
    // clang-format off
    const std::vector<Row> rows = {
        {who + secret + scope,                                               400, "invalid_request",        900144},
        {"grant_type=password" + who + secret + scope,                       400, "unsupported_grant_type", 70003},
        {grant + secret + scope,                                             400, "invalid_request",        900144},
        {grant + "&client_id=" + nobody_id + secret + scope,                 400, "unauthorized_client",    700016},
        {grant + who + scope,                                                401, "invalid_client",         7000218},
        {grant + who + "&client_secret=wrong" + scope,                       401, "invalid_client",         7000215},
        {grant + who + secret,                                               400, "invalid_request",        900144},
        {grant + who + secret + "&scope=https://graph.microsoft.com/User.Read.All", 400, "invalid_scope",   1002012},
        {grant + who + secret + "&scope=https://example.net/.default",       400, "invalid_resource",       500011},
        {grant + who + secret + "&scope=https://graph.microsoft.com/.default+x/.default", 400, "invalid_scope", 28000},
        {grant + who + secret + scope + scope,                               400, "invalid_request",        9000411},
        {grant + who + "&client_assertion_type=x&client_assertion=y" + scope, 400, "invalid_request",       900144},
        {"grant_type=refresh_token&refresh_token=x" + who,                   400, "invalid_grant",          9002313}};
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.body);
        const Answer answer = s.form(row.body);
        CHECK(answer.status == row.status);
        const json::object body = object_of(answer.body);
        CHECK(text(body.at("error")) == row.error);
        CHECK(body.at("error_codes").as_array().at(0) == row.code);
        for (const char* name : {"error_description", "timestamp", "trace_id", "correlation_id", "error_uri"})
            CHECK(body.contains(name));
    }
    CHECK(raw::ask(s.url, "POST", s.login, s.credentials, {}, as_json).status == 400); // not a form
    CHECK(raw::ask(s.url, "GET", s.login).status == 405);
    CHECK(raw::ask(s.url, "POST", "/common/oauth2/v2.0/token", s.credentials, {}, as_form).status == 400);
    CHECK(raw::ask(s.url, "POST", "/" + nobody_id + "/oauth2/v2.0/token", s.credentials, {}, as_form).status == 400);
    CHECK(raw::ask(s.url, "POST", "/example.net/oauth2/v2.0/token", s.credentials, {}, as_form).status == 200);
}

TEST_CASE("secrets travel encoded, in the form or by Basic; the token says what it is") {
    Setup s;
    s.command("graph/token", {{"secret", "a+b%&=c"}, {"expires_in", 5}});
    const std::string grant = "grant_type=client_credentials" + scope;
    CHECK(s.form(grant + "&client_id=" + s.client + "&client_secret=a+b%&=c").status == 401);
    CHECK(s.form(grant + "&client_id=" + s.client + "&client_secret=a%2Bb%25%26%3Dc").status == 200);
    const std::string basic = "Authorization: Basic " + crypto::base64(s.client + ":a%2Bb%25%26%3Dc") + "\r\n";
    const Answer answer = s.form(grant, basic);
    REQUIRE(answer.status == 200);
    CHECK(s.form(grant + "&client_secret=a%2Bb%25%26%3Dc", basic).status == 400); // two ways at once
    const json::object body = object_of(answer.body);
    CHECK(text(body.at("token_type")) == "Bearer");
    CHECK(body.at("expires_in") == 5);
    CHECK_FALSE(body.contains("refresh_token"));
    const std::string token = text(body.at("access_token"));
    const auto first = token.find('.');
    const json::object claims =
        object_of(*crypto::from_base64url(token.substr(first + 1, token.rfind('.') - first - 1)));
    CHECK(text(claims.at("appid")) == s.client);
    CHECK(text(claims.at("tid")) == s.tenant);
    CHECK(claims.at("roles").as_array().size() == 4);
    CHECK_FALSE(claims.contains("scp"));
    s.auth = "Bearer " + token;
    CHECK(s.get(s.path).status == 200);
    s.command("graph/settings", {{"clock_offset_ms", 6000}});
    CHECK(s.get(s.path).status == 401);
}

TEST_CASE("a certificate stands for the secret: signature and claims are checked") {
    Setup s;
    const crypto::Key key = crypto::Key::generate();
    const std::string der = key.self_signed("lamplighter");
    s.command("graph/token", {{"certificate", "-----BEGIN CERTIFICATE-----\n" + crypto::base64(der) +
                                                  "\n-----END CERTIFICATE-----\n"}});
    const std::int64_t now = sim::graph::system_ms() / 1000;
    const auto assertion = [&](const std::string& aud, const std::string& iss, const std::string& sub, std::int64_t nbf,
                               std::int64_t exp, const crypto::Key& signer) {
        const std::string head = json::serialize(
            json::object{{"alg", "RS256"}, {"typ", "JWT"}, {"x5t", crypto::base64url(crypto::sha1(der))}});
        const std::string claims = json::serialize(
            json::object{{"aud", aud}, {"iss", iss}, {"sub", sub}, {"nbf", nbf}, {"exp", exp}, {"jti", "j1"}});
        const std::string body = crypto::base64url(head) + "." + crypto::base64url(claims);
        return body + "." + crypto::base64url(signer.sign_rs256(body));
    };
    const std::string aud = s.url + s.login;
    struct Row {
        const char* what;
        std::string assertion;
        int status;
    };
    // clang-format off
    const std::vector<Row> rows = {
        {"good",          assertion(aud,           s.client,  s.client,  now,        now + 600,  key),                     200},
        {"other key",     assertion(aud,           s.client,  s.client,  now,        now + 600,  crypto::Key::generate()), 401},
        {"audience",      assertion(s.url,         s.client,  s.client,  now,        now + 600,  key),                     401},
        {"issuer",        assertion(aud,           nobody_id, s.client,  now,        now + 600,  key),                     401},
        {"subject",       assertion(aud,           s.client,  nobody_id, now,        now + 600,  key),                     401},
        {"expired",       assertion(aud,           s.client,  s.client,  now - 4000, now - 900,  key),                     401},
        {"not yet valid", assertion(aud,           s.client,  s.client,  now + 900,  now + 4000, key),                     401},
        {"no token",      "a.b",                                                                                           401}};
    // clang-format on
    const auto ask = [&](const std::string& text_of_it) {
        return s.form("grant_type=client_credentials&client_id=" + s.client + scope +
                      "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer" +
                      "&client_assertion=" + text_of_it);
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(ask(row.assertion).status == row.status);
    }
    s.command("graph/token", {{"skew_s", 7200}}); // the server's clock is ahead
    CHECK(ask(rows[0].assertion).status == 401);
}

TEST_CASE("device code: pending, slow down, approval, refresh tokens that rotate and are revoked") {
    Setup s;
    const std::string device = "/" + s.tenant + "/oauth2/v2.0/devicecode";
    const auto begin = [&] {
        return object_of(raw::ask(s.url, "POST", device,
                                  "client_id=" + s.client + "&scope=Presence.Read.All+offline_access", {}, as_form)
                             .body);
    };
    json::object code = begin();
    CHECK(code.at("interval") == 5);
    const auto poll = [&] {
        return s.form("grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=" + s.client +
                      "&device_code=" + text(code.at("device_code")));
    };
    CHECK(text(object_of(poll().body).at("error")) == "authorization_pending");
    CHECK(text(object_of(poll().body).at("error")) == "slow_down"); // at once again
    s.command("graph/token", {{"approve", text(code.at("user_code"))}, {"user", "2001"}});
    const json::object granted = object_of(poll().body);
    CHECK(text(object_of(poll().body).at("error")) == "bad_verification_code"); // works once
    s.auth = "Bearer " + text(granted.at("access_token"));
    CHECK(s.get("/v1.0/me/presence").status == 200);
    CHECK(text(object_of(s.get("/v1.0/me").body).at("id")) == s.ids[1]);

    const auto refresh = [&](const json::object& from) {
        return s.form("grant_type=refresh_token&client_id=" + s.client +
                      "&refresh_token=" + text(from.at("refresh_token")));
    };
    const json::object second = object_of(refresh(granted).body);
    CHECK(second.at("refresh_token") != granted.at("refresh_token"));
    CHECK(refresh(granted).status == 200); // the old one lives on …
    s.command("graph/settings", {{"refresh_once", true}});
    CHECK(refresh(second).status == 200);
    CHECK(refresh(second).status == 400); // … unless told otherwise
    s.command("graph/token", {{"revoke_refresh", true}});
    CHECK(text(object_of(refresh(granted).body).at("error")) == "invalid_grant");
    CHECK(s.get("/v1.0/me/presence").status == 401);

    code = begin();
    s.command("graph/token", {{"deny", "any"}});
    CHECK(text(object_of(poll().body).at("error")) == "authorization_declined");
    code = begin();
    s.command("graph/settings", {{"clock_offset_ms", 901'000}});
    CHECK(text(object_of(poll().body).at("error")) == "expired_token");
}

TEST_CASE("Graph refuses what the real one refuses") {
    Setup s;
    const std::string ids = "/v1.0/communications/getPresencesByUserId";
    const std::string set = s.path + "/setPresence";
    const std::string upn = "/v1.0/users/" + text(s.command("graph/user", {{"user", "2000"}}).at("upn"));
    const auto lasting = [&](const char* duration) {
        return s.session("Busy/InACall", ",\"expirationDuration\":\"" + std::string(duration) + "\"");
    };
    struct Row {
        const char* method;
        std::string path;
        std::string body;
        int status;
    };
    // clang-format off
    const std::vector<Row> rows = {
        {"GET",  s.path,                                            {},                                   200},
        {"GET",  "/v1.0/communications/presences/" + s.ids[0],      {},                                   200},
        {"GET",  upn + "/presence",                                 {},                                   404},
        {"GET",  "/v1.0/users/" + nobody_id + "/presence",          {},                                   404},
        {"GET",  "/v1.0/me/presence",                               {},                                   400},
        {"GET",  "/beta/users/" + s.ids[0] + "/presence",           {},                                   400},
        {"GET",  "/v1.0/nothing",                                   {},                                   400},
        {"GET",  "/elsewhere",                                      {},                                   404},
        {"POST", ids,                                               ids_body(650, s.ids[0]),              200},
        {"POST", ids,                                               ids_body(651, s.ids[0]),              400},
        {"POST", ids,                                               R"({"ids":[]})",                      400},
        {"POST", ids,                                               R"({"ids":["alice"]})",               400},
        {"POST", ids,                                               R"({"ids":[")" + s.ids[0],            400},
        {"POST", ids,                                               R"({"userIds":["x"]})",               400},
        {"POST", upn + "/presence/setPresence",                     s.session("Busy/InACall"),            404},
        {"POST", set,                                               s.session("Busy/InACall"),            200},
        {"POST", set,                                               s.session("Available/Available"),     200},
        {"POST", set,                                               s.session("Busy/InAConferenceCall"),  200},
        {"POST", set,                                               s.session("Away/Away"),               200},
        {"POST", set,                                               s.session("DoNotDisturb/Presenting"), 200},
        {"POST", set,                                               s.session("Busy/Busy"),               400},
        {"POST", set,                                               s.session("Busy/InAMeeting"),         400},
        {"POST", set,                                               s.session("DoNotDisturb/DoNotDisturb"), 400},
        {"POST", set,                                               s.session("Offline/OffWork"),         400},
        {"POST", set,                                               s.session("busy/inACall"),            400},
        {"POST", set,                                               lasting("PT5M"),                      200},
        {"POST", set,                                               lasting("PT4H"),                      200},
        {"POST", set,                                               lasting("PT4M59S"),                   400},
        {"POST", set,                                               lasting("PT4H1S"),                    400},
        {"POST", set,                                               lasting("15 minutes"),                400},
        {"POST", set,                                               s.session("Busy/InACall", ",\"x\":1"), 400},
        {"POST", set,                                               R"({"availability":"Busy","activity":"InACall"})", 400},
        {"POST", set,  R"({"sessionId":")" + nobody_id + R"(","availability":"Busy","activity":"InACall"})", 400},
        {"POST", s.path + "/clearPresence",                         R"({"sessionId":")" + nobody_id + "\"}", 400},
        {"POST", s.path + "/setUserPreferredPresence",  R"({"availability":"Busy","activity":"Busy"})",    200},
        {"POST", s.path + "/setUserPreferredPresence",  R"({"availability":"Busy","activity":"InACall"})", 400},
        {"POST", s.path + "/clearUserPreferredPresence",            "{}",                                 200},
        {"GET",  upn,                                               {},                                   200},
        {"GET",  "/v1.0/users/nobody@example.net",                  {},                                   404},
        {"GET",  "/v1.0/users?$top=1000",                           {},                                   400},
        {"GET",  "/v1.0/users?$select=shoeSize",                    {},                                   400},
        {"GET",  "/v1.0/users?$orderby=mail",                       {},                                   400},
        {"GET",  "/v1.0/users?$skiptoken=abc",                      {},                                   400},
        {"GET",  "/v1.0/users/delta?$deltatoken=abc",               {},                                   400},
        {"GET",  "/v1.0/users/delta?$filter=department%20eq%20'X'", {},                                   400},
        {"GET",  "/v1.0/users?$count=true",                         {},                                   400},
        {"GET",  "/v1.0/users?$filter=department%20ne%20'X'",       {},                                   400},
        {"GET",  "/v1.0/subscriptions",                             {},                                   200}};
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.path);
        CAPTURE(row.body.substr(0, 120));
        const Answer answer = raw::ask(s.url, row.method, row.path, row.body, s.auth, as_json);
        CHECK(answer.status == row.status);
        if (row.status >= 400 && row.status != 404) {
            const json::object error = object_of(answer.body).at("error").as_object();
            CHECK(error.contains("code"));
            CHECK(error.at("innerError").as_object().contains("request-id"));
        }
    }
    CHECK(raw::ask(s.url, "POST", set, s.session("Busy/InACall"), s.auth).status == 415);
    for (const char* wrong : {"", "Bearer", "Bearer x", "Basic eDp5"})
        CHECK(raw::ask(s.url, "GET", s.path, {}, wrong).status == 401);
}

TEST_CASE("permissions: removed ones act at once, new ones come with the next token") {
    Setup s;
    struct Row {
        json::array roles;
        int read, write, users;
    };
    // clang-format off
    const std::vector<Row> rows = {
        {{},                                           403, 403, 403},
        {{"Presence.Read.All"},                        200, 403, 403},
        {{"Presence.ReadWrite.All"},                   200, 200, 403},
        {{"User.Read.All"},                            403, 403, 200},
        {{"Presence.Read.All", "Directory.Read.All"},  200, 403, 200}};
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(json::serialize(row.roles));
        s.command("graph/permissions", {{"application", row.roles}});
        s.auth = "Bearer " + s.token();
        CHECK(s.get(s.path).status == row.read);
        CHECK(s.set("Busy/InACall") == row.write);
        CHECK(s.get("/v1.0/users").status == row.users);
    }
    s.command("graph/permissions", {{"add", {"Presence.ReadWrite.All"}}});
    CHECK(s.set("Busy/InACall") == 403); // the token is older than the consent
    s.auth = "Bearer " + s.token();
    CHECK(s.set("Busy/InACall") == 200);
    s.command("graph/permissions", {{"remove", {"Presence.ReadWrite.All"}}});
    CHECK(s.set("Busy/InACall") == 403);
    // With a user's token: the own presence only.
    s.auth = s.delegated("2000");
    CHECK(s.set("Busy/InACall") == 200);
    s.path = "/v1.0/users/" + s.ids[1] + "/presence";
    CHECK(s.set("Busy/InACall") == 401);
}

TEST_CASE("aggregation: preferred beats sessions, then do not disturb, busy, available, away") {
    struct Row {
        const char* client; // "" = no Teams client
        const char* app;    // "" = no session of ours
        const char* preferred;
        bool calendar, out_of_office;
        const char* seen;
    };
    // clang-format off
    const std::vector<Row> rows = {
        {"",                          "",                       "",                          false, false, "Offline/Offline"},
        {"",                          "",                       "Busy/Busy",                 false, false, "Offline/Offline"},
        {"",                          "",                       "",                          true,  false, "Offline/Offline"},
        {"Available/Available",       "",                       "",                          false, false, "Available/Available"},
        {"Available/Available",       "",                       "",                          true,  false, "Busy/InAMeeting"},
        {"Available/Available",       "",                       "",                          false, true,  "Available/OutOfOffice"},
        {"Busy/InACall",              "",                       "",                          false, true,  "Busy/InACall"},
        {"Available/Available",       "Busy/InACall",           "",                          false, false, "Busy/InACall"},
        {"Available/Available",       "Away/Away",              "",                          false, false, "Available/Available"},
        {"Away/Away",                 "Busy/InACall",           "",                          false, false, "Busy/InACall"},
        {"Away/Away",                 "Available/Available",    "",                          false, false, "Available/Available"},
        {"DoNotDisturb/Presenting",   "Busy/InACall",           "",                          false, false, "DoNotDisturb/Presenting"},
        {"Busy/InAMeeting",           "DoNotDisturb/Presenting", "",                         false, false, "DoNotDisturb/Presenting"},
        {"",                          "Busy/InACall",           "",                          false, false, "Busy/InACall"},
        {"",                          "Busy/InACall",           "DoNotDisturb/DoNotDisturb", false, false, "DoNotDisturb/DoNotDisturb"},
        {"Available/Available",       "Busy/InACall",           "Available/Available",       false, false, "Available/Available"},
        {"Available/Available",       "",                       "Offline/OffWork",           true,  false, "Offline/OffWork"},
        {"Available/Available",       "",                       "BeRightBack/BeRightBack",   false, true,  "BeRightBack/BeRightBack"}};
    // clang-format on
    sim::graph::Settings settings;
    Words words;
    const auto pair = [&](std::string_view both) {
        const auto slash = both.find('/');
        return sim::graph::Pair{words.of(both.substr(0, slash)), words.of(both.substr(slash + 1))};
    };
    for (const Row& row : rows) {
        CAPTURE(row.client);
        CAPTURE(row.app);
        CAPTURE(row.preferred);
        sim::graph::Presences presences(settings);
        presences.grow(1);
        if (*row.client) presences.client(0, pair(row.client), 1000);
        if (*row.app) presences.set(0, 0, pair(row.app), 61'000, 1000);
        if (*row.preferred) presences.preferred(0, pair(row.preferred), 61'000, 1000);
        presences.calendar(0, row.calendar, 1000);
        presences.out_of_office(0, row.out_of_office, {}, 1000);
        const sim::graph::Effective seen = presences.effective(0, 2000);
        CHECK(std::string(words.text(seen.pair.availability)) + "/" + std::string(words.text(seen.pair.activity)) ==
              row.seen);
        CHECK(seen.out_of_office == row.out_of_office);
    }
}

TEST_CASE("sessions: two clocks, renewal, clear, and what a reader sees late") {
    Setup s;
    s.command("graph/presence", {{"user", "2000"}, {"availability", "Away"}});
    CHECK(s.set("Busy/InACall", R"(,"expirationDuration":"PT15M")") == 200);
    s.later(10 * 60);
    CHECK(s.set("Busy/InACall", R"(,"expirationDuration":"PT15M")") == 200); // renewed
    s.later(14 * 60);
    CHECK(s.seen() == "Busy/InACall"); // does not fade
    s.later(61);
    CHECK(s.seen() == "Away/Away"); // expired
    CHECK(s.clear() == 404);
    CHECK(s.set("Busy/InACall") == 200); // five minutes by default
    s.later(299);
    CHECK(s.seen() == "Busy/InACall");
    CHECK(s.clear() == 200);
    CHECK(s.clear() == 404);
    CHECK(s.seen() == "Away/Away");

    CHECK(s.set("Available/Available", R"(,"expirationDuration":"PT1H")") == 200);
    CHECK(s.seen() == "Available/Available");
    s.later(301);
    CHECK(s.seen() == "Available/AvailableInactive");
    s.command("graph/offline", {{"user", "2000"}});
    s.later(300);
    CHECK(s.seen() == "Away/Away");

    // Another application has a session of its own.
    const std::string other = "22222222-2222-2222-2222-222222222222";
    s.command("graph/permissions", {{"client_id", other}, {"application", {"Presence.ReadWrite.All"}}});
    CHECK(s.clear() == 200);
    CHECK(s.set("Busy/InACall") == 200);
    const std::string first = s.client;
    s.credentials = "grant_type=client_credentials&client_id=" + other + "&client_secret=graph-secret" + scope;
    s.auth = "Bearer " + s.token();
    CHECK(s.clear() == 400);
    s.client = other;
    CHECK(s.clear() == 404);
    CHECK(s.seen() == "Busy/InACall");

    s.command("graph/settings", {{"visibility_ms", 30'000}});
    CHECK(s.set("DoNotDisturb/Presenting") == 200);
    CHECK(s.seen() == "Busy/InACall");
    s.later(31);
    CHECK(s.seen() == "DoNotDisturb/Presenting");
}

TEST_CASE("presence in every spelling; sequence numbers grow; a stale answer carries the old one") {
    Setup s;
    s.command("graph/presence", {{"user", "2000"}, {"availability", "Busy"}, {"activity", "InACall"}});
    CHECK(s.seen() == "Busy/InACall");
    const auto sequence = [&] { return text(object_of(s.get(s.path).body).at("sequenceNumber")); };
    std::string last = sequence();
    for (const char* word : {"Away", "Busy", "Available"}) {
        s.command("graph/presence", {{"user", "2000"}, {"availability", word}});
        CHECK(sequence() > last);
        last = sequence();
    }
    s.command("graph/settings", {{"stale_every", 2}});
    s.command("graph/presence", {{"user", "2000"}, {"availability", "DoNotDisturb"}});
    std::map<std::string, std::string> both;
    for (int i = 0; i < 2; ++i) {
        const json::object one = object_of(s.get(s.path).body);
        both[Setup::pair_of(one)] = text(one.at("sequenceNumber"));
    }
    CHECK(both.size() == 2);
    CHECK(both["DoNotDisturb/DoNotDisturb"] > both["Available/Available"]);
    s.command("graph/presence", {{"user", "2000"}, {"availability", "Busy"}, {"activity", "InACall"}});
    s.command("graph/settings", {{"stale_every", 0},
                                 {"casing", "camel"},
                                 {"swapped", true},
                                 {"optional_fields", false},
                                 {"sequence_number", false}});
    const json::object bare = object_of(s.get(s.path).body);
    CHECK(Setup::pair_of(bare) == "inACall/busy");
    CHECK(bare.size() == 4);
    s.command("graph/presence", {{"user", "2000"}, {"availability", "Sleeping"}, {"activity", "Dreaming"}});
    CHECK(s.seen() == "sleeping/dreaming");

    const std::string path = "/v1.0/communications/getPresencesByUserId";
    const std::string body = R"({"ids":[")" + nobody_id + R"(",")" + s.ids[0] + "\"]}";
    CHECK(object_of(s.post(path, body).body).at("value").as_array().size() == 1);
    s.command("graph/settings", {{"unknown_ids", "presence_unknown"}});
    CHECK(Setup::pair_of(object_of(s.post(path, body).body).at("value").as_array().at(0).as_object()) ==
          "presenceUnknown/presenceUnknown");
    s.command("graph/settings", {{"unknown_ids", "not_found"}});
    CHECK(s.post(path, body).status == 404);
    CHECK(s.mistake("graph/settings", {{"casing", "snake"}}) == "casing cannot be snake");
    CHECK(s.command("graph/settings").at("casing") == "camel"); // all or nothing
}

TEST_CASE("throttling: a sliding window for each application, attempts count, Retry-After as set") {
    sim::graph::Throttle throttle;
    for (int i = 0; i < 10; ++i)
        CHECK(throttle.attempt(1000, 10, 30'000) == 0);
    CHECK(throttle.attempt(2000, 10, 30'000) > 0);
    CHECK(throttle.attempt(31'050, 10, 30'000) > 0); // the window has moved by nothing yet
    CHECK(throttle.attempt(31'200, 10, 30'000) == 0);

    Setup s;
    s.command("graph/settings", {{"rate", 3}});
    for (int i = 0; i < 3; ++i)
        CHECK(s.get(s.path).status == 200);
    const Answer refused = s.get(s.path);
    CHECK(refused.status == 429);
    CHECK(refused.head.find("Retry-After: 3") != std::string::npos); // 30 or 31 seconds
    CHECK(s.get("/v1.0/users").status == 200);                       // only presence is counted
    s.command("graph/settings", {{"retry_after", "absent"}});
    CHECK(s.get(s.path).head.find("Retry-After") == std::string::npos);
    s.later(32);
    CHECK(s.get(s.path).status == 200);
    CHECK(s.command("graph/state").at("throttled") == 2);
}

TEST_CASE("batch: limits, ids, order, dependencies, and every item counted alone") {
    Setup s;
    const auto item = [&](const std::string& id, const std::string& more = {}) {
        return R"({"id":")" + id + R"(","method":"GET","url":"/users/)" + s.ids[0] + "/presence\"" + more + "}";
    };
    const auto send = [&](const std::vector<std::string>& items) {
        std::string body = R"({"requests":[)";
        for (std::size_t i = 0; i < items.size(); ++i)
            body += (i ? "," : "") + items[i];
        return s.post("/v1.0/$batch", body + "]}");
    };
    std::vector<std::string> many;
    for (int i = 0; i < 21; ++i)
        many.push_back(item("i" + std::to_string(i)));
    CHECK(send(many).status == 400);
    many.pop_back();
    CHECK(send(many).status == 200);
    CHECK(send({item("a"), item("A")}).status == 400);
    CHECK(send({item("")}).status == 400);
    CHECK(send({R"({"id":"1","method":"GET","url":"https://example.net/x"})"}).status == 400);
    CHECK(send({item("1", R"(,"dependsOn":["2"])")}).status == 400);
    CHECK(send({item("1", R"(,"dependsOn":["2"])"), item("2", R"(,"dependsOn":["1"])"), item("3")}).status == 400);
    CHECK(s.command("graph/state").at("batch_items") == 20); // nothing of the last ones was done
    CHECK(raw::ask(s.url, "POST", "/v1.0/$batch", "{}", {}, as_json).status == 401);

    const auto statuses = [&](const Answer& answer) {
        std::map<std::string, std::int64_t> found;
        for (const auto& one : object_of(answer.body).at("responses").as_array())
            found[text(one.at("id"))] = one.at("status").as_int64();
        return found;
    };
    const std::string write = R"({"id":"w","method":"POST","url":"/users/)" + s.ids[0] +
                              R"(/presence/setPresence","headers":{"Content-Type":"application/json"},"body":)" +
                              s.session("Busy/InACall") + "}";
    const std::string bad = R"({"id":"b","method":"GET","url":"/users/nobody@example.net/presence"})";
    const Answer mixed =
        send({write, bad, item("after", R"(,"dependsOn":["w"])"), item("never", R"(,"dependsOn":["b"])")});
    CHECK(statuses(mixed) ==
          std::map<std::string, std::int64_t>{{"w", 200}, {"b", 404}, {"after", 200}, {"never", 424}});
    CHECK(text(object_of(mixed.body).at("responses").as_array().at(0).at("id")) != "w"); // unordered
    CHECK(s.seen() == "Busy/InACall");

    s.later(40);
    s.command("graph/settings", {{"rate", 2}});
    const Answer limited = send({item("1"), item("2"), item("3")});
    CHECK(limited.status == 200);
    CHECK(statuses(limited)["3"] == 429);
    CHECK(limited.body.find("\"Retry-After\":\"3") != std::string::npos);
    s.command("graph/settings", {{"rate", 0}});
    s.command("graph/fault", {{"kind", "error"}, {"on", "presence"}, {"status", 503}, {"users", {"2000"}}});
    CHECK(statuses(send({item("1"), item("2")})) == std::map<std::string, std::int64_t>{{"1", 503}, {"2", 200}});
}

TEST_CASE("users: pages hold everybody once, some pages nobody; links lead to our own host") {
    Setup s(60);
    s.command("graph/settings", {{"empty_page_every", 3}});
    std::multiset<std::string> seen;
    int empty = 0;
    std::string next = "/v1.0/users?$select=id,mail,accountEnabled,businessPhones,proxyAddresses&$top=7";
    while (!next.empty()) {
        const json::object page = object_of(s.get(next).body);
        for (const auto& user : page.at("value").as_array()) {
            seen.insert(text(user.at("id")));
            CHECK(user.as_object().size() == 5);
        }
        empty += page.at("value").as_array().empty() ? 1 : 0;
        next.clear();
        if (const auto* link = page.if_contains("@odata.nextLink")) {
            REQUIRE(text(*link).starts_with(s.url + "/v1.0/users?"));
            next = text(*link).substr(s.url.size());
        }
    }
    CHECK(seen.size() == 60);
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 60);
    CHECK(empty > 0);
    const json::object plain = object_of(s.get("/v1.0/users/" + s.ids[0]).body);
    CHECK_FALSE(plain.contains("accountEnabled")); // only when asked for
    CHECK(plain.at("businessPhones").as_array().at(0) == "+31201232000");
    CHECK(plain.at("mobilePhone").is_null());
    const std::string mail = text(plain.at("mail"));
    CHECK(object_of(s.get("/v1.0/users?$filter=mail%20eq%20'" + mail + "'").body).at("value").as_array().size() == 1);
    CHECK(s.get("/v1.0/users/" + s.ids[0] + "/photo/$value").head.find("image/jpeg") != std::string::npos);
    CHECK(s.get("/v1.0/users/" + s.ids[1] + "/photo/$value").status == 404);
}

TEST_CASE("delta: rounds, changes, both kinds of removal, repeats, and tokens that end") {
    Setup s;
    s.command("graph/settings", {{"empty_page_every", 0}, {"page_size", 5}});
    std::string link;
    const auto round = [&](std::string next) {
        std::vector<json::object> found;
        while (!next.empty()) {
            const json::object page = object_of(s.get(next).body);
            for (const auto& user : page.at("value").as_array())
                found.push_back(user.as_object());
            const auto* more = page.if_contains("@odata.nextLink");
            next = more ? text(*more).substr(s.url.size()) : std::string();
            if (!more) link = text(page.at("@odata.deltaLink")).substr(s.url.size());
        }
        return found;
    };
    CHECK(round("/v1.0/users/delta?$select=id,mail").size() == 12);
    CHECK(round(link).empty());
    s.command("graph/user", {{"what", "change"}, {"user", "2000"}, {"mail", "new@example.net"}});
    s.command("graph/user", {{"what", "change"}, {"user", "2000"}, {"mail", "newer@example.net"}});
    s.command("graph/user", {{"what", "remove"}, {"user", "2001"}});
    s.command("graph/user", {{"what", "remove"}, {"user", "2002"}, {"for_good", true}});
    s.command("graph/user", {{"what", "add"}, {"upn", "emma.new@example.net"}, {"mail", "emma.new@example.net"}});
    const std::string before = link;
    auto found = round(link);
    REQUIRE(found.size() == 5); // the changed one twice
    CHECK(found[1].at("mail") == "newer@example.net");
    CHECK(found[2].at("@removed").at("reason") == "changed");
    CHECK(found[3].at("@removed").at("reason") == "deleted");
    CHECK(found[4].at("mail") == "emma.new@example.net");
    CHECK(round(link).empty());
    CHECK(round(before).size() == 5); // an old link may be asked again
    s.command("graph/user", {{"what", "restore"}, {"user", s.ids[1]}});
    CHECK(round(link).size() == 1);
    CHECK(round("/v1.0/users/delta?$deltatoken=latest").empty());
    const std::string newcomer = "gijs.new@example.net";
    s.command("users", {{"add", json::array{json::object{{"id", newcomer}, {"first", "Gijs"}, {"last", "Testmans"}}}}});
    s.command("users", {{"remove", {newcomer}}}); // the enterprise's people come and go here too
    const auto gijs = round(link);
    REQUIRE(gijs.size() == 2);
    CHECK(gijs[0].at("@removed").at("reason") == "changed"); // told as it is now
    CHECK(round(link).empty());
    const std::string latest = link;
    s.command("graph/user", {{"what", "double"}, {"user", "2000"}});
    CHECK(round(latest).size() == 1);
    s.command("graph/fault", {{"kind", "gone"}, {"on", "users_delta"}});
    const Answer gone = s.get(link);
    CHECK(gone.status == 410);
    CHECK(gone.head.find("Location: " + s.url + "/v1.0/users/delta?$deltatoken=") != std::string::npos);
    s.later(8 * 86'400);
    const Answer old = s.get(link);
    CHECK(old.status == 400);
    CHECK(old.body.find("syncStateNotFound") != std::string::npos);
}

TEST_CASE("faults happen where and as often as they are told to") {
    Setup s;
    struct Row {
        json::object fault;
        int status; // 0: no whole answer
        const char* body;
    };
    // clang-format off
    const std::vector<Row> rows = {
        {{{"kind", "unavailable"}, {"retry_after", 7}},                503, "serviceNotAvailable"},
        {{{"kind", "429"}, {"on", "presence"}},                        429, "TooManyRequests"},
        {{{"kind", "unauthorised"}, {"on", "graph"}},                  401, "InvalidAuthenticationToken"},
        {{{"kind", "forbidden"}, {"users", {"2000"}}},                 403, "Forbidden"},
        {{{"kind", "no_access"}},                                      403, R"("code":"")"},
        {{{"kind", "error"}, {"status", 504}},                         504, "generalException"},
        {{{"kind", "html"}},                                           200, "<html>"},
        {{{"kind", "invalid_json"}},                                   200, "nul"},
        {{{"kind", "truncated"}},                                      200, R"({"value":[)"},
        {{{"kind", "empty"}},                                          200, ""},
        {{{"kind", "redirect"}},                                       302, ""},
        {{{"kind", "close"}},                                          0,   ""},
        {{{"kind", "reset"}},                                          0,   ""},
        {{{"kind", "slow_drip"}, {"ms", 1}},                           200, "availability"},
        {{{"kind", "error"}, {"on", "token"}},                         200, "availability"},
        {{{"kind", "forbidden"}, {"users", {"2001"}}},                 200, "availability"}};
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(json::serialize(row.fault));
        s.command("graph/fault", row.fault);
        const Answer answer = s.get(s.path);
        CHECK(answer.status == row.status);
        CHECK(answer.body.find(row.body) != std::string::npos);
        if (row.status != 200 || std::string_view(row.body) != "availability")
            CHECK(s.get(s.path).status == 200); // once
        s.command("graph/faults/clear");
    }
    CHECK(s.mistake("graph/fault", {{"kind", "earthquake"}}) == "unknown fault kind earthquake");
    CHECK(s.mistake("graph/fault", {{"kind", "error"}, {"on", "nowhere"}}) == "unknown request kind nowhere");
    s.command("graph/token", {{"down", true}});
    CHECK(s.form(s.credentials).status == 503);
    s.command("graph/away", {{"seconds", 30}});
    raw::Socket socket(s.url);
    CHECK_FALSE(socket.connected());
}

TEST_CASE("the journal and the state tell what happened") {
    Setup s;
    s.set("Busy/InACall");
    const json::object state = s.command("graph/state");
    const json::object& session = state.at("sessions").as_object().begin()->value().as_object();
    CHECK(session.at("activity") == "InACall");
    CHECK(session.at("expires").to_number<std::int64_t>() - session.at("since").to_number<std::int64_t>() == 300'000);
    CHECK(state.at("tokens_issued") == 1);
    CHECK(state.at("requests").at("presence_set") == 1);
    const json::array lines = s.command("graph/log", {{"kind", "presence_set"}}).at("requests").as_array();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].at("status") == 200);
    CHECK(text(lines[0].at("body")) == s.session("Busy/InACall"));
    CHECK(text(lines[0].at("path")) == s.path + "/setPresence");
    s.command("graph/settings", {{"log_size", 3}});
    for (int i = 0; i < 5; ++i)
        s.get(s.path);
    CHECK(s.command("graph/log").at("requests").as_array().size() == 3);
}
