// What the answer of an OAuth 2 token endpoint means (RFC 6749 sections 5.1 and 5.2, and how Microsoft, Google, Zoom,
// GoTo and Zoho differ from it). Pure: no loop, no clock.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "http/message.hpp"

namespace lamp::http {

struct GrantedToken {
    Secret access_token;
    seconds life;            // expires_in; ten minutes when the service does not say
    Secret refresh_token;    // a new one to be used from now on; empty: the old one stays
    std::string principal{}; // GoTo: the e-mail address of whom the token stands for
};

/// How long to keep silent after a failure.
enum class Patience : std::uint8_t {
    brief, // 1 s … 60 s: it may be over in a moment
    long_, // 30 s … 10 min: a person must act (wrong secret, missing consent)
};

struct TokenFailure {
    Error error;
    Patience patience = Patience::brief;
    std::optional<seconds> retry_after{};
    bool clock_may_be_wrong = false; // invalid_client or invalid_grant: what a signed assertion with a wrong time gets
};

/// `host` is who answered, for the sentence. Categories: unauthorised (invalid_client, unauthorized_client,
/// invalid_grant, 401 …), invalid (invalid_scope, invalid_request …), forbidden, not_found, throttled, unavailable
/// (5xx, temporarily_unavailable), protocol (HTML, no JSON, no access_token, a redirection). The sentence has the
/// service's `error`, the first sentence of its `error_description` and its trace id; never the body.
[[nodiscard]] std::expected<GrantedToken, TokenFailure> read_token_answer(const Answer& answer, std::string_view host,
                                                                          Wall now);

} // namespace lamp::http
