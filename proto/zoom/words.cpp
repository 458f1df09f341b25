#include "proto/zoom/words.hpp"

#include <array>
#include <string>

namespace lamp::zoom {
namespace {

constexpr std::array<std::string_view, 11> texts{
    "Unknown",        "Available",         "Away",          "Offline",    "Busy",       "Out_Of_Office",
    "Do_Not_Disturb", "In_Calendar_Event", "On_Phone_Call", "In_Meeting", "Presenting",
};

struct Spelling {
    std::string_view letters; // lower case, without "zoom" and what is no letter
    State state;
};
constexpr std::array spellings{
    Spelling{"available", State::available},
    Spelling{"away", State::away},
    Spelling{"offline", State::offline},
    Spelling{"busy", State::busy},
    Spelling{"outofoffice", State::out_of_office},
    Spelling{"donotdisturb", State::do_not_disturb},
    Spelling{"incalendarevent", State::calendar},
    Spelling{"inacalendarevent", State::calendar},
    Spelling{"onphonecall", State::phone},
    Spelling{"onaphonecall", State::phone},
    Spelling{"onacall", State::phone},
    Spelling{"inacall", State::phone},
    Spelling{"incall", State::phone},
    Spelling{"inmeeting", State::meeting},
    Spelling{"inameeting", State::meeting},
    Spelling{"presenting", State::presenting},
};
constexpr std::size_t word_length_max = 64;

} // namespace

State state_named(std::string_view word) {
    if (word.size() > word_length_max) return State::unknown;
    std::string letters;
    for (char c : word) {
        char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if (lower >= 'a' && lower <= 'z') letters += lower;
    }
    constexpr std::string_view maker = "zoom";
    if (auto at = letters.find(maker); at != std::string::npos) letters.erase(at, maker.size());
    for (const Spelling& one : spellings)
        if (one.letters == letters) return one.state;
    return State::unknown;
}

std::string_view text(State state) {
    return texts.at(static_cast<std::size_t>(state));
}

} // namespace lamp::zoom
