// /v1/tokens, /v1/tickets: tokens made at run time, by whoever may manage access, never with more rights than the
// maker's own; tickets that somebody else exchanges for one, once.
#include <algorithm>
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/body.hpp"
#include "status/giving.hpp"
#include "status/target.hpp"
#include "status/token_json.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t ticket_length_max = 256;

Answer too_much(const Excess& more) {
    auto member = more.missing.empty() ? std::string() : fmt::format(R"("missing":"{}")", more.missing);
    return problem(403, more.detail, member);
}

std::string who_of(const Identity& identity) {
    return identity.token.empty() ? "anonymous" : identity.token;
}

Answer made_answer(const Identity& token, std::string_view secret, Wall now) {
    return {.status = 201, .content = Content::json, .fields = {}, .body = made_token(token, secret, now)};
}

} // namespace

void Api::tokens(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (!page) return;
    auto now = wall_now();
    std::vector<const Identity*> shown;
    for (const Identity& one : book_.access()->tokens())
        if (asked.identity->scope.unlimited() || covers(asked.identity->scope, one.scope)) shown.push_back(&one);
    std::ranges::sort(shown, {}, [](const Identity* one) { return std::tie(one->token, one->created); });
    call.answer(listed(shown, *page, [now](JsonWriter& json, const Identity* one) { write_token(json, *one, now); }));
}

/// Nothing: the giver may give it; else the refusal.
std::optional<Answer> Api::token_refused(access::IssuedToken& token, const Asked& asked) const {
    const Identity& giver = *asked.identity;
    auto grants = book_.access()->grants_of(token.role);
    if (!grants) return problem(400, fmt::format("There is no role {}.", token.role));
    if (!token.person.empty() && !find_person(token.person, asked))
        return problem(400, fmt::format("There is no person with the id {}.", token.person));
    token.created_by = who_of(giver);
    if (auto more = excess(giver, identity_of(token, *grants))) return too_much(*more);
    if (book_.find(token.name)) return problem(409, fmt::format("There is a token {} already.", token.name));
    if (book_.issued() >= access::issued_tokens_max)
        return problem(
            409, fmt::format("There are {} tokens already; revoke some that are not used.", access::issued_tokens_max));
    return std::nullopt;
}

void Api::make_token(Call& call, const Asked& asked) {
    const Identity& giver = *asked.identity;
    auto token = read_token(call.request.body, wall_now());
    if (!token) return call.answer(problem(token.error()));
    if (auto refused = token_refused(*token, asked)) return call.answer(*refused);
    if (!ports_.keep_token) return call.answer(problem(501, "This daemon keeps no tokens."));
    auto secret = access::new_secret();
    token->digest = access::digest_of(secret.reveal());
    AuditView row{.at = token->created, .line = {}, .what = "token_created", .who = who_of(giver), .text = {}};
    row.subject = token->name;
    row.after = in_words(identity_of(*token, 0));
    defer(call, store_token(std::move(*token), secret.reveal(), std::move(row)));
}

Task<Answer> Api::store_token(access::IssuedToken token, std::string secret, AuditView row) {
    using Done = Result<void>;
    std::function<void(Reply<Done>)> port = [this, token, row](Reply<Done> reply) {
        ports_.keep_token(token, row, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), patience());
    if (!done) co_return no_answer();
    if (!*done) co_return problem(done->error());
    // The configuration may have changed while the disk was at work.
    forget_access();
    book_.add(token);
    auto grants = book_.access()->grants_of(token.role);
    co_return made_answer(identity_of(token, grants.value_or(0)), secret, wall_now());
}

void Api::revoke_token(Call& call, const Asked& asked) {
    const Identity& giver = *asked.identity;
    const Identity* token = book_.find(asked.id);
    if (!token || !covers(giver.scope, token->scope))
        return call.answer(problem(404, fmt::format("There is no token {}.", asked.id)));
    if (!token->issued())
        return call.answer(problem(409, "This token stands in the configuration: remove it there and reload."));
    auto ends = *token;
    ends.expires =
        std::min(token->expires.value_or(Wall::max()), giver.expires.value_or(Wall::max())); // ending is less
    if (auto more = excess(giver, ends)) return call.answer(too_much(*more));
    if (!ports_.drop_token) return call.answer(problem(501, "This daemon keeps no tokens."));
    AuditView row{.at = wall_now(), .line = {}, .what = "token_revoked", .who = who_of(giver), .text = {}};
    row.subject = token->token;
    row.before = in_words(*token);
    defer(call, drop_token(token->token, std::move(row)));
}

Task<Answer> Api::drop_token(std::string name, AuditView row) {
    using Done = Result<void>;
    forget_access(); // at once: the disk may be slow
    auto token = book_.remove(name);
    events_->dismiss_token(name);
    std::function<void(Reply<Done>)> port = [this, name, row](Reply<Done> reply) {
        ports_.drop_token(name, row, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), patience());
    if (!done) co_return no_answer();
    if (!*done && (*done).error().category != Category::not_found && token) {
        forget_access(); // it is still on disk, and would be back after a restart
        book_.add(std::move(*token));
    }
    if (!*done) co_return problem(done->error());
    co_return nothing_left();
}

// --- tickets

Task<std::optional<Result<std::vector<access::Ticket>>>> Api::ask_tickets() {
    return ask<Result<std::vector<access::Ticket>>>(ports_.tickets, patience());
}

void Api::tickets(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (!page) return;
    if (!ports_.tickets) return call.answer(problem(501, "This daemon keeps no tokens."));
    defer(call, make_tickets(*page, asked.identity->scope));
}

Task<Answer> Api::make_tickets(Page page, access::Scope scope) {
    auto all = co_await ask_tickets();
    if (!all) co_return no_answer();
    if (!*all) co_return problem(all->error());
    if (!scope.unlimited())
        std::erase_if(**all, [&](const access::Ticket& one) { return !covers(scope, one.token.scope); });
    co_return listed(**all, page,
                     [now = wall_now()](JsonWriter& json, const access::Ticket& one) { write_ticket(json, one, now); });
}

void Api::make_ticket(Call& call, const Asked& asked) {
    auto ticket = read_ticket(call.request.body, wall_now());
    if (!ticket) return call.answer(problem(ticket.error()));
    if (auto refused = token_refused(ticket->token, asked)) return call.answer(*refused);
    if (asked.identity->expires && ticket->ends > *asked.identity->expires)
        return call.answer(problem(403, "A ticket may not outlive the token that makes it."));
    if (!ports_.keep_ticket) return call.answer(problem(501, "This daemon keeps no tokens."));
    auto secret = access::new_secret();
    ticket->token.digest = access::digest_of(secret.reveal());
    AuditView row{
        .at = ticket->token.created, .line = {}, .what = "ticket_created", .who = who_of(*asked.identity), .text = {}};
    row.subject = ticket->token.name;
    row.after = fmt::format("{}; to be used until {}", in_words(identity_of(ticket->token, 0)), rfc3339(ticket->ends));
    defer(call, store_ticket(std::move(*ticket), secret.reveal(), std::move(row)));
}

Task<Answer> Api::store_ticket(access::Ticket ticket, std::string secret, AuditView row) {
    using Done = Result<void>;
    std::function<void(Reply<Done>)> port = [this, ticket, row](Reply<Done> reply) {
        ports_.keep_ticket(ticket, row, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), patience());
    if (!done) co_return no_answer();
    if (!*done) co_return problem(done->error());
    Answer answer{.status = 201, .content = Content::json, .fields = {}, .body = {}};
    JsonWriter json(answer.body);
    write_ticket(json, ticket, wall_now());
    answer.body.pop_back();
    answer.body += ",\"ticket\":";
    append_json_string(answer.body, secret);
    answer.body += '}';
    co_return answer;
}

void Api::revoke_ticket(Call& call, const Asked& asked) {
    if (!ports_.drop_ticket || !ports_.tickets) return call.answer(problem(501, "This daemon keeps no tokens."));
    defer(call, drop_ticket(std::string(asked.id), *asked.identity));
}

Task<Answer> Api::drop_ticket(std::string name, Identity giver) {
    auto all = co_await ask_tickets();
    if (!all) co_return no_answer();
    if (!*all) co_return problem(all->error());
    auto found = std::ranges::find(**all, name, [](const access::Ticket& one) { return one.token.name; });
    if (found == (*all)->end() || !covers(giver.scope, found->token.scope))
        co_return problem(404, fmt::format("There is no ticket {}.", name));
    auto ends = identity_of(found->token, book_.access()->grants_of(found->token.role).value_or(0));
    ends.expires = std::min(ends.expires.value_or(Wall::max()), giver.expires.value_or(Wall::max())); // ending is less
    if (auto more = excess(giver, ends)) co_return too_much(*more);
    AuditView row{.at = wall_now(), .line = {}, .what = "ticket_revoked", .who = who_of(giver), .text = {}};
    row.subject = name;
    row.before = in_words(identity_of(found->token, 0));
    using Done = Result<void>;
    std::function<void(Reply<Done>)> port = [this, name, row](Reply<Done> reply) {
        ports_.drop_ticket(name, row, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), patience());
    if (!done) co_return no_answer();
    co_return *done ? nothing_left() : problem(done->error());
}

/// Nobody has to be known for this: the ticket says it all, and who tries tickets is who tries tokens.
void Api::enrol(Call& call, const Asked&) {
    auto body = object_of(call.request.body);
    if (!body) return call.answer(problem(body.error()));
    auto ticket = text_of(*body, "ticket", ticket_length_max);
    if (!ticket || !*ticket || body->size() != 1)
        return call.answer(problem(400, R"(The body must be {"ticket": "…"}.)"));
    if (!ports_.enrol) return call.answer(problem(501, "This daemon keeps no tokens."));
    auto digest = access::digest_of(**ticket);
    if (!guesses_.may_look(call.peer(), digest, steady_now()))
        return deny_guess(call, guesses_.refused(call.peer(), steady_now()), {});
    defer(call, make_enrolment(digest, call.peer()));
}

Task<Answer> Api::make_enrolment(access::Digest ticket, net::Address16 peer) {
    using Done = Result<access::IssuedToken>;
    auto secret = access::new_secret();
    std::function<void(Reply<Done>)> port = [this, ticket, secret](Reply<Done> reply) {
        ports_.enrol(ticket, access::digest_of(secret.reveal()), std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), patience());
    if (!done) co_return no_answer();
    if (!*done) {
        const auto& error = done->error();
        if (error.category != Category::unauthorised) co_return problem(error);
        auto sentence = count_wrong(peer);
        co_return co_await make_late(guess_answer(sentence, error.text), sentence.delay);
    }
    forget_access();
    book_.add(**done);
    auto grants = book_.access()->grants_of((*done)->role);
    co_return made_answer(identity_of(**done, grants.value_or(0)), secret.reveal(), wall_now());
}

} // namespace lamp::status
