#include "adapters/teams/meeting.hpp"

namespace lamp::teams {
namespace {

using graph::Word;
using meetings::Meeting;

bool has(graph::Pair pair, Word word) {
    return pair.availability == word || pair.activity == word;
}

bool untold(Word word) {
    return word == Word::presence_unknown || word == Word::unheard_of;
}

} // namespace

Meeting meeting_of(graph::Pair pair) {
    if (has(pair, Word::off_work)) return Meeting::none;
    if (has(pair, Word::in_a_call) || has(pair, Word::in_a_conference_call) || has(pair, Word::presenting))
        return Meeting::live;
    if (has(pair, Word::in_a_meeting)) return Meeting::calendar;
    if (!untold(pair.availability) && !untold(pair.activity)) return Meeting::none;
    using enum graph::Meaning;
    auto meaning = graph::meaning(pair);
    return meaning == available || meaning == away || meaning == offline ? Meeting::none : Meeting::unknown;
}

} // namespace lamp::teams
