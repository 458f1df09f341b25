// A report: what one source says of one presentity. It packs into the 64-bit cell that the table stores, so that a
// report is written and read whole. Zero is "this source has said nothing".
#pragma once
#include <algorithm>

#include "base/clock.hpp"
#include "presence/words.hpp"

namespace lamp::presence {

using Cell = std::uint64_t;

/// Milliseconds since 2020-01-01 UTC in 40 bits: good until 2054.
inline constexpr Wall cell_epoch = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);

namespace packing {
inline constexpr int time_bits = 40;
[[nodiscard]] constexpr Cell pack_time(Wall at) {
    auto ms = (at - cell_epoch).count();
    return static_cast<Cell>(std::clamp<decltype(ms)>(ms, 1, (1LL << time_bits) - 1));
}
[[nodiscard]] constexpr Wall unpack_time(Cell cell) {
    return cell_epoch + milliseconds(static_cast<std::int64_t>(cell & ((Cell{1} << time_bits) - 1)));
}
[[nodiscard]] constexpr Cell field(Cell value, int shift) {
    return value << (time_bits + shift);
}
[[nodiscard]] constexpr unsigned field_of(Cell cell, int shift, int bits) {
    return static_cast<unsigned>(cell >> (time_bits + shift)) & ((1U << bits) - 1);
}
} // namespace packing

/// Source telephony: all lines of a person as one.
struct LineReport {
    LineState state = LineState::unknown;
    unsigned calls = 0; // 0 to 63; more are shown as 63
    bool dnd = false;
    Forwarding forwarding = Forwarding::none;
    AgentState agent = AgentState::none;
    bool stale = false;
    Wall at{};
    bool in_call = false; // on the phone: a call is answered, held by either side or dialled, whatever else rings

    static constexpr unsigned calls_max = 63;

    [[nodiscard]] constexpr Cell pack() const {
        using namespace packing;
        return pack_time(at) | field(static_cast<Cell>(state), 0) | field(std::min(calls, calls_max), 3) |
               field(dnd, 9) | field(static_cast<Cell>(forwarding), 10) | field(static_cast<Cell>(agent), 13) |
               field(stale, 16) | field(1, 17) | field(in_call, 18);
    }
    [[nodiscard]] static constexpr LineReport unpack(Cell cell) {
        using namespace packing;
        if (cell == 0) return {};
        return {static_cast<LineState>(field_of(cell, 0, 3)),
                field_of(cell, 3, 6),
                field_of(cell, 9, 1) != 0,
                static_cast<Forwarding>(field_of(cell, 10, 3)),
                static_cast<AgentState>(field_of(cell, 13, 3)),
                field_of(cell, 16, 1) != 0,
                unpack_time(cell),
                field_of(cell, 18, 1) != 0};
    }
    bool operator==(const LineReport&) const = default;
};

/// Source teams. `word` numbers the availability and activity pair in the room that owns Teams.
struct TeamsReport {
    TeamsState state = TeamsState::unknown;
    unsigned word = 0; // 10 bits
    bool out_of_office = false;
    bool stale = false;
    Wall at{};

    [[nodiscard]] constexpr Cell pack() const {
        using namespace packing;
        return pack_time(at) | field(static_cast<Cell>(state), 0) | field(word & 1023U, 3) | field(out_of_office, 13) |
               field(stale, 16) | field(1, 17);
    }
    [[nodiscard]] static constexpr TeamsReport unpack(Cell cell) {
        using namespace packing;
        if (cell == 0) return {};
        return {static_cast<TeamsState>(field_of(cell, 0, 3)), field_of(cell, 3, 10), field_of(cell, 13, 1) != 0,
                field_of(cell, 16, 1) != 0, unpack_time(cell)};
    }
    bool operator==(const TeamsReport&) const = default;
};

/// Source publication: what somebody's own devices have published (RFC 3903), as one. Its time is not when it was heard
/// but until when it holds, so that a refresh says nothing new.
struct PublicationReport {
    LineState line = LineState::unknown;   // of published dialogs; active, too, of who says "on the phone"
    TeamsState word = TeamsState::unknown; // of published presence, in Teams' words
    Wall until{};                          // when the first of these publications expires

    [[nodiscard]] constexpr bool silent() const { return line == LineState::unknown && word == TeamsState::unknown; }
    /// Zero, "this source has said nothing", of a report that is silent.
    [[nodiscard]] constexpr Cell pack() const {
        using namespace packing;
        if (silent()) return 0;
        return pack_time(until) | field(static_cast<Cell>(word), 0) | field(static_cast<Cell>(line), 3) | field(1, 17);
    }
    [[nodiscard]] static constexpr PublicationReport unpack(Cell cell) {
        using namespace packing;
        if (cell == 0) return {};
        return {static_cast<LineState>(field_of(cell, 3, 3)), static_cast<TeamsState>(field_of(cell, 0, 3)),
                unpack_time(cell)};
    }
    bool operator==(const PublicationReport&) const = default;
};

/// Two cells that differ in their time only say the same.
[[nodiscard]] constexpr bool same_content(Cell left, Cell right) {
    return (left >> packing::time_bits) == (right >> packing::time_bits);
}

} // namespace lamp::presence
