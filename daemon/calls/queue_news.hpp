// What the telephony loop tells of a call centre: how many calls wait in it. Values only; they travel by post.
#pragma once
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace lamp::calls {

struct QueueNews {
    std::string id;                       // BroadWorks user id of the call centre
    std::optional<std::size_t> waiting{}; // nothing: the platform does not tell, or not for sure
    std::optional<Wall> oldest{};         // since when the one waits that waits longest, by the platform's clock
    bool operator==(const QueueNews&) const = default;
};

} // namespace lamp::calls
