// Users of a tenant as contacts: who counts, and what is said of them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "directory/entra_people.hpp"

using namespace lamp;
using namespace lamp::directory;
using recognition::rest::Item;

namespace {

Result<std::string> digits(std::string_view written) {
    if (!written.contains('1')) return fail(Category::invalid, "no number");
    return std::string(written);
}

Item user(std::vector<std::pair<std::string, std::string>> fields, std::vector<recognition::rest::Number> numbers) {
    return {.id = "u1",
            .name = "Anna van Dijk",
            .numbers = std::move(numbers),
            .fields = std::move(fields),
            .url = {},
            .updated = {},
            .deleted = false};
}

} // namespace

TEST_CASE("whoever has a number and is not disabled counts, or whom the filter names") {
    struct Row {
        std::string_view enabled, number, filter;
        bool counts;
    };
    for (const Row& row : std::initializer_list<Row>{
             {"true", "+311", "", true},
             {"", "+311", "", true},
             {"false", "+311", "", false},
             {"true", "", "", false},
             {"true", "none", "", true}, // one that cannot be read is told as such
             {"false", "+311", "x", true},
             {"true", "", "x", true},
         }) {
        CAPTURE(row.enabled);
        CAPTURE(row.number);
        CAPTURE(row.filter);
        EntraOptions options;
        options.filter = row.filter;
        std::size_t unreadable = 0;
        std::vector<recognition::rest::Number> numbers;
        if (!row.number.empty()) numbers.push_back({"work", std::string(row.number)});
        auto contact = contact_of(user({{"enabled", std::string(row.enabled)}}, numbers), options, digits, unreadable);
        CHECK(contact.has_value() == row.counts);
        CHECK(unreadable == (row.number == "none" ? 1 : 0));
    }
}

TEST_CASE("what is said of somebody, and where newcomers are filed") {
    EntraOptions options;
    std::size_t unreadable = 0;
    auto item = user({{"given", "Anna"},
                      {"surname", "van Dijk"},
                      {"Company", "Acme"},
                      {"Department", "Sales / Export"},
                      {"Title", "Buyer"},
                      {"Email", "anna@example.net"}},
                     {{"work", "+311"}, {"mobile", "+3161"}, {"fax", "+311"}});
    auto contact = contact_of(item, options, digits, unreadable);
    REQUIRE(contact);
    CHECK(contact->source == "entra");
    CHECK(contact->external_id == "u1");
    CHECK(contact->first_name == "Anna");
    CHECK(contact->last_name == "van Dijk");
    CHECK(contact->company == "Acme");
    CHECK(contact->title == "Buyer");
    CHECK(contact->email == "anna@example.net");
    CHECK(contact->numbers == std::vector<contacts::Number>{{"work", "+311"}, {"mobile", "+3161"}});
    CHECK(contact->folder.empty());
    for (auto [by, folder] : {std::pair{"company", "Acme"}, {"department", "Sales/Export"}, {"title", "Buyer"}}) {
        options.folder = by;
        CHECK(contact_of(item, options, digits, unreadable)->folder == folder);
    }
    item.fields = {{"surname", "van Dijk"}};
    CHECK(contact_of(item, options, digits, unreadable)->first_name == "Anna"); // of the whole name
    item.fields.clear();
    item.name.clear();
    CHECK_FALSE(contact_of(item, options, digits, unreadable));
}
