// What the tests of contacts share.
#pragma once
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "contacts/contacts_file.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::contacts;

/// Strict enough to have mistakes: '+' and digits, or digits.
inline Result<std::string> plain(std::string_view written) {
    std::string out;
    for (char c : written) {
        if ((c >= '0' && c <= '9') || (c == '+' && out.empty()))
            out += c;
        else if (c != ' ' && c != '-')
            return fail(Category::invalid, fmt::format("\"{}\" is no number", written));
    }
    return out;
}

inline std::vector<std::string> told(const std::vector<Mistake>& mistakes) {
    std::vector<std::string> lines;
    for (const auto& one : mistakes)
        lines.push_back(fmt::format("{}:{} {}: {}", one.line, one.column, one.what, one.message));
    return lines;
}

inline Contact person(std::string_view key, std::string_view last, std::string_view first = "Jane") {
    Contact contact;
    contact.key = key;
    contact.last_name = last;
    contact.first_name = first;
    return contact;
}

} // namespace testing
