#include "status/forwarding_json.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "status/sentence_json.hpp"

namespace lamp::status {
namespace {

using Simple = ForwardingView::Simple;
using ClaimView = ForwardingView::ClaimView;

void write_simple(JsonWriter& json, std::string_view name, const std::optional<Simple>& simple) {
    json.key(name);
    if (!simple) return json.value(nullptr);
    json.object([&] {
        json.member("active", simple->active);
        json.member_or_null("to", simple->to);
    });
}

void write_claim(JsonWriter& json, const ClaimView& claim) {
    json.object([&] {
        json.member("source", claim.source);
        json.member("name", claim.name);
        json.member("to", claim.to);
        json.member("from", claim.from);
        json.member("until", claim.until);
        json.member("state", claim.state);
        write_sentence(json, "reason", claim.reason);
    });
}

void write_line(JsonWriter& json, const ForwardingView& line) {
    json.object([&] {
        json.member("line", line.line);
        write_simple(json, "baseline", line.baseline);
        json.key("claims");
        json.array([&] {
            for (const ClaimView& claim : line.claims)
                write_claim(json, claim);
        });
        write_simple(json, "actual", line.actual);
        json.key("last_write");
        if (line.last_write)
            json.object([&] {
                json.member("at", line.last_write->at);
                json.member("result", line.last_write->result);
            });
        else
            json.value(nullptr);
        write_sentence(json, "trouble", line.trouble);
    });
}

std::string told(const Simple& simple) {
    return simple.active ? fmt::format("→ {}", simple.to) : std::string("not forwarded");
}

std::string owner_of(const ClaimView& claim) {
    return claim.name.empty() ? claim.source : fmt::format("{} {}", claim.source, claim.name);
}

/// Because of whom the line is as it is; empty where that needs no word.
std::string cause_of(const ForwardingView& line) {
    std::string owners;
    for (const ClaimView& claim : line.claims)
        if (claim.state == "in_force") owners += (owners.empty() ? "" : ", ") + owner_of(claim);
    if (!owners.empty() || !line.actual || !line.actual->active) return owners;
    return line.baseline == line.actual ? "by the user" : "being changed";
}

} // namespace

void write_forwarding(JsonWriter& json, const PersonForwarding& forwarding, std::string_view id) {
    json.object([&] {
        json.member("id", id);
        json.key("lines");
        json.array([&] {
            for (const ForwardingView& line : forwarding.lines)
                write_line(json, line);
        });
        write_sentence(json, "smartbusy", forwarding.smartbusy);
    });
}

std::string to_json(const PersonForwarding& forwarding, std::string_view id) {
    std::string text;
    JsonWriter json(text);
    write_forwarding(json, forwarding, id);
    return text;
}

void write_calendar(JsonWriter& json, const CalendarView& calendar) {
    json.object([&] {
        json.member("name", calendar.name);
        json.member("provider", calendar.provider);
        write_texts(json, "lines", calendar.lines);
        json.member("state", calendar.state);
        json.member("last_success", calendar.last_success);
        json.member_or_null("last_error", calendar.last_error);
        json.member("appointments", std::uint64_t{calendar.appointments});
    });
}

void write_plan(JsonWriter& json, const PlanView& appointment) {
    json.object([&] {
        json.member("calendar", appointment.calendar);
        json.member("line", appointment.line);
        json.member("title", appointment.title);
        json.member("from", appointment.from);
        json.member("until", appointment.until);
        json.member_or_null("to", appointment.to);
        json.member("state", appointment.state);
        json.member_or_null("reason", appointment.reason);
    });
}

void write_audit(JsonWriter& json, const AuditView& row) {
    json.object([&] {
        json.member("at", row.at);
        json.member("line", row.line);
        json.member("what", row.what);
        json.member_or_null("who", row.who);
        json.member("text", row.text);
        json.member_or_null("subject", row.subject);
        json.member_or_null("before", row.before);
        json.member_or_null("after", row.after);
    });
}

bool concerns_us(const ForwardingView& line) {
    return !line.claims.empty() || line.last_write || !line.trouble.empty();
}

std::string wish_of(const std::optional<Simple>& baseline) {
    return fmt::format("user: {}", baseline ? told(*baseline) : "not read yet");
}

std::string wish_of(const ClaimView& claim) {
    auto text = fmt::format("{}: → {}, {}", owner_of(claim), claim.to, claim.state);
    return claim.reason.empty() ? text : fmt::format("{} ({})", text, claim.reason);
}

std::string outcome_of(const ForwardingView& line) {
    if (!line.actual) return fmt::format("{} not read yet", line.line);
    auto cause = cause_of(line);
    auto text = fmt::format("{} {}", line.line, told(*line.actual));
    return cause.empty() ? text : fmt::format("{} ({})", text, cause);
}

} // namespace lamp::status
