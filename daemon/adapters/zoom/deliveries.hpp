// What comes to /hooks/zoom: proven and answered on the serve loop, looked into on egress. Nothing is believed before
// the signature over the raw bytes is right; Zoom's test of the address is answered at once.
#pragma once
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "adapters/zoom/options.hpp"
#include "fanout/hook.hpp"
#include "loop/loop.hpp"
#include "proto/zoom/event.hpp"
#include "proto/zoom/signature.hpp"

namespace lamp::zoom {

class Deliveries {
public:
    static constexpr std::size_t waiting_max = 1024;
    static constexpr std::size_t waiting_bytes_max = 8 << 20;
    enum class Refused : std::uint8_t { missing, wrong, stale, full };
    static constexpr std::size_t refused_count = 4;

    Deliveries(Loop& egress, const ZoomOptions& options)
        : loop_(egress), secret_(options.webhook_secret), tolerance_(options.tolerance) {}

    /// Who takes genuine deliveries, one after the other, on egress. Before the loops start.
    void use(std::function<void(std::string body)> take) { take_ = std::move(take); }

    /// Serve loop.
    [[nodiscard]] fanout::HookAnswer deliver(const fanout::HookCall& call);

    [[nodiscard]] std::uint64_t refused(Refused why) const { return refused_[static_cast<std::size_t>(why)]; }
    [[nodiscard]] std::uint64_t validations() const { return validations_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    /// When the last genuine one came, validations included; nothing: none yet.
    [[nodiscard]] std::optional<Wall> last() const;

private:
    [[nodiscard]] std::optional<fanout::HookAnswer> answer_test(std::string_view body, Proof proof);
    fanout::HookAnswer refuse(Refused why);

    Loop& loop_;
    const Secret secret_;
    const milliseconds tolerance_;
    std::function<void(std::string body)> take_;
    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::size_t> waiting_bytes_{0};
    std::array<std::atomic<std::uint64_t>, refused_count> refused_{};
    std::atomic<std::uint64_t> validations_{0};
    std::atomic<Wall::rep> last_ms_{0};
};

} // namespace lamp::zoom
