#include "outbox/shelf.hpp"

#include <algorithm>
#include <utility>

namespace lamp::outbox {
namespace {

constexpr int on_disk(LetterState state) {
    return static_cast<int>(state);
}
constexpr int waits = on_disk(LetterState::waiting);
constexpr int is_dead = on_disk(LetterState::dead);
constexpr int is_gathered = on_disk(LetterState::gathered);

template <class Row>
Result<std::vector<Row>> rows(Result<store::Statement> found, Row (*read)(const store::Statement&)) {
    if (!found) return std::unexpected(found.error());
    std::vector<Row> out;
    while (true) {
        auto row = found->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return out;
        out.push_back(read(*found));
    }
}

/// So many rows were changed.
Result<std::uint64_t> changed(store::Database& disk, const Result<void>& done) {
    if (!done) return std::unexpected(done.error());
    return static_cast<std::uint64_t>(disk.changed());
}

Result<void> trim_dead(store::Database& disk, const std::string& webhook, Wall now) {
    auto old = now - limits::dead_letter_life;
    if (auto done = disk.run("DELETE FROM outbox_letter WHERE webhook = ?1 AND state = ?2 AND died_at < ?3", webhook,
                             is_dead, old);
        !done)
        return done;
    return disk.run("DELETE FROM outbox_letter WHERE id IN (SELECT id FROM outbox_letter WHERE webhook = ?1 AND "
                    "state = ?2 ORDER BY id DESC LIMIT -1 OFFSET ?3)",
                    webhook, is_dead, static_cast<std::int64_t>(limits::dead_letters));
}

} // namespace

Result<std::vector<bool>> put(store::Database& disk, std::span<const Letter> letters) {
    std::vector<bool> fresh;
    fresh.reserve(letters.size());
    for (const auto& letter : letters) {
        auto done = disk.run("INSERT INTO outbox_letter(webhook, key, event, made_at, body, state, attempts, reason) "
                             "VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, '') ON CONFLICT(webhook, key) DO NOTHING",
                             letter.webhook, letter.key, letter.event, letter.made, letter.body, on_disk(letter.state));
        if (!done) return std::unexpected(done.error());
        fresh.push_back(disk.changed() > 0);
    }
    return fresh;
}

Result<std::vector<Letter>> waiting(store::Database& disk, const std::string& webhook, std::int64_t after,
                                    std::size_t most) {
    return rows<Letter>(
        disk.prepare(
            "SELECT id, webhook, key, event, made_at, body, attempts FROM outbox_letter WHERE webhook = ?1 AND "
            "state = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
            webhook, waits, after, static_cast<std::int64_t>(most)),
        [](const store::Statement& row) {
            return Letter{.id = row.integer(0),
                          .webhook = std::string(row.text(1)),
                          .key = std::string(row.text(2)),
                          .event = std::string(row.text(3)),
                          .made = row.time(4),
                          .body = std::string(row.text(5)),
                          .attempts = static_cast<std::uint32_t>(row.integer(6))};
        });
}

Result<Counts> count(store::Database& disk, const std::string& webhook) {
    auto found =
        disk.prepare("SELECT (SELECT count(*) FROM outbox_letter WHERE webhook = ?1 AND state = ?2), "
                     "(SELECT count(*) FROM outbox_letter WHERE webhook = ?1 AND state = ?3), "
                     "(SELECT made_at FROM outbox_letter WHERE webhook = ?1 AND state = ?2 ORDER BY id LIMIT 1)",
                     webhook, waits, is_dead);
    if (!found) return std::unexpected(found.error());
    auto row = found->step();
    if (!row) return std::unexpected(row.error());
    Counts counts;
    if (!*row) return counts;
    counts.waiting = static_cast<std::uint64_t>(found->integer(0));
    counts.dead = static_cast<std::uint64_t>(found->integer(1));
    counts.oldest = found->maybe_time(2);
    return counts;
}

Result<void> remove(store::Database& disk, std::int64_t id) {
    return disk.run("DELETE FROM outbox_letter WHERE id = ?1", id);
}

Result<void> note_attempt(store::Database& disk, const Letter& letter, const std::string& reason) {
    return disk.run("UPDATE outbox_letter SET attempts = ?2, reason = ?3 WHERE id = ?1", letter.id,
                    std::int64_t{letter.attempts}, reason);
}

Result<void> bury(store::Database& disk, const Letter& letter, const std::string& reason, Wall now) {
    auto done = disk.run("UPDATE outbox_letter SET state = ?2, attempts = ?3, reason = ?4, died_at = ?5 WHERE id = ?1",
                         letter.id, is_dead, std::int64_t{letter.attempts}, reason, now);
    return done ? trim_dead(disk, letter.webhook, now) : done;
}

Result<void> bury_all(store::Database& disk, const std::string& webhook, const std::string& reason, Wall now) {
    auto done = disk.run("UPDATE outbox_letter SET state = ?2, reason = ?3, died_at = ?4 WHERE webhook = ?1 AND "
                         "state = ?5",
                         webhook, is_dead, reason, now, waits);
    return done ? trim_dead(disk, webhook, now) : done;
}

Result<std::vector<calls::DeadLetter>> dead(store::Database& disk, const std::string& webhook, std::size_t most) {
    return rows<calls::DeadLetter>(
        disk.prepare("SELECT id, webhook, key, event, made_at, died_at, attempts, reason FROM outbox_letter WHERE "
                     "(?1 = '' OR webhook = ?1) AND state = ?2 ORDER BY id LIMIT ?3",
                     webhook, is_dead, static_cast<std::int64_t>(most)),
        [](const store::Statement& row) {
            return calls::DeadLetter{.id = row.integer(0),
                                     .webhook = std::string(row.text(1)),
                                     .key = std::string(row.text(2)),
                                     .event = std::string(row.text(3)),
                                     .made = row.time(4),
                                     .died = row.time(5),
                                     .attempts = static_cast<std::uint32_t>(row.integer(6)),
                                     .reason = std::string(row.text(7))};
        });
}

// Attempts begin at zero again, and so does their age: made anew, or they would be given up at once.
Result<std::uint64_t> replay(store::Database& disk, const std::string& webhook, std::optional<std::int64_t> id) {
    return changed(disk, disk.run("UPDATE outbox_letter SET state = ?2, attempts = 0, made_at = ?5, died_at = NULL "
                                  "WHERE webhook = ?1 AND state = ?3 AND (?4 IS NULL OR id = ?4)",
                                  webhook, waits, is_dead, id, wall_now()));
}

Result<std::uint64_t> drop(store::Database& disk, const std::string& webhook, std::optional<std::int64_t> id) {
    return changed(disk, disk.run("DELETE FROM outbox_letter WHERE webhook = ?1 AND state = ?2 AND "
                                  "(?3 IS NULL OR id = ?3)",
                                  webhook, is_dead, id));
}

Result<bool> make_digest(store::Database& disk, const std::string& webhook, Wall until,
                         const std::function<Letter(const std::vector<std::string>& lines)>& write) {
    using Line = std::pair<std::int64_t, std::string>;
    auto found =
        rows<Line>(disk.prepare("SELECT id, body FROM outbox_letter WHERE webhook = ?1 AND state = ?2 AND made_at < ?3 "
                                "ORDER BY id LIMIT ?4",
                                webhook, is_gathered, until, static_cast<std::int64_t>(limits::digest_lines)),
                   [](const store::Statement& row) { return Line(row.integer(0), row.text(1)); });
    if (!found) return std::unexpected(found.error());
    if (found->empty()) return false;
    std::vector<std::string> lines;
    for (auto& [id, line] : *found)
        lines.push_back(std::move(line));
    auto letter = write(lines);
    if (auto done = put(disk, {&letter, 1}); !done) return std::unexpected(done.error());
    for (const auto& [id, line] : *found)
        if (auto done = remove(disk, id); !done) return std::unexpected(done.error());
    return true;
}

Result<void> forget_others(store::Database& disk, const std::vector<std::string>& webhooks, Wall before) {
    auto known = rows<std::string>(disk.prepare("SELECT DISTINCT webhook FROM outbox_letter"),
                                   [](const store::Statement& row) { return std::string(row.text(0)); });
    if (!known) return std::unexpected(known.error());
    for (const auto& name : *known) {
        if (std::ranges::find(webhooks, name) != webhooks.end()) continue;
        auto done = disk.run("DELETE FROM outbox_letter WHERE webhook = ?1 AND made_at < ?2", name, before);
        if (!done) return done;
    }
    return {};
}

Result<bool> is_disabled(store::Database& disk, const std::string& webhook, const std::string& place) {
    auto found = disk.prepare("SELECT 1 FROM outbox_disabled WHERE webhook = ?1 AND place = ?2", webhook, place);
    if (!found) return std::unexpected(found.error());
    return found->step();
}

Result<void> disable(store::Database& disk, const std::string& webhook, const std::string& place, Wall now) {
    return disk.run("INSERT INTO outbox_disabled(webhook, place, at) VALUES(?1, ?2, ?3) ON CONFLICT(webhook) "
                    "DO UPDATE SET place = excluded.place, at = excluded.at",
                    webhook, place, now);
}

Result<void> enable(store::Database& disk, const std::string& webhook) {
    return disk.run("DELETE FROM outbox_disabled WHERE webhook = ?1", webhook);
}

} // namespace lamp::outbox
