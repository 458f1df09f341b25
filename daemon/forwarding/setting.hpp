// What a line's calls do, as far as this room touches it: three services of BroadWorks (xsi.md 8.1, 9.4), as values.
// Absent = not known, and left alone by a write. No loop: values only.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::forwarding {

/// Call Forwarding Always. The number stays set while it is inactive.
struct Always {
    bool active = false;
    std::string to{};
    bool operator==(const Always&) const = default;
};

struct Ring {
    std::string number;
    std::optional<int> rings{};    // sequential only
    std::optional<bool> confirm{}; // the answerer must press a key
    bool operator==(const Ring&) const = default;
};

/// Simultaneous Ring Personal, or Sequential Ring.
struct Rings {
    bool active = false;
    std::vector<Ring> places{};
    /// Sequential Ring works while one of its criteria is active: the names of these. Active without a name: whichever
    /// there is.
    std::vector<std::string> criteria{};
    bool operator==(const Rings&) const = default;
};

struct Setting {
    std::optional<Always> always{};
    std::optional<Rings> simultaneous{};
    std::optional<Rings> sequential{};
    bool operator==(const Setting&) const = default;
};

/// Which of the three, as a set of bits.
using Parts = std::uint8_t;
inline constexpr Parts part_always = 1;
inline constexpr Parts part_simultaneous = 2;
inline constexpr Parts part_sequential = 4;
[[nodiscard]] Parts parts_of(const Setting& setting);

/// How numbers are read and written on the platform of a line; handed in by whoever knows the platforms. All three are
/// called on the room's loop and answer at once.
struct Dialling {
    /// The one form in which numbers of this line are compared: "06 1234 5678", "0031612345678" and "+31612345678" are
    /// the same. An extension or a feature code stays as it is. An error: this is no number, and why.
    std::function<Result<std::string>(std::string_view line, std::string_view written)> normal;
    /// That form as it is written to the line's platform.
    std::function<std::string(std::string_view line, std::string_view normal)> platform;
    /// Whose number it is, as dialled from that line; nothing when it is none of ours.
    std::function<std::optional<std::string>(std::string_view line, std::string_view normal)> line_of;
    std::string country = "NL"; // ISO 3166
};

/// Whether settings of one line mean the same: numbers in any form, and what is inactive is inactive, whatever number
/// it keeps. Lives as long as what it was made with.
class Same {
public:
    Same(const Dialling& dialling, std::string_view line) : dialling_(dialling), line_(line) {}
    [[nodiscard]] bool number(std::string_view left, std::string_view right) const;
    [[nodiscard]] bool always(const Always& left, const Always& right) const;
    /// The order counts when calls ring one after the other.
    [[nodiscard]] bool rings(const Rings& left, const Rings& right, bool in_order) const;
    /// The parts in which `found` is not as `wanted` says; a part that `found` does not know is not.
    [[nodiscard]] Parts differing(const Setting& wanted, const Setting& found) const;

private:
    [[nodiscard]] std::string normal(std::string_view number) const;
    const Dialling& dialling_;
    std::string_view line_;
};

/// What was read or heard replaces what was known; what was not read stays.
void merge(Setting& known, const Setting& read);
/// Only these parts of it.
[[nodiscard]] Setting only(const Setting& setting, Parts parts);

/// As text on disk and back.
[[nodiscard]] std::string encode(const Setting& setting);
[[nodiscard]] std::string encode(const std::vector<Setting>& settings);
/// Category::invalid for anything that `encode` has not written.
[[nodiscard]] Result<std::vector<Setting>> decode(std::string_view text);

} // namespace lamp::forwarding
