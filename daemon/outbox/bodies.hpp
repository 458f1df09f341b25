// What a webhook's request says: our own JSON, an Adaptive Card for Teams (a Workflows webhook), a message for Slack
// and its like. No text of a caller or a CRM can become markup. Pure.
#pragma once
#include <string>
#include <string_view>

#include "calls/call_record.hpp"
#include "outbox/notice.hpp"
#include "outbox/summary.hpp"

namespace lamp::outbox {

[[nodiscard]] std::string json_body(std::string_view key, const calls::CallEvent& event);
/// The notice's JSON stands in a member called as its type.
[[nodiscard]] std::string json_body(std::string_view key, const Notice& notice);
[[nodiscard]] std::string teams_body(const Summary& summary);
[[nodiscard]] std::string slack_body(const Summary& summary);
/// For `test`.
[[nodiscard]] std::string test_body(std::string_view key, Wall at);

} // namespace lamp::outbox
