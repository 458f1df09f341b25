// What an answer of XSI means (xsi.md 2.1, 2.2, 12.15, 12.17), and a login that is refused (3, 12.6).
#include <doctest/doctest.h>

#include "proto/xsi/documents.hpp"
#include "xsi/answers.hpp"
#include "xsi/login.hpp"

using namespace lamp;
using namespace lamp::xsi;

namespace {

const Steady start{std::chrono::hours(1)};

http::Answer answer(int status, std::string body = "", std::string type = "text/xml;charset=UTF-8") {
    http::Answer made;
    made.status = status;
    made.reason = "Reason";
    if (!type.empty()) made.headers.add("Content-Type", std::move(type));
    made.body = std::move(body);
    return made;
}

BroadworksOptions options(Authentication authentication) {
    BroadworksOptions made;
    made.username = "ctiadmin@example.net";
    made.password = Secret("s3cret");
    made.authentication = authentication;
    return made;
}

constexpr std::string_view html = "<!DOCTYPE html><html><body>Are you a robot?</body></html>";

} // namespace

TEST_CASE("status codes and what they mean to us") {
    struct Row {
        int status;
        std::string body;
        std::optional<Category> category; // nothing: success
        std::string_view said;            // must stand in the sentence
    };
    const std::string info = "<ErrorInfo xmlns=\"http://schema.broadsoft.com/xsi\"><summary>Niet gevonden</summary>"
                             "<summaryEnglish>User not found</summaryEnglish><errorCode>4008</errorCode></ErrorInfo>";
    const Row rows[] = {
        {200, "<Calls/>", {}, ""},
        {200, "", {}, ""}, // a PUT's answer
        {201, "<CallStartInfo/>", {}, ""},
        {204, "", {}, ""},
        {302, "", Category::protocol, "302"},
        {400, info, Category::invalid, "User not found (error 4008)"},
        {401, "", Category::unauthorised, "401: Reason"},
        {403, info, Category::forbidden, "403: User not found (error 4008)"},
        {404, info, Category::not_found, "404"},
        {404, "", Category::not_found, "404: Reason"},
        {409, "", Category::conflict, "409"},
        {410, "", Category::not_found, "410"},
        {429, "", Category::throttled, "429"},
        {500, info, Category::unavailable, "500: User not found"},
        {503, "", Category::unavailable, "503"},
        {200, std::string(html), Category::protocol, "web page"}, // 12.17: a shield answers 200
        {403, std::string(html), Category::forbidden, "web page"},
        {401, std::string(html), Category::unauthorised, "web page"},
        {503, std::string(html), Category::unavailable, "web page"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.status);
        CAPTURE(row.body);
        bool page = row.body == html;
        auto result = checked(answer(row.status, row.body, page ? "text/html" : "text/xml"), "GET calls");
        CHECK(result.has_value() == !row.category.has_value());
        if (result) {
            CHECK(*result == row.body);
            continue;
        }
        CAPTURE(result.error().text);
        CHECK(result.error().category == *row.category);
        CHECK(result.error().text.starts_with("GET calls was answered "));
        CHECK(result.error().text.find(row.said) != std::string::npos);
    }
    CHECK_FALSE(checked(answer(200, std::string(html), ""), "x").has_value()); // also without a content type
}

TEST_CASE("charset: the header, else the declaration, else UTF-8; Müller stays Müller (12.15)") {
    struct Row {
        std::string_view what;
        std::string type;
        std::string declared;
        std::string name;
    };
    const Row rows[] = {
        {"UTF-8 all over", "text/xml;charset=UTF-8", "UTF-8", "M\xc3\xbcller"},
        {"Latin-1 by header and declaration", "text/xml; charset=ISO-8859-1", "ISO-8859-1", "M\xfcller"},
        {"Latin-1 by header only", "text/xml; charset=\"iso-8859-1\"", "UTF-8", "M\xfcller"},
        {"Latin-1 by declaration only", "text/xml", "ISO-8859-1", "M\xfcller"},
        {"Latin-1 by nothing", "text/xml", "UTF-8", "M\xfcller"},
        {"windows-1252 by header", "text/xml; charset=windows-1252", "UTF-8", "M\xfcller"},
        {"UTF-8, with a header that says otherwise", "text/xml; charset=ISO-8859-1", "UTF-8", "M\xc3\xbcller"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto body = checked(answer(200,
                                   "<?xml version=\"1.0\" encoding=\"" + row.declared + "\"?><ErrorInfo><summary>" +
                                       row.name + "</summary></ErrorInfo>",
                                   row.type),
                            "x");
        REQUIRE(body.has_value());
        auto read = read_error(*body);
        REQUIRE(read.has_value());
        CHECK(read->summary == "M\xc3\xbcller");
    }
}

TEST_CASE("what stands in the Authorization header") {
    Login basic(options(Authentication::basic));
    CHECK(basic.authorization().reveal() == "Basic Y3RpYWRtaW5AZXhhbXBsZS5uZXQ6czNjcmV0");
    CHECK_FALSE(basic.wants_token());
    CHECK(basic.user() == "ctiadmin@example.net");
    Login bearer(options(Authentication::bearer));
    CHECK(bearer.authorization().reveal() == "Bearer s3cret");
    Login token(options(Authentication::login_token));
    CHECK(token.authorization().empty());
    CHECK(token.wants_token());
    CHECK(token.basic().reveal() == basic.authorization().reveal());
    token.use_token("abc");
    CHECK(token.authorization().reveal() == "BroadWorksSSO abc");
    CHECK_FALSE(token.wants_token());
}

TEST_CASE("401: the login counts as refused for minutes, for everybody who uses it") {
    for (auto way : {Authentication::basic, Authentication::bearer}) {
        Login login(options(way));
        CHECK_FALSE(login.refused(start));
        login.on_unauthorised(start);
        CHECK(login.refused(start + std::chrono::minutes(9)));
        CHECK(login.refused_until() == start + std::chrono::minutes(10));
        CHECK_FALSE(login.refused(start + std::chrono::minutes(10)));
        CHECK_FALSE(login.authorization().empty());
        login.on_unauthorised(start + std::chrono::minutes(10));
        CHECK(login.refused(start + std::chrono::minutes(19)));
        login.on_accepted();
        CHECK_FALSE(login.refused(start + std::chrono::minutes(11)));
    }
}

TEST_CASE(
    "401 with a login token: one new token at once, then minutes; and the try after that begins with the password") {
    Login login(options(Authentication::login_token));
    login.use_token("one");
    login.on_unauthorised(start); // expired
    CHECK_FALSE(login.refused(start));
    CHECK(login.wants_token());
    login.use_token("two");
    login.on_unauthorised(start + seconds(1)); // that one, too
    CHECK(login.refused(start + seconds(2)));
    CHECK(login.wants_token()); // in ten minutes, a third one and not this one again
    login.use_token("three");
    login.on_accepted();
    CHECK_FALSE(login.refused(start + seconds(3)));
    login.on_unauthorised(start + std::chrono::hours(5)); // expired again, long after: renewed at once again
    CHECK_FALSE(login.refused(start + std::chrono::hours(5)));
    CHECK(login.wants_token());
}
