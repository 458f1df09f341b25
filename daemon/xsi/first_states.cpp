// Platform, the part that fetches first states by GET: for group and enterprise targets, which send none (xsi.md 5.5).
#include <algorithm>
#include <utility>

#include "xsi/platform.hpp"
#include "xsi/translate.hpp"

namespace lamp::xsi {
namespace {
constexpr int fetch_attempts = 3;
}

void Platform::seed(LineIndex line, bool first) {
    if (first_states_.size() <= line) first_states_.resize(lines_.size() + 1);
    first_states_[line].wanted.fill(true);
    queue_seed(line, first);
}

void Platform::queue_seed(LineIndex line, bool first) {
    if (first) {
        seed_urgent_.push_back(line);
        if (seed_urgent_.size() > 1024) seed_urgent_.pop_front();
    } else if (!std::exchange(first_states_[line].queued, true)) {
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
        if (&queue == &seed_queue_) first_states_[line].queued = false;
        if (!lines_.watched(line) || lines_.platform(line) != index_) continue;
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
    if (!all_in && !stopping_) {
        static_cast<void>(co_await sleep_for(seconds(1)));
        queue_seed(line, false);
    }
    --fetching_;
    seeds_.ring();
}

/// False: it is to be asked for again. An event that comes while the GET is under way is newer than its answer: then it
/// is asked once more (xsi.md 5.5). An event that came before proves nothing: after an outage servers send what they
/// kept.
template <class Fetch, class Take>
Task<bool> Platform::fetch_package(LineIndex line, Package package, Fetch fetch, Take take) {
    if (std::ranges::find(packages(), package) == packages().end()) co_return true;
    auto at = static_cast<std::size_t>(package);
    for (int i = 0; i < fetch_attempts; ++i) {
        if (lines_.platform(line) != index_) co_return true; // it is another one's now
        if (!std::exchange(first_states_[line].wanted.at(at), false)) co_return true;
        auto touched = lines_.touched(line);
        auto answer = co_await fetch();
        if (lines_.platform(line) != index_) co_return true;
        if (!answer) {
            auto why = answer.error().category;
            bool gone = why == Category::not_found || why == Category::forbidden ||
                        (why == Category::invalid && package != Package::advanced_call);
            if (gone) lines_.give_up(line, package);
            first_states_[line].wanted.at(at) |= !gone;
            co_return gone;
        }
        if (lines_.touched(line) == touched) {
            take(*answer);
            co_return true;
        }
        first_states_[line].wanted.at(at) = true;
    }
    co_return false;
}

} // namespace lamp::xsi
