// What is on disk of agents, and what [acd] takes.
#include <doctest/doctest.h>

#include "acd/options.hpp"
#include "acd/rows.hpp"
#include "config/reader.hpp"
#include "faults/folder.hpp"
#include "store/schema.hpp"

using namespace lamp;
using namespace lamp::acd;

TEST_CASE("rows come back as they were put") {
    faults::Folder folder("acd");
    auto disk = store::Database::open(folder.path() / "lamplighter.db");
    REQUIRE(disk);
    REQUIRE(store::migrate(*disk, store::migrations()));
    REQUIRE(put(*disk, {"b@x", "", false}));
    REQUIRE(put(*disk, {"a'@x", "1007", false}));
    REQUIRE(put(*disk, {"b@x", "12", true}));
    CHECK(read_kept(*disk) == std::vector<Kept>{{"a'@x", "1007", false}, {"b@x", "12", true}});
    REQUIRE(drop(*disk, "a'@x"));
    REQUIRE(drop(*disk, "nobody"));
    CHECK(read_kept(*disk) == std::vector<Kept>{{"b@x", "12", true}});
}

TEST_CASE("the section") {
    auto said = [](const std::string& toml) {
        config::Schema schema;
        schema.add(acd_section());
        return config::to_string(
            config::read_text(schema, "[acd]\n" + toml, "/etc/l.toml", config::Sources::machine()).problems);
    };
    CHECK(said("follow_presence = true\nunavailable_code = \"1007\"\nsettle = \"0s\"\n").empty());
    CHECK(said("unavailable_code = \"12345678901\"\n").find("up to 10 characters") != std::string::npos);
    CHECK(said("unavailable_code = \"a b\"\n").find("up to 10 characters") != std::string::npos);
    CHECK(said("settle = \"10m\"\n").find("settle") != std::string::npos);
    CHECK(said("follow_presense = true\n").find("did you mean") != std::string::npos);
}
