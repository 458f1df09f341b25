#include "records/shelf.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <variant>

#include "numbers/plain_number.hpp"
#include "records/within.hpp"

namespace lamp::records {
namespace {

using calls::CallRecord;
using store::Database;
using store::Statement;

constexpr std::size_t limit_max = 1000;
constexpr std::size_t persons_max = 500;
constexpr std::size_t gaps_max = 1000;

constexpr std::string_view columns =
    "started, id, person, line, session, incoming, withheld, number, name, user, ddi, ddi_name, queue, answered, "
    "ended, "
    "held_at, rang, held, result, why, released_by, moved_to, taken_from, source, uncertain, settled, redirect, "
    "offered_by";

template <class Enum>
int number_of(Enum value) {
    return static_cast<int>(value);
}

/// One that a newer Lamplighter wrote is the first.
template <class Enum>
Enum enum_of(const Statement& row, int column, Enum last) {
    auto number = row.integer(column);
    return number >= 0 && number <= number_of(last) ? static_cast<Enum>(number) : Enum{};
}

Written read_row(const Statement& row) {
    Written written;
    CallRecord& record = written.record;
    int at = 0;
    auto text = [&] { return std::string(row.text(at++)); };
    auto flag = [&] { return row.integer(at++) != 0; };
    record.started = row.time(at++);
    record.id = text();
    record.person = text();
    record.line = text();
    record.session = text();
    record.incoming = flag();
    record.withheld = flag();
    record.remote_number = text();
    record.remote_name = text();
    record.remote_user = text();
    record.ddi = text();
    record.ddi_name = text();
    record.queue = text();
    record.answered = row.maybe_time(at++);
    record.ended = row.maybe_time(at++);
    record.held_at = row.maybe_time(at++);
    record.rang = milliseconds(row.integer(at++));
    record.held = milliseconds(row.integer(at++));
    if (!row.null(at)) record.result = enum_of(row, at, calls::CallResult::failed);
    ++at;
    record.why = enum_of(row, at++, calls::End::failed);
    record.released_by = enum_of(row, at++, calls::ReleasedBy::there);
    record.moved_to = text();
    record.transferred_from = text();
    record.source = enum_of(row, at++, calls::RecordSource::call_log);
    record.uncertain = flag();
    written.settled = flag();
    written.redirect = enum_of(row, at++, calls::Redirect::other);
    written.group = text();
    return written;
}

/// Each row of a statement that has the columns above.
template <class Take>
Result<void> each(Statement& rows, Take&& take) {
    while (true) {
        auto row = rows.step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return {};
        take(read_row(rows));
    }
}

/// A condition of SQL and the values of its places.
class Condition {
public:
    using Value = std::variant<std::int64_t, std::string>;
    void add(std::string_view sql) { sql_ += fmt::format("{}{}", sql_.empty() ? " WHERE " : " AND ", sql); }
    /// The next place, "?3".
    std::string place(Value value) {
        values_.push_back(std::move(value));
        return fmt::format("?{}", values_.size());
    }
    std::string place(Wall time) { return place(Value(std::int64_t{time.time_since_epoch().count()})); }
    [[nodiscard]] const std::string& sql() const { return sql_; }
    void bind(Statement& statement) const {
        for (std::size_t i = 0; i < values_.size(); ++i)
            std::visit([&](const auto& value) { statement.bind(static_cast<int>(i + 1), value); }, values_[i]);
    }

private:
    std::string sql_;
    std::vector<Value> values_;
};

struct Cursor {
    std::int64_t started = 0;
    std::string id;
    std::string person;
};

std::string write_cursor(const CallRecord& record) {
    return fmt::format("{}-{}-{}", record.started.time_since_epoch().count(), record.id, record.person);
}

std::optional<Cursor> read_cursor(std::string_view text) {
    Cursor cursor;
    const char* end = text.data() + text.size();
    auto [rest, error] = std::from_chars(text.data(), end, cursor.started);
    if (error != std::errc() || rest == end || *rest != '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + 1);
    auto dash = text.find('-');
    if (dash == 0 || dash == std::string_view::npos) return std::nullopt;
    if (!std::ranges::all_of(text.substr(0, dash),
                             [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }))
        return std::nullopt;
    cursor.id = text.substr(0, dash);
    cursor.person = text.substr(dash + 1);
    return cursor;
}

/// Found in the people's index, which is read to its end: an index of ids, which lie anywhere in it, would double what
/// it costs to write a call.
std::string of_id(Condition& where, const std::string& id) {
    return fmt::format(
        "(started, id, person) IN (SELECT started, id, person FROM call INDEXED BY call_of_person WHERE id = {})",
        where.place(id));
}

Result<Condition> condition_of(const calls::CallQuery& query) {
    Condition where;
    where.add("ended IS NOT NULL");
    if (query.limit < 1 || query.limit > limit_max)
        return fail(Category::invalid, fmt::format("A page has 1 to {} calls.", limit_max));
    if (query.persons.size() > persons_max)
        return fail(Category::invalid, fmt::format("At most {} people can be asked for at once.", persons_max));
    if (!query.persons.empty()) {
        std::string list;
        for (const std::string& person : query.persons)
            list += (list.empty() ? "" : ", ") + where.place(person);
        where.add(fmt::format("person IN ({})", list));
    }
    if (query.within)
        where.add(within_sql(*query.within, [&](std::string names) { return where.place(std::move(names)); }));
    if (!query.id.empty()) where.add(of_id(where, query.id));
    if (!query.line.empty()) where.add("line = " + where.place(query.line));
    if (query.from) where.add("started >= " + where.place(*query.from));
    if (query.until) where.add("started < " + where.place(*query.until));
    if (query.incoming) where.add(*query.incoming ? "incoming = 1" : "incoming = 0");
    if (query.result) where.add(fmt::format("result = {}", number_of(*query.result)));
    if (!query.queue.empty()) where.add("queue = " + where.place(query.queue));
    if (!query.number.empty()) {
        auto plain = numbers::plain_number(query.number);
        if (plain.empty()) return fail(Category::invalid, "What is asked for as a number is none.");
        auto place = where.place(plain);
        where.add(fmt::format("((plain = {0} AND plain <> '') OR ddi_plain = {0})", place));
    }
    if (!query.cursor.empty()) {
        auto cursor = read_cursor(query.cursor);
        if (!cursor) return fail(Category::invalid, "The cursor is none of ours.");
        auto started = where.place(Condition::Value(cursor->started));
        auto id = where.place(cursor->id);
        auto person = where.place(cursor->person);
        where.add(fmt::format("(started, id, person) < ({}, {}, {})", started, id, person));
    }
    return where;
}

} // namespace

Result<void> put_record(Database& disk, const Written& written, Numbers numbers) {
    const CallRecord& record = written.record;
    auto number = kept_number(record.remote_number, numbers);
    return disk.run(
        "INSERT INTO call(started, id, person, line, session, incoming, withheld, number, name, user, ddi, ddi_name, "
        "queue, answered, ended, held_at, rang, held, result, why, released_by, moved_to, taken_from, source, "
        "uncertain, settled, redirect, offered_by, plain, ddi_plain) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30) "
        "ON CONFLICT(started, id, person) DO UPDATE SET line = ?4, session = ?5, incoming = ?6, withheld = ?7, "
        "number = ?8, name = ?9, user = ?10, ddi = ?11, ddi_name = ?12, queue = ?13, answered = ?14, ended = ?15, "
        "held_at = ?16, rang = ?17, held = ?18, result = ?19, why = ?20, released_by = ?21, moved_to = ?22, "
        "taken_from = ?23, source = ?24, uncertain = ?25, settled = ?26, redirect = ?27, offered_by = ?28, "
        "plain = ?29, ddi_plain = ?30",
        record.started, record.id, record.person, record.line, record.session, record.incoming ? 1 : 0,
        record.withheld ? 1 : 0, number, numbers == Numbers::whole ? record.remote_name : std::string(),
        numbers == Numbers::whole ? record.remote_user : std::string(), record.ddi, record.ddi_name, record.queue,
        record.answered, record.ended, record.held_at, record.rang.count(), record.held.count(),
        record.result ? std::optional(number_of(*record.result)) : std::nullopt, number_of(record.why),
        number_of(record.released_by), record.moved_to, record.transferred_from, number_of(record.source),
        record.uncertain ? 1 : 0, written.settled ? 1 : 0, number_of(written.redirect), written.group,
        numbers::plain_number(number), numbers::plain_number(record.ddi));
}

Result<std::vector<Written>> read_unfinished(Database& disk) {
    std::vector<Written> found;
    auto rows = disk.prepare(fmt::format("SELECT {} FROM call WHERE ended IS NULL OR settled = 0", columns));
    if (!rows) return std::unexpected(rows.error());
    if (auto done = each(*rows, [&](Written one) { found.push_back(std::move(one)); }); !done)
        return std::unexpected(done.error());
    // Their settled neighbours: whether anybody has answered that caller.
    auto unfinished = found.size();
    for (std::size_t i = 0; i < unfinished; ++i) {
        auto session = found[i].record.session;
        if (session.empty()) continue;
        bool done_before = std::ranges::any_of(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(i),
                                               [&](const Written& one) { return one.record.session == session; });
        if (done_before) continue;
        constexpr auto around = std::chrono::hours(1);
        auto others = disk.prepare(fmt::format("SELECT {} FROM call WHERE started BETWEEN ?1 AND ?2 AND session = ?3 "
                                               "AND ended IS NOT NULL AND settled = 1",
                                               columns),
                                   found[i].record.started - around, found[i].record.started + around, session);
        if (!others) return std::unexpected(others.error());
        if (auto done = each(*others, [&](Written one) { found.push_back(std::move(one)); }); !done)
            return std::unexpected(done.error());
    }
    return found;
}

Result<std::vector<CallRecord>> read_line(Database& disk, const std::string& line, Wall from, Wall until) {
    std::vector<CallRecord> found;
    auto rows = disk.prepare(
        fmt::format("SELECT {} FROM call WHERE line = ?1 AND started BETWEEN ?2 AND ?3 ORDER BY started", columns),
        line, from, until);
    if (!rows) return std::unexpected(rows.error());
    if (auto done = each(*rows, [&](Written one) { found.push_back(std::move(one.record)); }); !done)
        return std::unexpected(done.error());
    return found;
}

Result<std::size_t> forget_older(Database& disk, Wall than, std::size_t most) {
    auto last =
        disk.prepare("SELECT started FROM call WHERE started < ?1 ORDER BY started LIMIT 1 OFFSET ?2", than, most - 1);
    if (!last) return std::unexpected(last.error());
    auto more = last->step();
    if (!more) return std::unexpected(more.error());
    auto until = *more ? last->time(0) + milliseconds(1) : than;
    if (auto done = disk.run("DELETE FROM call WHERE started < ?1", until); !done) return std::unexpected(done.error());
    auto gone = static_cast<std::size_t>(disk.changed());
    if (auto done = disk.run("DELETE FROM call_gap WHERE ends < ?1", than); !done) return std::unexpected(done.error());
    return gone;
}

Result<std::size_t> forget_call(Database& disk, const std::string& id, const std::optional<calls::Within>& within) {
    Condition where;
    where.add(of_id(where, id));
    if (within) where.add(within_sql(*within, [&](std::string names) { return where.place(std::move(names)); }));
    auto found = disk.prepare(
        fmt::format("SELECT count(*), coalesce(sum(ended IS NULL OR settled = 0), 0) FROM call{}", where.sql()));
    if (!found) return std::unexpected(found.error());
    where.bind(*found);
    auto row = found->step();
    if (!row) return std::unexpected(row.error());
    if (found->integer(0) == 0) return fail(Category::not_found, "There is no call with this id.");
    if (found->integer(1) > 0)
        return fail(Category::conflict, "This call goes on, or was over just now: try again in a minute.");
    auto emptied = disk.prepare(
        fmt::format("UPDATE call SET number = '', plain = '', name = '', user = '', moved_to = ''{}", where.sql()));
    if (!emptied) return std::unexpected(emptied.error());
    where.bind(*emptied);
    if (auto done = emptied->step(); !done) return std::unexpected(done.error());
    return static_cast<std::size_t>(disk.changed());
}

Result<void> put_gap(Database& disk, const calls::Gap& gap) {
    return disk.run("INSERT OR REPLACE INTO call_gap(platform, begins, ends, filled) VALUES(?1, ?2, ?3, ?4)",
                    gap.platform, gap.from, gap.until, gap.filled ? 1 : 0);
}

Result<std::vector<calls::Gap>> read_gaps(Database& disk, std::optional<Wall> from, std::optional<Wall> until) {
    auto rows = disk.prepare("SELECT platform, begins, ends, filled FROM call_gap WHERE (?1 IS NULL OR ends IS NULL OR "
                             "ends > ?1) AND (?2 IS NULL OR begins < ?2) ORDER BY begins DESC, platform LIMIT ?3",
                             from, until, gaps_max);
    if (!rows) return std::unexpected(rows.error());
    std::vector<calls::Gap> gaps;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) break;
        gaps.push_back({.platform = std::string(rows->text(0)),
                        .from = rows->time(1),
                        .until = rows->maybe_time(2),
                        .filled = rows->integer(3) != 0});
    }
    std::ranges::reverse(gaps);
    return gaps;
}

Result<void> put_mark(Database& disk, const std::string& name, Wall at) {
    return disk.run("INSERT OR REPLACE INTO history_mark(name, at) VALUES(?1, ?2)", name, at);
}

Result<std::optional<Wall>> read_mark(Database& disk, const std::string& name) {
    auto row = disk.prepare("SELECT at FROM history_mark WHERE name = ?1", name);
    if (!row) return std::unexpected(row.error());
    auto found = row->step();
    if (!found) return std::unexpected(found.error());
    return *found ? std::optional(row->time(0)) : std::nullopt;
}

Result<calls::CallPage> read_calls(Database& disk, const calls::CallQuery& query) {
    auto where = condition_of(query);
    if (!where) return std::unexpected(where.error());
    auto rows = disk.prepare(fmt::format("SELECT {} FROM call{} ORDER BY started DESC, id DESC, person DESC LIMIT {}",
                                         columns, where->sql(), query.limit + 1));
    if (!rows) return std::unexpected(rows.error());
    where->bind(*rows);
    calls::CallPage page;
    auto done = each(*rows, [&](Written one) { page.items.push_back(std::move(one.record)); });
    if (!done) return std::unexpected(done.error());
    if (page.items.size() > query.limit) {
        page.items.pop_back();
        page.next = write_cursor(page.items.back());
    }
    auto gaps = read_gaps(disk, query.from, query.until);
    if (!gaps) return std::unexpected(gaps.error());
    page.gaps = std::move(*gaps);
    return page;
}

} // namespace lamp::records
