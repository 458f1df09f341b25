#include "numbers/public_network.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <set>

#include "numbers/country.hpp"

namespace lamp::numbers {
namespace {

using i18n::phonenumbers::PhoneNumber;
using Util = i18n::phonenumbers::PhoneNumberUtil;

const Util& library() {
    static const Util& instance = []() -> const Util& {
        auto* util = Util::GetInstance();
        util->SetLogger(new i18n::phonenumbers::NullLogger); // it is theirs now; the default one writes to stdout
        return *util;
    }();
    return instance;
}

constexpr std::string_view allowed = "Allowed are a whole national number, one with + or 00 and its country code, and "
                                     "an extension of 2 to 7 digits.";

std::unexpected<Error> refused(std::string_view why) {
    return fail(Category::invalid, fmt::format("{} {}", why, allowed));
}

std::unexpected<Error> refused(Util::ErrorType error, const std::string& country, bool plus) {
    switch (error) {
    case Util::INVALID_COUNTRY_CODE_ERROR:
        if (plus) return refused("No country has that country code.");
        return refused(fmt::format("Nothing is known of telephone numbers in \"{}\".", country));
    case Util::TOO_SHORT_AFTER_IDD:
    case Util::TOO_SHORT_NSN: return refused("The number is too short.");
    case Util::TOO_LONG_NSN: return refused("The number is too long, or these are two.");
    case Util::NOT_A_NUMBER:
    case Util::NO_PARSING_ERROR: break;
    }
    return refused("This is no telephone number.");
}

/// Numbering plans change faster than libraries: what is as long as fixed or mobile numbers are there may be a number,
/// unless the national prefix was left in it because nothing else would fit.
bool is_possible(const PhoneNumber& number) {
    std::string region, trunk, significant;
    library().GetRegionCodeForCountryCode(number.country_code(), &region);
    library().GetNddPrefixForRegion(region, true, &trunk);
    library().GetNationalSignificantNumber(number, &significant);
    if (!trunk.empty() && significant.starts_with(trunk)) return false;
    return std::ranges::any_of(std::array{Util::FIXED_LINE, Util::MOBILE}, [&](Util::PhoneNumberType type) {
        return library().IsPossibleNumberForTypeWithReason(number, type) == Util::IS_POSSIBLE;
    });
}

std::unexpected<Error> impossible(const PhoneNumber& number) {
    std::string region;
    library().GetRegionCodeForCountryCode(number.country_code(), &region);
    const auto there = region == "001" ? fmt::format("+{}", number.country_code()) : region;
    switch (library().IsPossibleNumberWithReason(number)) {
    case Util::TOO_SHORT: return refused(fmt::format("The number is too short for {}.", there));
    case Util::TOO_LONG: return refused(fmt::format("The number is too long for {}, or these are two.", there));
    case Util::IS_POSSIBLE_LOCAL_ONLY: return refused(fmt::format("The number has no area code ({}).", there));
    case Util::IS_POSSIBLE:
    case Util::INVALID_COUNTRY_CODE:
    case Util::INVALID_LENGTH: break;
    }
    return refused(fmt::format("There is no such number in {}.", there));
}

/// E.164 that is read as itself. The library may read one more prefix off what it has written, Mexico's mobile 1 for
/// one; empty: it does so again and again.
std::string settle(PhoneNumber& number) {
    std::string e164, again;
    library().Format(number, Util::E164, &e164);
    for (int i = 0; i < 3; ++i) {
        PhoneNumber read;
        if (library().Parse(e164, "ZZ", &read) != Util::NO_PARSING_ERROR) return {};
        library().Format(read, Util::E164, &again);
        number.Swap(&read);
        if (again == e164) return e164;
        e164.swap(again);
    }
    return {};
}

Result<PublicNetwork::Found> judged(PhoneNumber number) {
    PublicNetwork::Found found{settle(number), library().IsValidNumber(number)};
    if (found.e164.empty() || !(found.valid || is_possible(number))) return impossible(number);
    return found;
}

std::string in_capitals(std::string word) {
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return word;
}

} // namespace

PublicNetwork::PublicNetwork(std::string country) : country_(in_capitals(std::move(country))), plans_(country_) {
    calling_code_ = library().GetCountryCodeForRegion(country_);
    if (calling_code_ != 0) library().GetNddPrefixForRegion(country_, true, &trunk_);
}

Result<PublicNetwork::Found> PublicNetwork::find(std::string_view characters) const {
    if (auto known = plans_.find(characters)) return Found{std::move(*known), true};
    return ask(characters);
}

Result<PublicNetwork::Found> PublicNetwork::ask(std::string_view characters) const {
    PhoneNumber number;
    const bool zeros = characters.starts_with("00") && characters.size() >= shortest_international;
    if (zeros && calling_code_ != 0) { // Australia's 0011 and Brazil's carriers come first
        const auto error = library().ParseAndKeepRawInput(std::string(characters), country_, &number);
        if (error == Util::NO_PARSING_ERROR && number.country_code_source() == PhoneNumber::FROM_NUMBER_WITH_IDD)
            if (auto found = judged(number)) return found;
    }
    const bool plus = zeros || characters.starts_with('+');
    const auto error = library().Parse(zeros ? fmt::format("+{}", characters.substr(2)) : std::string(characters),
                                       plus ? "ZZ" : country_, &number);
    if (error != Util::NO_PARSING_ERROR) return refused(error, country_, plus);
    return judged(number);
}

std::optional<std::string> PublicNetwork::national(std::string_view e164) const {
    PhoneNumber number;
    if (calling_code_ == 0 || library().Parse(std::string(e164), "ZZ", &number) != Util::NO_PARSING_ERROR)
        return std::nullopt;
    if (number.country_code() != calling_code_) return std::nullopt;
    std::string written;
    library().Format(number, Util::NATIONAL, &written);
    std::erase_if(written, [](char c) { return c < '0' || c > '9'; });
    return written;
}

std::string PublicNetwork::pretty_national(std::string_view e164) {
    PhoneNumber number;
    std::string written;
    if (library().Parse(std::string(e164), "ZZ", &number) == Util::NO_PARSING_ERROR)
        library().Format(number, Util::NATIONAL, &written);
    return written;
}

std::string PublicNetwork::significant(std::string_view e164) {
    PhoneNumber number;
    std::string digits;
    if (library().Parse(std::string(e164), "ZZ", &number) == Util::NO_PARSING_ERROR)
        library().GetNationalSignificantNumber(number, &digits);
    return digits;
}

bool PublicNetwork::dialled_whole(std::string_view digits) const {
    return calling_code_ != 0 && digits.starts_with(trunk_);
}

namespace {

/// What may not follow a calling code if the number is to stay as it is, by calling code: the first digit of the
/// national prefix; '-': there is none; 0: there is no such code, or what follows it may be rewritten.
std::array<char, 1000> prefixes() {
    std::array<char, 1000> first{};
    std::set<int> codes;
    library().GetSupportedCallingCodes(&codes);
    for (int code : codes) {
        std::string region, prefix;
        library().GetRegionCodeForCountryCode(code, &region);
        library().GetNddPrefixForRegion(region, true, &prefix);
        if (code > 0 && code < 1000) first[static_cast<std::size_t>(code)] = prefix.empty() ? '-' : prefix.front();
    }
    // Mexico, Argentina, Brazil, Australia, China, Gabon, Madagascar, Luxembourg, San Marino, Costa Rica, Norfolk
    // Island
    for (std::size_t rewritten : {52, 54, 55, 61, 86, 241, 261, 352, 378, 506, 672})
        first[rewritten] = 0;
    return first;
}

} // namespace

bool surely_e164(std::string_view plain) {
    static const auto prefix_of = prefixes();
    constexpr std::size_t shortest = 8, longest = 16; // with "+": what is shorter or longer is not sure
    if (!plain.starts_with('+') || plain.size() < shortest || plain.size() > longest) return false;
    if (plain.find_first_not_of("0123456789", 1) != std::string_view::npos) return false;
    std::size_t code = 0;
    for (std::size_t digits = 1; digits <= 3; ++digits) {
        code = code * 10 + static_cast<std::size_t>(plain[digits] - '0');
        const char prefix = prefix_of[code];
        if (prefix != 0) return prefix == '-' || (plain[digits + 1] != prefix && plain[digits + 1] != '0');
    }
    return false;
}

std::string country_of(std::string_view e164) {
    PhoneNumber number;
    if (!e164.starts_with('+')) return {};
    if (library().Parse(std::string(e164), "ZZ", &number) != Util::NO_PARSING_ERROR) return {};
    std::string region;
    library().GetRegionCodeForNumber(number, &region);
    // A number that a newer plan may have: its code tells the country all the same.
    if (region.empty() || region == "ZZ") library().GetRegionCodeForCountryCode(number.country_code(), &region);
    return region == "ZZ" ? std::string() : region;
}

} // namespace lamp::numbers
