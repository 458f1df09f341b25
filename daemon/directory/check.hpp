// `directory check`: what does not fit between contacts, lines and numbers. Pure.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "contacts/contact.hpp"
#include "directory/roll.hpp"

namespace lamp::directory {

struct Finding {
    /// line_without_contact, contact_without_line, default_line_gone, doubled_number, doubled_email, bad_number
    std::string kind;
    std::string key; // the contact's; empty: line_without_contact
    std::string name;
    std::string what; // the line, number or address
    std::string text; // a sentence
};

inline constexpr std::size_t findings_max = 10'000;

/// Whether a number that is stored can be dialled.
using Dialable = std::function<bool(const std::string& number)>;

/// A line has a contact when one names it, or has its number. A number or e-mail address of two contacts is told of the
/// second on; of contacts of one folder and company nothing is told: a switchboard's number is everybody's.
[[nodiscard]] std::vector<Finding> check(std::span<const contacts::Contact> contacts, const Roll& roll,
                                         const Dialable& dialable);

} // namespace lamp::directory
