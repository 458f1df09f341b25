// The languages in which people are spoken to: pages, cards, mails, Teams. Pure; one language more is one word here and
// one column of each table of words.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lamp {

enum class Language : std::uint8_t { en, nl, fr, es, de };
inline constexpr std::array<std::string_view, 5> language_words{"en", "nl", "fr", "es", "de"};

[[nodiscard]] constexpr std::optional<Language> language_named(std::string_view word) {
    const auto* found = std::ranges::find(language_words, word);
    if (found == language_words.end()) return std::nullopt;
    return static_cast<Language>(found - language_words.begin());
}

} // namespace lamp
