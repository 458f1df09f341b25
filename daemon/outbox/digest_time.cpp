#include "outbox/digest_time.hpp"

namespace lamp::outbox {

DigestTimes digest_times(std::chrono::minutes time, Wall now, const Zone& zone) {
    auto day = std::chrono::floor<std::chrono::days>(zone.local(now));
    auto at = [&](std::chrono::days shift) { return zone.instant(Local(day + shift) + time); };
    using std::chrono::days;
    auto today = at(days(0));
    return now < today ? DigestTimes{at(days(-1)), today} : DigestTimes{today, at(days(1))};
}

} // namespace lamp::outbox
