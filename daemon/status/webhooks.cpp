// /v1/webhooks: who is told of events, what waits, what was given up, and what operators do about it.
#include "proto/text/text.hpp"
#include "status/asking.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

constexpr std::chrono::seconds test_wait{60};  // the receiver may take its time
constexpr std::size_t dead_rows_max = 100'000; // that can be paged through

void write_webhook(JsonWriter& json, const calls::WebhookView& one) {
    json.object([&] {
        json.member("name", one.name);
        json.member("format", one.format);
        json.member("place", one.place);
        json.member("state", one.state);
        json.member("waiting", one.waiting);
        json.member("oldest", one.oldest);
        json.member("dead", one.dead);
        json.member("delivered", one.delivered);
        json.member("failed", one.failed);
        json.member("refused", one.refused);
        json.member("last_success", one.last_success);
        json.member("next_attempt", one.next_attempt);
        json.member_or_null("last_error", one.last_error);
    });
}

void write_letter(JsonWriter& json, const calls::DeadLetter& one) {
    json.object([&] {
        json.member("letter", one.id);
        json.member("webhook", one.webhook);
        json.member("key", one.key);
        json.member("event", one.event);
        json.member("made", one.made);
        json.member("died", one.died);
        json.member("attempts", one.attempts);
        json.member("reason", one.reason);
    });
}

Answer no_webhooks() {
    return problem(501, "This daemon has no webhooks.");
}

} // namespace

void Api::webhooks(Call& call, const Asked&) {
    auto page = page_of(call);
    if (page) defer(call, make_webhooks(*page));
}

Task<Answer> Api::make_webhooks(Page page) {
    auto all = co_await ask<std::vector<calls::WebhookView>>(ports_.webhooks, patience());
    if (!all) co_return no_answer();
    co_return listed(*all, page, write_webhook);
}

void Api::dead_letters(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (!page) return;
    if (page->from > dead_rows_max) return call.answer(problem(400, "The cursor is not one of ours."));
    if (!ports_.dead_letters) return call.answer(no_webhooks());
    defer(call, make_dead_letters(*page, std::string(asked.id)));
}

Task<Answer> Api::make_dead_letters(Page page, std::string webhook) {
    using Found = Result<std::vector<calls::DeadLetter>>;
    std::function<void(Reply<Found>)> port = [this, webhook, most = page.from + page.limit + 1](Reply<Found> reply) {
        ports_.dead_letters(webhook, most, std::move(reply));
    };
    auto rows = co_await ask<Found>(std::move(port), patience());
    if (!rows) co_return no_answer();
    if (!*rows) co_return problem(rows->error());
    co_return listed(**rows, page, write_letter);
}

void Api::webhook_order(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"letter"});
    if (!query) return call.answer(problem(400, query.error().text));
    calls::WebhookOrder order{.webhook = std::string(asked.id), .by = asked.identity->token};
    if (asked.path.ends_with("/test"))
        order.verb = calls::WebhookVerb::test;
    else
        order.verb = asked.path.ends_with("/replay") ? calls::WebhookVerb::replay : calls::WebhookVerb::drop;
    if (auto letter = query->find("letter")) {
        order.letter = text::number<std::int64_t>(*letter);
        if (!order.letter || order.verb == calls::WebhookVerb::test)
            return call.answer(problem(400, "letter must be the number of a dead letter."));
    }
    if (!ports_.webhook) return call.answer(no_webhooks());
    defer(call, make_webhook_order(std::move(order)));
}

Task<Answer> Api::make_webhook_order(calls::WebhookOrder order) {
    using Done = Result<calls::WebhookDone>;
    auto until = order.verb == calls::WebhookVerb::test ? steady_now() + test_wait : patience();
    std::function<void(Reply<Done>)> port = [this, order = std::move(order)](Reply<Done> reply) {
        ports_.webhook(order, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), until);
    if (!done) co_return no_answer();
    if (!*done) co_return problem(done->error());
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("count", (*done)->count);
        json.member("text", (*done)->text);
    });
    co_return answer;
}

} // namespace lamp::status
