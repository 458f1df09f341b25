#include "access/ticket.hpp"

#include <fmt/format.h>

#include "access/shelf.hpp"

namespace lamp::access {
namespace {

constexpr std::string_view columns =
    "name, digest, role, person, folders, lines, created, created_by, token_expires, ends, used";

std::optional<Ticket> read_row(const store::Statement& row) {
    auto digest = read_hashed(row.text(1));
    if (!digest) return std::nullopt;
    Ticket ticket{.token = {.name = std::string(row.text(0)), .digest = *digest, .role = std::string(row.text(2))}};
    ticket.token.person = row.text(3);
    ticket.token.scope = {split_names(row.text(4)), split_names(row.text(5))};
    ticket.token.created = row.time(6);
    ticket.token.created_by = row.text(7);
    ticket.token.expires = row.maybe_time(8);
    ticket.ends = row.time(9);
    ticket.used = row.maybe_time(10);
    return ticket;
}

Result<std::optional<Ticket>> find(store::Database& disk, const Digest& digest) {
    auto rows =
        disk.prepare(fmt::format("SELECT {} FROM enrol_ticket WHERE digest = ?1", columns), write_hashed(digest));
    if (!rows) return std::unexpected(rows.error());
    auto row = rows->step();
    if (!row) return std::unexpected(row.error());
    return *row ? read_row(*rows) : std::nullopt;
}

} // namespace

Result<void> put_ticket(store::Database& disk, const Ticket& ticket) {
    const auto& token = ticket.token;
    if (auto done = disk.run("DELETE FROM enrol_ticket WHERE ends < ?1", token.created - ticket_kept); !done)
        return done;
    auto kept = disk.number("SELECT count(*) FROM enrol_ticket");
    if (!kept) return std::unexpected(kept.error());
    if (static_cast<std::size_t>(*kept) >= tickets_max)
        return fail(Category::conflict, fmt::format("There are {} tickets already; revoke some.", tickets_max));
    auto done = disk.run(
        fmt::format("INSERT INTO enrol_ticket({}) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL) "
                    "ON CONFLICT(name) DO UPDATE SET digest = ?2, role = ?3, person = ?4, folders = ?5, lines = ?6, "
                    "created = ?7, created_by = ?8, token_expires = ?9, ends = ?10, used = NULL "
                    "WHERE used IS NOT NULL OR ends <= ?7",
                    columns),
        token.name, write_hashed(token.digest), token.role, token.person, join_names(token.scope.folders),
        join_names(token.scope.lines), token.created, token.created_by, token.expires, ticket.ends);
    if (done && disk.changed() == 0)
        return fail(Category::conflict, fmt::format("There is a ticket {} already; revoke it first.", token.name));
    return done;
}

Result<void> drop_ticket(store::Database& disk, const std::string& name) {
    auto done = disk.run("DELETE FROM enrol_ticket WHERE name = ?1", name);
    if (done && disk.changed() == 0) return fail(Category::not_found, fmt::format("There is no ticket {}.", name));
    return done;
}

Result<std::vector<Ticket>> read_tickets(store::Database& disk) {
    auto rows = disk.prepare(fmt::format("SELECT {} FROM enrol_ticket ORDER BY name", columns));
    if (!rows) return std::unexpected(rows.error());
    std::vector<Ticket> tickets;
    while (true) {
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return tickets;
        if (auto ticket = read_row(*rows)) tickets.push_back(std::move(*ticket));
    }
}

Result<IssuedToken> use_ticket(store::Database& disk, const Digest& ticket, const Digest& token, Wall now) {
    auto found = find(disk, ticket);
    if (!found) return std::unexpected(found.error());
    if (!*found || (*found)->ends <= now)
        return fail(Category::unauthorised, "This ticket is not known, or has expired; ask for a new one.");
    if ((*found)->used)
        return fail(Category::conflict,
                    fmt::format("This ticket was used at {}. If that was not you: have the token {} revoked.",
                                rfc3339(*(*found)->used), (*found)->token.name));
    if (auto done = disk.run("UPDATE enrol_ticket SET used = ?2 WHERE digest = ?1", write_hashed(ticket), now); !done)
        return std::unexpected(done.error());
    auto made = (*found)->token;
    made.digest = token;
    made.created = now;
    if (auto done = put_token(disk, made); !done) return std::unexpected(done.error());
    return made;
}

} // namespace lamp::access
