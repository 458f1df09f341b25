#include "tenants/life.hpp"

#include <csignal>
#include <cstring>
#include <fmt/format.h>

#include "config/types.hpp"

namespace lamp::tenants {
namespace {

constexpr int wrong_configuration = 78; // EX_CONFIG of sysexits.h: trying soon again mends nothing

} // namespace

std::string to_string(End end) {
    if (end.signal != 0) {
        const char* known = ::sigabbrev_np(end.signal);
        return known ? fmt::format("ended by SIG{}", known) : fmt::format("ended by signal {}", end.signal);
    }
    if (end.status == wrong_configuration) return "its configuration is wrong";
    return fmt::format("ended with status {}", end.status);
}

std::string_view name(State state) {
    switch (state) {
    case State::off: return "off";
    case State::held: return "held";
    case State::starting: return "starting";
    case State::ready: return "ready";
    case State::stopping: return "stopping";
    case State::waiting: return "waiting";
    }
    return "off";
}

Life::Order Life::begin(Steady now) {
    state_ = State::starting;
    since_ = now;
    again_ = hang_up_ = killed_ = false;
    return Order::spawn;
}

Life::Order Life::start(Steady now) {
    if (state_ == State::stopping) again_ = true;
    return running() ? Order::nothing : begin(now);
}

void Life::hold() {
    if (running()) return;
    state_ = State::held;
    settled_ = true;
}

Life::Order Life::stop(Steady now) {
    again_ = false;
    if (state_ == State::stopping) return Order::nothing;
    if (!running()) return state_ = State::off, Order::nothing;
    state_ = State::stopping;
    since_ = now;
    killed_ = false;
    return Order::terminate;
}

Life::Order Life::restart(Steady now) {
    if (!running()) return begin(now);
    auto order = stop(now);
    again_ = true;
    return order;
}

Life::Order Life::reload(Steady now) {
    switch (state_) {
    case State::ready: return Order::hang_up;
    case State::starting: return hang_up_ = true, Order::nothing;
    case State::stopping: return Order::nothing;
    case State::off:
    case State::held:
    case State::waiting: break;
    }
    return begin(now);
}

Life::Order Life::said_ready(Steady now) {
    if (state_ != State::starting) return Order::nothing; // a reload ends in READY, too
    state_ = State::ready;
    since_ = fed_ = now;
    settled_ = true;
    return std::exchange(hang_up_, false) ? Order::hang_up : Order::nothing;
}

Life::Order Life::give_up(std::string why) {
    killed_ = true;
    last_ = std::move(why);
    return Order::kill;
}

Life::Order Life::triggered() {
    return state_ == State::ready && !killed_ ? give_up("one of its loops stands still") : Order::nothing;
}

Life::Order Life::ended(End end, Steady now) {
    if (!running()) return Order::nothing;
    if (state_ == State::stopping) {
        if (again_) return begin(now);
        return state_ = State::off, Order::nothing;
    }
    if (state_ == State::ready && now - since_ >= limits_.calm) backoff_.reset();
    if (!killed_) last_ = to_string(end);
    wait_ = end.status == wrong_configuration ? limits_.retry_longest : backoff_.next();
    state_ = State::waiting;
    since_ = now;
    settled_ = true;
    ++failures_;
    return Order::nothing;
}

Life::Order Life::tick(Steady now) {
    auto when = due();
    if (!when || now < *when) return Order::nothing;
    switch (state_) {
    case State::waiting: return begin(now);
    case State::starting: return give_up(fmt::format("was not ready within {}", config::to_string(limits_.start)));
    case State::ready: return give_up(fmt::format("kept silent for {}", config::to_string(limits_.watchdog)));
    case State::stopping: return give_up(fmt::format("did not end within {}", config::to_string(limits_.stop)));
    case State::off:
    case State::held: break;
    }
    return Order::nothing;
}

std::optional<Steady> Life::due() const {
    switch (state_) {
    case State::waiting: return since_ + wait_;
    case State::starting: return killed_ ? std::nullopt : std::optional(since_ + limits_.start);
    case State::ready: return killed_ ? std::nullopt : std::optional(fed_ + limits_.watchdog);
    case State::stopping: return killed_ ? std::nullopt : std::optional(since_ + limits_.stop);
    case State::off:
    case State::held: break;
    }
    return std::nullopt;
}

std::string Life::why() const {
    if (running() && killed_) return last_;
    switch (state_) {
    case State::waiting: return fmt::format("{}; tried again", last_);
    case State::starting: return last_.empty() ? "starts" : fmt::format("starts again ({})", last_);
    case State::stopping: return again_ ? "is started anew" : "ends";
    case State::held: return "is not started";
    case State::off: return "is off";
    case State::ready: break;
    }
    return {};
}

} // namespace lamp::tenants
