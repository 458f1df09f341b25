// Characters and numbers: UTF-8 or not, Latin-1 as it is met in the field, strict integers, percent-decoding.
#include <array>

#include "here.hpp"
#include "proto/text/latin1.hpp"
#include "proto/text/text.hpp"

using namespace testing;

TEST_CASE("UTF-8 or not") {
    struct Row {
        std::string_view what;
        std::string_view bytes;
        bool good;
    };
    const Row rows[] = {
        {"nothing", "", true},
        {"ASCII", "hello", true},
        {"ASCII over a word's length", "hello, hello, hello", true},
        {"two bytes", "M\xc3\xbcller", true},
        {"two bytes behind eight", "12345678M\xc3\xbcller", true},
        {"three bytes", "\xe2\x82\xac", true},
        {"four bytes", "\xf0\x9f\x98\x80", true},
        {"the last character", "\xf4\x8f\xbf\xbf", true},
        {"Latin-1", "M\xfcller", false},
        {"Latin-1 at the end", "caf\xe9", false},
        {"a lone continuation", "\x80", false},
        {"cut off", "\xe2\x82", false},
        {"overlong two", "\xc0\xaf", false},
        {"overlong three", "\xe0\x80\xaf", false},
        {"overlong four", "\xf0\x80\x80\xaf", false},
        {"a surrogate", "\xed\xa0\x80", false},
        {"beyond Unicode", "\xf4\x90\x80\x80", false},
        {"0xff", "\xff", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(text::is_utf8(row.bytes) == row.good);
        for (std::size_t pad = 0; pad < 9; ++pad) // wherever in a machine word it lies
            CHECK(text::is_utf8(std::string(pad, 'x') + std::string(row.bytes) + std::string(pad, 'y')) == row.good);
    }
}

TEST_CASE("the beginning of a text cuts no character in two") {
    CHECK(text::beginning("Zoë", 2) == "Zo");
    CHECK(text::beginning("Zoë", 3) == "Zo");
    CHECK(text::beginning("Zoë", 4) == "Zoë");
    CHECK(text::beginning("Zoë", 5) == "Zoë");
    CHECK(text::beginning("\xf0\x9f\x93\x9e", 3).empty());
    CHECK(text::beginning("\xf0\x9f\x93\x9e!", 4) == "\xf0\x9f\x93\x9e");
    CHECK(text::beginning("", 4).empty());
    CHECK(text::beginning("x", 0).empty());
}

TEST_CASE("Latin-1, and windows-1252 where Latin-1 has only controls") {
    CHECK(text::from_latin1("M\xfcller") == "M\xc3\xbcller");
    CHECK(text::from_latin1("\x80 12") == "\xe2\x82\xac 12"); // the euro sign
    CHECK(text::from_latin1("\x93x\x94") == "\xe2\x80\x9cx\xe2\x80\x9d");
    CHECK(text::from_latin1("plain") == "plain");
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    CHECK(text::is_utf8(text::from_latin1(all)));
    CHECK(text::to_latin1(text::from_latin1(all)) == all);
    CHECK_FALSE(text::to_latin1("\xc4\x8c")); // a C with a caron
}

TEST_CASE("integers: the whole text or nothing") {
    struct Row {
        std::string_view text;
        std::optional<int> value;
    };
    const Row rows[] = {
        {"0", 0},    {"12", 12},         {"-5", -5},   {"007", 7},  {"2147483647", 2147483647},
        {"", {}},    {"2147483648", {}}, {"+5", {}},   {" 5", {}},  {"5 ", {}},
        {"5.0", {}}, {"0x10", {}},       {"five", {}}, {"--5", {}}, {"99999999999999999999", {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(text::number<int>(row.text) == row.value);
    }
    CHECK(text::number<unsigned>("-1") == std::nullopt);
    CHECK(text::number<long>("2147483648") == 2147483648L);
}

TEST_CASE("a word's hash sees its length and both of its ends") {
    CHECK(text::word_hash("callId") == text::word_hash(std::string("callId")));
    const std::string_view words[] = {"",
                                      "a",
                                      "b",
                                      "ab",
                                      "ba",
                                      "call",
                                      "calls",
                                      "callId",
                                      "userId",
                                      "extTrackingId",
                                      "externalApplicationId",
                                      "x1234567",
                                      "x1234568",
                                      "y1234567",
                                      "x12345678"};
    for (std::size_t i = 0; i < std::size(words); ++i)
        for (std::size_t k = 0; k < i; ++k) {
            CAPTURE(words[i]);
            CAPTURE(words[k]);
            CHECK(text::word_hash(words[i]) != text::word_hash(words[k]));
        }
}

TEST_CASE("FNV-1a is the one of its inventors, and goes on where it stopped") {
    CHECK(text::fnv1a("") == 0xcbf29ce484222325U);
    CHECK(text::fnv1a("a") == 0xaf63dc4c8601ec8cU);
    CHECK(text::fnv1a("foobar") == 0x85944171f73967e8U);
    CHECK(text::fnv1a("bar", text::fnv1a("foo")) == text::fnv1a("foobar"));
    CHECK(text::fnv1a("\xff") == ((0xcbf29ce484222325U ^ 0xffU) * 0x100000001b3U));
}

TEST_CASE("percent-decoding refuses a broken escape") {
    struct Row {
        std::string_view text;
        std::optional<std::string> value;
    };
    const Row rows[] = {
        {"", ""},
        {"a", "a"},
        {"alice%40example.net", "alice@example.net"},
        {"%41", "A"},
        {"%c3%BC", "\xc3\xbc"},
        {"a+b", "a+b"},
        {"%00", std::string(1, '\0')},
        {"%", {}},
        {"%4", {}},
        {"%4g", {}},
        {"%g4", {}},
        {"abc%", {}},
        {"%%41", {}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(text::percent_decoded(row.text) == row.value);
    }
}

TEST_CASE("hexadecimal digits and what is written with them") {
    const std::string_view digits = "0123456789abcdef";
    for (int c = 0; c < 256; ++c) {
        auto at = digits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
        CAPTURE(c);
        CHECK(text::hex_digit(static_cast<char>(c)) == (at == std::string_view::npos ? -1 : static_cast<int>(at)));
    }
    CHECK(text::hex({}).empty());
    CHECK(text::hex(std::array<unsigned char, 4>{0x00, 0x0f, 0xa0, 0xff}) == "000fa0ff");
}

TEST_CASE("trimming and letters") {
    CHECK(text::trim(" \t\r\n a b \n") == "a b");
    CHECK(text::trim("   ").empty());
    CHECK(text::trim("").empty());
    CHECK(text::lower("ISO-8859-1 \xc4") == "iso-8859-1 \xc4"); // ASCII only
    CHECK(text::same_letters("Content-Type", "content-type"));
    CHECK_FALSE(text::same_letters("a", "ab"));
    CHECK_FALSE(text::same_letters("[", "{")); // 32 apart, and no letters
}
