#include "privacy/kept_data.hpp"

namespace lamp::privacy {
namespace {

using enum Fate;

constexpr KeptTable tables[] = {
    {"calls",
     "call",
     {"started", "id", "person"},
     {{{"number", {"number", "plain", "name", "user"}, true},
       {"ddi", {"ddi", "ddi_plain", "ddi_name"}, true},
       {"moved_to", {"moved_to"}, true}}},
     emptied,
     "ended IS NULL OR settled = 0"},
    {"webhooks", "outbox_letter", {"id"}, {{{"body"}}}, letter},
    {"zoho", "zoho_notice", {"id"}, {{{"caller", {}, true}, {"callee", {}, true}}}, removed},
    {"audit", "forwarding_audit", {"id"}, {{{"text"}, {"who"}}}, replaced},
    {"audit", "audit", {"id"}, {{{"subject"}, {"before"}, {"after"}, {"text"}, {"who"}}}, replaced},
    {"contacts", "contact", {"key"}, {{{"document"}}}, contact},
    {"recognition", "recognition_record", {"source", "epoch", "id"}, {{{"record"}}}, contact},
    {"requests", "once", {"key"}, {{{"key"}, {"outcome"}}}, removed},
    {"forwardings", "forwarding_claim", {"line", "source", "name"}, {{{"target", {}, true}}}, in_force},
    {"forwardings", "forwarding_baseline", {"line"}, {{{"baseline"}, {"ours"}, {"may_be"}}}, in_force},
};

constexpr std::string_view without[] = {
    "teams_session",   "secret",       "contact_folder", "favourite",          "call_gap",
    "history_mark",    "zoho_link",    "zoho_memory",    "recognition_source", "outbox_disabled",
    "privacy_erasure", "issued_token", "acd_kept",       "enrol_ticket",
};

} // namespace

std::span<const KeptTable> kept_tables() {
    return tables;
}

std::span<const std::string_view> tables_without() {
    return without;
}

} // namespace lamp::privacy
