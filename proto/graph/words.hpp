// The words of a Teams presence and what they mean for telephony (cloud-apis.md A3, B; interface 7.7). Availability
// and activity share one table, because the service has been seen to swap them. Pure values.
#pragma once
#include <cstdint>
#include <string_view>

namespace lamp::graph {

enum class Word : std::uint8_t {
    presence_unknown,
    available,
    available_idle,
    away,
    be_right_back,
    busy,
    busy_idle,
    do_not_disturb,
    offline,
    out_of_office,
    in_a_call,
    in_a_conference_call,
    inactive,
    available_inactive,
    in_a_meeting,
    off_work,
    presenting,
    urgent_interruptions_only,
    focusing,
    unheard_of, // a word that nobody has told us of
};
inline constexpr std::size_t word_count = 20;

/// Ascending urgency: the same order as presence::TeamsState.
enum class Meaning : std::uint8_t {
    unknown,
    offline,
    available,
    away,
    busy,
    in_meeting,
    do_not_disturb,
    presenting,
};

/// Any case ("InACall", "inACall"); no text at all is presence_unknown.
[[nodiscard]] Word word_named(std::string_view text);
/// As on the classic wire, "InACall"; unheard_of is written "PresenceUnknown".
[[nodiscard]] std::string_view text(Word word);

/// What one presence says.
struct Pair {
    Word availability = Word::presence_unknown;
    Word activity = Word::presence_unknown;

    /// 10 bits.
    [[nodiscard]] constexpr unsigned pack() const {
        return static_cast<unsigned>(availability) * 32 + static_cast<unsigned>(activity);
    }
    /// Numbers that no word has become unheard_of.
    [[nodiscard]] static constexpr Pair unpack(unsigned packed) {
        auto word = [](unsigned number) { return number < word_count ? static_cast<Word>(number) : Word::unheard_of; };
        return {word(packed / 32), word(packed % 32)};
    }
    bool operator==(const Pair&) const = default;
};

/// The more urgent of its two words. OffWork as activity is offline whatever the availability says; OutOfOffice as
/// activity leaves it to the availability, as availability it is offline unless the activity says more.
[[nodiscard]] Meaning meaning(Pair pair);
/// InACall in either field: a call in Teams, a joined meeting, or our own "in a call" that comes back.
[[nodiscard]] bool is_call(Pair pair);
/// DoNotDisturb/DoNotDisturb, BeRightBack/BeRightBack, Offline/OffWork: nobody but the person makes these.
[[nodiscard]] bool chosen_by_hand(Pair pair);

} // namespace lamp::graph
