// People and directories as items: what is kept of them, how they are found.
#include <algorithm>
#include <doctest/doctest.h>

#include "directory/roll.hpp"

using namespace lamp;
using contacts::Contact;
using directory::Roll;

namespace {

Contact item(std::string key, std::string source, std::vector<std::string> lines, std::string number = {},
             std::string extension = {}) {
    Contact contact;
    contact.key = std::move(key);
    contact.source = std::move(source);
    contact.lines = std::move(lines);
    contact.extension = std::move(extension);
    if (!number.empty()) contact.numbers.push_back({"work", std::move(number)});
    return contact;
}

Roll office() {
    std::vector<presence::PersonRow> rows;
    rows.push_back({.id = "alice@example.net",
                    .name = "Alice van Dijk",
                    .email = "alice@example.net",
                    .folder = "Sales",
                    .teams = {},
                    .lines = {"2000", "2001"}});
    rows.push_back(
        {.id = "bob@example.net", .name = "Bob", .email = {}, .folder = {}, .teams = {}, .lines = {"bob@example.net"}});
    rows.push_back(
        {.id = "eve@example.net", .name = "Zoë Eve", .email = {}, .folder = "Sales", .teams = {}, .lines = {}});
    auto people = presence::People::build(rows);
    REQUIRE(people.has_value());
    Roll roll(*people);
    for (auto slot : (*people)->order()) {
        auto id = std::string((*people)->person(slot).id);
        if (id.starts_with("alice")) roll.add_person(item(id, "people", {"2000", "2001"}, "+31201230002", "2000"));
        if (id.starts_with("bob")) roll.add_person(item(id, "broadworks", {id}));
        if (id.starts_with("eve")) roll.add_person(item(id, "people", {}));
    }
    auto lobby = item("lobby@example.net", "broadworks", {"lobby@example.net"}, "+31201230009");
    lobby.last_name = "Lobby";
    roll.add_other(std::move(lobby));
    auto cellar = item("cellar@example.net", "broadworks", {"cellar@example.net"}, "+31201230010", "2010");
    cellar.last_name = "Cellar";
    cellar.folder = "Lobby 0201230010"; // as somebody may write it who dials
    roll.add_other(std::move(cellar));
    roll.finish(true);
    return roll;
}

std::vector<std::string> found(const Roll& roll, std::string_view query) {
    std::vector<std::string> keys;
    for (auto place : roll.search(query, 100, "31", 0))
        keys.push_back(roll.contact(place).key);
    std::ranges::sort(keys);
    return keys;
}
using Keys = std::vector<std::string>;

} // namespace

TEST_CASE("what is kept of people is given back") {
    auto roll = office();
    CHECK(roll.size() == 5);
    auto alice = roll.contact(roll.find("alice@example.net").value());
    CHECK(alice.source == "people");
    CHECK(alice.first_name == "Alice");
    CHECK(alice.last_name == "van Dijk");
    CHECK(alice.folder == "Sales");
    CHECK(alice.extension == "2000");
    CHECK(alice.lines == Keys{"2000", "2001"});
    REQUIRE(alice.numbers.size() == 1);
    CHECK(alice.numbers.front().number == "+31201230002");
    auto bob = roll.contact(roll.find("bob@example.net").value());
    CHECK(bob.last_name == "Bob");
    CHECK(bob.source == "broadworks");
    CHECK(bob.lines == Keys{"bob@example.net"});
    CHECK(bob.numbers.empty());
    CHECK(roll.contact(roll.find("eve@example.net").value()).lines.empty());
    CHECK(roll.contact(roll.find("lobby@example.net").value()).last_name == "Lobby");
    CHECK(roll.contact(roll.find("cellar@example.net").value()).last_name == "Cellar");
    CHECK_FALSE(roll.find("nobody@example.net").has_value());
    CHECK_FALSE(roll.find("a@example.net").has_value());
    CHECK_FALSE(Roll().find("nobody@example.net").has_value());
}

TEST_CASE("people are found by words and numbers") {
    auto roll = office();
    CHECK(found(roll, "") ==
          Keys{"alice@example.net", "bob@example.net", "cellar@example.net", "eve@example.net", "lobby@example.net"});
    CHECK(found(roll, "zoe") == Keys{"eve@example.net"});
    CHECK(found(roll, "dijk sales") == Keys{"alice@example.net"});
    CHECK(found(roll, "LOBBY") == Keys{"cellar@example.net", "lobby@example.net"});
    CHECK(found(roll, "lobby cellar") == Keys{"cellar@example.net"});
    CHECK(found(roll, "2010") == Keys{"cellar@example.net"});
    CHECK(found(roll, "+3120123") == Keys{"alice@example.net", "cellar@example.net", "lobby@example.net"});
    CHECK(found(roll, "020 123") == found(roll, "+3120123"));
    CHECK(found(roll, "020 123 0010") == Keys{"cellar@example.net"});
    CHECK(found(roll, "020 123 0002") == Keys{"alice@example.net"});
    CHECK(found(roll, "020-1230009") == Keys{"lobby@example.net"});
    CHECK(found(roll, "nobody").empty());
    using Places = std::vector<std::uint32_t>;
    CHECK(roll.search("", 2, "31", 1) == Places{1, 2});
    CHECK(roll.search("", 2, "31", 2) == Places{2, 3});
    CHECK(roll.search("", 9, "31", 4) == Places{4});
    CHECK(roll.search("020 123", 2, "31", 0).size() == 2);
    CHECK(roll.search("020 123", 1, "31", 3) == Places{3});
    CHECK(roll.search("lobby", 9, "31", 4) == Places{4});
    CHECK(roll.search("lobby", 9, "31", 5).empty());
}
