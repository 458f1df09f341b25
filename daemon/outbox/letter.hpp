// One event for one webhook, as it lies on disk. Values only.
#pragma once
#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace lamp::outbox {

/// The number of the enumerator stands on disk.
enum class LetterState : std::uint8_t { waiting = 0, dead = 1, gathered = 2 }; // gathered: for the next digest

struct Letter {
    std::int64_t id = 0; // on disk; the order of sending
    std::string webhook{};
    std::string key{}; // Idempotency-Key: the same at every attempt, also after a restart
    std::string event{};
    Wall made{};
    std::string body{};
    LetterState state = LetterState::waiting;
    std::uint32_t attempts = 0;
    bool operator==(const Letter&) const = default;
};

namespace limits {
inline constexpr std::size_t letters = 100'000;     // that wait, of one webhook; then the newest are refused
inline constexpr std::size_t dead_letters = 10'000; // of one webhook; then the oldest are deleted
inline constexpr std::chrono::hours dead_letter_life{24 * 30};
inline constexpr std::size_t body_bytes = 256 << 10;
inline constexpr std::size_t staged = 65'536; // not yet on disk, of all webhooks
inline constexpr std::size_t staged_bytes = 64 << 20;
inline constexpr std::size_t staged_batch = 512;        // written in one unit
inline constexpr std::size_t page = 16;                 // read from disk at once
inline constexpr std::size_t digest_lines = 1'000;      // in one mail
inline constexpr std::chrono::minutes retry_longest{5}; // between two attempts
inline constexpr std::chrono::hours retry_after_longest{1};
inline constexpr std::uint32_t attempts_least = 3; // before a letter is given up, whatever its age
} // namespace limits

} // namespace lamp::outbox
