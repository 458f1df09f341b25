// Entries, and values of their own forms.
#include <doctest/doctest.h>

#include "ldap/entry.hpp"

using namespace lamp;
using namespace lamp::ldap;

TEST_CASE("attributes are found without regard to case, and with options where there is no plain one") {
    Entry entry{"cn=a", {{"CN;lang-fr", {"Anne"}}, {"cn", {"Anna", "A."}}, {"sn;lang-fr", {"Exemple"}}}};
    CHECK(entry.first("Cn") == "Anna");
    CHECK(entry.values("cn").size() == 2);
    CHECK(entry.first("sn") == "Exemple");
    CHECK(entry.first("s").empty());
    CHECK(entry.values("mail").empty());
}

TEST_CASE("the root entry tells Active Directory") {
    auto root = root_of({"",
                         {{"supportedCapabilities", {"1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.800"}},
                          {"supportedControl", {"1.2.840.113556.1.4.319"}},
                          {"dnsHostName", {"dc1.example.net"}},
                          {"highestCommittedUSN", {"12045"}}}});
    CHECK(root.active_directory);
    CHECK(root.paging);
    CHECK(root.host == "dc1.example.net");
    CHECK(root.last_usn == 12045);
    CHECK_FALSE(root_of({"", {{"supportedLDAPVersion", {"3"}}}}).active_directory);
}

TEST_CASE("objectGUID") {
    const std::string bytes("\x78\x56\x34\x12\x34\x12\x78\x56\x12\x34\x56\x78\x12\x34\x56\x78", 16);
    CHECK(guid_text(bytes) == "12345678-1234-5678-1234-567812345678");
    CHECK(guid_text(bytes.substr(1)).empty());
}

TEST_CASE("times") {
    for (const char* text : {"20261127023758Z", "20261127023758.0Z", "20261127023758.123456Z"}) {
        CAPTURE(text);
        auto time = parse_time(text);
        REQUIRE(time);
        CHECK(time_text(*time) == "20261127023758Z");
    }
    for (const char* text :
         {"", "Z", "20261127023758", "20261327023758Z", "2026112702375xZ", "20261127023758+0100Z", "202611270237Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_time(text));
    }
}
