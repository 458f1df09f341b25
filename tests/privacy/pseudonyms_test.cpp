// Debug lines with hashes in place of people.
#include <doctest/doctest.h>

#include "privacy/keyed_hash.hpp"
#include "privacy/pseudonyms.hpp"

using namespace lamp;
using namespace lamp::privacy;

TEST_CASE("numbers, lines and people become hashes, the rest stays") {
    Secret key("key");
    auto shown = [&](std::string_view field, std::string_view value) { return pseudonym(key, "NL", field, value); };
    auto number = keyed_hash(key, "+31612345678");
    CHECK(shown("text", "to 0612345678, until noon") == "to " + number + ", until noon");
    CHECK(shown("number", "+31 6 1234 5678") == number);
    CHECK(shown("to", "+31612345678") == number);
    CHECK(shown("line", "alice@x") == keyed_hash(key, "alice@x"));
    CHECK(shown("why", "alice@x is not watched") == keyed_hash(key, "alice@x") + " is not watched");
    CHECK(shown("person", "") == "");
    for (const char* plain : {"17:30", "2101", "127.0.0.1", "503", "host.example", "12.5", "@", "claim_began"})
        CHECK(shown("why", plain) == plain);
}
