// See load.hpp. One life cycle of a call with hold is 15 events when both users are watched.
#include "load.hpp"

namespace sim {

using bw::nobody;
using bw::UserIndex;

namespace {
constexpr double events_per_call = 15;
constexpr std::int64_t tick_ms = 5;
} // namespace

Load::Load(Loop& loop, bw::Platform& platform, std::uint64_t seed)
    : loop_(loop), platform_(platform), random_(seed * 104729 + 3) {}

void Load::set_rate(double events_per_second) {
    rate_ = events_per_second;
    last_ms_ = Loop::steady_ms();
    if (rate_ > 0 && !ticking_) {
        ticking_ = true;
        tick();
    }
}

void Load::tick() {
    const std::int64_t now = Loop::steady_ms();
    owed_ += rate_ * static_cast<double>(now - last_ms_) / 1000.0 / events_per_call;
    last_ms_ = now;
    for (; owed_ >= 1; owed_ -= 1)
        begin();
    while (!steps_.empty() && steps_.front().due <= now) {
        const Step step = steps_.front();
        steps_.pop_front();
        go_on(step);
    }
    if (rate_ <= 0 && steps_.empty()) {
        ticking_ = false;
        return;
    }
    loop_.after(std::chrono::milliseconds(tick_ms), [this] { tick(); });
}

void Load::begin() {
    auto& roster = platform_.roster;
    const auto pick = [&] {
        for (int tries = 0; tries < 8; ++tries) {
            const UserIndex user = random_.below(roster.size());
            if (!roster[user].removed && roster[user].kind == bw::UserKind::person && roster[user].legs.empty())
                return user;
        }
        return nobody;
    };
    const UserIndex caller = pick();
    const UserIndex callee = pick();
    if (caller == nobody || callee == nobody || caller == callee) return;
    const auto call = platform_.engine.dial(caller, std::to_string(roster[callee].extension));
    if (call) steps_.push_back(Step{Loop::steady_ms() + talk_ms_ / 4, caller, callee, *call, 0});
}

void Load::go_on(Step step) {
    auto& engine = platform_.engine;
    if (!engine.find(step.call)) return; // a tone, or a failover in between
    switch (step.stage++) {
    case 0: (void)engine.answer(step.callee); break;
    case 1: (void)engine.hold(step.caller); break;
    case 2: (void)engine.retrieve(step.caller); break;
    default: (void)engine.hang_up(step.caller, step.call); return;
    }
    step.due = Loop::steady_ms() + talk_ms_ / 4;
    steps_.push_back(step);
}

} // namespace sim
