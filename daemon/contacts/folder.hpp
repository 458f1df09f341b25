// The path of a folder, as people write it and as it is kept. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::contacts {

/// "Sales/Export" of " sales / Export/": parts trimmed, none empty, "." or "..", at most 8 of at most 80 bytes.
[[nodiscard]] Result<std::string> folder_path(std::string_view written);
/// Whether `path` is the folder or lies below it. Everything lies below "".
[[nodiscard]] bool inside(std::string_view path, std::string_view folder);

} // namespace lamp::contacts
