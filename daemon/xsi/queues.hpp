// The call centres of one platform whose waiting calls are followed (package Call Center Queue, xsi.md 8.3). Pure;
// lives on the ingress loop. What is not sure is not told: a number comes back with the next whole state.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/queue_news.hpp"
#include "proto/xsi/event.hpp"
#include "xsi/subscriptions.hpp"

namespace lamp::xsi {

class Queues {
public:
    using Index = std::uint32_t;
    static constexpr std::size_t queues_max = 2'000;   // of one platform
    static constexpr std::size_t waiting_max = 10'000; // of one queue; with more its number is not told

    /// Nothing: it is followed already, or there are too many.
    [[nodiscard]] std::optional<Index> add(std::string_view id);
    [[nodiscard]] std::size_t size() const { return queues_.size(); }
    [[nodiscard]] const std::string& id(Index queue) const { return queues_[queue].id; }
    [[nodiscard]] Subscriptions::Index& subscription(Index queue) { return queues_[queue].subscription; }
    [[nodiscard]] Subscriptions::Index subscription(Index queue) const { return queues_[queue].subscription; }
    /// Its whole state has been heard, and every event since.
    [[nodiscard]] bool known(Index queue) const { return queues_[queue].known; }

    void apply(Index queue, const Document& document);
    /// A gap, an ended or refused subscription, a lost channel.
    void doubt(Index queue);
    void doubt_all();
    [[nodiscard]] calls::QueueNews news(Index queue) const;

    /// Hears of each change. May be empty.
    std::function<void(const calls::QueueNews&)> listener;

private:
    struct Queue {
        std::string id;
        Subscriptions::Index subscription = no_line;
        bool known = false;
        std::map<std::string, std::optional<Wall>, std::less<>> waiting{}; // by call
    };
    void tell(Index queue, const calls::QueueNews& before) const;

    std::vector<Queue> queues_;
    std::map<std::string, Index, std::less<>> by_id_;
};

} // namespace lamp::xsi
