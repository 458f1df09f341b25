#include "sip/transport_turns.hpp"

#include <utility>

namespace lamp::sip {
namespace {
constexpr int rounds_max = 4; // what is sent because something was sent; then the loop's other work gets its turn
}

TransportTurns::TransportTurns(asio::io_context& context, std::function<void()> finish)
    : context_(context),
      finish_(std::move(finish)),
      now_(steady_now()),
      poller_(context, [this] { begin(); }, [this] { end(); }) {}

void TransportTurns::begin() {
    now_ = steady_now();
    within_ = true;
}

void TransportTurns::end() {
    for (int round = 0; round < rounds_max; ++round) {
        owed_ = false;
        finish_();
        if (!owed_) break;
    }
    within_ = false;
    if (owed_) owe();
}

void TransportTurns::owe() {
    owed_ = true;
    if (within_ || std::exchange(posted_, true)) return;
    asio::post(context_, [this] {
        posted_ = false;
        begin();
        end();
    });
}

} // namespace lamp::sip
