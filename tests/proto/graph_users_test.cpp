// Pages of the directory's users and of their changes (cloud-apis.md A10).
#include "here.hpp"

#include <fmt/format.h>

#include "proto/graph/users.hpp"

using namespace lamp;
using namespace lamp::graph;

namespace {

#define ONE "11111111-1111-1111-1111-111111111111"
#define TWO "22222222-2222-2222-2222-222222222222"

std::string list(const std::vector<std::string>& texts) {
    std::string line;
    for (const auto& text : texts)
        line += (line.empty() ? "" : ",") + text;
    return line;
}

/// "1111 alice@example.net mail name [addresses] [phones] disabled deleted"
std::string told(const UserPage& page) {
    std::string line;
    for (const User& user : page.users) {
        line += fmt::format("{}{} {}|{}|{} [{}] [{}]", line.empty() ? "" : " ; ", to_string(user.id).substr(0, 4),
                            user.upn, user.mail, user.name, list(user.addresses), list(user.phones));
        if (!user.enabled) line += " disabled";
        if (user.removed != Removed::no) line += user.removed == Removed::deleted ? " deleted" : " changed";
    }
    if (!page.next_link.empty()) line += " next=" + page.next_link;
    if (!page.delta_link.empty()) line += " delta=" + page.delta_link;
    return line;
}

} // namespace

TEST_CASE("pages") {
    struct Row {
        std::string_view what;
        std::string_view body;
        std::string_view told;
        std::size_t passed_over;
    };
    const Row rows[] = {
        {"all of a user",
         R"({"@odata.context":"c","@odata.nextLink":"https://x/v1.0/users?$skiptoken=a%2Bb","value":[{"id":")" ONE
         R"(","displayName":"Alice","userPrincipalName":"alice@example.net","mail":"a.smith@example.net",)"
         R"("accountEnabled":true,)"
         R"("proxyAddresses":["SMTP:a.smith@example.net","smtp:alice@example.org","SIP:alice@example.net",)"
         R"("x500:/o=x","smtp:"],)"
         R"("businessPhones":["+31 20 123 0001","1001"],"mobilePhone":"+31 6 1"}]})",
         "1111 alice@example.net|a.smith@example.net|Alice [a.smith@example.net,alice@example.org] "
         "[+31 20 123 0001,1001,+31 6 1] next=https://x/v1.0/users?$skiptoken=a%2Bb",
         0},
        {"nulls and absences",
         R"({"value":[{"id":")" ONE
         R"(","displayName":null,"mail":null,"mobilePhone":null,"businessPhones":[],"proxyAddresses":null},)"
         R"({"accountEnabled":false,"id":")" TWO R"("}]})",
         "1111 || [] [] ; 2222 || [] [] disabled", 0},
        {"one user alone", R"({"id":")" ONE R"(","userPrincipalName":"alice@example.net","mobilePhone":"1"})",
         "1111 alice@example.net|| [] [1]", 0},
        {"removed",
         R"({"value":[{"id":")" ONE R"(","@removed":{"reason":"changed"}},{"@removed":{"reason":"deleted"},"id":")" TWO
         R"("},{"id":")" ONE R"(","@removed":{}},{"id":")" ONE
         R"(","@removed":null}],"@odata.deltaLink":"https://x/d"})",
         "1111 || [] [] changed ; 2222 || [] [] deleted ; 1111 || [] [] changed ; 1111 || [] [] delta=https://x/d", 0},
        {"twice", R"({"value":[{"id":")" ONE R"(","mail":"a@x","mobilePhone":"1"},{"id":")" ONE R"(","mail":"b@x"}]})",
         "1111 |a@x| [] [1] ; 1111 |b@x| [] []", 0},
        {"empty, and another one follows", R"({"value":[],"@odata.nextLink":"https://x/n"})", " next=https://x/n", 0},
        {"empty, and the last", R"({"value":[],"@odata.deltaLink":"https://x/d"})", " delta=https://x/d", 0},
        {"null", R"({"value":null})", "", 0},
        {"without an id that is a GUID", R"({"value":[{"mail":"a@x"},{"id":"alice@example.net"},{"id":")" TWO R"("}]})",
         "2222 || [] []", 2},
        {"values of other kinds",
         R"({"value":[7,null,[{"id":")" ONE R"("}],{"id":")" TWO
         R"(","mail":5,"businessPhones":"1","proxyAddresses":{"x":"smtp:a@x"},"accountEnabled":"no","@removed":7}]})",
         "2222 || [] []", 1},
        {"escapes", R"({"value":[{"id":")" ONE R"(","displayName":"Zo\u00eb \"Z\"","mail":"a\u0040x"}]})",
         "1111 |a@x|Zo\xc3\xab \"Z\" [] []", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto page = read_users(row.body);
        REQUIRE_MESSAGE(page.has_value(), page.error().text);
        CHECK(told(*page) == row.told);
        CHECK(page->passed_over == row.passed_over);
    }
    for (std::string_view body : {"", "{}", "[]", R"({"value":{}})", R"({"error":{"code":"syncStateNotFound"}})",
                                  R"({"value":[{"id":")" ONE R"("})", "<html>"}) {
        CAPTURE(body);
        auto page = read_users(body);
        REQUIRE_FALSE(page.has_value());
        CHECK(page.error().category == Category::protocol);
    }
}

TEST_CASE("what is asked for") {
    const std::string fields = "$select=id,displayName,userPrincipalName,mail,proxyAddresses,accountEnabled,"
                               "businessPhones,mobilePhone";
    CHECK(users_target() == "/v1.0/users?" + fields + "&$top=999");
    CHECK(users_target(50) == "/v1.0/users?" + fields + "&$top=50");
    CHECK(users_target(0) == "/v1.0/users?" + fields + "&$top=1");
    CHECK(users_target(5000) == "/v1.0/users?" + fields + "&$top=999");
    CHECK(delta_target() == "/v1.0/users/delta?" + fields);
    CHECK(user_target("alice@example.net") == "/v1.0/users/alice@example.net?" + fields);
    CHECK(user_target("a/b?c#d e%\xc3\xab") == "/v1.0/users/a%2Fb%3Fc%23d%20e%25%C3%AB?" + fields);
}
