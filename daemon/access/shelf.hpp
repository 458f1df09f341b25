// Tokens made at run time, on disk: rows of `issued_token` (store/schema.cpp). For units of work: the functions run on
// the store's thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "access/token.hpp"
#include "base/errors.hpp"
#include "store/database.hpp"

namespace lamp::access {

/// Category::conflict: there is one of that name.
[[nodiscard]] Result<void> put_token(store::Database& disk, const IssuedToken& token);
/// Category::not_found: there is none of that name.
[[nodiscard]] Result<void> drop_token(store::Database& disk, const std::string& name);
/// By name. Rows that cannot be read are left out and named in `broken`.
[[nodiscard]] Result<std::vector<IssuedToken>> read_tokens(store::Database& disk, std::vector<std::string>& broken);

/// When tokens were last used; of one that is gone: nothing.
[[nodiscard]] Result<void> note_uses(store::Database& disk, const std::vector<Use>& uses);

/// A list of names as one text of a row, and back.
[[nodiscard]] std::string join_names(const std::vector<std::string>& names);
[[nodiscard]] std::vector<std::string> split_names(std::string_view text);

} // namespace lamp::access
