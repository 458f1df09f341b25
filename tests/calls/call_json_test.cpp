// The call object as interface 7.9 has it.
#include "calls/call_json.hpp"

#include <doctest/doctest.h>

using namespace lamp;
using namespace lamp::calls;
using namespace std::chrono_literals;

namespace {

const Wall noon = *parse_rfc3339("2026-11-26T12:00:00.000Z");

CallRecord incoming() {
    CallRecord call;
    call.id = "00ff00ff00ff00ff";
    call.session = "s-1";
    call.person = "alice@example.net";
    call.line = "alice@pbx.example";
    call.incoming = true;
    call.remote_number = "+33199001234";
    call.remote_name = "ACME \"Paris\"";
    call.started = noon;
    return call;
}

std::string text(const CallRecord& call, Wall now) {
    std::string out;
    JsonWriter json(out);
    write_call(json, call, now);
    return out;
}

} // namespace

TEST_CASE("a call that goes on has a state, one that is over a result") {
    auto call = incoming();
    CHECK(text(call, noon) ==
          R"({"id":"00ff00ff00ff00ff","person":"alice@example.net","line":"alice@pbx.example","direction":"in",)"
          R"("remote":{"number":"+33199001234","name":"ACME \"Paris\""},"started":"2026-11-26T12:00:00.000Z",)"
          R"("answered":null,"state":"ringing","ddi":null,"queue":null,"session":"s-1","withheld":false,)"
          R"("source":"event"})");
    call.answered = noon + 5s;
    call.rang = 5s;
    call.held = 1s;
    call.ended = noon + 66s;
    call.result = CallResult::answered;
    call.released_by = ReleasedBy::there;
    call.uncertain = true;
    CHECK(text(call, noon + 99s) ==
          R"({"id":"00ff00ff00ff00ff","person":"alice@example.net","line":"alice@pbx.example","direction":"in",)"
          R"("remote":{"number":"+33199001234","name":"ACME \"Paris\""},"started":"2026-11-26T12:00:00.000Z",)"
          R"("answered":"2026-11-26T12:00:05.000Z","ended":"2026-11-26T12:01:06.000Z","result":"answered","ring_s":5,)"
          R"("talk_s":61,"hold_s":1,"released_by":"there","ddi":null,"queue":null,"session":"s-1","withheld":false,)"
          R"("source":"event","uncertain":true})");
}

TEST_CASE("states of a call") {
    auto call = incoming();
    CHECK(state_of(call) == "ringing");
    call.incoming = false;
    CHECK(state_of(call) == "dialling");
    call.answered = noon;
    CHECK(state_of(call) == "active");
    call.held_at = noon;
    CHECK(state_of(call) == "held");
    call.ended = noon;
    CHECK(state_of(call).empty());
}

TEST_CASE("a match and an action") {
    std::string out;
    JsonWriter json(out);
    json.array([&] {
        write_match(json, {"crm", "42", "J. Doe", "+31201230000", "exact", "the same number", "", {{"VIP", "yes"}}});
        write_action(json, {"Open record", "https://crm.example.net/42", ""});
        write_action(json, {"Post", "", "a=b"});
    });
    CHECK(out ==
          R"([{"integration":"crm","id":"42","name":"J. Doe","number":"+31201230000","class":"exact",)"
          R"("why":"the same number","url":null,"fields":{"VIP":"yes"}},)"
          R"({"name":"Open record","url":"https://crm.example.net/42"},{"name":"Post","url":null,"body":"a=b"}])");
}
