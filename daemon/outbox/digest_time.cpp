#include "outbox/digest_time.hpp"

#include "proto/text/text.hpp"

namespace lamp::outbox {

std::optional<std::chrono::minutes> minutes_of(std::string_view time) {
    if (time.size() != 5 || time[2] != ':') return std::nullopt;
    auto hours = text::number<unsigned>(time.substr(0, 2));
    auto minutes = text::number<unsigned>(time.substr(3));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return std::chrono::minutes(*hours * 60 + *minutes);
}

DigestTimes digest_times(std::chrono::minutes time, Wall now, const Zone& zone) {
    auto day = std::chrono::floor<std::chrono::days>(zone.local(now));
    auto at = [&](std::chrono::days shift) { return zone.instant(Local(day + shift) + time); };
    using std::chrono::days;
    auto today = at(days(0));
    return now < today ? DigestTimes{at(days(-1)), today} : DigestTimes{today, at(days(1))};
}

} // namespace lamp::outbox
