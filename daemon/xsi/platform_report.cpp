// Platform, the part that says how it is: for status, readiness, metrics and systemd.
#include <fmt/format.h>

#include "xsi/platform.hpp"

namespace lamp::xsi {

std::size_t Platform::subscribed(Subscriptions::State state) const {
    auto count = subscriptions_.count(state);
    for (Queues::Index queue = 0; queue < queues_.size(); ++queue)
        if (subscriptions_.state(queues_.subscription(queue)) == state) --count;
    return count;
}

std::vector<Sentence> Platform::problems() const {
    std::vector<Sentence> texts;
    if (login_.refused(steady_now()))
        texts.push_back({"login_refused",
                         {{"platform", options_.name}, {"user", login_.user()}},
                         fmt::format("{}: the login {} is refused (401); correct username and password, then reload",
                                     options_.name, login_.user())});
    for (const auto& channel : channels_) {
        if (channel->up() || channel->detail().empty()) continue;
        auto place = channel->host().place();
        texts.push_back({"no_channel",
                         {{"platform", options_.name}, {"host", place}, {"why", channel->detail()}},
                         fmt::format("{}: no channel to {}: {}", options_.name, place, channel->detail())});
    }
    if (!discovery_problem_.empty()) texts.emplace_back(discovery_problem_);
    for (const std::string& refusal : group_refusals_)
        if (!refusal.empty()) texts.emplace_back(refusal);
    if (auto count = subscribed(Subscriptions::State::refused); count > 0)
        texts.push_back({"subscriptions_refused",
                         {{"platform", options_.name}, {"count", std::to_string(count)}},
                         fmt::format("{}: {} subscriptions are refused (403 or 404); they are asked for again hourly",
                                     options_.name, count)});
    return texts;
}

std::optional<Wall> Platform::expires() const {
    if (set_up_ || forgotten_) return std::nullopt;
    auto left = std::chrono::ceil<milliseconds>(down_since_ + stale_after_ - steady_now());
    return wall_now() + left;
}

PlatformReport Platform::report() const {
    using State = Subscriptions::State;
    PlatformReport report;
    report.name = options_.name;
    report.target = name(options_.target);
    for (const auto& channel : channels_)
        report.channels.push_back({channel->host().origin(), std::string(lamp::xsi::name(channel->machine().state())),
                                   channel->since(), channel->machine().channel_id(), channel->last_event(),
                                   channel->last_heartbeat(), channel->detail(), channel->counters()});
    report.wanted = subscriptions_.size() - queues_.size();
    report.refused = subscribed(State::refused);
    report.live = subscribed(State::standing) + subscribed(State::refreshing);
    report.pending = report.wanted - report.live - report.refused;
    report.lines_total = lines_.total(index_);
    report.lines_known = lines_.known(index_);
    report.discovered = discovered_;
    report.ready = set_up_ && discovered_ && report.lines_known == report.lines_total;
    report.counters = counters_;
    report.problems = problems();
    return report;
}

} // namespace lamp::xsi
