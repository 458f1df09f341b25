// What a request URI's user part means: precedence, ambiguity, numbers as people and telephones write them; indices
// that stay; lists in lists; what 100 000 people weigh.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <malloc.h>

#include "sip/names.hpp"

using namespace lamp;
using namespace lamp::sip;
using presence::People;
using presence::PersonRow;

namespace {

struct Office {
    std::vector<PersonRow> people;
    std::vector<LineRow> lines;
    std::vector<ListRow> lists{};

    std::shared_ptr<const People> built_people{};
    std::vector<std::string> problems{};

    std::shared_ptr<const Names> build(const Names* before = nullptr) {
        auto built = People::build(people, built_people.get());
        REQUIRE(built.has_value());
        built_people = *built;
        problems.clear();
        return Names::build(*built_people, lines, lists, "pbx.example", before, &problems);
    }
};

PersonRow person(std::string id, std::string name) {
    return {std::move(id), std::move(name), "", "", "", {}};
}

/// "person ada@pbx.example", "line …", "list …" or "-".
std::string found(const Names& names, std::string_view user) {
    auto index = names.find(user);
    if (!index) return "-";
    CHECK(names.listed(*index));
    constexpr std::string_view kinds[] = {"person ", "line ", "list "};
    return std::string(kinds[static_cast<std::size_t>(names.kind(*index))]).append(names.key(*index));
}

std::vector<std::string_view> keys(const Names& names, std::span<const ResourceIndex> indices) {
    std::vector<std::string_view> found;
    for (ResourceIndex index : indices)
        found.push_back(names.key(index));
    return found;
}

using Keys = std::vector<std::string_view>;

// Ada has a line of her own name, Bob two others, reception is shared by both; Cem is of another domain.
Office office() {
    Office made{
        {person("ada@pbx.example", "Ada Jansen"), person("bob@pbx.example", "Bob de Vries"),
         person("cem@other.example", "Cem Yılmaz"), person("2199", "Lift")},
        {
            {"ada@pbx.example", "+31-201230001", "2101", {0}},
            {"bob-desk@pbx.example", "+31201230002", "2102", {1}},
            {"bob-lab@pbx.example", "", "2103", {1}},
            {"reception@pbx.example", "tel:+31-20-123-0000", "2100", {1, 0}},
            {"hall@other.example", "", "", {}},
        },
    };
    made.lists.push_back({"blf-ada", {"2102", "2103"}});
    return made;
}

} // namespace

TEST_CASE("who is meant") {
    auto made = office();
    auto names = made.build();
    CHECK(made.problems.empty());
    struct Row {
        std::string_view user;
        std::string_view meant;
    };
    const Row rows[] = {
        {"ada", "person ada@pbx.example"}, // the person before the line of the same name
        {"ada@pbx.example", "person ada@pbx.example"},
        {"Ada", "-"}, // case matters
        {"bob", "person bob@pbx.example"},
        {"bob-desk", "line bob-desk@pbx.example"},
        {"bob-desk@pbx.example", "line bob-desk@pbx.example"},
        {"bob-desk@other.example", "-"},
        {"2101", "line ada@pbx.example"},
        {"21-01", "line ada@pbx.example"},
        {"2101;phone-context=pbx.example", "line ada@pbx.example"},
        {"+31201230001", "line ada@pbx.example"}, // written with a separator in the directory
        {"+31-20-123-00-01", "line ada@pbx.example"},
        {"tel:+31201230001", "line ada@pbx.example"},
        {"0031201230001", "line ada@pbx.example"},
        {"31201230001", "line ada@pbx.example"}, // telephones leave out the plus
        {"201230001;phone-context=+31", "line ada@pbx.example"},
        {"+31201230000", "line reception@pbx.example"},
        {"201230001", "-"},
        {"+31201239999", "-"},
        {"cem", "person cem@other.example"},
        {"cem@other.example", "person cem@other.example"},
        {"hall", "line hall@other.example"},
        {"2199", "person 2199"},
        {"blf-ada", "list blf-ada"},
        {"", "-"},
        {"+", "-"},
        {"@", "-"},
        {"nobody", "-"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.user);
        CHECK(found(*names, row.user) == row.meant);
    }
    CHECK(Names().find("ada") == std::nullopt);
    CHECK(Names().of_line("ada") == std::nullopt);
    CHECK(Names().of_slot(0) == std::nullopt);
}

TEST_CASE("names of several: person, line, list; within one kind the whole id; else nobody") {
    struct Row {
        std::string_view what;
        Office office;
        std::string_view user;
        std::string_view meant;
    };
    const Row rows[] = {
        {"a person's part before a line's extension",
         {{person("2101@pbx.example", "Ada")}, {{"x@pbx.example", "", "2101", {}}}},
         "2101",
         "person 2101@pbx.example"},
        {"a line before a list",
         {{}, {{"x@pbx.example", "", "2101", {}}}, {{"2101", {}}}},
         "2101",
         "line x@pbx.example"},
        {"two extensions", {{}, {{"x@pbx.example", "", "2101", {}}, {"y@pbx.example", "", "2101", {}}}}, "2101", "-"},
        {"three extensions",
         {{}, {{"x@a", "", "2101", {}}, {"y@a", "", "2101", {}}, {"z@a", "", "2101", {}}}},
         "2101",
         "-"},
        {"two extensions and a list",
         {{}, {{"x@pbx.example", "", "2101", {}}, {"y@pbx.example", "", "2101", {}}}, {{"2101", {}}}},
         "2101",
         "-"},
        {"two numbers, written differently",
         {{}, {{"x@pbx.example", "+31-201230001", "", {}}, {"y@pbx.example", "0031201230001", "", {}}}},
         "+31201230001",
         "-"},
        {"one line's number and extension",
         {{}, {{"x@pbx.example", "2101", "2101", {}}}},
         "2101",
         "line x@pbx.example"},
        {"two people of two foreign domains",
         {{person("ada@a.example", "Ada"), person("ada@b.example", "Ada")}, {}},
         "ada",
         "-"},
        {"they are found by their whole ids",
         {{person("ada@a.example", "Ada"), person("ada@b.example", "Ada")}, {}},
         "ada@b.example",
         "person ada@b.example"},
        {"and hide a line of that name",
         {{person("ada@a.example", "Ada"), person("ada@b.example", "Ada")}, {{"ada@pbx.example", "", "", {}}}},
         "ada",
         "-"},
        {"the domain's own person before another's",
         {{person("ada@a.example", "Ada"), person("ada@pbx.example", "Ada")}, {}},
         "ada",
         "person ada@pbx.example"},
        {"a whole id before an extension, this way round",
         {{}, {{"2101", "", "", {}}, {"y@pbx.example", "", "2101", {}}}},
         "2101",
         "line 2101"},
        {"and that",
         {{}, {{"y@pbx.example", "", "2101", {}}, {"2101@PBX.example", "", "", {}}}},
         "2101",
         "line 2101@PBX.example"},
        {"two whole ids", {{}, {{"2101", "", "", {}}, {"2101@pbx.example", "", "", {}}}}, "2101", "-"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto made = row.office;
        CHECK(found(*made.build(), row.user) == row.meant);
    }
}

TEST_CASE("ambiguous names are told, five of them by name") {
    Office made;
    for (int i = 0; i < 7; ++i)
        for (std::string_view site : {"a", "b"})
            made.lines.push_back({fmt::format("x{}@{}.example", i, site), "", std::to_string(2100 + i), {}});
    (void)made.build();
    REQUIRE(made.problems.size() == 1); // the seven parts before "@" are ambiguous, too
    CHECK(made.problems[0] == "14 names mean more than one person or line, so nobody is found by them: "
                              "\"x0\", \"2100\", \"x1\", \"2101\", \"x2\", …");
    made.lines.resize(2);
    made.lines[1].id = "y@b.example";
    (void)made.build();
    REQUIRE(made.problems.size() == 1);
    CHECK(made.problems[0] == "1 name means more than one person or line, so nobody is found by it: \"2100\"");
}

TEST_CASE("what is told of a resource") {
    auto made = office();
    auto names = made.build();
    struct Row {
        std::string_view user;
        std::string_view label;
        std::string_view uri;
        std::optional<presence::Slot> person;
        Keys lines;
        Keys persons;
    };
    const Row rows[] = {
        {"ada", "Ada Jansen", "sip:ada@pbx.example", 0, {"ada@pbx.example", "reception@pbx.example"}, {}},
        {"bob",
         "Bob de Vries",
         "sip:bob@pbx.example",
         1,
         {"bob-desk@pbx.example", "bob-lab@pbx.example", "reception@pbx.example"},
         {}},
        {"cem", "Cem Yılmaz", "sip:cem@pbx.example", 2, {}, {}},
        {"2199", "Lift", "sip:2199@pbx.example", 3, {}, {}},
        {"2101", "Ada Jansen", "sip:+31201230001@pbx.example", 0, {"ada@pbx.example"}, {"ada@pbx.example"}},
        {"2103", "Bob de Vries", "sip:bob-lab@pbx.example", 1, {"bob-lab@pbx.example"}, {"bob@pbx.example"}},
        {"reception",
         "Bob de Vries", // the first of two
         "sip:reception@pbx.example",
         1,
         {"reception@pbx.example"},
         {"bob@pbx.example", "ada@pbx.example"}},
        {"hall", "hall@other.example", "sip:hall@pbx.example", {}, {"hall@other.example"}, {}},
        {"blf-ada", "blf-ada", "sip:blf-ada@pbx.example", {}, {}, {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.user);
        auto index = names->find(row.user);
        REQUIRE(index.has_value());
        CHECK(names->label(*index) == row.label);
        CHECK(names->uri(*index) == row.uri);
        CHECK(names->person(*index) == row.person);
        CHECK(keys(*names, names->lines(*index)) == row.lines);
        CHECK(keys(*names, names->persons(*index)) == row.persons);
    }
    CHECK(names->of_slot(1) == names->find("bob"));
    CHECK(names->of_slot(4) == std::nullopt);
    CHECK(names->of_line("ada@pbx.example") == names->find("2101"));
    CHECK(names->of_line("ada") == std::nullopt);
    CHECK(names->of_line("blf-ada") == std::nullopt);
}

TEST_CASE("the URI finds what it was asked of, escaped where it must be") {
    Office made{
        {person("ada@a.example", "Ada"), person("ada@b.example", "Ada"), person("a b@pbx.example", "")},
        {
            {"ada@pbx.example", "", "2101", {0}},
            {"a b@pbx.example", "", "", {2}},
            {"x@c.example", "", "", {0, 0, 99}},
            {"x@d.example", "", "2104", {1}},
        },
    };
    made.lists.push_back({"sales & care", {}});
    auto names = made.build();
    const std::pair<ResourceIndex, std::string_view> uris[] = {
        {*names->of_slot(0), "sip:ada%40a.example@pbx.example"},
        {*names->of_slot(1), "sip:ada%40b.example@pbx.example"},
        {*names->of_slot(2), "sip:a%20b@pbx.example"},
        {*names->of_line("ada@pbx.example"), "sip:2101@pbx.example"},
        {*names->of_line("a b@pbx.example"), "sip:a%20b@pbx.example"}, // the person's: there is no other name
        {*names->of_line("x@c.example"), "sip:x%40c.example@pbx.example"},
        {*names->of_line("x@d.example"), "sip:2104@pbx.example"},
        {*names->find("sales & care"), "sip:sales%20&%20care@pbx.example"},
    };
    for (auto [index, uri] : uris)
        CHECK(names->uri(index) == uri);
    CHECK(names->label(*names->of_slot(2)) == "a b@pbx.example"); // no name: the id
    CHECK(keys(*names, names->persons(*names->of_line("x@c.example"))) == Keys{"ada@a.example"});
}

TEST_CASE("an index stays with its kind and key; what left is found no more, and comes back to its own") {
    auto made = office();
    auto first = made.build();
    auto ada = *first->find("ada");
    auto desk = *first->of_line("bob-desk@pbx.example");
    auto list = *first->find("blf-ada");
    const auto size = first->size();
    CHECK(size == 10);

    made.people.erase(made.people.begin());
    made.people.push_back(person("dee@pbx.example", "Dee"));
    made.lines.erase(made.lines.begin() + 1);
    made.lines[0].persons = {};
    made.lists = {{"ada", {"2103"}}}; // a list of a name that was a person's
    auto second = made.build(first.get());
    CHECK(second->size() == size + 2);
    CHECK(second->find("dee") >= size);
    for (auto index : {ada, desk, list}) {
        CAPTURE(index);
        CHECK_FALSE(second->listed(index));
        CHECK(second->key(index) == first->key(index));
        CHECK(second->label(index) == first->label(index));
        CHECK(second->uri(index) == first->uri(index));
        CHECK(second->person(index) == first->person(index));
        CHECK(second->kind(index) == first->kind(index));
    }
    CHECK(found(*second, "2102") == "-");
    CHECK(found(*second, "blf-ada") == "-");
    CHECK(found(*second, "ada") == "line ada@pbx.example");
    CHECK(found(*second, "bob") == "person bob@pbx.example");
    CHECK(second->find("bob") == first->find("bob"));
    CHECK(second->of_slot(0) == ada);
    CHECK(second->of_line("bob-desk@pbx.example") == desk);
    CHECK(keys(*second, second->lines(desk)) == Keys{"bob-desk@pbx.example"});
    CHECK(second->lines(ada).empty());
    CHECK(second->persons(desk).empty());
    CHECK(second->members(list).empty());
    CHECK(keys(*second, second->persons(*second->find("reception"))) == Keys{"bob@pbx.example"});

    auto third = made.build(second.get()); // gone for two builds
    made.people.push_back(person("ada@pbx.example", "Ada Jansen-Bakker"));
    made.lines.push_back({"bob-desk@pbx.example", "+31201230002", "2102", {1}});
    made.lists.push_back({"blf-ada", {"bob"}});
    auto fourth = made.build(third.get());
    CHECK(fourth->size() == size + 2);
    CHECK(fourth->find("ada") == ada);
    CHECK(fourth->label(ada) == "Ada Jansen-Bakker");
    CHECK(fourth->find("2102") == desk);
    CHECK(fourth->find("blf-ada") == list);
    CHECK(keys(*fourth, fourth->members(list)) == Keys{"bob@pbx.example"});
    CHECK(first->find("ada") == ada); // whoever still holds the first sees it whole
    CHECK(first->label(ada) == "Ada Jansen");
}

TEST_CASE("lists: order, once each, flattened; what cannot be is left out and told") {
    auto made = office();
    made.lists = {
        {"desk",
         {"2103", "ada", "sip:bob@pbx.example", "sips:bob-desk@PBX.example;user=phone", "tel:+31-201230001", "bob-lab",
          "hall@other.example", "sip:cem@other.example", "bob@PBX.example"}},
        {"all", {"desk", "reception", "ada"}},
        {"twice", {"all", "desk", "all"}},
        {"wrong", {"nobody", "sip:ada@elsewhere.example", "", "ada", "sip:@", "mailto:ada@pbx.example"}},
        {"round", {"ada", "about"}},
        {"about", {"round", "bob"}},
        {"into", {"round", "2102"}},
        {"self", {"self", "bob"}},
        {"empty", {}},
        {"desk", {"bob"}},
        {"bob", {"ada"}},
    };
    auto names = made.build();
    auto members = [&](std::string_view list) { return keys(*names, names->members(*names->find(list))); };
    const Keys desk{"bob-lab@pbx.example", "ada@pbx.example",    "bob@pbx.example",  "bob-desk@pbx.example",
                    "ada@pbx.example",     "hall@other.example", "cem@other.example"};
    CHECK(members("desk") == desk);
    auto all = desk;
    all.push_back("reception@pbx.example");
    CHECK(members("all") == all);
    CHECK(members("twice") == all);
    CHECK(members("wrong") == Keys{"ada@pbx.example"});
    CHECK(members("round") == Keys{"ada@pbx.example", "bob@pbx.example"});
    CHECK(members("about") == Keys{"ada@pbx.example", "bob@pbx.example"});
    CHECK(members("into") == Keys{"ada@pbx.example", "bob@pbx.example", "bob-desk@pbx.example"});
    CHECK(members("self") == Keys{"bob@pbx.example"});
    CHECK(members("empty").empty());
    CHECK(names->members(*names->find("ada")).empty());
    const std::vector<std::string> told{
        R"([[sip_list]] "desk" is there twice)",
        R"([[sip_list]] "wrong": nobody is called "nobody")",
        R"([[sip_list]] "wrong": nobody is called "sip:ada@elsewhere.example")",
        R"([[sip_list]] "wrong": nobody is called "")",
        R"([[sip_list]] "wrong": nobody is called "sip:@")",
        R"([[sip_list]] "wrong": nobody is called "mailto:ada@pbx.example")",
        R"([[sip_list]] "round" holds itself, by "about")",
        R"([[sip_list]] "about" holds itself, by "round")",
        R"([[sip_list]] "self" holds itself, by "self")",
        R"([[sip_list]] "bob" is not found: a person or a line has that name)",
    };
    CHECK(made.problems == told);
}

TEST_CASE("a line twice, a list too long") {
    Office made;
    std::vector<std::string> everybody;
    for (std::size_t i = 0; i <= list_members_max; ++i) {
        made.lines.push_back({fmt::format("u{}@pbx.example", i), "", "", {}});
        everybody.push_back(fmt::format("u{}", i));
    }
    everybody.push_back("u0"); // there already: nothing is left out for it
    made.lists = {{"long", everybody}, {"just", {everybody.begin() + 1, everybody.end() - 1}}};
    made.lists.push_back({"again", made.lists[1].members});
    made.lists.back().members.push_back("u1");
    made.lines.push_back({"u1@pbx.example", "", "2101", {}});
    auto names = made.build();
    CHECK(names->members(*names->find("long")).size() == list_members_max);
    CHECK(names->members(*names->find("just")).size() == list_members_max);
    CHECK(found(*names, "2101") == "-");
    const std::vector<std::string> told{
        R"(the line "u1@pbx.example" is there twice)",
        R"([[sip_list]] "long" has more than 500 members; the rest is left out)",
    };
    CHECK(made.problems == told);
}

TEST_CASE("100 000 people with a line each: found, and what they weigh") {
    auto in_use = [] {
        auto info = mallinfo2();
        return info.uordblks + info.hblkhd;
    };
    for (bool same_id : {true, false}) { // the line's id is the person's, or another
        CAPTURE(same_id);
        Office made;
        for (std::uint32_t i = 0; i < 100'000; ++i) {
            auto id = fmt::format("user{}@pbx.example", i);
            made.people.push_back(person(id, fmt::format("Given{} Familyname", i)));
            made.lines.push_back({same_id ? id : fmt::format("line{}@pbx.example", i),
                                  fmt::format("+3120{:07}", i),
                                  std::to_string(100'000 + i),
                                  {i}});
        }
        auto names = made.build();
        names = made.build(names.get());
        names.reset();
        auto before = in_use();
        names = Names::build(*made.built_people, made.lines, {}, "pbx.example", nullptr, nullptr);
        const auto bytes = in_use() - before;
        auto again = Names::build(*made.built_people, made.lines, {}, "pbx.example", names.get(), nullptr);
        const auto bytes_again = in_use() - before - bytes;
        MESSAGE("bytes per person with a line: ", bytes / 100'000, ", built anew: ", bytes_again / 100'000);
        for (std::uint32_t i = 0; i < 100'000; i += 7777) {
            CHECK(again->find(fmt::format("user{}", i)) == again->of_slot(i));
            CHECK(again->find(std::to_string(100'000 + i)) == again->of_line(made.lines[i].id));
            CHECK(again->find(fmt::format("+3120{:07}", i)) == names->of_line(made.lines[i].id));
        }
#if !defined(__has_feature) || !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
        CHECK(bytes <= 100'000 * 300);
        CHECK(bytes_again <= 100'000 * 300);
#endif
    }
}
