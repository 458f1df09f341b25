// What cards and mails say besides names and numbers, in each language. Pure; a language more is one row of each table.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/language.hpp"
#include "calls/call_record.hpp"

namespace lamp::outbox {

enum class Phrase : std::uint8_t {
    ringing, // titles; "{}" is the person
    dialling,
    answered,
    connected,
    held,
    resumed,
    changed,
    ended,
    missed,
    presence,
    forwarding,
    caller, // names of facts
    called,
    contact,
    contacts,
    number_called,
    queue,
    time,
    result,
    duration,
    now,
    more, // "{}" is a number
    withheld,
    unknown,
    calls, // subject of a digest; "{}" is a number
    test,
    date, // how a time is written, for fmt
};

/// As it is written there, "{}" and all.
[[nodiscard]] std::string_view phrase(Language language, Phrase what);
/// With `value` in the place of "{}".
[[nodiscard]] std::string phrase(Language language, Phrase what, std::string_view value);
[[nodiscard]] std::string_view phrase(Language language, calls::CallResult result);

} // namespace lamp::outbox
