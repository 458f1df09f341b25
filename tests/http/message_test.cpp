// Headers, media types, HTML detection, dates, logins.
#include "here.hpp"
#include "http/message.hpp"

using namespace testing;

TEST_CASE("header look-up knows no case") {
    http::Headers headers{
        {"Content-Type", "text/xml"}, {"X-A", "1"}, {"x-a", "2"}, {"Connection", "Keep-Alive, CLOSE"}};
    CHECK(headers.find("content-type") == "text/xml");
    CHECK(headers.find("X-a") == "1");
    CHECK(headers.all("X-A").size() == 2);
    CHECK_FALSE(headers.find("X").has_value());
    CHECK(headers.has_token("connection", "close"));
    CHECK_FALSE(headers.has_token("connection", "clos"));
}

TEST_CASE("media type and charset") {
    struct Row {
        const char* field;
        const char* type;
        const char* charset;
    };
    const Row rows[] = {
        {"text/xml;charset=UTF-8", "text/xml", "utf-8"},
        {"Application/XML ; Charset = \"ISO-8859-1\"", "application/xml", "iso-8859-1"},
        {"application/json", "application/json", ""},
        {"text/xml; x=y; charset=latin1; z", "text/xml", "latin1"},
        {"text/xml; charsets=no", "text/xml", ""},
        {"", "", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.field));
        http::Head head{.status = 200, .headers = {{"content-type", row.field}}};
        CHECK(head.media_type() == row.type);
        CHECK(head.charset() == row.charset);
    }
}

TEST_CASE("is it a web page") {
    struct Row {
        const char* type;
        const char* body;
        bool html;
    };
    const Row rows[] = {
        {"text/html; charset=utf-8", "", true},
        {"application/xhtml+xml", "<x/>", true},
        {"text/xml", "<?xml version=\"1.0\"?><Channel/>", false},
        {"text/xml", "  <!DOCTYPE HTML PUBLIC>", true},
        {"", "\xEF\xBB\xBF\r\n<html lang=en>", true},
        {"application/xml", "<!-- hello --><HTML>", true},
        {"application/xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE html>", true},
        {"application/xml", "<htmlish/>", false},
        {"application/xml", "<headers/>", false},
        {"application/json", "{\"a\":\"<html>\"}", false},
        {"", "", false},
        {"", "<!-- never ends", false},
        {"", "<script>location='/robot'</script>", true},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.type));
        CAPTURE(std::string(row.body));
        http::Answer answer;
        answer.status = 200;
        if (*row.type != '\0') answer.headers.add("Content-Type", row.type);
        answer.body = row.body;
        CHECK(answer.looks_like_html() == row.html);
    }
}

TEST_CASE("dates and Retry-After") {
    auto noon = Wall(std::chrono::sys_days(std::chrono::year(1994) / 11 / 6)) + 8h + 49min + 37s;
    CHECK(http::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == noon);
    CHECK(http::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == noon);
    CHECK(http::parse_http_date("Sun, 06-Nov-1994 08:49:37 GMT") == noon);
    CHECK(http::parse_http_date("Sun Nov  6 08:49:37 1994") == noon);
    CHECK_FALSE(http::parse_http_date("yesterday").has_value());
    CHECK_FALSE(http::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT and more").has_value());
    auto told = [&](const char* value) { return http::Head{.status = 429, .headers = {{"Retry-After", value}}}; };
    CHECK(told("7").retry_after(noon) == 7s);
    CHECK(told("Sun, 06 Nov 1994 08:50:00 GMT").retry_after(noon) == 23s);
    CHECK(told("Sun, 06 Nov 1994 08:00:00 GMT").retry_after(noon) == 0s);
    CHECK_FALSE(told("-1").retry_after(noon).has_value());
    CHECK_FALSE(told("soon").retry_after(noon).has_value());
    CHECK_FALSE(http::Head{}.retry_after(noon).has_value());
}

TEST_CASE("logins") {
    CHECK(http::basic("Aladdin", Secret("open sesame")).reveal() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(http::basic("", Secret("")).reveal() == "Basic Og==");
    CHECK(http::bearer(Secret("abc")).reveal() == "Bearer abc");
    CHECK(to_string(http::basic("a", Secret("b"))) == "***");
}
