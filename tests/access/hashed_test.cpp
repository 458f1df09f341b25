// Hashes of secrets as they are written, new secrets, the ends of tokens, scopes within scopes.
#include <doctest/doctest.h>
#include <set>

#include "access/expiry.hpp"
#include "access/hashed.hpp"
#include "access/scope.hpp"

using namespace lamp;
using namespace lamp::access;

TEST_CASE("hashed: FIPS 180-4's example, both ways") {
    constexpr std::string_view abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    CHECK(write_hashed(digest_of("abc")) == abc);
    REQUIRE(read_hashed(abc).has_value());
    CHECK(*read_hashed(abc) == digest_of("abc"));
    CHECK(*read_hashed("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD") == digest_of("abc"));
}

TEST_CASE("hashed: what is no hash") {
    for (std::string_view text : {"", "sha256:", "abc", "sha256:ba7816bf",
                                  "SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                  "sha256:ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                  "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0",
                                  "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a "})
        CHECK_MESSAGE(!read_hashed(text).has_value(), text);
    CHECK(means_hash("sha256:ba"));
    CHECK(!means_hash("sha512:ba"));
}

TEST_CASE("hashed: new secrets are long, plain and never the same") {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        auto secret = new_secret().reveal();
        CHECK(secret.size() == 45);
        CHECK(secret.starts_with("lamp_"));
        CHECK(secret.find_first_not_of("lamp_bcdefghijknqrstuvwxyz23456789") == std::string::npos);
        CHECK(seen.insert(secret).second);
    }
}

TEST_CASE("expiry: a date lasts through its day, a time until then") {
    CHECK(rfc3339(parse_expiry("2027-03-31").value()) == "2027-04-01T00:00:00.000Z");
    CHECK(rfc3339(parse_expiry("2028-02-29").value()) == "2028-03-01T00:00:00.000Z");
    CHECK(rfc3339(parse_expiry("2027-03-31T18:00:00+02:00").value()) == "2027-03-31T16:00:00.000Z");
    for (std::string_view text :
         {"", "soon", "2027-02-29", "2027-3-31", "31-03-2027", "2027-03-31T18:00:00", "2027-03-31 "})
        CHECK_MESSAGE(!parse_expiry(text).has_value(), text);
}

TEST_CASE("scope: who may give what") {
    const Scope everybody;
    const Scope sales{{"Sales"}, {}};
    const Scope both{{"Sales", "Support"}, {"2101@example.net"}};
    const Scope line{{}, {"2101@example.net"}};
    struct Row {
        Scope outer, inner;
        bool covered;
    };
    const Row table[] = {
        {everybody, everybody, true}, {everybody, sales, true}, {sales, everybody, false}, {sales, sales, true},
        {both, sales, true},          {sales, both, false},     {both, line, true},        {line, both, false},
        {line, everybody, false},     {sales, line, false},     {line, sales, false},
    };
    for (const Row& row : table)
        CHECK_MESSAGE(covers(row.outer, row.inner) == row.covered, to_string(row.outer), " | ", to_string(row.inner));
    CHECK(to_string(everybody) == "everybody");
    CHECK(to_string(both) == "folders Sales, Support; lines 2101@example.net");
}
