// A new contact as an entry of a directory server.
#include <doctest/doctest.h>

#include "recognition/ldap_entry.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

LdapOptions options(std::vector<std::string> classes = {"inetOrgPerson"}) {
    LdapOptions made;
    made.create_base = "ou=contacts,dc=example,dc=net";
    made.create_class = std::move(classes);
    return made;
}

} // namespace

TEST_CASE("a contact is an entry, as each kind of server writes it") {
    const NewContact contact{
        "Jane",
        "Doe",
        {{"work", "+31201230002"}, {"Mobiel", "+31612345678"}, {"", "+31201230003"}, {"fax", "+31201230009"}},
        {{"email", "j@x.nl"}, {"company", "Y"}, {"department", "Sales"}, {"notes", "met"}}};
    auto entry = entry_of(contact, options());
    REQUIRE(entry);
    CHECK(to_text(*entry) ==
          "dn: cn=Jane Doe,ou=contacts,dc=example,dc=net\n"
          "objectClass: inetOrgPerson\ncn: Jane Doe\nsn: Doe\ngivenName: Jane\ndisplayName: Jane Doe\n"
          "telephoneNumber: +31201230002\ntelephoneNumber: +31201230003\nmobile: +31612345678\n"
          "facsimileTelephoneNumber: +31201230009\nmail: j@x.nl\no: Y\nou: Sales\ndescription: met\n");
    auto there = entry_of(contact, options({"contact"}));
    REQUIRE(there);
    CHECK(there->first("telephoneNumber") == "+31201230002");
    CHECK(there->first("otherTelephone") == "+31201230003");
    CHECK(there->first("company") == "Y");
    CHECK(there->first("info") == "met");

    auto silent = entry_of({"Jane", "Doe"}, options());
    REQUIRE_FALSE(silent);
    CHECK(silent.error().text.contains("needs a number"));
    auto too_much = entry_of({"Jane", "Doe", {{"work", "2001"}}, {{"folder", "Sales"}, {"vip", "yes"}}}, options());
    REQUIRE_FALSE(too_much);
    CHECK_MESSAGE(too_much.error().text.contains("no place for folder, vip;"), too_much.error().text);
}

TEST_CASE("names of entries hold whatever people are called") {
    CHECK(ldap::name_below("dc=x", "cn", "Jane Doe") == "cn=Jane Doe,dc=x");
    CHECK(ldap::name_below("dc=x", "cn", "Doe, Jane") == "cn=Doe\\, Jane,dc=x");
    CHECK(ldap::name_below("dc=x", "cn", " #a+b\"<c>;=\\ ") == "cn=\\ #a\\+b\\\"\\<c\\>\\;\\=\\\\\\ ,dc=x");
    CHECK(ldap::name_below("dc=x", "cn", "#1\n") == "cn=\\#1\\0a,dc=x");
}
