// Favourites as a file: what comes of each row, and where a mistake stands.
#include "contacts/favourites_file.hpp"
#include "here.hpp"

using namespace testing;
using Keys = std::vector<std::string>;

namespace {

const FavouriteLists current{{"alice", {"c-1", "gone"}}, {"left", {"c-2"}}};

FavouriteRules rules() {
    return {.is_owner = [](std::string_view owner) { return owner == "alice" || owner.starts_with("team:"); },
            .is_key = [](std::string_view key) { return key.starts_with("c-"); },
            .key_of = [](std::string_view name) -> Result<std::string> {
                if (name == "Bob Roe") return "c-9";
                return fail(Category::not_found, fmt::format("nobody is called \"{}\"", name));
            }};
}

FavouritesPlan planned(std::string_view text) {
    return plan_favourites(current, read_favourites(text), rules());
}

} // namespace

TEST_CASE("lists become what the file says, those of others stay") {
    auto plan = planned("Owner;key;name;position\nteam:sales;c-2;;2\nteam:sales;;Bob Roe;1\nalice;c-1;;\nalice;gone;;\n"
                        "left;;;\nteam:sales;c-3;;\n");
    REQUIRE(told(plan.refusals).empty());
    REQUIRE(plan.changes.size() == 2);
    CHECK(plan.changes[0].owner == "team:sales");
    CHECK(plan.changes[0].line == 2);
    CHECK(plan.changes[0].before.empty());
    CHECK(plan.changes[0].after == Keys{"c-9", "c-2", "c-3"});
    CHECK(plan.changes[1].owner == "left");
    CHECK(plan.changes[1].after.empty()); // a row without anybody
    CHECK(plan.unchanged == 1);
}

TEST_CASE("what is written is read again") {
    std::vector<FavouriteRow> rows{
        {.line = 0, .owner = "alice", .key = "c-1", .name = "=Jane \"J\" Doe", .position = 1},
        {.line = 0, .owner = "alice", .key = "gone", .name = "", .position = 2}};
    auto plan = planned(favourites_text(rows, ';', true));
    CHECK(told(plan.refusals).empty());
    CHECK(plan.changes.empty());
    CHECK(plan.unchanged == 1);
}

TEST_CASE("refused rows have their places, and nothing may be done") {
    struct Row {
        std::string_view text;
        std::string_view told;
    };
    const Row table[]{
        {"", "1:1 : the file is empty; its first row is owner;key;name;position"},
        {"key;name\n", "1:1 owner: is missing: the first row names the columns"},
        {"owner;colour;key\n", "1:7 colour: is no column (allowed: owner;key;name;position)"},
        {"owner;owner;key\n", "1:7 owner: comes twice"},
        {"owner;key\nnobody;c-1\n", "2:1 owner: \"nobody\" is nobody's id; a team is written team:NAME"},
        {"owner;key\nalice;x\n", "2:1 key: \"x\" is nobody's in the directory"},
        {"owner;key\n;c-1\n", "2:1 owner: is empty"},
        {"owner;name\nalice;Jo\n", "2:1 name: nobody is called \"Jo\""},
        {"owner;key\nalice;c-1\nalice;c-1\n", "3:1 key: \"c-1\" comes twice among those of alice"},
        {"owner;key;position\nalice;c-1;0\n", "2:11 position: \"0\" is no number from 1 on"},
        {"owner;key\nalice\n", "2:1 : 1 cells where the first row has 2"},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        auto refusals = told(planned(row.text).refusals);
        REQUIRE_FALSE(refusals.empty());
        CHECK(refusals.front() == row.told);
    }
}

TEST_CASE("a list has a limit") {
    std::string text = "owner;key\n";
    for (std::size_t i = 0; i < favourites_max + 5; ++i)
        text += fmt::format("alice;c-x{}\n", i);
    auto refusals = told(planned(text).refusals);
    REQUIRE(refusals.size() == 1);
    CHECK(refusals.front() == "2:1 owner: \"alice\" has more than 1000 favourites");
}
