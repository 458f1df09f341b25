// Telephone numbers as people write them, as they are compared, and as a platform wants them: libphonenumber for the
// public network, the directory for extensions. Immutable once built; any loop, several at once. The first plan of a
// process loads libphonenumber's numbering plans: about 10 ms and 5 MB, once.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "numbers/format.hpp"

namespace lamp::numbers {

/// One line of a platform, as far as the directory knows it.
struct Line {
    std::string id;          // BroadWorks user id
    std::string number{};    // as the directory writes it
    std::string extension{}; // within its group; dialled by its colleagues
    std::string group{};     // extensions are unique within it
    Format format = Format::e164;
    std::string enterprise{}; // its groups dial each other's extensions where no colleague has the same
};

class DialPlan {
public:
    /// `country` (ISO 3166): where numbers that are written nationally belong. A line that comes twice counts once, an
    /// extension of several lines of one group belongs to none of them.
    [[nodiscard]] static std::shared_ptr<const DialPlan> build(std::span<const Line> lines, std::string country);

    /// The one form in which numbers of this line are compared: E.164 ("+31612345678") for the public network, else the
    /// digits of an extension or feature code as they are. Takes "+31 (0)6 1234 5678", "0031612345678", "06-12345678",
    /// "tel:+31612345678", "2001", "*21"; white space, NBSP, zero-width and bidi marks around and between are ignored.
    /// What the group, or one line alone of the enterprise, has as an extension is one; else 2 to 7 digits are, unless
    /// they make a whole national number. A line that the plan does not know has no group. Category::invalid, and why:
    /// letters, two numbers, too long or short, no such number in that country.
    [[nodiscard]] Result<std::string> normal(std::string_view line, std::string_view written) const;
    /// That form as it is written to the line's platform. Extensions and feature codes verbatim. `normal` of it is the
    /// same number again.
    [[nodiscard]] std::string platform(std::string_view line, std::string_view normal) const;
    /// What a person dials by hand, as it is written to the line's platform: as `platform(normal)` where that is a
    /// number, else its digits as they are, since private dial plans know more than we do. Category::invalid: letters,
    /// no digits, over 30 of them.
    [[nodiscard]] Result<std::string> dialled(std::string_view line, std::string_view written) const;
    /// Whose number or extension it is, as dialled from that line; nothing when it is none of ours. A number of several
    /// lines is the dialling one's, else the first id's.
    [[nodiscard]] std::optional<std::string> line_of(std::string_view line, std::string_view normal) const;
    [[nodiscard]] const std::string& country() const;

private:
    struct Data;
    explicit DialPlan(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> data_;
};

} // namespace lamp::numbers
