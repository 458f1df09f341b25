// Forwardings, calendars and their log as the HTTP interface shows them. The forwarding object of interface 7.9 has one
// writer here: for /v1/forwarding, for events of type `forwarding` and for `why`. Pure.
#pragma once
#include <string>
#include <string_view>

#include "status/json.hpp"
#include "status/ports.hpp"

namespace lamp::status {

/// `id`: of the person.
void write_forwarding(JsonWriter& json, const PersonForwarding& forwarding, std::string_view id);
/// The same as a text of its own, on one line.
[[nodiscard]] std::string to_json(const PersonForwarding& forwarding, std::string_view id);

void write_calendar(JsonWriter& json, const CalendarView& calendar);
void write_plan(JsonWriter& json, const PlanView& appointment);
void write_audit(JsonWriter& json, const AuditView& row);

// --- `why`

/// False where nobody but the user has anything to do with the line: its own settings stand in `why` already.
[[nodiscard]] bool concerns_us(const ForwardingView& line);
/// Who wants what: "user: not forwarded", "smartbusy zoom: → 1233, in_force".
[[nodiscard]] std::string wish_of(const std::optional<ForwardingView::Simple>& baseline);
[[nodiscard]] std::string wish_of(const ForwardingView::ClaimView& claim);
/// What the line's calls do and because of whom: "2000 → 1233 (smartbusy zoom)".
[[nodiscard]] std::string outcome_of(const ForwardingView& line);

} // namespace lamp::status
