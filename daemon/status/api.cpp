#include "status/api.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/json.hpp"
#include "status/pages.hpp"
#include "status/presence_json.hpp"
#include "status/target.hpp"
#include "status/token_json.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t changes_told_singly = 1000; // of the people's rows; more is a `gap`

bool same_row(const presence::Person& left, const presence::Person& right) {
    return left.name == right.name && left.email == right.email && left.folder == right.folder &&
           left.teams == right.teams;
}

} // namespace

Api::Api(Loop& loop, const Limits& limits, const presence::Table& table, Ports ports, About about)
    : loop_(loop),
      limits_(limits),
      table_(table),
      ports_(std::move(ports)),
      about_(std::move(about)),
      router_(routes()),
      people_(std::make_shared<const presence::People>()) {}

void Api::connect(Server& server, Events& events, std::weak_ptr<void> owner) {
    server_ = &server;
    events_ = &events;
    owner_ = std::move(owner);
}

void Api::use_people(std::shared_ptr<const presence::People> people) {
    auto before = std::exchange(people_, std::move(people));
    events_->expect_slots(people_->slots());
    for (const auto& living : living_reaches_)
        if (auto reach = living.lock()) reach->use_people(*people_);
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
    auto why = Denied::no_token;
    const Identity* identity = match.route->gate == Gate::open ? nullptr : identify(call, why);
    if (!admit(call, *match.route, identity, why)) return;
    Asked asked{match.route, match.raw_id, request.path, identity, reach_of(identity)};
    if (match.raw_id.find('%') != std::string_view::npos) {
        id_.clear();
        if (!percent_decode(match.raw_id, id_))
            return call.answer(problem(400, "The path holds a % that is not followed by two hexadecimal digits."));
        asked.id = id_;
    }
    (this->*match.route->respond)(call, asked);
}

std::optional<std::size_t> Api::body_limit(Call& call) {
    auto match = router_.match(call.request.method, call.request.path);
    if (!match.route || !match.route->large_body) return limits_.body_bytes;
    auto why = Denied::no_token;
    const Identity* who = identify(call, why);
    if (!who || !may(*who, *match.route)) return std::nullopt;
    return limits_.large_body_bytes;
}

std::optional<presence::Slot> Api::find_person(std::string_view id) const {
    auto slot = people_->find(id);
    return slot && people_->listed(*slot) ? slot : std::nullopt;
}

std::optional<presence::Slot> Api::find_person(std::string_view id, const Asked& asked) const {
    auto slot = find_person(id);
    return slot && (!asked.reach || asked.reach->sees(*slot)) ? slot : std::nullopt;
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
    constexpr std::chrono::minutes between_uses{1};
    if (now - uses_told_ >= between_uses) tell_uses();
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
        json.member("expires", who.expires);
        write_scope(json, who.scope);
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
