// A calendar as one file at an address, a feed (RFC 5545 over HTTP): fetched whole when it has changed. Egress loop;
// one reading at a time.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/calendars/peer.hpp"
#include "adapters/calendars/provider.hpp"
#include "adapters/calendars/reading.hpp"

namespace lamp::calendars {

class Ics final : public Provider {
public:
    static constexpr std::size_t bytes_max = 16U << 20U;
    // REFRESH-INTERVAL is a publisher's wish, often a day: it slows a short `poll` down, but not beyond this.
    static constexpr std::chrono::minutes slowest{15};

    Ics(std::unique_ptr<Peer> peer, std::string target, Rules rules)
        : peer_(std::move(peer)), target_(std::move(target)), rules_(std::move(rules)) {}

    [[nodiscard]] Task<Result<std::optional<std::vector<Occurrence>>>> read(Window window) override;
    void close() override { peer_->close(); }

private:
    [[nodiscard]] Task<Result<std::optional<http::Answer>>> fetch();
    [[nodiscard]] Result<std::vector<Occurrence>> tell(Window window, const std::string& text);
    void remember(http::Answer answer);

    std::unique_ptr<Peer> peer_;
    std::string target_;
    Rules rules_;
    std::optional<std::string> text_{}; // the last good one
    std::string etag_{};
    std::string modified_{};
    std::optional<Window> told_{};
    Steady due_{};
    milliseconds pause_{0}; // what the feed wants
};

} // namespace lamp::calendars
