// The keys of [[recognition]].
#include <doctest/doctest.h>

#include <set>

#include "config/reader.hpp"
#include "recognition/options.hpp"

using namespace lamp;
using namespace lamp::recognition;

TEST_CASE("no two keys have the same name") {
    std::set<std::string> names;
    auto table = recognition_section().table();
    for (const auto& key : table->keys)
        CHECK(names.insert(key.name).second);
    CHECK(names.contains("preset"));
    CHECK(names.contains("query"));
}
