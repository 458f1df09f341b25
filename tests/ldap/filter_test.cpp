// Search filters as text.
#include <doctest/doctest.h>

#include "ldap/filter.hpp"

using namespace lamp;
using namespace lamp::ldap;

TEST_CASE("filters") {
    struct Row {
        std::string_view text, read; // or what is said
    };
    const Row rows[] = {
        {"(cn=*)", "(cn=*)"},
        {"cn=*", "(cn=*)"},
        {"(&(objectClass=person)(|(mobile=*)(ipPhone=1*2*3))(!(sn=a)))",
         "(&(objectClass=person)(|(mobile=*)(ipPhone=1*2*3))(!(sn=a)))"},
        {"(userAccountControl:1.2.840.113556.1.4.803:=2)", "(userAccountControl:1.2.840.113556.1.4.803:=2)"},
        {"(:dn:2.4.6.8.10:=Dino)", "(:dn:2.4.6.8.10:=Dino)"},
        {"(cn;lang-fr~=a)", "(cn;lang-fr~=a)"},
        {"(uSNChanged>=5)", "(uSNChanged>=5)"},
        {"(cn=\\28a\\29)", "(cn=\\28a\\29)"},
        {"(&)", "(&)"},
        {"", "wants an attribute at character 2"},
        {"(cn=a", "wants \")\" at character 6"},
        {"(cn=a))", "ends before character 7"},
        {"(cn)", "wants \"=\" at character 4"},
        {"(=a)", "wants an attribute at character 2"},
        {"(&(cn=a)b)", "wants \")\" at character 9"},
        {"(!cn=a)", "wants \"(\" at character 3"},
        {"(cn=a(b)", "wants \"\\28\" instead of \"(\" at character 6"},
        {"(cn=\\2)", "wants two hexadecimal digits behind \"\\\" at character 5"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        auto read = read_filter(row.text);
        CHECK((read ? *read : read.error().text) == row.read);
    }
}

TEST_CASE("filters without end") {
    std::string deep;
    for (int i = 0; i < 100'000 / 3; ++i)
        deep += "(!";
    CHECK_FALSE(read_filter(deep));
    deep.resize(200);
    CHECK(read_filter(deep).error().text == "is more than 32 filters deep");
}

TEST_CASE("a value is no filter") {
    CHECK(escaped("a*(b)\\c") == "a\\2a\\28b\\29\\5cc");
    CHECK(escaped(std::string_view("\0\xc3\xa9", 3)) == "\\00\\c3\\a9");
    CHECK(read_filter("(cn=" + escaped("*)(uid=*") + ")").has_value());
}
