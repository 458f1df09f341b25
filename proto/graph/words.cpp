#include "proto/graph/words.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"

namespace lamp::graph {
namespace {

struct Row {
    Word word;
    std::string_view text;
    Meaning as_availability;
    Meaning as_activity;
};

// clang-format off
constexpr std::array<Row, word_count> table{{
    // word                          on the wire                as availability          as activity
    {Word::presence_unknown,         "PresenceUnknown",         Meaning::unknown,        Meaning::unknown},
    {Word::available,                "Available",               Meaning::available,      Meaning::available},
    {Word::available_idle,           "AvailableIdle",           Meaning::available,      Meaning::available},
    {Word::away,                     "Away",                    Meaning::away,           Meaning::away},
    {Word::be_right_back,            "BeRightBack",             Meaning::away,           Meaning::away},
    {Word::busy,                     "Busy",                    Meaning::busy,           Meaning::busy},
    {Word::busy_idle,                "BusyIdle",                Meaning::busy,           Meaning::busy},
    {Word::do_not_disturb,           "DoNotDisturb",            Meaning::do_not_disturb, Meaning::do_not_disturb},
    {Word::offline,                  "Offline",                 Meaning::offline,        Meaning::offline},
    {Word::out_of_office,            "OutOfOffice",             Meaning::offline,        Meaning::unknown},
    {Word::in_a_call,                "InACall",                 Meaning::in_meeting,     Meaning::in_meeting},
    {Word::in_a_conference_call,     "InAConferenceCall",       Meaning::in_meeting,     Meaning::in_meeting},
    {Word::inactive,                 "Inactive",                Meaning::away,           Meaning::away},
    {Word::available_inactive,       "AvailableInactive",       Meaning::away,           Meaning::away},
    {Word::in_a_meeting,             "InAMeeting",              Meaning::in_meeting,     Meaning::in_meeting},
    {Word::off_work,                 "OffWork",                 Meaning::offline,        Meaning::offline},
    {Word::presenting,               "Presenting",              Meaning::presenting,     Meaning::presenting},
    {Word::urgent_interruptions_only,"UrgentInterruptionsOnly", Meaning::do_not_disturb, Meaning::do_not_disturb},
    {Word::focusing,                 "Focusing",                Meaning::do_not_disturb, Meaning::do_not_disturb},
    {Word::unheard_of,               "PresenceUnknown",         Meaning::unknown,        Meaning::unknown},
}};
// clang-format on

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].word != static_cast<Word>(i)) return false;
    return true;
}
static_assert(in_order());

constexpr const Row& row(Word word) {
    return table[std::min<std::size_t>(static_cast<std::size_t>(word), word_count - 1)];
}

} // namespace

Word word_named(std::string_view text) {
    if (text.empty()) return Word::presence_unknown;
    for (const Row& one : table) // the last row has the first one's text and is never found
        if (one.text.size() == text.size() && text::same_letters(one.text, text)) return one.word;
    return Word::unheard_of;
}

std::string_view text(Word word) {
    return row(word).text;
}

Meaning meaning(Pair pair) {
    if (pair.activity == Word::off_work) return Meaning::offline;
    return std::max(row(pair.availability).as_availability, row(pair.activity).as_activity);
}

bool is_call(Pair pair) {
    return pair.availability == Word::in_a_call || pair.activity == Word::in_a_call;
}

bool chosen_by_hand(Pair pair) {
    constexpr std::array<Pair, 3> chosen{{
        {Word::do_not_disturb, Word::do_not_disturb},
        {Word::be_right_back, Word::be_right_back},
        {Word::offline, Word::off_work},
    }};
    return std::ranges::find(chosen, pair) != chosen.end();
}

} // namespace lamp::graph
