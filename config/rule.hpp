// What a key accepts beyond its type. A Rule is made by the small functions below and joined with `&`:
// `count(1, 8) & schemes({"udp", "tcp"})`. A rule that does not fit its key's type stops the program at start.
#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace lamp::config {

struct Rule {
    enum class Names : std::uint8_t { none, time_zone, country };
    enum class Presence : std::uint8_t { unchecked, readable_file, folder };

    std::optional<std::int64_t> low, high; // of integers
    std::optional<std::int64_t> low_ms, high_ms;
    std::optional<double> low_real, high_real;
    std::optional<std::size_t> fewest, most;         // entries of a list
    bool filled = false;                             // no empty texts
    std::vector<std::string> words;                  // choices
    std::vector<std::int64_t> values;                // of an enum's choices, in the order of `words`
    std::optional<std::vector<std::string>> schemes; // of listen addresses
    bool whole_url = false;                          // a query is welcome
    bool hashed = false;                             // a secret may stand as "sha256:HEX", which gives nothing away
    Names names = Names::none;
    Presence presence = Presence::unchecked;

    friend Rule operator&(Rule left, const Rule& right);
};

/// From low to high, both allowed.
template <std::integral Low, std::integral High>
[[nodiscard]] Rule range(Low low, High high) {
    Rule rule;
    rule.low = static_cast<std::int64_t>(low), rule.high = static_cast<std::int64_t>(high);
    rule.low_real = static_cast<double>(low), rule.high_real = static_cast<double>(high);
    return rule;
}
[[nodiscard]] Rule range(double low, double high);
template <class R1, class P1, class R2, class P2>
[[nodiscard]] Rule range(std::chrono::duration<R1, P1> low, std::chrono::duration<R2, P2> high) {
    Rule rule;
    rule.low_ms = std::chrono::duration_cast<std::chrono::milliseconds>(low).count();
    rule.high_ms = std::chrono::duration_cast<std::chrono::milliseconds>(high).count();
    return rule;
}

/// An enum's words; also for lists of them: `choices<Target>({{"user", Target::user}, …})`.
template <class Enum>
struct Choices {
    Rule rule;
};
template <class Enum>
struct Choice {
    std::string_view word;
    Enum value;
};
template <class Enum>
    requires std::is_enum_v<Enum>
[[nodiscard]] Choices<Enum> choices(std::initializer_list<Choice<Enum>> pairs) {
    Choices<Enum> made;
    for (const auto& pair : pairs) {
        made.rule.words.emplace_back(pair.word);
        made.rule.values.push_back(static_cast<std::int64_t>(pair.value));
    }
    return made;
}
template <class Enum>
[[nodiscard]] Choices<Enum> operator&(Choices<Enum> left, const Rule& right) {
    left.rule = std::move(left.rule) & right;
    return left;
}

/// A text (or each text of a list) out of these.
[[nodiscard]] Rule one_of(std::initializer_list<std::string_view> words);
/// An IANA time zone that this machine knows.
[[nodiscard]] Rule time_zone();
/// An ISO 3166 country of two letters.
[[nodiscard]] Rule country();
/// Texts (each text of a list) may not be empty.
[[nodiscard]] Rule filled();
/// How many entries a list has; beware: the rule is not asked when the key is left out.
[[nodiscard]] Rule count(std::size_t fewest, std::size_t most);
/// Listen addresses must open with one of these: "udp:0.0.0.0:5060". Without this rule they have none.
[[nodiscard]] Rule schemes(std::initializer_list<std::string_view> schemes);
/// URLs that are used as they stand (web hooks, calendars) rather than as a base: with a query, slash kept.
[[nodiscard]] Rule whole_url();
/// A secret may stand in the file as its hash, "sha256:HEX": no warning then. What a hash is, the section checks.
[[nodiscard]] Rule hashed();
/// The path must be a file that can be read now.
[[nodiscard]] Rule readable_file();
/// The path must be a folder that exists now.
[[nodiscard]] Rule existing_folder();

} // namespace lamp::config
