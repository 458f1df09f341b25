// Words of the presence resource as small numbers (cloud-apis.md A3); a test may add words of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sim::graph {

using Word = std::uint16_t;

struct Pair {
    Word availability = 0;
    Word activity = 0;
    bool operator==(const Pair&) const = default;
};

class Words {
public:
    // The predefined ones, in the order of the table in words.cpp.
    enum : Word {
        offline,
        available,
        available_idle,
        away,
        be_right_back,
        busy,
        busy_idle,
        do_not_disturb,
        presence_unknown,
        in_a_call,
        in_a_conference_call,
        in_a_meeting,
        inactive,
        available_inactive,
        off_work,
        out_of_office,
        presenting,
        urgent_interruptions_only,
        focusing
    };

    Words();
    Word of(std::string_view text); // added when new
    std::string_view text(Word word) const { return texts_[word]; }
    std::string_view camel(Word word) const { return camels_[word]; }

private:
    std::vector<std::string> texts_;
    std::vector<std::string> camels_;
};

// DoNotDisturb 4, Busy 3, Available 2, Away and BeRightBack 1, Offline 0; words of a test rank like Available.
int rank_of(Word availability);
bool call_word(Word activity); // belongs to calls and meetings: may stand in `availability` (A3)

} // namespace sim::graph
