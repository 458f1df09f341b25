#include "adapters/calendars/graph.hpp"

#include <fmt/format.h>
#include <utility>

#include "adapters/calendars/api_client.hpp"
#include "adapters/calendars/graph_mirror.hpp"
#include "adapters/calendars/graph_push.hpp"
#include "base/log.hpp"
#include "proto/graph/error.hpp"

namespace lamp::calendars {
namespace {

using Readings = Result<std::optional<std::vector<Occurrence>>>;

std::optional<ApiRefusal> read_refusal(std::string_view body) {
    auto told = graph::read_error(body);
    if (!told) return std::nullopt;
    auto text = fmt::format("{}{}{}", told->code, told->message.empty() ? "" : ": ", told->message);
    if (!told->request_id.empty()) text += fmt::format(" (request-id {})", told->request_id);
    return ApiRefusal{.code = std::move(told->code), .text = std::move(text)};
}

Error cancelled() {
    return {Category::cancelled, "The calendar is not read any more: we are stopping."};
}

http::Headers preferences() {
    return {{"Prefer", "outlook.timezone=\"UTC\""},
            {"Prefer", "outlook.body-content-type=\"text\""},
            {"Prefer", "odata.maxpagesize=100"}};
}

} // namespace

struct Graph::State {
    State(const ProviderParts& parts, Zone zone, std::unique_ptr<ApiClient> api)
        : options(parts.options),
          push(parts.graph_push),
          client(std::move(api)),
          mirror(options.mailbox, std::move(zone)) {}

    static Task<Readings> read(std::shared_ptr<State> self, Window window);
    Task<Readings> read_pages(Window window);
    Task<Result<void>> read_masters();
    Task<> keep_subscription();
    Task<> subscribe(graph::EventsWish wish);
    Task<> renew(std::string id, Wall expires);
    Error explained(Error error) const;

    const CalendarOptions options;
    GraphPush* push;
    std::unique_ptr<ApiClient> client;
    GraphMirror mirror;
    bool reading = false;
    bool closed = false;
    log::OncePerMinute complaint;
    std::uint64_t complained_of = 0; // unreadable items
};

/// What a person has to do, where the service's word alone would not tell.
Error Graph::State::explained(Error error) const {
    if (error.category == Category::forbidden)
        error.text += " Give the application of [teams] the application permission Calendars.Read, with an "
                      "administrator's consent; an application access policy may keep it out of this mailbox, too.";
    if (error.category == Category::not_found)
        error.text += fmt::format(" There is no mailbox {}: it is a user principal name or an object id, and the user "
                                  "needs a licence for Exchange.",
                                  options.mailbox);
    return error;
}

/// Series whose occurrences were told without words.
Task<Result<void>> Graph::State::read_masters() {
    for (const auto& master : mirror.missing()) {
        auto reply = co_await client->get(graph::event_target(options.mailbox, master), preferences());
        if (closed) co_return std::unexpected(cancelled());
        if (reply.status == 404) { // gone meanwhile; the next reading tells of it
            mirror.learn(master, {});
            continue;
        }
        if (reply.error) co_return std::unexpected(explained(*std::move(reply.error)));
        auto told = graph::read_appointments(reply.body);
        if (!told) co_return std::unexpected(told.error());
        if (told->appointments.empty()) co_return fail(Category::protocol, "Graph told a series without an id.");
        mirror.learn(master, std::move(told->appointments.front().words));
    }
    co_return Result<void>();
}

Task<Readings> Graph::State::read_pages(Window window) {
    mirror.begin(window, wall_now());
    for (bool last = false; !last;) {
        auto reply = co_await client->get(mirror.target(), preferences());
        if (closed) co_return std::unexpected(cancelled());
        bool refused = reply.status == 410 || reply.status == 400;
        if (refused && mirror.token_lost()) {
            log::info("calendars", "Graph has forgotten how far we had read; the whole window is read again",
                      {{"calendar", options.name}, {"why", reply.error->text}});
            continue;
        }
        if (reply.error) {
            if (reply.error->category == Category::forbidden) client->renew_token();
            co_return std::unexpected(explained(*std::move(reply.error)));
        }
        auto page = graph::read_appointments(reply.body);
        if (!page) co_return std::unexpected(page.error());
        auto taken = mirror.take(*std::move(page));
        if (!taken) co_return std::unexpected(taken.error());
        last = *taken;
    }
    auto masters = co_await read_masters();
    if (!masters) co_return std::unexpected(masters.error());
    mirror.finish();
    co_return mirror.tell(window);
}

// Notifications are a convenience: whatever becomes of this, the reading was good.
Task<> Graph::State::keep_subscription() {
    if (!push) co_return;
    auto due = push->due(options.name, options.mailbox, wall_now());
    if (due.make) co_await subscribe(*std::move(due.make));
    if (!due.renew.empty()) co_await renew(std::move(due.renew), due.expires);
}

Task<> Graph::State::subscribe(graph::EventsWish wish) {
    std::string body;
    graph::append_events_subscription(body, wish);
    auto reply = co_await client->post(std::string(graph::subscriptions_target), std::move(body));
    auto made = reply.error ? std::unexpected(*reply.error) : graph::read_subscriptions(reply.body);
    if (made && !made->subscriptions.empty())
        co_return push->made(options.name, made->subscriptions.front(), wall_now());
    push->refused(options.name, GraphPush::After::gone, wall_now());
    if (!closed)
        log::warning("calendars", "Graph makes no subscription; the calendar is polled",
                     {{"calendar", options.name}, {"why", made ? "it told no id" : made.error().text}});
}

Task<> Graph::State::renew(std::string id, Wall expires) {
    std::string body;
    graph::append_renewal(body, expires);
    auto reply = co_await client->patch(graph::subscription_target(id), std::move(body));
    auto told = reply.error ? std::unexpected(*reply.error) : graph::read_subscriptions(reply.body);
    if (told)
        co_return push->renewed(
            options.name, told->subscriptions.empty() ? std::nullopt : told->subscriptions.front().expires, wall_now());
    bool gone = reply.status == 400 || reply.status == 403 || reply.status == 404 || reply.status == 410;
    push->refused(options.name, gone ? GraphPush::After::gone : GraphPush::After::kept, wall_now());
}

Task<Readings> Graph::State::read(std::shared_ptr<State> self, Window window) {
    if (self->closed) co_return std::unexpected(cancelled());
    if (std::exchange(self->reading, true)) co_return fail(Category::conflict, "The calendar is being read already.");
    auto found = co_await self->read_pages(window);
    if (found && !self->closed) co_await self->keep_subscription();
    self->reading = false;
    if (!found) self->mirror.tell_anew();
    auto unreadable = self->mirror.unreadable();
    if (unreadable > self->complained_of && self->complaint.allow(steady_now())) {
        log::warning("calendars", "appointments that cannot be read were passed over",
                     {{"calendar", self->options.name}, {"count", unreadable - self->complained_of}});
        self->complained_of = unreadable;
    }
    co_return found;
}

Graph::Graph(std::shared_ptr<State> state) : state_(std::move(state)) {}

Graph::~Graph() {
    close();
}

Result<std::unique_ptr<Graph>> Graph::make(const ProviderParts& parts) {
    if (parts.graph_url.empty())
        return fail(Category::invalid, "A calendar of Outlook is read with the application of [teams], and there is "
                                       "no [teams].");
    auto zone = Zones().find(parts.zone);
    if (!zone) return fail(Category::invalid, fmt::format("There is no time zone {}.", parts.zone));
    auto api = http::Url::parse(parts.graph_url);
    if (!api) return std::unexpected(api.error());
    auto wire = wire_of(parts.loop, parts.options);
    if (!wire) return std::unexpected(wire.error());
    auto client = ApiClient::make(*wire, *std::move(api), parts.graph_token, {"Graph", read_refusal});
    if (!client) return std::unexpected(client.error());
    return std::unique_ptr<Graph>(new Graph(std::make_shared<State>(parts, *std::move(zone), *std::move(client))));
}

Task<Readings> Graph::read(Window window) {
    return State::read(state_, window);
}

void Graph::close() {
    if (std::exchange(state_->closed, true)) return;
    state_->client->close();
}

Made make_graph(const ProviderParts& parts) {
    auto made = Graph::make(parts);
    if (!made) return std::unexpected(made.error());
    return std::unique_ptr<Provider>(std::move(*made));
}

} // namespace lamp::calendars
