// Agents in JSON, for /v1/acd and for events of type `acd`. Pure.
#pragma once
#include <string>
#include <string_view>

#include "status/acd_view.hpp"
#include "status/json.hpp"

namespace lamp::status {

/// `id`: of the person.
void write_agent(JsonWriter& json, const AgentView& agent, std::string_view id);
/// The same as a text of its own, on one line.
[[nodiscard]] std::string to_json(const AgentView& agent, std::string_view id);

} // namespace lamp::status
