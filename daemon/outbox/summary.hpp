// An event in words, for people: what cards and mails are made of. Pure.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/zone.hpp"
#include "calls/call_record.hpp"
#include "numbers/public_network.hpp"
#include "outbox/notice.hpp"
#include "outbox/phrases.hpp"

namespace lamp::outbox {

struct Summary {
    using Pair = std::pair<std::string, std::string>;
    std::string title;
    std::vector<Pair> facts; // what, value
    std::vector<Pair> links; // label, http or https address
    bool operator==(const Summary&) const = default;
};

/// How a receiver's people are spoken to.
struct Manner {
    Zone zone{};
    Language language = Language::en;
    const numbers::PublicNetwork* home = nullptr; // whose numbers are written as people there do; null: none, "+…"
};

/// `person` is how the person is called; several matches all stand there, each with its link.
[[nodiscard]] Summary summary_of(const calls::CallEvent& event, const std::string& person, const Manner& manner);
[[nodiscard]] Summary summary_of(const Notice& notice, const std::string& person, const Manner& manner);
/// One line of a digest: "18:01  Alice Jansen: ACME, +33199001234 (J. Doe)".
[[nodiscard]] std::string digest_line(const calls::CallEvent& event, const std::string& person, const Manner& manner);

/// The event stream's type of an event: "missed" or "call".
[[nodiscard]] std::string_view type_of(calls::Happening what);
/// "2026-11-26 18:01", "26.11.2026 18:01".
[[nodiscard]] std::string local_time(Wall at, const Manner& manner);

} // namespace lamp::outbox
