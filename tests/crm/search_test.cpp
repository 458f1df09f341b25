// A number looked up, and a contact put into a CRM.
#include "recognition/rest/presets.hpp"
#include "recognition/rest/search.hpp"
#include "stand.hpp"

using namespace testing;

namespace {

Preset shipped(const char* name, std::map<std::string, std::string> values) {
    auto text = preset_text(name, {});
    REQUIRE(text);
    return preset_of(text->text, std::move(values));
}

const auto same = [](const std::string& written) { return written == "+31201230001" || written == "020 123 0001"; };

} // namespace

TEST_CASE("the ways to write a number") {
    auto forms = forms_of("+33199001234", "0199001234");
    CHECK(forms.digits == "33199001234");
    CHECK(forms.nsn == "199001234");
    CHECK(forms.national == "0199001234");
    CHECK(shaped("+33 # ## ## ## ##", forms) == "+33 1 99 00 12 34");
    CHECK(shaped("0# ## ## ## ##", forms) == "01 99 00 12 34");
    CHECK(shaped("+31 # ## ## ## ##", forms).empty());
    CHECK(shaped("(###) ###-####", forms).empty());
    CHECK(forms_of("+12125551234", "").nsn == "2125551234");
    CHECK(forms_of("+35312345678", "").nsn == "12345678");
    CHECK(forms_of("+390612345678", "").national == "0612345678");
    for (const char* text : {"", "2001", "+1", "+3312a456789", "+1234567890123456"})
        CHECK(forms_of(text, "").e164.empty());
}

TEST_CASE("one request for HubSpot, and only true matches of what it finds") {
    auto preset = shipped("hubspot", {});
    Lookup lookup(preset, forms_of("+31201230001", "0201230001"), same);
    auto ask = lookup.next();
    REQUIRE(ask);
    CHECK(has(ask->body, R"("value":"201230001")"));
    CHECK(has(ask->body, R"("value":"+31201230001")"));
    CHECK(lookup.answer(answer(200, R"({"results":[{"id":"1","properties":{"phone":"+49301230001"}},
        {"id":"2","properties":{"phone":"020 123 0001"}},{"id":"3","properties":{"mobilephone":"+31201230001"}}]})"),
                        {}));
    CHECK(!lookup.next());
    REQUIRE(lookup.found().size() == 2);
    CHECK(lookup.found()[0].id == "2");
}

TEST_CASE("a strict CRM is asked in one form after the other, until one finds somebody or the budget is used") {
    auto preset = shipped("insightly", {{"pod", "na1"}});
    Lookup lookup(preset, forms_of("+31201230001", "0201230001"), same);
    std::string asked;
    int requests = 0;
    while (auto ask = lookup.next()) {
        ++requests;
        asked += ask->target + "\n";
        REQUIRE(lookup.answer(answer(200, "[]"), {}));
    }
    CHECK(requests == 4);
    CHECK(has(asked, "field_name=PHONE&field_value=%2B31201230001"));
    CHECK(has(asked, "field_name=PHONE_MOBILE&field_value=%2B31201230001"));
    CHECK(has(asked, "field_value=0201230001"));
    Lookup second(preset, forms_of("+31201230001", "0201230001"), same);
    REQUIRE(second.answer(answer(200, R"([{"CONTACT_ID":5,"PHONE":"+31201230001"}])"), {}));
    CHECK(!second.next());
    CHECK(second.found().size() == 1);
}

TEST_CASE("errors of a look-up") {
    auto preset = shipped("pipedrive", {{"domain", "acme"}});
    auto told = [&](const Result<http::Answer>& one) {
        Lookup lookup(preset, forms_of("+31201230001", ""), same);
        auto taken = lookup.answer(one, {});
        if (!taken) CHECK(!lookup.next());
        return taken ? std::string() : std::string(name(taken.error().category));
    };
    CHECK(told(answer(404, "{}")).empty());
    CHECK(told(answer(204, "")).empty());
    CHECK(told(answer(429, "{}")) == "throttled");
    CHECK(told(answer(500, "{}")) == "unavailable");
    CHECK(told(answer(200, "<html></html>")) == "protocol");
    CHECK(told(answer(403, "{}")) == "forbidden");
    Lookup lookup(preset, forms_of("+31201230001", ""), same);
    CHECK(lookup.answer(answer(401, "{}"), {}));
    CHECK(lookup.next()->fresh_token);
    CHECK(!lookup.answer(answer(401, "{}"), {}));
    auto none = shipped("dynamics365", {{"tenant", "t"}, {"org", "x.example.net"}});
    CHECK(!Lookup(none, forms_of("+31201230001", ""), same).next());
    CHECK(!Lookup(preset, forms_of("2001", ""), same).next());
}

TEST_CASE("what of a contact each CRM takes, and what it has no place for") {
    struct Row {
        const char* preset;
        std::map<std::string, std::string> values;
        recognition::NewContact contact;
        const char* taken; // number, mobile, e-mail, company; or the error, behind "!"
    };
    const recognition::Number work{"work", "1"}, other{"home", "2"}, mobile{"mobile", "3"}, untyped{"", "4"};
    const Row rows[] = {
        {"hubspot", {}, {"A", "B", {work, mobile}, {{"email", "a@x"}, {"company", "Y"}}}, "1 3 a@x Y"},
        {"hubspot", {}, {"A", "B", {mobile}}, " 3  "},
        {"hubspot", {}, {"A", "B", {untyped}}, "4   "},
        {"hubspot", {}, {"A", "B", {work, other}}, "!HubSpot has no place for another number; it takes first_name"},
        {"hubspot", {}, {"A", "B", {work}, {{"notes", "x"}, {"vip", "yes"}}}, "!no place for notes, vip;"},
        {"pipedrive", {{"domain", "a"}}, {"A", "B", {work}, {{"company", "Y"}}}, "!a mobile number, email."},
        {"graph-users", {{"tenant", "t"}}, {"A", "B", {work}}, "!Contacts cannot be put into"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.taken);
        auto taken = as_preset_takes(shipped(row.preset, row.values), row.contact);
        const std::string_view expected = row.taken;
        if (expected.starts_with('!')) {
            REQUIRE(!taken);
            CHECK_MESSAGE(has(taken.error().text, expected.substr(1)), taken.error().text);
            continue;
        }
        REQUIRE_MESSAGE(taken, taken.error().text);
        CHECK(taken->number + " " + taken->mobile + " " + taken->email + " " + taken->company == expected);
        CHECK(taken->name == "A B");
    }
}

TEST_CASE("a contact as each CRM takes it") {
    struct Row {
        const char* preset;
        std::map<std::string, std::string> values;
        const char *target, *body, *answer, *id;
    };
    const Row rows[] = {
        {"hubspot",
         {},
         "/crm/v3/objects/contacts",
         R"({"properties":{"firstname":"Alice","lastname":"Jansen","phone":"+31201230001"}})",
         R"({"id":"5"})",
         "5"},
        {"pipedrive",
         {{"domain", "a"}},
         "/api/v2/persons",
         R"({"name":"Alice Jansen","phones":[{"value":"+31201230001","label":"work","primary":true}]})",
         R"({"data":{"id":7}})",
         "7"},
        {"graph-contacts",
         {{"tenant", "t"}, {"mailbox", "m"}},
         "/v1.0/users/m/contacts",
         R"({"givenName":"Alice","surname":"Jansen","businessPhones":["+31201230001"]})",
         R"({"id":"x"})",
         "x"},
        {"google-people",
         {},
         "/v1/people:createContact",
         R"({"names":[{"givenName":"Alice","familyName":"Jansen"}],"phoneNumbers":[{"value":"+31201230001","type":"work"}]})",
         R"({"resourceName":"people/c1"})",
         "people/c1"},
        {"insightly", // its leads have the same numbers as its contacts
         {{"pod", "na1"}},
         "/v3.1/Contacts",
         R"({"FIRST_NAME":"Alice","LAST_NAME":"Jansen","PHONE":"+31201230001"})",
         R"({"CONTACT_ID":9})",
         "contact/9"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.preset);
        auto preset = shipped(row.preset, row.values);
        auto ask = ask_to_create(preset, {.name = "Alice Jansen", .number = "+31201230001"});
        REQUIRE(ask);
        CHECK(ask->method == http::Method::post);
        CHECK(ask->target == row.target);
        CHECK(ask->body == row.body);
        auto made = read_created(preset, *answer(201, row.answer));
        REQUIRE(made);
        CHECK(made->id == row.id);
    }
    auto generic = shipped("generic", {{"url", "https://x.nl"}});
    CHECK(!ask_to_create(generic, {.name = "A", .number = "1"}));
    CHECK(!ask_to_create(shipped("hubspot", {}), {.name = "", .number = "1"}));
    CHECK(!ask_to_create(shipped("hubspot", {}), {.name = "A", .number = ""}));
    CHECK(!read_created(shipped("hubspot", {}), *answer(200, "{}")));
}
