// From what is written to what is compared.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "numbers/dial_plan.hpp"
#include "numbers/plain_number.hpp"
#include "numbers/public_network.hpp"
#include "numbers/written.hpp"
#include "proto/text/text.hpp"
#include "recognition/index.hpp"

namespace lamp::recognition {
namespace {

constexpr std::size_t extension_max = 6;
constexpr std::size_t digits_max = 17;

constexpr std::array<std::string_view, 6> withheld{"anonymous", "unavailable", "restricted",
                                                   "withheld",  "unknown",     "private"};
constexpr std::array<std::string_view, 10> services{"112", "911", "999", "000", "110",
                                                    "113", "118", "144", "116", "1233"};

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t value_of(std::string_view digits) {
    std::uint64_t value = 0;
    for (char c : digits)
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return value;
}

/// The part of a SIP address that is the number; else all of it.
std::string_view user_of(std::string_view written) {
    for (std::string_view scheme : {"sip:", "sips:"})
        if (text::same_letters(written.substr(0, scheme.size()), scheme)) {
            written.remove_prefix(scheme.size());
            return written.substr(0, written.find('@'));
        }
    return written;
}

/// "…;ext=12", "… ext. 12", "… x12": the digits behind, and what is in front.
std::pair<std::string_view, std::string> split_extension(std::string_view written) {
    if (written.find_first_of("xX") == std::string_view::npos) return {written, {}}; // all marks have one
    auto small = text::lower(written);
    if (small.size() != written.size()) return {written, {}};
    for (std::string_view mark : {";ext=", "extension", "ext.", "ext", "x"}) {
        auto at = small.rfind(mark);
        if (at == std::string::npos || at == 0) continue;
        auto behind = small.substr(at + mark.size());
        behind = behind.substr(0, behind.find(';'));
        std::erase_if(behind, [](char c) { return c == ' ' || c == '-'; });
        if (all_digits(behind)) return {written.substr(0, at), behind};
    }
    return {written, {}};
}

Result<Key> outside_plan(std::string_view characters, Key key, const Error& refused) {
    const bool plus = characters.starts_with('+');
    auto digits = characters.substr(plus ? 1 : 0);
    if (!all_digits(digits) || digits.size() <= extension_max || digits.size() > digits_max)
        return std::unexpected(refused);
    key.digits = value_of(digits);
    key.no_plan = !plus;
    if (!plus) key.digits |= Key::outside;
    return key;
}

} // namespace

std::string_view name(Class cls) {
    switch (cls) {
    case Class::exact: return "exact";
    case Class::exact_noext: return "exact_noext";
    case Class::nsn: return "nsn";
    case Class::ddi_company: return "ddi_company";
    case Class::suffix: return "suffix";
    case Class::extension: return "extension";
    }
    return "exact";
}

Result<Key> key_of(const numbers::DialPlan& plan, std::string_view written) {
    Key key;
    auto user = user_of(written);
    if (numbers::surely_e164(user)) return key.digits = value_of(user.substr(1)), key; // nearly all callers
    if (std::ranges::any_of(withheld, [&](auto word) { return text::same_letters(user, word); }))
        return key.special = true, key;
    auto [whole, behind] = split_extension(user);
    auto read = numbers::read_written(whole);
    if (!read) return std::unexpected(read.error());
    const auto& characters = read->characters;
    if (read->feature_code() || std::ranges::find(services, characters) != services.end())
        return key.special = true, key;
    if (!behind.empty()) // with a 1 in front, so that zeros count
        key.extension = static_cast<std::uint32_t>(
            value_of("1" + behind.substr(behind.size() - std::min(behind.size(), extension_max))));
    key.national = !read->plus() && !characters.starts_with("00");
    if (auto plain = numbers::plain_number(whole); numbers::surely_e164(plain)) { // a hundred times as fast
        key.digits = value_of(std::string_view(plain).substr(1));
        return key;
    }
    auto normal = plan.normal({}, whole);
    if (!normal) return outside_plan(characters, key, normal.error());
    if (normal->starts_with('+')) {
        if (normal->size() > digits_max + 1) return fail(Category::invalid, "The number is too long.");
        key.digits = value_of(std::string_view(*normal).substr(1));
        return key;
    }
    if (normal->size() > extension_max || !all_digits(*normal))
        return outside_plan(*normal, key, Error(Category::invalid, "This is no telephone number."));
    key.digits = value_of("1" + *normal) | Key::of_extensions;
    key.is_short = true;
    key.extension = 0;
    return key;
}

std::string why(const Found& found, const Number& stored, std::string_view caller) {
    auto kind = stored.kind.empty() ? std::string() : fmt::format(" ({})", stored.kind);
    switch (found.cls) {
    case Class::exact: return fmt::format("{}{} is the same number.", stored.written, kind);
    case Class::exact_noext:
        return fmt::format("{}{} is the same number; only one of the two has an extension.", stored.written, kind);
    case Class::nsn:
        if (found.own_country)
            return fmt::format("{}{} is the same number, read as one of its contact's country.", stored.written, kind);
        return fmt::format("{}{} is the same number; at least one of the two is written without its country.",
                           stored.written, kind);
    case Class::ddi_company:
        return fmt::format("{} is a direct number behind the main number {}{}: the company, not the person.", caller,
                           stored.written, kind);
    case Class::suffix:
        return fmt::format("{}{} ends in the same digits as {}; it may be another number.", stored.written, kind,
                           caller);
    case Class::extension: return fmt::format("{}{} is the same extension.", stored.written, kind);
    }
    return {};
}

} // namespace lamp::recognition
