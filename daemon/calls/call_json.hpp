// The call object of interface 7.9, of records: the one writer, for history, events and webhooks. Pure.
#pragma once
#include <string>

#include "calls/call_record.hpp"
#include "proto/json/writer.hpp"

namespace lamp::calls {

/// "ringing", "dialling", "active" or "held"; empty once it is over.
[[nodiscard]] std::string_view state_of(const CallRecord& call);

/// With `state` while it goes on, with `ended`, `result`, `ring_s` … once it is over; beyond interface 7.9 the members
/// `session`, `withheld`, `source` and, of a call in doubt, `uncertain`.
void write_call(JsonWriter& json, const CallRecord& call, Wall now);
/// The call object of what happened, with `event` ("call.ringing"), and, where there are any, `match` {count, records}
/// and `actions`: what /v1/events sends.
void write_event(JsonWriter& json, const CallEvent& event);
/// The member `match` {count, records}.
void write_matches(JsonWriter& json, const std::vector<Match>& matches);
void write_match(JsonWriter& json, const Match& match);
void write_action(JsonWriter& json, const Action& action);

} // namespace lamp::calls
