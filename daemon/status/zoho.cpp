// /v1/zoho: whether PhoneBridge is on, which lines are linked to which of its users, and who wants that changed.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "status/asking.hpp"

namespace lamp::status {
namespace json = boost::json;

namespace {

using fanout::LinkOrder;
using fanout::LinksView;
using fanout::LinkUser;
using fanout::LinkView;

constexpr std::size_t text_max = 256;

Answer not_configured() {
    return problem(501, "There is no [zoho] in the configuration.");
}

void write_link(JsonWriter& json, const LinkView& link) {
    json.object([&] {
        json.member("line", link.line);
        json.member_or_null("number", link.number);
        json.member("person", link.person);
        json.member_or_null("user", link.user);
        json.member_or_null("user_name", link.user_name);
        json.member_or_null("user_email", link.user_email);
        json.member("state", link.state);
        json.member_or_null("origin", link.origin);
        json.member_or_null("error", link.error);
    });
}

void write_user(JsonWriter& json, const LinkUser& user) {
    json.object([&] {
        json.member("id", user.id);
        json.member("name", user.name);
        json.member_or_null("email", user.email);
        json.member("linked", user.linked);
    });
}

Answer summary(const LinksView& view) {
    std::uint64_t linked = 0;
    for (const LinkView& link : view.links)
        linked += link.user.empty() ? 0 : 1;
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("enabled", view.enabled);
        json.member("state", view.state);
        json.member_or_null("account", view.account);
        json.member("endpoint", view.endpoint);
        json.member("queue", view.queue);
        json.member("links", linked);
        json.member("users", std::uint64_t{view.users.size()});
        json.member("users_read", view.users_read);
        json.member_or_null("last_error", view.last_error);
        write_texts(json, "problems", view.problems);
    });
    return answer;
}

/// Of {"user": "…"}.
Result<std::string> user_of(std::string_view body) {
    boost::system::error_code error;
    auto value = json::parse({body.data(), body.size()}, error);
    const auto* user = !error && value.is_object() && value.get_object().size() == 1
                           ? value.get_object().if_contains("user")
                           : nullptr;
    bool good = user && user->is_string() && !user->get_string().empty() && user->get_string().size() <= text_max;
    if (!good)
        return fail(Category::invalid, "The body must be {\"user\": \"…\"}: an id of Zoho's, or an e-mail address.");
    return std::string(user->get_string());
}

} // namespace

void Api::zoho(Call& call, const Asked& asked) {
    if (!ports_.zoho) return call.answer(not_configured());
    bool list = asked.route->pattern.ends_with("links") || asked.route->pattern.ends_with("users");
    auto page = list ? page_of(call) : Page{};
    if (page) defer(call, make_zoho(*page, asked.route->pattern, asked.reach));
}

Task<Answer> Api::make_zoho(Page page, std::string_view pattern, ReachPtr reach) {
    auto view = co_await ask<LinksView>(ports_.zoho, patience());
    if (!view) co_return no_answer();
    if (reach) std::erase_if(view->links, [&](const LinkView& one) { return !reach->sees_line(one.line); });
    if (pattern.ends_with("links")) co_return listed(view->links, page, write_link);
    if (pattern.ends_with("users")) co_return listed(view->users, page, write_user);
    co_return summary(*view);
}

void Api::order_zoho(Call& call, const Asked& asked) {
    if (!ports_.zoho_order) return call.answer(not_configured());
    LinkOrder order{.verb = LinkOrder::Verb::enable, .line = std::string(asked.id), .by = asked.identity->token};
    if (asked.route->pattern.ends_with("disable")) order.verb = LinkOrder::Verb::disable;
    if (asked.route->method == Method::remove) order.verb = LinkOrder::Verb::unlink;
    if (asked.route->method == Method::put) {
        auto user = user_of(call.request.body);
        if (!user) return call.answer(problem(user.error()));
        order.verb = LinkOrder::Verb::link;
        order.user = *std::move(user);
    }
    bool of_line = order.verb == LinkOrder::Verb::link || order.verb == LinkOrder::Verb::unlink;
    if (of_line && asked.reach && !asked.reach->sees_line(order.line))
        return call.answer(problem(404, "There is no such line."));
    defer(call, make_zoho_order(std::move(order)));
}

Task<Answer> Api::make_zoho_order(LinkOrder order) {
    std::function<void(Reply<Result<LinksView>>)> port = [this, order](Reply<Result<LinksView>> reply) {
        ports_.zoho_order(order, std::move(reply));
    };
    auto outcome = co_await ask<Result<LinksView>>(std::move(port), patience());
    if (!outcome) co_return no_answer();
    if (!*outcome) co_return problem(outcome->error());
    co_return summary(**outcome);
}

} // namespace lamp::status
