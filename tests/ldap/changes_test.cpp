// What is asked for, and from where on the next time.
#include <doctest/doctest.h>

#include "ldap/changes.hpp"

using namespace lamp;
using namespace lamp::ldap;

TEST_CASE("what names an entry") {
    Entry entry{"cn=a",
                {{"entryUUID", {"2d2f1a8e-0000-4000-8000-000000000001"}}, {"objectGUID", {std::string(16, '\x11')}}}};
    CHECK(id_of(entry) == "2d2f1a8e-0000-4000-8000-000000000001");
    entry.attributes.erase(entry.attributes.begin());
    CHECK(id_of(entry) == "11111111-1111-1111-1111-111111111111");
    entry.attributes.clear();
    CHECK(id_of(entry) == "cn=a");
}

TEST_CASE("who counts") {
    Question question;
    question.any_of = {"telephoneNumber", "mobile"};
    CHECK(people_filter(question, false) == "(|(telephoneNumber=*)(mobile=*))");
    CHECK(people_filter(question, true) ==
          "(&(|(telephoneNumber=*)(mobile=*))(!(userAccountControl:1.2.840.113556.1.4.803:=2)))");
    question.filter = "uid=*";
    CHECK(people_filter(question, true) == "(uid=*)");
}

TEST_CASE("cursors") {
    Cursor time{.fingerprint = "abc", .since = parse_time("20261127023758Z")};
    Cursor usn{.fingerprint = "abc", .server = "dc1.example.net/1 2", .usn = 12045};
    for (const auto& cursor : {time, usn})
        CHECK(parse_cursor(to_text(cursor)) == cursor);
    CHECK(changed_filter(time) == "(modifyTimestamp>=20261127023758Z)");
    CHECK(changed_filter(usn) == "(uSNChanged>=12046)");
    CHECK(to_text({.fingerprint = "abc"}).empty());
    for (const char* text : {"", "ldap1", "ldap1 a", "ldap1 a usn x ", "ldap1 a time 2026 ", "rest a usn 1 x"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_cursor(text));
    }
    Question question, other;
    question.url = other.url = "ldap://a";
    CHECK(fingerprint_of(question) == fingerprint_of(other));
    other.attributes.push_back("employeeNumber");
    CHECK(fingerprint_of(question) != fingerprint_of(other));
    other = question;
    other.url = "ldap://b";
    CHECK(fingerprint_of(question) != fingerprint_of(other));
}
