#include "forwarding/resolve.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace lamp::forwarding {
namespace {

std::string label(const Claim& claim) {
    return claim.name.empty() ? std::string(name(claim.source)) : fmt::format("{} {}", name(claim.source), claim.name);
}

Sentence comes_first(const Claim& claim) {
    return {"comes_first",
            {{"source", std::string(name(claim.source))}, {"name", claim.name}},
            fmt::format("{} comes first", label(claim))};
}

std::size_t rank(const Rules& rules, Source source) {
    return static_cast<std::size_t>(std::ranges::find(rules.precedence, source) - rules.precedence.begin());
}

std::size_t most(Several several) {
    switch (several) {
    case Several::simultaneous: return simultaneous_max;
    case Several::sequential: return sequential_max;
    case Several::first: return 1;
    }
    return 1;
}

Way way_of(Several several, std::size_t targets) {
    if (targets == 1 || several == Several::first) return Way::always;
    return several == Several::simultaneous ? Way::simultaneous : Way::sequential;
}

/// Chosen targets of the highest source that has one.
struct Chosen {
    std::size_t rank = 0;
    const Claim* first = nullptr;
    std::vector<std::string> to;
};

Standing standing_of(const Claim& claim, Chosen& chosen, const Rules& rules, const Judge& judge) {
    auto target = judge(claim);
    if (!target) return {ClaimState::refused, target.error().text};
    if (chosen.first && chosen.rank < rank(rules, claim.source))
        return {ClaimState::waiting, comes_first(*chosen.first)};
    bool there = std::ranges::find(chosen.to, *target) != chosen.to.end();
    if (!there && chosen.to.size() == most(rules.several))
        return {ClaimState::waiting, rules.several == Several::first
                                         ? comes_first(*chosen.first)
                                         : Sentence("others_called", {{"count", std::to_string(chosen.to.size())}},
                                                    fmt::format("{} others are called already", chosen.to.size()))};
    if (!chosen.first) {
        chosen.first = &claim;
        chosen.rank = rank(rules, claim.source);
    }
    if (!there) chosen.to.push_back(*target);
    return {ClaimState::in_force, {}};
}

} // namespace

Resolution resolve(std::span<const Claim> claims, const Rules& rules, Wall now, const Judge& judge) {
    std::vector<std::size_t> order(claims.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t left, std::size_t right) {
        auto key = [&](const Claim& claim) { return std::tuple(rank(rules, claim.source), claim.from, claim.name); };
        return key(claims[left]) < key(claims[right]);
    });
    Resolution resolution;
    resolution.standings.resize(claims.size());
    Chosen chosen;
    for (std::size_t index : order) {
        const Claim& claim = claims[index];
        Standing& standing = resolution.standings[index];
        if (claim.from > now)
            standing = {ClaimState::waiting, {"begins", {{"at", rfc3339(claim.from)}}, "from " + rfc3339(claim.from)}};
        else if (claim.until && *claim.until <= now)
            standing = {ClaimState::waiting, {"ended", {}, "it has ended"}};
        else if (claim.resting)
            standing = {ClaimState::resting, {"user_changed", {}, "the user has changed the forwarding"}};
        else if (rank(rules, claim.source) == rules.precedence.size())
            standing = {ClaimState::refused,
                        {"no_precedence",
                         {{"source", std::string(name(claim.source))}},
                         fmt::format("{} is not in [forwarding] precedence", name(claim.source))}};
        else
            standing = standing_of(claim, chosen, rules, judge);
    }
    if (!chosen.to.empty()) resolution.wanted = Wanted{way_of(rules.several, chosen.to.size()), std::move(chosen.to)};
    return resolution;
}

Parts parts_of(Way way) {
    switch (way) {
    case Way::always: return part_always;
    case Way::simultaneous: return part_always | part_simultaneous;
    case Way::sequential: return part_always | part_sequential;
    }
    return part_always;
}

Setting applied(const Wanted& wanted, const Setting& baseline, const Dialling& dialling, std::string_view line) {
    Setting setting = baseline;
    if (wanted.way == Way::always) {
        setting.always = Always{.active = true, .to = dialling.platform(line, wanted.to.front())};
        return setting;
    }
    // A ring service works only while nothing is forwarded always.
    setting.always = Always{.active = false, .to = baseline.always ? baseline.always->to : std::string()};
    Rings rings{.active = true};
    for (const std::string& number : wanted.to)
        rings.places.push_back({.number = dialling.platform(line, number)});
    (wanted.way == Way::simultaneous ? setting.simultaneous : setting.sequential) = std::move(rings);
    return setting;
}

} // namespace lamp::forwarding
