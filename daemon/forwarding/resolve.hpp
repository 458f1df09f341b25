// From a line's claims to the one setting that is wanted, and what becomes of each claim (issue: one target is Call
// Forwarding Always, several ring together, one after the other, or the first alone). Pure.
#pragma once
#include <functional>
#include <span>

#include "base/sentence.hpp"
#include "forwarding/claim.hpp"
#include "forwarding/setting.hpp"

namespace lamp::forwarding {

enum class Way : std::uint8_t { always, simultaneous, sequential };

/// What the claims in force come to; `to` in normal form, each number once.
struct Wanted {
    Way way = Way::always;
    std::vector<std::string> to;
    bool operator==(const Wanted&) const = default;
};

/// What became of one claim.
struct Standing {
    ClaimState state = ClaimState::waiting; // in_force: chosen; whether it is written already is another question
    Sentence reason{};                      // waiting and refused: why
    bool operator==(const Standing&) const = default;
};

struct Resolution {
    std::optional<Wanted> wanted;    // nothing: the baseline
    std::vector<Standing> standings; // one for each claim, in their order
};

/// The number to forward to in normal form, or why not. Asked of claims whose time it is and that do not rest.
using Judge = std::function<Result<std::string>(const Claim&)>;

inline constexpr std::size_t simultaneous_max = 10; // places of Simultaneous Ring Personal
inline constexpr std::size_t sequential_max = 5;    // and of Sequential Ring

/// Only the highest source that has a claim in force decides; its claims by their start, then by name.
[[nodiscard]] Resolution resolve(std::span<const Claim> claims, const Rules& rules, Wall now, const Judge& judge);

/// The parts that a way needs to know of.
[[nodiscard]] Parts parts_of(Way way);
/// The wanted setting on top of what the user has; `baseline` knows the way's parts.
[[nodiscard]] Setting applied(const Wanted& wanted, const Setting& baseline, const Dialling& dialling,
                              std::string_view line);

} // namespace lamp::forwarding
