// /v1/forwarding, /v1/calendars: who wants calls elsewhere, what became of it, and operators who want so.
#include "status/forwarding_json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/types.hpp"
#include "status/asking.hpp"
#include "status/body.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace json = boost::json;

namespace {

constexpr std::size_t text_max = 256; // of a number or a line
constexpr std::chrono::days plan_default{7};
constexpr std::chrono::hours plan_least{1};
constexpr std::chrono::days plan_most{14};

constexpr std::string_view needs_line = "This token is for single lines of this person: name one of them as the line.";

/// Of a person's lines only those that are seen.
void keep_seen(const std::shared_ptr<const Reach>& reach, PersonForwarding& forwarding) {
    if (!reach) return;
    std::erase_if(forwarding.lines,
                  [&](const ForwardingView& one) { return !reach->sees(forwarding.person, one.line); });
}

/// All lines of a person are meant by naming none.
bool may_forward(const Asked& asked, presence::Slot person, std::string_view line) {
    if (!asked.reach || asked.reach->sees_whole(person)) return true;
    return !line.empty() && asked.reach->sees(person, line);
}

/// What a PUT wants.
struct Wish {
    std::string to; // empty: the end
    std::string line;
    std::optional<Wall> from;
    std::optional<Wall> until;
};

Result<std::optional<Wall>> time_of(const json::object& body, std::string_view name) {
    auto text = text_of(body, name, text_max);
    if (!text) return std::unexpected(text.error());
    if (!*text) return std::nullopt;
    auto time = parse_rfc3339(**text);
    if (!time)
        return fail(Category::invalid,
                    fmt::format("\"{}\" must be a time with its offset, such as \"2026-11-26T17:30:00+01:00\".", name));
    return *time;
}

Result<void> only_known(const json::object& body) {
    static constexpr std::string_view known[]{"to", "line", "from", "until", "for"};
    std::string others;
    for (const auto& member : body)
        if (std::ranges::find(known, std::string_view(member.key())) == std::end(known))
            others += fmt::format("{}\"{}\"", others.empty() ? "" : ", ", std::string_view(member.key()));
    if (others.empty()) return {};
    return fail(Category::invalid,
                fmt::format("Not known: {}. Allowed are \"to\", \"line\", \"from\", \"until\", \"for\".", others));
}

/// `until`, or `for` after the beginning.
Result<std::optional<Wall>> end_of(const json::object& body, std::optional<Wall> from, Wall now) {
    auto until = time_of(body, "until");
    if (!until) return until;
    auto lasts = text_of(body, "for", text_max);
    if (!lasts) return std::unexpected(lasts.error());
    if (*until && *lasts) return fail(Category::invalid, "Give \"until\" or \"for\", not both.");
    if (*lasts) {
        auto duration = config::parse_duration(**lasts);
        if (!duration || duration->count() <= 0)
            return fail(Category::invalid, "\"for\" must be a duration, such as \"30m\" or \"2h\".");
        *until = from.value_or(now) + *duration;
    }
    if (*until && **until <= now) return fail(Category::invalid, "The end has passed already.");
    if (*until && from && **until <= *from) return fail(Category::invalid, "It would end before it begins.");
    return *until;
}

Result<Wish> read_wish(std::string_view text, Wall now) {
    auto body = object_of(text);
    if (!body) return std::unexpected(body.error());
    if (auto known = only_known(*body); !known) return std::unexpected(known.error());
    if (!body->contains("to")) return fail(Category::invalid, "\"to\" is missing: a number, or null for the end.");
    auto to = text_of(*body, "to", text_max);
    if (!to) return std::unexpected(to.error());
    auto line = text_of(*body, "line", text_max);
    if (!line) return std::unexpected(line.error());
    auto from = time_of(*body, "from");
    if (!from) return std::unexpected(from.error());
    auto until = end_of(*body, *from, now);
    if (!until) return std::unexpected(until.error());
    if (!*to && (*from || *until))
        return fail(Category::invalid, "The end of a forwarding takes no times: it is at once.");
    return Wish{std::string(to->value_or("")), std::string(line->value_or("")), *from, *until};
}

} // namespace

std::function<void(Reply<PersonForwarding>)> Api::forwarding_of(presence::Slot slot) const {
    if (!ports_.forwarding) return {};
    return [this, slot](Reply<PersonForwarding> reply) { ports_.forwarding(slot, std::move(reply)); };
}

void Api::publish_forwarding(const PersonForwarding& forwarding) {
    auto id = id_of(forwarding.person);
    if (id.empty()) return;
    auto json = to_json(forwarding, id);
    auto hash = std::hash<std::string>()(json);
    auto [told, first] = forwarding_told_.try_emplace(forwarding.person, hash);
    if (!first && std::exchange(told->second, hash) == hash) return;
    // Too much for one event: whoever listens reads everything anew.
    if (json.size() > limits_.event_bytes)
        return events_->publish(EventType::gap, no_slot, R"({"reason":"a forwarding with very many claims"})");
    events_->publish(EventType::forwarding, forwarding.person, std::move(json));
}

// --- reading

void Api::forwarding(Call& call, const Asked& asked) {
    auto slot = find_person(asked.id, asked);
    if (!slot) return call.answer(unknown_person());
    defer(call, make_forwarding(*slot, asked.reach));
}

Task<Answer> Api::make_forwarding(presence::Slot slot, ReachPtr reach) {
    auto forwarding = co_await ask<PersonForwarding>(forwarding_of(slot), patience());
    if (!forwarding) co_return no_answer();
    if (!people_->listed(slot)) co_return unknown_person();
    keep_seen(reach, *forwarding);
    Answer answer;
    JsonWriter json(answer.body);
    write_forwarding(json, *forwarding, people_->person(slot).id);
    co_return answer;
}

void Api::forwardings(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (page) defer(call, make_forwardings(*page, asked.reach));
}

Task<Answer> Api::make_forwardings(Page page, ReachPtr reach) {
    auto all = co_await ask<std::vector<PersonForwarding>>(ports_.forwardings, patience());
    if (!all) co_return no_answer();
    std::erase_if(*all, [&](PersonForwarding& one) {
        keep_seen(reach, one);
        return id_of(one.person).empty() || (reach && !reach->sees(one.person));
    });
    std::ranges::sort(*all, {}, [this](const PersonForwarding& one) { return id_of(one.person); });
    co_return listed(*all, page, [this](JsonWriter& json, const PersonForwarding& one) {
        write_forwarding(json, one, id_of(one.person));
    });
}

// --- operators

/// Nothing after the call was answered: forwarding.self is about the token's own person.
std::optional<presence::Slot> Api::whose_calls(Call& call, const Asked& asked) const {
    const Identity& who = *asked.identity;
    bool own = who.may(permission("forwarding.self")) && !who.person.empty() && asked.id == who.person;
    if (!own && !who.may(permission("forwarding.any")))
        return call.answer(not_permitted(who, permission("forwarding.any"))), std::nullopt;
    auto slot = find_person(asked.id, asked);
    if (!slot) call.answer(unknown_person());
    return slot;
}

void Api::forward(Call& call, const Asked& asked) {
    auto slot = whose_calls(call, asked);
    if (!slot) return;
    auto wish = read_wish(call.request.body, wall_now());
    if (!wish) return call.answer(problem(wish.error()));
    if (!may_forward(asked, *slot, wish->line)) return call.answer(problem(404, needs_line));
    if (!ports_.forward) return call.answer(problem(501, "No telephony platform is configured."));
    defer(call,
          make_forward({*slot, wish->line, wish->to, wish->from, wish->until, asked.identity->token}, asked.reach));
}

void Api::end_forward(Call& call, const Asked& asked) {
    auto slot = whose_calls(call, asked);
    if (!slot) return;
    auto query = Query::parse(call.request.query, {"line"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto line = query->find("line");
    if (line && !is_text(*line, text_max)) return call.answer(problem(400, "The line is none."));
    if (!may_forward(asked, *slot, line.value_or(""))) return call.answer(problem(404, needs_line));
    if (!ports_.forward) return call.answer(problem(501, "No telephony platform is configured."));
    defer(call, make_forward({*slot, std::string(line.value_or("")), {}, {}, {}, asked.identity->token}, asked.reach));
}

Task<Answer> Api::make_forward(ForwardRequest request, ReachPtr reach) {
    std::function<void(Reply<Result<PersonForwarding>>)> port = [this, request](Reply<Result<PersonForwarding>> reply) {
        ports_.forward(request, std::move(reply));
    };
    auto outcome = co_await ask<Result<PersonForwarding>>(std::move(port), patience());
    if (!outcome) co_return no_answer();
    if (!*outcome) co_return problem(outcome->error());
    if ((*outcome)->lines.empty()) co_return problem(409, "This person has no lines.");
    if (!people_->listed(request.person)) co_return unknown_person();
    keep_seen(reach, **outcome);
    Answer answer;
    JsonWriter json(answer.body);
    write_forwarding(json, **outcome, people_->person(request.person).id);
    co_return answer;
}

// --- calendars

void Api::calendars(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (page) defer(call, make_calendars(*page, asked.reach));
}

Task<Answer> Api::make_calendars(Page page, ReachPtr reach) {
    auto all = co_await ask<std::vector<CalendarView>>(ports_.calendars, patience());
    if (!all) co_return no_answer();
    if (reach)
        std::erase_if(*all, [&](const CalendarView& one) {
            return std::ranges::none_of(one.lines, [&](const std::string& line) { return reach->sees_line(line); });
        });
    std::ranges::sort(*all, {}, &CalendarView::name);
    co_return listed(*all, page, write_calendar);
}

void Api::calendar_plan(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"next", "limit", "cursor"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto page = page_in(call, *query);
    if (!page) return;
    milliseconds next = plan_default;
    if (auto text = query->find("next")) {
        auto given = config::parse_duration(*text);
        if (!given || *given < plan_least || *given > plan_most)
            return call.answer(problem(400, "next must be a duration from 1h to 14d, such as 7d."));
        next = *given;
    }
    defer(call, make_plan(*page, next, asked.reach));
}

Task<Answer> Api::make_plan(Page page, milliseconds next, ReachPtr reach) {
    std::function<void(Reply<std::vector<PlanView>>)> port;
    if (ports_.calendar_plan)
        port = [this, next](Reply<std::vector<PlanView>> reply) { ports_.calendar_plan(next, std::move(reply)); };
    auto plan = co_await ask<std::vector<PlanView>>(std::move(port), patience());
    if (!plan) co_return no_answer();
    if (reach) std::erase_if(*plan, [&](const PlanView& one) { return !reach->sees_line(one.line); });
    std::ranges::sort(*plan, {}, [](const PlanView& one) { return std::tie(one.from, one.calendar, one.line); });
    co_return listed(*plan, page, write_plan);
}

} // namespace lamp::status
