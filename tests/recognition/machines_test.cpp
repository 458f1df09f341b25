// What is taken of what a source says.
#include <doctest/doctest.h>

#include "recognition/accept.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

std::vector<Record> people(std::size_t count) {
    std::vector<Record> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back({.id = std::to_string(i), .name = "x"});
    return out;
}

} // namespace

TEST_CASE("a source that lost its contacts is not believed") {
    auto before = people(100);
    CHECK(accept(before, {.records = people(80)}, false)->size() == 80);
    CHECK(accept(before, {.records = people(79)}, false).error().category == Category::conflict);
    CHECK_FALSE(accept(before, {}, false));
    CHECK_FALSE(accept({}, {}, false));
    CHECK(accept(before, {}, true)->empty());
    CHECK(accept(before, {.whole = false, .records = people(1), .gone = {"5"}}, false)->size() == 99);
    std::vector<std::string> many;
    for (int i = 0; i < 50; ++i)
        many.push_back(std::to_string(i));
    CHECK_FALSE(accept(before, {.whole = false, .gone = many}, false));
}
