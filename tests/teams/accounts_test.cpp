// Who is who: the tenant's accounts against people, by every way of matching.
#include "adapters/teams/accounts.hpp"

#include "here.hpp"

namespace {

using namespace lamp::teams;
using lamp::graph::Removed;
using lamp::graph::User;
using lamp::presence::People;
using lamp::presence::PersonRow;

User user(unsigned n, std::string upn, std::string mail = {}, std::vector<std::string> addresses = {},
          std::vector<std::string> phones = {}) {
    User made;
    made.id = guid(n);
    made.upn = std::move(upn);
    made.mail = std::move(mail);
    made.addresses = std::move(addresses);
    made.phones = std::move(phones);
    return made;
}

PersonRow person(std::string id, std::string email = {}, std::string teams = {}) {
    PersonRow row;
    row.id = std::move(id);
    row.name = row.id;
    row.email = std::move(email);
    row.teams = std::move(teams);
    return row;
}

struct Tenant {
    explicit Tenant(const std::vector<User>& users) {
        accounts.take(users);
        accounts.settle();
    }
    /// "id=n" of each match, then "id?kind" of each finding.
    std::string matched(const std::vector<PersonRow>& rows, std::vector<std::string> ways = {"email", "upn", "line"},
                        const std::vector<std::pair<std::string, std::string>>& lines = {}) {
        auto people = *People::build(rows);
        std::vector<LineName> names;
        for (const auto& [id, line] : lines)
            names.push_back({*people->find(id), line});
        auto matching = match(*people, LineNames(names), accounts, ways);
        std::string text;
        for (const auto& [slot, id] : matching.matched)
            text += std::string(people->person(slot).id) + "=" + std::to_string(id.bytes[15]) + " ";
        for (const auto& finding : matching.findings) {
            static constexpr const char* kinds[] = {"unmatched", "ambiguous", "doubled"};
            text += std::string(people->person(finding.slot).id) + "?" + kinds[static_cast<int>(finding.kind)] + " ";
        }
        if (!text.empty()) text.pop_back();
        return text;
    }
    Accounts accounts;
};

} // namespace

TEST_CASE("ways of matching") {
    Tenant tenant({
        user(1, "anna@example.net", "anna.jansen@example.net"),
        user(2, "bram@tenant.example", "bram@example.net", {"b.smit@example.net", "sales@example.net"}),
        user(3, "carla@example.net", "", {"sales@example.net"}),
        user(4, "dirk@tenant.example", "", {}, {"+31 20 123 4567", "06-12345678"}),
        user(5, "2005@voice.example.net"),
    });
    struct Row {
        const char* what;
        PersonRow person;
        std::string line;
        const char* matched;
    };
    // clang-format off
    const Row rows[] = {
        {"mail",                            person("x", "anna.jansen@example.net"), "",                        "x=1"},
        {"mail, other case",                person("x", "Anna.JANSEN@Example.net"), "",                        "x=1"},
        {"UPN where there is no such mail", person("x", "anna@example.net"),        "",                        "x=1"},
        {"id as UPN",                       person("carla@example.net"),            "",                        "x=3"},
        {"another of the mail addresses",   person("x", "b.smit@example.net"),      "",                        "x=2"},
        {"an address of two accounts",      person("x", "sales@example.net"),       "",                        "x?ambiguous"},
        {"the line's number",               person("x"),                            "020-1234567",             "x=4"},
        {"the line's mobile number",        person("x"),                            "0031 6 1234 5678",        "x=4"},
        {"the line's user id as UPN",       person("x"),                            "2005@voice.example.net",  "x=5"},
        {"an extension is no number",       person("x"),                            "4567",                    "x?unmatched"},
        {"nobody",                          person("x", "zoe@example.net"),         "",                        "x?unmatched"},
        {"nothing to go by",                person("x"),                            "",                        "x?unmatched"},
        {"named by UPN",                    person("x", "zoe@example.net", "bram@tenant.example"), "",         "x=2"},
        {"named by mail",                   person("x", "", "bram@example.net"),    "",                        "x=2"},
        {"named, but not there",            person("x", "anna@example.net", "gone@example.net"), "",           "x?unmatched"},
        {"named by object id, unknown",     person("x", "", "a0000000-0000-0000-0000-000000000063"), "",       "x=99"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        std::string expected = row.matched;
        if (row.person.id != "x") expected = row.person.id + expected.substr(1);
        auto lines = row.line.empty() ? std::vector<std::pair<std::string, std::string>>()
                                      : std::vector{std::pair(row.person.id, row.line)};
        CHECK(tenant.matched({row.person}, {"email", "upn", "line"}, lines) == expected);
    }
}

TEST_CASE("the order of the ways decides, and a way that is not named is not gone") {
    Tenant tenant({user(1, "x@example.net"), user(2, "other@example.net", "x@example.net")});
    auto rows = std::vector{person("p", "x@example.net")};
    CHECK(tenant.matched(rows, {"email", "upn"}) == "p=2");
    CHECK(tenant.matched(rows, {"upn", "email"}) == "p=1");
    CHECK(tenant.matched(rows, {"line"}) == "p?unmatched");
}

TEST_CASE("two people with one account: the first keeps it, the other is told") {
    Tenant tenant({user(1, "desk@example.net", "desk@example.net")});
    CHECK(tenant.matched({person("a", "desk@example.net"), person("b", "desk@example.net")}) == "a=1 b?doubled");
}

TEST_CASE("what pages and changes leave") {
    Tenant tenant({user(1, "anna@example.net"), user(2, "bram@example.net")});
    auto changes = [&](std::vector<User> users) {
        tenant.accounts.take(users);
        tenant.accounts.settle();
    };
    SUBCASE("renamed") {
        changes({user(1, "anna.smit@example.net")});
        CHECK(tenant.matched({person("anna@example.net")}) == "anna@example.net?unmatched");
        CHECK(tenant.matched({person("anna.smit@example.net")}) == "anna.smit@example.net=1");
    }
    SUBCASE("removed") {
        auto gone = user(1, "");
        gone.removed = Removed::deleted;
        changes({gone});
        CHECK(tenant.matched({person("anna@example.net")}) == "anna@example.net?unmatched");
        CHECK(tenant.matched({person("bram@example.net")}) == "bram@example.net=2");
        changes({user(1, "anna@example.net")}); // and restored
        CHECK(tenant.matched({person("anna@example.net")}) == "anna@example.net=1");
    }
    SUBCASE("disabled") {
        auto disabled = user(1, "anna@example.net");
        disabled.enabled = false;
        changes({disabled});
        CHECK(tenant.matched({person("anna@example.net")}) == "anna@example.net?unmatched");
    }
    SUBCASE("twice in one page: the later word holds") {
        changes({user(3, "first@example.net"), user(3, "second@example.net")});
        CHECK(tenant.matched({person("first@example.net")}) == "first@example.net?unmatched");
        CHECK(tenant.matched({person("second@example.net")}) == "second@example.net=3");
    }
    SUBCASE("twice in two pages before settling") {
        tenant.accounts.take(std::vector{user(3, "first@example.net")});
        changes({user(3, "second@example.net")});
        CHECK(tenant.matched({person("first@example.net")}) == "first@example.net?unmatched");
        CHECK(tenant.accounts.size() == 3);
    }
}

TEST_CASE("an account that appears twice makes people ambiguous who were not") {
    Tenant tenant({user(1, "a@example.net", "info@example.net")});
    CHECK(tenant.matched({person("p", "info@example.net")}) == "p=1");
    tenant.accounts.take(std::vector{user(2, "b@example.net", "info@example.net")});
    tenant.accounts.settle();
    CHECK(tenant.matched({person("p", "info@example.net")}) == "p?ambiguous");
}
