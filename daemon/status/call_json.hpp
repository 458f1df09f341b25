// The call object of interface 7.9: the one writer, for listings and for events of type `call`. Pure.
#pragma once
#include <string>
#include <vector>

#include "calls/call_record.hpp"
#include "status/json.hpp"
#include "status/ports.hpp"

namespace lamp::status {

/// With `match` as in events, where there are any.
void write_call(JsonWriter& json, const CallView& call, const std::vector<calls::Match>& matches = {});

/// The same as a text of its own, on one line.
[[nodiscard]] std::string to_json(const CallView& call);

} // namespace lamp::status
