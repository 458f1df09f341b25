// Subscriptions to mailboxes: Graph says that a calendar has changed, and it is read at once (cloud-apis.md A7, A11).
// They only shorten the wait for the next poll: what has changed the delta tells. A machine: which subscription to make
// and to renew, and whose a notification is. Egress loop, but for `expects_test`.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "proto/graph/subscription.hpp"

namespace lamp::calendars {

class GraphPush {
public:
    static constexpr std::string_view hook = "graph/calendars"; // of /hooks/NAME: notifications and their lifecycle
    static constexpr std::chrono::hours life{48};               // Graph gives 70 at most; renewed at half

    /// Null where Graph cannot reach us: public_url is neither https nor of this machine.
    [[nodiscard]] static std::unique_ptr<GraphPush> make(const std::string& public_url);
    /// For tests.
    explicit GraphPush(std::string address) : address_(std::move(address)) {}

    /// Any loop: whether a subscription is being made, and Graph will test the address meanwhile.
    [[nodiscard]] bool expects_test() const { return making_.load() > 0; }

    struct Due {
        std::optional<graph::EventsWish> make{};
        std::string renew{}; // the id of the live one; empty: none
        Wall expires{};      // of the renewed one
    };
    /// What the provider of this calendar shall ask for, after a reading that went well. Whatever is due is to be
    /// answered by one of the next three.
    [[nodiscard]] Due due(const std::string& calendar, const std::string& mailbox, Wall now);
    void made(const std::string& calendar, const graph::Subscription& subscription, Wall now);
    void renewed(const std::string& calendar, std::optional<Wall> expires, Wall now);
    /// Waits 1 min to 1 h before the next wish. `gone`: the live one is none any more; another is wished for then.
    enum class After : std::uint8_t { kept, gone };
    void refused(const std::string& calendar, After after, Wall now);

    /// Which calendars a delivery tells to read now, each once. Items that do not know the secret of one of ours count
    /// for nothing; subscriptions that it says are removed are made anew.
    [[nodiscard]] std::vector<std::string> changed(const graph::Delivery& delivery, Wall now);
    /// The calendar is gone. Its subscription ends by itself.
    void forget(const std::string& calendar) { watched_.erase(calendar); }

private:
    struct Watched {
        std::string id{};     // of the live one; empty: none
        std::string secret{}; // its client state, or that of the one that is being made
        Wall renew_at{};
        Wall not_before{};
        bool making = false;
        Backoff patience{milliseconds(60'000), milliseconds(3'600'000)};
    };
    void end_making(Watched& watched);
    static void live_until(Watched& watched, Wall expires, Wall now);
    void take_lifecycle(Watched& watched, graph::Lifecycle event, Wall now);

    std::string address_;
    std::map<std::string, Watched, std::less<>> watched_;
    std::atomic<int> making_{0};
};

} // namespace lamp::calendars
