// What an import would do, and what it may not.
#include "contacts/plan.hpp"
#include "here.hpp"

using namespace testing;

namespace {

std::vector<Contact> crowd(int count) {
    std::vector<Contact> contacts;
    for (int i = 0; i < count; ++i)
        contacts.push_back(person(fmt::format("c-{}", i), fmt::format("Name{}", i)));
    return contacts;
}

std::string file_of(std::span<const Contact> contacts) {
    return contacts_text(contacts, ';', false);
}

Plan plan_of(std::span<const Contact> current, const std::string& text, const ImportLimits& limits = {}) {
    return plan_import(current, read_contacts(text, plain), limits);
}

} // namespace

TEST_CASE("an empty key creates, a known one changes, who is absent goes, an unknown key is refused") {
    auto current = crowd(4);
    auto wanted = current;
    wanted[1].email = "new@example.net";
    wanted.erase(wanted.begin() + 2);
    wanted.push_back(person("", "Fresh"));
    auto plan = plan_of(current, file_of(wanted));
    CHECK(told(plan.refusals).empty());
    CHECK(plan.unchanged == 2);
    REQUIRE(plan.changes.size() == 3);
    CHECK(plan.changes[0].kind == Change::Kind::modify);
    CHECK(plan.changes[0].fields == std::vector<std::string>{"email"});
    CHECK(plan.changes[0].line == 3);
    CHECK(plan.changes[1].kind == Change::Kind::create);
    CHECK(plan.changes[1].after.last_name == "Fresh");
    CHECK(plan.changes[2].kind == Change::Kind::remove);
    CHECK(plan.changes[2].before.key == "c-2");

    wanted.push_back(person("c-99", "Stranger"));
    CHECK(told(plan_of(current, file_of(wanted)).refusals) ==
          std::vector<std::string>{"6:1 key: \"c-99\" is no contact's: leave it empty for a new one"});
}

TEST_CASE("columns that the file does not have stay as they were") {
    auto current = crowd(1);
    current[0].numbers = {{"work", "+33199001234"}};
    current[0].notes = "kept";
    current[0].vip = true;
    auto plan = plan_of(current, "key;last_name;first_name\nc-0;Other;Jane\n");
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].fields == std::vector<std::string>{"last_name"});
    CHECK(plan.changes[0].after.numbers == current[0].numbers);
    CHECK(plan.changes[0].after.notes == "kept");
    CHECK(plan.changes[0].after.vip);
}

TEST_CASE("how many may go") {
    struct Row {
        int contacts, stay;
        std::string_view most; // empty: as it is by default
        bool refused;
    };
    const Row rows[] = {
        {8, 1, "", false},    // up to ten always
        {30, 20, "", false},  // ten
        {30, 19, "", true},   // eleven
        {100, 80, "", false}, // a fifth
        {100, 79, "", true},  //
        {100, 79, "21", false}, {100, 79, "20", true},  {100, 79, "21%", false},
        {100, 99, "0", true},   {100, 100, "0", false}, {100, 1, "100%", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.contacts);
        CAPTURE(row.stay);
        CAPTURE(row.most);
        auto current = crowd(row.contacts);
        ImportLimits limits;
        if (!row.most.empty()) {
            auto read = read_most(row.most);
            REQUIRE(read.has_value());
            limits = *read;
        }
        auto plan = plan_of(current, file_of(std::span(current).first(static_cast<std::size_t>(row.stay))), limits);
        CHECK(plan.refusals.empty() == !row.refused);
        CHECK(plan.count(Change::Kind::remove) == static_cast<std::size_t>(row.contacts - row.stay));
    }
    for (std::string_view wrong : {"", "%", "-1", "101%", "all", "5 %"})
        CHECK_FALSE(read_most(wrong).has_value());
}

TEST_CASE("a file that is nothing but its first row empties the directory only when told to") {
    auto current = crowd(3);
    auto text = file_of({});
    auto refused = plan_of(current, text);
    CHECK(told(refused.refusals) ==
          std::vector<std::string>{"1:1 : the file has no rows: all 3 contacts would go (--allow-empty)"});
    current = crowd(500);
    CHECK(plan_of(current, text, {.allow_empty = true}).refusals.empty());
    CHECK(plan_of(current, text, {.allow_empty = true}).count(Change::Kind::remove) == 500);
    CHECK(plan_of({}, text).refusals.empty()); // nothing goes
}

TEST_CASE("with a mistake in the file nothing may be done") {
    auto current = crowd(2);
    auto plan = plan_of(current, file_of(current) + ";;Doe;;;;;;;;;;;;;;;;;;;;;;;;;\n");
    CHECK(told(plan.refusals) == std::vector<std::string>{"4:1 first_name: is empty"});
}
