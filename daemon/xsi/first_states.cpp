// Platform, the part that fetches first states by GET: for group and enterprise targets, which send none (xsi.md 5.5).
#include <algorithm>
#include <utility>

#include "xsi/platform.hpp"
#include "xsi/translate.hpp"

namespace lamp::xsi {
namespace {
constexpr int fetch_attempts = 3;
constexpr std::size_t urgent_max = 1024;
constexpr int retries_soon = 8;
constexpr seconds retry_soon{4};               // so that the end of an outage is noticed soon
constexpr seconds retry_max{30};               // of what never works
constexpr std::uint8_t refusals_believed = 10; // about half a minute
} // namespace

void Platform::want(LineIndex line, Package package, bool first) {
    if (first_states_.size() <= line) first_states_.resize(lines_.size() + 1);
    first_states_[line].wanted.at(static_cast<std::size_t>(package)) = true;
    queue_seed(line, first);
}

void Platform::seed(LineIndex line) {
    for (Package package : packages())
        want(line, package, false);
}

void Platform::queue_seed(LineIndex line, bool first) {
    if (first) {
        if (std::exchange(first_states_[line].urgent, true)) return;
        seed_urgent_.push_back(line);
        if (seed_urgent_.size() <= urgent_max) return seeds_.ring();
        line = seed_urgent_.front(); // too many are urgent: this one waits with everybody
        seed_urgent_.pop_front();
        first_states_[line].urgent = false;
    }
    auto& one = first_states_[line];
    if (!std::exchange(one.queued, true)) {
        seed_queue_.push_back(line);
        one.retry = one.failures > 0;
        if (one.retry) ++retries_;
    }
    seeds_.ring();
}

// In order of interest: who is in a call or was just seen to change comes first.
void Platform::seed_all(Package package) {
    lines_.for_each_in_use([&](LineIndex line, const Ledger&) {
        if (follows(line)) want(line, package, false);
    });
    for (LineIndex line = 0; line < lines_.size(); ++line)
        if (follows(line)) want(line, package, false);
}

void Platform::seed_stale(Package package) {
    for (LineIndex line = 0; line < lines_.size(); ++line)
        if (follows(line) && !lines_.fresh(line, package)) want(line, package, false);
}

/// Nobody will tell of this group for now: its lines are read instead.
void Platform::despair(Subscriptions::Index index) {
    if (subscriptions_.line(index) == no_line && subscriptions_.hopeless(index))
        seed_stale(subscriptions_.package(index));
}

void Platform::prefer(LineIndex line) {
    if (!single_users()) {
        for (Package package : packages())
            if (follows(line) && !lines_.fresh(line, package)) want(line, package, true);
        return;
    }
    if (line >= by_line_.size()) return;
    for (auto subscription : by_line_[line])
        if (subscription != no_line) subscriptions_.prefer(subscription);
    work_.ring();
}

Task<> Platform::keep_seeding() {
    while (!stopping_) {
        bool idle = seed_urgent_.empty() && seed_queue_.empty();
        if (idle || !set_up_ || fetching_ >= options_.parallel() || login_.refused(steady_now())) {
            co_await seeds_.wait(milliseconds(idle ? 1000 : 100));
            continue;
        }
        bool urgent = !seed_urgent_.empty();
        auto& queue = urgent ? seed_urgent_ : seed_queue_;
        LineIndex line = queue.front();
        queue.pop_front();
        auto& one = first_states_[line];
        (urgent ? one.urgent : one.queued) = false;
        if (!urgent && one.retry) --retries_;
        if (!follows(line)) continue;
        ++fetching_;
        loop_.spawn(fetch(line));
    }
}

Task<> Platform::fetch(LineIndex line) {
    std::string user(lines_.id(line));
    ++counters_.first_states;
    bool all_in = co_await fetch_package(
        line, Package::advanced_call, [&] { return seeding_->calls(user); },
        [&](const std::vector<CallDetails>& calls) { lines_.replace_calls(line, calls, steady_now()); });
    if (all_in) {
        all_in &= co_await fetch_package(
            line, Package::do_not_disturb, [&] { return seeding_->service<DoNotDisturb>(user); },
            [&](const DoNotDisturb& dnd) { lines_.set_dnd(line, dnd.active); });
        all_in &= co_await fetch_package(
            line, Package::forwarding_always, [&] { return seeding_->service<CallForwardingAlways>(user); },
            [&](const CallForwardingAlways& always) {
                lines_.set_forwarding_always(line, always.active, always.forward_to.value_or(""));
            });
        all_in &= co_await fetch_package(
            line, Package::call_center_agent, [&] { return seeding_->service<CallCenter>(user); },
            [&](const CallCenter& agent) {
                Document document;
                document.data = EventData::agent_state;
                document.agent.present = agent.state != AgentState::unknown;
                document.agent.state = agent.state;
                translate(lines_, line, document, steady_now());
            });
        all_in &= co_await fetch_package(
            line, Package::voice_mail, [&] { return seeding_->messages(user); },
            [&](const MessageCounts& counts) { lines_.set_messages(line, messages_of(counts)); });
    }
    --fetching_;
    seeds_.ring();
    auto& failures = first_states_[line].failures;
    if (all_in) {
        failures = 0;
        co_return;
    }
    auto wait = failures < retries_soon ? std::min(retry_soon, seconds(1) * (1 << failures))
                                        : std::min(retry_max, retry_soon * (1 << std::min(failures - retries_soon, 8)));
    if (failures < 255) ++failures;
    if (co_await sleep_for(wait) && !stopping_) queue_seed(line, false);
}

bool Platform::subscription_hopeless(Package package) const {
    auto index = group_subscriptions_.at(static_cast<std::size_t>(package));
    return index != no_line && subscriptions_.hopeless(index);
}

/// The subscription of the group or enterprise stands, or there is no hope that it will. Before that an answer would be
/// old at once; what is wanted then is fetched when it stands.
bool Platform::may_fetch(Package package) const {
    auto index = group_subscriptions_.at(static_cast<std::size_t>(package));
    return index != no_line && (!subscriptions_.pending(index) || subscriptions_.hopeless(index));
}

/// False: it is to be asked for again. An event that comes while the GET is under way is newer than its answer: then it
/// is asked once more (xsi.md 5.5). An event that came before proves nothing: after an outage servers send what they
/// kept.
template <class Fetch, class Take>
Task<bool> Platform::fetch_package(LineIndex line, Package package, Fetch fetch, Take take) {
    if (std::ranges::find(packages(), package) == packages().end()) co_return true;
    auto at = static_cast<std::size_t>(package);
    for (int i = 0; i < fetch_attempts; ++i) {
        if (!follows(line) || !set_up_ || !may_fetch(package)) co_return true; // it will be wanted again, or nobody's
        if (!std::exchange(first_states_[line].wanted.at(at), false)) co_return true;
        auto touched = lines_.touched(line);
        auto answer = co_await fetch();
        if (!follows(line)) co_return true;
        if (!answer) {
            auto why = answer.error().category;
            bool gone = why == Category::not_found || why == Category::forbidden ||
                        (why == Category::invalid && package != Package::advanced_call);
            // Events keep it up to date: they are newer than a refusal, perhaps of one who may not read it at all.
            if (gone && package != Package::advanced_call && lines_.told(line, package) &&
                lines_.fresh(line, package) && !subscription_hopeless(package))
                co_return true;
            auto& refusals = first_states_[line].refusals.at(at);
            if (gone && refusals < refusals_believed) ++refusals;
            if (gone && give_up(line, package, refusals == refusals_believed)) {
                refusals = refusals_believed;
                co_return true;
            }
            first_states_[line].wanted.at(at) = true;
            co_return false;
        }
        if (lines_.touched(line) == touched) {
            take(*answer);
            first_states_[line].refusals.at(at) = 0;
            co_return true;
        }
        first_states_[line].wanted.at(at) = true;
    }
    co_return false;
}

// Calls that look stuck are asked about, but not every second; so, slowly, is everybody (xsi.md 5.5, 12.12).
void Platform::audit() {
    auto now = steady_now();
    std::erase_if(audited_, [&](const auto& one) { return now - one.second > patience_.ask_again; });
    for (LineIndex line : lines_.tidy(now, patience_)) {
        if (!follows(line) || !audited_.try_emplace(line, now).second) continue;
        if (!single_users())
            want(line, Package::advanced_call, true);
        else if (line < by_line_.size() && by_line_[line][0] != no_line)
            subscriptions_.refresh_now(by_line_[line][0]);
    }
    if (single_users() || !set_up_ || seed_queue_.size() > retries_ || lines_.size() == 0) return;
    auto share = std::max<std::int64_t>(1, options_.subscriptions_per_second / 40);
    for (std::int64_t i = 0; i < share; ++i) {
        auto line = audit_cursor_++ % static_cast<LineIndex>(lines_.size());
        if (follows(line)) seed(line);
    }
}

} // namespace lamp::xsi
