// The source against the fake CRMs: everything, changes, faults, look-ups, a new contact.
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <fstream>

#include "fakes/world.hpp"
#include "faults/folder.hpp"
#include "loop/loop.hpp"
#include "recognition/rest/presets.hpp"
#include "recognition/rest/source.hpp"
#include "stand.hpp"
#if __has_include("recognition/source.hpp")
#include "recognition/rest/contacts_source.hpp"
#endif

using namespace testing;
namespace json = boost::json;

namespace {

struct Desk {
    Desk()
        : world([] {
              sim::Options options;
              options.people = 2;
              return options;
          }()) {
        world.start();
        line = world.announcement();
    }

    json::object command(std::string_view name, json::object arguments = {}) {
        auto answer = world.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : answer.error()));
        return answer->as_object();
    }
    std::string told(std::string_view name) const { return std::string(line.at(name).as_string()); }
    std::int64_t add(std::string_view first, std::string_view phone, std::string_view mobile = "") {
        return command("crm/add",
                       {{"first", first}, {"phone", phone}, {"mobile", mobile}, {"updated_ms", 1'600'000'000'000}})
            .at("id")
            .as_int64();
    }
    std::int64_t requests(std::string_view kind) {
        const auto state = command("crm/state");
        const auto* count = state.at("requests").as_object().if_contains(kind);
        return count ? count->to_number<std::int64_t>() : 0;
    }
    template <class T>
    T finish(Task<T> task) {
        std::optional<T> result;
        asio::co_spawn(loop.context(), std::move(task), [&](std::exception_ptr error, T value) {
            if (error) std::rethrow_exception(error);
            result.emplace(std::move(value));
        });
        loop.context().restart();
        auto until = steady_now() + 20s;
        while (!result && steady_now() < until)
            loop.context().run_one_until(until);
        REQUIRE_MESSAGE(result.has_value(), "the coroutine did not end in time");
        return std::move(*result);
    }

    /// Of a dialect; with few records to a page, and no pace of our own.
    std::unique_ptr<RestSource> source(const std::string& preset) {
        auto text = preset_text(preset, {});
        REQUIRE(text);
        auto changed = text->text;
        auto set = [&](std::string_view key, std::string_view by) {
            auto at = changed.find("\n" + std::string(key) + " = ");
            if (at != std::string::npos) changed.replace(at + 1, changed.find('\n', at + 1) - at - 1, by);
        };
        set("per_second", "");
        set("overlap_s", "overlap_s = 0");
        if (preset == "google-people") { // the fake gives no tokens for keys
            auto at = changed.find("kind = \"google_service_account\"");
            changed.replace(at, 31, "kind = \"bearer\"");
        }
        std::ofstream(folder.path() / (preset + ".toml")) << changed;
        RestOptions options;
        options.preset = preset;
        options.presets = folder.path();
        options.url = told("crm");
        options.login_url = config::Url(told("crm") + "/oauth/token");
        options.token = Secret(told("crm_key"));
        options.username = told("crm_key");
        options.client_id = told("crm_client_id");
        options.client_secret = Secret(told("crm_client_secret"));
        if (preset == "pipedrive") options.parameters = {{"domain", "acme"}};
        if (preset == "insightly") options.parameters = {{"pod", "na1"}};
        if (preset == "graph-users") options.parameters = {{"tenant", "t"}};
        auto made = RestSource::make(loop.context(), options, "NL");
        REQUIRE_MESSAGE(made, made.error().text);
        return *std::move(made);
    }
    Synced sync(RestSource& source, const std::string& cursor = {}) {
        auto done = finish(source.sync(cursor));
        REQUIRE_MESSAGE(done, done.error().text);
        return *std::move(done);
    }
    static std::string names(const Synced& synced) {
        std::string all;
        for (const auto& item : synced.items)
            all +=
                (all.empty() ? "" : " ") + item.name + (item.numbers.empty() ? "" : "=" + item.numbers.front().written);
        return all;
    }

    faults::Folder folder{"crm"};
    sim::World world;
    json::object line;
    Loop loop{"test"};
};

constexpr const char* dialects[] = {"hubspot", "pipedrive", "insightly", "google-people", "graph-users"};

} // namespace

TEST_CASE("every dialect: all of it, then what has changed, then what is gone") {
    for (const auto* dialect : dialects) {
        CAPTURE(dialect);
        Desk desk;
        desk.command("crm/settings", {{"page_max", 2}});
        auto alice = desk.add("Alice", "+31201230001");
        auto bob = desk.add("Bob", "+31201230002");
        desk.add("Carol", "+31201230003");
        desk.add("Dave", "", "");
        desk.add("Eve", "+31201230005");
        auto source = desk.source(dialect);
        auto all = desk.sync(*source);
        CHECK(all.whole);
        CHECK(Desk::names(all) == "Alice=+31201230001 Bob=+31201230002 Carol=+31201230003 Dave Eve=+31201230005");

        auto none = desk.sync(*source, all.cursor);
        CHECK(!none.whole);
        CHECK(none.items.empty());
        CHECK(none.gone.empty());

        desk.command("crm/change", {{"id", alice}, {"phone", "+31201230099"}, {"updated_ms", 4'000'000'000'000}});
        desk.command("crm/remove", {{"id", bob}});
        auto changes = desk.sync(*source, none.cursor);
        CHECK(!changes.whole);
        CHECK(Desk::names(changes) == "Alice=+31201230099");
        if (std::string_view(dialect) != "insightly") { // who does not tell it before the night
            REQUIRE(changes.gone.size() == 1);
            CHECK(has(changes.gone.front(), std::to_string(bob)));
        }
    }
}

TEST_CASE("faults: nothing is told of a list that was not read whole") {
    struct Row {
        json::object fault;
        Category category;
    };
    const Row rows[] = {
        {{{"kind", "same_cursor"}, {"forever", true}}, Category::protocol},
        {{{"kind", "forbidden"}}, Category::forbidden},
        {{{"kind", "unauthorised"}, {"count", 2}}, Category::unauthorised},
        {{{"kind", "no_list"}}, Category::protocol},
        {{{"kind", "throttle"}, {"ms", 3'600'000}}, Category::throttled},
        {{{"kind", "daily"}}, Category::throttled},
    };
    for (const auto& row : rows) {
        CAPTURE(json::serialize(row.fault));
        Desk desk;
        desk.command("crm/settings", {{"page_max", 2}});
        for (const char* name : {"Alice", "Bob", "Carol", "Dave", "Eve"})
            desk.add(name, "+31201230001");
        auto source = desk.source("hubspot");
        auto fault = row.fault;
        fault["skip"] = 1; // one page passes
        desk.command("crm/fault", fault);
        auto failed = desk.finish(source->sync({}));
        REQUIRE(!failed);
        CHECK_MESSAGE(failed.error().category == row.category, failed.error().text);
        desk.command("crm/faults/clear");
        if (row.fault.at("kind") == "daily" || row.fault.at("kind") == "throttle") continue; // it is left alone
        CHECK(desk.sync(*source).items.size() == 5);
    }
}

TEST_CASE("faults that pass: the page is asked for again") {
    for (const char* kind : {"error", "html", "truncated", "close", "throttle"}) {
        CAPTURE(kind);
        Desk desk;
        desk.command("crm/settings", {{"page_max", 2}});
        for (const char* name : {"Alice", "Bob", "Carol"})
            desk.add(name, "+31201230001");
        auto source = desk.source("pipedrive");
        desk.command("crm/fault", {{"kind", kind}, {"skip", 1}, {"ms", 100}});
        CHECK(Desk::names(desk.sync(*source)) == "Alice=+31201230001 Bob=+31201230001 Carol=+31201230001");
    }
}

TEST_CASE("tokens: one login, one more when it is refused, expired ones of changes cost a whole reading") {
    Desk desk;
    desk.add("Alice", "+31201230001");
    auto source = desk.source("graph-users");
    auto all = desk.sync(*source);
    CHECK(desk.requests("token") == 1);
    desk.command("crm/token", {{"revoke", true}});
    auto again = desk.sync(*source, all.cursor);
    CHECK(!again.whole);
    CHECK(desk.requests("token") == 2);
    desk.command("crm/expire");
    auto whole = desk.sync(*source, again.cursor);
    CHECK(whole.whole);
    CHECK(whole.items.size() == 1);
    auto google = desk.source("google-people");
    auto first = desk.sync(*google);
    desk.command("crm/expire");
    CHECK(desk.sync(*google, first.cursor).whole);
}

TEST_CASE("a search that is capped is read in windows") {
    Desk desk;
    auto source = desk.source("hubspot");
    auto empty = desk.sync(*source);
    desk.command("crm/fill", {{"count", 950}, {"step_ms", -1000}}); // changed after that, a second apart
    auto text = preset_text("hubspot", desk.folder.path());
    auto changed = text->text;
    changed.replace(changed.find("cap = 10000"), 11, "cap = 300");
    std::ofstream(desk.folder.path() / "windows.toml") << changed;
    desk.command("crm/settings", {{"cap", 300}});
    RestOptions options;
    options.preset = "windows";
    options.presets = desk.folder.path();
    options.url = desk.told("crm");
    options.token = Secret(desk.told("crm_key"));
    auto windows = RestSource::make(desk.loop.context(), options, "NL");
    REQUIRE(windows);
    auto cursor = json::parse(empty.cursor).as_object();
    cursor["preset"] = (*windows)->preset().fingerprint;
    auto changes = desk.sync(**windows, json::serialize(cursor));
    CHECK(!changes.whole);
    CHECK(changes.items.size() == 950);
}

TEST_CASE("a number is looked up in one request where the CRM allows it, and only true matches count") {
    Desk desk;
    desk.add("Alice", "+31201230001");
    desk.add("Fritz", "+49201230001"); // the same digits behind another country
    desk.add("Bob", "020 123 0002");
    for (const auto* dialect : {"hubspot", "pipedrive"}) {
        CAPTURE(dialect);
        auto source = desk.source(dialect);
        auto before = desk.requests(dialect);
        auto found = desk.finish(source->look_up("+31201230001"));
        REQUIRE_MESSAGE(found, found.error().text);
        REQUIRE(found->size() == 1);
        CHECK(found->front().name == "Alice");
        found = desk.finish(source->look_up("+31201230002"));
        REQUIRE(found);
        REQUIRE(found->size() == 1);
        CHECK(found->front().name == "Bob");
        found = desk.finish(source->look_up("+31207654321"));
        REQUIRE(found);
        CHECK(found->empty());
        CHECK(desk.requests(dialect) - before == 3);
        CHECK(desk.finish(source->look_up("2001"))->empty());
        CHECK(desk.requests(dialect) - before == 3);
    }
    auto strict = desk.source("insightly");
    auto found = desk.finish(strict->look_up("+31201230001"));
    REQUIRE(found);
    CHECK(found->size() == 1);
    CHECK(desk.requests("insightly") == 1);
}

TEST_CASE("a sample shows how each number is read") {
    Desk desk;
    desk.add("Nobody", "");
    desk.add("Alice", "020 123 0001", "ask reception");
    auto source = desk.source("hubspot");
    auto sample = desk.finish(source->sample());
    REQUIRE_MESSAGE(sample, sample.error().text);
    CHECK(sample->records == 2);
    CHECK(sample->without_numbers == 1);
    CHECK(sample->item.name == "Alice");
    REQUIRE(sample->numbers.size() == 2);
    CHECK(sample->numbers[0].normal == "+31201230001");
    CHECK(sample->numbers[1].normal.empty());
    auto text = to_text(*sample);
    CHECK(has(text, "read as +31201230001"));
    CHECK(has(text, "not used: "));
    CHECK(!has(text, desk.told("crm_key")));
}

TEST_CASE("a contact is put into a CRM, once") {
    Desk desk;
    auto source = desk.source("hubspot");
    auto made = desk.finish(source->create({.name = "Alice Jansen", .number = "+31201230001"}));
    REQUIRE_MESSAGE(made, made.error().text);
    CHECK(made->id == "101");
    desk.command("crm/fault", {{"kind", "error"}});
    CHECK(desk.finish(source->create({.name = "Bob", .number = "+31201230002"})).error().category ==
          Category::unavailable);
    auto all = desk.sync(*source);
    CHECK(all.items.front().name == "Alice Jansen");
}

TEST_CASE("what cannot be made is told") {
    Desk desk;
    RestOptions options;
    options.preset = "hubspott";
    auto none = RestSource::make(desk.loop.context(), options, "NL");
    REQUIRE(!none);
    CHECK(has(none.error().text, "There is no preset \"hubspott\""));
    options.preset = "pipedrive";
    none = RestSource::make(desk.loop.context(), options, "NL");
    REQUIRE(!none);
    CHECK(has(none.error().text, "domain"));
}

TEST_CASE("a service without a preset: an address and where things stand") {
    Desk desk;
    desk.command("crm/settings", {{"page_max", 2}});
    auto alice = desk.add("Alice", "+31201230001", "+31612345678");
    desk.add("Bob", "+31201230002");
    desk.add("Carol", "+31201230003");
    RestOptions options;
    options.url =
        desk.told("crm") + "/crm/v3/objects/contacts?properties=firstname,phone,mobilephone&limit=50&after={cursor}";
    options.token = Secret(desk.told("crm_key"));
    options.parameters = {{"paging", "cursor"}, {"next", "/paging/next/after"}};
    options.mapping = {{"items", "/results"},
                       {"name", "/properties/firstname /properties/lastname"},
                       {"phone", "/properties/phone"},
                       {"mobile", "/properties/mobilephone"},
                       {"Changed", "/updatedAt"}};
    auto source = RestSource::make(desk.loop.context(), options, "NL");
    REQUIRE_MESSAGE(source, source.error().text);
    auto all = desk.sync(**source);
    CHECK(Desk::names(all) == "Alice=+31612345678 Bob=+31201230002 Carol=+31201230003");
    CHECK(all.items.front().numbers.size() == 2);
    REQUIRE(all.items.front().fields.size() == 1);
    CHECK(all.items.front().fields.front().first == "Changed");
    CHECK((*source)->fields() == std::vector<std::string>{"Company", "Email", "Title", "Changed"});

    options.url = desk.told("crm") + "/api/v2/persons?limit=50";
    options.parameters = {{"auth", "api_key"},
                          {"header", "x-api-token"},
                          {"items", "/data"},
                          {"changes", "/api/v2/persons?updated_since={since}"},
                          {"paging", "cursor"},
                          {"next", "/additional_data/next_cursor"},
                          {"search", "/api/v2/persons/search?term={nsn}"}};
    options.mapping = {{"number", "/phones/*/value"}, {"deleted", "/is_deleted"}};
    auto other = RestSource::make(desk.loop.context(), options, "NL");
    REQUIRE_MESSAGE(other, other.error().text);
    desk.command("crm/settings", {{"page_max", 0}});
    auto persons = desk.sync(**other);
    CHECK(Desk::names(persons) == "Alice=+31201230001 Bob=+31201230002 Carol=+31201230003");
    desk.command("crm/remove", {{"id", alice}});
    auto changes = desk.sync(**other, persons.cursor);
    CHECK(!changes.whole);
    CHECK(changes.gone == std::vector<std::string>{std::to_string(alice)});

    options.mapping = {{"phone", "phones"}};
    auto wrong = RestSource::make(desk.loop.context(), options, "NL");
    REQUIRE(!wrong);
    CHECK(has(wrong.error().text, "phone: does not begin with"));
    options.mapping = {};
    options.url = "crm.example.net";
    CHECK(!RestSource::make(desk.loop.context(), options, "NL"));
    options.url = {};
    CHECK(has(RestSource::make(desk.loop.context(), options, "NL").error().text,
              "must be given: the address of the list"));
}

#if __has_include("recognition/source.hpp")
TEST_CASE("a CRM is a source of contacts like any other") {
    Desk desk;
    auto alice = desk.add("Alice", "+31201230001");
    desk.add("Bob", "+31201230002");
    ContactsSource source(desk.source("pipedrive"));
    CHECK(source.live());
    CHECK(source.delta());
    CHECK(source.preset() == "pipedrive");
    auto all = desk.finish(source.sync({}));
    REQUIRE(all);
    CHECK(all->whole);
    REQUIRE(all->records.size() == 2);
    CHECK(all->records.front().name == "Alice");
    CHECK(all->records.front().numbers.front().written == "+31201230001");
    CHECK(all->records.front().url == "https://acme.pipedrive.com/person/" + std::to_string(alice));
    desk.command("crm/remove", {{"id", alice}});
    auto changes = desk.finish(source.sync(all->cursor));
    REQUIRE(changes);
    CHECK(changes->gone == std::vector<std::string>{std::to_string(alice)});
    auto found = desk.finish(source.look_up("+31201230002"));
    REQUIRE(found);
    CHECK(found->size() == 1);
    source.close();
    CHECK(desk.finish(source.sync({})).error().category == Category::cancelled);
}
#endif
