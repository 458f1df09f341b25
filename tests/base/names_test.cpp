// Texts and their numbers: dense, found again however many there are, and never two for one.
#include <doctest/doctest.h>

#include "base/names.hpp"

using lamp::Names;

TEST_CASE("texts get dense numbers and keep them") {
    Names names;
    CHECK(names.find("alice") == std::nullopt);
    CHECK(names.intern("alice") == 0);
    CHECK(names.intern("bob") == 1);
    CHECK(names.intern("alice") == 0);
    CHECK(names.intern("") == 2); // a text like any other
    CHECK(names[0] == "alice");
    CHECK(names[1] == "bob");
    CHECK(names[2].empty());
    CHECK(names.find("") == 2);
    CHECK(names.find("ali") == std::nullopt);
    CHECK(names.size() == 3);
}

TEST_CASE("ten thousand are found again while they grow") {
    Names names;
    for (Names::Index i = 0; i < 10'000; ++i) {
        REQUIRE(names.intern("user" + std::to_string(i)) == i);
        REQUIRE(names.find("user" + std::to_string(i / 2)) == i / 2);
    }
    CHECK(names.size() == 10'000);
    CHECK(names[9'999] == "user9999");
    CHECK(names.find("user10000") == std::nullopt);
}
