#include "forwarding/refusals.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

namespace lamp::forwarding {
namespace {

struct Country {
    std::string_view name;
    std::string_view code;      // for +…
    std::string_view trunk;     // in front of national numbers
    std::string_view emergency; // besides 112 and 911, which mobile networks take everywhere; separated by blanks
    std::string_view premium;   // how national significant numbers begin; 15:10 = and have ten digits in all
};

// Numbering plans of the countries where hosted BroadWorks is sold, as their regulators publish them.
constexpr Country countries[] = {
    {"AT", "43", "0", "122 128 133 140 141 142 144", "900 901 930 931 939"},
    {"AU", "61", "0", "000 106", "190"},
    {"BE", "32", "0", "100 101 110", "900 901 902 903 904 905 906 907 909"},
    {"CA", "1", "1", "", "900"},
    {"CH", "41", "0", "117 118 144 1414", "900 901 906"},
    {"DE", "49", "0", "110", "900 137"},
    {"DK", "45", "", "", "90"},
    {"ES", "34", "", "061 062 080 085 088 091 092", "803 806 807 905 907"},
    {"FR", "33", "0", "15 17 18 114 115 119", "89"},
    {"GB", "44", "0", "999", "9 871 872 873"},
    {"IE", "353", "0", "999", "15:10"},
    {"IT", "39", "", "113 115 118", "89 144 166"},
    {"LU", "352", "", "113", "900 901 905"},
    {"NL", "31", "0", "", "900 906 909"},
    {"NO", "47", "", "110 113", "82"},
    {"NZ", "64", "0", "111", "900"},
    {"PT", "351", "", "115 117", "601 607 608 646 648 760 761 762"},
    {"SE", "46", "0", "90000", "900 939 944"},
    {"US", "1", "1", "", "900"},
};

constexpr std::string_view everywhere = "112 911";

/// Any of the words of `list` for which `fits` says yes.
template <class Fits>
bool any_of(std::string_view list, Fits fits) {
    while (!list.empty()) {
        auto word = list.substr(0, list.find(' '));
        if (fits(word)) return true;
        list.remove_prefix(std::min(list.size(), word.size() + 1));
    }
    return false;
}

const Country* at_home(std::string_view name) {
    const auto* found = std::ranges::find(countries, name, &Country::name);
    return found == std::end(countries) ? nullptr : found;
}

bool emergency(std::string_view digits, const Country* home) {
    auto same = [digits](std::string_view word) { return word == digits; };
    return any_of(everywhere, same) || (home && any_of(home->emergency, same));
}

bool premium(std::string_view significant, const Country& where) {
    return any_of(where.premium, [significant](std::string_view word) {
        auto colon = word.find(':');
        if (colon == std::string_view::npos) return significant.starts_with(word);
        std::size_t length = 0;
        for (char digit : word.substr(colon + 1))
            length = length * 10 + static_cast<std::size_t>(digit - '0');
        return significant.starts_with(word.substr(0, colon)) && significant.size() == length;
    });
}

} // namespace

std::optional<std::string> refused_number(std::string_view number, std::string_view country) {
    const Country* home = at_home(country);
    auto refusal = [number](std::string_view what) { return fmt::format("{} is {} number.", number, what); };
    constexpr std::string_view an_emergency = "an emergency";
    constexpr std::string_view a_premium = "a premium rate";
    if (!number.starts_with('+')) {
        if (emergency(number, home)) return refusal(an_emergency);
        if (!home || home->trunk.empty() || !number.starts_with(home->trunk)) {
            // Plans without a trunk prefix are dialled as they are; what is shorter than any number is an extension.
            bool whole = home && home->trunk.empty() && number.size() >= 6;
            return whole && premium(number, *home) ? std::optional(refusal(a_premium)) : std::nullopt;
        }
        auto significant = number.substr(home->trunk.size());
        if (emergency(significant, home)) return refusal(an_emergency); // behind the digit for an outside line
        if (number.size() >= 5 && premium(significant, *home)) return refusal(a_premium);
        return std::nullopt;
    }
    auto digits = number.substr(1);
    if (digits.starts_with("979")) return refusal(a_premium); // ITU-T E.169.2
    for (const Country& there : countries) {
        if (!digits.starts_with(there.code)) continue;
        auto significant = digits.substr(there.code.size());
        if (emergency(significant, &there)) return refusal(an_emergency);
        if (premium(significant, there)) return refusal(a_premium);
    }
    return std::nullopt;
}

} // namespace lamp::forwarding
