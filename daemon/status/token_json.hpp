// Tokens as the HTTP interface shows them, and what a request for a new one says. Never a secret. Pure.
#pragma once
#include <string>
#include <string_view>

#include "access/ticket.hpp"
#include "status/access.hpp"
#include "status/json.hpp"

namespace lamp::status {

/// The members `folders` and `lines`.
void write_scope(JsonWriter& json, const access::Scope& scope);
void write_token(JsonWriter& json, const Identity& token, Wall now);
/// The same with its secret: the one time that it is shown.
[[nodiscard]] std::string made_token(const Identity& token, std::string_view secret, Wall now);
void write_ticket(JsonWriter& json, const access::Ticket& ticket, Wall now);
/// For the audit: "role operator, person alice@example.net, sees folders Sales, until 2027-01-01T00:00:00.000Z".
[[nodiscard]] std::string in_words(const Identity& token);

/// A token without its secret: `name`, `role`, `person`, `folders`, `lines`, `expires`.
/// Refuses other members, empty or long texts, line breaks, an end that has passed.
[[nodiscard]] Result<access::IssuedToken> read_token(std::string_view body, Wall now);

/// The same for a ticket: `expires` is the ticket's own end, a time, a date or a duration from 1m to 30d (24h where it
/// is not said), `token_expires` that of the token.
[[nodiscard]] Result<access::Ticket> read_ticket(std::string_view body, Wall now);

} // namespace lamp::status
