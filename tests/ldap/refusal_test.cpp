// What refusals say to people.
#include <doctest/doctest.h>
#include <ldap.h>

#include "ldap/refusal.hpp"

using namespace lamp;
using namespace lamp::ldap;

TEST_CASE("each refusal says what to do") {
    const Asked bind{Step::bind, "ldap://d:389", "", true}, search{Step::search, "ldap://d:389", "dc=x", true};
    const Asked nobody{Step::search, "ldap://d:389", "dc=x", false}, tls{Step::tls, "ldaps://d:636", "", true};
    const Asked add{Step::add, "ldap://d:389", "cn=Jane,dc=x", true};
    const Asked start{Step::start_tls, "ldap://d:389", "", true};
    struct Row {
        int code;
        const Asked& asked;
        std::string_view said;
        Category category;
        std::string_view text;
    };
    constexpr std::string_view locked =
        "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 775, v2580";
    constexpr std::string_view wrong =
        "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 52e, v2580";
    const Row rows[] = {
        {LDAP_INVALID_CREDENTIALS, bind, "", Category::unauthorised, "check bind_dn and password"},
        {LDAP_INVALID_CREDENTIALS, bind, wrong, Category::unauthorised, "name or password are wrong"},
        {LDAP_INVALID_CREDENTIALS, bind, locked, Category::forbidden, "the account is locked"},
        {LDAP_NO_SUCH_OBJECT, bind, "", Category::unauthorised, "check bind_dn and password"},
        {LDAP_NO_SUCH_OBJECT, search, "", Category::not_found, "has no base \"dc=x\""},
        {LDAP_NO_SUCH_OBJECT, nobody, "", Category::not_found, "it wants a login"},
        {LDAP_INVALID_DN_SYNTAX, bind, "", Category::invalid, "bind_dn"},
        {LDAP_INVALID_DN_SYNTAX, search, "", Category::invalid, "base"},
        {LDAP_INSUFFICIENT_ACCESS, search, "", Category::forbidden, "the right to read"},
        {LDAP_OPERATIONS_ERROR, nobody, "In order to perform this operation a successful bind must be completed",
         Category::forbidden, "set bind_dn and password"},
        {LDAP_STRONG_AUTH_REQUIRED, bind, "", Category::forbidden, "start_tls = true"},
        {LDAP_CONFIDENTIALITY_REQUIRED, bind, "", Category::forbidden, "start_tls = true"},
        {LDAP_SIZELIMIT_EXCEEDED, search, "", Category::limit, "raise the size limit"},
        {LDAP_TIMELIMIT_EXCEEDED, search, "", Category::timeout, "time limit"},
        {LDAP_REFERRAL, search, "", Category::unavailable, "url must name that one"},
        {LDAP_BUSY, search, "", Category::unavailable, "cannot serve now"},
        {LDAP_TIMEOUT, search, "", Category::timeout, "kept silent"},
        {LDAP_SERVER_DOWN, search, "", Category::network, "closed the connection"},
        {LDAP_CONNECT_ERROR, tls, "certificate expired", Category::network, "(certificate expired); check ca_file"},
        {LDAP_PROTOCOL_ERROR, start, "unsupported extended operation", Category::protocol, "use ldaps://"},
        {LDAP_ALREADY_EXISTS, add, "", Category::conflict, "an entry \"cn=Jane,dc=x\" already"},
        {LDAP_NO_SUCH_OBJECT, add, "", Category::not_found, "check create_base"},
        {LDAP_INSUFFICIENT_ACCESS, add, "", Category::forbidden, "the right to add entries below create_base"},
        {LDAP_OBJECT_CLASS_VIOLATION, add, "attribute 'sn' required", Category::invalid, "(attribute 'sn' required)"},
        {LDAP_UNAVAILABLE_CRITICAL_EXTENSION, search, "", Category::protocol, "Critical extension is unavailable"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.code);
        auto error = refusal(row.code, row.asked, row.said, "");
        CAPTURE(error.text);
        CHECK(error.category == row.category);
        CHECK(error.text.contains(row.text));
        CHECK(error.text.contains(row.asked.server) != error.text.starts_with("filter"));
        CHECK(error.text.ends_with("."));
    }
}

TEST_CASE("the server's words are one line of text") {
    const Asked asked{Step::search, "ldap://d:389", "dc=x", true};
    auto error = refusal(LDAP_UNAVAILABLE, asked, std::string(159, 'a') + "\xc3\xa9" + "b", "");
    CHECK(error.text.ends_with("(" + std::string(159, 'a') + ")."));
    CHECK(refusal(LDAP_UNAVAILABLE, asked, "a\nb\x1b[1m", "").text.contains("(a b [1m)"));
    CHECK(refusal(LDAP_NO_SUCH_OBJECT, asked, "", "dc=\xff\nnet").text.contains("there is \"dc=\","));
    CHECK(refusal(LDAP_NO_SUCH_OBJECT, asked, "", "dc=net").text.contains("there is \"dc=net\""));
}
