// The steps are those of `PhoneNumberUtil::ParseHelper`, `MaybeExtractCountryCode`,
// `MaybeStripNationalPrefixAndCarrierCode` and `IsValidNumber` of libphonenumber 8.12.57.
#include "numbers/numbering_plans.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <phonenumbers/phonemetadata.pb.h>
#include <vector>

#include "numbers/country.hpp"
#include "numbers/digit_automaton.hpp"

// Exported by the library, though in none of its headers.
namespace i18n::phonenumbers {
const void* metadata_get();
int metadata_size();
} // namespace i18n::phonenumbers

namespace lamp::numbers {
namespace {

using i18n::phonenumbers::PhoneMetadata;
using i18n::phonenumbers::PhoneMetadataCollection;
using i18n::phonenumbers::PhoneNumberDesc;
using Labels = DigitAutomaton::Labels;

constexpr std::size_t digits_min = 7; // what is shorter may be an extension
constexpr std::size_t digits_max = 15;
constexpr Labels whole_plan = 1; // the general pattern; the others are kinds of numbers

struct Country {
    std::string name;
    DigitAutomaton numbers{};
    std::array<Labels, digits_max + 1> by_length{}; // which labels numbers of that length can have
    std::array<bool, digits_max + 1> possible{};
    std::optional<DigitAutomaton> leading{}; // the digits that its numbers begin with, where it shares its code
    std::optional<DigitAutomaton> trunk{};   // what may be in front of national numbers; nothing: too hard for us
    bool rewrites = false;                   // a prefix may change more than itself
    std::optional<DigitAutomaton> abroad{};
    bool abroad_is_00 = false;

    [[nodiscard]] bool in_plan(std::string_view digits) const {
        const auto labels = numbers.match(digits) & by_length.at(digits.size());
        return (labels & whole_plan) != 0 && labels != whole_plan;
    }
    [[nodiscard]] bool general(std::string_view digits) const { return (numbers.match(digits) & whole_plan) != 0; }
    /// Whether nothing is taken off in front of it; not where that is not to be said.
    [[nodiscard]] bool keeps_all(std::string_view digits) const {
        const auto trunk_digits = trunk_of(digits);
        return trunk_digits && (*trunk_digits == 0 || (general(digits) && !general(digits.substr(*trunk_digits))));
    }
    /// How many digits in front of it are no part of it; nothing: that is not to be said in one way.
    [[nodiscard]] std::optional<std::size_t> trunk_of(std::string_view digits) const {
        if (!trunk) return std::nullopt;
        const auto found = trunk->beginnings(digits);
        if (found.count > 1 || (found.longest > 0 && rewrites)) return std::nullopt;
        return found.longest;
    }
};

/// All countries with one calling code, the main one first. Empty: too hard for us.
struct Code {
    std::vector<Country> countries;

    /// As `IsValidNumber`, whose country is the first one that will have it.
    [[nodiscard]] bool in_plan(std::string_view digits) const {
        if (countries.size() == 1) return countries.front().in_plan(digits);
        for (const auto& one : countries) {
            if (!one.leading) {
                if (one.in_plan(digits)) return true;
            } else if (one.leading->beginnings(digits).count > 0)
                return one.in_plan(digits);
        }
        return false;
    }
    /// Whether these significant digits, behind "+" and the code, are a number and are read as they are.
    [[nodiscard]] bool stays(std::string_view digits) const {
        return !countries.empty() && in_plan(digits) && countries.front().keeps_all(digits);
    }
};

std::optional<DigitAutomaton> one_pattern(const std::string& pattern) {
    if (pattern.empty()) return DigitAutomaton();
    const std::array only{DigitAutomaton::Pattern{pattern, 1}};
    return DigitAutomaton::build(only);
}

std::array<const PhoneNumberDesc*, 11> kinds(const PhoneMetadata& from) {
    return {&from.general_desc(), &from.premium_rate(),    &from.toll_free(), &from.shared_cost(),
            &from.voip(),         &from.personal_number(), &from.pager(),     &from.uan(),
            &from.voicemail(),    &from.fixed_line(),      &from.mobile()};
}

std::optional<Country> read(const PhoneMetadata& from) {
    std::vector<DigitAutomaton::Pattern> patterns;
    Country made{.name = from.id()};
    Labels label = whole_plan;
    for (const auto* kind : kinds(from)) {
        if (!kind->national_number_pattern().empty()) patterns.push_back({kind->national_number_pattern(), label});
        const auto& lengths = kind->possible_length();
        for (std::size_t length = 0; length <= digits_max; ++length)
            if (lengths.empty() || std::ranges::find(lengths, static_cast<int>(length)) != lengths.end())
                made.by_length[length] |= label;
        label = static_cast<Labels>(label << 1U);
    }
    const auto& general = from.general_desc();
    for (int length : general.possible_length())
        if (length > 0 && length <= static_cast<int>(digits_max))
            made.possible[static_cast<std::size_t>(length)] = true;
    for (int length : general.possible_length_local_only())
        if (length > 0 && length <= static_cast<int>(digits_max))
            made.possible[static_cast<std::size_t>(length)] = false;
    auto numbers = DigitAutomaton::build(patterns);
    if (!numbers) return std::nullopt;
    made.numbers = std::move(*numbers);
    made.trunk = one_pattern(from.national_prefix_for_parsing());
    made.rewrites = !from.national_prefix_transform_rule().empty();
    made.abroad = one_pattern(from.international_prefix());
    made.abroad_is_00 = from.international_prefix() == "00";
    if (from.has_leading_digits()) {
        made.leading = one_pattern(from.leading_digits());
        if (!made.leading) return std::nullopt;
    }
    return made;
}

/// The plans of all countries: each code's is made when it is first asked for, and stays.
class World {
public:
    World() {
        plans_.ParseFromArray(i18n::phonenumbers::metadata_get(), i18n::phonenumbers::metadata_size());
        for (auto& plan : *plans_.mutable_metadata()) { // formats would be the greater part
            plan.clear_number_format();
            plan.clear_intl_number_format();
            if (plan.country_code() > 0 && plan.country_code() < 1000)
                slots_.at(static_cast<std::size_t>(plan.country_code())).exists = true;
        }
    }

    /// 0: not known.
    [[nodiscard]] int calling_code(std::string_view country) const {
        for (const auto& plan : plans_.metadata())
            if (plan.id() == country && country != "001") return plan.country_code();
        return 0;
    }
    [[nodiscard]] bool exists(std::size_t code) const { return slots_.at(code).exists; }
    const Code& code(std::size_t code) {
        auto& slot = slots_.at(code);
        std::call_once(slot.once, [&] { slot.code = made(static_cast<int>(code)); });
        return slot.code;
    }

private:
    struct Slot {
        bool exists = false;
        std::once_flag once;
        Code code;
    };

    [[nodiscard]] Code made(int code) const {
        Code out;
        for (const auto& plan : plans_.metadata()) {
            if (plan.country_code() != code) continue;
            auto country = read(plan);
            if (!country || plan.id() == "001") return {};
            out.countries.insert(plan.main_country_for_code() ? out.countries.begin() : out.countries.end(),
                                 std::move(*country));
        }
        return out;
    }

    PhoneMetadataCollection plans_;
    std::array<Slot, 1000> slots_;
};

World& world() {
    static World all;
    return all;
}

/// Behind "+": the code, no other one begins with it, and the rest.
std::optional<std::string> e164(std::string_view digits) {
    if (digits.size() < digits_min || digits.size() > digits_max) return std::nullopt;
    std::size_t code = 0;
    for (std::size_t length = 1; length <= 3; ++length) {
        code = code * 10 + static_cast<std::size_t>(digits[length - 1] - '0');
        if (code == 0) return std::nullopt;
        if (!world().exists(code)) continue;
        if (!world().code(code).stays(digits.substr(length))) return std::nullopt;
        return "+" + std::string(digits);
    }
    return std::nullopt;
}

/// What is significant of a number as it is dialled within this country. Nothing: the library decides.
std::optional<std::string_view> significant(const Country& country, std::string_view code, std::string_view digits) {
    if (!country.abroad || country.abroad->beginnings(digits).count > 0) return std::nullopt;
    if (digits.starts_with(code) && !country.general(digits)) {
        const auto rest = digits.substr(code.size());
        if (!country.keeps_all(rest) || !country.general(rest)) return std::nullopt;
        return rest;
    }
    if (digits.starts_with(code) && !country.possible.at(digits.size())) return std::nullopt; // too long for it?
    const auto trunk = country.trunk_of(digits);
    if (!trunk) return std::nullopt;
    const auto rest = digits.substr(*trunk);
    if (!country.general(rest) || !country.possible.at(rest.size())) return std::nullopt;
    return rest;
}

} // namespace

int calling_code(std::string_view e164) {
    if (!e164.starts_with('+')) return 0;
    std::size_t code = 0;
    for (char c : e164.substr(1, 3)) {
        if (c < '0' || c > '9') return 0;
        code = code * 10 + static_cast<std::size_t>(c - '0');
        if (world().exists(code)) return static_cast<int>(code);
    }
    return 0;
}

NumberingPlans::NumberingPlans(std::string country)
    : country_(std::move(country)), calling_code_(world().calling_code(country_)) {}

std::optional<std::string> NumberingPlans::find(std::string_view characters) const {
    const bool plus = characters.starts_with('+');
    const auto digits = characters.substr(plus ? 1 : 0);
    if (digits.size() < digits_min || digits.size() > digits_max) return std::nullopt;
    if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    if (plus) return e164(digits);
    if (calling_code_ == 0) return std::nullopt;
    const auto& code = world().code(static_cast<std::size_t>(calling_code_));
    const auto country = std::ranges::find(code.countries, country_, &Country::name);
    if (country == code.countries.end()) return std::nullopt;
    if (digits.starts_with("00")) return country->abroad_is_00 ? e164(digits.substr(2)) : std::nullopt;
    std::array<char, 4> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), calling_code_).ptr;
    const std::string_view prefix(text.data(), end);
    const auto rest = significant(*country, prefix, digits);
    if (!rest || prefix.size() + rest->size() > digits_max || !code.stays(*rest)) return std::nullopt;
    return fmt::format("+{}{}", prefix, *rest);
}

} // namespace lamp::numbers
