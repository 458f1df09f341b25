// What an attempt came to. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "http/message.hpp"

namespace lamp::outbox {

struct Verdict {
    enum class Kind : std::uint8_t {
        delivered,
        retry,   // it may go better later
        refused, // it will not: this letter is dead
        gone,    // the receiver wants nothing more, ever (410)
    };
    Kind kind = Kind::retry;
    std::optional<milliseconds> after{}; // retry: not before
    std::string reason{};                // a sentence; empty when delivered
    bool operator==(const Verdict&) const = default;
};

/// 2xx is success whatever the body says. 408, 425, 429, 5xx and whatever was no answer are tried again, at the time
/// that Retry-After names; 410 ends the webhook; all else, redirections too, refuses the letter.
[[nodiscard]] Verdict verdict_of(const Result<http::Answer>& answer, Wall now);
/// Of an SMTP server (RFC 5321 section 4.2.1): 4yz again, 5yz refused. 530, 535 and the like are a login that a person
/// must mend: again.
[[nodiscard]] Verdict verdict_of_mail(int code, std::string said);

} // namespace lamp::outbox
