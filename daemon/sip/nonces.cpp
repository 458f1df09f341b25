#include "sip/nonces.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "proto/sip/digest.hpp"
#include "sip/peer_key.hpp"

namespace lamp::sip {
namespace {

std::int64_t seconds_of(Steady at) {
    return std::chrono::floor<seconds>(at.time_since_epoch()).count();
}

/// "TIME.NUMBER" in hexadecimal digits, of a nonce of ours.
struct Stamp {
    std::int64_t time = 0;
    std::uint64_t number = 0;
};
Stamp read(std::string_view text) {
    Stamp stamp;
    const auto* const end = text.data() + text.size();
    const auto time = std::from_chars(text.data(), end, stamp.time, 16);
    if (time.ptr != end) std::from_chars(time.ptr + 1, end, stamp.number, 16);
    return stamp;
}

} // namespace

std::string Nonces::sum(std::string_view stamp, const Address16& source) const {
    const auto whose = source_of(source);
    auto text = fmt::format("nonce\n{}\n", stamp);
    text.append(reinterpret_cast<const char*>(whose.data()), whose.size());
    const Key key = sip_hash(secret_, text);
    return fmt::format("{:016x}{:016x}", key.high, key.low);
}

std::string Nonces::make(const Address16& source, Steady now) {
    const auto stamp = fmt::format("{:x}.{:x}", seconds_of(now), ++last_);
    return fmt::format("{}.{}", stamp, sum(stamp, source));
}

Nonces::Age Nonces::age_of(std::string_view nonce, const Address16& source, Steady now) const {
    const auto dot = nonce.rfind('.'); // npos is beyond any of ours, too
    if (dot > 33) return Age::foreign;
    const auto stamp = nonce.substr(0, dot);
    if (!same_secret(nonce.substr(dot + 1), sum(stamp, source))) return Age::foreign;
    const auto age = seconds_of(now) - read(stamp).time;
    return age >= 0 && age <= limits_.lifetime.count() ? Age::good : Age::stale;
}

void Nonces::grow_older(Steady now) {
    forgotten_ = std::max(forgotten_, old_.newest);
    old_ = std::exchange(young_, {});
    young_since_ = now;
}

/// Nothing for what may have been forgotten.
Nonces::Uses* Nonces::known(const Key& key, std::uint64_t number, Steady now) {
    if (const auto found = young_.uses.find(key); found != young_.uses.end()) return &found->second;
    Uses uses;
    if (const auto found = old_.uses.find(key); found != old_.uses.end()) {
        uses = found->second;
        old_.uses.erase(found);
    } else if (number <= forgotten_) {
        return nullptr;
    }
    if (young_.uses.size() >= std::max<std::size_t>(limits_.remembered / 2, 1) ||
        now - young_since_ > limits_.lifetime + seconds(1))
        grow_older(now);
    young_.newest = std::max(young_.newest, number);
    return &(young_.uses[key] = uses);
}

bool Nonces::use(std::string_view nonce, std::string_view user, std::uint32_t count, Steady now) {
    const Key key = sip_hash(secret_, fmt::format("use\n{}\n{}", nonce, user));
    Uses* const uses = known(key, read(nonce).number, now);
    if (uses == nullptr) return false;
    if (uses->window == 0 || count > uses->highest) {
        const auto step = uses->window == 0 ? 64 : count - uses->highest;
        uses->window = (step >= 64 ? 0 : uses->window << step) | 1;
        uses->highest = count;
        return true;
    }
    const auto behind = uses->highest - count;
    if (behind >= 64 || (uses->window >> behind & 1) != 0) return false;
    uses->window |= std::uint64_t{1} << behind;
    return true;
}

} // namespace lamp::sip
