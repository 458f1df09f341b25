// Texts of a preset with places that are filled for each request: "{cursor}", "{since}", "{nsn}". Pure.
#pragma once
#include <array>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/errors.hpp"

namespace lamp::recognition::rest {

enum class Place : std::uint8_t {
    cursor,   // what the page before gave
    page,     // counted from the preset's `first`
    offset,   // records before this page
    size,     // records of a page
    since,    // the last good synchronisation, in the preset's format
    token,    // what the last good synchronisation gave
    id,       // of a record, whole
    id_last,  // behind its last slash
    e164,     // +33199001234
    digits,   // 33199001234
    nsn,      // 199001234: national significant number
    national, // 0199001234: as dialled in the country; nsn where that is not known
    shape,    // the preset's next mask, filled
    name,
    first_name,
    last_name,
    number,
    mobile,
    email,
    company,
};
inline constexpr std::size_t places = static_cast<std::size_t>(Place::company) + 1;

[[nodiscard]] std::string_view name(Place place);
[[nodiscard]] std::optional<Place> place_named(std::string_view word);

/// What stands at each place now; empty: nothing.
class Values {
public:
    [[nodiscard]] const std::string& operator[](Place place) const { return texts_[static_cast<std::size_t>(place)]; }
    void set(Place place, std::string text) { texts_[static_cast<std::size_t>(place)] = std::move(text); }

private:
    std::array<std::string, places> texts_{};
};

enum class Encoding : std::uint8_t { none, path, query };

class Template {
public:
    Template() = default;
    /// Category::invalid for "{word}" that is no place. Any other brace is text.
    [[nodiscard]] static Result<Template> parse(std::string_view text);

    [[nodiscard]] std::string fill(const Values& values, Encoding encoding = Encoding::none) const;
    /// It has places, and all of them are empty: what it stands for is left out of the request.
    [[nodiscard]] bool idle(const Values& values) const;
    [[nodiscard]] bool names(Place place) const;
    [[nodiscard]] bool plain() const; // it has no places
    [[nodiscard]] bool empty() const { return parts_.empty(); }

private:
    std::vector<std::variant<std::string, Place>> parts_;
};

/// A JSON body: places stand in its texts only, so what is filled in can never be more than a text. Texts,
/// objects and lists that have places of which none is filled are left out.
class BodyTemplate {
public:
    BodyTemplate() = default;
    /// Category::invalid: no JSON, or a text with an unknown place.
    [[nodiscard]] static Result<BodyTemplate> parse(std::string_view text);

    [[nodiscard]] std::string fill(const Values& values) const;
    [[nodiscard]] bool names(Place place) const;
    [[nodiscard]] bool empty() const { return !body_.has_value(); }

private:
    std::optional<boost::json::value> body_;
};

} // namespace lamp::recognition::rest
