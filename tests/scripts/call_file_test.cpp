// The file of `script render --call`.
#include <doctest/doctest.h>

#include "scripts/call_file.hpp"

using namespace lamp;
using namespace lamp::scripts;

TEST_CASE("a whole call") {
    auto file = read_call(R"({"direction":"out","caller":{"number":"+31612345678","name":"ACME"},
        "device":{"number":"2101","name":"Anna"},"ddi":{"number":"+31201230000","name":null},
        "start":"2026-11-22T11:00:00+01:00","fields":{"Id":7,"Name":"J. Doe","VIP":true,"None":null},"colour":"red"})");
    REQUIRE_MESSAGE(file, (file ? "" : file.error().text));
    CHECK_FALSE(file->facts.incoming);
    CHECK(file->facts.caller == Party{"+31612345678", "ACME", ""});
    CHECK(file->facts.device.number == "2101");
    CHECK(rfc3339(*file->facts.start) == "2026-11-22T10:00:00.000Z");
    REQUIRE(file->facts.match);
    CHECK(file->facts.match->fields == std::vector<std::pair<std::string, std::string>>{
                                           {"Id", "7"}, {"Name", "J. Doe"}, {"VIP", "true"}, {"None", ""}});
    CHECK(file->warnings == std::vector<std::string>{"colour: means nothing"});
    CHECK(read_call("{}"));
}

TEST_CASE("what is wrong is named") {
    struct Row {
        const char* text;
        const char* error;
    };
    const Row rows[] = {
        {"", "line 1: this is no JSON"},
        {"{\n\"a\":\n}", "line 3: this is no JSON"},
        {"{} x", "line 1: this is no JSON"},
        {"[]", "This is no JSON object."},
        {R"({"direction":"up"})", "direction: must be"},
        {R"({"caller":"+31"})", "caller: must be an object"},
        {R"({"caller":{"number":31}})", "caller.number: must be a text"},
        {R"({"start":"yesterday"})", "start: must be a time"},
        {R"({"fields":[]})", "fields: must be an object"},
        {R"({"fields":{"a":{}}})", "fields.a: must be a text"},
        {R"({"matches":-1})", "matches: must be a count"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        auto file = read_call(row.text);
        REQUIRE_FALSE(file);
        CHECK_MESSAGE(file.error().text.starts_with(row.error), file.error().text);
    }
}
