// /v1/recognise, /v1/integrations: whose number this is, and the sources of contacts that know.
#include <algorithm>

#include "calls/call_json.hpp"
#include "status/asking.hpp"
#include "status/body.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t number_max = 128;

void write_sample(JsonWriter& json, const calls::IntegrationSample& one) {
    json.object([&] {
        json.member("id", one.id);
        json.member("name", one.name);
        json.member_or_null("url", one.url);
        json.key("numbers");
        json.array([&] {
            for (const auto& number : one.numbers)
                json.object([&] {
                    json.member("kind", number.kind);
                    json.member("number", number.number);
                    json.member("usable", number.usable);
                });
        });
        json.key("fields");
        json.object([&] {
            for (const auto& [name, value] : one.fields)
                json.member(name, value);
        });
    });
}

void write_integration(JsonWriter& json, const calls::IntegrationView& one) {
    json.object([&] {
        json.member("name", one.name);
        json.member("type", one.type);
        json.member_or_null("preset", one.preset);
        json.member("enabled", one.enabled);
        json.member("deleted", one.deleted);
        json.member("gone_at", one.gone_at);
        json.member("state", one.state);
        json.member("contacts", one.contacts);
        json.member("numbers", one.numbers);
        json.member("unusable", one.unusable);
        json.member("last_sync", one.last_sync);
        json.member("next_sync", one.next_sync);
        json.key("took_s");
        if (one.took)
            json.value(std::chrono::duration<double>(*one.took).count());
        else
            json.value(nullptr);
        json.member_or_null("last_error", one.last_error);
        write_texts(json, "capabilities", one.capabilities);
        write_texts(json, "can", one.can);
        write_texts(json, "fields", one.fields);
        if (!one.sample) return;
        json.key("sample");
        write_sample(json, *one.sample);
    });
}

} // namespace

// --- whose number

void Api::recognise(Call& call, const Asked&) {
    auto query = Query::parse(call.request.query, {"number", "live"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto number = query->find("number").value_or("");
    if (number.starts_with(' ')) number.remove_prefix(1); // "+31…" whose plus sign nobody has encoded
    if (!is_text(number, number_max))
        return call.answer(problem(400, "number is needed, and must be a telephone number."));
    auto live = query->find("live").value_or("0");
    if (live != "0" && live != "1") return call.answer(problem(400, "live is 0 or 1."));
    bool lost_plus = query->find("number")->starts_with(' ');
    defer(call, make_recognise((lost_plus ? "+" : "") + std::string(number), live == "1"));
}

Task<Answer> Api::make_recognise(std::string number, bool live) {
    using Found = Result<std::vector<calls::Match>>;
    std::function<void(Reply<Found>)> port;
    if (ports_.recognise)
        port = [this, number, live](Reply<Found> reply) { ports_.recognise(number, live, std::move(reply)); };
    auto found = co_await ask<Found>(std::move(port), patience());
    if (!found) co_return no_answer();
    if (!*found) co_return problem(found->error());
    co_return listed(**found, {(*found)->size(), 0}, calls::write_match);
}

// --- sources of contacts

void Api::integrations(Call& call, const Asked&) {
    auto page = page_of(call);
    if (page) defer(call, make_integrations(*page));
}

Task<Answer> Api::make_integrations(Page page) {
    auto all = co_await ask<std::vector<calls::IntegrationView>>(ports_.integrations, patience());
    if (!all) co_return no_answer();
    std::ranges::sort(*all, {}, &calls::IntegrationView::name);
    co_return listed(*all, page, write_integration);
}

void Api::order_integration(Call& call, const Asked& asked) {
    using enum calls::IntegrationVerb;
    auto query = Query::parse(call.request.query, {"force"});
    if (!query) return call.answer(problem(400, query.error().text));
    calls::IntegrationOrder order{std::string(asked.id), remove, asked.identity->token};
    auto word = asked.route->pattern.substr(asked.route->pattern.rfind('/') + 1);
    if (word == "enable") order.verb = enable;
    if (word == "disable") order.verb = disable;
    if (word == "sync") order.verb = sync;
    if (word == "undo") order.verb = undo;
    if (word == "sample") order.verb = sample;
    if (auto force = query->find("force")) {
        if (order.verb != sync || (*force != "0" && *force != "1"))
            return call.answer(problem(400, "force is 0 or 1, and belongs to sync."));
        if (*force == "1") order.verb = sync_forced;
    }
    if (!ports_.integration) return call.answer(problem(501, "No caller recognition is configured."));
    defer(call, make_integration_order(std::move(order)));
}

Task<Answer> Api::make_integration_order(calls::IntegrationOrder order) {
    using Done = Result<calls::IntegrationView>;
    std::function<void(Reply<Done>)> port = [this, order = std::move(order)](Reply<Done> reply) {
        ports_.integration(order, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), patience());
    if (!done) co_return no_answer();
    if (!*done) co_return problem(done->error());
    Answer answer;
    JsonWriter json(answer.body);
    write_integration(json, **done);
    co_return answer;
}

} // namespace lamp::status
