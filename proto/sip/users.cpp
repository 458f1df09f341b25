#include "proto/sip/users.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

std::size_t sum_digits(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::md5: return 32;
    case Algorithm::sha256:
    case Algorithm::sha512_256: return 64;
    case Algorithm::other: break;
    }
    return 0;
}

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto colon = line.find(':');
        parts.push_back(line.substr(0, colon));
        if (colon == std::string_view::npos) return parts;
        line.remove_prefix(colon + 1);
    }
}

/// Rows are sorted and found by this.
constexpr auto order = [](const auto& row) {
    return std::tuple<std::string_view, std::string_view, Algorithm>(row.user, row.realm, row.algorithm);
};

} // namespace

Users::Reading Users::read(std::string_view text) {
    Reading reading;
    std::set<std::tuple<std::string_view, std::string_view, Algorithm>> seen;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3); // what some editors put before everything
    int number = 0;
    while (!text.empty()) {
        ++number;
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto begin = line.find_first_not_of(" \t");
        if (begin == std::string_view::npos || line[begin] == '#') continue;
        const auto mistake = [&](std::string_view at, std::string message) {
            reading.mistakes.push_back({number, static_cast<int>(at.data() - line.data()) + 1, std::move(message)});
        };
        const auto parts = split(line);
        if (parts.size() != 3 && parts.size() != 4) {
            mistake(line, "is neither user:realm:HA1 nor user:realm:ALGORITHM:HA1");
            continue;
        }
        const auto kind = parts.size() == 3  ? Algorithm::md5
                          : parts[2].empty() ? Algorithm::other // Digest takes that for MD5, a file need not
                                             : algorithm(parts[2]);
        const auto sum = parts.back();
        if (parts[0].empty() || parts[1].empty())
            mistake(parts[parts[0].empty() ? 0 : 1], "needs a user and a realm");
        else if (begin != 0)
            mistake(line, "begins with white space");
        else if (kind == Algorithm::other)
            mistake(parts[2], "is none of MD5, SHA-256, SHA-512-256");
        else if (sum.size() != sum_digits(kind) || !chars::all(sum, chars::hex))
            mistake(sum, fmt::format("is no {} sum of {} hexadecimal digits", name(kind), sum_digits(kind)));
        else if (!seen.emplace(parts[0], parts[1], kind).second)
            mistake(line, "stands here twice");
        else
            reading.users.rows_.push_back({std::string(parts[0]), std::string(parts[1]), kind, text::lower(sum)});
    }
    std::ranges::sort(reading.users.rows_, {}, order);
    return reading;
}

std::optional<std::string_view> Users::ha1(std::string_view user, std::string_view realm, Algorithm algorithm) const {
    const std::tuple<std::string_view, std::string_view, Algorithm> wanted(user, realm, algorithm);
    const auto found = std::ranges::lower_bound(rows_, wanted, {}, order);
    if (found == rows_.end() || order(*found) != wanted) return std::nullopt;
    return found->ha1;
}

bool Users::anybody(std::string_view realm, std::span<const Algorithm> algorithms) const {
    return std::ranges::any_of(rows_, [&](const Row& row) {
        return row.realm == realm && std::ranges::find(algorithms, row.algorithm) != algorithms.end();
    });
}

bool Users::knows(std::string_view user, std::string_view password) const {
    const auto rows =
        std::ranges::equal_range(rows_, user, {}, [](const Row& row) { return std::string_view(row.user); });
    bool known = false;
    for (const Row& row : rows)
        known |= same_secret(sip::ha1(row.algorithm, user, row.realm, password), row.ha1);
    if (rows.empty()) static_cast<void>(sip::ha1(Algorithm::md5, user, "nobody", password)); // the same work
    return known;
}

} // namespace lamp::sip
