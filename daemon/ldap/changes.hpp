// What a directory holds of somebody, and what has changed since: all of it, or from a cursor on (decision 025). Active
// Directory is asked by the numbers of its changes, every other by the time of them. The cursor and what it depends on
// are pure; `read_changes` blocks, as a session does.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ldap/session.hpp"

namespace lamp::ldap {

/// Clocks differ between replicas, and a change may arrive after a later one's.
inline constexpr std::chrono::seconds changes_overlap{120};

struct Question {
    std::string url;
    std::string bind_dn;
    std::string base;
    std::string filter;                  // who counts; empty: whoever has one of `any_of`, and is not disabled
    std::vector<std::string> any_of;     // attributes
    std::vector<std::string> attributes; // that are wanted, besides those that name an entry
};
/// Whoever counts, in parentheses.
[[nodiscard]] std::string people_filter(const Question& question, bool active_directory);

/// entryUUID, objectGUID, or else its name.
[[nodiscard]] std::string id_of(const Entry& entry);
/// One entry as a reading gives it, by its name. not_found: it is not there, or may not be seen.
[[nodiscard]] Result<Entry> read_entry(Session& session, const Question& question, const std::string& dn);
/// Each once, whatever its case.
void add_once(std::vector<std::string>& names, const std::vector<std::string>& more);

/// From where on changes are asked for. It counts only for the question it was made with and the server it came from.
struct Cursor {
    std::string fingerprint{};
    std::string server{};               // of usn: numbers are each server's own
    std::optional<std::uint64_t> usn{}; // Active Directory: the last change that is known
    std::optional<Wall> since{};        // others
    bool operator==(const Cursor&) const = default;
};
[[nodiscard]] std::string fingerprint_of(const Question& question);
[[nodiscard]] std::string to_text(const Cursor& cursor); // empty: there is neither usn nor since
[[nodiscard]] std::optional<Cursor> parse_cursor(std::string_view text);
/// What has changed since, whoever it is.
[[nodiscard]] std::string changed_filter(const Cursor& cursor);

/// What is known of the server's clock: at `seen` it was not before `least`.
struct ServerClock {
    Wall least;
    Steady seen;
    [[nodiscard]] Wall at(Steady time) const { return least + std::chrono::floor<milliseconds>(time - seen); }
};
/// What the next reading gets from the one before, as long as the daemon runs.
struct Memory {
    std::vector<std::uint64_t> changes{}; // that were found: the next look begins before them
    std::optional<ServerClock> clock{};
};
struct Changes {
    bool whole = true;               // those that were taken are all there are; else what has changed
    bool unchanged = false;          // what has changed was known before
    std::vector<std::string> gone{}; // ids of whoever has changed and counts no more; only where not whole
    std::string cursor{};            // empty: the server tells no times of changes
    Memory memory{};
};
/// Takes an entry that counts, each once; false: it does not count, after all.
using Take = std::function<Result<bool>(std::string id, const Entry& entry)>;
/// Everything, or what has changed since `cursor` where that still counts. After an error nothing is known.
[[nodiscard]] Result<Changes> read_changes(Session& session, const Question& question, std::string_view cursor,
                                           const Memory& memory, const Take& take);

} // namespace lamp::ldap
