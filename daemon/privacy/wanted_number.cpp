#include "privacy/wanted_number.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

#include "numbers/plain_number.hpp"
#include "numbers/public_network.hpp"
#include "numbers/written.hpp"
#include "proto/text/text.hpp"

namespace lamp::privacy {
namespace {

constexpr std::size_t extension_longest = 7;
constexpr std::size_t bare_shortest = 7;
constexpr std::size_t between_most = 3; // blanks, brackets … between two digits

bool digit(char c) {
    return c >= '0' && c <= '9';
}
bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool between(char c) {
    return std::string_view(" -./()\t\xc2\xa0").find(c) != std::string_view::npos;
}

int hex(char c) {
    if (digit(c)) return c - '0';
    char small = static_cast<char>(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// The characters of a text, which may be a large file: what is encoded for a URL ("%2B") counts as what it means.
class Characters {
public:
    explicit Characters(std::string_view text) {
        values_.reserve(text.size());
        for (std::size_t i = 0; i < text.size(); ++i) {
            bool encoded = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
            if (encoded) {
                encoded_.push_back(static_cast<std::uint32_t>(values_.size()));
                values_ += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
                i += 2;
            } else {
                values_ += text[i];
            }
        }
    }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    char operator[](std::size_t at) const { return values_[at]; }
    /// Where it begins in the text; of `size()`: where the text ends.
    [[nodiscard]] std::size_t begin_of(std::size_t at) const {
        auto before = std::ranges::lower_bound(encoded_, at) - encoded_.begin();
        return at + 2 * static_cast<std::size_t>(before);
    }

private:
    std::string values_;
    std::vector<std::uint32_t> encoded_; // which of them are
};

/// Where `form` ends when it begins at `at`: one behind its last digit.
std::optional<std::size_t> end_of(const Characters& text, std::size_t at, std::string_view form, bool joined) {
    for (std::size_t i = 0; i < form.size(); ++i) {
        std::size_t skipped = 0;
        while (i > 0 && !joined && at < text.size() && between(text[at]) && skipped < between_most) {
            ++at;
            ++skipped;
        }
        if (at >= text.size() || text[at] != form[i]) return std::nullopt;
        ++at;
    }
    return at;
}

/// The nearest character that is no blank and the like; 0: there is none behind `from`, where the last place ended.
char before(const Characters& text, std::size_t at, std::size_t from) {
    while (at > from && between(text[at - 1]))
        --at;
    return at > from ? text[at - 1] : '\0';
}
char behind(const Characters& text, std::size_t at) {
    while (at < text.size() && between(text[at]))
        ++at;
    return at < text.size() ? text[at] : '\0';
}

/// Whether an extension stands alone there.
bool alone(const Characters& text, std::size_t begin, std::size_t end, std::size_t from) {
    char left = begin > 0 ? text[begin - 1] : '\0';
    char right = end < text.size() ? text[end] : '\0';
    if (letter(left) || letter(right) || left == '+' || right == '@' || right == ':') return false;
    if (left == ':' && begin > 1 && digit(text[begin - 2])) return false; // a time
    return !digit(before(text, begin, from)) && !digit(behind(text, end));
}

/// What is behind "sip:" and "tel:", before a host and parameters.
std::string_view user_part(std::string_view number) {
    for (std::string_view scheme : {"sip:", "sips:", "tel:"})
        if (number.size() > scheme.size() && text::lower(number.substr(0, scheme.size())) == scheme) {
            number.remove_prefix(scheme.size());
            return number.substr(0, number.find_first_of("@;"));
        }
    return number;
}

} // namespace

Result<WantedNumber> WantedNumber::read(std::string_view written, const std::string& country) {
    auto number = numbers::read_written(user_part(written));
    if (!number) return std::unexpected(number.error());
    WantedNumber wanted;
    const auto& characters = number->without_zeros;
    bool digits_only = std::ranges::all_of(characters, digit);
    bool extension = digits_only && characters.size() <= extension_longest;
    if (number->feature_code() || extension) {
        wanted.text_ = characters;
        wanted.forms_ = {characters};
        wanted.is_short_ = true;
        return wanted;
    }
    numbers::PublicNetwork network(country);
    auto found = network.find(characters);
    wanted.text_ = found ? found->e164 : numbers::plain_number(user_part(written));
    if (!wanted.text_.starts_with('+')) {
        wanted.forms_ = {wanted.text_};
        return wanted;
    }
    const auto& e164 = wanted.text_;
    auto digits = e164.substr(1);
    wanted.forms_ = {e164, "00" + digits, digits};
    auto significant = numbers::PublicNetwork::significant(e164);
    if (!significant.empty() && digits.ends_with(significant)) {
        auto code = digits.substr(0, digits.size() - significant.size());
        for (std::string_view prefix : {"+", "00"}) // "+31 (0)20 …"
            wanted.forms_.push_back(fmt::format("{}{}0{}", prefix, code, significant));
    }
    if (auto national = network.national(e164)) {
        auto plain = numbers::plain_number(*national);
        if (plain != significant) wanted.forms_.push_back(plain);
        if (significant.size() >= bare_shortest) wanted.bare_ = significant;
    }
    std::ranges::sort(wanted.forms_, {}, [](const std::string& form) { return -static_cast<long>(form.size()); });
    return wanted;
}

bool WantedNumber::is(std::string_view number) const {
    auto plain = numbers::plain_number(user_part(number));
    if (plain.empty()) return false;
    return plain == bare_ || std::ranges::find(forms_, plain) != forms_.end();
}

std::vector<WantedNumber::Place> WantedNumber::places(std::string_view text, std::size_t most) const {
    std::vector<Place> found;
    if (std::ranges::count_if(text, digit) < static_cast<std::ptrdiff_t>(text_.size() > 4 ? 4 : 1)) return found;
    Characters characters(text);
    std::size_t last = 0; // where the last one ended
    auto next = [&](std::size_t at) -> std::optional<std::size_t> {
        bool in_number = at > last && (digit(characters[at - 1]) || characters[at - 1] == '+');
        if (in_number) return std::nullopt;
        auto fits = [&](std::string_view form) {
            auto end = end_of(characters, at, form, is_short_);
            if (end && *end < characters.size() && digit(characters[*end])) end.reset();
            return end;
        };
        for (const auto& form : forms_)
            if (auto end = fits(form); end && (!is_short_ || alone(characters, at, *end, last))) return end;
        auto end = bare_.empty() ? std::nullopt : fits(bare_);
        if (!end) return end;
        char left = before(characters, at, last); // without a prefix it may be another country's
        return digit(left) || left == '+' ? std::nullopt : end;
    };
    for (std::size_t at = 0; at < characters.size() && found.size() < most;) {
        auto end = next(at);
        if (end) found.push_back({characters.begin_of(at), characters.begin_of(*end)});
        if (end) last = *end;
        at = end.value_or(at + 1);
    }
    return found;
}

bool WantedNumber::occurs_in(std::string_view text) const {
    return !places(text, 1).empty();
}

std::string WantedNumber::replaced(std::string_view text, std::string_view instead) const {
    std::string out;
    std::size_t from = 0;
    for (const auto& place : places(text, text.size())) {
        out.append(text.substr(from, place.begin - from)).append(instead);
        from = place.end;
    }
    return out.append(text.substr(from));
}

} // namespace lamp::privacy
