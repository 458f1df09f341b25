// /v1/tokens: tokens made at run time, by whoever may manage access, never with more rights than the maker's own.
#include <algorithm>
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/giving.hpp"
#include "status/target.hpp"
#include "status/token_json.hpp"

namespace lamp::status {
namespace {

Answer too_much(const Excess& more) {
    auto member = more.missing.empty() ? std::string() : fmt::format(R"("missing":"{}")", more.missing);
    return problem(403, more.detail, member);
}

std::string who_of(const Identity& identity) {
    return identity.token.empty() ? "anonymous" : identity.token;
}

Answer made_answer(const Identity& token, std::string_view secret, Wall now) {
    Answer answer{.status = 201, .content = Content::json, .fields = {}, .body = {}};
    JsonWriter json(answer.body);
    write_token(json, token, now);
    answer.body.pop_back();
    answer.body += ",\"secret\":";
    append_json_string(answer.body, secret);
    answer.body += '}';
    return answer;
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

void Api::make_token(Call& call, const Asked& asked) {
    const Identity& giver = *asked.identity;
    auto token = read_token(call.request.body, wall_now());
    if (!token) return call.answer(problem(token.error()));
    auto grants = book_.access()->grants_of(token->role);
    if (!grants) return call.answer(problem(400, fmt::format("There is no role {}.", token->role)));
    if (!token->person.empty() && !find_person(token->person, asked))
        return call.answer(problem(400, fmt::format("There is no person with the id {}.", token->person)));
    token->created_by = who_of(giver);
    auto made = identity_of(*token, *grants);
    if (auto more = excess(giver, made)) return call.answer(too_much(*more));
    if (book_.find(token->name))
        return call.answer(problem(409, fmt::format("There is a token {} already.", token->name)));
    if (book_.issued() >= access::issued_tokens_max)
        return call.answer(problem(409, fmt::format("There are {} tokens already; revoke some that are not used.",
                                                    access::issued_tokens_max)));
    if (!ports_.keep_token) return call.answer(problem(501, "This daemon keeps no tokens."));
    auto secret = access::new_secret();
    token->digest = access::digest_of(secret.reveal());
    AuditView row{.at = token->created, .line = {}, .what = "token_created", .who = who_of(giver), .text = {}};
    row.subject = token->name;
    row.after = in_words(made);
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

} // namespace lamp::status
