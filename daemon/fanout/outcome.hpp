// What one attempt at telling the outside came to. An adapter tries once and returns this; whoever asked it decides
// when, and whether, to try again.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.hpp"

namespace lamp::fanout {

struct Outcome {
    enum class Kind : std::uint8_t {
        delivered,
        not_applicable, // there is nothing there to tell it to (404)
        retry,          // not now: throttled, unavailable, no answer
        unauthorised,   // our login is not accepted
        refused,        // our mistake, or not permitted: trying again gives the same
    };

    Kind kind = Kind::delivered;
    milliseconds after{0};  // retry: not earlier than this, if the peer said so
    bool uncertain = false; // retry: it may have arrived all the same
    std::string reason{};   // a whole sentence unless delivered

    [[nodiscard]] static Outcome delivered() { return {}; }
    [[nodiscard]] static Outcome not_applicable(std::string why) {
        return {Kind::not_applicable, milliseconds(0), false, std::move(why)};
    }
    [[nodiscard]] static Outcome refused(std::string why) {
        return {Kind::refused, milliseconds(0), false, std::move(why)};
    }
    bool operator==(const Outcome&) const = default;
};

} // namespace lamp::fanout
