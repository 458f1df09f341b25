// /v1/privacy: a number that is to be forgotten, all that is kept of one, and who had which forgotten. Numbers come in
// bodies, never in addresses: those stand in the logs of proxies.
#include <boost/json.hpp>

#include "status/asking.hpp"
#include "status/body.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t number_max = 256;
constexpr std::size_t erasures_max = 100'000; // that can be paged through

/// What may stand in the body; an error: something else does.
Result<calls::PrivacyOrder> read_order(std::string_view body, bool flags) {
    auto object = object_of(body);
    if (!object) return std::unexpected(object.error());
    calls::PrivacyOrder order;
    for (const auto& [key, member] : *object) {
        bool* flag = !flags              ? nullptr
                     : key == "dry_run"  ? &order.dry_run
                     : key == "contacts" ? &order.contacts
                                         : nullptr;
        if (key == "number" && member.is_string() && member.get_string().size() <= number_max)
            order.number = member.get_string();
        else if (flag != nullptr && member.is_bool())
            *flag = member.get_bool();
        else
            return fail(Category::invalid, flags ? "The body takes number (a text), dry_run and contacts (true, false)."
                                                 : "The body takes number (a text).");
    }
    if (order.number.empty()) return fail(Category::invalid, "\"number\" is required.");
    return order;
}

Answer erased(const calls::PrivacyDone& done) {
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("number_hash", done.number_hash);
        json.member("dry_run", done.dry_run);
        json.key("places");
        json.array([&] {
            for (const auto& place : done.places)
                json.object([&] {
                    json.member("place", place.place);
                    json.member("found", place.found);
                    json.member("erased", place.erased);
                    json.member_or_null("note", place.note);
                });
        });
    });
    return answer;
}

Answer exported(const calls::PrivacyExport& all) {
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("number", all.number);
        json.key("places");
        json.array([&] {
            for (const auto& place : all.places)
                json.object([&] {
                    json.member("place", place.place);
                    json.member("complete", place.whole);
                    json.key("rows");
                    json.array([&] {
                        for (const auto& row : place.rows)
                            json.raw(row);
                    });
                });
        });
    });
    return answer;
}

Answer no_privacy() {
    return problem(501, "This daemon keeps nothing.");
}

} // namespace

void Api::privacy_erase(Call& call, const Asked& asked) {
    auto order = read_order(call.request.body, true);
    if (!order) return call.answer(problem(400, order.error().text));
    order->by = asked.identity->token;
    if (!ports_.privacy_erase) return call.answer(no_privacy());
    defer(call, make_privacy_erase(std::move(*order)));
}

Task<Answer> Api::make_privacy_erase(calls::PrivacyOrder order) {
    using Done = Result<calls::PrivacyDone>;
    std::function<void(Reply<Done>)> port = [this, order = std::move(order)](Reply<Done> reply) {
        ports_.privacy_erase(order, std::move(reply));
    };
    auto done = co_await ask<Done>(std::move(port), long_patience());
    if (!done) co_return no_answer();
    co_return *done ? erased(**done) : problem(done->error());
}

void Api::privacy_export(Call& call, const Asked&) {
    auto order = read_order(call.request.body, false);
    if (!order) return call.answer(problem(400, order.error().text));
    if (!ports_.privacy_export) return call.answer(no_privacy());
    defer(call, make_privacy_export(std::move(order->number)));
}

Task<Answer> Api::make_privacy_export(std::string number) {
    using Found = Result<calls::PrivacyExport>;
    std::function<void(Reply<Found>)> port = [this, number = std::move(number)](Reply<Found> reply) {
        ports_.privacy_export(number, std::move(reply));
    };
    auto all = co_await ask<Found>(std::move(port), long_patience());
    if (!all) co_return no_answer();
    co_return *all ? exported(**all) : problem(all->error());
}

void Api::privacy_erasures(Call& call, const Asked&) {
    auto page = page_of(call);
    if (!page) return;
    if (page->from > erasures_max) return call.answer(problem(400, "The cursor is not one of ours."));
    if (!ports_.privacy_erasures) return call.answer(no_privacy());
    defer(call, make_privacy_erasures(*page));
}

Task<Answer> Api::make_privacy_erasures(Page page) {
    using Found = Result<std::vector<calls::PrivacyErasure>>;
    std::function<void(Reply<Found>)> port = [this, most = page.from + page.limit + 1](Reply<Found> reply) {
        ports_.privacy_erasures(most, std::move(reply));
    };
    auto all = co_await ask<Found>(std::move(port), patience());
    if (!all) co_return no_answer();
    if (!*all) co_return problem(all->error());
    co_return listed(**all, page, [](JsonWriter& json, const calls::PrivacyErasure& one) {
        json.object([&] {
            json.member("at", one.at);
            json.member("by", one.by);
            json.member("number_hash", one.number_hash);
            json.member("erased", one.found);
        });
    });
}

} // namespace lamp::status
