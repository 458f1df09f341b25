// The archive, byte by byte; that others can open it is for daemon/test_teams.py to see.
#include <array>
#include <doctest/doctest.h>

#include "proto/zip/archive.hpp"

using namespace lamp;
using namespace std::string_view_literals;

TEST_CASE("zip: one file, as others write it") {
    const std::array files{zip::File{"a.txt", "123456789"}}; // whose CRC-32 is 0xcbf43926 in every text book
    constexpr auto expected = "PK\x03\x04\x0a\0\0\0\0\0\0\0\x21\0\x26\x39\xf4\xcb\x09\0\0\0\x09\0\0\0\x05\0\0\0"
                              "a.txt123456789"
                              "PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\x21\0\x26\x39\xf4\xcb\x09\0\0\0\x09\0\0\0\x05\0\0\0"
                              "\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                              "a.txt"
                              "PK\x05\x06\0\0\0\0\x01\0\x01\0\x33\0\0\0\x2c\0\0\0\0\0"sv;
    CHECK(zip::archive(files) == expected);
}

TEST_CASE("zip: the second file is found where the first one ends") {
    const std::array files{zip::File{"a", "xyz"}, zip::File{"b", {}}};
    auto archive = zip::archive(files);
    auto second = archive.find("PK\x03\x04", 1);
    auto entry = archive.rfind("PK\x01\x02");
    REQUIRE(entry != std::string::npos);
    CHECK(static_cast<std::size_t>(static_cast<unsigned char>(archive[entry + 42])) == second);
}
