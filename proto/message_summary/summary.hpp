// How many messages wait in somebody's boxes (RFC 3842 5): plain text, one line each. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::message_summary {

inline constexpr std::string_view media_type = "application/simple-message-summary";

struct Counts {
    std::uint32_t fresh = 0;
    std::uint32_t old = 0;
    std::uint32_t fresh_urgent = 0; // of the fresh ones; without urgent ones the brackets are left out
    std::uint32_t old_urgent = 0;
    bool operator==(const Counts&) const = default;
};

struct Summary {
    bool waiting = false;
    std::string account;           // URI of the box; empty: left out
    std::optional<Counts> voice{}; // nothing: only whether messages wait is known
    bool operator==(const Summary&) const = default;
};

/// Line breaks and other control characters of the account are dropped.
[[nodiscard]] std::string write(const Summary& summary);

/// Names and "yes" in any case, lines that end with or without a carriage return, other message classes and fields
/// passed over. Refuses (category `protocol`) a text without Messages-Waiting, counts that are none.
[[nodiscard]] Result<Summary> read(std::string_view text);

} // namespace lamp::message_summary
