// The parts of a request target: percent-decoded path segments and query parameters. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::status {

/// Appends the decoded text; false for a "%" without two hexadecimal digits.
[[nodiscard]] bool percent_decode(std::string_view text, std::string& out, bool plus_is_space = false);
/// Appends `text` with everything but unreserved characters (RFC 3986) encoded.
void percent_encode(std::string_view text, std::string& out);

/// "a=1&b=two" as names and values. Refuses bad escapes, names that are not `allowed`, and a name that comes twice, but
/// for the `repeated` one.
class Query {
public:
    [[nodiscard]] static Result<Query> parse(std::string_view text, std::initializer_list<std::string_view> allowed,
                                             std::string_view repeated = {});

    /// Nothing when it is not given; the empty text when it is given without a value.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    /// Each value of the name, and each part of one between commas; empty ones are none.
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;
    /// Nothing given: `otherwise`. Refuses what is no whole number from `least` to `most`.
    [[nodiscard]] Result<std::size_t> number(std::string_view name, std::size_t otherwise, std::size_t least,
                                             std::size_t most) const;
    /// 1 or true, 0 or false. Nothing given: `otherwise`.
    [[nodiscard]] Result<bool> flag(std::string_view name, bool otherwise) const;

private:
    struct Parameter {
        std::string name;
        std::string value;
    };
    std::vector<Parameter> parameters_;
};

} // namespace lamp::status
