// A mail as it is submitted (RFC 5322, MIME): seven-bit throughout, so that it passes every server. No value can add a
// header: line ends and other controls become blanks. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "outbox/summary.hpp"

namespace lamp::outbox {

struct Mail {
    std::string from; // "alarm@example.net" or "Lamplighter <alarm@example.net>"
    std::vector<std::string> to;
    std::string subject;
    std::string text; // UTF-8, lines end with \n
    std::string key;  // the Message-ID's left side
    Wall at{};
};
[[nodiscard]] std::string written(const Mail& mail);

/// "alarm@example.net" of either form; nothing when it cannot be an address (RFC 5321 section 4.1.2, without quoted
/// local parts and address literals).
[[nodiscard]] Result<std::string> address_of(std::string_view mailbox);

/// "Subject"'s value: as it is, or in encoded words of at most 75 characters (RFC 2047 section 2).
[[nodiscard]] std::string header_text(std::string_view text);

[[nodiscard]] std::string mail_text(const Summary& summary);

} // namespace lamp::outbox
