#include "app/access_ports.hpp"

#include <algorithm>
#include <iterator>

#include "access/shelf.hpp"
#include "base/log.hpp"
#include "status/token_json.hpp"
#include "store/audit.hpp"

namespace lamp {
namespace {

using store::Audited;
using store::Database;

Audited audited(const status::AuditView& row) {
    return {row.at, row.who, row.what, row.subject, row.before, row.after, row.text};
}

status::AuditView view_of(Audited row) {
    status::AuditView view{
        .at = row.at, .line = {}, .what = std::move(row.what), .who = std::move(row.who), .text = std::move(row.text)};
    view.subject = std::move(row.subject);
    view.before = std::move(row.before);
    view.after = std::move(row.after);
    return view;
}

void complain(const Result<void>& done) {
    if (!done) log::warning("app", "a change was not written to the audit", {{"why", done.error().text}});
}

/// A change, and the row of the audit that tells of it: both or neither.
template <class Change>
auto with_row(Change change, const status::AuditView& view) {
    return [change = std::move(change), row = audited(view)](Database& disk) -> Result<void> {
        if (auto done = change(disk); !done) return done;
        return store::put_audited(disk, row);
    };
}

void add_ticket_ports(status::Ports& ports, store::Store& store, Loop& serve) {
    ports.keep_ticket = [&store, &serve](access::Ticket ticket, status::AuditView row, auto reply) {
        auto change = [ticket = std::move(ticket)](Database& disk) { return access::put_ticket(disk, ticket); };
        store.submit(serve, with_row(std::move(change), row), std::move(reply));
    };
    ports.drop_ticket = [&store, &serve](std::string name, status::AuditView row, auto reply) {
        auto change = [name = std::move(name)](Database& disk) { return access::drop_ticket(disk, name); };
        store.submit(serve, with_row(std::move(change), row), std::move(reply));
    };
    ports.tickets = [&store, &serve](status::Reply<Result<std::vector<access::Ticket>>> reply) {
        store.ask<std::vector<access::Ticket>>(serve, access::read_tickets, std::move(reply));
    };
    ports.enrol = [&store, &serve](access::Digest ticket, access::Digest token,
                                   status::Reply<Result<access::IssuedToken>> reply) {
        store.ask<access::IssuedToken>(
            serve,
            [ticket, token](Database& disk) -> Result<access::IssuedToken> {
                auto now = wall_now();
                auto made = access::use_ticket(disk, ticket, token, now);
                if (!made) return made;
                Audited row{now, "ticket " + made->name, "token_enrolled", made->name, {}, {}, {}};
                row.after = status::in_words(status::identity_of(*made, 0));
                if (auto done = store::put_audited(disk, row); !done) return std::unexpected(done.error());
                return made;
            },
            std::move(reply));
    };
}

} // namespace

void add_access_ports(status::Ports& ports, store::Store& store, Loop& serve) {
    ports.keep_token = [&store, &serve](access::IssuedToken token, status::AuditView row, auto reply) {
        auto change = [token = std::move(token)](Database& disk) { return access::put_token(disk, token); };
        store.submit(serve, with_row(std::move(change), row), std::move(reply));
    };
    ports.drop_token = [&store, &serve](std::string name, status::AuditView row, auto reply) {
        auto change = [name = std::move(name)](Database& disk) { return access::drop_token(disk, name); };
        store.submit(serve, with_row(std::move(change), row), std::move(reply));
    };
    add_ticket_ports(ports, store, serve);
    ports.note_uses = [&store, &serve](std::vector<access::Use> uses) {
        store.submit(
            serve, [uses = std::move(uses)](Database& disk) { return access::note_uses(disk, uses); },
            [](const Result<void>&) {}); // told again when it is used again
    };
    ports.changes_audit = [&store, &serve](std::size_t most, status::Reply<std::vector<status::AuditView>> reply) {
        using Rows = std::vector<Audited>;
        store.ask<Rows>(
            serve, [most](Database& disk) { return store::read_audited(disk, most); },
            [reply = std::move(reply)](Result<Rows> found) {
                std::vector<status::AuditView> views;
                if (found) std::ranges::transform(*found, std::back_inserter(views), view_of);
                reply(std::move(views));
            });
    };
}

std::vector<access::IssuedToken> read_issued_tokens(store::Store& store) {
    constexpr seconds patience{10};
    using Tokens = std::vector<access::IssuedToken>;
    auto tokens = store.ask_now<Tokens>(
        [](Database& disk) {
            std::vector<std::string> broken;
            auto found = access::read_tokens(disk, broken);
            for (const std::string& name : broken)
                log::warning("app", "a token cannot be read and opens nothing", {{"name", name}});
            return found;
        },
        patience);
    if (tokens) return std::move(*tokens);
    log::error("app", "tokens made at run time cannot be read", {{"why", tokens.error().text}});
    return {};
}

status::BearerView bearer_view(oidc::Verdict verdict) {
    using What = status::BearerView::What;
    switch (verdict.what) {
    case oidc::Verdict::What::unknown_key: return {.what = What::later};
    case oidc::Verdict::What::refused: return {.what = What::refused, .why = std::move(verdict.why)};
    case oidc::Verdict::What::accepted: break;
    }
    auto& bearer = verdict.bearer;
    return {What::accepted,
            {},
            std::move(bearer.subject),
            std::move(bearer.role),
            std::move(bearer.person),
            bearer.expires,
            std::move(bearer.told)};
}

void note_change(store::Store& store, Loop& loop, Audited row) {
    row.at = wall_now();
    if (row.who.empty()) row.who = "anonymous";
    store.submit(loop, [row = std::move(row)](Database& disk) { return store::put_audited(disk, row); }, complain);
}

} // namespace lamp
