// A number's characters out of what people write around them: every separator, every mark, every way to be none.
#include <doctest/doctest.h>

#include "numbers/written.hpp"

using namespace lamp::numbers;

namespace {

/// The characters; "(0)" left out behind a bar where that differs; "!" and why.
std::string read(std::string_view written) {
    auto number = read_written(written);
    if (!number) return "! " + number.error().text;
    if (number->characters == number->without_zeros) return number->characters;
    return number->characters + "|" + number->without_zeros;
}

} // namespace

TEST_CASE("what is written around the digits does not count") {
    struct Row {
        std::string_view written, characters;
    };
    // clang-format off
    const Row rows[] = {
        {"0612345678",                                "0612345678"},
        {" 06 - 12.34/56\t78\r\n",                    "0612345678"},
        {"(020) 123 4567",                            "0201234567"},
        {"(+31) 20 1234567",                          "+31201234567"},
        {"+31 (0)20 123 4567",                        "+310201234567|+31201234567"},
        {"+31 ( 0 ) 20 123 4567",                     "+310201234567|+31201234567"},
        {"+31(0)20",                                  "+31020|+3120"},
        {"(0)20 123",                                 "020123"}, // the first digit is no "(0)" behind others
        {"+31 (020) 123",                             "+31020123"},
        {"\u202a+31612345678\u202c",                  "+31612345678"}, // iOS
        {"06\u00a012\u202f34\u2009567\u200b8\ufeff",  "0612345678"},
        {"\u200e\u00a0tel:06\u00ad12",                "0612"},
        {"06\u20111234\u20135678\u22120",             "06123456780"},
        {"\uff0b\uff13\uff11\uff16",                  "+316"}, // full-width
        {"\u0660\u0666\u06f1\u06f2",                  "0612"}, // Arabic, Persian
        {"TEL:+31-6;ext=12;isub=3",                   "+316"},
        {"20 123;phone-context=+31",                  "+3120123"},
        {"2001;phone-context=pbx.example",            "2001"},
        {"*21*06-12#",                                "*21*0612#"},
        {"#31#",                                      "#31#"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.written);
        CHECK(read(row.written) == row.characters);
    }
}

TEST_CASE("what is no number, and why") {
    struct Row {
        std::string_view written, why;
    };
    // clang-format off
    const Row rows[] = {
        {"",                          "no digit"},
        {" \u00a0\t",                 "no digit"},
        {"+",                         "no digit"},
        {"+(0)",                      "no digit"},
        {"*#",                        "no digit"},
        {"tel:",                      "no digit"},
        {"()",                        "no digit"},
        {"Lunch with Bob",            "\"L\" cannot stand"},
        {"2001a",                     "\"a\" cannot stand"},
        {"06 1234 5678 Bob",          "\"B\" cannot stand"},
        {"0800-FLOWERS",              "\"F\" cannot stand"},
        {"020 1234567 ext 12",        "\"e\" cannot stand"},
        {"2001, 2002",                "\",\" cannot stand"},
        {"0612345678; 0687654321",    "\";\" cannot stand"},
        {"0612345678;0687654321",     "\";\" cannot stand"},
        {"0612345678;",               "\";\" cannot stand"},
        {"2001@pbx.example",          "\"@\" cannot stand"},
        {"sip:2001@pbx.example",      "\"s\" cannot stand"},
        {"https://x.example/2001",    "\"h\" cannot stand"},
        {"+31612345678 +31687654321", "two telephone numbers"},
        {"31+20",                     "two telephone numbers"},
        {"++31",                      "two telephone numbers"},
        {"0612345678 \u260e",         "\"\u260e\" cannot stand"},
        {"06\xff",                    "an unprintable character cannot stand"},
        {"06\xc3",                    "an unprintable character cannot stand"},
        {"06\xe2\x82",                "an unprintable character cannot stand"},
        {"06\x01",                    "an unprintable character cannot stand"},
        {std::string_view("06\0", 3), "an unprintable character cannot stand"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.written);
        auto told = read(row.written);
        CHECK(told.starts_with("! "));
        CHECK_MESSAGE(told.find(row.why) != std::string::npos, told);
    }
}

TEST_CASE("where the gaps are") {
    auto number = read_written("+31 (0)20 - 123/4567 8");
    REQUIRE(number);
    CHECK(number->gaps == std::vector<std::size_t>{3, 5, 8, 12});
    number = read_written("20 12;phone-context=+3-1");
    REQUIRE(number);
    CHECK(number->gaps == std::vector<std::size_t>{5});
}
