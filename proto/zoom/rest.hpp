// Answers of Zoom's REST API (cloud-apis.md C3): users, one user's presence, errors. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "proto/zoom/words.hpp"

namespace lamp::zoom {

struct User {
    std::string id;
    std::string email; // lower case
    bool operator==(const User&) const = default;
};
struct UserPage {
    std::vector<User> users; // those that have an id and are not inactive
    std::string next;        // the token of the next page; empty: this is the last one
};
/// Error: protocol; no JSON object with a list of users.
[[nodiscard]] Result<UserPage> read_users(std::string_view body);

struct Presence {
    State state = State::unknown;
    std::string word; // as it was written
};
/// Error: protocol; no JSON object with a status.
[[nodiscard]] Result<Presence> read_presence(std::string_view body);

struct ErrorBody {
    std::string code;    // "124", "invalid_client"
    std::string message; // may be empty
};
/// {"code":124,"message":"…"} or {"error":"…","reason":"…"}; nothing from any other body.
[[nodiscard]] std::optional<ErrorBody> read_error(std::string_view body);

/// Until when a 429 asks for silence. Zoom writes dates in Retry-After (ISO 8601), others write seconds. Nothing when
/// it cannot be read; never before `now`.
[[nodiscard]] std::optional<Wall> read_retry_after(std::string_view text, Wall now);

} // namespace lamp::zoom
