// What sources tell of people's meetings: Teams, Zoom, GoTo, whoever posts to /hooks/meeting, calendars that are asked.
// No loop: values only.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "presence/words.hpp"

namespace lamp::meetings {

enum class Source : std::uint8_t { teams, zoom, go_to, other, calendar };
inline constexpr std::size_t source_count = 5;
[[nodiscard]] std::string_view name(Source source); // as in `[smartbusy] sources`, where no calendar stands
[[nodiscard]] std::optional<Source> source_named(std::string_view text);

/// What a source says of a person. Our own "in a call" is none of this; whoever reads the source filters it.
enum class Meeting : std::uint8_t {
    unknown,  // it does not know: as if it had not been heard since
    none,     // free, or whatever else is no meeting: "do not disturb" alone
    calendar, // the calendar says so; nobody has seen the person join
    live,     // in a call or conference, joined, presenting
};

struct News {
    presence::Slot slot{};
    Source source{};
    Meeting meeting{};
    Wall happened{};          // orders what a source tells of a person: older ones than what is known are ignored
    milliseconds fresh_for{}; // stale when nothing newer has come by then
};

/// Who hears it: one for the whole daemon (SmartBusy, and the table's source `meetings`). Egress loop. Both may be
/// empty: nobody wants it.
struct Listener {
    std::function<void(const News&)> heard;
    /// All that this source has told is in doubt from now on.
    std::function<void(Source)> lost;
};

} // namespace lamp::meetings
