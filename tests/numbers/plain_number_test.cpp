// Numbers as names are compared, without any numbering plan.
#include <doctest/doctest.h>

#include "numbers/plain_number.hpp"

using namespace lamp::numbers;

TEST_CASE("numbers as people and telephones write them") {
    struct Row {
        std::string_view written;
        std::string_view plain;
    };
    const Row rows[] = {
        {"+31201230002", "+31201230002"},
        {"+31 20 123 00 02", "+31201230002"},
        {"+31-(20)-123.00/02", "+31201230002"},
        {"+31 (0)20 123 0002", "+31201230002"},
        {"tel:+31-20-123-0002", "+31201230002"},
        {"TEL:+31201230002;ext=2102", "+31201230002"},
        {"0031201230002", "+31201230002"},
        {"00 31 20 123 0002", "+31201230002"},
        {"201230002;phone-context=+31", "+31201230002"},
        {"20 123 0002;ext=1;Phone-Context=+3-1;x=y", "+31201230002"},
        {"+31201230002;phone-context=+49", "+31201230002"}, // global already
        {"2102;phone-context=pbx.example", "2102"},
        {"2102;phone-context=", "2102"},
        {"2102", "2102"},
        {"007", "007"},           // too short for an international prefix
        {"00312012", "00312012"}, // likewise
        {"*21#", "*21#"},
        {"00*1234567", "00*1234567"}, // no prefix before a feature code
        {"(0)20 123 0002", "0201230002"},
        {"", ""},
        {"+", ""},
        {"tel:", ""},
        {";phone-context=+31", ""},
        {"31+20", ""},
        {"ada", ""},
        {"2102a", ""},
        {"2102@pbx.example", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.written);
        CHECK(plain_number(row.written) == row.plain);
    }
}
