// Entries of a server as contacts, and what is asked for to get them.
#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "directory/ldap_contacts.hpp"

using namespace lamp;
using namespace lamp::directory;

namespace {

Result<std::string> digits(std::string_view written) {
    std::string out;
    for (char c : written)
        if ((c >= '0' && c <= '9') || c == '+') out += c;
    if (out.empty()) return fail(Category::invalid, "no number");
    return out;
}

std::optional<contacts::Contact> contact_of(const ldap::Entry& entry,
                                            const std::map<std::string, std::string>& said = {}) {
    std::size_t unreadable = 0;
    return directory::contact_of("1", entry, attributes_of(said), digits, unreadable);
}

std::string numbers_of(const contacts::Contact& contact) {
    std::string out;
    for (const auto& one : contact.numbers)
        out += one.type + "=" + one.number + ";";
    return out;
}

} // namespace

TEST_CASE("names, however they are there") {
    struct Row {
        std::string_view given, sn, display, cn; // empty: not there
        std::string_view first, last;
    };
    for (const Row& row : std::initializer_list<Row>{
             {"Anna", "Voorbeeld", "A. Voorbeeld", "x", "Anna", "Voorbeeld"},
             {"", "Voorbeeld", "Anna Voorbeeld", "", "Anna", "Voorbeeld"},
             {"", "van Dijk", "", "Anna van Dijk", "Anna", "van Dijk"},
             {"", "Voorbeeld", "Voorbeeld, Anna", "", "Anna", "Voorbeeld"},
             {"", "", "Voorbeeld, Anna", "", "Anna", "Voorbeeld"},
             {"", "", "Anna van Dijk", "", "Anna", "van Dijk"},
             {"Anna", "", "Anna van Dijk", "", "Anna", "van Dijk"},
             {"Anna", "", "", "", "", "Anna"},
             {"", "Reception", "", "Reception", "", "Reception"},
             {"", "", "", "Reception", "", "Reception"},
             {"", "Voorbeeld", "Somebody Else", "", "", "Voorbeeld"},
         }) {
        CAPTURE(row.display);
        CAPTURE(row.cn);
        ldap::Entry entry;
        for (auto [name, value] :
             {std::pair{"givenName", row.given}, {"sn", row.sn}, {"displayName", row.display}, {"cn", row.cn}})
            if (!value.empty()) entry.attributes.push_back({name, {std::string(value)}});
        auto contact = contact_of(entry);
        REQUIRE(contact);
        CHECK(contact->first_name == row.first);
        CHECK(contact->last_name == row.last);
    }
    CHECK_FALSE(contact_of({}));
    CHECK_FALSE(contact_of({"cn=a", {{"cn", {"  "}}}}));
}

TEST_CASE("the parts of a contact, where they usually stand and elsewhere") {
    ldap::Entry entry{"uid=anna",
                      {{"sn", {"Voorbeeld"}},
                       {"givenName", {"Anna"}},
                       {"ou", {"Export"}},
                       {"mail", {" a@example.net "}},
                       {"telephoneNumber", {"+31 20 1", "+31 20 2", "none"}},
                       {"mobile", {"+31 6 1", "+31 20 1"}},
                       {"pager", {"+31 9"}},
                       {"employeeNumber", {"E7"}},
                       {"roomNumber", {std::string(2000, 'x')}}}};
    auto anna = contact_of(entry);
    REQUIRE(anna);
    CHECK(anna->source == "ldap");
    CHECK(anna->external_id == "1");
    CHECK(anna->department == "Export");
    CHECK(anna->email == "a@example.net");
    CHECK(numbers_of(*anna) == "work=+31201;work=+31202;mobile=+3161;pager=+319;");

    anna = contact_of(entry, {{"title", "roomNumber employeeNumber"}, {"pager", ""}, {"main", "mobile"}});
    REQUIRE(anna);
    CHECK(anna->title == "E7"); // what is longer than a contact's text counts as not there
    CHECK(numbers_of(*anna) == "work=+31201;work=+31202;main=+3161;");
}

TEST_CASE("numbers that are none are counted") {
    std::size_t unreadable = 0;
    ldap::Entry entry{"uid=a", {{"sn", {"A"}}, {"mobile", {"none", "n/a", " ", "+316"}}}};
    auto contact = directory::contact_of("1", entry, attributes_of({}), digits, unreadable);
    CHECK(unreadable == 2);
    CHECK(numbers_of(*contact) == "mobile=+316;");
    CHECK_FALSE(directory::contact_of("", entry, attributes_of({}), digits, unreadable));
    for (const auto& id :
         {std::string(2000, 'x'), std::string(" a"), std::string("a\0b", 3)}) // none comes back as it is
        CHECK_FALSE(directory::contact_of(id, entry, attributes_of({}), digits, unreadable));
}

TEST_CASE("what is asked for") {
    LdapOptions options;
    options.url = "ldap://d";
    auto question = question_of(options, attributes_of({{"department", "x"}, {"mobile", "handy HANDY"}}));
    auto has = [](const std::vector<std::string>& names, std::string_view name) {
        return std::ranges::count(names, name) == 1;
    };
    CHECK(has(question.attributes, "x"));
    CHECK(has(question.attributes, "sn"));
    CHECK(has(question.attributes, "handy"));
    CHECK_FALSE(has(question.attributes, "HANDY"));
    CHECK_FALSE(has(question.attributes, "mobile"));
    CHECK(has(question.any_of, "handy"));
    CHECK(has(question.any_of, "telephoneNumber"));
    CHECK_FALSE(has(question.any_of, "sn"));
    CHECK(is_part("fax"));
    CHECK_FALSE(is_part("notes"));
}
