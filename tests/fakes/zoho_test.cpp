// The fake PhoneBridge against a raw client: what the real one refuses (crm-directory.md A). Nothing here knows the
// daemon.
#include <doctest/doctest.h>

#include "raw_client.hpp"
#include "world.hpp"

#include <boost/json.hpp>

#include <string>

namespace json = boost::json;

namespace {

const std::string form_type = "Content-Type: application/x-www-form-urlencoded\r\n";

struct Setup {
    Setup() : world(options()) {
        world.start();
        const json::object line = world.announcement();
        url = std::string(line.at("zoho").as_string());
        grant = "grant_type=refresh_token&client_id=" + std::string(line.at("zoho_client_id").as_string()) +
                "&client_secret=" + std::string(line.at("zoho_client_secret").as_string()) +
                "&refresh_token=" + std::string(line.at("zoho_refresh_token").as_string());
    }
    static sim::Options options() {
        sim::Options o;
        o.people = 4;
        return o;
    }
    raw::Answer log_in(const std::string& form) {
        return raw::ask(url, "POST", "/oauth/v2/token", form, "", form_type);
    }
    std::string token() {
        return "Zoho-oauthtoken " + std::string(json::parse(log_in(grant).body).at("access_token").as_string());
    }
    raw::Answer tell(const std::string& auth, const std::string& path, const std::string& form) {
        return raw::ask(url, "POST", "/phonebridge/v3/" + path, form, auth, form_type);
    }
    void set(json::object settings) { REQUIRE(world.command("zoho/settings", std::move(settings)).has_value()); }

    sim::World world;
    std::string url, grant;
};

} // namespace

TEST_CASE("the login host tells errors with 200, and gives ten tokens and no more") {
    Setup s;
    CHECK(json::parse(s.log_in(s.grant + "x").body).at("error").as_string() == "invalid_code");
    CHECK(json::parse(s.log_in("grant_type=refresh_token").body).at("error").as_string() == "invalid_client");
    for (int i = 0; i < 10; ++i)
        CHECK(s.log_in(s.grant).body.find("access_token") != std::string::npos);
    CHECK(s.log_in(s.grant).body.find("Access Denied") != std::string::npos);
}

TEST_CASE("nothing goes before integrate, nor with Bearer") {
    Setup s;
    auto auth = s.token();
    const std::string ringing = "type=received&state=ringing&id=a1&from=%2B331&to=%2B442";
    CHECK(s.tell(auth, "callnotify", ringing).body.find("PBX_NOT_INTEGRATED") != std::string::npos);
    CHECK(s.tell("Bearer " + auth.substr(16), "integrate", "").status == 401);
    CHECK(s.tell(auth, "integrate", "").status == 200);
    CHECK(s.tell(auth, "callnotify", ringing).status == 200);
    s.set({{"other_provider", true}});
    CHECK(s.tell(auth, "integrate", "").status == 403);
}

TEST_CASE("states of calls are refused as the real service refuses them") {
    Setup s;
    auto auth = s.token();
    REQUIRE(s.tell(auth, "integrate", "").status == 200);
    struct Row {
        const char* what;
        std::string form;
        int status;
    };
    const std::string ended = "type=received&state=ended&id=a1&from=%2B331&to=%2B442&duration=5&start_time=";
    // clang-format off
    for (const Row& row : {
        Row{"an end",             ended + "2031-04-05%2009%3A07%3A00", 200},
        Row{"an ISO time",        ended + "2031-04-05T09%3A07%3A00Z", 400},
        Row{"an end without one", "type=received&state=ended&id=a1&from=%2B331&to=%2B442&duration=5", 400},
        Row{"a bare plus",        "type=received&state=ringing&id=a1&from=+331&to=%2B442", 400},
        Row{"an id with a dot",   "type=received&state=ringing&id=a.1&from=%2B331&to=%2B442", 400},
        Row{"no number",          "type=received&state=ringing&id=a1&from=anonymous&to=%2B442", 400},
        Row{"busy, received",     "type=received&state=busy&id=a1&from=%2B331&to=%2B442&start_time=2031-04-05%2009%3A07%3A00", 400},
        Row{"busy, dialled",      "type=dialed&state=busy&id=a1&from=%2B331&to=%2B442&start_time=2031-04-05%2009%3A07%3A00", 200},
        Row{"an unknown user",    "type=received&state=ringing&id=a1&from=%2B331&to=%2B442&zohouser=1", 400},
    }) {
        CAPTURE(row.what);
        CHECK(s.tell(auth, "callnotify", row.form).status == row.status);
    }
    // clang-format on
    s.set({{"takes_unattended", false}});
    CHECK(s.tell(auth, "callnotify",
                 "type=received&state=missed&id=a1&from=%2B331&to=%2B442&start_time=2031-04-05%2009%3A07%3A00")
              .status == 400);
}
