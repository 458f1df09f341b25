// What must survive a crash, as rows, and how they get to disk and back (store/schema.cpp, migration 3). The functions
// run on the store's thread, inside its units of work; the values travel.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "forwarding/claim.hpp"
#include "forwarding/setting.hpp"
#include "store/database.hpp"

namespace lamp::forwarding {

/// What we have done to a line, or may have: written before the platform is asked.
struct Owned {
    Setting baseline; // what the user had; the parts that we touch
    Setting ours;     // what we want there now: the claims' setting, or the baseline again
    /// What may also be found there because of us: what was there before the write, writes whose answer was lost.
    std::vector<Setting> may_be{};
    bool verified = false; // `ours` was read back
    bool operator==(const Owned&) const = default;
};

/// All that is on disk of one line. A line without claims of which we own nothing is not there.
struct Stored {
    std::string line;
    std::optional<Owned> owned{};
    std::vector<Claim> claims{};
    bool operator==(const Stored&) const = default;
};

/// A row of the log that people read (`audit`).
struct AuditEntry {
    enum class What : std::uint8_t {
        claim_began,
        claim_changed,
        claim_ended,
        claim_refused,
        written,
        write_failed,
        user_changed,
        restored,
        dialled,      // a call was begun for somebody: `line` is whose
        call_ordered, // answered, held, ended, transferred …
    };
    Wall at{};
    std::string line;
    What what{};
    std::string who; // "operator", "calendar Vacation", "user", "lamplighter"
    std::string text;
    bool operator==(const AuditEntry&) const = default;
};
[[nodiscard]] std::string_view name(AuditEntry::What what);

inline constexpr std::size_t audit_rows_max = 100'000; // older ones leave the disk

/// Replaces what is on disk of that line.
[[nodiscard]] Result<void> put_line(store::Database& disk, const Stored& line);
/// All lines, by name. A row that cannot be read is left out, and named in `broken`.
[[nodiscard]] Result<std::vector<Stored>> read_lines(store::Database& disk, std::vector<std::string>& broken);
[[nodiscard]] Result<void> put_audit(store::Database& disk, const std::vector<AuditEntry>& entries);
/// The newest first, at most `most`; of one line, or of all when it is empty.
[[nodiscard]] Result<std::vector<AuditEntry>> read_audit(store::Database& disk, const std::string& line,
                                                         std::size_t most);

} // namespace lamp::forwarding
