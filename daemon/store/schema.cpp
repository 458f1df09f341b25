#include "store/schema.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/backup.hpp"

namespace lamp::store {
namespace {

constexpr Migration all[] = {
    // "This person's Teams session may exist": written before Microsoft is asked, so that a restart finds and ends it.
    // Times are milliseconds since 1970.
    {"Teams sessions", R"sql(
        CREATE TABLE teams_session (
            tenant     TEXT    NOT NULL,
            object_id  TEXT    NOT NULL,
            line_since INTEGER NOT NULL,
            written_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, object_id)
        ) WITHOUT ROWID;
    )sql"},
    // What outside services gave us and nobody configured: refresh tokens. The file is readable to its owner alone.
    {"secrets", R"sql(
        CREATE TABLE secret (
            name       TEXT    NOT NULL PRIMARY KEY,
            value      TEXT    NOT NULL,
            written_at INTEGER NOT NULL
        ) WITHOUT ROWID;
    )sql"},
    // Forwarding: what users had and what we put there instead, written before the platform is asked, so that a restart
    // finds and restores it; who wants what; what happened. Settings are JSON of forwarding/setting.cpp. `ends` may be
    // NULL.
    {"forwarding", R"sql(
        CREATE TABLE forwarding_baseline (
            line     TEXT    NOT NULL PRIMARY KEY,
            baseline TEXT    NOT NULL,
            ours     TEXT    NOT NULL,
            may_be   TEXT    NOT NULL,
            verified INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE forwarding_claim (
            line    TEXT    NOT NULL,
            source  TEXT    NOT NULL,
            name    TEXT    NOT NULL,
            target  TEXT    NOT NULL,
            begins  INTEGER NOT NULL,
            ends    INTEGER,
            resting INTEGER NOT NULL,
            PRIMARY KEY (line, source, name)
        ) WITHOUT ROWID;
        CREATE TABLE forwarding_audit (
            id   INTEGER PRIMARY KEY,
            at   INTEGER NOT NULL,
            line TEXT    NOT NULL,
            what TEXT    NOT NULL,
            who  TEXT    NOT NULL,
            text TEXT    NOT NULL
        );
        CREATE INDEX forwarding_audit_of_line ON forwarding_audit(line, id);
    )sql"},
    // Contacts as the JSON of contacts/contact_json.cpp; whoever is gone keeps the key. Folders that somebody made, and
    // favourites in their order: keys of contacts, or ids of people.
    {"directory", R"sql(
        CREATE TABLE contact (
            key        TEXT    NOT NULL PRIMARY KEY,
            document   TEXT    NOT NULL,
            changed_at INTEGER NOT NULL,
            gone_at    INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE contact_folder (
            path TEXT NOT NULL PRIMARY KEY
        ) WITHOUT ROWID;
        CREATE TABLE favourite (
            owner TEXT    NOT NULL,
            place INTEGER NOT NULL,
            key   TEXT    NOT NULL,
            PRIMARY KEY (owner, place)
        ) WITHOUT ROWID;
    )sql"},
    // Calls, one row for each and person, from the first ring on; spans in which calls went unheard; moments by name.
    // `result`, `why`, `released_by`, `source` and `redirect` are numbers of enumerators (calls/call_record.hpp,
    // calls/line_news.hpp): new ones come last. `plain`, `ddi_plain`: as numbers are compared. `settled` 0: it may
    // still become a missed call. `offered_by`: BroadWorks user id of a queue or hunt group.
    {"call records", R"sql(
        CREATE TABLE call (
            started     INTEGER NOT NULL,
            id          TEXT    NOT NULL,
            person      TEXT    NOT NULL,
            line        TEXT    NOT NULL,
            session     TEXT    NOT NULL,
            incoming    INTEGER NOT NULL,
            withheld    INTEGER NOT NULL,
            number      TEXT    NOT NULL,
            plain       TEXT    NOT NULL,
            name        TEXT    NOT NULL,
            user        TEXT    NOT NULL,
            ddi         TEXT    NOT NULL,
            ddi_plain   TEXT    NOT NULL,
            ddi_name    TEXT    NOT NULL,
            queue       TEXT    NOT NULL,
            answered    INTEGER,
            ended       INTEGER,
            held_at     INTEGER,
            rang        INTEGER NOT NULL,
            held        INTEGER NOT NULL,
            result      INTEGER,
            why         INTEGER NOT NULL,
            released_by INTEGER NOT NULL,
            moved_to    TEXT    NOT NULL,
            taken_from  TEXT    NOT NULL,
            source      INTEGER NOT NULL,
            uncertain   INTEGER NOT NULL,
            settled     INTEGER NOT NULL,
            redirect    INTEGER NOT NULL,
            offered_by  TEXT    NOT NULL,
            PRIMARY KEY (started, id, person)
        ) WITHOUT ROWID;
        CREATE INDEX call_of_person ON call(person, started);
        CREATE INDEX call_of_line ON call(line, started);
        CREATE INDEX call_of_number ON call(plain, started) WHERE plain <> '';
        CREATE INDEX call_unfinished ON call(started) WHERE ended IS NULL OR settled = 0;
        CREATE TABLE call_gap (
            platform TEXT    NOT NULL,
            begins   INTEGER NOT NULL,
            ends     INTEGER,
            filled   INTEGER NOT NULL,
            PRIMARY KEY (platform, begins)
        ) WITHOUT ROWID;
        CREATE TABLE history_mark (
            name TEXT    NOT NULL PRIMARY KEY,
            at   INTEGER NOT NULL
        ) WITHOUT ROWID;
    )sql"},
    // Outbox: what receivers of events have not had yet, in the order of `id`. state: 0 waits, 1 dead, 2 gathered for a
    // digest (outbox/letter.hpp). outbox_disabled: the address behind the digest `place` has said that it wants no
    // more.
    {"outbox", R"sql(
        CREATE TABLE outbox_letter (
            id       INTEGER PRIMARY KEY,
            webhook  TEXT    NOT NULL,
            key      TEXT    NOT NULL,
            event    TEXT    NOT NULL,
            made_at  INTEGER NOT NULL,
            body     TEXT    NOT NULL,
            state    INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            reason   TEXT    NOT NULL,
            died_at  INTEGER
        );
        CREATE UNIQUE INDEX outbox_letter_key ON outbox_letter(webhook, key);
        CREATE INDEX outbox_letter_order ON outbox_letter(webhook, state, id);
        CREATE TABLE outbox_disabled (
            webhook TEXT    NOT NULL PRIMARY KEY,
            place   TEXT    NOT NULL,
            at      INTEGER NOT NULL
        ) WITHOUT ROWID;
    )sql"},
    // Zoho PhoneBridge: whose lines are whose over there, written before Zoho is told; what Zoho has not been told yet
    // of calls; what is remembered of the account. Times are milliseconds since 1970.
    {"Zoho", R"sql(
        CREATE TABLE zoho_link (
            zohouser   TEXT NOT NULL PRIMARY KEY,
            person     TEXT NOT NULL,
            line       TEXT NOT NULL,
            path       TEXT NOT NULL,
            key        TEXT NOT NULL,
            origin     INTEGER NOT NULL,
            registered TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE zoho_notice (
            id          INTEGER PRIMARY KEY,
            received    INTEGER NOT NULL,
            state       TEXT    NOT NULL,
            call        TEXT    NOT NULL,
            caller      TEXT    NOT NULL,
            callee      TEXT    NOT NULL,
            zohouser    TEXT    NOT NULL,
            transferred TEXT    NOT NULL,
            start       INTEGER NOT NULL,
            duration    INTEGER NOT NULL,
            born        INTEGER NOT NULL,
            attempts    INTEGER NOT NULL
        );
        CREATE TABLE zoho_memory (
            name  TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
    )sql"},
    // Recognition: the last good contacts of each source, so that callers are known before the first synchronisation.
    // Records are written under a new epoch, which counts once the source's row names it. Times are milliseconds since
    // 1970.
    {"recognition", R"sql(
        CREATE TABLE recognition_source (
            name       TEXT    NOT NULL PRIMARY KEY,
            enabled    INTEGER NOT NULL DEFAULT 1,
            deleted_at INTEGER,
            epoch      INTEGER NOT NULL DEFAULT 0,
            cursor     TEXT    NOT NULL DEFAULT '',
            last_sync  INTEGER,
            last_whole INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE recognition_record (
            source TEXT    NOT NULL,
            epoch  INTEGER NOT NULL,
            id     TEXT    NOT NULL,
            record BLOB    NOT NULL,
            PRIMARY KEY (source, epoch, id)
        ) WITHOUT ROWID;
    )sql"},
    // Tokens made at run time: of the secret only its hash. `folders` and `lines`: names with line breaks between.
    // audit: who changed what; never secrets. Times are milliseconds since 1970.
    {"tokens and audit", R"sql(
        CREATE TABLE issued_token (
            name       TEXT    NOT NULL PRIMARY KEY,
            digest     TEXT    NOT NULL UNIQUE,
            role       TEXT    NOT NULL,
            person     TEXT    NOT NULL,
            folders    TEXT    NOT NULL,
            lines      TEXT    NOT NULL,
            created    INTEGER NOT NULL,
            created_by TEXT    NOT NULL,
            expires    INTEGER,
            last_used  INTEGER
        ) WITHOUT ROWID;
        CREATE TABLE audit (
            id      INTEGER PRIMARY KEY,
            at      INTEGER NOT NULL,
            who     TEXT    NOT NULL,
            what    TEXT    NOT NULL,
            subject TEXT    NOT NULL,
            before  TEXT    NOT NULL,
            after   TEXT    NOT NULL,
            text    TEXT    NOT NULL
        );
    )sql"},
    // Privacy: who erased a number, and when; of the number only a keyed hash. Times are milliseconds since 1970.
    {"privacy", R"sql(
        CREATE TABLE privacy_erasure (
            id          INTEGER PRIMARY KEY,
            at          INTEGER NOT NULL,
            who         TEXT    NOT NULL,
            number_hash TEXT    NOT NULL,
            found       INTEGER NOT NULL
        );
    )sql"},
    // Agents of call centres that are unavailable because of us: the intent, before the platform is asked.
    {"acd", R"sql(
        CREATE TABLE acd_kept (
            line    TEXT    NOT NULL PRIMARY KEY,
            code    TEXT    NOT NULL,
            written INTEGER NOT NULL
        ) WITHOUT ROWID;
    )sql"},
    // Tickets that enrol once: the token that each will be, of the ticket only its hash. As `issued_token`; `ends` is
    // the ticket's own end.
    {"enrol tickets", R"sql(
        CREATE TABLE enrol_ticket (
            name          TEXT    NOT NULL PRIMARY KEY,
            digest        TEXT    NOT NULL UNIQUE,
            role          TEXT    NOT NULL,
            person        TEXT    NOT NULL,
            folders       TEXT    NOT NULL,
            lines         TEXT    NOT NULL,
            created       INTEGER NOT NULL,
            created_by    TEXT    NOT NULL,
            token_expires INTEGER,
            ends          INTEGER NOT NULL,
            used          INTEGER
        ) WITHOUT ROWID;
    )sql"},
    // Requests that must have their effect once, by the key that whoever asked has given them, for a day: written
    // before
    // anything is done. `outcome` NULL: under way, or nobody knows what became of it.
    {"requests done once", R"sql(
        CREATE TABLE once (
            key     TEXT    NOT NULL PRIMARY KEY,
            request TEXT    NOT NULL,
            outcome TEXT,
            at      INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX once_by_time ON once(at);
    )sql"},
};

/// All of them or none: whoever ends us in between finds the file as it was.
Result<void> take_steps(Database& database, std::span<const Migration> steps, std::size_t from) {
    if (auto begun = database.script("BEGIN IMMEDIATE"); !begun) return begun;
    Result<void> done;
    for (std::size_t i = from; done && i < steps.size(); ++i)
        done = database.script(std::string(steps[i].sql));
    if (done) done = database.script(fmt::format("PRAGMA user_version={}", steps.size()));
    if (done) done = database.script("COMMIT");
    if (!done && database.in_transaction()) static_cast<void>(database.script("ROLLBACK"));
    return done;
}

/// A look at every page's structure; the first finding is enough.
Result<void> sound(Database& database) {
    auto check = database.prepare("PRAGMA quick_check(1)");
    if (!check) return std::unexpected(check.error());
    auto row = check->step();
    if (!row) return std::unexpected(row.error());
    if (*row && check->text(0) != "ok")
        return fail(Category::conflict,
                    fmt::format("{} is damaged: {}.", database.file().string(), check->text(0).substr(0, 200)));
    return {};
}

Result<Database> open_sound(const std::filesystem::path& file, Sync sync) {
    auto database = Database::open(file, sync);
    if (!database) return database;
    if (auto fine = sound(*database); !fine) return std::unexpected(fine.error());
    return database;
}

/// With its log and index: SQLite finds them by the file's name.
Result<std::filesystem::path> move_aside(const std::filesystem::path& file) {
    auto time = rfc3339(wall_now());
    std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
    auto aside = file;
    aside += ".corrupt-" + time;
    for (const char* suffix : {"", "-wal", "-shm"}) {
        auto from = file;
        auto to = aside;
        from += suffix;
        to += suffix;
        std::error_code error;
        std::filesystem::rename(from, to, error);
        if (error && error != std::errc::no_such_file_or_directory)
            return fail(Category::unavailable,
                        fmt::format("{} is damaged and cannot be moved aside: {}.", from.string(), error.message()));
    }
    return aside;
}

Result<Opened> brought_up(Result<Database> database, std::filesystem::path moved_aside,
                          std::span<const Migration> steps) {
    if (!database) return std::unexpected(database.error());
    if (auto done = migrate(*database, steps); !done) return std::unexpected(done.error());
    return Opened{.database = std::move(*database), .moved_aside = std::move(moved_aside)};
}

} // namespace

std::span<const Migration> migrations() {
    return all;
}

Result<void> migrate(Database& database, std::span<const Migration> steps) {
    auto found = database.number("PRAGMA user_version");
    if (!found) return std::unexpected(found.error());
    if (*found < 0 || *found > static_cast<std::int64_t>(steps.size()))
        return fail(Category::invalid,
                    fmt::format("{} was written by a newer Lamplighter (version {} of its tables, this one knows {}): "
                                "install that Lamplighter again, or move the file away.",
                                database.file().string(), *found, steps.size()));
    auto from = static_cast<std::size_t>(*found);
    if (from == steps.size()) return {};
    if (from > 0) {
        auto copy = back_up(database, static_cast<std::int64_t>(steps.size()));
        if (!copy) return std::unexpected(copy.error());
        log::info("store", "the database was copied before its tables change", {{"copy", copy->string()}});
    }
    if (auto done = take_steps(database, steps, from); !done) return done;
    for (std::size_t i = from; i < steps.size(); ++i)
        log::info("store", "the database has new tables", {{"version", i + 1}, {"what", steps[i].what}});
    return {};
}

Result<Opened> open_current(const std::filesystem::path& folder, Sync sync, std::span<const Migration> steps) {
    auto file = folder / "lamplighter.db";
    auto found = open_sound(file, sync);
    if (found || found.error().category != Category::conflict) return brought_up(std::move(found), {}, steps);
    auto aside = move_aside(file);
    if (!aside) return std::unexpected(aside.error());
    log::error("store", "the database is damaged, was moved aside, and a new one is begun: what it remembered is lost",
               {{"moved_to", aside->string()}, {"reason", found.error().text}});
    return brought_up(open_sound(file, sync), *aside, steps);
}

} // namespace lamp::store
