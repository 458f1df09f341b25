// Addresses and percent-encoding.
#include "here.hpp"

using namespace testing;
using lamp::http::Url;

TEST_CASE("addresses") {
    struct Row {
        const char* text;
        const char* origin; // or "refused"
        const char* place;
        const char* path;
    };
    // clang-format off
    const Row rows[] = {
        {"http://xsp.example.net",                    "http://xsp.example.net",        "xsp.example.net:80",    "/"},
        {"https://xsp.example.net",                   "https://xsp.example.net",       "xsp.example.net:443",   "/"},
        {"HTTPS://XSP.Example.NET:443/a",             "https://xsp.example.net",       "xsp.example.net:443",   "/a"},
        {"https://xsp.example.net:8443/a/b?c=d&e#f",  "https://xsp.example.net:8443",  "xsp.example.net:8443",  "/a/b?c=d&e"},
        {"http://10.0.0.1:8080?x=1",                  "http://10.0.0.1:8080",          "10.0.0.1:8080",         "/?x=1"},
        {"https://[2001:DB8::1]:444/",                "https://[2001:db8::1]:444",     "[2001:db8::1]:444",     "/"},
        {"https://[::1]",                             "https://[::1]",                 "[::1]:443",             "/"},
        {"https://h/user%40x/%20",                    "https://h",                     "h:443",                 "/user%40x/%20"},
        {"http://h:80/",                              "http://h",                      "h:80",                  "/"},
        {"http://h:/",                                "http://h",                      "h:80",                  "/"},
        {"ftp://h/",                                  "refused", "", ""},
        {"https://user:pass@h/",                      "refused", "", ""},
        {"https://user@h/",                           "refused", "", ""},
        {"https://",                                  "refused", "", ""},
        {"https:///path",                             "refused", "", ""},
        {"https://h:0/",                              "refused", "", ""},
        {"https://h:65536/",                          "refused", "", ""},
        {"https://h:x/",                              "refused", "", ""},
        {"https://a b/",                              "refused", "", ""},
        {"https://a%20b/",                            "refused", "", ""},
        {"https://a%0d%0ab/",                         "refused", "", ""},
        {"https://h/a b",                             "refused", "", ""},
        {"https://h/\r\nX: y",                        "refused", "", ""},
        {"https://[::1",                              "refused", "", ""},
        {"h",                                         "refused", "", ""},
        {"//h/",                                      "refused", "", ""},
        {"",                                          "refused", "", ""},
    };
    // clang-format on
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        auto url = Url::parse(row.text);
        if (std::string_view(row.origin) == "refused") {
            REQUIRE_FALSE(url);
            CHECK(url.error().category == Category::invalid);
            continue;
        }
        REQUIRE_MESSAGE(url, url.error().text);
        CHECK(url->origin() == row.origin);
        CHECK(url->place() == row.place);
        CHECK(url->path == row.path);
        auto again = Url::parse(url->text());
        REQUIRE(again);
        CHECK(*again == *url);
    }
}

TEST_CASE("a password in an address is not repeated in the error") {
    CHECK_FALSE(has(Url::parse("https://u:verysecret@h/").error().text, "verysecret"));
    CHECK_FALSE(has(Url::parse("https://u:verysecret@h /").error().text, "verysecret"));
}

TEST_CASE("what a Location means") {
    auto base = url_of("https://xsp1.example.net/com.broadsoft.async/channel?x=1");
    struct Row {
        const char* location;
        const char* meaning;
    };
    const Row rows[] = {
        {"https://xsp2.example.net/a", "https://xsp2.example.net/a"},
        {"//xsp2.example.net:8443/a", "https://xsp2.example.net:8443/a"},
        {"/other?y=2", "https://xsp1.example.net/other?y=2"},
        {"sibling", "https://xsp1.example.net/com.broadsoft.async/sibling"},
        {"../up", "https://xsp1.example.net/up"},
        {"http://[::1]:81/x", "http://[::1]:81/x"},
        {"javascript:alert(1)", "refused"},
        {"ht tp://x", "refused"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.location));
        auto target = base.resolve(row.location);
        if (std::string_view(row.meaning) == "refused")
            CHECK_FALSE(target);
        else
            REQUIRE_MESSAGE(target, target.error().text);
        if (target) CHECK(target->text() == row.meaning);
    }
}

TEST_CASE("percent-encoding") {
    CHECK(http::encode_segment("a b@x") == "a%20b%40x");
    CHECK(http::encode_segment("callhalf-10201:0") == "callhalf-10201:0");
    CHECK(http::encode_segment("a/b?c#d%e\"") == "a%2Fb%3Fc%23d%25e%22");
    CHECK(http::encode_segment("M\xC3\xBCller_~.-") == "M%C3%BCller_~.-");
    CHECK(http::encode_segment("..") == "..");
    CHECK(http::encode_query("a b&c=d+e:f") == "a%20b%26c%3Dd%2Be%3Af");
    CHECK(http::encode_query("") == "");
}
