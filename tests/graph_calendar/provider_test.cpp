// The provider against the fake Graph: what is read, what faults do, what is asked of the service meanwhile.
#include "google/here.hpp"

#include "adapters/calendars/providers.hpp"

using namespace testing;
using namespace calendars;
using Read = Result<std::optional<std::vector<Occurrence>>>;

namespace {

const Window week{at("2026-01-05T00:00:00Z"), at("2026-01-12T00:00:00Z")};

struct Desk : Here {
    Desk() {
        who = std::string(command("graph/user", {{"user", "2000"}}).at("upn").as_string());
        settings.name = "sales";
        settings.provider = ProviderKind::graph;
        settings.mailbox = who;
    }

    std::unique_ptr<Provider> make() {
        http::TokenOptions login;
        login.token_url = told("graph") + "/" + told("tenant") + "/oauth2/v2.0/token";
        login.client_id = told("client_id");
        login.grant = http::ClientCredentials{"https://graph.microsoft.com/.default"};
        login.login = http::ClientSecret{Secret(told("client_secret"))};
        auto made = make_graph({.loop = loop,
                                .options = settings,
                                .store = store.get(),
                                .zone = "Europe/Amsterdam",
                                .graph_url = told("graph"),
                                .graph_token = std::move(login)});
        REQUIRE_MESSAGE(made, made.error().text);
        return *std::move(made);
    }
    Read read(Provider& provider, Window window = week) { return finish(provider.read(window)); }
    std::vector<Occurrence> all(Provider& provider, Window window = week) {
        auto found = read(provider, window);
        REQUIRE_MESSAGE(found, found.error().text);
        REQUIRE(*found);
        return **std::move(found);
    }
    std::string titles(Provider& provider, Window window = week) {
        auto found = read(provider, window);
        REQUIRE_MESSAGE(found, found.error().text);
        if (!*found) return "as before";
        std::string text;
        for (const auto& one : **found)
            text += (text.empty() ? "" : " ") + (one.title.empty() ? "-" : one.title);
        return text;
    }
    std::string set(json::object members) {
        members["user"] = who;
        return std::string(command("graph/appointment", members).at("id").as_string());
    }
    std::string add(std::string_view subject, std::string_view start, std::string_view end, json::object more = {}) {
        more["subject"] = subject;
        more["start"] = start;
        more["end"] = end;
        return set(std::move(more));
    }
    std::int64_t requests(std::string_view kind) {
        return command("graph/state").at("requests").at(kind).to_number<std::int64_t>();
    }
    json::object last() {
        auto log = command("graph/log", {{"kind", "calendar_view"}}).at("requests").as_array();
        return log.back().as_object();
    }
    void fault(json::object members) {
        members["on"] = "calendars";
        command("graph/fault", std::move(members));
    }

    std::string who;
    CalendarOptions settings;
};

} // namespace

TEST_CASE("a mailbox with series, exceptions, whole days, pages and all") {
    for (bool bare : {true, false}) {
        CAPTURE(bare);
        Desk desk;
        desk.command("graph/settings", {{"empty_page_every", 2}, {"bare_occurrences", bare}});
        desk.add("2001", "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z");
        desk.add("2002", "2026-01-06T08:00:00Z", "2026-01-06T09:00:00Z", {{"id", "s"}, {"every", "day"}, {"count", 3}});
        desk.add("2003", "2026-01-10", "2026-01-11");
        desk.add("2004", "2026-01-09T08:00:00Z", "2026-01-09T09:00:00Z", {{"declined", true}});
        desk.add("2005", "2026-02-10", "2026-02-11");
        auto provider = desk.make();
        CHECK(desk.titles(*provider) == "2001 2002 2002 2002 2004 2003");
        CHECK(desk.titles(*provider) == "as before");
        desk.set({{"what", "remove"}, {"id", "s_20260107T080000Z"}});
        desk.set({{"what", "change"},
                  {"id", "s_20260108T080000Z"},
                  {"subject", "2009"},
                  {"start", "2026-01-11T08:00:00Z"},
                  {"end", "2026-01-11T09:00:00Z"}});
        CHECK(desk.titles(*provider) == "2001 2002 2004 2003 2009");
        desk.set({{"what", "change"}, {"id", "s"}, {"subject", "2008"}});
        CHECK(desk.titles(*provider) == "2001 2008 2004 2003 2009");
        desk.set({{"what", "remove"}, {"id", "s"}}); // the whole series
        desk.add("2010", "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z");
        CHECK(desk.titles(*provider) == "2001 2010 2004 2003");
        CHECK(desk.requests("token") == 1);
    }
}

TEST_CASE("what an appointment is") {
    Desk desk;
    desk.add("2001", "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z",
             {{"free", true}, {"location", "Room 3"}, {"body", "fwd: 2002"}, {"sensitivity", "private"}});
    desk.add("", "2026-01-06T08:00:00Z", "2026-01-06T09:00:00Z", {{"sensitivity", "private"}});
    auto declined = desk.add("2003", "2026-01-07T08:00:00Z", "2026-01-07T09:00:00Z");
    auto cancelled = desk.add("2004", "2026-01-08T08:00:00Z", "2026-01-08T09:00:00Z");
    desk.set({{"what", "decline"}, {"id", declined}});
    desk.set({{"what", "cancel"}, {"id", cancelled}});
    auto provider = desk.make();
    auto found = desk.all(*provider);
    REQUIRE(found.size() == 4);
    CHECK(found[0].free);
    CHECK(found[0].location == "Room 3");
    CHECK(found[0].description == "fwd: 2002");
    CHECK(!found[0].hidden);
    CHECK(found[0].from == at("2026-01-05T08:00:00Z"));
    CHECK(found[1].hidden);
    CHECK(found[2].declined);
    CHECK(found[3].cancelled);
    desk.set({{"what", "move"}, {"id", declined}, {"start", "2026-01-05T06:00:00Z"}, {"end", "2026-01-05T07:00:00Z"}});
    CHECK(desk.titles(*provider) == "2003 2001 - 2004");
}

TEST_CASE("whole days, written as dates and as instants of another midnight; a series of them") {
    for (bool shifted : {false, true}) {
        CAPTURE(shifted);
        Desk desk;
        desk.command("graph/settings", {{"shifted_days", shifted}});
        desk.add("2001", "2026-01-06", "2026-01-07");
        desk.add("2002", "2026-01-08", "2026-01-09", {{"every", "day"}, {"count", 2}});
        auto provider = desk.make();
        auto found = desk.all(*provider);
        REQUIRE(found.size() == 3);
        CHECK(found[0].all_day);
        CHECK(found[0].from == at("2026-01-05T23:00:00Z"));
        CHECK(found[0].until == at("2026-01-06T23:00:00Z"));
        CHECK(found[2].all_day);
        CHECK(found[2].from == at("2026-01-08T23:00:00Z"));
    }
}

TEST_CASE("readings after the first ask for changes alone, with the same preferences") {
    Desk desk;
    desk.add("2001", "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z");
    auto provider = desk.make();
    auto path = [&] { return std::string(desk.last().at("path").as_string()); };
    CHECK(desk.titles(*provider) == "2001");
    CHECK(has(path(), "startDateTime="));
    CHECK(desk.titles(*provider) == "as before");
    CHECK(has(path(), "deltatoken="));
    CHECK(!has(path(), "startDateTime="));
    CHECK(has(json::serialize(desk.last().at("headers")), "maxpagesize"));
    CHECK(desk.titles(*provider, {week.from + 2h, week.until + 2h}) == "2001");
    CHECK(has(path(), "deltatoken="));
    CHECK(desk.titles(*provider, {week.from, week.until + 72h}) == "2001");
    CHECK(has(path(), "startDateTime="));
}

TEST_CASE("a lost token costs the window, and nothing of what is known") {
    Desk desk;
    desk.add("2001", "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"id", "one"}});
    desk.add("2002", "2026-01-06T08:00:00Z", "2026-01-06T09:00:00Z");
    auto provider = desk.make();
    CHECK(desk.titles(*provider) == "2001 2002");
    desk.set({{"what", "remove"}, {"id", "one"}});
    desk.command("graph/appointment", {{"user", desk.who}, {"what", "forget"}});
    CHECK(desk.titles(*provider) == "2002");
    desk.fault({{"kind", "stale_sync"}}); // 400
    CHECK(desk.titles(*provider) == "as before");
    desk.fault({{"kind", "gone"}, {"count", 2}}); // 410, and the whole window, too
    auto failed = desk.read(*provider);
    REQUIRE(!failed);
    CHECK(failed.error().category == Category::not_found);
    CHECK(desk.titles(*provider) == "2002"); // after a failure all is told, changed or not
    CHECK(desk.titles(*provider) == "as before");
}

TEST_CASE("faults have their categories, and the next reading heals") {
    struct Row {
        json::object fault;
        Category category;
        const char* says;
    };
    const Row rows[] = {
        {{{"kind", "unauthorised"}, {"count", 2}}, Category::unauthorised, "InvalidAuthenticationToken"},
        {{{"kind", "forbidden"}}, Category::forbidden, "Calendars.Read"},
        {{{"kind", "no_access"}}, Category::forbidden, "Calendars.Read"},
        {{{"kind", "not_found"}}, Category::not_found, "no mailbox"},
        {{{"kind", "unavailable"}}, Category::unavailable, "503"},
        {{{"kind", "error"}, {"status", 500}}, Category::unavailable, "request-id"},
        {{{"kind", "error"}, {"status", 400}}, Category::invalid, "400"},
        {{{"kind", "html"}}, Category::protocol, "captive portal"},
        {{{"kind", "empty"}}, Category::protocol, "empty"},
        {{{"kind", "truncated"}}, Category::protocol, "JSON"},
        {{{"kind", "wrong_type"}}, Category::protocol, "no JSON"},
        {{{"kind", "oversized"}}, Category::limit, ""},
        {{{"kind", "close"}, {"count", 2}}, Category::network, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(json::serialize(row.fault));
        Desk desk;
        desk.add("2001", "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z");
        auto provider = desk.make();
        desk.fault(row.fault);
        auto failed = desk.read(*provider);
        REQUIRE(!failed);
        CHECK(name(failed.error().category) == name(row.category));
        CHECK_MESSAGE(has(failed.error().text, row.says), failed.error().text);
        if (row.category == Category::unauthorised) continue; // tokens that are refused at once are asked for slowly
        desk.command("graph/faults/clear");
        CHECK(desk.titles(*provider) == "2001");
    }
}

TEST_CASE("what a person has to do: give the permission, name a mailbox that is there") {
    Desk desk;
    desk.command("graph/permissions", {{"remove", {"Calendars.Read"}}});
    auto provider = desk.make();
    auto refused = desk.read(*provider);
    REQUIRE(!refused);
    CHECK(refused.error().category == Category::forbidden);
    CHECK(has(refused.error().text, "permission Calendars.Read"));
    desk.settings.mailbox = "nobody@example.net";
    desk.command("graph/permissions", {{"add", {"Calendars.Read"}}});
    auto nobody = desk.read(*desk.make());
    REQUIRE(!nobody);
    CHECK(nobody.error().category == Category::not_found);
    CHECK(has(nobody.error().text, "nobody@example.net"));
}

TEST_CASE("a 401 costs one new token, no more") {
    Desk desk;
    desk.add("2001", "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z");
    auto provider = desk.make();
    CHECK(desk.titles(*provider) == "2001");
    desk.command("graph/token", {{"revoke", true}});
    CHECK(desk.titles(*provider) == "as before");
    CHECK(desk.requests("token") == 2);
}

TEST_CASE("when Graph asks for fewer requests, in seconds or by a date, none is sent for a while") {
    for (const char* form : {"seconds", "date"})
        for (const char* kind : {"too_many", "unavailable"}) {
            CAPTURE(form);
            CAPTURE(kind);
            Desk desk;
            desk.command("graph/settings", {{"retry_after", form}});
            auto provider = desk.make();
            desk.fault({{"kind", kind}, {"retry_after", 300}});
            REQUIRE(!desk.read(*provider));
            auto sent = desk.requests("calendar_view");
            auto again = desk.read(*provider);
            REQUIRE(!again);
            bool throttled = std::string_view(kind) == "too_many";
            CHECK(again.error().category == (throttled ? Category::throttled : Category::unavailable));
            CHECK(desk.requests("calendar_view") == sent);
        }
}

TEST_CASE("without [teams] there is nobody to log in as") {
    Desk desk;
    auto made = make_graph({.loop = desk.loop, .options = desk.settings, .store = desk.store.get(), .zone = "UTC"});
    REQUIRE(!made);
    CHECK(has(made.error().text, "[teams]"));
}

TEST_CASE("closed while it reads") {
    Desk desk;
    auto provider = desk.make();
    desk.fault({{"kind", "slow"}, {"ms", 60'000}});
    desk.loop.post([&] { desk.loop.post([&] { provider->close(); }); }); // behind the reading's first step
    auto ended = desk.read(*provider);
    REQUIRE(!ended);
    CHECK(ended.error().category == Category::cancelled);
}
