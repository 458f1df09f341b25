#include "base/schedule.hpp"

#include <algorithm>

namespace lamp {
namespace {

using namespace std::chrono_literals;
constexpr milliseconds first_retry = 30s;
constexpr milliseconds longest_retry = 30min;
constexpr milliseconds day = 24h;
constexpr milliseconds spread = 1h;

} // namespace

std::optional<std::chrono::minutes> minutes_of(std::string_view time) {
    auto digit = [&](std::size_t at) { return time[at] >= '0' && time[at] <= '9' ? time[at] - '0' : 100; };
    if (time.size() != 5 || time[2] != ':') return std::nullopt;
    const int hours = digit(0) * 10 + digit(1);
    const int minutes = digit(3) * 10 + digit(4);
    if (hours > 23 || minutes > 59) return std::nullopt;
    return std::chrono::minutes(hours * 60 + minutes);
}

Schedule::Schedule(std::chrono::minutes night, milliseconds delta, std::uint64_t seed)
    : night_(night + milliseconds(seed % static_cast<std::uint64_t>(spread.count()))),
      delta_every_(delta),
      backoff_(first_retry, longest_retry, seed) {}

Wall Schedule::night_after(Wall time) const {
    auto begin = std::chrono::floor<std::chrono::days>(time - night_) + night_;
    return begin + day;
}

void Schedule::begin(std::optional<Wall> last, Wall now) {
    full_ = last ? night_after(*last) : now;
    delta_ = now;
}

Schedule::Due Schedule::due(Wall now) const {
    if (now >= full_) return Due::full;
    return delta_every_ > 0ms && now >= delta_ ? Due::delta : Due::nothing;
}

Wall Schedule::next() const {
    return delta_every_ > 0ms ? std::min(full_, delta_) : full_;
}

void Schedule::succeeded(bool whole, Wall now) {
    backoff_.reset();
    if (whole) full_ = night_after(now);
    delta_ = now + delta_every_;
}

void Schedule::failed(bool whole, Wall now) {
    auto wait = backoff_.next();
    if (whole) full_ = now + wait;
    delta_ = now + std::max(wait, delta_every_);
}

} // namespace lamp
