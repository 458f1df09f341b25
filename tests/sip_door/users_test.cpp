// The users file: what its lines give, and each mistake with its line and column.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proto/sip/users.hpp"

using namespace lamp::sip;
using namespace std::string_literals;

namespace {

constexpr std::string_view md5 = "0123456789abcdef0123456789abcdef";
constexpr std::string_view sha = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// "LINE:COLUMN message" each, a line each.
std::string mistakes(std::string_view text) {
    std::string out;
    for (const auto& mistake : Users::read(text).mistakes)
        out += fmt::format("{}:{} {}\n", mistake.line, mistake.column, mistake.message);
    return out;
}

std::string sum(const Users& users, std::string_view user, std::string_view realm, Algorithm algorithm) {
    return std::string(users.ha1(user, realm, algorithm).value_or("-"));
}

} // namespace

TEST_CASE("three algorithms, comments, line ends") {
    const auto text = fmt::format("# who may watch\r\n"
                                  "ada@pbx.example:pbx.example:{0}\r\n"
                                  "ada@pbx.example:pbx.example:SHA-256:{1}\r\n"
                                  "\r\n \t \r\n"
                                  "ada@pbx.example:pbx.example:sha-512-256:{2}\n"
                                  "bob:pbx.example:md5:{3}\n"
                                  "#bob:pbx.example:SHA-256:{1}\n"
                                  "bob:Other Realm:{0}",
                                  md5, sha, std::string(64, 'C'), std::string(32, 'D'));
    const auto reading = Users::read(text);
    CHECK(mistakes(text).empty());
    const Users& users = reading.users;
    CHECK(users.size() == 5);
    CHECK(sum(users, "ada@pbx.example", "pbx.example", Algorithm::md5) == md5);
    CHECK(sum(users, "ada@pbx.example", "pbx.example", Algorithm::sha256) == sha);
    CHECK(sum(users, "ada@pbx.example", "pbx.example", Algorithm::sha512_256) == std::string(64, 'c'));
    CHECK(sum(users, "bob", "pbx.example", Algorithm::md5) == std::string(32, 'd'));
    CHECK(sum(users, "bob", "Other Realm", Algorithm::md5) == md5);
    CHECK(sum(users, "bob", "pbx.example", Algorithm::sha256) == "-");
    CHECK(sum(users, "Bob", "pbx.example", Algorithm::md5) == "-"); // what was summed up was "bob"
    CHECK(sum(users, "bob", "PBX.example", Algorithm::md5) == "-");
    CHECK(sum(users, "cem", "pbx.example", Algorithm::md5) == "-");
    CHECK(sum(users, "bob", "pbx.example", Algorithm::other) == "-");
    CHECK(sum(users, "", "", Algorithm::md5) == "-");
}

// clang-format off
TEST_CASE("each mistake with its place") {
    struct Row {
        std::string text;
        std::string_view mistakes;
    };
    const auto good = "bob:pbx.example:"s + std::string(md5);
    const Row rows[] = {
        {"",                                        ""},
        {"\n\n# nobody\n",                          ""},
        {good,                                      ""},
        {"bob",                                     "1:1 is neither user:realm:HA1 nor user:realm:ALGORITHM:HA1\n"},
        {"bob:secret",                              "1:1 is neither user:realm:HA1 nor user:realm:ALGORITHM:HA1\n"},
        {good + ":x:y",                             "1:1 is neither user:realm:HA1 nor user:realm:ALGORITHM:HA1\n"},
        {"sip:" + good + "\n",                      "1:9 is none of MD5, SHA-256, SHA-512-256\n"}, // an address, not a user
        {"\r\n:pbx.example:" + std::string(md5),    "2:1 needs a user and a realm\n"},
        {"bob::" + std::string(md5),                "1:5 needs a user and a realm\n"},
        {" " + good,                                "1:1 begins with white space\n"},
        {" \t# bob\n#bob\n",                        ""},
        {"bob:r::" + std::string(md5),              "1:7 is none of MD5, SHA-256, SHA-512-256\n"},
        {"bob:r:SHA1:" + std::string(md5),          "1:7 is none of MD5, SHA-256, SHA-512-256\n"},
        {"bob:r:MD5-sess:" + std::string(md5),      "1:7 is none of MD5, SHA-256, SHA-512-256\n"},
        {"bob:r:secret",                            "1:7 is no MD5 sum of 32 hexadecimal digits\n"},
        {"bob:r:",                                  "1:7 is no MD5 sum of 32 hexadecimal digits\n"},
        {"bob:r:" + std::string(sha),               "1:7 is no MD5 sum of 32 hexadecimal digits\n"},
        {good + " ",                                "1:17 is no MD5 sum of 32 hexadecimal digits\n"},
        {"bob:r:" + std::string(31, '0') + "g",     "1:7 is no MD5 sum of 32 hexadecimal digits\n"},
        {"bob:r:SHA-256:" + std::string(md5),       "1:15 is no SHA-256 sum of 64 hexadecimal digits\n"},
        {"bob:r:SHA-512-256:" + std::string(md5),   "1:19 is no SHA-512-256 sum of 64 hexadecimal digits\n"},
        {good + "\n" + good,                        "2:1 stands here twice\n"},
        {good + "\nbob:pbx.example:MD5:" + std::string(md5), "2:1 stands here twice\n"},
        {"bob\r\n" + good + "\r\n# x\r\nada:r:x\r\n", "1:1 is neither user:realm:HA1 nor user:realm:ALGORITHM:HA1\n"
                                                    "4:7 is no MD5 sum of 32 hexadecimal digits\n"},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        CHECK(mistakes(row.text) == row.mistakes);
    }
}
// clang-format on

TEST_CASE("a byte order mark belongs to no user") {
    const auto text = fmt::format("\xEF\xBB\xBF"
                                  "ada:pbx.example:{}\r\nbob\r\n",
                                  md5);
    CHECK(sum(Users::read(text).users, "ada", "pbx.example", Algorithm::md5) == md5);
    CHECK(mistakes(text).starts_with("2:1 "));
}

TEST_CASE("what is right is there although something else is wrong") {
    const auto reading = Users::read(fmt::format("bob\nada:pbx.example:{}\n", md5));
    CHECK(reading.mistakes.size() == 1);
    CHECK(sum(reading.users, "ada", "pbx.example", Algorithm::md5) == md5);
}

TEST_CASE("a password is known in any realm of the file, and never an empty or a foreign one") {
    const auto cti = ha1(Algorithm::md5, "cti", "pbx.example", "open sesame");
    const auto tapi = ha1(Algorithm::sha256, "tapi", "pbx.example", "hunter2");
    const auto users =
        Users::read(
            fmt::format("cti:other.example:{}\ncti:pbx.example:{}\ntapi:pbx.example:SHA-256:{}\n", md5, cti, tapi))
            .users;
    CHECK(users.knows("cti", "open sesame"));
    CHECK(users.knows("tapi", "hunter2"));
    CHECK_FALSE(users.knows("cti", "hunter2"));
    CHECK_FALSE(users.knows("CTI", "open sesame"));
    CHECK_FALSE(users.knows("cti", ""));
    CHECK_FALSE(users.knows("nobody", "open sesame"));
    CHECK_FALSE(users.knows("", ""));
    CHECK_FALSE(Users().knows("cti", "open sesame"));
}
