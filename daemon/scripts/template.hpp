// Templates of scripts (crm-directory B.1): an address or a body with `#(Caller number)`, `$(Account Id)` and the like.
// Read once, rendered in one pass: what a value holds is never read again as a template, and each value is written as
// its place wants it, so that it cannot leave that place. Immutable; any loop, several at once.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "base/zone.hpp"
#include "numbers/spelling.hpp"
#include "scripts/facts.hpp"

namespace lamp::scripts {

enum class Place : std::uint8_t {
    url,    // what is allowed where depends on its scheme
    json,   // a body
    form,   // a body, application/x-www-form-urlencoded
    text,   // any other body
    header, // the value of an HTTP header
};

/// What a template may hold.
struct Terms {
    Place place = Place::url;
    bool fields = false;              // `$(…)` is allowed: the script belongs to an integration
    std::vector<std::string> known{}; // names of its fields; empty: not known, none is doubted
    std::string scheme{};             // a scheme of one's own beside the well-known ones
};

/// How values are written.
struct Look {
    const numbers::PublicNetwork& network;
    numbers::Style number{};
    bool short_numbers = true; // of devices and DDIs, where there are any
    Zone zone{};
    std::string time_format{}; // empty: RFC 3339 in UTC
};

constexpr std::size_t template_bytes_max = 16 * 1024;
constexpr std::size_t template_tokens_max = 100;
constexpr std::size_t value_bytes_max = 4 * 1024; // what is longer is cut at a character

class Template {
public:
    /// Category::invalid, and why, as a sentence without its subject: a scheme that is not allowed, a token where
    /// scheme or host stand, `$(…)` without an integration, too long.
    [[nodiscard]] static Result<Template> parse(std::string_view text, const Terms& terms);
    /// What is odd but no error: a token that is not closed, or unknown (both stay as they are), an unknown field.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

    [[nodiscard]] std::string render(const Facts& facts, const Look& look) const;

    enum class Property : std::uint8_t {
        caller_name,
        caller_number,
        device_name,
        device_number,
        ddi_name,
        ddi_number,
        start_time,
        answer_time,
        end_time,
        duration,
        call_id,
        direction,
        release_reason,
        queue_name,
        user_id,
        integration,
        match_count,
        field, // of the match: `$(…)`
    };
    /// How a value is written where it stands.
    enum class Encoding : std::uint8_t {
        path,
        query,
        recipient, // of mailto:
        mail_text,
        number, // tel:, sip:
        json_string,
        json_value, // outside of quotes
        plain,
        header,
    };

private:
    struct Piece {
        std::string text; // literal; of a token: the field's name
        std::optional<Property> property{};
        std::optional<numbers::Style> style{};
        Encoding encoding{};
    };
    friend class Reader;
    [[nodiscard]] static std::string value_of(const Piece& piece, const Facts& facts, const Look& look);

    std::vector<Piece> pieces_;
    std::vector<std::string> warnings_;
};

/// Whether people's browsers may be sent there: a well-known scheme (or `own`), a host where that scheme has one, no
/// blanks, no control characters.
[[nodiscard]] bool is_safe_url(std::string_view url, std::string_view own = {});
/// Whether a scheme of one's own may be allowed: well-formed, and none that runs code or reads files.
[[nodiscard]] bool may_allow_scheme(std::string_view scheme);
/// Empty where the format is right, else what is wrong with it. %Y %m %d %H %M %S %y %F %T %z %Z %s %%.
[[nodiscard]] std::string time_format_mistake(std::string_view format);

} // namespace lamp::scripts
