// Questions about calls that are over, and their answers (records room answers, HTTP and CLI ask). Values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call_record.hpp"

namespace lamp::calls {

/// All that whoever asks may know of: calls of any of these persons or lines.
struct Within {
    std::vector<std::string> persons{};
    std::vector<std::string> lines{};
};

struct CallQuery {
    std::vector<std::string> persons{}; // any of these; empty: everybody
    std::optional<Within> within{};     // besides what else is asked for; nothing: no limit
    std::string id{};                   // the public one; a call has a record for each person of its line
    std::string line{};
    std::optional<Wall> from{};  // started at or after
    std::optional<Wall> until{}; // started before
    std::optional<bool> incoming{};
    std::optional<CallResult> result{};
    std::string number{}; // remote party or DDI, compared in plain form
    std::string queue{};
    std::string cursor{};    // `next` of the page before
    std::size_t limit = 100; // 1 to 1000
};
/// A span in which calls of a platform may have gone unheard.
struct Gap {
    std::string platform;
    Wall from{};
    std::optional<Wall> until{}; // nothing: it goes on
    bool filled = false;         // call logs were read afterwards
    bool operator==(const Gap&) const = default;
};
/// The newest first.
struct CallPage {
    std::vector<CallRecord> items;
    std::string next{};      // empty: the last page
    std::vector<Gap> gaps{}; // within the time that was asked for
    bool masked = false;     // numbers are not kept, or not whole: nobody can be called by them
};

enum class StatsKey : std::uint8_t { total, person, line, ddi, queue, destination, day, hour };
[[nodiscard]] std::string_view name(StatsKey key);
[[nodiscard]] std::optional<StatsKey> stats_key_named(std::string_view word);

struct StatsQuery {
    Wall from{};
    Wall until{};
    StatsKey by = StatsKey::person;
    std::vector<std::string> persons{};
    std::optional<Within> within{}; // as in CallQuery
    /// Persons of whose calls the other side is not told: by destination these are unknown, and calls of nobody are.
    std::vector<std::string> unseen{};
    std::string line{};
    std::string ddi{};
    std::string queue{};
    std::size_t top = 0; // the most active ones only; 0: all
};
/// Definitions: crm-directory.md D.6. Hold counts as talk time.
struct StatsRow {
    std::string key;
    std::uint64_t in_total = 0, in_answered = 0, in_missed = 0, in_answered_elsewhere = 0, in_abandoned = 0;
    std::uint64_t out_total = 0, out_answered = 0;
    milliseconds in_talk{0}, in_hold{0}, in_ring{0}, out_talk{0}, out_hold{0};
    double complete = 1; // covered time / asked time; 1: no event was lost
    bool operator==(const StatsRow&) const = default;
};
struct Stats {
    std::vector<StatsRow> rows; // by key; the most active ones first where `top` is set
    std::vector<Gap> gaps{};
};

} // namespace lamp::calls
