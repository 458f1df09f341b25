// Platform, the part that fetches first states by GET: for group and enterprise targets, which send none (xsi.md 5.5).
#include <algorithm>

#include "xsi/platform.hpp"
#include "xsi/translate.hpp"

namespace lamp::xsi {
namespace {
constexpr int fetch_attempts = 3;
}

void Platform::seed(LineIndex line, bool first) {
    if (seed_queued_.size() <= line) seed_queued_.resize(lines_.size() + 1);
    if (first) {
        seed_urgent_.push_back(line);
        if (seed_urgent_.size() > 1024) seed_urgent_.pop_front();
    } else if (!seed_queued_[line]) {
        seed_queued_[line] = true;
        seed_queue_.push_back(line);
    }
    seeds_.ring();
}

// In order of interest: who is in a call or was just seen to change comes first.
void Platform::seed_all() {
    lines_.for_each_in_use([&](LineIndex line, const Ledger&) {
        if (lines_.platform(line) == index_) seed(line, false);
    });
    for (LineIndex line = 0; line < lines_.size(); ++line)
        if (lines_.platform(line) == index_ && lines_.watched(line)) seed(line, false);
}

Task<> Platform::keep_seeding() {
    while (!stopping_) {
        bool idle = seed_urgent_.empty() && seed_queue_.empty();
        if (idle || !set_up_ || fetching_ >= options_.parallel() || login_.refused(steady_now())) {
            co_await seeds_.wait(milliseconds(idle ? 1000 : 100));
            continue;
        }
        auto& queue = seed_urgent_.empty() ? seed_queue_ : seed_urgent_;
        LineIndex line = queue.front();
        queue.pop_front();
        if (&queue == &seed_queue_) seed_queued_[line] = false;
        if (!lines_.watched(line) || lines_.platform(line) != index_) continue;
        ++fetching_;
        loop_.spawn(fetch(line));
    }
}

Task<> Platform::fetch(LineIndex line) {
    std::string user(lines_.id(line));
    ++counters_.first_states;
    bool all_in = co_await fetch_calls(line);
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
    if (!all_in && !stopping_) {
        static_cast<void>(co_await sleep_for(seconds(1)));
        seed(line, false);
    }
    --fetching_;
    seeds_.ring();
}

/// False: it is to be asked for again. An event that overtakes the answer is newer than it.
template <class Fetch, class Take>
Task<bool> Platform::fetch_package(LineIndex line, Package package, Fetch fetch, Take take) {
    if (lines_.fresh(line, package) || std::ranges::find(packages(), package) == packages().end()) co_return true;
    auto answer = co_await fetch();
    if (lines_.fresh(line, package) || lines_.platform(line) != index_) co_return true;
    if (!answer) {
        auto why = answer.error().category;
        bool gone = why == Category::not_found || why == Category::forbidden || why == Category::invalid;
        if (gone) lines_.give_up(line, package);
        co_return gone;
    }
    take(*answer);
    co_return true;
}

// An event that comes while the GET is under way is newer than its answer: then it is asked again (xsi.md 5.5).
Task<bool> Platform::fetch_calls(LineIndex line) {
    std::string user(lines_.id(line));
    for (int i = 0; i < fetch_attempts; ++i) {
        auto touched = lines_.touched(line);
        auto calls = co_await seeding_->calls(user);
        if (lines_.platform(line) != index_) co_return false; // it is another one's now
        if (!calls) {
            bool gone = calls.error().category == Category::not_found || calls.error().category == Category::forbidden;
            if (gone) lines_.give_up(line, Package::advanced_call);
            co_return gone;
        }
        if (lines_.touched(line) != touched) continue;
        lines_.replace_calls(line, *calls, steady_now());
        co_return true;
    }
    co_return false;
}

} // namespace lamp::xsi
