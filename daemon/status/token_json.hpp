// Tokens as the HTTP interface shows them, and what a request for a new one says. Never a secret. Pure.
#pragma once
#include <string>
#include <string_view>

#include "status/access.hpp"
#include "status/json.hpp"

namespace lamp::status {

/// The members `folders` and `lines`.
void write_scope(JsonWriter& json, const access::Scope& scope);
void write_token(JsonWriter& json, const Identity& token, Wall now);
/// For the audit: "role operator, person alice@example.net, sees folders Sales, until 2027-01-01T00:00:00.000Z".
[[nodiscard]] std::string in_words(const Identity& token);

/// A token without its secret: `name`, `role`, `person`, `folders`, `lines`, `expires`.
/// Refuses other members, empty or long texts, line breaks, an end that has passed.
[[nodiscard]] Result<access::IssuedToken> read_token(std::string_view body, Wall now);

} // namespace lamp::status
