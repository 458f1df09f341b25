// Zoho: what is told of it, to status, metrics and commands.
#include <fmt/format.h>

#include "adapters/zoho/zoho.hpp"

namespace lamp::zoho {

fanout::Health Zoho::health() const {
    fanout::Health health;
    bool refused = client_ && client_->login_refused();
    auto problem = [&](std::string text) { health.problems.push_back("zoho: " + std::move(text)); };
    if (phase_ == Phase::no_login) problem("nobody has consented yet: lamplighter zoho login");
    if (refused) problem(fmt::format("the login is refused: {}; lamplighter zoho login", client_->last_error()));
    if (!blocked_.empty() && !refused) problem("PhoneBridge is not to be had: " + blocked_);
    if (!users_error_.empty()) problem("Zoho's users could not be listed: " + users_error_);
    if (!disk_problem_.empty()) problem("the disk does not take what must survive a restart: " + disk_problem_);
    if (options_.public_url.empty() && enabled_)
        problem("nothing can be clicked in Zoho, since [http] public_url is not set");
    std::size_t broken = 0;
    for (const auto& link : links_.view())
        broken += link.error.empty() ? 0 : 1;
    if (broken > 0) problem(fmt::format("{} links are not as they should be (lamplighter zoho links)", broken));
    if (phase_ == Phase::disabled)
        health.state = "off";
    else if (!health.problems.empty())
        health.state = client_ && !client_->answering() ? "down" : "degraded";
    else
        health.state = phase_ == Phase::integrated ? "up" : "opening";
    health.queue = outgoing_.waiting();
    if (client_) {
        health.last_success = client_->last_success();
        health.last_error = client_->last_error();
    }
    if (health.last_error.empty()) health.last_error = blocked_.empty() ? users_error_ : blocked_;
    return health;
}

fanout::LinksView Zoho::links() const {
    auto health = this->health();
    return {.enabled = enabled_,
            .state = health.state,
            .account = account_,
            .endpoint = options_.api(),
            .queue = health.queue,
            .last_error = health.last_error,
            .problems = std::move(health.problems),
            .links = links_.view(),
            .users = links_.users(),
            .users_read = links_.users_read()};
}

std::vector<fanout::Metric> Zoho::metrics() const {
    using enum fanout::Metric::Kind;
    using enum Outgoing::Dropped;
    auto number = [](auto value) { return static_cast<double>(value); };
    auto counters = client_ ? client_->counters() : Counters{};
    std::vector<fanout::Metric> all{
        {counter, "lamplighter_zoho_requests_total", "Requests to PhoneBridge.", "", "", number(counters.requests)},
        {counter, "lamplighter_zoho_throttled_total", "Requests that Zoho throttled.", "", "",
         number(counters.throttled)},
        {counter, "lamplighter_zoho_failures_total", "Requests without a usable answer.", "", "",
         number(counters.failed)},
        {counter, "lamplighter_zoho_tokens_total", "Access tokens that were asked for.", "", "",
         number(counters.tokens)},
        {gauge, "lamplighter_zoho_links", "Links between lines and Zoho users.", "state", "linked",
         number(links_.linked().size())},
        {gauge, "lamplighter_zoho_links", "Links between lines and Zoho users.", "state", "registered",
         number(links_.registered())},
        {gauge, "lamplighter_zoho_waiting", "States of calls that wait to be told.", "", "",
         number(outgoing_.waiting())},
    };
    for (std::size_t i = 0; i < state_count; ++i)
        all.push_back({counter, "lamplighter_zoho_told_total", "States of calls that Zoho was told.", "state",
                       lamp::zoho::name(static_cast<State>(i)), number(told_.at(i))});
    all.push_back({counter, "lamplighter_zoho_fallbacks_total",
                   "Missed and failed calls that were told as calls of no length.", "", "", number(fallen_back_)});
    auto dropped = [&](Outgoing::Dropped why, std::string_view word) {
        all.push_back({counter, "lamplighter_zoho_dropped_total", "States of calls that Zoho was never told.", "why",
                       word, number(outgoing_.dropped(why))});
    };
    dropped(over, "over");
    dropped(tried, "tried");
    dropped(old, "old");
    dropped(full, "full");
    dropped(Outgoing::Dropped::refused, "refused");
    all.push_back({counter, "lamplighter_zoho_dropped_total", "States of calls that Zoho was never told.", "why",
                   "unnumbered", number(calls_.unnumbered())});
    auto click = [&](std::string_view word, std::uint64_t count) {
        all.push_back({counter, "lamplighter_zoho_clicks_total", "Clicks in Zoho.", "result", word, number(count)});
    };
    click("taken", hooks_.taken());
    click("done", acted_);
    click("failed", act_failed_);
    click("unproven", hooks_.refused(Hooks::Refused::unproven));
    click("unusable", hooks_.refused(Hooks::Refused::unusable));
    click("full", hooks_.refused(Hooks::Refused::full));
    return all;
}

} // namespace lamp::zoho
