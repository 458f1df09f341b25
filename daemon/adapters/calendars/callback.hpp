// Where services tell of changes: an address of ours that they can reach. Pure, but for the random generator. Any loop.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lamp::calendars {

/// "https://…/hooks/HOOK" below [http] public_url; nothing where it is neither https nor of this machine.
[[nodiscard]] std::optional<std::string> callback_address(const std::string& public_url, std::string_view hook);
/// So many random bytes as base64url.
[[nodiscard]] std::string random_text(std::size_t bytes);

} // namespace lamp::calendars
