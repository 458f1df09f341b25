// What a reading of another system does to its contacts, and what it may not.
#include "contacts/source.hpp"
#include "faults/must.hpp"
#include "here.hpp"

using namespace testing;
using faults::must;

namespace {

Contact said(std::string id, std::string_view last) {
    auto contact = person("", last);
    contact.source = "ldap";
    contact.external_id = std::move(id);
    return contact;
}

/// The directory holds them: with keys, filed in a folder.
std::vector<Contact> crowd(int count) {
    std::vector<Contact> contacts{person("c-own", "Own")};
    for (int i = 0; i < count; ++i) {
        contacts.push_back(said(std::to_string(i), fmt::format("Name{}", i)));
        contacts.back().key = fmt::format("l-{}", i);
        contacts.back().folder = "Sales";
    }
    return contacts;
}

SourceReading reading_of(int from, int until) {
    SourceReading reading{.source = "ldap"};
    for (int i = from; i < until; ++i)
        reading.contacts.push_back(said(std::to_string(i), fmt::format("Name{}", i)));
    return reading;
}

} // namespace

TEST_CASE("who is new comes, who is known keeps what is said here, who is absent goes") {
    auto current = crowd(3);
    auto reading = reading_of(1, 4);
    reading.contacts[0].email = "one@example.net";
    auto plan = must(plan_source(current, reading, {}));
    REQUIRE(plan.changes.size() == 3);
    CHECK(plan.unchanged == 1);
    CHECK(plan.changes[0].kind == Change::Kind::modify);
    CHECK(plan.changes[0].after.key == "l-1");
    CHECK(plan.changes[0].after.folder == "Sales");
    CHECK(plan.changes[0].fields == std::vector<std::string>{"email"});
    CHECK(plan.changes[1].kind == Change::Kind::create);
    CHECK(plan.changes[1].after.source == "ldap");
    CHECK(plan.changes[2].kind == Change::Kind::remove);
    CHECK(plan.changes[2].before.key == "l-0");
}

TEST_CASE("of changes, only who is named as gone goes") {
    auto current = crowd(3);
    auto reading = reading_of(3, 4);
    reading.whole = false;
    reading.gone = {"1", "never here"};
    auto plan = must(plan_source(current, reading, {}));
    CHECK(plan.count(Change::Kind::create) == 1);
    CHECK(plan.count(Change::Kind::remove) == 1);
    CHECK(plan.unchanged == 2);
}

TEST_CASE("whom a source that goes before names, by e-mail address, is its alone") {
    auto of = [](std::string_view source, std::string id, std::string email) {
        auto one = said(std::move(id), "Name");
        one.source = source;
        one.email = std::move(email);
        return one;
    };
    std::vector<Contact> current{of("ldap", "1", "anna@example.net"), of("entra", "a", "Anna@example.net"),
                                 of("entra", "b", "bert@example.net"), of("entra", "c", "caro@example.net")};
    SourceReading reading{.source = "entra", .whole = false};
    auto plan = must(plan_source(current, reading, {.most = 0})); // is not lost, and so not counted
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].kind == Change::Kind::remove);
    CHECK(plan.changes[0].before.external_id == "a");
    reading.contacts = {of("entra", "a", "anna@example.net"), of("entra", "b", "ANNA@example.net"),
                        of("entra", "d", "anna@example.net"), of("entra", "e", "")};
    plan = must(plan_source(current, reading, {.most = 0}));
    CHECK(plan.count(Change::Kind::remove) == 2); // a and b
    CHECK(plan.count(Change::Kind::create) == 1); // e
    reading.source = "ldap";
    reading.contacts = {of("ldap", "2", "caro@example.net")};
    plan = must(plan_source(current, reading, {}));
    CHECK(plan.count(Change::Kind::create) == 1); // nobody goes before
    CHECK(plan.count(Change::Kind::remove) == 0);
}

TEST_CASE("how many may go, and never all unasked") {
    struct Row {
        int contacts, stay;
        std::string_view most; // empty: as it is by default
        bool refused;
    };
    for (const Row& row : std::initializer_list<Row>{{30, 20, "", false},
                                                     {30, 19, "", true},
                                                     {100, 80, "", false},
                                                     {100, 79, "", true},
                                                     {100, 79, "21", false},
                                                     {100, 79, "20%", true},
                                                     {3, 1, "", false},
                                                     {3, 0, "", true},
                                                     {3, 0, "3", false},
                                                     {0, 0, "", false}}) {
        CAPTURE(row.contacts);
        CAPTURE(row.stay);
        ImportLimits limits;
        if (!row.most.empty()) limits = must(read_most(row.most));
        auto plan = plan_source(crowd(row.contacts), reading_of(0, row.stay), limits);
        CHECK(plan.has_value() == !row.refused);
        if (!plan) CHECK(plan.error().category == Category::conflict);
    }
    auto reading = reading_of(0, 0); // changes: who stays is not named
    reading.whole = false;
    reading.gone = {"0", "1", "2"};
    CHECK_FALSE(plan_source(crowd(3), reading, {}));
    CHECK(plan_source(crowd(4), reading, {}).has_value());
    reading.gone.clear();
    for (int i = 0; i < 11; ++i)
        reading.gone.push_back(std::to_string(i));
    CHECK_FALSE(plan_source(crowd(30), reading, {}));
}

TEST_CASE("what the source says is not changed here") {
    auto before = crowd(1).back();
    auto after = before;
    after.folder = "Export";
    after.lines = {"a@example.net"};
    after.notes = "x";
    after.vip = true;
    CHECK(foreign_difference(before, after).empty());
    after.numbers = {{"work", "+31201230001"}};
    CHECK(foreign_difference(before, after) == "number1");
    after = before;
    after.external_id = "else";
    CHECK(foreign_difference(before, after) == "external_id");
    after = before;
    for (int i = 0; i < 7; ++i)
        before.numbers.push_back({"work", fmt::format("+3120123000{}", i)});
    after.numbers = before.numbers;
    after.numbers[6].type = "home";
    CHECK(foreign_difference(before, after) == "numbers");
    before.source = after.source = std::string(own_source);
    CHECK(foreign_difference(before, after).empty());
}

TEST_CASE("names as others show them") {
    struct Row {
        std::string_view shown, first, last;
    };
    for (const Row& row : {Row{"Jane van Doe", "Jane", "van Doe"}, Row{"Doe, Jane ", "Jane", "Doe"},
                           Row{" Reception ", "", ""}, Row{"", "", ""}, Row{"Doe,", "", "Doe"}}) {
        CAPTURE(row.shown);
        auto names = split_name(row.shown);
        CHECK(names.first == row.first);
        CHECK(names.last == row.last);
    }
}

TEST_CASE("a file leaves contacts of others alone") {
    auto current = crowd(40);
    auto plan = plan_import(current, read_contacts("key;last_name;first_name\nc-own;Own;Jane\n", plain), {});
    CHECK(plan.refusals.empty());
    CHECK(plan.changes.empty());
    plan = plan_import(current, read_contacts("key;last_name;first_name\nl-0;Name0;Jane\n", plain), {});
    REQUIRE(plan.refusals.size() == 1);
    CHECK(plan.refusals[0].message == "\"l-0\" is named by ldap, which no file changes: leave the row out");
    CHECK(contacts_text(current, ';', false).find("Name0") == std::string::npos);
}

TEST_CASE("numbers beyond those of a file are kept, and noticed") {
    std::vector<Contact> current{person("c-1", "One")};
    for (int i = 0; i < 7; ++i)
        current[0].numbers.push_back({"work", fmt::format("+3120123000{}", i)});
    auto plan = plan_import(current, read_contacts(contacts_text(current, ';', false), plain), {});
    CHECK(plan.changes.empty());
    auto other = current[0];
    other.numbers[6].number = "+31201239999";
    CHECK(differences(current[0], other) == std::vector<std::string>{"numbers"});
}
