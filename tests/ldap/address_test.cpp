// Addresses of directory servers.
#include <doctest/doctest.h>

#include "ldap/address.hpp"

using namespace lamp;
using namespace lamp::ldap;

TEST_CASE("addresses") {
    struct Row {
        std::string_view url, read; // or the beginning of what is said
    };
    const Row rows[] = {
        {"ldap://dc1.example.net", "ldap://dc1.example.net:389"},
        {"ldaps://dc1.example.net/", "ldaps://dc1.example.net:636"},
        {"ldap://192.0.2.1:3268", "ldap://192.0.2.1:3268"},
        {"ldaps://[2001:db8::1]", "ldaps://[2001:db8::1]:636"},
        {"ldaps://[2001:db8::1]:1636", "ldaps://[2001:db8::1]:1636"},
        {"", "must begin with"},
        {"dc1.example.net", "must begin with"},
        {"https://dc1.example.net", "must begin with"},
        {"ldapi:///", "must begin with"},
        {"ldap://", "has no host"},
        {"ldap://a b", "has no host"},
        {"ldap://user@host", "has no host"},
        {"ldap://host:", "has a port"},
        {"ldap://host:0", "has a port"},
        {"ldap://host:65536", "has a port"},
        {"ldap://host:389x", "has a port"},
        {"ldap://[::1", "has a \"[\""},
        {"ldap://[::1]389", "has a port"},
        {"ldap://host/dc=example,dc=net", "must end with the host"},
        {"ldap://host?cn", "must end with the host"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        auto read = parse_address(row.url);
        if (read)
            CHECK(to_string(*read) == row.read);
        else
            CHECK_MESSAGE(read.error().text.starts_with(row.read), read.error().text);
    }
}

TEST_CASE("distinguished names") {
    for (const char* name : {"dc=example,dc=net", "", "cn=Doe\\, Jane,ou=people,dc=example,dc=net", "CN=\u00c4,O=x"}) {
        CAPTURE(name);
        CHECK(is_name(name));
    }
    for (const char* name : {"example.net", "dc=example,,dc=net", "dc=example,net", "=x"}) {
        CAPTURE(name);
        CHECK_FALSE(is_name(name));
    }
}
