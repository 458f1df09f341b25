#include "proto/text/latin1.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"

namespace lamp::text {

std::optional<std::string> to_latin1(std::string_view utf8) {
    static const std::array<std::string, 128> upper = [] {
        std::array<std::string, 128> all;
        for (unsigned i = 0; i < all.size(); ++i)
            all.at(i) = from_latin1(std::string(1, static_cast<char>(0x80U + i)));
        return all;
    }();
    std::string out;
    while (!utf8.empty()) {
        if (static_cast<unsigned char>(utf8.front()) < 0x80) {
            out += utf8.front();
            utf8.remove_prefix(1);
            continue;
        }
        const auto* found = std::ranges::find_if(upper, [&](const std::string& one) { return utf8.starts_with(one); });
        if (found == upper.end()) return std::nullopt;
        out += static_cast<char>(0x80 + (found - upper.begin()));
        utf8.remove_prefix(found->size());
    }
    return out;
}

} // namespace lamp::text
