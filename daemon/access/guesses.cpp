#include "access/guesses.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <openssl/rand.h>

#include "base/check.hpp"

namespace lamp::access {
namespace {

double seconds_between(Steady from, Steady to) {
    return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

std::uint64_t beginning(const Digest& digest) {
    std::uint64_t value = 0;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
}

/// The finaliser of MurmurHash3: every bit of the input moves every bit of the output.
std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ value >> 33) * 0xff51afd7ed558ccdULL;
    value = (value ^ value >> 33) * 0xc4ceb9fe1a85ec53ULL;
    return value ^ value >> 33;
}

} // namespace

Guesses::Guesses(Limits limits) : limits_(limits) {
    LAMP_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(key_.data()), sizeof key_) == 1);
    limits_.sources = std::bit_ceil(std::max(limits_.sources, ways));
}

/// Never zero.
std::uint64_t Guesses::tag_of(const net::Address16& address) const {
    auto source = net::source_of(address);
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), source.data(), sizeof halves);
    return mixed(mixed(halves[0] ^ key_[0]) ^ halves[1] ^ key_[1]) | 1U;
}

const Guesses::Source* Guesses::find(std::uint64_t tag) const {
    if (table_.empty()) return nullptr;
    auto first = (tag >> 8 & (table_.size() / ways - 1)) * ways;
    for (std::size_t i = first; i < first + ways; ++i)
        if (table_[i].tag == tag) return &table_[i];
    return nullptr;
}

Guesses::Source* Guesses::find(std::uint64_t tag) {
    return const_cast<Source*>(std::as_const(*this).find(tag));
}

Guesses::Source& Guesses::place_for(std::uint64_t tag, Steady now) {
    if (auto* there = find(tag)) return *there;
    if (table_.empty()) table_.resize(limits_.sources);
    auto first = table_.begin() + static_cast<std::ptrdiff_t>((tag >> 8 & (table_.size() / ways - 1)) * ways);
    auto& place = *std::min_element(first, first + ways, [&](const Source& left, const Source& right) {
        return wrong_of(left, now) < wrong_of(right, now);
    });
    place = {.tag = tag, .looks = limits_.looks_per_second, .at = now, .looked = now};
    return place;
}

double Guesses::wrong_of(const Source& source, Steady now) const {
    if (source.tag == 0) return -1;
    auto forgiven = seconds_between(source.at, now) / static_cast<double>(limits_.forgiven_after.count());
    return std::max(0.0, source.wrong - forgiven);
}

/// Until one more wrong token would be answered as such.
seconds Guesses::wait_of(double wrong) const {
    auto above = (wrong + 1 - limits_.most) * static_cast<double>(limits_.forgiven_after.count());
    return seconds(std::max<long>(1, std::lround(std::ceil(above - 1e-6))));
}

bool Guesses::may_look(const net::Address16& address, const Digest& presented, Steady now) {
    auto* source = find(tag_of(address));
    if (!source || wrong_of(*source, now) + 1 <= limits_.most) return true;
    if (std::ranges::find(source->known, beginning(presented)) != source->known.end()) return true;
    source->looks = std::min(limits_.looks_per_second,
                             source->looks + seconds_between(source->looked, now) * limits_.looks_per_second);
    source->looked = now;
    if (source->looks < 1) return false;
    source->looks -= 1;
    return true;
}

Guesses::Sentence Guesses::wrong(const net::Address16& address, Steady now) {
    auto& source = place_for(tag_of(address), now);
    auto before = wrong_of(source, now);
    if (before + 1 > limits_.most) {
        source.wrong = before;
        source.at = now;
        return {
            .delay = limits_.delay_most, .retry_after = wait_of(before), .first = !std::exchange(source.told, true)};
    }
    if (before < limits_.free) source.told = false;
    source.wrong = before + 1;
    source.at = now;
    auto steps = std::max(0.0, std::floor(source.wrong - limits_.free));
    return {.delay = std::min(limits_.delay_most, limits_.delay_step * static_cast<long>(steps))};
}

Guesses::Sentence Guesses::refused(const net::Address16& address, Steady now) const {
    const auto* source = find(tag_of(address));
    return {.retry_after = source ? wait_of(wrong_of(*source, now)) : seconds(1)};
}

void Guesses::right(const net::Address16& address, const Digest& presented) {
    auto* source = find(tag_of(address));
    if (!source) return;
    auto value = beginning(presented);
    if (std::ranges::find(source->known, value) != source->known.end()) return;
    source->known.at(source->next_known) = value;
    source->next_known = static_cast<std::uint8_t>((source->next_known + 1) % known_max);
}

std::size_t Guesses::sources(Steady now) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(table_, [&](const Source& one) { return wrong_of(one, now) > 0; }));
}

} // namespace lamp::access
