// The turns of phrase that messages and the reference share: what a value is, what was wanted, what is allowed.
#pragma once
#include <string>

#include "config/codec.hpp"

namespace lamp::config {

/// "1 to 25", "1s to 25s"; empty without bounds.
[[nodiscard]] std::string integer_span(const Rule& rule);
[[nodiscard]] std::string real_span(const Rule& rule);
[[nodiscard]] std::string duration_span(const Rule& rule);
/// As TOML: always with a point or an exponent, so that it stays a real number.
[[nodiscard]] std::string real_text(double value);
/// `"a", "b"`.
[[nodiscard]] std::string quoted_words(const std::vector<std::string>& words);
/// `; did you mean "x"?`, or nothing.
[[nodiscard]] std::string hint(const std::string& meant);

/// Reports "is … (wanted: …)"; always false. A number in a secret's place is not printed.
bool refuse(const Node& node, Kind kind, const Rule& rule, Context& context);
bool check_word(const Node& node, const Rule& rule, Context& context);
/// Where a path of the file leads: relative to the configuration's folder.
[[nodiscard]] std::filesystem::path resolve(const Context& context, std::string_view text);

} // namespace lamp::config
