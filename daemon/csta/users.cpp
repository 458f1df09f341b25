#include "csta/users.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"

namespace lamp::csta {
namespace {

constexpr std::size_t digits(sip::Algorithm algorithm) {
    return algorithm == sip::Algorithm::md5 ? 32 : 64;
}

bool is_hexadecimal(std::string_view text) {
    return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::vector<std::string_view> fields(std::string_view line) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto colon = line.find(':');
        out.push_back(line.substr(0, colon));
        if (colon == std::string_view::npos) return out;
        line.remove_prefix(colon + 1);
    }
}

} // namespace

std::expected<Users, std::vector<UsersMistake>> Users::parse(std::string_view text) {
    Users made;
    std::vector<UsersMistake> mistakes;
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text::trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#') continue;
        const auto parts = fields(line);
        if (parts.size() < 3 || parts.size() > 4 || parts[0].empty()) {
            mistakes.push_back({number, "is not user:realm:HA1 or user:realm:SHA-256:HA1"});
            continue;
        }
        const auto algorithm = sip::algorithm(parts.size() == 4 ? parts[2] : std::string_view());
        if (algorithm == sip::Algorithm::other) {
            mistakes.push_back({number, "names an algorithm that is not known (allowed: MD5, SHA-256, SHA-512-256)"});
        } else if (parts.back().size() != digits(algorithm) || !is_hexadecimal(parts.back())) {
            mistakes.push_back(
                {number, "has an HA1 that is not " + std::to_string(digits(algorithm)) + " hexadecimal digits"});
        } else {
            made.rows_.push_back({std::string(parts[0]), std::string(parts[1]), algorithm, text::lower(parts.back())});
        }
    }
    if (!mistakes.empty()) return std::unexpected(std::move(mistakes));
    std::ranges::sort(made.rows_, {}, &Row::user);
    return made;
}

bool Users::knows(std::string_view user, std::string_view password) const {
    const auto rows = std::ranges::equal_range(rows_, user, {}, &Row::user);
    bool known = false;
    for (const Row& row : rows)
        known |= sip::same_secret(sip::ha1(row.algorithm, user, row.realm, password), row.ha1);
    if (rows.empty()) { // the same work, so that the time does not tell who exists
        const std::string nobody(digits(sip::Algorithm::md5), '0');
        static_cast<void>(sip::same_secret(sip::ha1(sip::Algorithm::md5, user, "nobody", password), nobody));
    }
    return known;
}

} // namespace lamp::csta
