// Numbers and names as something that stands for them: the same text always gives the same, nobody without the key can
// tell which text it was, nor try all numbers. Pure but for `read_key`, which runs on the store's thread.
#pragma once
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "base/secret.hpp"
#include "store/database.hpp"

namespace lamp::privacy {

/// The key of this installation: made at random once, then kept on disk.
[[nodiscard]] Result<Secret> read_key(store::Database& disk);

/// "~" and 12 hexadecimal digits: HMAC-SHA-256, cut.
[[nodiscard]] std::string keyed_hash(const Secret& key, std::string_view text);

} // namespace lamp::privacy
