// JSON as it leaves the daemon: escaping, numbers, and the presence object to the letter.
#include <boost/json.hpp>
#include <doctest/doctest.h>

#include "office.hpp"
#include "status/call_json.hpp"
#include "status/json.hpp"
#include "status/presence_json.hpp"

using namespace lamp;
using namespace std::string_view_literals;

namespace {

std::string quoted(std::string_view text) {
    std::string out;
    status::append_json_string(out, text);
    return out;
}

std::string presence_of(const presence::Snapshot& snapshot, const presence::Person& person,
                        const std::function<status::TeamsWord(unsigned)>& words = {}) {
    std::string out;
    status::append_presence(out, snapshot, person, words);
    return out;
}

presence::Snapshot snapshot(presence::Status status, unsigned rule, presence::LineReport line) {
    presence::Snapshot made;
    made.verdict = {12, {status, static_cast<std::uint8_t>(rule), presence::Source::telephony}, 1};
    made.cells[0] = line.pack();
    made.since = parse_rfc3339("2026-11-22T10:00:00.123Z").value();
    return made;
}

} // namespace

TEST_CASE("json: strings") {
    struct Row {
        std::string_view text;
        std::string_view json;
    };
    const Row table[] = {
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"say \"hi\"", R"("say \"hi\"")"},
        {"back\\slash", R"("back\\slash")"},
        {"a\nb\tc\rd\be\ff", R"("a\nb\tc\rd\be\ff")"},
        {"\x01\x1f\x7f"sv, R"("\u0001\u001f\u007f")"},
        {"nul\0nul"sv, R"("nul\u0000nul")"},
        {"</script>", R"("</script>")"},
        {"Zo\xc3\xab", "\"Zo\xc3\xab\""},
        {"\xf0\x9f\x93\x9e", "\"\xf0\x9f\x93\x9e\""},
        {"\xe2\x82\xac", "\"\xe2\x82\xac\""},
        // what is no UTF-8 becomes U+FFFD, one a byte
        {"\xff", "\"\xef\xbf\xbd\""},
        {"a\x80z", "\"a\xef\xbf\xbdz\""},
        {"\xc3", "\"\xef\xbf\xbd\""},
        {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                                 // overlong
        {"\xe0\x80\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},                 // overlong
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},                 // a surrogate
        {"\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, // beyond U+10FFFF
        {"Zo\xeb", "\"Zo\xef\xbf\xbd\""},                                             // Latin-1
    };
    for (const Row& row : table) {
        CAPTURE(row.json);
        CHECK(quoted(row.text) == row.json);
        boost::system::error_code error;
        boost::json::parse(quoted(row.text), error);
        CHECK(!error);
    }
}

TEST_CASE("json: every byte alone and in pairs gives valid JSON") {
    for (int first = 0; first < 256; ++first)
        for (int second : {0x00, 0x22, 0x5c, 0x80, 0xbf, 0xc2, 0xe0, 0xf0, 0xff, 0x61}) {
            const char pair[] = {static_cast<char>(first), static_cast<char>(second)};
            boost::system::error_code error;
            boost::json::parse(quoted({pair, 2}), error);
            REQUIRE(!error);
        }
}

TEST_CASE("json: values and commas") {
    std::string out;
    status::JsonWriter json(out);
    json.object([&] {
        json.member("a", 1);
        json.member("b", std::uint64_t{18446744073709551615ULL});
        json.member("c", std::int64_t{-5});
        json.member("d", true);
        json.member("e", nullptr);
        json.member_or_null("f", "");
        json.key("g");
        json.array([&] {
            json.value("x");
            json.object([] {});
            json.array([] {});
            json.value(1.25);
        });
        json.member("h", std::optional<Wall>());
        json.member("i", std::optional<Wall>(parse_rfc3339("2026-01-02T03:04:05.006Z").value()));
    });
    CHECK(out == R"({"a":1,"b":18446744073709551615,"c":-5,"d":true,"e":null,"f":null,"g":["x",{},[],1.2],)"
                 R"("h":null,"i":"2026-01-02T03:04:05.006Z"})");
}

TEST_CASE("json: the presence object of interface 5, to the letter") {
    presence::LineReport line{presence::LineState::active, 1,     false,     presence::Forwarding::none,
                              presence::AgentState::none,  false, wall_now()};
    auto made = snapshot(presence::Status::on_call, 7, line);
    presence::TeamsReport teams{presence::TeamsState::available, 5, false, false, wall_now()};
    made.cells[1] = teams.pack();
    presence::Person alice{"alice@example.net", "Alice Jansen", "alice@example.net", "Sales", ""};
    CHECK(
        presence_of(made, alice) ==
        R"({"id":"alice@example.net","name":"Alice Jansen","email":"alice@example.net","folder":"Sales",)"
        R"("status":"on_call","colour":"red","blinking":false,"rule":7,"since":"2026-11-22T10:00:00.123Z","version":12,)"
        R"("line":{"state":"active","calls":1,"dnd":false,"forwarding":"none","stale":false},)"
        R"("teams":{"availability":"Available","activity":"Available","out_of_office":false,"stale":false},)"
        R"("acd":null,)"
        R"("chat":"https://teams.microsoft.com/l/chat/0/0?users=alice%40example.net"})");
}

TEST_CASE("json: the call object of interface 7.9, to the letter") {
    status::CallView call;
    call.id = "0123456789abcdef";
    call.person = "alice";
    call.line = "2000@example.net";
    call.incoming = true;
    call.remote_number = "+31201234567";
    call.started = parse_rfc3339("2026-11-22T10:00:00.123Z").value();
    call.state = "ringing";
    CHECK(status::to_json(call) ==
          R"({"id":"0123456789abcdef","person":"alice","line":"2000@example.net","direction":"in",)"
          R"("remote":{"number":"+31201234567","name":null},"started":"2026-11-22T10:00:00.123Z","answered":null,)"
          R"("state":"ringing","ddi":null,"queue":null})");
    auto answered = call;
    answered.answered = call.started;
    CHECK(answered != call);
    answered.answered.reset();
    CHECK(answered == call);
}

TEST_CASE("json: the presence object's corners") {
    presence::LineReport line{presence::LineState::ringing,  2,    true,      presence::Forwarding::selective,
                              presence::AgentState::wrap_up, true, wall_now()};
    auto made = snapshot(presence::Status::ringing, 1, line);
    auto words = [](unsigned word) {
        return word == 9 ? status::TeamsWord{"Busy", "In\"A\"Call"} : status::TeamsWord{};
    };
    struct Row {
        presence::Person person;
        std::string_view has;
    };
    const Row table[] = {
        {{"a", "n", "e@x", "f", ""}, R"("chat":"https://teams.microsoft.com/l/chat/0/0?users=e%40x"})"},
        {{"a", "n", "e@x", "f", "u+v@corp"}, R"(users=u%2Bv%40corp"})"},
        {{"a", "n", "e@x", "f", "8a1b-object-id"}, R"(users=e%40x"})"},
        {{"a", "n", "", "f", "8a1b-object-id"}, R"("chat":null})"},
        {{"a", "n", "", "f", ""}, R"("chat":null})"},
        {{"a\"b", "n", "", "f", ""}, R"({"id":"a\"b",)"},
        {{"a", "n", "", "f", ""}, R"("acd":{"state":"wrap_up"},)"},
        {{"a", "n", "", "f", ""}, R"("teams":null,)"},
        {{"a", "n", "", "f", ""}, R"("status":"ringing","colour":"red","blinking":true,"rule":1,)"},
        {{"a", "n", "", "f", ""},
         R"("line":{"state":"ringing","calls":2,"dnd":true,"forwarding":"selective","stale":true},)"},
    };
    for (const Row& row : table) {
        CAPTURE(row.has);
        CHECK(presence_of(made, row.person, words).find(row.has) != std::string::npos);
    }
    presence::TeamsReport teams{presence::TeamsState::in_meeting, 9, false, true, wall_now()};
    made.cells[1] = teams.pack();
    CHECK(presence_of(made, table[0].person, words)
              .find(R"({"availability":"Busy","activity":"In\"A\"Call","out_of_office":false,"stale":true})") !=
          std::string::npos);
    CHECK(presence_of(made, table[0].person)
              .find(R"({"availability":"Busy","activity":"InAMeeting","out_of_office":false,"stale":true})") !=
          std::string::npos);
}
