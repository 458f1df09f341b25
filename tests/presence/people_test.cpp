// The directory of people: slots that stay, folding and search as users type, refusals, memory at 100 000 people.
#include "here.hpp"

#include <algorithm>
#include <malloc.h>

#include "presence/people.hpp"

using namespace testing;

namespace {

PersonRow row(std::string id, std::string name = "", std::string folder = "", std::vector<std::string> lines = {}) {
    return {id, name.empty() ? id : name, id.find('@') == std::string::npos ? "" : id, folder, "", std::move(lines)};
}

std::shared_ptr<const People> built(const std::vector<PersonRow>& rows, const People* before = nullptr) {
    auto people = People::build(rows, before);
    REQUIRE(people.has_value());
    return *people;
}

} // namespace

TEST_CASE("folding: lower case and no accents") {
    struct Row {
        std::string_view text;
        std::string_view folded;
    };
    const Row rows[] = {
        {"", ""},
        {"Alice", "alice"},
        {"Zoë VAN Dijk", "zoe van dijk"},
        {"ÀÁÂÃÄÅ àáâãäå", "aaaaaa aaaaaa"},
        {"ÈÉÊË èéêë ÌÍÎÏ ìíîï", "eeee eeee iiii iiii"},
        {"ÒÓÔÕÖØ òóôõöø", "oooooo oooooo"},
        {"ÙÚÛÜ ùúûü ÝýÿŸ", "uuuu uuuu yyyy"},
        {"Ççñ Ñ", "ccn n"},
        {"Æon æon Œuvre œuvre", "aeon aeon oeuvre oeuvre"},
        {"Straße", "strasse"},
        {"IJsbrand Ĳsbrand ĳ", "ijsbrand ijsbrand ij"},
        {"Þór Ðan þð", "thor dan thd"},
        {"Łukasz Żółć Śliwiński", "lukasz zolc sliwinski"},
        {"Dvořák Čapek Žižka Ďáblice ťuhýk", "dvorak capek zizka dablice tuhyk"},
        {"Şükrü Ğ ğ ı İ", "sukru g g i i"},
        {"Ǆ Ελλάδα Ж", "Ǆ Ελλάδα Ж"},   // beyond Latin Extended-A: left alone
        {"×÷", "×÷"},                   // no letters
        {"Zoe\u0308 e\u0301", "zoe e"}, // combining accents, as macOS writes them
        {"Ͱ ͻ", "Ͱ ͻ"},                 // U+0370: next to the combining accents, but letters
        {"日本 😀", "日本 😀"},         // three and four bytes
        {"\xc3", "\xc3"},               // cut off: never read past the end
        {"a\xcc", "a"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(fold(row.text) == row.folded);
    }
}

TEST_CASE("folding is done once: what is folded stays as it is") {
    for (std::string_view text : {"Zoë", "ĲSSEL", "Straße", "Þór", "Łódź"})
        CHECK(fold(fold(text)) == fold(text));
}

TEST_CASE("search: every word of the query, anywhere in name, id, e-mail, folder or lines") {
    PersonRow zoe{"zoe@example.net", "Zoë van Dijk", "z.vandijk@example.net", "Binnendienst", "", {"2001@example.net"}};
    auto people = built({zoe});
    struct Row {
        std::string_view query; // as typed
        bool found;
    };
    const Row rows[] = {
        {"", true},          {"zoe", true},       {"Zoë", true},
        {"dijk zoe", true},  {"van  dijk", true}, {" zoe ", true},
        {"2001", true},      {"binnen", true},    {"z.vandijk", true},
        {"example", true},   {"zoe piet", false}, {"buitendienst", false},
        {"dijkzoe", false},  {"van dij", true},   {"dienst zoe 2001", true},
        {"zoe 2002", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.query);
        CHECK(people->matches(0, fold(row.query)) == row.found);
    }
}

TEST_CASE("a slot stays with its id over builds; who left keeps it, unlisted") {
    auto first = built({row("a"), row("b"), row("c")});
    CHECK(first->find("a") == 0U);
    CHECK(first->find("c") == 2U);
    CHECK(first->find("d") == std::nullopt);
    auto second = built({row("d"), row("c", "Carla", "Sales"), row("a")}, first.get());
    CHECK(second->find("a") == 0U);
    CHECK(second->find("b") == 1U);
    CHECK(second->find("c") == 2U);
    CHECK(second->find("d") == 3U);
    CHECK(second->slots() == 4);
    CHECK(second->size() == 3);
    CHECK_FALSE(second->listed(1));
    CHECK(second->person(1).id == "b"); // still has a name for the last reader
    CHECK(second->person(2).name == "Carla");
    CHECK(second->person(2).folder == "Sales");
    auto third = built({row("b"), row("e")}, second.get());
    CHECK(third->find("b") == 1U); // back in the old place
    CHECK(third->listed(1));
    CHECK(third->find("e") == 4U);
    CHECK(third->size() == 2);
    CHECK_FALSE(third->listed(0));
}

TEST_CASE("order: by folder, then by name; nobody who left") {
    auto first = built({row("gone")});
    auto people = built({row("3", "Piet", "Zaal"), row("1", "Émile", "Beheer"), row("2", "anna", "Beheer"),
                         row("4", "Fred", "Beheer"), row("5", "Zus", "")},
                        first.get());
    std::string order;
    for (Slot slot : people->order())
        order += std::string(people->person(slot).name) + " ";
    CHECK(order == "Zus anna Émile Fred Piet ");
}

TEST_CASE("refusals and odd values") {
    auto twice = People::build(std::vector{row("a"), row("b"), row("a")});
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().category == Category::conflict);
    CHECK(twice.error().text.find("\"a\"") != std::string::npos);

    auto empty = built({});
    CHECK(empty->size() == 0);
    CHECK(empty->find("a") == std::nullopt);
    CHECK(People().find("a") == std::nullopt);

    auto people = built({row("A"), row("a")}); // ids are case-sensitive (xsi.md 1)
    CHECK(people->find("A") == 0U);
    CHECK(people->find("a") == 1U);
}

TEST_CASE("100 000 people: found, and what they weigh") {
    std::vector<PersonRow> rows;
    for (int i = 0; i < 100'000; ++i) {
        auto user = "user" + std::to_string(i) + "@example.net";
        rows.push_back({user,
                        "Given" + std::to_string(i) + " Familyname",
                        user,
                        "Department " + std::to_string(i / 50),
                        "",
                        {user}});
    }
    auto in_use = [] {
        auto info = mallinfo2();
        return info.uordblks + info.hblkhd;
    };
    auto before = in_use();
    auto people = built(rows);
    auto bytes = in_use() - before;
    MESSAGE("bytes per person in the directory: ", bytes / rows.size());
    CHECK(people->size() == rows.size());
    for (int i = 0; i < 100'000; i += 7777)
        CHECK(people->find(rows[static_cast<std::size_t>(i)].id) == static_cast<Slot>(i));
    CHECK(people->matches(4711, "given4711 department"));
#if !defined(__has_feature) || !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
    CHECK(bytes < rows.size() * 400); // of the kilobyte per person that issue 2 allows in all
#endif
}
