// What the tests of this room share: a dial plan of three lines, times, claims.
#pragma once
#include <doctest/doctest.h>
#include <map>

#include "forwarding/forwardings.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::forwarding;
using namespace std::chrono_literals;

inline const Wall nine = std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + 9h;
inline Wall at(int hour, int minute = 0) {
    return nine + std::chrono::hours(hour - 9) + std::chrono::minutes(minute);
}

/// Dutch numbers in any form become +31…; extensions 2001, 2002 … are alice's, bob's and carol's lines and lead to
/// +31201232001 … ; the platform writes nationally.
inline Dialling dutch() {
    Dialling dialling;
    dialling.normal = [](std::string_view, std::string_view written) -> Result<std::string> {
        std::string digits;
        for (char c : written)
            if (std::string_view("+0123456789*#").find(c) != std::string_view::npos)
                digits += c;
            else if (std::string_view(" -()").find(c) == std::string_view::npos)
                return fail(Category::invalid, "\"" + std::string(written) + "\" is no telephone number.");
        if (digits.empty()) return fail(Category::invalid, "\"\" is no telephone number.");
        if (digits.starts_with("00")) return "+" + digits.substr(2);
        if (digits.starts_with("0") && digits.size() == 10) return "+31" + digits.substr(1);
        return digits;
    };
    dialling.platform = [](std::string_view, std::string_view normal) {
        return normal.starts_with("+31") ? "0" + std::string(normal.substr(3)) : std::string(normal);
    };
    dialling.line_of = [](std::string_view, std::string_view normal) -> std::optional<std::string> {
        static const std::map<std::string, std::string, std::less<>> lines{
            {"2001", "alice@x"}, {"2002", "bob@x"}, {"2003", "carol@x"}, {"115", "door@x"}};
        auto extension = normal.starts_with("+3120123") ? normal.substr(8) : normal;
        auto found = lines.find(extension);
        if (found == lines.end()) return std::nullopt;
        return found->second;
    };
    return dialling;
}

inline Claim claim(Source source, std::string name, std::string to, Wall from = at(9),
                   std::optional<Wall> until = std::nullopt) {
    return {.source = source, .name = std::move(name), .to = std::move(to), .from = from, .until = until};
}
inline Claim meeting(std::string to = "1233", Wall from = at(9)) {
    return claim(Source::smartbusy, "teams", std::move(to), from);
}
inline Claim appointment(std::string name, std::string to, Wall from, Wall until) {
    return claim(Source::calendar, std::move(name), std::move(to), from, until);
}

} // namespace testing
