#include "sip/knocks.hpp"

#include <algorithm>

#include "sip/peer_key.hpp"

namespace lamp::sip {

Knocks::Knocks(Limits limits, std::array<std::uint64_t, 2> secret)
    : limits_(limits), secret_(secret), sources_(std::max<std::size_t>(limits.sources / ways, 1) * ways) {}

double Knocks::tokens(const Source& source, Steady now) const {
    const auto passed = std::chrono::duration<double>(now - source.at).count();
    return std::min(limits_.burst, source.tokens + std::max(passed, 0.0) * limits_.per_second);
}

bool Knocks::failing(const Source& source, Steady now) const {
    return source.failures != 0 && now - source.failing_since <= limits_.failures_within;
}

double Knocks::weight(const Source& source, Steady now) const {
    if (source.tag == 0) return -1;
    if (now < source.silent_until) return 1e9 + std::chrono::duration<double>(source.silent_until - now).count();
    return (failing(source, now) ? 1e6 * source.failures : 0) + limits_.burst - tokens(source, now);
}

Knocks::Source& Knocks::source(const Address16& address, Steady now) {
    const auto whose = source_of(address);
    const Key key = sip_hash(secret_, {reinterpret_cast<const char*>(whose.data()), whose.size()});
    const auto tag = key.high | 1;
    const std::span set(&sources_[key.low % (sources_.size() / ways) * ways], ways);
    auto found = std::ranges::find(set, tag, &Source::tag);
    if (found == set.end()) {
        found = std::ranges::min_element(set, {}, [&](const Source& one) { return weight(one, now); });
        *found = Source{.tag = tag, .tokens = limits_.burst};
    } else {
        found->tokens = tokens(*found, now);
    }
    found->at = now;
    return *found;
}

Knocks::Answer Knocks::knock(const Address16& address, Steady now) {
    Source& from = source(address, now);
    if (now < from.silent_until) return Answer::silenced;
    if (from.tokens < 1) return Answer::too_often;
    from.tokens -= 1;
    return Answer::welcome;
}

void Knocks::lend(const Address16& address, Steady now) {
    Source& from = source(address, now);
    from.tokens = std::max(-limits_.burst, from.tokens - 1);
}

void Knocks::forgive(const Address16& address, Steady now) {
    Source& from = source(address, now);
    from.tokens = std::min(limits_.burst, from.tokens + 1);
}

void Knocks::note_wrong_password(const Address16& address, Steady now) {
    Source& from = source(address, now);
    if (!failing(from, now)) {
        from.failing_since = now;
        from.failures = 0;
    }
    if (++from.failures < limits_.failures) return;
    from.silent_until = now + limits_.silence;
    from.failures = 0;
}

} // namespace lamp::sip
