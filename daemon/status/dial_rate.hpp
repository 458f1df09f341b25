// How often numbers may be dialled: a program that has gone wild must not ring everybody. Machine; serve loop.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/budget.hpp"

namespace lamp::status {

class DialRate {
public:
    /// Zero, and the dial counts; else how long to wait for the next one.
    [[nodiscard]] milliseconds take(std::string_view token, std::string_view person, Steady now) {
        auto wait = budget_of(persons_, person, person_per_minute).take(now);
        if (wait > milliseconds(0)) return wait;
        return budget_of(tokens_, token, token_per_minute).take(now);
    }

    static constexpr double person_per_minute = 20;
    static constexpr double token_per_minute = 60;

private:
    using Budgets = std::map<std::string, Budget, std::less<>>;
    static constexpr std::size_t known_max = 64 * 1024; // beyond it all begin anew

    static Budget& budget_of(Budgets& all, std::string_view key, double per_minute) {
        auto found = all.find(key);
        if (found != all.end()) return found->second;
        if (all.size() >= known_max) all.clear();
        return all.emplace(key, Budget(per_minute / 60, per_minute)).first->second;
    }

    Budgets persons_;
    Budgets tokens_;
};

} // namespace lamp::status
