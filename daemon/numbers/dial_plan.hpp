// Telephone numbers as people write them, as they are compared, and as a platform wants them: libphonenumber for the
// public network, the directory for extensions. Immutable once built; any loop.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::numbers {

/// How numbers of the public network are written to a platform (interface 3, `number_format`).
enum class Format : std::uint8_t { e164, national, international };

/// One line of a platform, as far as the directory knows it.
struct Line {
    std::string id;          // BroadWorks user id
    std::string number{};    // as the directory writes it
    std::string extension{}; // within its group; dialled by its colleagues
    std::string group{};     // extensions are unique within it
    Format format = Format::e164;
};

class DialPlan {
public:
    /// `country` (ISO 3166): where numbers that are written nationally belong.
    [[nodiscard]] static std::shared_ptr<const DialPlan> build(std::span<const Line> lines, std::string country);

    /// The one form in which numbers of this line are compared: E.164 ("+31612345678") for the public network, else the
    /// digits of an extension or feature code as they are. Takes "+31 (0)6 1234 5678", "0031612345678", "06-12345678",
    /// "tel:+31612345678", "2001", "*21"; white space, NBSP, zero-width and bidi marks around and between are ignored.
    /// Category::invalid, and why: letters, two numbers, too long or short, no such number in that country.
    [[nodiscard]] Result<std::string> normal(std::string_view line, std::string_view written) const;
    /// That form as it is written to the line's platform. Extensions and feature codes verbatim.
    [[nodiscard]] std::string platform(std::string_view line, std::string_view normal) const;
    /// Whose number or extension it is, as dialled from that line; nothing when it is none of ours.
    [[nodiscard]] std::optional<std::string> line_of(std::string_view line, std::string_view normal) const;
    [[nodiscard]] const std::string& country() const;

private:
    struct Data;
    std::shared_ptr<const Data> data_;
};

} // namespace lamp::numbers
