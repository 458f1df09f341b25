// A search over contacts, people and integrations: which sources, in which order, and where a page goes on.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "app/directory_walk.hpp"

using namespace lamp;
using contacts::Contact;

namespace {

const std::vector<std::string> integrations{"crm", "list", "ldap"};

Contact contact(std::string last_name, std::string source = "contacts") {
    Contact out;
    out.key = "c-" + last_name;
    out.source = std::move(source);
    out.first_name = "Jane";
    out.last_name = std::move(last_name);
    return out;
}

recognition::Searchable searchable(const std::string& name, std::vector<std::string> people) {
    std::vector<recognition::Record> records;
    for (auto& one : people)
        records.push_back({.id = one, .name = one});
    return {name, recognition::Words::build(recognition::Index::build(records, {"NL"}), name, 1 << 20), {}};
}

struct Ground {
    directory::Snapshot contacts{{contact("a"), contact("b", "ldap"), contact("c")}, {}};
    directory::Roll roll;
    recognition::Searchables all{
        true, {searchable("crm", {"d", "e", "f"}), {"off", nullptr, "It is off."}, searchable("list", {"g"})}};

    Ground() {
        roll.add_other(contact("lobby", "broadworks"));
        roll.finish(true);
    }
    struct Page {
        std::string names;
        std::string next;
    };
    [[nodiscard]] Page page(status::DirectoryQuery query) const {
        std::vector<std::string> names;
        for (const auto& one : all.all)
            names.push_back(one.name);
        auto sources = DirectorySources::read(query.sources, names);
        REQUIRE(sources);
        DirectoryWalk walk({contacts, roll, all}, query, *sources, "31");
        auto begun = walk.begin();
        if (!begun) return {begun.error().text, {}};
        Page out;
        for (std::size_t count = 0; auto place = walk.next(); ++count) {
            if (count == query.limit) {
                out.next = walk.cursor(*place);
                break;
            }
            out.names += (out.names.empty() ? "" : " ") + walk.item(*place).last_name;
        }
        return out;
    }
    [[nodiscard]] std::string names(std::vector<std::string> sources, std::string words = {}) const {
        return page(
                   {.words = std::move(words), .sources = std::move(sources), .folder = {}, .limit = 100, .cursor = {}})
            .names;
    }
};

/// What is wanted of everything that there may be.
std::string wanted(const std::vector<std::string>& words) {
    auto read = DirectorySources::read(words, integrations);
    if (!read) return "invalid: " + read.error().text;
    std::string out;
    for (std::string_view source : {"contacts", "ldap", "entra", "people", "broadworks"})
        if (read->wants(source)) out += fmt::format("{} ", source);
    for (const auto& name : integrations)
        if (read->wants_integration(name)) out += fmt::format("+{} ", name);
    return out;
}

} // namespace

TEST_CASE("a word wants all that it names") {
    struct Row {
        std::vector<std::string> words;
        std::string_view wanted;
    };
    const Row rows[] = {
        {{}, "contacts ldap entra people broadworks +crm +list +ldap "},
        {{"contacts"}, "contacts "},
        {{"personal"}, "contacts "},
        {{"people"}, "people "},
        {{"broadworks"}, "broadworks "},
        {{"users"}, "people broadworks "},
        {{"crm"}, "+crm +list +ldap "},
        {{"list"}, "+list "},
        {{"ldap"}, "ldap +ldap "}, // an integration that is called like a source is found with it
        {{"users", "personal", "crm"}, "contacts people broadworks +crm +list +ldap "},
        {{"list", "list"}, "+list "},
    };
    for (const auto& row : rows)
        CHECK(wanted(row.words) == row.wanted);
    CHECK(wanted({"contacts", "nowhere"}) ==
          "invalid: There is no source \"nowhere\"; there are contacts (or personal), "
          "ldap, entra, people and broadworks (both: users), crm (every integration), crm, "
          "list, ldap.");
    CHECK(wanted({"CRM"}).starts_with("invalid"));
}

TEST_CASE("contacts come first, then people, then the integrations in their order") {
    const Ground ground;
    CHECK(ground.names({}) == "a b c lobby d e f g");
    CHECK(ground.names({"crm", "contacts"}) == "a c d e f g");
    CHECK(ground.names({"ldap"}) == "b");
    CHECK(ground.names({"users"}) == "lobby");
    CHECK(ground.names({"list"}) == "g");
    CHECK(ground.names({"off"}) == "");
    CHECK(ground.names({}, "g") == "g");
    CHECK(ground.page({.words = {}, .sources = {}, .folder = "Sales", .limit = 100, .cursor = {}}).names == "");
    CHECK(ground.page({.words = {}, .sources = {"list"}, .folder = "", .limit = 100, .cursor = {}}).names == "g");
}

TEST_CASE("pages of any length make the whole, over all sources") {
    const Ground ground;
    for (std::size_t limit = 1; limit <= 9; ++limit) {
        std::string all;
        std::string cursor;
        do {
            auto page = ground.page({.words = {}, .sources = {}, .folder = {}, .limit = limit, .cursor = cursor});
            all += (all.empty() ? "" : " ") + page.names;
            cursor = page.next;
        } while (!cursor.empty());
        CHECK(all == "a b c lobby d e f g");
    }
}

TEST_CASE("a page goes on where it was though others come and go") {
    Ground ground;
    status::DirectoryQuery query{.words = {}, .sources = {"crm"}, .folder = {}, .limit = 2, .cursor = {}};
    auto first = ground.page(query);
    CHECK(first.names == "d e");
    query.cursor = first.next;
    ground.all.all[0] = searchable("crm", {"a", "b", "f", "h"}); // f has moved
    CHECK(ground.page(query).names == "f h");
    ground.all.all[0] = searchable("crm", {"d", "e", "h"}); // f has gone: h has its place
    CHECK(ground.page(query).names == "h g");
    ground.all.all[0] = {"crm", nullptr, "It is off."};
    CHECK(ground.page(query).names == "g");
    ground.all.all.erase(ground.all.all.begin());
    CHECK(ground.page(query).names.contains("begin anew"));
    for (std::string cursor : {"x", "i", "i0", "i-", "ix-crm:0", "i99999999999999999999-crm:0"}) {
        query.cursor = cursor;
        CHECK(ground.page(query).names.contains("not one of ours"));
    }
}
