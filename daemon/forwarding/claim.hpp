// A claim: somebody wants a line's calls elsewhere for a time. What becomes of it is its state. No loop: values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace lamp::forwarding {

enum class Source : std::uint8_t { operator_, calendar, smartbusy };
[[nodiscard]] std::string_view name(Source source); // as in `[forwarding] precedence`
[[nodiscard]] std::optional<Source> source_named(std::string_view text);

struct Claim {
    Source source = Source::operator_;
    std::string name; // with the source the key on its line: an appointment, a person's meeting
    std::string to;   // as it was written
    Wall from{};      // a claim that comes back with another one has started anew
    std::optional<Wall> until{};
    bool resting = false; // the user has changed the forwarding himself: nothing more until its next start
    bool operator==(const Claim&) const = default;
};

enum class ClaimState : std::uint8_t {
    in_force, // the platform does what it says, as read back
    waiting,  // for its time, for a claim that comes first, or for the platform
    resting,
    refused,
};
[[nodiscard]] std::string_view name(ClaimState state);

/// What several targets at once come to.
enum class Several : std::uint8_t { simultaneous, sequential, first };
[[nodiscard]] std::string_view name(Several several);

/// What the room is told by its configuration.
struct Rules {
    std::vector<Source> precedence{Source::operator_, Source::calendar, Source::smartbusy}; // highest first
    Several several = Several::simultaneous;
    bool operator==(const Rules&) const = default;
};

} // namespace lamp::forwarding
