// What PhoneBridge is told and what its answers mean: one row per case (crm-directory.md A).
#include <doctest/doctest.h>

#include "proto/zoho/answers.hpp"
#include "proto/zoho/centres.hpp"
#include "proto/zoho/forms.hpp"
#include "proto/zoho/hook.hpp"

using namespace lamp::zoho;
using lamp::Wall;

TEST_CASE("a plus is %2B, a time is GMT with a space, and only what a state wants is told") {
    Notice notice{.direction = Direction::received,
                  .state = State::ended,
                  .id = "bw7f3a01",
                  .from = "+33199001234",
                  .to = "+442079460123",
                  .zohouser = "5550001",
                  .transferred_id = "x",
                  .start = *lamp::parse_rfc3339("2031-04-05T11:07:00.900+02:00"),
                  .duration = std::chrono::seconds(184)};
    CHECK(form(notice) == "type=received&state=ended&id=bw7f3a01&from=%2B33199001234&to=%2B442079460123"
                          "&zohouser=5550001&start_time=2031-04-05%2009%3A07%3A00&duration=184");
    notice.state = State::ringing;
    CHECK(form(notice) == "type=received&state=ringing&id=bw7f3a01&from=%2B33199001234&to=%2B442079460123"
                          "&zohouser=5550001&transferredcallid=x");
    notice.direction = Direction::dialed;
    notice.state = State::noanswer;
    notice.zohouser.clear();
    CHECK(form(notice) == "type=dialed&state=noanswer&id=bw7f3a01&from=%2B33199001234&to=%2B442079460123"
                          "&start_time=2031-04-05%2009%3A07%3A00");
    CHECK(pair_text("x-link-key", "a\"b", Writing::strict) == R"({"name":"x-link-key","value":"a\"b"})");
    CHECK(pair_text("x-link-key", "ab", Writing::documented) == "{name:x-link-key,value:ab}");
}

TEST_CASE("every state has its word") {
    for (std::size_t i = 0; i < state_count; ++i)
        CHECK(state_named(name(static_cast<State>(i))) == static_cast<State>(i));
    CHECK(!state_named("ringing "));
}

TEST_CASE("what an answer means") {
    struct Row {
        int status;
        const char* body;
        Verdict verdict;
    };
    for (const Row& row : {
             Row{200, R"({"status":"success","code":"SUCCESS"})", Verdict::done},
             Row{204, "", Verdict::done},
             Row{200, "<html>", Verdict::unreadable},
             Row{200, R"({"status":"error","code":"PBX_NOT_INTEGRATED"})", Verdict::not_integrated},
             Row{400, R"({"code":"SC_BAD_REQUEST","message":"REQUIRED_PARAM_MISSING"})", Verdict::bad_request},
             Row{400, R"({"code":"SC_BAD_REQUEST","message":"PROVIDER_NOT_REGISTERED"})", Verdict::not_registered},
             Row{400, R"({"CODE":"invalid_user"})", Verdict::bad_user},
             Row{401, "", Verdict::token},
             Row{400, R"({"message":"INVALID_TOKEN"})", Verdict::token},
             Row{403, R"({"code":"SC_FORBIDDEN","message":"NO_PERMISSION"})", Verdict::forbidden},
             Row{403, R"({"message":"DIFFERENT_PROVIDER_ALREADY_ENABLED"})", Verdict::other_provider},
             Row{404, "{}", Verdict::refused},
             Row{429, "", Verdict::throttled},
             Row{500, R"({"message":"INTERNAL_ERROR"})", Verdict::unavailable},
             Row{302, "<html>", Verdict::unreadable},
         }) {
        CAPTURE(row.status);
        CAPTURE(row.body);
        CHECK(name(read_answer(row.status, row.body).verdict) == name(row.verdict));
    }
}

TEST_CASE("users are read whatever their members are called") {
    auto read = read_users(R"({"users":[{"zohouser":5550001,"name":"Alice Jansen","email":"Alice@Example.net"},
        {"id":"7","firstName":"Bo","lastName":"Berg","emailId":"bo@example.net"},{"name":"nobody"},3],
        "navigation":{"nextPage":{"uri":"x"}}})");
    REQUIRE(read.has_value());
    CHECK(read->users ==
          std::vector<User>{{"5550001", "Alice Jansen", "alice@example.net"}, {"7", "Bo Berg", "bo@example.net"}});
    CHECK(read->more);
    CHECK(!read_users("[]").has_value());
    CHECK(!read_users("<html>").has_value());
    CHECK(read_users(R"({"users":[]})")->users.empty());
}

TEST_CASE("only Zoho's own login hosts are believed") {
    CHECK(centre_of("https://accounts.zoho.eu/")->api == "https://www.zohoapis.eu");
    CHECK(!centre_of("https://accounts.zoho.eu.evil.example"));
    CHECK(!centre_of("http://accounts.zoho.eu"));
    CHECK(!centre_of(""));
}

TEST_CASE("parameters come in a query, a form or JSON") {
    CHECK(Parameters::read("tonumber=%2B31201234567&a=b+c", "").find({"ToNumber"}) == "+31201234567");
    CHECK(Parameters::read("a=b+c", "").find({"a"}) == "b c");
    CHECK(Parameters::read("", "id=7&x").find({"callid", "id"}) == "7");
    CHECK(Parameters::read("q=1", R"( {"callid":42,"n":"x"})").find({"callid"}) == "42");
    CHECK(Parameters::read("", R"({"callid":)").find({"callid"}).empty());
    CHECK(Parameters::read("a=%zz", "").find({"a"}).empty());
}
