// What the bot in Teams says, in each language. Pure; a language more is one column of each table, a status is called
// as the pages call it (web/words_*.js).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/language.hpp"
#include "presence/words.hpp"

namespace lamp::status {

enum class BotWord : std::uint8_t {
    call, // a button; "{}" is the number
    chat, // a button
    hint, // nothing was typed
    nobody_found,
    late,          // nothing has happened
    stranger,      // whose Teams account is nobody's of ours
    not_permitted, // the role does not hold it
    calling,       // "{}" is the number, as below
    call_late,
    call_failed, // a reason follows
    too_often,
};

/// With `value` in the place of "{}".
[[nodiscard]] std::string bot_word(Language language, BotWord word, std::string_view value = {});
[[nodiscard]] std::string_view bot_word(Language language, presence::Status status);

/// That of a locale such as "nl-BE"; `otherwise` where we do not speak it.
[[nodiscard]] Language language_of(std::string_view locale, Language otherwise);

} // namespace lamp::status
