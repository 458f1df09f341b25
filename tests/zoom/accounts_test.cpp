// Who is who in Zoom.
#include <doctest/doctest.h>

#include "adapters/zoom/accounts.hpp"

using namespace lamp;
using namespace lamp::zoom;

namespace {

std::shared_ptr<const presence::People> people() {
    auto row = [](std::string id, std::string email, std::string zoom) {
        presence::PersonRow made{std::move(id), "N", std::move(email), "F", "", {}};
        made.zoom = std::move(zoom);
        return made;
    };
    std::vector rows{
        row("anna", "Anna@example.net", ""),                    // 0: by her address
        row("bert", "bert@example.net", "b.b@other.example"),   // 1: by the address of the column
        row("carl", "carl@example.net", "uCarl"),               // 2: by the id of the column
        row("dora", "shared@example.net", ""),                  // 3 and 4 share
        row("emil", "other@example.net", "shared@example.net"), //
        row("fred", "fred@example.net", ""),                    // 5: not in Zoom, and nobody said that he is
        row("gina", "gina@example.net", "gina@gone.example"),   // 6: not in Zoom, though the file says so
        row("hans", "", ""),                                    // 7
    };
    return *presence::People::build(rows);
}

} // namespace

TEST_CASE("zoom accounts: without a list, what the people file says is what counts") {
    Accounts accounts;
    accounts.use_people(*people());
    CHECK(accounts.find("", "anna@example.net") == Slot{0});
    CHECK(accounts.find("uSomebody", "anna@example.net") == Slot{0});
    CHECK(accounts.find("", "b.b@other.example") == Slot{1});
    CHECK_FALSE(accounts.find("", "bert@example.net").has_value());
    CHECK(accounts.find("uCarl", "") == Slot{2});
    CHECK(accounts.find("uCarl", "anna@example.net") == Slot{2}); // the id goes before
    CHECK_FALSE(accounts.find("", "carl@example.net").has_value());
    CHECK_FALSE(accounts.find("", "shared@example.net").has_value());
    CHECK_FALSE(accounts.find("", "").has_value());
    CHECK(accounts.user_of(0) == "anna@example.net");
    CHECK(accounts.user_of(2) == "uCarl");
    CHECK(accounts.user_of(3).empty());
    CHECK(accounts.user_of(7).empty());
    accounts.learn("uAnna", "anna@example.net");
    CHECK(accounts.find("uAnna", "") == Slot{0});
    CHECK(accounts.user_of(0) == "uAnna");
    REQUIRE(accounts.doubts().size() == 2);
    CHECK(accounts.doubts()[0].kind == "doubled");
}

TEST_CASE("zoom accounts: the list brings ids, and shows who is not there") {
    Accounts accounts;
    accounts.use_people(*people());
    accounts.begin();
    std::vector<User> page{{"uAnna", "anna@example.net"},
                           {"uBert", "b.b@other.example"},
                           {"uCarl", "c@x.example"},
                           {"uShared", "shared@example.net"}};
    REQUIRE(accounts.take(page));
    CHECK_FALSE(accounts.listed());
    CHECK_FALSE(accounts.find("uAnna", "").has_value());
    accounts.settle();
    CHECK(accounts.find("uAnna", "") == Slot{0});
    CHECK(accounts.find("uBert", "whatever@x.example") == Slot{1});
    CHECK_FALSE(accounts.find("uOther", "anna@example.net").has_value()); // another account uses her address
    CHECK(accounts.user_of(0) == "uAnna");
    CHECK(accounts.user_of(5).empty());
    CHECK(accounts.matched() == 3);
    CHECK(accounts.unmatched() == 2);
    CHECK(accounts.doubled() == 2);
    REQUIRE(accounts.doubts().size() == 3); // nobody said that Fred has an account
    CHECK(accounts.doubts()[2].slot == Slot{6});
    CHECK(accounts.doubts()[2].text == "has no Zoom account gina@gone.example");
    // A list that breaks off changes nothing.
    accounts.begin();
    REQUIRE(accounts.take(std::span(page).first(1)));
    CHECK(accounts.find("uBert", "") == Slot{1});
}
