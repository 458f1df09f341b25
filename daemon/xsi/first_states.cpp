// Platform, the part that fetches first states by GET: for group and enterprise targets, which send none (xsi.md 5.5).
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
        if (!lines_.watched(line)) continue;
        ++fetching_;
        loop_.spawn(fetch(line));
    }
}

Task<> Platform::fetch(LineIndex line) {
    std::string user(lines_.id(line));
    ++counters_.first_states;
    bool calls_in = co_await fetch_calls(line);
    bool again = !calls_in;
    auto gone = [](const Error& error) {
        return error.category == Category::not_found || error.category == Category::forbidden ||
               error.category == Category::invalid;
    };
    if (calls_in && !lines_.fresh(line, Package::do_not_disturb)) {
        auto dnd = co_await seeding_->service<DoNotDisturb>(user);
        bool overtaken = lines_.fresh(line, Package::do_not_disturb); // by an event, which is newer
        if (!overtaken && dnd)
            lines_.set_dnd(line, dnd->active);
        else if (!overtaken && gone(dnd.error()))
            lines_.give_up(line, Package::do_not_disturb);
        else
            again |= !overtaken;
    }
    if (calls_in && !lines_.fresh(line, Package::forwarding_always)) {
        auto always = co_await seeding_->service<CallForwardingAlways>(user);
        bool overtaken = lines_.fresh(line, Package::forwarding_always);
        if (!overtaken && always)
            lines_.set_forwarding(line, presence::Forwarding::always, always->active);
        else if (!overtaken && gone(always.error()))
            lines_.give_up(line, Package::forwarding_always);
        else
            again |= !overtaken;
    }
    if (calls_in && !lines_.fresh(line, Package::call_center_agent)) {
        auto agent = co_await seeding_->service<CallCenter>(user);
        bool overtaken = lines_.fresh(line, Package::call_center_agent);
        if (!overtaken && agent) {
            Document document;
            document.data = EventData::agent_state;
            document.agent.present = agent->state != AgentState::unknown;
            document.agent.state = agent->state;
            translate(lines_, line, document, steady_now());
        } else if (!overtaken && gone(agent.error())) {
            lines_.give_up(line, Package::call_center_agent);
        } else {
            again |= !overtaken;
        }
    }
    if (again && !stopping_) {
        static_cast<void>(co_await sleep_for(seconds(1)));
        seed(line, false);
    }
    --fetching_;
    seeds_.ring();
}

// An event that comes while the GET is under way is newer than its answer: then it is asked again (xsi.md 5.5).
Task<bool> Platform::fetch_calls(LineIndex line) {
    std::string user(lines_.id(line));
    for (int i = 0; i < fetch_attempts; ++i) {
        auto touched = lines_.touched(line);
        auto calls = co_await seeding_->calls(user);
        if (!calls) {
            bool gone = calls.error().category == Category::not_found || calls.error().category == Category::forbidden;
            if (gone) lines_.give_up(line, Package::advanced_call);
            co_return gone;
        }
        if (lines_.touched(line) != touched) continue;
        lines_.replace_calls(line, *calls, steady_now());
        if (on_calls) on_calls(line);
        co_return true;
    }
    co_return false;
}

} // namespace lamp::xsi
