// Who asks, whether they may, and what those hear who may not. Serve loop.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "status/asking.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t late_answers_max = 256; // further ones are given at once

bool is_bearer(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    return authorization.size() > scheme.size() &&
           std::ranges::equal(authorization.substr(0, scheme.size()), scheme,
                              [](char given, char wanted) { return (given | 0x20) == wanted || given == wanted; });
}

/// A page of another site may send POSTs with the browser's rights, which are those of the anonymous role.
bool from_another_site(const Request& request) {
    auto scheme_end = request.origin.find("://");
    if (request.origin.empty()) return false;
    return scheme_end == std::string_view::npos || request.origin.substr(scheme_end + 3) != request.host;
}

/// Contacts and whatever is kept of a number belong to no folder of people: they are not for those who may know of some
/// people only.
bool about_everybody(const Route& route) {
    constexpr std::array<std::string_view, 5> paths{"/v1/directory", "/v1/contacts", "/v1/folders", "/v1/favourites",
                                                    "/v1/privacy"};
    return std::ranges::any_of(paths, [&](std::string_view path) { return route.pattern.starts_with(path); });
}

/// RFC 6750 section 3.1.
Answer expired_token() {
    auto answer = problem(401, "This token has expired; ask for a new one.");
    answer.fields = "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n";
    return answer;
}

} // namespace

void Api::use_access(AccessOptions access) {
    forget_access();
    book_.use_options(std::move(access));
}

void Api::use_issued(std::vector<access::IssuedToken> issued) {
    forget_access();
    book_.use_issued(std::move(issued));
}

/// Before the tokens change: what connections and we ourselves remember of identities is void. Whoever reads events
/// keeps what it may see, until somebody sends it away.
void Api::forget_access() {
    reaches_.clear();
    bearers_.clear();
    ++access_generation_;
}

void Api::tell_uses() {
    uses_told_ = steady_now();
    if (!ports_.note_uses) return;
    if (auto uses = book_.take_uses(); !uses.empty()) ports_.note_uses(std::move(uses));
}

/// Null: nobody, `why` says in which way.
const Identity* Api::identify(Call& call, Denied& why) {
    auto authorization = call.request.authorization;
    const Identity* certified = authorization.empty() ? look_at_certificate(call) : nullptr;
    if (authorization.empty() && !certified) return book_.access()->anonymous();
    const KnownToken& known = call.known();
    bool same = certified || (known.access == access_generation_ && known.identity &&
                              same_secret(authorization, known.authorization));
    const Identity* found = same ? known.identity : look_up(call, why);
    if (!found) return nullptr;
    auto now = wall_now();
    if (found->expired(now)) {
        why = Denied::expired;
        return nullptr;
    }
    found->used = now;
    found->used_unwritten = found->issued();
    return found;
}

/// Whose certificate the client has shown; null: nobody's that we know. Looked at again each minute: it may end.
const Identity* Api::look_at_certificate(Call& call) {
    constexpr std::int64_t looked_at_every_s = 60;
    if (!book_.access()->any_certificate()) return nullptr;
    KnownToken& known = call.known();
    auto now = std::chrono::duration_cast<seconds>(wall_now().time_since_epoch()).count();
    if (known.access == access_generation_ && known.authorization.empty() && now < known.until_s) return known.identity;
    known = {{}, nullptr, access_generation_, now + looked_at_every_s};
    for (const std::string& name : call.certificate_names()) {
        known.identity = book_.access()->find_certificate(name);
        if (known.identity != nullptr) break;
    }
    return known.identity;
}

const Identity* Api::look_up(Call& call, Denied& why) {
    why = Denied::unknown;
    auto authorization = call.request.authorization;
    if (!is_bearer(authorization)) return nullptr;
    auto digest = access::digest_of(authorization.substr(7));
    if (!guesses_.may_look(call.peer(), digest, steady_now())) {
        why = Denied::too_often;
        return nullptr;
    }
    const Identity* found = book_.access()->find(digest);
    if (!found) found = look_at_bearer(authorization.substr(7), digest, why);
    if (!found) return nullptr;
    guesses_.right(call.peer(), digest);
    call.known() = {std::string(authorization), found, access_generation_, 0};
    return found;
}

/// A signature costs as much as a hundred requests: whoever was let in is remembered until the token ends.
const Identity* Api::look_at_bearer(std::string_view token, const access::Digest& digest, Denied& why) {
    constexpr std::size_t bearers_max = 4096;
    if (!ports_.bearer) return nullptr;
    if (auto known = bearers_.find(digest); known != bearers_.end()) return known->second.get();
    auto said = ports_.bearer(token);
    if (said.what == BearerView::What::later) why = Denied::later;
    if (said.what != BearerView::What::accepted) {
        refused_why_ = std::move(said.why);
        if (why == Denied::unknown && !refused_why_.empty()) why = Denied::refused;
        return nullptr;
    }
    if (bearers_.size() >= bearers_max) forget_access(); // those who go on asking are looked at once more
    Identity who{std::move(said.subject), std::move(said.role)};
    who.grants = book_.access()->grants_of(who.role).value_or(0);
    who.person = std::move(said.person);
    who.expires = said.expires;
    return bearers_.emplace(digest, std::make_unique<const Identity>(std::move(who))).first->second.get();
}

bool Api::may(const Identity& who, const Route& route) {
    if (!who.scope.unlimited() && about_everybody(route)) return false;
    return route.gate != Gate::permission || who.may(route.permission);
}

bool Api::admit(Call& call, const Route& route, const Identity* identity, Denied why) {
    if (route.gate == Gate::open) return true;
    if (!identity) {
        deny(call, why);
        return false;
    }
    if (!identity->scope.unlimited() && about_everybody(route)) {
        call.answer(problem(403, "This token is limited to some people; this is about all of them."));
        return false;
    }
    if (!may(*identity, route)) {
        call.answer(not_permitted(*identity, route.permission));
        return false;
    }
    if (route.method != Method::get && identity->token.empty() && from_another_site(call.request)) {
        call.answer(problem(403, "A request from a page of another site needs a token."));
        return false;
    }
    return true;
}

void Api::deny(Call& call, Denied why) {
    auto now = steady_now();
    switch (why) {
    case Denied::no_token: return call.answer(problem(401, "A token is needed: Authorization: Bearer …"));
    case Denied::expired: token_counters_.expired.add(); return call.answer(expired_token());
    case Denied::too_often: return deny_guess(call, guesses_.refused(call.peer(), now), {});
    case Denied::later: {
        auto answer = problem(503, "The issuer's keys are being fetched; try again.");
        answer.fields += "Retry-After: 1\r\n";
        return call.answer(answer);
    }
    case Denied::refused:
    case Denied::unknown: break;
    }
    deny_guess(call, count_wrong(call.peer()), why == Denied::refused ? refused_why_ : "This token is not known.");
}

/// Of a token or ticket that is none.
access::Guesses::Sentence Api::count_wrong(const net::Address16& peer) {
    auto now = steady_now();
    token_counters_.wrong.add();
    auto sentence = guesses_.wrong(peer, now);
    if (sentence.first && guess_complaints_.allow(now))
        log::warning("status", "somebody tries tokens that are none, and is refused for a while",
                     {{"from", net::bare_text(peer).view()}, {"others", guess_complaints_.take_suppressed()}});
    return sentence;
}

Answer Api::guess_answer(const access::Guesses::Sentence& sentence, std::string_view detail) {
    if (sentence.retry_after == seconds(0)) return problem(401, detail);
    token_counters_.refused.add();
    auto answer = problem(429, "Too many wrong tokens came from this address; try again later.");
    answer.fields += fmt::format("Retry-After: {}\r\n", sentence.retry_after.count());
    return answer;
}

void Api::deny_guess(Call& call, const access::Guesses::Sentence& sentence, std::string_view detail) {
    auto answer = guess_answer(sentence, detail);
    if (sentence.delay == milliseconds(0) || late_answers_ >= late_answers_max) return call.answer(answer);
    defer(call, make_late(std::move(answer), sentence.delay));
}

/// At once where too many wait already.
Task<Answer> Api::make_late(Answer answer, milliseconds delay) {
    if (delay == milliseconds(0) || late_answers_ >= late_answers_max) co_return answer;
    ++late_answers_;
    static_cast<void>(co_await sleep_for(delay));
    --late_answers_;
    co_return answer;
}

/// Null: of everybody.
Api::ReachPtr Api::reach_of(const Identity* identity) {
    if (!identity || identity->scope.unlimited()) return nullptr;
    auto& reach = reaches_[identity];
    if (!reach) {
        reach = std::make_shared<Reach>(identity->scope);
        reach->use_people(*people_);
        std::erase_if(living_reaches_, [](const std::weak_ptr<Reach>& one) { return one.expired(); });
        living_reaches_.push_back(reach);
    }
    return reach;
}

} // namespace lamp::status
