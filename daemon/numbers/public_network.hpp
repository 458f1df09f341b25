// The public telephone network as one country sees it: libphonenumber, and nothing else sees that. Any loop, several
// at once (libphonenumber's one instance locks where it must).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "numbers/numbering_plans.hpp"

namespace lamp::numbers {

class PublicNetwork {
public:
    /// ISO 3166. Of a country that libphonenumber does not know only what begins with "+" or "00" can be a number.
    explicit PublicNetwork(std::string country);
    [[nodiscard]] const std::string& country() const { return country_; }

    struct Found {
        std::string e164;
        bool valid; // in the numbering plan; else only as long as numbers there are
    };
    /// "+" and digits, or digits as they are dialled in this country, its international prefix or 00 included.
    /// Category::invalid, and why.
    [[nodiscard]] Result<Found> find(std::string_view characters) const;
    /// The same, always by the library itself: what `find` is measured by.
    [[nodiscard]] Result<Found> ask(std::string_view characters) const;
    /// As it is dialled in this country; nothing for another country's.
    [[nodiscard]] std::optional<std::string> national(std::string_view e164) const;
    /// As its own country writes it, blanks and all: "06 12345678"; empty: this is no E.164.
    [[nodiscard]] static std::string pretty_national(std::string_view e164);
    /// Its digits behind the country's code, without any national prefix; empty: this is no E.164.
    [[nodiscard]] static std::string significant(std::string_view e164);
    /// Whether national numbers have a prefix ("0") that this one begins with, or have none.
    [[nodiscard]] bool dialled_whole(std::string_view digits) const;
    [[nodiscard]] bool has_trunk_prefix() const { return !trunk_.empty(); }
    /// "0" of "0201230002"; empty: none.
    [[nodiscard]] const std::string& trunk_prefix() const { return trunk_; }
    /// "31"; empty: not known.
    [[nodiscard]] std::string calling_code() const {
        return calling_code_ == 0 ? std::string() : std::to_string(calling_code_);
    }

private:
    std::string country_;
    std::string trunk_;    // empty: none
    int calling_code_ = 0; // 0: not known
    NumberingPlans plans_;
};

/// "00" and a number of the least length that is taken for one: below, it may be an extension.
inline constexpr std::size_t shortest_international = 9;

/// Whether these "+31201230002" are E.164 as they are: true is sure, false is not.
[[nodiscard]] bool surely_e164(std::string_view plain);

} // namespace lamp::numbers
