// Notifications: the login and the subscription.
#include "adapters/teams/notifications.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "adapters/teams/delegated_login.hpp"
#include "adapters/teams/doctor.hpp"
#include "base/log.hpp"
#include "proto/graph/subscription.hpp"

namespace lamp::teams {
namespace {

constexpr milliseconds look_again{10'000}; // at who shall be subscribed
constexpr milliseconds validation_lasts{60'000};
constexpr milliseconds validation_lingers{15'000}; // after a creation without an answer
constexpr std::string_view hook = "/hooks/graph";
constexpr std::string_view lifecycle_hook = "/hooks/graph/life";
constexpr std::string_view mark_parameter = "?s=";
constexpr std::size_t pages_max = 20;

using Reply = SubscriptionMachine::Reply;
using Verb = SubscriptionMachine::Verb;
using State = SubscriptionMachine::State;

} // namespace

Result<std::unique_ptr<Notifications>> Notifications::make(Loop& loop, const TeamsOptions& options, store::Store& store,
                                                           Callbacks callbacks) {
    if (options.public_url.empty()) return fail(Category::invalid, "[teams] notifications needs [http] public_url.");
    auto publisher = Publisher::make(loop, options);
    if (!publisher) return std::unexpected(publisher.error());
    return std::unique_ptr<Notifications>(
        new Notifications(loop, options, store, std::move(callbacks), *std::move(publisher)));
}

Notifications::Notifications(Loop& loop, const TeamsOptions& options, store::Store& store, Callbacks callbacks,
                             std::unique_ptr<Publisher> publisher)
    : loop_(loop),
      options_(options),
      store_(store),
      callbacks_(std::move(callbacks)),
      publisher_(std::move(publisher)),
      machine_(options.subscription),
      bell_(loop.context()),
      inbox_bell_(loop.context()) {
    if (graph::parse_guid(options_.tenant)) tenant_id_ = options_.tenant;
    while (options_.public_url.ends_with('/'))
        options_.public_url.pop_back();
}

void Notifications::start() {
    loop_.spawn(follow_login());
    loop_.spawn(follow_subscription());
    loop_.spawn(follow_deliveries());
}

Task<> Notifications::say_goodbye(Steady until) {
    machine_.stop();
    bell_.ring();
    while (graph_ && (machine_.state() == State::live || machine_.busy()) && graph_->answering() &&
           steady_now() < until)
        co_await sleep_for(milliseconds(20));
    stop();
}

void Notifications::stop() {
    stopping_ = true;
    if (graph_) graph_->stop();
    publisher_->stop();
    bell_.ring();
    inbox_bell_.ring();
}

// --- the login: whoever logs in anew is heard within half a minute, without a restart

Task<> Notifications::follow_login() {
    while (!stopping_) {
        auto rotations = rotations_;
        auto kept = co_await read_login(store_, options_.tenant, options_.client_id);
        if (stopping_) co_return;
        if (!kept)
            log::warning("teams", "the login for notifications cannot be read", {{"why", kept.error().text}});
        else if (rotations == rotations_ && *kept != stored_)
            co_await use_login(*std::move(kept));
        for (auto until = steady_now() + options_.subscription.login_wait; !stopping_ && steady_now() < until;)
            co_await sleep_for(milliseconds(200));
    }
}

Task<> Notifications::use_login(Secret refresh_token) {
    while (machine_.busy() && !stopping_)
        co_await sleep_for(milliseconds(50));
    if (stopping_) co_return;
    if (graph_) graph_->stop();
    graph_.reset();
    machine_.use_login(false);
    login_ = stored_ = refresh_token;
    if (!login_.empty()) {
        auto made = GraphClient::make_delegated(loop_, options_, std::move(refresh_token),
                                                [this](Secret fresh) { return keep_rotated(std::move(fresh)); });
        if (made) graph_ = *std::move(made);
    }
    machine_.use_login(graph_ != nullptr);
    bell_.ring();
}

// Until it is on disk, nobody gets the access token that came with it.
Task<> Notifications::keep_rotated(Secret fresh) {
    ++rotations_;
    login_ = fresh;
    auto written = co_await keep_login(store_, options_.tenant, options_.client_id, fresh);
    ++rotations_;
    if (written)
        stored_ = std::move(fresh);
    else if (!stopping_)
        log::error("teams", "the renewed login for notifications cannot be kept", {{"why", written.error().text}});
}

// --- the subscription

Task<> Notifications::follow_subscription() {
    while (!stopping_) {
        auto now = steady_now();
        machine_.want(callbacks_.wanted(machine_.subscribed()));
        credentials_.tidy(now);
        auto action = machine_.next(now);
        note_change();
        if (!action) {
            auto due = machine_.due(now);
            auto wait = due == Steady::max() ? look_again : std::chrono::ceil<milliseconds>(due - now);
            co_await bell_.wait(std::clamp(wait, milliseconds(20), look_again));
            continue;
        }
        co_await carry_out(*std::move(action));
    }
}

Task<> Notifications::carry_out(SubscriptionMachine::Action action) {
    Reply reply;
    switch (action.verb) {
    case Verb::list: reply = co_await list(); break;
    case Verb::create: reply = co_await create(); break;
    case Verb::renew: {
        std::string body;
        graph::append_renewal(body, wall_now() + options_.subscription.life);
        reply = digest(co_await graph_->send(http::Method::patch, graph::subscription_target(action.id), body));
        break;
    }
    case Verb::reauthorize:
        graph_->want_fresh_token(); // the old one is what ends
        reply = digest(co_await graph_->send(http::Method::post, graph::reauthorize_target(action.id)));
        break;
    case Verb::remove:
        reply = digest(co_await graph_->send(http::Method::del, graph::subscription_target(action.id)));
        break;
    }
    machine_.answered(action, reply, steady_now());
    note_change();
}

std::string Notifications::address(std::string_view path, std::string_view mark) const {
    return fmt::format("{}{}{}{}", options_.public_url, path, mark_parameter, mark);
}

Task<Reply> Notifications::create() {
    Reply failed;
    if (auto made = co_await credentials_.renew(loop_); !made) {
        failed.why = made.error().text;
        co_return failed;
    }
    auto* credential = credentials_.current();
    graph::SubscriptionWish wish;
    wish.notification_url = address(hook, credential->mark);
    wish.lifecycle_url = address(lifecycle_hook, credential->mark);
    wish.ids = machine_.attempted();
    wish.expires = wall_now() + options_.subscription.life;
    wish.client_state = credential->client_state;
    wish.certificate = credential->pair.certificate;
    wish.certificate_id = credential->certificate_id;
    std::string body;
    graph::append_subscription(body, wish);
    validation_until_ = (steady_now() + validation_lasts).time_since_epoch().count();
    auto reply = co_await graph_->send(http::Method::post, std::string(graph::subscriptions_target), std::move(body));
    auto lingers = reply.status == 0 ? validation_lingers : milliseconds(0);
    validation_until_ = (steady_now() + lingers).time_since_epoch().count();
    auto digested = digest(reply);
    credential->subscription_id = digested.id;
    co_return digested;
}

Task<Reply> Notifications::list() {
    Reply all;
    std::string target(graph::subscriptions_target);
    for (std::size_t pages = 0; !target.empty() && pages < pages_max; ++pages) {
        auto reply = co_await graph_->send(http::Method::get, target);
        if (!reply.ok()) co_return digest(reply);
        all.status = reply.status;
        auto page = graph::read_subscriptions(reply.body);
        if (!page) {
            all.status = 0;
            all.why = page.error().text;
            co_return all;
        }
        for (const auto& one : page->subscriptions) {
            if (one.resource.find("presences") == std::string::npos) continue; // another feature's
            auto owner = whose(one.notification_url);
            if (owner == Reply::Whose::attempt) credentials_.current()->subscription_id = one.id;
            if (owner == Reply::Whose::foreign)
                log::warning("teams", "another program's subscription of this account is in the way and is removed",
                             {{"place", one.notification_url.substr(0, one.notification_url.find('?'))}});
            auto left =
                one.expires ? std::chrono::duration_cast<milliseconds>(*one.expires - wall_now()) : milliseconds(0);
            all.found.push_back({one.id, left, owner});
        }
        target = std::move(page->next_link);
    }
    co_return all;
}

Reply::Whose Notifications::whose(std::string_view notification_url) const {
    auto ours = fmt::format("{}{}", options_.public_url, hook);
    if (!notification_url.starts_with(ours)) return Reply::Whose::foreign;
    auto rest = notification_url.substr(ours.size());
    if (!rest.empty() && !rest.starts_with('?')) return Reply::Whose::foreign;
    bool last = rest.starts_with(mark_parameter) && credentials_.knows_mark(rest.substr(mark_parameter.size()));
    return last ? Reply::Whose::attempt : Reply::Whose::earlier;
}

Reply Notifications::digest(const GraphReply& reply) const {
    Reply out;
    out.status = reply.status;
    out.after = reply.after;
    if (reply.error) {
        out.why = reply.error->text;
        // No token: nothing was asked of Graph.
        if (reply.status == 0 && reply.error->category == Category::unauthorised) out.status = 401;
        return out;
    }
    out.life = options_.subscription.life; // unless it is told
    auto page = graph::read_subscriptions(reply.body);
    if (!page || page->subscriptions.size() != 1) return out;
    const auto& one = page->subscriptions.front();
    out.id = one.id;
    if (one.expires) out.life = std::chrono::duration_cast<milliseconds>(*one.expires - wall_now());
    return out;
}

void Notifications::note_change() {
    auto now = machine_.state();
    if (now == State::live && told_ != State::live)
        log::info("teams", "Graph notifies of changes", {{"people", machine_.subscribed().size()}});
    if (now == State::refused && told_ != State::refused)
        log::error("teams", "notifications are not permitted; polling goes on", {{"why", machine_.problem()}});
    told_ = now;
    if (machine_.silent() && !told_silent_)
        log::error("teams",
                   "notifications have stopped although people's presence changes; a new subscription is made");
    told_silent_ = machine_.silent();
}

void Notifications::poll_saw_change(const Guid& person) {
    if (!machine_.holds(person)) return;
    machine_.poll_saw_change(steady_now());
    bell_.ring();
}

// --- what is told of it

std::string_view Notifications::state() const {
    switch (machine_.state()) {
    case State::off: return "off";
    case State::absent: return "absent";
    case State::live: return machine_.silent() ? "silent" : "live";
    case State::refused: return "refused";
    }
    return "";
}

void Notifications::add_problems(std::vector<std::string>& problems) const {
    if (login_.empty()) {
        problems.emplace_back("teams: notifications have no account: lamplighter teams login --notifications");
        return;
    }
    if (graph_ && graph_->login_refused())
        problems.push_back(
            fmt::format("teams: the account for notifications must log in again (lamplighter teams login "
                        "--notifications): {}",
                        graph_->last_error()));
    else if (machine_.state() == State::refused)
        problems.push_back(fmt::format("teams: notifications are off, the delegated permission Presence.Read.All is "
                                       "missing: let an administrator of the tenant open {} ({})",
                                       consent_url(options_), machine_.problem()));
    else if (!machine_.problem().empty())
        problems.push_back(fmt::format("teams: no subscription for notifications: {}", machine_.problem()));
    if (machine_.silent())
        problems.emplace_back("teams: notifications have stopped although people's presence changes; polling goes on");
}

void Notifications::add_metrics(std::vector<fanout::Metric>& metrics) const {
    using enum fanout::Metric::Kind;
    auto number = [](auto value) { return static_cast<double>(value); };
    for (std::string_view each : {"off", "absent", "live", "silent", "refused"})
        metrics.push_back({gauge, "lamplighter_teams_subscription", "1 for the state of the presence subscription.",
                           "state", each, each == state() ? 1.0 : 0.0});
    metrics.push_back({gauge, "lamplighter_teams_subscribed_people", "People of the subscription.", "", "",
                       number(machine_.subscribed().size())});
    constexpr std::string_view changes = "lamplighter_teams_subscription_changes_total";
    constexpr std::string_view changes_help = "What was done about the subscription.";
    metrics.push_back({counter, changes, changes_help, "what", "created", number(machine_.created())});
    metrics.push_back({counter, changes, changes_help, "what", "renewed", number(machine_.renewed())});
    metrics.push_back({counter, changes, changes_help, "what", "failed", number(machine_.failed())});
    metrics.push_back({counter, changes, changes_help, "what", "silent", number(machine_.silences())});
    constexpr std::string_view notified = "lamplighter_teams_notifications_total";
    constexpr std::string_view notified_help = "Notifications by what became of them.";
    for (std::size_t i = 0; i < notified_count; ++i)
        metrics.push_back(
            {counter, notified, notified_help, "outcome", outcome_name(static_cast<Notified>(i)), number(counts_[i])});
    metrics.push_back({counter, notified, notified_help, "outcome", "lifecycle", number(lifecycle_)});
    constexpr std::string_view refused = "lamplighter_teams_deliveries_refused_total";
    constexpr std::string_view refused_help = "Deliveries that were not looked into, by why.";
    metrics.push_back({counter, refused, refused_help, "why", "full", number(refused_.load())});
    metrics.push_back({counter, refused, refused_help, "why", "malformed", number(malformed_)});
    metrics.push_back({gauge, "lamplighter_teams_last_notification_seconds",
                       "Time of the last genuine notification, seconds since 1970; 0: none.", "", "",
                       last_ ? number(last_->time_since_epoch().count()) / 1000 : 0.0});
}

} // namespace lamp::teams
