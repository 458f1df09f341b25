// Fields of log lines with keyed hashes in place of numbers, lines and people. Any loop, several at once.
#pragma once
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace lamp::privacy {

/// A field that is somebody (line, person, user, who …) as one hash; in others each number of at least seven digits and
/// each "user@host". A number has the hash of its E.164 form, as `privacy erase` tells it.
[[nodiscard]] std::string pseudonym(const Secret& key, const std::string& country, std::string_view field,
                                    std::string_view value);

} // namespace lamp::privacy
