// Where something stands in a JSON answer: a JSON pointer (RFC 6901), with "*" for every item of a list. Pure.
#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::recognition::rest {

class Pointer {
public:
    Pointer() = default; // the whole document
    /// "" or "/a/0/*/b". A member's name may hold dots and "@"; "~1" is a slash, "~0" a tilde. Category::invalid:
    /// does not begin with a slash, a broken escape, deeper than 16.
    [[nodiscard]] static Result<Pointer> parse(std::string_view text);

    /// All that is there, in the order of the document; at most `most`.
    [[nodiscard]] std::vector<const boost::json::value*> all(const boost::json::value& root,
                                                             std::size_t most = 64) const;
    [[nodiscard]] const boost::json::value* first(const boost::json::value& root) const;
    /// At most one: `first` is all.
    [[nodiscard]] bool single() const { return !many_; }

private:
    std::vector<std::string> steps_;
    bool many_ = false; // it has a "*"
};

/// What a person would read there: texts without blanks around them, numbers and booleans as JSON writes them; nothing
/// for null, objects, lists and what is empty. Cut at 1000 bytes, between characters.
[[nodiscard]] std::string text_of(const boost::json::value& value);
/// The first filled text that one of the pointers finds.
[[nodiscard]] std::string first_text(const std::vector<Pointer>& pointers, const boost::json::value& root);
/// There, and neither null, false, zero nor empty.
[[nodiscard]] bool truthy(const boost::json::value* value);

} // namespace lamp::recognition::rest
