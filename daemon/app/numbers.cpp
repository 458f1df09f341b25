#include "app/numbers.hpp"

#include <array>
#include <fmt/format.h>

namespace lamp {
namespace {

struct CallingCode {
    std::string_view country;
    std::string_view code;
    std::string_view trunk; // in front of national numbers
};

// Where hosted BroadWorks is sold; another country's numbers are written internationally, which is never wrong.
constexpr std::array calling_codes{
    CallingCode{"AT", "43", "0"}, CallingCode{"BE", "32", "0"}, CallingCode{"CH", "41", "0"},
    CallingCode{"DE", "49", "0"}, CallingCode{"DK", "45", ""},  CallingCode{"ES", "34", ""},
    CallingCode{"FR", "33", "0"}, CallingCode{"GB", "44", "0"}, CallingCode{"IE", "353", "0"},
    CallingCode{"IT", "39", ""},  CallingCode{"LU", "352", ""}, CallingCode{"NL", "31", "0"},
    CallingCode{"NO", "47", ""},  CallingCode{"PT", "351", ""}, CallingCode{"SE", "46", "0"},
    CallingCode{"US", "1", "1"},
};

constexpr std::size_t digits_max = 30; // xsi.md 11

} // namespace

Result<std::string> dialled_number(std::string_view written, xsi::NumberFormat format, std::string_view country) {
    std::string number;
    if (auto trunk = written.find("(0)"); trunk != std::string_view::npos && written.starts_with('+')) {
        std::string without(written.substr(0, trunk));
        without += written.substr(trunk + 3);
        return dialled_number(without, format, country);
    }
    for (char c : written) {
        if ((c >= '0' && c <= '9') || c == '*' || c == '#' || (c == '+' && number.empty()))
            number += c;
        else if (std::string_view(" -./()\t").find(c) == std::string_view::npos)
            return fail(Category::invalid, fmt::format("\"{}\" is no telephone number", written));
    }
    if (number.empty() || number == "+" || number.size() > digits_max)
        return fail(Category::invalid,
                    fmt::format("\"{}\" is no telephone number (1 to {} digits)", written, digits_max));
    if (number.front() != '+' || format == xsi::NumberFormat::e164) return number;
    std::string_view rest(number);
    rest.remove_prefix(1);
    for (const CallingCode& known : calling_codes)
        if (format == xsi::NumberFormat::national && known.country == country && rest.starts_with(known.code))
            return std::string(known.trunk) + std::string(rest.substr(known.code.size()));
    return "00" + std::string(rest);
}

} // namespace lamp
