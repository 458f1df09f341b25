#include "sip/users.hpp"

#include <algorithm>
#include <fmt/format.h>

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

} // namespace

std::string Users::key(std::string_view user, std::string_view realm, Algorithm algorithm) {
    return fmt::format("{}\n{}\n{}", user, realm, name(algorithm));
}

Users::Reading Users::read(std::string_view text) {
    Reading reading;
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
        else if (!reading.users.sums_.try_emplace(key(parts[0], parts[1], kind), text::lower(sum)).second)
            mistake(line, "stands here twice");
    }
    return reading;
}

std::optional<std::string_view> Users::ha1(std::string_view user, std::string_view realm, Algorithm algorithm) const {
    const auto found = sums_.find(key(user, realm, algorithm));
    if (found == sums_.end()) return std::nullopt;
    return found->second;
}

bool Users::anybody(std::string_view realm, std::span<const Algorithm> algorithms) const {
    return std::ranges::any_of(algorithms, [&](Algorithm algorithm) {
        const auto end = key("", realm, algorithm);
        return std::ranges::any_of(sums_, [&](const auto& one) { return one.first.ends_with(end); });
    });
}

} // namespace lamp::sip
