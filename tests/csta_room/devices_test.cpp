// What clients may call a device (interface 7.14).
#include "csta/devices.hpp"

#include "office.hpp"

using namespace testing;

TEST_CASE("a device by each of its names") {
    struct Row {
        std::string_view device;
        std::string_view line; // empty: nobody
    };
    // clang-format off
    const Row rows[] = {
        {"ada@pbx.example", ada},
        {"ADA@PBX.example", ada},
        {"ada", ada},
        {"2101", ada},
        {"tel:2101", ada},
        {"+31201232101", ada},
        {"+31 20 123 21 01", ada},
        {"+31 (0)20 1232101", ada},
        {"0031201232101", ada},
        {"31201232101", ada},
        {"tel:+31-20-1232101;ext=2101", ada},
        {"sip:2101@pbx.example;user=phone", ada},
        {"sip:ada@pbx.example", ada},
        {"N<2101>Ada", ada},
        {"2101:switch:10.0.0.1:0", ada},
        {"2102", bob},
        {"+31201232102", bob},
        {"tel:+31201232102", bob},
        {"carol@pbx.example", carol},
        {"carol", carol},
        {"2103", ""},
        {"ada@else.example", ""},
        {"", ""},
        {"+", ""},
        {"sip:", ""},
    };
    // clang-format on
    const auto devices = office();
    for (const Row& row : rows) {
        CAPTURE(row.device);
        const auto* found = devices->find(row.device);
        CHECK((found ? found->line : "") == row.line);
    }
}

TEST_CASE("a name of several lines means nobody, a surer one goes first") {
    const std::vector<csta::DeviceRow> rows{
        {"a@one.example", "+31201230001", "1", "", ""},
        {"b@one.example", "+31201230002", "1", "", ""},
        {"1@one.example", "+31201230003", "3", "", ""},
        {"4@one.example", "", "5", "", ""},
        {"5@one.example", "", "6", "", ""},
        {"a@one.example", "", "7", "", ""}, // again
    };
    const auto devices = csta::Devices::build(rows);
    CHECK(devices->rows().size() == 5);
    CHECK(devices->find("1") == nullptr);
    REQUIRE(devices->find("5") != nullptr);
    CHECK(devices->find("5")->line == "4@one.example"); // the extension, not what stands before "@"
    CHECK(devices->id(*devices->of_line("b@one.example")) == "+31201230002"); // its extension finds nobody
    CHECK(devices->id(*devices->of_line("5@one.example")) == "6");
    CHECK(devices->of_line("c@one.example") == nullptr);
}

TEST_CASE("what a line is called where nobody has named it") {
    const auto devices = office();
    CHECK(devices->id(*devices->of_line(ada)) == "2101");
    CHECK(devices->id(*devices->of_line(carol)) == carol);
}
