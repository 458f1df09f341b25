#include "status/api.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/json.hpp"
#include "status/pages.hpp"
#include "status/presence_json.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t changes_told_singly = 1000; // of the people's rows; more is a `gap`

bool is_bearer(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    return authorization.size() > scheme.size() &&
           std::ranges::equal(authorization.substr(0, scheme.size()), scheme,
                              [](char given, char wanted) { return (given | 0x20) == wanted || given == wanted; });
}

bool same_row(const presence::Person& left, const presence::Person& right) {
    return left.name == right.name && left.email == right.email && left.folder == right.folder &&
           left.teams == right.teams;
}

/// A page of another site may send POSTs with the browser's rights, which are those of the anonymous role.
bool from_another_site(const Request& request) {
    auto scheme_end = request.origin.find("://");
    if (request.origin.empty()) return false;
    return scheme_end == std::string_view::npos || request.origin.substr(scheme_end + 3) != request.host;
}

} // namespace

Api::Api(Loop& loop, const Limits& limits, const presence::Table& table, Ports ports, About about)
    : loop_(loop),
      limits_(limits),
      table_(table),
      ports_(std::move(ports)),
      about_(std::move(about)),
      router_(routes()),
      people_(std::make_shared<const presence::People>()),
      access_(std::make_shared<const Access>()) {}

void Api::connect(Server& server, Events& events, std::weak_ptr<void> owner) {
    server_ = &server;
    events_ = &events;
    owner_ = std::move(owner);
}

void Api::use_people(std::shared_ptr<const presence::People> people) {
    auto before = std::exchange(people_, std::move(people));
    events_->expect_slots(people_->slots());
    bool first = !std::exchange(people_given_, true);
    if (first && events_->subscribers() == 0) return;
    std::vector<presence::Slot> changed;
    bool somebody_left = false;
    for (presence::Slot slot = 0; slot < people_->slots(); ++slot) {
        bool was = slot < before->slots() && before->listed(slot);
        bool is = people_->listed(slot);
        if (was && !is) somebody_left = true;
        if (is && (!was || !same_row(before->person(slot), people_->person(slot)))) changed.push_back(slot);
    }
    if (somebody_left || changed.size() > changes_told_singly)
        return events_->publish(EventType::gap, no_slot, R"({"reason":"other people"})");
    for (auto slot : changed)
        events_->touch(slot);
}

void Api::use_access(std::shared_ptr<const Access> access) {
    access_ = std::move(access);
    ++access_generation_; // what connections remember is void
}

void Api::respond(Call& call) {
    const Request& request = call.request;
    auto match = router_.match(request.method, request.path);
    if (auto fields = cors_.fields(request); !fields.empty()) call.add_fields(std::move(fields));
    if (!match.route) {
        if (!match.allow.empty() && cors_.asks_first(request)) return call.answer(Cors::may_come(match.allow));
        if (match.allow.empty()) return call.answer(problem(404, "Nothing lives at this path."));
        auto answer = problem(405, "This path does not take that method.");
        answer.fields = "Allow: " + match.allow + "\r\n";
        return call.answer(answer);
    }
    bool refused = false;
    const Identity* identity = match.route->gate == Gate::open ? nullptr : identify(call, refused);
    if (!admit(call, *match.route, identity, refused)) return;
    Asked asked{match.route, match.raw_id, request.path, identity};
    if (match.raw_id.find('%') != std::string_view::npos) {
        id_.clear();
        if (!percent_decode(match.raw_id, id_))
            return call.answer(problem(400, "The path holds a % that is not followed by two hexadecimal digits."));
        asked.id = id_;
    }
    (this->*match.route->respond)(call, asked);
}

const Identity* Api::bearer(std::string_view authorization) const {
    return is_bearer(authorization) ? access_->find(authorization.substr(7)) : nullptr;
}

std::optional<std::size_t> Api::body_limit(const Request& request) const {
    auto match = router_.match(request.method, request.path);
    if (!match.route || match.route->body_bytes == 0) return limits_.body_bytes;
    const auto* who = request.authorization.empty() ? access_->anonymous() : bearer(request.authorization);
    if (!who || !who->may(match.route->permission)) return std::nullopt;
    return match.route->body_bytes;
}

/// Null: nobody. `refused`: a token was given that is none.
const Identity* Api::identify(Call& call, bool& refused) {
    auto authorization = call.request.authorization;
    if (authorization.empty()) return access_->anonymous();
    KnownToken& known = call.known();
    if (known.access == access_generation_ && known.identity && same_secret(authorization, known.authorization))
        return known.identity;
    const Identity* found = bearer(authorization);
    refused = found == nullptr;
    if (found) known = {std::string(authorization), found, access_generation_};
    return found;
}

bool Api::admit(Call& call, const Route& route, const Identity* identity, bool refused) const {
    if (route.gate == Gate::open) return true;
    if (!identity) {
        call.answer(problem(401, refused ? "This token is not known." : "A token is needed: Authorization: Bearer …"));
        return false;
    }
    if (route.gate == Gate::permission && !identity->may(route.permission)) {
        auto missing = name(route.permission);
        call.answer(problem(403, fmt::format("The role {} does not hold the permission {}.", identity->role, missing),
                            fmt::format(R"("missing":"{}")", missing)));
        return false;
    }
    if (route.method != Method::get && identity->token.empty() && from_another_site(call.request)) {
        call.answer(problem(403, "A request from a page of another site needs a token."));
        return false;
    }
    return true;
}

std::optional<presence::Slot> Api::find_person(std::string_view id) const {
    auto slot = people_->find(id);
    return slot && people_->listed(*slot) ? slot : std::nullopt;
}

presence::Snapshot Api::read(presence::Slot slot) const {
    auto snapshot = table_.read(slot);
    if (snapshot.verdict.version == 0) snapshot.since = about_.started; // nothing was ever said of this person
    return snapshot;
}

bool Api::append_presence_of(std::string& out, presence::Slot slot) const {
    if (slot >= people_->slots() || !people_->listed(slot)) return false;
    append_presence(out, read(slot), people_->person(slot), ports_.teams_word);
    return true;
}

void Api::sweep(Steady now) {
    events_->sweep(now);
    constexpr std::chrono::seconds between_samples{5};
    if (!ports_.platforms || now - sampled_ < between_samples) return;
    if (auto keep = owner_.lock()) loop_.spawn(sample_rates(std::move(keep)));
}

// --- answers that come later

void Api::defer(Call& call, Task<Answer> answer) {
    auto ticket = call.defer();
    // Posted, because a coroutine that needs nobody would finish while its call is still being handled.
    loop_.post([this, keep = owner_.lock(), ticket, answer = std::move(answer)]() mutable {
        loop_.spawn(deliver(std::move(keep), *server_, ticket, std::move(answer)));
    });
}

Task<> Api::deliver(Keep keep, Server& server, Ticket ticket, Task<Answer> answer) {
    Answer made = co_await std::move(answer);
    server.finish(ticket, made);
    static_cast<void>(keep);
}

// --- the small ones

void Api::healthz(Call& call, const Asked&) {
    call.body() = "ok\n";
    call.answer(200, Content::text);
}

void Api::page(Call& call, const Asked& asked) {
    const auto* page = page_at(asked.path);
    if (!page) return call.answer(problem(404, "This daemon was built without the status page."));
    auto fields = fmt::format("ETag: {}\r\n", page->etag);
    if (call.request.if_none_match.find(page->etag) != std::string_view::npos)
        return call.answer(304, page->content, fields);
    call.body() = page->bytes;
    call.answer(200, page->content, fields);
}

void Api::whoami(Call& call, const Asked& asked) {
    const Identity& who = *asked.identity;
    JsonWriter json(call.body());
    json.object([&] {
        json.member_or_null("token", who.token);
        json.member("role", who.role);
        json.member_or_null("person", who.person);
        json.key("permissions");
        json.array([&] {
            for (std::size_t i = 0; i < permissions().size(); ++i)
                if (who.may(static_cast<Permission>(i))) json.value(permissions()[i]);
        });
    });
    call.answer(200, Content::json);
}

void Api::description(Call& call, const Asked&) {
    if (description_.empty()) description_ = openapi(about_.version, about_.public_url);
    call.body() = description_;
    call.answer(200, Content::json);
}

} // namespace lamp::status
