// The provider against the fake Google: what is read, what faults do, what is asked of the service meanwhile.
#include "here.hpp"

#include "adapters/calendars/google_login.hpp"
#include "adapters/calendars/google_push.hpp"
#include "adapters/calendars/providers.hpp"

using namespace testing;
using namespace calendars;
using Read = Result<std::optional<std::vector<Occurrence>>>;

namespace {

const Window week{at("2026-01-05T00:00:00Z"), at("2026-01-12T00:00:00Z")};

struct Desk : Here {
    std::unique_ptr<Provider> make(const CalendarOptions& options) {
        auto made = make_google({.loop = loop,
                                 .options = options,
                                 .store = store.get(),
                                 .zone = "Europe/Amsterdam",
                                 .google_push = push.get()});
        REQUIRE_MESSAGE(made, made.error().text);
        return *std::move(made);
    }
    Read read(Provider& provider, Window window = week) { return finish(provider.read(window)); }
    std::string titles(Provider& provider, Window window = week) {
        auto found = read(provider, window);
        REQUIRE_MESSAGE(found, found.error().text);
        if (!*found) return "as before";
        std::string all;
        for (const auto& one : **found)
            all += (all.empty() ? "" : " ") + (one.title.empty() ? "-" : one.title);
        return all;
    }
    std::string log_in(const CalendarOptions& options, const char* who = reception) {
        std::string token(command("google/token", {{"issue", who}}).at("refresh_token").as_string());
        REQUIRE(finish(keep_google_login(*store, options.name, Secret(token))));
        return token;
    }

    std::unique_ptr<GooglePush> push;
};

} // namespace

TEST_CASE("a service account reads a calendar of somebody, series, pages and all") {
    Desk desk;
    desk.command("google/settings", {{"page_max", 2}, {"empty_pages", true}});
    desk.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"summary", "2001"}});
    desk.add("2026-01-06T08:00:00Z", "2026-01-06T09:00:00Z",
             {{"id", "s"}, {"summary", "2002"}, {"every", "day"}, {"count", 3}});
    desk.add("2026-01-10", "2026-01-11", {{"summary", "2003"}});
    desk.add("2026-01-09T08:00:00Z", "2026-01-09T09:00:00Z", {{"summary", "2004"}, {"declined", true}});
    desk.add("2026-02-10", "2026-02-11", {{"summary", "2005"}});
    auto provider = desk.make(desk.of_service());
    CHECK(desk.titles(*provider) == "2001 2002 2002 2002 2004 2003");
    CHECK(desk.titles(*provider) == "as before");
    desk.command("google/remove", {{"calendar", reception}, {"id", "s_20260107T080000Z"}});
    desk.command("google/change", {{"calendar", reception},
                                   {"id", "s_20260108T080000Z"},
                                   {"summary", "2009"},
                                   {"start", "2026-01-11T08:00:00Z"},
                                   {"end", "2026-01-11T09:00:00Z"}});
    CHECK(desk.titles(*provider) == "2001 2002 2004 2003 2009");
    desk.command("google/remove", {{"calendar", reception}, {"id", "s"}}); // the whole series
    desk.add("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z", {{"summary", "2010"}});
    CHECK(desk.titles(*provider) == "2001 2010 2004 2003");
    CHECK(desk.requests("token") == 1);
}

TEST_CASE("readings after the first ask for changes alone, unless no token comes") {
    Desk desk;
    desk.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"summary", "2001"}});
    auto provider = desk.make(desk.of_service());
    auto last = [&] {
        auto log = desk.command("google/log", {{"kind", "events"}}).at("requests").as_array();
        return std::string(log.back().at("target").as_string());
    };
    CHECK(desk.titles(*provider) == "2001");
    CHECK(has(last(), "timeMin="));
    CHECK(desk.titles(*provider) == "as before");
    CHECK(has(last(), "syncToken="));
    CHECK(!has(last(), "timeMin="));
    CHECK(desk.titles(*provider, {week.from + 2h, week.until + 2h}) == "2001");
    CHECK(has(last(), "syncToken="));
    CHECK(desk.titles(*provider, {week.from, week.until + 72h}) == "2001");
    CHECK(has(last(), "timeMin="));

    desk.command("google/settings", {{"bounded_sync", false}});
    auto other = desk.make(desk.of_service());
    CHECK(desk.titles(*other) == "2001");
    CHECK(desk.titles(*other) == "as before");
    CHECK(has(last(), "timeMin="));
    desk.add("2026-01-06T08:00:00Z", "2026-01-06T09:00:00Z", {{"summary", "2002"}});
    CHECK(desk.titles(*other) == "2001 2002");
}

TEST_CASE("a lost sync token costs a listing, and nothing of what is known") {
    Desk desk;
    desk.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"id", "one"}, {"summary", "2001"}});
    desk.add("2026-01-06T08:00:00Z", "2026-01-06T09:00:00Z", {{"summary", "2002"}});
    auto provider = desk.make(desk.of_service());
    CHECK(desk.titles(*provider) == "2001 2002");
    desk.command("google/remove", {{"calendar", reception}, {"id", "one"}});
    desk.command("google/expire_tokens");
    CHECK(desk.titles(*provider) == "2002");
    desk.command("google/fault", {{"kind", "bad_token"}, {"on", "events"}}); // 400 instead of 410
    CHECK(desk.titles(*provider) == "as before");
    desk.command("google/fault", {{"kind", "gone"}, {"on", "events"}, {"count", 2}}); // and the listing, too
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
        {{{"kind", "unauthorised"}, {"count", 2}}, Category::unauthorised, "authError"},
        {{{"kind", "forbidden"}}, Category::forbidden, "forbidden"},
        {{{"kind", "not_found"}}, Category::not_found, "share it"},
        {{{"kind", "unavailable"}}, Category::unavailable, "503"},
        {{{"kind", "error"}, {"status", 500}}, Category::unavailable, "500"},
        {{{"kind", "error"}, {"status", 400}}, Category::invalid, "400"},
        {{{"kind", "html"}}, Category::protocol, "captive portal"},
        {{{"kind", "empty"}}, Category::protocol, "empty"},
        {{{"kind", "truncated"}}, Category::protocol, "no JSON"},
        {{{"kind", "wrong_type"}}, Category::protocol, "no JSON"},
        {{{"kind", "oversized"}}, Category::limit, ""},
        {{{"kind", "close"}}, Category::network, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(json::serialize(row.fault));
        Desk desk;
        auto fault = row.fault;
        fault["on"] = "events";
        desk.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"summary", "2001"}});
        auto provider = desk.make(desk.of_service());
        desk.command("google/fault", fault);
        auto failed = desk.read(*provider);
        REQUIRE(!failed);
        CHECK(name(failed.error().category) == name(row.category));
        CHECK_MESSAGE(has(failed.error().text, row.says), failed.error().text);
        if (row.category == Category::unauthorised) continue; // tokens that are refused at once are asked for slowly
        CHECK(desk.titles(*provider) == "2001");
    }
}

TEST_CASE("a 401 costs one new token, no more") {
    Desk desk;
    desk.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"summary", "2001"}});
    auto provider = desk.make(desk.of_service());
    CHECK(desk.titles(*provider) == "2001");
    desk.command("google/token", {{"forget_access", true}});
    CHECK(desk.titles(*provider) == "as before");
    CHECK(desk.requests("token") == 2);
}

TEST_CASE("when Google asks for fewer requests, none is sent for a while") {
    for (const char* kind : {"rate_limit", "too_many"}) {
        CAPTURE(kind);
        Desk desk;
        auto provider = desk.make(desk.of_service());
        desk.command("google/fault", {{"kind", kind}, {"on", "events"}, {"retry_after", 3600}});
        auto refused = desk.read(*provider);
        REQUIRE(!refused);
        CHECK(refused.error().category == Category::throttled);
        auto sent = desk.requests("events");
        auto again = desk.read(*provider);
        REQUIRE(!again);
        CHECK(again.error().category == Category::throttled);
        CHECK(has(again.error().text, "rateLimitExceeded"));
        CHECK(desk.requests("events") == sent);
    }
}

TEST_CASE("what is wrong with a service account is said with the remedy") {
    Desk desk;
    desk.command("google/token", {{"delegated", json::array{}}});
    auto undelegated = desk.read(*desk.make(desk.of_service()));
    REQUIRE(!undelegated);
    CHECK(undelegated.error().category == Category::unauthorised);
    CHECK(has(undelegated.error().text, "domain-wide delegation"));

    desk.command("google/token", {{"delegated", {std::string(google_scope)}}, {"unknown", {reception}}});
    auto nobody = desk.read(*desk.make(desk.of_service()));
    REQUIRE(!nobody);
    CHECK(nobody.error().category == Category::unauthorised);
    CHECK(has(nobody.error().text, "Is there a user reception@example.net"));

    desk.command("google/token", {{"unknown", json::array{}}});
    auto options = desk.of_service();
    options.calendar_id = "somebody@elsewhere.example";
    auto foreign = desk.read(*desk.make(options));
    REQUIRE(!foreign);
    CHECK(foreign.error().category == Category::not_found);
    CHECK(has(foreign.error().text, "somebody@elsewhere.example"));

    auto broken = desk.of_service();
    broken.service_account =
        Secret(R"({"type":"service_account","client_email":"a","private_key":"k","private_key_id":"i"})");
    auto made =
        make_google({.loop = desk.loop, .options = broken, .store = desk.store.get(), .zone = "Europe/Amsterdam"});
    REQUIRE(!made);
    CHECK(made.error().category == Category::invalid);
    CHECK(!make_google(
        {.loop = desk.loop, .options = desk.of_service(), .store = desk.store.get(), .zone = "Moon/Base"}));
}

TEST_CASE("the token is asked for where the configuration says, not where the key file does") {
    Desk desk; // whose key file names another place
    CHECK(desk.titles(*desk.make(desk.of_service())).empty());
    auto log = desk.command("google/log").at("requests").as_array();
    CHECK(log.front().at("target").as_string() == "/token");
}

TEST_CASE("a clock that is wrong by an hour is put right by the service's date") {
    Desk desk;
    desk.command("google/settings", {{"skew_ms", 2 * 3'600'000}});
    CHECK(desk.titles(*desk.make(desk.of_service())).empty());
}

TEST_CASE("a calendar shared for free and busy only has no titles") {
    Desk desk;
    desk.command("google/calendar",
                 {{"calendar", "bert@example.net"}, {"share", reception}, {"role", "freeBusyReader"}});
    desk.command("google/add", {{"calendar", "bert@example.net"},
                                {"summary", "2001"},
                                {"start", "2026-01-05T08:00:00Z"},
                                {"end", "2026-01-05T09:00:00Z"}});
    auto options = desk.of_service();
    options.calendar_id = "bert@example.net";
    auto found = desk.read(*desk.make(options));
    REQUIRE(found);
    REQUIRE((*found)->size() == 1);
    CHECK((**found)[0].hidden);
    CHECK((**found)[0].title.empty());
}

TEST_CASE("a user's consent is found when it is given, and missed when it is taken back") {
    Desk desk;
    auto options = desk.of_user();
    desk.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"summary", "2001"}});
    auto provider = desk.make(options);
    auto nobody = desk.read(*provider);
    REQUIRE(!nobody);
    CHECK(nobody.error().category == Category::unauthorised);
    CHECK(has(nobody.error().text, "lamplighter google login --calendar reception"));
    CHECK(desk.requests("token") == 0);

    CHECK(!desk.finish(provider->login_changed()));
    desk.log_in(options);
    CHECK(desk.finish(provider->login_changed()));
    CHECK(desk.titles(*provider) == "2001");
    CHECK(!desk.finish(provider->login_changed()));
    CHECK(desk.titles(*provider) == "as before");
    CHECK(desk.requests("token") == 1);

    desk.log_in(options, "bert@example.net"); // another account: nothing of the first one's is told
    CHECK(desk.titles(*provider).empty());

    auto token = desk.log_in(options);
    CHECK(desk.titles(*provider) == "2001");
    REQUIRE(desk.finish(revoke_google_login(desk.loop, options, Secret(token))));
    auto revoked = desk.read(*provider);
    REQUIRE(!revoked);
    CHECK(revoked.error().category == Category::unauthorised);
    CHECK(has(revoked.error().text, "The consent has ended"));
    REQUIRE(desk.finish(forget_google_login(*desk.store, options.name)));
    CHECK(desk.finish(provider->login_changed()));
    CHECK(has(desk.read(*provider).error().text, "Nobody has logged in"));
}

TEST_CASE("what is not the end of a consent is not taken for it") {
    Desk desk;
    auto options = desk.of_user();
    desk.log_in(options);
    auto provider = desk.make(options);
    desk.command("google/fault", {{"kind", "unauthorised"}, {"on", "events"}, {"count", 2}});
    for (int i = 0; i < 2; ++i) { // the second one is the token's own silence
        auto confused = desk.read(*provider);
        REQUIRE(!confused);
        CHECK(confused.error().category == Category::forbidden);
    }
    options.client_secret = Secret("old");
    auto changed = desk.read(*desk.make(options));
    REQUIRE(!changed);
    CHECK(changed.error().category == Category::forbidden);
    CHECK(has(changed.error().text, "invalid_client"));
}

TEST_CASE("closing ends a reading, and a second one meanwhile is refused") {
    Desk desk;
    auto provider = desk.make(desk.of_service());
    desk.command("google/fault", {{"kind", "slow"}, {"on", "events"}, {"ms", 5000}});
    std::optional<Read> first;
    asio::co_spawn(desk.loop.context(), provider->read(week), [&](std::exception_ptr, Read value) { first = value; });
    auto second = desk.read(*provider);
    REQUIRE(!second);
    CHECK(second.error().category == Category::conflict);
    provider->close();
    provider.reset();
    desk.loop.context().restart();
    for (auto until = steady_now() + 4s; !first && steady_now() < until;)
        desk.loop.context().run_one_until(until);
    REQUIRE(first);
    CHECK(first->error().category == Category::cancelled);
}

TEST_CASE("a watch channel is opened, replaced before its end, and the old one is stopped") {
    Desk desk;
    desk.push = std::make_unique<GooglePush>("http://127.0.0.1:1/hooks/google", "secret");
    auto provider = desk.make(desk.of_service());
    CHECK(desk.titles(*provider).empty());
    auto channels = [&] { return desk.command("google/state").at("channels").as_array(); };
    REQUIRE(channels().size() == 1);
    auto id = std::string(channels()[0].at("id").as_string());
    CHECK(desk.push->genuine(id, channels()[0].at("token").as_string()));
    CHECK(desk.push->calendar_of(id, "exists") == "reception");
    desk.read(*provider).value();
    CHECK(desk.requests("watch") == 1);

    // As if the channel were about to end.
    auto now = wall_now();
    desk.push->opened(
        "reception",
        {.id = id, .resource_id = std::string(channels()[0].at("resource_id").as_string()), .expires = now - 1s},
        now - 24h);
    desk.read(*provider).value();
    CHECK(desk.requests("watch") == 2);
    desk.read(*provider).value();
    REQUIRE(channels().size() == 1);
    CHECK(channels()[0].at("id").as_string() != id);
}

TEST_CASE("no watch channel is no reason not to read") {
    Desk desk;
    desk.push = std::make_unique<GooglePush>("http://127.0.0.1:1/hooks/google", "secret");
    desk.command("google/settings", {{"http_watch", false}});
    desk.add("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", {{"summary", "2001"}});
    auto provider = desk.make(desk.of_service());
    CHECK(desk.titles(*provider) == "2001");
    CHECK(desk.titles(*provider) == "as before");
    CHECK(desk.requests("watch") == 1); // and it is not asked for again at once
    CHECK(has(desk.quiet.lines, "webhookUrlNotHttps"));
}
