// The transport's turns of the loop: what came in one go is handed up, then everything that was sent leaves together.
// For the transport's own files; lives on the SIP loop.
#pragma once
#include <functional>

#include "net/poller.hpp"

namespace lamp::sip {

class TransportTurns {
public:
    /// `finish` sends what waits; it may cause more to be sent.
    TransportTurns(asio::io_context& context, std::function<void()> finish);

    [[nodiscard]] net::Poller& poller() { return poller_; }
    [[nodiscard]] Steady now() const { return now_; }
    /// Something waits for the end of the turn; begins one if none is under way.
    void owe();
    void begin();
    void end();

private:
    asio::io_context& context_;
    std::function<void()> finish_;
    Steady now_;
    bool within_ = false;
    bool owed_ = false;
    bool posted_ = false;
    net::Poller poller_;
};

} // namespace lamp::sip
