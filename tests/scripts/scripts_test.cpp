// Which scripts come for which event.
#include <doctest/doctest.h>

#include "scripts/scripts.hpp"

using namespace lamp;
using namespace lamp::scripts;
using calls::Happening;

namespace {

ScriptOptions script(std::string name, std::string url) {
    ScriptOptions made;
    made.name = std::move(name);
    made.url = std::move(url);
    return made;
}

std::shared_ptr<const Scripts> scripts_of(std::vector<ScriptOptions> options, Setting setting = {}) {
    auto made = Scripts::build(options, std::move(setting));
    REQUIRE_MESSAGE(made, (made ? "" : made.error().text));
    return *made;
}

calls::Match match(std::string integration, std::string id) {
    calls::Match made;
    made.integration = std::move(integration);
    made.url = "https://crm.example.net/" + id;
    made.fields = {{"Id", id}};
    made.id = std::move(id);
    return made;
}

calls::CallEvent ringing(std::vector<calls::Match> matches = {}) {
    calls::CallEvent event;
    event.what = Happening::ringing;
    event.call.incoming = true;
    event.call.line = "anna@example.net";
    event.call.remote_number = "+31612345678";
    event.call.ddi = "+31201230000";
    event.matches = std::move(matches);
    return event;
}

std::string told(const std::vector<calls::Action>& actions) {
    std::string all;
    for (const auto& one : actions)
        all += (all.empty() ? "" : " | ") + one.name + " " + one.url + one.body;
    return all;
}

} // namespace

TEST_CASE("each match is popped, and a script of that name replaces it") {
    auto event = ringing({match("crm", "1"), match("shop", "2")});
    CHECK(told(scripts_of({})->actions(event)) == "pop https://crm.example.net/1 | pop https://crm.example.net/2");
    CHECK(told(scripts_of({script("Pop", "https://x.nl/")})->actions(event)) == "Pop https://x.nl/");
    event.matches = {match("crm", "1")};
    event.matches[0].url = "javascript:alert(1)";
    CHECK(scripts_of({})->actions(event).empty());
    event = ringing({match("crm", "1")});
    event.what = Happening::ended;
    CHECK(scripts_of({})->actions(event).empty());
}

TEST_CASE("conditions") {
    const std::vector<std::vector<calls::Match>> none_one_two{
        {}, {match("crm", "1")}, {match("crm", "1"), match("shop", "2")}};
    struct Row {
        When when;
        const char* integration;
        const char* comes; // how often with none, one and two matches
    };
    const Row rows[] = {
        {When::always, "", "111"},     {When::matched, "", "011"},       {When::unmatched, "", "100"},
        {When::several, "", "001"},    {When::always, "crm", "111"},     {When::matched, "crm", "011"},
        {When::several, "crm", "000"}, {When::unmatched, "shop", "110"}, {When::matched, "shop", "001"},
    };
    for (const Row& row : rows) {
        auto one = script("pop", "https://x.nl/");
        one.when = row.when;
        one.integration = row.integration;
        auto all = scripts_of({one});
        std::string comes;
        for (const auto& matches : none_one_two)
            comes += std::to_string(all->actions(ringing(matches)).size());
        CAPTURE(name(row.when));
        CAPTURE(row.integration);
        CHECK(comes == row.comes);
    }
}

TEST_CASE("a script of an integration comes once for each of its matches") {
    auto one = script("pop", "https://x.nl/$(Id)");
    one.integration = "crm";
    CHECK(told(scripts_of({one})->actions(ringing({match("crm", "1"), match("shop", "2"), match("crm", "3")}))) ==
          "pop https://x.nl/1 | pop https://x.nl/3");
}

TEST_CASE("direction, number and event") {
    auto one = script("pop", "https://x.nl/");
    auto event = ringing();
    one.direction = Direction::out;
    CHECK(scripts_of({one})->actions(event).empty());
    event.call.incoming = false, event.what = Happening::dialling;
    CHECK(scripts_of({one})->actions(event).size() == 1); // rings over there

    one.direction = Direction::both;
    one.ddi = "020 123 00 00, +31201239999";
    CHECK(scripts_of({one})->actions(ringing()).size() == 1);
    one.ddi = "+31201239999";
    CHECK(scripts_of({one})->actions(ringing()).empty());

    one.ddi.clear();
    one.events = {"missed"};
    event = ringing();
    CHECK(scripts_of({one})->actions(event).empty());
    event.what = Happening::missed;
    CHECK(scripts_of({one})->actions(event).size() == 1);
}

TEST_CASE("device and DDI numbers are internal ones where there are any") {
    auto book = std::make_shared<Phonebook>();
    book->by_line["anna@example.net"] = {"+31201232101", "Anna", "2101"};
    book->by_number["+31201230000"] = {"+31201230000", "Sales", "2000"};
    Setting setting;
    setting.phonebook = book;
    auto one = script("pop", "https://x.nl/?d=#(Device number)&n=#(Device name)&i=#(Ddi number)&j=#(Ddi name)");
    CHECK(told(scripts_of({one}, setting)->actions(ringing())) == "pop https://x.nl/?d=2101&n=Anna&i=2000&j=Sales");
    one.short_numbers = false;
    CHECK(told(scripts_of({one}, setting)->actions(ringing())) ==
          "pop https://x.nl/?d=0201232101&n=Anna&i=0201230000&j=Sales");
    CHECK(told(scripts_of({one})->actions(ringing())) == "pop https://x.nl/?d=&n=&i=0201230000&j=");
}

TEST_CASE("a withheld caller stays unknown") {
    auto event = ringing();
    event.call.withheld = true;
    event.call.remote_name = "Anna";
    CHECK(told(scripts_of({script("pop", "https://x.nl/?a=#(Caller number)#(Caller name)")})->actions(event)) ==
          "pop https://x.nl/?a=");
}

TEST_CASE("bodies, of scripts and of webhooks") {
    ScriptOptions one;
    one.name = "pop";
    one.body = R"~({"from":"#(Caller number|e164)"})~";
    auto all = scripts_of({one});
    auto actions = all->actions(ringing());
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].url.empty());
    CHECK(actions[0].body == R"~({"from":"+31612345678"})~");
    CHECK(all->body(R"~({"id":"$(Id)"})~", ringing({match("crm", "7")})).value_or("") == R"~({"id":"7"})~");
}

TEST_CASE("rendering by name") {
    auto one = script("search", "https://x.nl/?a=#(Caller number)");
    one.direction = Direction::out;
    auto all = scripts_of({one});
    Facts facts;
    facts.caller.number = "+31612345678";
    CHECK(all->render("Search", facts).value_or("") == "https://x.nl/?a=0612345678");
    CHECK(all->objection("search", facts) == "it is only for calls that go out");
    auto none = all->render("serch", facts);
    REQUIRE_FALSE(none);
    CHECK(none.error().text == "There is no script \"serch\" (there are: pop, search).");
}

TEST_CASE("fields that an integration does not have are told when it is known") {
    auto one = script("open", "https://x.nl/?a=$(Idd)");
    one.integration = "crm";
    Setting setting;
    setting.fields["crm"] = {"Id"};
    std::vector<std::string> warnings;
    REQUIRE(Scripts::build({one}, setting, &warnings));
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0] == "The script \"open\": $(Idd) is no field of the integration: it will be empty.");
}
