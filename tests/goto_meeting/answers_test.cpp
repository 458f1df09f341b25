// GoToMeeting's bytes: meetings, organisers, errors, and what is none of them.
#include "proto/gotomeeting/answers.hpp"

#include <doctest/doctest.h>

using namespace lamp;
using namespace lamp::gotomeeting;

TEST_CASE("meetings are read in every shape that is known") {
    struct Row {
        const char* what;
        const char* body;
        std::size_t told;
        std::size_t active;
        const char* unheard;
    };
    // clang-format off
    const Row rows[] = {
        {"none",                     "[]",                                                                     0, 0, ""},
        {"a mark and spaces",        "\xef\xbb\xbf [ ] \r\n",                                                  0, 0, ""},
        {"one that runs",            R"([{"meetingId":"1","status":"ACTIVE"}])",                               1, 1, ""},
        {"one that does not",        R"([{"meetingId":"1","status":"INACTIVE"}])",                             1, 0, ""},
        {"legacy keys, numbers",     R"([{"meetingid":1,"uniqueMeetingId":18446744073709551615,"meetingId":"1","status":"Active"}])", 1, 1, ""},
        {"one alone",                R"({"meetingId":1,"status":"ACTIVE"})",                                   1, 1, ""},
        {"another case of the key",  R"([{"Status":"active"}])",                                               1, 1, ""},
        {"several",                  R"([{"status":"INACTIVE"},{"status":"ACTIVE"},{"status":"ACTIVE"}])",     3, 2, ""},
        {"one does not tell",        R"([{"meetingId":1},{"status":"INACTIVE"},{"status":null}])",             1, 0, ""},
        {"a word nobody knows",      R"([{"status":"PAUSED"},{"status":"ACTIVE"}])",                           2, 1, "PAUSED"},
        {"unknown members",          R"([{"conferenceCallInfo":{"a":[1,{"b":null}]},"status":"ACTIVE"}])",     1, 1, ""},
        {"not only objects",         R"([null,"x",{"status":"ACTIVE"}])",                                      1, 1, ""},
        {"the last of two",          R"([{"status":"ACTIVE","status":"INACTIVE"}])",                           1, 0, ""},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto read = read_meetings(row.body);
        REQUIRE_MESSAGE(read.has_value(), (read ? std::string() : read.error().text));
        CHECK(read->told == row.told);
        CHECK(read->active == row.active);
        CHECK(read->unheard == row.unheard);
    }
}

TEST_CASE("what says nothing of meetings is refused, never taken for none") {
    for (const char* body : {"", "  ", "null", "true", "7", "\"ACTIVE\"", "<html></html>", "[{\"status\":\"ACT",
                             "[1,2]", R"([{"meetingId":1}])", R"([{"meetingId":1,"status":3}])", R"([{"status":""}])",
                             R"({"int_err_code":"InvalidToken","msg":"Invalid token passed"})", "[] []"}) {
        CAPTURE(body);
        auto read = read_meetings(body);
        REQUIRE(!read.has_value());
        CHECK(read.error().category == Category::protocol);
        CHECK(read.error().text.ends_with("."));
    }
    CHECK(!read_meetings(std::string(100, '[') + std::string(100, ']')).has_value());
}

TEST_CASE("organisers: keys as numbers or texts, beyond what a double holds") {
    struct Row {
        const char* body;
        std::vector<std::pair<std::string, std::string>> organisers;
    };
    // clang-format off
    const Row rows[] = {
        {"[]", {}},
        {R"([{"organizerKey":300000000000400137,"email":"Bob@Example.net"}])", {{"300000000000400137", "bob@example.net"}}},
        {R"([{"organizerKey":"300000000000400137"}])",                         {{"300000000000400137", ""}}},
        {R"([{"organizerkey":18446744073709551615}])",                         {{"18446744073709551615", ""}}},
        {R"([{"organizerKey":null,"organizerkey":" 7 "}])",                    {{"7", ""}}},
        {R"({"organizerKey":7,"email":"a@b.nl"})",                             {{"7", "a@b.nl"}}},
        {R"([{"organizerKey":-7},{"organizerKey":7.5},{"organizerKey":"x/y"},{"email":"a@b.nl"}])", {}},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.body);
        auto read = read_organisers(row.body);
        REQUIRE(read.has_value());
        REQUIRE(read->size() == row.organisers.size());
        for (std::size_t i = 0; i < read->size(); ++i) {
            CHECK((*read)[i].key == row.organisers[i].first);
            CHECK((*read)[i].email == row.organisers[i].second);
        }
    }
    for (const char* body : {"", "null", "<html>", "[7]"})
        CHECK_MESSAGE(!read_organisers(body).has_value(), body);
}

TEST_CASE("a key is digits, at most twenty") {
    for (const char* good : {"0", "300000000000400137", "18446744073709551615"})
        CHECK_MESSAGE(is_key(good), good);
    for (const char* bad : {"", "-1", "1a", "a@b.nl", "123456789012345678901", " 1", "1/2"})
        CHECK_MESSAGE(!is_key(bad), bad);
}

TEST_CASE("errors in the shapes that are known, tamed") {
    struct Row {
        const char* body;
        const char* code;
        const char* text;
    };
    for (const Row& row : {Row{R"({"int_err_code":"InvalidToken","msg":"Invalid token passed"})", "InvalidToken",
                               "Invalid token passed"},
                           Row{R"({"errorCode":"E7","description":"no\nline"})", "E7", "no line"},
                           Row{R"({"message":"only words"})", "", "only words"}}) {
        auto error = read_error(row.body);
        REQUIRE(error.has_value());
        CHECK(error->code == row.code);
        CHECK(error->text == row.text);
    }
    for (const char* body : {"", "[]", "{}", "<html>", R"({"msg":7})"})
        CHECK_MESSAGE(!read_error(body).has_value(), body);
    auto long_one = read_error(R"({"msg":")" + std::string(199, 'x') + "\xc3\xa9" + R"("})");
    REQUIRE(long_one.has_value());
    CHECK(long_one->text == std::string(199, 'x')); // not half a letter
}
