// Answers to records: what stands where, and what is refused.
#include "recognition/rest/presets.hpp"
#include "stand.hpp"

using namespace testing;

namespace {

Preset shipped(const char* name, std::map<std::string, std::string> values) {
    auto text = preset_text(name, {});
    REQUIRE(text);
    return preset_of(text->text, std::move(values));
}

Page page(const Listing& listing, std::string body) {
    auto json = read_json(*answer(200, std::move(body)));
    REQUIRE(json);
    auto read = read_page(listing, *json);
    REQUIRE_MESSAGE(read, read.error().text);
    return *std::move(read);
}

std::string numbers(const Item& item) {
    std::string all;
    for (const auto& number : item.numbers)
        all += (all.empty() ? "" : ", ") + number.kind + " " + number.written + (number.main ? " main" : "");
    return all;
}

} // namespace

TEST_CASE("records as the services write them") {
    struct Row {
        const char* preset;
        std::map<std::string, std::string> values;
        const char* body;
        const char *id, *name, *numbers, *url;
    };
    const Row rows[] = {
        {"hubspot",
         {{"portal", "77"}},
         R"({"results":[{"id":"51","properties":{"firstname":"Alice","lastname":"Jansen","phone":" 020 123 0001 ","mobilephone":"+31612345678","lastmodifieddate":"2026-01-05T09:00:00.123Z"},"archived":false}]})",
         "51",
         "Alice Jansen",
         "work 020 123 0001, mobile +31612345678",
         "https://app.hubspot.com/contacts/77/record/0-1/51"},
        {"hubspot",
         {},
         R"({"results":[{"id":"51","properties":{"firstname":null,"company":"Acme"}}]})",
         "51",
         "Acme",
         "",
         ""},
        {"pipedrive",
         {{"domain", "acme"}},
         R"({"data":[{"id":7,"name":"Bob","phones":[{"value":"2001","label":"work"},{"value":"","label":"home"},{"value":"2002","label":"mobile"}]}]})",
         "7",
         "Bob",
         "work 2001, mobile 2002",
         "https://acme.pipedrive.com/person/7"},
        {"google-people",
         {},
         R"({"connections":[{"resourceName":"people/c9","names":[{"displayName":"Carol"}],"phoneNumbers":[{"value":"06 1234","canonicalForm":"+3161234","type":"mobile"},{"value":"2003"}]}]})",
         "people/c9",
         "Carol",
         "mobile +3161234,  2003",
         "https://contacts.google.com/person/c9"},
        {"graph-users",
         {{"tenant", "t"}},
         R"({"value":[{"id":"u1","displayName":"Dave","businessPhones":["1","2"],"mobilePhone":"3"}]})",
         "u1",
         "Dave",
         "work 1, work 2, mobile 3",
         ""},
        {"insightly",
         {{"pod", "na1"}},
         R"([{"CONTACT_ID":5,"FIRST_NAME":"Eve","LAST_NAME":null,"PHONE":"1","PHONE_MOBILE":null}])",
         "contact/5",
         "Eve",
         "work 1",
         "https://crm.na1.insightly.com/details/contact/5"},
        {"salesforce",
         {{"domain", "acme.my.salesforce.com"}},
         R"({"records":[{"Id":"003A","Name":"Acme","Phone":"1","IsDeleted":false}]})",
         "003A",
         "Acme",
         "work 1",
         "https://acme.my.salesforce.com/003A"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.preset);
        auto preset = shipped(row.preset, row.values);
        auto read = page(preset.list.front(), row.body);
        REQUIRE(read.items.size() == 1);
        const auto& item = read.items.front();
        CHECK(item.id == row.id);
        CHECK(item.name == row.name);
        CHECK(numbers(item) == row.numbers);
        CHECK(item.url == row.url);
        CHECK(!item.deleted);
    }
    auto accounts =
        page(shipped("salesforce", {{"domain", "x"}}).list.back(), R"({"records":[{"Id":"1","Phone":"2"}]})");
    CHECK(numbers(accounts.items.front()) == "main 2 main");
}

TEST_CASE("what is deleted is told in each service's way") {
    struct Row {
        const char* preset;
        std::map<std::string, std::string> values;
        const char* body;
        const char* id;
    };
    const Row rows[] = {
        {"google-people",
         {},
         R"({"connections":[{"resourceName":"people/c9","metadata":{"deleted":true}}]})",
         "people/c9"},
        {"graph-users", {{"tenant", "t"}}, R"({"value":[{"id":"u1","@removed":{"reason":"changed"}}]})", "u1"},
        {"dynamics365",
         {{"tenant", "t"}, {"org", "x.example.net"}},
         R"({"value":[{"id":"9-9","reason":"deleted"}]})",
         "9-9"},
        {"pipedrive", {{"domain", "acme"}}, R"({"data":[{"id":7,"is_deleted":true}]})", "7"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.preset);
        auto read = page(shipped(row.preset, row.values).list.front(), row.body);
        REQUIRE(read.items.size() == 1);
        CHECK(read.items.front().id == row.id);
        CHECK(read.items.front().deleted);
    }
}

TEST_CASE("what is no page is refused") {
    struct Row {
        const char* body;
        const char* says;
    };
    auto preset = preset_of(plain);
    const Row rows[] = {
        {"<html>Log in</html>", "web page"},
        {R"({"items":[{"id":1)", "ends too early"},
        {"", "ends too early"},
        {"nonsense", "is none"},
        {R"({"items":{"id":1}})", "no list of records"},
        {R"({"error":"oops"})", "no list of records"},
        {R"([])", "no list of records"},
        {R"({"items":[{"name":"a"},{"name":"b"},{"id":3}]})", "have no id"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        auto json = read_json(*answer(200, row.body));
        auto read = json ? read_page(preset.list.front(), *json) : std::unexpected(json.error());
        REQUIRE(!read);
        CHECK(read.error().category == Category::protocol);
        CHECK_MESSAGE(has(read.error().text, row.says), read.error().text);
    }
    std::string deep(100, '[');
    CHECK(!read_json(*answer(200, deep)));
    CHECK(page(preset.list.front(), R"({"items":[{"id":1},{"name":"b"}]})").unreadable == 1);
}

TEST_CASE("an address that is a script is no address") {
    auto text = std::string(plain);
    text.replace(text.find("[map]\n"), 6, "[map]\nurl = \"/page\"\n");
    auto preset = preset_of(text);
    auto read =
        page(preset.list.front(), R"({"items":[{"id":1,"page":"javascript:alert"},{"id":2,"page":"https://x.nl/2"}]})");
    CHECK(read.items[0].url.empty());
    CHECK(read.items[1].url == "https://x.nl/2");
}

TEST_CASE("dates as services write them") {
    const auto want = parse_rfc3339("2026-01-05T09:00:00Z").value();
    for (const char* text :
         {"2026-01-05T09:00:00Z", "2026-01-05 09:00:00", "2026-01-05T10:00:00+0100", "2026-01-05T10:00:00+01:00",
          "1767603600", "1767603600000", "2026-01-05T09:00:00.000+0000"}) {
        CAPTURE(text);
        REQUIRE(read_time(text));
        CHECK(*read_time(text) == want);
    }
    for (const char* text : {"", "yesterday", "-5", "2026-13-45T00:00:00Z", "99999999999999999"})
        CHECK(!read_time(text));
    CHECK(write_time(want, SinceFormat::rfc3339) == "2026-01-05T09:00:00Z");
    CHECK(write_time(want, SinceFormat::unix_ms) == "1767603600000");
    CHECK(write_time(want, SinceFormat::unix_s) == "1767603600");
}

TEST_CASE("pointers") {
    auto json = read_json(*answer(200, R"({"a~b/c":1,"l":[{"x":[1,2]},{"x":[3]}],"@odata.nextLink":"n","":9})"));
    REQUIRE(json);
    auto count = [&](const char* text) { return Pointer::parse(text).value().all(*json).size(); };
    CHECK(count("/a~0b~1c") == 1);
    CHECK(count("/l/*/x/*") == 3);
    CHECK(count("/l/1/x/0") == 1);
    CHECK(count("/l/2") == 0);
    CHECK(count("/") == 1);
    CHECK(count("") == 1);
    CHECK(count("/@odata.nextLink") == 1);
    for (const char* text : {"a", "/~2", "/~", "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7"})
        CHECK(!Pointer::parse(text));
    CHECK(text_of(boost::json::value(std::string(999, 'a') + "\xc3\xa9")).size() == 999);
}
