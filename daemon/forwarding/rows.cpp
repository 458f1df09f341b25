#include "forwarding/rows.hpp"

#include <map>

namespace lamp::forwarding {
namespace {

using Lines = std::map<std::string, Stored>;

Result<void> put_owned(store::Database& disk, const std::string& line, const std::optional<Owned>& owned) {
    if (!owned) return disk.run("DELETE FROM forwarding_baseline WHERE line = ?1", line);
    return disk.run("INSERT INTO forwarding_baseline(line, baseline, ours, may_be, verified) "
                    "VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(line) DO UPDATE SET baseline = excluded.baseline, "
                    "ours = excluded.ours, may_be = excluded.may_be, verified = excluded.verified",
                    line, encode(owned->baseline), encode(owned->ours), encode(owned->may_be), owned->verified ? 1 : 0);
}

/// The one setting of that text.
Result<Setting> one(std::string_view text) {
    auto settings = decode(text);
    if (!settings) return std::unexpected(settings.error());
    if (settings->size() != 1) return fail(Category::invalid, "A stored forwarding cannot be read.");
    return std::move(settings->front());
}

Result<void> read_owned(store::Database& disk, Lines& lines, std::vector<std::string>& broken) {
    auto rows = disk.prepare("SELECT line, baseline, ours, may_be, verified FROM forwarding_baseline");
    if (!rows) return std::unexpected(rows.error());
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        std::string line(rows->text(0));
        auto baseline = one(rows->text(1));
        auto ours = one(rows->text(2));
        auto may_be = decode(rows->text(3));
        if (baseline && ours && may_be)
            lines[line].owned =
                Owned{std::move(*baseline), std::move(*ours), std::move(*may_be), rows->integer(4) != 0};
        else
            broken.push_back(std::move(line));
    }
}

Result<void> read_claims(store::Database& disk, Lines& lines, std::vector<std::string>& broken) {
    auto rows = disk.prepare("SELECT line, source, name, target, begins, ends, resting FROM forwarding_claim "
                             "ORDER BY line, begins, source, name");
    if (!rows) return std::unexpected(rows.error());
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        std::string line(rows->text(0));
        auto source = source_named(rows->text(1));
        if (!source) {
            broken.push_back(std::move(line));
            continue;
        }
        Claim claim{.source = *source, .name = std::string(rows->text(2)), .to = std::string(rows->text(3))};
        claim.from = rows->time(4);
        claim.until = rows->maybe_time(5);
        claim.resting = rows->integer(6) != 0;
        lines[line].claims.push_back(std::move(claim));
    }
}

} // namespace

std::string_view name(AuditEntry::What what) {
    using enum AuditEntry::What;
    switch (what) {
    case claim_began: return "claim_began";
    case claim_changed: return "claim_changed";
    case claim_ended: return "claim_ended";
    case claim_refused: return "claim_refused";
    case written: return "written";
    case write_failed: return "write_failed";
    case user_changed: return "user_changed";
    case restored: return "restored";
    case dialled: return "dialled";
    case call_ordered: return "call_ordered";
    }
    return "";
}

Result<void> put_line(store::Database& disk, const Stored& line) {
    if (auto done = put_owned(disk, line.line, line.owned); !done) return done;
    if (auto done = disk.run("DELETE FROM forwarding_claim WHERE line = ?1", line.line); !done) return done;
    for (const Claim& claim : line.claims) {
        auto done = disk.run("INSERT INTO forwarding_claim(line, source, name, target, begins, ends, resting) "
                             "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                             line.line, name(claim.source), claim.name, claim.to, claim.from, claim.until,
                             claim.resting ? 1 : 0);
        if (!done) return done;
    }
    return {};
}

Result<std::vector<Stored>> read_lines(store::Database& disk, std::vector<std::string>& broken) {
    Lines lines;
    if (auto done = read_owned(disk, lines, broken); !done) return std::unexpected(done.error());
    if (auto done = read_claims(disk, lines, broken); !done) return std::unexpected(done.error());
    std::vector<Stored> all;
    for (auto& [line, stored] : lines) {
        stored.line = line;
        all.push_back(std::move(stored));
    }
    return all;
}

Result<void> put_audit(store::Database& disk, const std::vector<AuditEntry>& entries) {
    for (const AuditEntry& entry : entries) {
        auto done = disk.run("INSERT INTO forwarding_audit(at, line, what, who, text) VALUES(?1, ?2, ?3, ?4, ?5)",
                             entry.at, entry.line, name(entry.what), entry.who, entry.text);
        if (!done) return done;
    }
    return disk.run("DELETE FROM forwarding_audit WHERE id <= (SELECT max(id) FROM forwarding_audit) - ?1",
                    audit_rows_max);
}

Result<std::vector<AuditEntry>> read_audit(store::Database& disk, const std::string& line, std::size_t most) {
    constexpr std::string_view all = "SELECT at, line, what, who, text FROM forwarding_audit ORDER BY id DESC LIMIT ?1";
    constexpr std::string_view of_line =
        "SELECT at, line, what, who, text FROM forwarding_audit WHERE line = ?2 ORDER BY id DESC LIMIT ?1";
    auto rows = line.empty() ? disk.prepare(all, most) : disk.prepare(of_line, most, line);
    if (!rows) return std::unexpected(rows.error());
    std::vector<AuditEntry> entries;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return entries;
        AuditEntry entry;
        entry.at = rows->time(0);
        entry.line = rows->text(1);
        for (auto what = AuditEntry::What::claim_began; what <= AuditEntry::What::call_ordered;
             what = static_cast<AuditEntry::What>(static_cast<int>(what) + 1))
            if (name(what) == rows->text(2)) entry.what = what;
        entry.who = rows->text(3);
        entry.text = rows->text(4);
        entries.push_back(std::move(entry));
    }
}

} // namespace lamp::forwarding
