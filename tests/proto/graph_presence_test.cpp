// Answers with presences: what is told of them, in any order and shape, and what is refused with its place
// (cloud-apis.md A3).
#include "here.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/graph/presence.hpp"
#include "proto/graph/walk.hpp"

using namespace lamp;
using namespace lamp::graph;

namespace {

/// "1111 Busy/InACall oof seq=A1 unheard=Sleeping", one line per presence; the id by its first four digits.
struct Told {
    std::string lines;
    Result<PresencesRead> outcome;

    explicit Told(std::string_view body)
        : outcome(read_presences(body, [this](const Presence& presence) {
              lines += fmt::format("{}{} {}/{}", lines.empty() ? "" : " | ", to_string(presence.id).substr(0, 4),
                                   text(presence.pair.availability), text(presence.pair.activity));
              if (presence.out_of_office) lines += " oof";
              if (!presence.sequence.empty()) lines += fmt::format(" seq={}", presence.sequence);
              if (!presence.unheard.empty()) lines += fmt::format(" unheard={}", presence.unheard);
          })) {}
};

#define ONE "11111111-1111-1111-1111-111111111111"
#define TWO "22222222-2222-2222-2222-222222222222"

constexpr std::string_view documented =
    R"({"@odata.context":"https://x/$metadata#presences","value":[
 {"id":")" ONE R"(","availability":"Busy","activity":"InACall",
  "outOfOfficeSettings":{"message":null,"isOutOfOffice":false},
  "statusMessage":{"message":{"content":"back at 3","contentType":"text"}},
  "sequenceNumber":"A0001767225600123"},
 {"id":")" TWO R"(","availability":"Offline","activity":"Offline"}]})";

} // namespace

TEST_CASE("presences as they come") {
    struct Row {
        std::string_view what;
        std::string_view body;
        std::string_view told;
        std::size_t passed_over;
    };
    const Row rows[] = {
        {"two, as documented", documented, "1111 Busy/InACall seq=A0001767225600123 | 2222 Offline/Offline", 0},
        {"one alone", R"({"id":")" ONE R"(","availability":"Away","activity":"Away"})", "1111 Away/Away", 0},
        {"a bare array", R"([{"id":")" ONE R"(","availability":"Away","activity":"Away"}])", "1111 Away/Away", 0},
        {"nobody", R"({"value":[]})", "", 0},
        {"nobody, null", R"({"value":null})", "", 0},
        {"nobody, a bare array", "[]", "", 0},
        {"another order",
         R"({"value":[{"activity":"Busy","availability":"Busy","id":")" ONE R"("}],"@odata.context":1})",
         "1111 Busy/Busy", 0},
        {"camel case", R"({"value":[{"id":")" ONE R"(","availability":"doNotDisturb","activity":"presenting"}]})",
         "1111 DoNotDisturb/Presenting", 0},
        {"swapped fields", R"({"value":[{"id":")" ONE R"(","availability":"inACall","activity":"busy"}]})",
         "1111 InACall/Busy", 0},
        {"no words", R"({"value":[{"id":")" ONE R"("}]})", "1111 PresenceUnknown/PresenceUnknown", 0},
        {"null words",
         R"({"value":[{"id":")" ONE R"(","availability":null,"activity":null,"sequenceNumber":null,)"
         R"("outOfOfficeSettings":null,"statusMessage":null}]})",
         "1111 PresenceUnknown/PresenceUnknown", 0},
        {"words that are no texts", R"({"value":[{"id":")" ONE R"(","availability":7,"activity":["Busy"]}]})",
         "1111 PresenceUnknown/PresenceUnknown", 0},
        {"a word of tomorrow", R"({"value":[{"id":")" ONE R"(","availability":"Busy","activity":"Sleeping"}]})",
         "1111 Busy/PresenceUnknown unheard=Sleeping", 0},
        {"two words of tomorrow", R"({"value":[{"id":")" ONE R"(","activity":"Dreaming","availability":"Sleeping"}]})",
         "1111 PresenceUnknown/PresenceUnknown unheard=Sleeping", 0},
        {"a word twice: the last", R"({"id":")" ONE R"(","activity":"Sleeping","activity":"Busy"})",
         "1111 PresenceUnknown/Busy", 0},
        {"a word with escapes",
         R"({"value":[{"id":")" ONE R"(","availability":"\u0042usy","activity":"In\u0041Call"}]})", "1111 Busy/InACall",
         0},
        {"an id with escapes",
         R"({"value":[{"i\u0064":"\u0031)"
         "1111111-1111-1111-1111-111111111111"
         R"("}]})",
         "1111 PresenceUnknown/PresenceUnknown", 0},
        {"out of office by its settings",
         R"({"value":[{"outOfOfficeSettings":{"isOutOfOffice":true},"id":")" ONE
         R"(","availability":"Busy","activity":"InACall"}]})",
         "1111 Busy/InACall oof", 0},
        {"out of office by a word",
         R"({"value":[{"id":")" ONE R"(","availability":"Available","activity":"OutOfOffice"}]})",
         "1111 Available/OutOfOffice oof", 0},
        {"the next one inherits nothing",
         R"({"value":[{"id":")" ONE R"(","availability":"X","activity":"Busy","sequenceNumber":"9",)"
         R"("outOfOfficeSettings":{"isOutOfOffice":true}},{"id":")" TWO R"("}]})",
         "1111 PresenceUnknown/Busy oof seq=9 unheard=X | 2222 PresenceUnknown/PresenceUnknown", 0},
        {"without an id", R"({"value":[{"availability":"Busy"},{"id":")" TWO R"("}]})",
         "2222 PresenceUnknown/PresenceUnknown", 1},
        {"a UPN for an id", R"({"value":[{"id":"alice@example.net"},{"id":7},{"id":null}]})", "", 3},
        {"items that are no objects", R"({"value":[null,1,"x",true,{"id":")" TWO R"("}]})",
         "2222 PresenceUnknown/PresenceUnknown", 0},
        {"an id elsewhere is not the id", R"({"value":[{"workLocation":{"id":")" ONE R"("},"id":")" TWO R"("}]})",
         "2222 PresenceUnknown/PresenceUnknown", 0},
        {"words elsewhere are not the words",
         R"({"availability":"Busy","value":[{"x":[{"availability":"Away"}],"id":")" TWO R"("}],"id":")" ONE R"("})",
         "2222 PresenceUnknown/PresenceUnknown", 0},
        {"a byte order mark and white space", "\xef\xbb\xbf \r\n\t{\"value\":[]} \n", "", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Told told(row.body);
        REQUIRE_MESSAGE(told.outcome.has_value(), told.outcome.error().text);
        CHECK(told.lines == row.told);
        CHECK(told.outcome->passed_over == row.passed_over);
        CHECK(told.outcome->told == (row.told.empty() ? 0 : 1 + std::ranges::count(row.told, '|')));
    }
}

TEST_CASE("what is no presence is refused, with its place") {
    struct Row {
        std::string_view what;
        std::string body;
        std::string_view says;
    };
    const std::string deep(40, '[');
    const Row rows[] = {
        {"nothing", "", "empty at line 1, offset 0 of 0 bytes"},
        {"white space", " \n ", "empty at line 2, offset 3 of 3 bytes"},
        {"a page for people", "\n<!DOCTYPE html><html>", "HTML or XML begins at line 2, offset 1 of"},
        {"a text", "\"value\"", "neither an object nor an array begins at line 1, offset 0"},
        {"a number", "17", "neither an object"},
        {"null", "null", "neither an object"},
        {"an error envelope", R"({"error":{"code":"","message":"no"}})", "neither presences nor one presence"},
        {"an empty object", "{}", "neither presences nor one presence"},
        {"value of another kind", R"({"value":7})", "neither presences"},
        {"value is an object", R"({"value":{"id":")" ONE R"("}})", "neither presences"},
        {"cut in a word", std::string(documented.substr(0, 100)), "incomplete JSON at line 2, offset 100 of 100 bytes"},
        {"cut before the end", std::string(documented.substr(0, documented.size() - 1)), "incomplete JSON at line 6"},
        {"a comma too many", "{\"value\":[\n1,]}", "at line 2, offset 13"},
        {"a comment", "{\"value\":[]/**/}", "syntax error"},
        {"two documents", "{\"value\":[]} {}", "at line 1, offset 13"},
        {"bad UTF-8", "{\"value\":[\n\"\xff\"]}", "at line 2"},
        {"half a surrogate", R"({"x":"\ud800","value":[]})", "at line 1"},
        {"a control character", "{\"x\":\"\x01\",\"value\":[]}", "at line 1"},
        {"depth", R"({"value":)" + deep, "too deep"},
        {"depth under an unknown key", R"({"x":)" + deep, "too deep"},
        {"a text too long", R"({"x":")" + std::string(string_bytes_max + 1, 'x') + R"(","value":[]})", "too large"},
        {"a key too long", R"({")" + std::string(key_bytes_max + 1, 'x') + R"(":1,"value":[]})", "too large"},
        {"a number too long", R"({"value":[)" + std::string(5000, '9') + "e99999999999]}", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Told told(row.body);
        if (row.says.empty()) continue; // either is fine, as long as it ends
        REQUIRE_FALSE(told.outcome.has_value());
        CHECK(told.outcome.error().category == Category::protocol);
        CHECK_MESSAGE(told.outcome.error().text.contains(row.says), told.outcome.error().text);
    }
}

TEST_CASE("cut anywhere: an error, and no presence that was not whole") {
    for (std::size_t size = 0; size < documented.size(); ++size) {
        CAPTURE(size);
        Told told(documented.substr(0, size));
        CHECK_FALSE(told.outcome.has_value());
        bool whole = told.lines.empty() || told.lines == "1111 Busy/InACall seq=A0001767225600123" ||
                     told.lines == "1111 Busy/InACall seq=A0001767225600123 | 2222 Offline/Offline";
        CHECK_MESSAGE(whole, told.lines);
    }
}

TEST_CASE("a long text, a broad object and many empty items are no trouble") {
    std::string body = R"({"value":[)";
    for (int i = 0; i < 100'000; ++i)
        body += "{},";
    body += R"({"id":")" ONE R"(","statusMessage":{"message":{"content":")" + std::string(200'000, 'x') + R"("}})";
    for (int i = 0; i < 10'000; ++i)
        body += fmt::format(",\"k{}\":{}", i, i);
    body += R"(,"activity":"Away"}]})";
    Told told(body);
    REQUIRE(told.outcome.has_value());
    CHECK(told.lines == "1111 PresenceUnknown/Away");
    CHECK(told.outcome->passed_over == 100'000);
}

TEST_CASE("the query") {
    std::string body = "kept ";
    append_presence_query(body, {});
    CHECK(body == R"(kept {"ids":[]})");
    body.clear();
    const Guid ids[] = {*parse_guid(ONE), *parse_guid("ABCDEF01-2222-2222-2222-222222222222")};
    append_presence_query(body, std::span(ids).first(1));
    CHECK(body == R"({"ids":[")" ONE R"("]})");
    body.clear();
    append_presence_query(body, ids);
    CHECK(body == R"({"ids":[")" ONE R"(","abcdef01-2222-2222-2222-222222222222"]})");
}

TEST_CASE("paths deeper than a path can tell are passed over, never mixed up with shorter ones") {
    constexpr std::array<std::string_view, 2> vocabulary{"a", "b"};
    struct Recorder final : Listener {
        std::vector<Path> texts;
        std::vector<std::int64_t> numbers;
        void on_text(Path path, std::string_view) override { texts.push_back(path); }
        void on_integer(Path, std::int64_t number) override { numbers.push_back(number); }
    };
    Recorder recorder;
    std::string body = R"({"b":"x")";
    for (unsigned depth = 1; depth < 12; ++depth)
        body += R"(,"a":{"b":"x")";
    body += std::string(12, '}');
    REQUIRE(walk(body, vocabulary, recorder));
    CHECK(recorder.texts.size() == levels_max);
    CHECK(recorder.texts.front() == at(2));
    CHECK(recorder.texts.back() == at(1, 1, 1, 1, 1, 1, 1, 2));

    REQUIRE(walk(R"({"a":[-9223372036854775808,9223372036854775807,18446744073709551615,1.5,1e3,0]})", vocabulary,
                 recorder));
    CHECK(recorder.numbers == std::vector<std::int64_t>{INT64_MIN, INT64_MAX, 0});
}
