// A number in all its forms, and where texts mention it.
#include <doctest/doctest.h>

#include "privacy/letter_text.hpp"
#include "privacy/wanted_number.hpp"

using namespace lamp;
using namespace lamp::privacy;

namespace {

WantedNumber wanted(std::string_view written, const std::string& country = "NL") {
    auto number = WantedNumber::read(written, country);
    if (!number) FAIL(number.error().text);
    return *number;
}

} // namespace

TEST_CASE("however it is written, it is the same number") {
    for (const char* written : {"+31612345678", "0031612345678", "06-12345678", "06 1234 5678", "+31 (0)6 12345678",
                                "tel:+31612345678", "sip:+31612345678@pbx.example;user=phone"})
        CHECK_MESSAGE(wanted(written).text() == "+31612345678", written);
    CHECK(wanted("2101").text() == "2101");
    CHECK(wanted("*21").text() == "*21");
    for (const char* written : {"210120612345678", "sip:210120612345678@pbx.example", "sips:2101 2061 2345 678"})
        CHECK_MESSAGE(wanted(written).text() == "210120612345678", written); // no numbering plan has it
    CHECK(!WantedNumber::read("Alice", "NL"));
    CHECK(!WantedNumber::read("", "NL"));
}

TEST_CASE("a column of numbers holds it or does not") {
    struct Row {
        const char* wanted;
        const char* number;
        bool is;
    };
    for (const Row& row : std::initializer_list<Row>{
             {"+31612345678", "+31612345678", true},
             {"+31612345678", "0612345678", true},
             {"+31612345678", "0031612345678", true},
             {"+31612345678", "31612345678", true},
             {"+31612345678", "612345678", true},
             {"+31612345678", "sip:+31612345678@pbx.example", true},
             {"+31612345678", "+31612345679", false},
             {"+31612345678", "+316123456789", false},
             {"+31612345678", "+49612345678", false},
             {"+31612345678", "", false},
             {"+49301234567", "301234567", false}, // may be a Dutch one
             {"2101", "2101", true},
             {"2101", "sip:2101@pbx.example", true},
             {"2101", "+31201232101", false},
         })
        CHECK_MESSAGE(wanted(row.wanted).is(row.number) == row.is, row.wanted, " ", row.number);
}

TEST_CASE("where a text mentions it") {
    struct Row {
        const char* wanted;
        const char* text;
        const char* without;
    };
    for (const Row& row : std::initializer_list<Row>{
             {"+31612345678", "to +31612345678", "to (erased)"},
             {"+31612345678", "to 06-1234 5678, until noon", "to (erased), until noon"},
             {"+31612345678", "+31 (0)6 12 34 56 78", "(erased)"},
             {"+31612345678", "tel:0031612345678", "tel:(erased)"},
             {"+31612345678", "https://crm.example/?n=%2B31612345678&x=1", "https://crm.example/?n=(erased)&x=1"},
             {"+31612345678", "%20%2B31%20612345678%20n=%2b31612345678%2", "%20(erased)%20n=(erased)%2"},
             {"+31612345678", R"({"number":"+31612345678"})", R"j({"number":"(erased)"})j"},
             {"+31612345678", "2026-11-26 0612345678", "2026-11-26 (erased)"},
             {"+31612345678", "0612345678 0612345678", "(erased) (erased)"},
             {"+31612345678", "1+31612345678", "1+31612345678"},
             {"+31612345678", "06123456789", "06123456789"},
             {"+31612345678", "+49 612345678", "+49 612345678"},
             {"+31612345678", "90612345678", "90612345678"},
             {"+31612345678", "6 1234 5678", "(erased)"},
             {"+31612345678", "0612345678 612345678", "(erased) (erased)"},
             {"2101", "to 2101", "to (erased)"},
             {"2101", "to 2101.", "to (erased)."},
             {"2101", "2101@pbx.example", "2101@pbx.example"},
             {"2026", "2026-11-26T09:00:00Z", "2026-11-26T09:00:00Z"},
             {"2101", "12:2101", "12:2101"},
             {"2101", "+31201232101", "+31201232101"},
             {"2101", "a2101", "a2101"},
             {"*21", "*21 was dialled", "(erased) was dialled"},
         }) {
        CHECK_MESSAGE(wanted(row.wanted).replaced(row.text, erased_word) == row.without, row.text);
        CHECK_MESSAGE(wanted(row.wanted).occurs_in(row.text) == (std::string_view(row.text) != row.without), row.text);
    }
}

TEST_CASE("mails are read as their receivers read them") {
    std::string mail = "Subject: =?UTF-8?B?TWlzc2VkOiArMzE2MTIzNDU2Nzg=?=\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                       "RnJvbTogMDYgMTI=\r\nMzQgNTY3OAo=\r\n";
    CHECK(readable(mail).find("Missed: +31612345678\n") != std::string::npos);
    CHECK(readable(mail).find("From: 06 1234 5678\n") != std::string::npos);
    CHECK(readable("plain") == "plain");
    CHECK(wanted("0612345678").occurs_in(readable(mail)));
}

TEST_CASE("an event loses the other side of its call") {
    auto body = without_other_side(
        R"({"id":"k","event":"call.ended","call":{"id":"1","remote":{"number":"+31612345678","name":"Eve"},"line":"a@x"},)"
        R"("caller":{"number":"+31612345678","name":"Eve"},"match":{"count":1,"records":[{"name":"Eve"}]},)"
        R"("actions":[{"url":"https://x/?n=0612345678"}]})");
    REQUIRE(body);
    CHECK(*body == R"({"id":"k","event":"call.ended","call":{"id":"1","remote":{"number":null,"name":null},)"
                   R"("line":"a@x"},"caller":{"number":null,"name":null},"match":{"count":0,"records":[]},)"
                   R"("actions":[]})");
    for (const char* other : {"{}", "text", R"({"call":1})", R"({"type":"message","attachments":[]})"})
        CHECK(!without_other_side(other));
}
