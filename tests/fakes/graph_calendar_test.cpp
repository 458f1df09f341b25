// The fake's calendars over a raw socket: what is refused, what a window holds, what a token tells later.
#include "graph_setup.hpp"

using namespace sim_test;

namespace {

const std::string utc = "Prefer: outlook.timezone=\"UTC\"\r\n";

struct Mail : Setup {
    Mail() { view = "/v1.0/users/" + ids[0] + "/calendarView/delta"; }

    Answer ask(const std::string& target, const std::string& more = {}) {
        return raw::ask(url, "GET", target, {}, auth, utc + more);
    }
    json::object appointment(json::object members) {
        members["user"] = ids[0];
        return command("graph/appointment", std::move(members));
    }
    // The rows from here to the end, each as "id" or "-id"; the last link remains in `link`.
    std::string rows(std::string target, const std::string& more = {}) {
        std::string all;
        while (true) {
            const Answer answer = ask(target, more);
            REQUIRE_MESSAGE(answer.status == 200, answer.body);
            const json::object body = object_of(answer.body);
            for (const json::value& row : body.at("value").as_array()) {
                const bool gone = row.as_object().contains("@removed");
                all += (all.empty() ? "" : " ") + std::string(gone ? "-" : "") + text(row.at("id"));
            }
            const bool last = body.contains("@odata.deltaLink");
            link = text(body.at(last ? "@odata.deltaLink" : "@odata.nextLink"));
            link = link.substr(link.find("/v1.0"));
            if (last) return all;
            target = link;
        }
    }
    std::string view, link;
    const std::string window = "?startDateTime=2026-01-05T00:00:00Z&endDateTime=2026-01-12T00:00:00Z";
};

} // namespace

TEST_CASE("what a calendar's window refuses") {
    Mail mail;
    struct Row {
        std::string target;
        std::string header;
        int status;
        const char* code;
    };
    const Row rows[] = {
        {mail.view, "", 400, "ErrorInvalidParameter"},
        {mail.view + "?startDateTime=2026-01-05T00:00:00Z", "", 400, "ErrorInvalidParameter"},
        {mail.view + "?startDateTime=2026-01-05T00:00:00Z&endDateTime=2026-01-04T00:00:00Z", "", 400,
         "ErrorInvalidPar"},
        {mail.view + mail.window + "&$select=id", "", 400, "ErrorInvalidUrlQuery"},
        {mail.view + "?$deltatoken=x", "", 400, "ErrorInvalidUrlQuery"},
        {mail.view + mail.window, "Prefer: outlook.timezone=\"Pacific Standard Time\"\r\n", 400, "TimeZoneNot"},
        {mail.view + mail.window, "Prefer: odata.maxpagesize=many\r\n", 400, "ErrorInvalidRequest"},
        {"/v1.0/users/" + nobody_id + "/calendarView/delta" + mail.window, "", 404, "ErrorInvalidUser"},
        {"/v1.0/users/" + mail.ids[0] + "/events/none", "", 404, "ErrorItemNotFound"},
        {"/v1.0/users/" + mail.ids[0] + "/calendarView" + mail.window, "", 400, "BadRequest"},
        {mail.view + mail.window, "", 200, "value"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.target);
        const Answer answer = mail.ask(row.target, row.header);
        CHECK(answer.status == row.status);
        CHECK_MESSAGE(answer.body.find(row.code) != std::string::npos, answer.body);
    }
    mail.command("graph/permissions", {{"remove", {"Calendars.Read"}}});
    const Answer refused = mail.ask(mail.view + mail.window);
    CHECK(refused.status == 403);
    CHECK(refused.body.find("ErrorAccessDenied") != std::string::npos);
}

TEST_CASE("a window with series; later changes within it and outside; a token that is forgotten") {
    Mail mail;
    mail.command("graph/settings", {{"empty_page_every", 2}});
    mail.appointment({{"id", "a"}, {"start", "2026-01-06T08:00:00Z"}, {"end", "2026-01-06T09:00:00Z"}});
    mail.appointment({{"id", "s"},
                      {"start", "2026-01-10T08:00:00Z"},
                      {"end", "2026-01-10T09:00:00Z"},
                      {"every", "day"},
                      {"count", 3}});
    mail.appointment({{"id", "far"}, {"start", "2026-03-06"}, {"end", "2026-03-07"}});
    CHECK(mail.rows(mail.view + mail.window, "Prefer: odata.maxpagesize=2\r\n") ==
          "a s s_20260110T080000Z s_20260111T080000Z");
    CHECK(mail.rows(mail.link).empty());
    mail.appointment({{"what", "change"}, {"id", "far"}, {"subject", "2001"}});
    mail.appointment({{"what", "remove"}, {"id", "s_20260111T080000Z"}});
    mail.appointment({{"what", "cancel"}, {"id", "a"}});
    CHECK(mail.rows(mail.link) == "-far -s_20260111T080000Z a");
    const Answer whole = mail.ask("/v1.0/users/" + mail.ids[0] + "/events/a");
    CHECK(object_of(whole.body).at("isCancelled").as_bool());
    CHECK(text(object_of(whole.body).at("start").at("dateTime")) == "2026-01-06T08:00:00.0000000");
    mail.appointment({{"what", "forget"}});
    CHECK(mail.ask(mail.link).status == 410);
    CHECK(mail.ask("/v1.0/users/" + mail.ids[1] + mail.link.substr(mail.view.find("/calendarView"))).status == 400);
    CHECK(mail.mistake("graph/appointment", {{"user", mail.ids[0]}, {"what", "change"}, {"id", "none"}}) ==
          "no appointment none");
}
