#include "privacy/rows.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "privacy/letter_text.hpp"
#include "proto/json/writer.hpp"

namespace lamp::privacy {
namespace {

using store::Database;
using store::Statement;
using Texts = std::vector<std::string>;

Texts key_of(const KeptTable& table) {
    Texts names;
    for (auto name : table.key)
        if (!name.empty()) names.emplace_back(name);
    return names;
}

Texts looked_at(const KeptTable& table) {
    Texts names;
    for (const Part& part : table.parts)
        if (!part.looked_at.empty()) names.emplace_back(part.looked_at);
    return names;
}

std::string joined(const Texts& texts, std::string_view between) {
    std::string out;
    for (const auto& text : texts)
        out.append(out.empty() ? "" : between).append(text);
    return out;
}

std::string places(std::size_t count, std::size_t from) {
    Texts out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back(fmt::format("?{}", from + i));
    return joined(out, ", ");
}

/// " WHERE started = ?2 AND id = ?3 …", with places from `from`.
std::string this_row(const KeptTable& table, std::size_t from) {
    Texts parts;
    for (const auto& name : key_of(table))
        parts.push_back(fmt::format("{} = ?{}", name, from++));
    return " WHERE " + joined(parts, " AND ");
}

void put_in(Statement& statement, const Texts& values, std::size_t from) {
    for (const auto& value : values)
        statement.bind(static_cast<int>(from++), std::string_view(value));
}

Result<void> finish(Result<Statement> statement, const Texts& key, std::size_t from) {
    if (!statement) return std::unexpected(statement.error());
    put_in(*statement, key, from);
    auto done = statement->step();
    return done ? Result<void>() : std::unexpected(done.error());
}

/// A row that holds the number.
struct Found {
    Texts key;
    std::vector<const Part*> parts; // where
    Texts texts;                    // what stands there
    bool busy;
};

bool holds(const KeptTable& table, const Part& part, const WantedNumber& number, std::string_view text) {
    if (table.fate == Fate::letter) return number.occurs_in(readable(text));
    return number.is(text) || (!part.whole && number.occurs_in(text));
}

/// Reads a page; what does not hold the number is passed over.
Result<std::vector<Found>> read_page(Database& disk, const KeptTable& table, const WantedNumber& number,
                                     const Texts& after, Page& page) {
    auto keys = key_of(table);
    auto columns = keys;
    std::ranges::copy(looked_at(table), std::back_inserter(columns));
    auto behind =
        after.empty() ? std::string() : fmt::format(" WHERE ({}) > ({})", joined(keys, ", "), places(keys.size(), 1));
    auto rows = disk.prepare(fmt::format("SELECT ({}), {} FROM {}{} ORDER BY {} LIMIT {}", table.busy,
                                         joined(columns, ", "), table.table, behind, joined(keys, ", "), page_rows));
    if (!rows) return std::unexpected(rows.error());
    put_in(*rows, after, 1);
    std::vector<Found> found;
    for (std::size_t count = 0;; ++count) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) {
            if (count < page_rows) page.last.clear();
            return found;
        }
        page.last.clear();
        for (std::size_t i = 0; i < keys.size(); ++i)
            page.last.emplace_back(rows->text(static_cast<int>(1 + i)));
        Found one{.key = page.last, .parts = {}, .texts = {}, .busy = rows->integer(0) != 0};
        auto column = static_cast<int>(1 + keys.size());
        for (const Part& part : table.parts) {
            if (part.looked_at.empty()) continue;
            auto text = rows->text(column++);
            if (!holds(table, part, number, text)) continue;
            one.parts.push_back(&part);
            one.texts.emplace_back(text);
        }
        if (!one.parts.empty()) found.push_back(std::move(one));
    }
}

bool goes(const KeptTable& table, const Found& row, Wish wish) {
    if (row.busy || table.fate == Fate::in_force) return false;
    return table.fate != Fate::contact || wish.contacts;
}

Result<void> set(Database& disk, const KeptTable& table, const Found& row, std::string_view column,
                 std::string_view text) {
    return finish(disk.prepare(fmt::format("UPDATE {} SET {} = ?1{}", table.table, column, this_row(table, 2)), text),
                  row.key, 2);
}

Result<void> remove(Database& disk, const KeptTable& table, const Found& row) {
    return finish(disk.prepare(fmt::format("DELETE FROM {}{}", table.table, this_row(table, 1))), row.key, 1);
}

Result<void> erase(Database& disk, const KeptTable& table, const Found& row, const WantedNumber& number) {
    switch (table.fate) {
    case Fate::emptied:
        for (const Part* part : row.parts)
            for (auto column : part->emptied)
                if (!column.empty())
                    if (auto done = set(disk, table, row, column, ""); !done) return done;
        return {};
    case Fate::replaced:
        for (std::size_t i = 0; i < row.parts.size(); ++i) {
            auto text = number.is(row.texts[i]) ? std::string(erased_word) : number.replaced(row.texts[i], erased_word);
            if (auto done = set(disk, table, row, row.parts[i]->looked_at, text); !done) return done;
        }
        return {};
    case Fate::letter: {
        auto body = without_other_side(row.texts.front());
        if (!body || number.occurs_in(*body)) return remove(disk, table, row);
        return set(disk, table, row, row.parts.front()->looked_at, *body);
    }
    case Fate::removed:
    case Fate::contact: return remove(disk, table, row);
    case Fate::in_force: break;
    }
    return {};
}

/// What can be told of a row: no blobs.
Result<Texts> told_columns(Database& disk, const KeptTable& table) {
    Texts columns;
    auto names =
        disk.prepare(fmt::format("SELECT name FROM pragma_table_info('{}') WHERE type <> 'BLOB'", table.table));
    if (!names) return std::unexpected(names.error());
    while (true) {
        auto more = names->step();
        if (!more) return std::unexpected(more.error());
        if (!*more) return columns;
        columns.emplace_back(names->text(0));
    }
}

/// Empty columns are left out; whole numbers that look like times are times.
Result<std::string> as_json(Database& disk, const KeptTable& table, const Texts& columns, const Found& row) {
    constexpr std::int64_t earliest = 1'000'000'000'000; // ms: 2001
    constexpr std::int64_t latest = 10'000'000'000'000;
    auto all = disk.prepare(fmt::format("SELECT {} FROM {}{}", joined(columns, ", "), table.table, this_row(table, 1)));
    if (!all) return std::unexpected(all.error());
    put_in(*all, row.key, 1);
    auto there = all->step();
    if (!there) return std::unexpected(there.error());
    std::string out;
    JsonWriter json(out);
    json.object([&] {
        for (std::size_t i = 0; *there && i < columns.size(); ++i) {
            auto column = static_cast<int>(i);
            auto text = std::string(all->text(column));
            if (text.empty()) continue;
            auto number = all->integer(column);
            if (number >= earliest && number < latest && text == std::to_string(number))
                json.member(columns[i], Wall(milliseconds(number)));
            else
                json.member(columns[i], text);
        }
    });
    return out;
}

} // namespace

Result<Page> look(Database& disk, const KeptTable& table, const WantedNumber& number, Wish wish, const Texts& after) {
    Page page;
    auto found = read_page(disk, table, number, after, page);
    if (!found) return std::unexpected(found.error());
    bool tells = wish.what == Wish::What::tell && !found->empty();
    auto columns = tells ? told_columns(disk, table) : Texts();
    if (!columns) return std::unexpected(columns.error());
    for (const Found& row : *found) {
        ++page.found;
        if (row.busy) ++page.busy;
        if (tells) {
            auto text = as_json(disk, table, *columns, row);
            if (!text) return std::unexpected(text.error());
            page.rows.push_back(std::move(*text));
        }
        if (!goes(table, row, wish)) continue;
        ++page.erased;
        if (wish.what != Wish::What::erase) continue;
        if (auto done = erase(disk, table, row, number); !done) return std::unexpected(done.error());
    }
    return page;
}

Result<void> put_erasure(Database& disk, const calls::PrivacyErasure& erasure) {
    return disk.run("INSERT INTO privacy_erasure(at, who, number_hash, found) VALUES(?1, ?2, ?3, ?4)", erasure.at,
                    erasure.by, erasure.number_hash, static_cast<std::int64_t>(erasure.found));
}

Result<std::vector<calls::PrivacyErasure>> read_erasures(Database& disk, std::size_t most) {
    auto rows = disk.prepare("SELECT at, who, number_hash, found FROM privacy_erasure ORDER BY id DESC LIMIT ?1",
                             static_cast<std::int64_t>(most));
    if (!rows) return std::unexpected(rows.error());
    std::vector<calls::PrivacyErasure> all;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return all;
        all.push_back({rows->time(0), std::string(rows->text(1)), std::string(rows->text(2)),
                       static_cast<std::uint64_t>(rows->integer(3))});
    }
}

} // namespace lamp::privacy
