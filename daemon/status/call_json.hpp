// The call object of interface 7.9: the one writer, for listings and for events of type `call`. Pure.
#pragma once
#include <string>

#include "status/json.hpp"
#include "status/ports.hpp"

namespace lamp::status {

void write_call(JsonWriter& json, const CallView& call);

/// The same as a text of its own, on one line.
[[nodiscard]] std::string to_json(const CallView& call);

} // namespace lamp::status
