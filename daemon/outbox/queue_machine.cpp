#include "outbox/queue_machine.hpp"

#include <algorithm>

namespace lamp::outbox {

milliseconds QueueMachine::wait(Steady now) {
    if (now < not_before_) return std::chrono::ceil<milliseconds>(not_before_ - now);
    return budget_.take(now);
}

QueueMachine::Fate QueueMachine::settle(const Verdict& verdict, const Letter& letter, Wall wall, Steady now) {
    switch (verdict.kind) {
    case Verdict::Kind::delivered:
    case Verdict::Kind::refused: // it is there, and would take another
        failing_ = false;
        backoff_.reset();
        return verdict.kind == Verdict::Kind::delivered ? Fate::remove : Fate::bury;
    case Verdict::Kind::gone: return Fate::disable;
    case Verdict::Kind::retry: break;
    }
    failing_ = true;
    bool old = letter.attempts >= limits::attempts_least && wall - letter.made >= give_up_;
    // The next letter starts anew, at the pace of first attempts: what stopped this one need not stop it.
    if (old) backoff_.reset();
    auto pause = backoff_.next();
    if (old) backoff_.reset();
    not_before_ = now + std::max(pause, verdict.after.value_or(milliseconds(0)));
    return old ? Fate::bury : Fate::keep;
}

void QueueMachine::hurry() {
    not_before_ = {};
    backoff_.reset();
}

void QueueMachine::set(milliseconds give_up, double rate) {
    give_up_ = give_up;
    budget_ = Budget(rate, rate);
}

} // namespace lamp::outbox
