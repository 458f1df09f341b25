// The fake GoTo against a raw client: what its two hosts refuse, refresh tokens that are good for one use, and how
// meetings come and go. Nothing here knows the daemon; what a line says is what cloud-apis.md D says.
#include <doctest/doctest.h>

#include "graph/crypto.hpp"
#include "raw_client.hpp"
#include "world.hpp"

#include <boost/json.hpp>

#include <string>

namespace json = boost::json;
using raw::Answer;

namespace {

const std::string form_type = "Content-Type: application/x-www-form-urlencoded\r\n";

json::value parsed(const std::string& text) {
    boost::system::error_code failed;
    json::value value = json::parse(text, failed);
    REQUIRE_MESSAGE(!failed, text);
    return value;
}

std::string text(const json::value& value) {
    return std::string(value.as_string());
}

struct Setup {
    Setup() : world(options()) {
        world.start();
        const json::object line = world.announcement();
        url = text(line.at("goto"));
        basic = "Basic " +
                sim::graph::crypto::base64(text(line.at("goto_client_id")) + ":" + text(line.at("goto_client_secret")));
        refresh = text(line.at("goto_refresh_token"));
        owner = text(line.at("goto_owner"));
        const json::object csv = command("people_csv");
        other = second_person(text(csv.at("csv")));
    }
    static sim::Options options() {
        sim::Options o;
        o.people = 4;
        return o;
    }
    static std::string second_person(const std::string& csv) {
        const auto second_line = csv.find('\n', csv.find('\n') + 1) + 1;
        return csv.substr(second_line, csv.find(',', second_line) - second_line);
    }

    json::object command(std::string_view name, json::object arguments = {}) {
        const auto answer = world.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : answer.error()));
        return answer->as_object();
    }
    Answer post(const std::string& body, const std::string& auth, const std::string& extra = form_type,
                const std::string& path = "/oauth/token") {
        return raw::ask(url, "POST", path, body, auth, extra);
    }
    Answer log_in() { return post("grant_type=refresh_token&refresh_token=" + refresh, basic); }
    std::string token() {
        const json::value body = parsed(log_in().body);
        refresh = text(body.at("refresh_token"));
        return "Bearer " + text(body.at("access_token"));
    }
    Answer get(const std::string& path, const std::string& auth) {
        return raw::ask(url, "GET", "/G2M/rest" + path, {}, auth);
    }
    std::string key(const std::string& email) { return text(command("goto/organiser", {{"user", email}}).at("key")); }

    sim::World world;
    std::string url, basic, refresh, owner, other;
};

} // namespace

TEST_CASE("the login host refuses what the real one refuses") {
    Setup s;
    const std::string grant = "grant_type=refresh_token&refresh_token=" + s.refresh;
    const std::string wrong = "Basic " + sim::graph::crypto::base64("somebody:else");
    struct Row {
        const char* what;
        std::string path, body, auth, extra;
        int status;
        std::string error;
    };
    // clang-format off
    const Row rows[] = {
        {"no login",            "/oauth/token",    grant,                                          "",      form_type, 401, "invalid_client"},
        {"a wrong login",       "/oauth/token",    grant,                                          wrong,   form_type, 401, "invalid_client"},
        {"the secret in the form", "/oauth/token", grant + "&client_id=x&client_secret=goto-secret", "",    form_type, 401, "invalid_client"},
        {"no form",             "/oauth/token",    grant,                                          s.basic, "",        400, "invalid_request"},
        {"another grant",       "/oauth/token",    "grant_type=client_credentials",                s.basic, form_type, 400, "unsupported_grant_type"},
        {"no token",            "/oauth/token",    "grant_type=refresh_token",                     s.basic, form_type, 400, "invalid_request"},
        {"an unknown token",    "/oauth/token",    "grant_type=refresh_token&refresh_token=nobody", s.basic, form_type, 400, "invalid_grant"},
        {"the host that was",   "/oauth/v2/token", grant,                                          s.basic, form_type, 401, "invalid_client"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const Answer answer = s.post(row.body, row.auth, row.extra, row.path);
        CHECK(answer.status == row.status);
        CHECK(text(parsed(answer.body).at("error")) == row.error);
    }
    CHECK(s.log_in().status == 200);
}

TEST_CASE("a refresh token is good for one use, and the answer tells whose it is") {
    Setup s;
    const Answer first = s.log_in();
    REQUIRE(first.status == 200);
    const json::value body = parsed(first.body);
    CHECK(text(body.at("principal")) == s.owner);
    CHECK(body.at("expires_in").as_int64() == 3600);
    CHECK(text(body.at("refresh_token")) != s.refresh);
    CHECK(text(parsed(s.log_in().body).at("error")) == "invalid_grant");
    s.refresh = text(body.at("refresh_token"));
    CHECK(s.log_in().status == 200);

    s.command("goto/settings", {{"rotate", false}, {"principal", false}});
    s.refresh = text(s.command("goto/token", {{"issue", true}, {"user", s.other}}).at("refresh_token"));
    for (int i = 0; i < 2; ++i) {
        const json::object again = parsed(s.log_in().body).as_object();
        CHECK(!again.contains("refresh_token"));
        CHECK(!again.contains("principal"));
    }
    s.command("goto/token", {{"revoke_refresh", true}});
    CHECK(s.log_in().status == 400);
}

TEST_CASE("the API refuses what the real one refuses") {
    Setup s;
    const std::string admin = s.token();
    s.refresh = text(s.command("goto/token", {{"issue", true}, {"user", s.other}}).at("refresh_token"));
    const std::string plain = s.token();
    const std::string own = "/organizers/" + s.key(s.other) + "/upcomingMeetings";
    struct Row {
        std::string path, auth;
        int status;
    };
    // clang-format off
    const Row rows[] = {
        {"/upcomingMeetings",                        "",             401},
        {"/upcomingMeetings",                        "Bearer nobody", 401},
        {"/upcomingMeetings",                        plain,          200},
        {own,                                        plain,          403}, // even one's own
        {own,                                        admin,          200},
        {"/organizers?email=" + s.other,             plain,          403},
        {"/organizers?email=" + s.other,             admin,          200},
        {"/organizers/12345/upcomingMeetings",       admin,          404},
        {"/organizers/" + s.other + "/upcomingMeetings", admin,      404}, // a key, not an address
        {"/meetings/1",                              admin,          404},
        {"/historicalMeetings",                      admin,          400},
        {"/historicalMeetings?startDate=2026-01-01T00:00:00Z&endDate=2099-01-01T00:00:00Z", admin, 200},
        {"/somethingElse",                           admin,          404},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.path);
        CHECK(s.get(row.path, row.auth).status == row.status);
    }
    s.command("goto/token", {{"revoke", true}});
    CHECK(s.get("/upcomingMeetings", admin).status == 401);
}

TEST_CASE("meetings come and go; those that run are not history yet") {
    Setup s;
    const std::string admin = s.token();
    const std::string of = "/organizers/" + s.key(s.other) + "/upcomingMeetings";
    const std::string history = "/organizers/" + s.key(s.other) +
                                "/historicalMeetings?startDate=2020-01-01T00:00:00Z&endDate=2099-01-01T00:00:00Z";
    const auto list = [&](const std::string& path) { return parsed(s.get(path, admin).body).as_array(); };
    CHECK(list(of).empty());
    s.command("goto/meeting", {{"user", s.other}, {"what", "schedule"}, {"subject", "Monday"}, {"kind", "recurring"}});
    REQUIRE(list(of).size() == 1);
    CHECK(text(list(of)[0].at("status")) == "INACTIVE");
    s.command("goto/meeting", {{"user", s.other}, {"subject", "Monday"}});
    s.command("goto/meeting", {{"user", s.other}, {"subject", "Now"}, {"kind", "immediate"}});
    REQUIRE(list(of).size() == 2);
    CHECK(text(list(of)[0].at("status")) == "ACTIVE");
    CHECK(list(of)[0].at("meetingid").is_int64()); // the legacy key beside it
    CHECK(list(of)[0].at("meetingId").is_string());
    CHECK(list(history).empty());
    CHECK(list("/upcomingMeetings").empty()); // the owner's own
    s.command("goto/settings", {{"immediate_listed", false}, {"ids", "numbers"}});
    CHECK(list(of).size() == 1);
    CHECK(list(of)[0].at("meetingId").is_int64());
    s.command("goto/meeting", {{"user", s.other}, {"what", "stop"}});
    REQUIRE(list(of).size() == 1);
    CHECK(text(list(of)[0].at("status")) == "INACTIVE");
    CHECK(list(history).size() == 2);
    CHECK(!s.world.command("goto/meeting", {{"user", s.other}, {"what", "stop"}}).has_value());
}

TEST_CASE("too many requests are told to wait; faults strike where and whom they shall") {
    Setup s;
    const std::string admin = s.token();
    s.command("goto/settings", {{"rate", 2}, {"retry_after_s", 7}});
    CHECK(s.get("/upcomingMeetings", admin).status == 200);
    CHECK(s.get("/upcomingMeetings", admin).status == 200);
    const Answer refused = s.get("/upcomingMeetings", admin);
    CHECK(refused.status == 429);
    CHECK(refused.head.find("Retry-After: 7") != std::string::npos);
    s.command("goto/settings", {{"rate", 0}});
    s.command("goto/fault", {{"kind", "forbidden"}, {"on", "upcoming_of"}, {"users", {s.other}}, {"forever", true}});
    CHECK(s.get("/organizers/" + s.key(s.other) + "/upcomingMeetings", admin).status == 403);
    CHECK(s.get("/organizers/" + s.key(s.owner) + "/upcomingMeetings", admin).status == 200);
    s.command("goto/faults/clear");
    CHECK(s.get("/organizers/" + s.key(s.other) + "/upcomingMeetings", admin).status == 200);
    s.command("goto/fault", {{"kind", "close"}});
    CHECK(s.get("/upcomingMeetings", admin).status == 0);
    CHECK(!s.world.command("goto/fault", {{"kind", "nonsense"}}).has_value());
}
