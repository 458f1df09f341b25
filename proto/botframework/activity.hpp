// What the Bot Connector posts to a bot (Bot Framework activity protocol 3.x), as far as a message extension of Teams
// needs it. Lenient where clients vary: absent members are empty, unknown ones are passed over. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::botframework {

enum class Kind : std::uint8_t {
    query,        // invoke composeExtension/query: somebody types
    card_action,  // invoke adaptiveCard/action: somebody has pressed a button of a card
    other_invoke, // waits for an answer that we do not have
    event,        // installed, somebody joined, a message …: nobody waits for an answer
};

struct Activity {
    Kind kind = Kind::event;
    std::string id{};
    std::string channel{};     // "msteams"
    std::string service_url{}; // whom an answer of its own accord would go to
    std::string tenant{};      // in lower case; empty: none, or two that contradict one another
    std::string account{};     // object id of who does it in the directory, in lower case; empty: nobody's
    std::string locale{};      // "nl-NL"; may be empty

    std::string words{}; // query: what was typed
    std::size_t skip = 0;
    std::size_t count = count_max;

    std::string verb{}; // card_action
    std::string to{};   // the number in the button's data

    static constexpr std::size_t count_max = 25; // Teams asks for no more
};

/// Error: protocol; no JSON object, no type, or a query or action without what it is about.
[[nodiscard]] Result<Activity> read_activity(std::string_view body);

} // namespace lamp::botframework
