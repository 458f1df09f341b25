// Events as the office has them.
#pragma once
#include <string>

#include "calls/call_record.hpp"
#include "presence/people.hpp"

namespace testing {

using namespace lamp;
using namespace std::chrono_literals;

inline const Wall noon = *parse_rfc3339("2026-11-26T12:00:00.000Z");

inline calls::CallEvent event_of(calls::Happening what, const std::string& id = "00ff00ff00ff00ff",
                                 const std::string& person = "alice@example.net") {
    calls::CallEvent event{.what = what, .at = noon + 20s, .call = {}};
    event.call.id = id;
    event.call.person = person;
    event.call.line = person;
    event.call.incoming = true;
    event.call.remote_number = "+33199001234";
    event.call.remote_name = "ACME";
    event.call.started = noon;
    if (what == calls::Happening::ended || what == calls::Happening::missed) {
        event.call.ended = noon + 20s;
        event.call.rang = 20s;
        event.call.result = calls::CallResult::missed;
    }
    return event;
}

inline std::shared_ptr<const presence::People> people() {
    std::vector<presence::PersonRow> rows{
        {.id = "alice@example.net", .name = "Alice Jansen", .email = {}, .folder = "Sales", .teams = {}, .lines = {}},
        {.id = "bob@example.net",
         .name = "Bob de Vries",
         .email = {},
         .folder = "Sales/North",
         .teams = {},
         .lines = {}},
        {.id = "carol@example.net", .name = "Carol", .email = {}, .folder = "Salesforce", .teams = {}, .lines = {}}};
    return *presence::People::build(rows);
}

} // namespace testing
