// Our presence session of a person: setting and clearing it, alone or twenty at once (cloud-apis.md A4, A9). Pure.
#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "proto/graph/error.hpp"
#include "proto/graph/guid.hpp"
#include "proto/graph/words.hpp"

namespace lamp::graph {

// --- one person

inline constexpr unsigned session_minutes_min = 5;
inline constexpr unsigned session_minutes_max = 240;

/// The five pairs that a session may have; anything else is refused by the service or has no effect.
[[nodiscard]] bool settable(Pair pair);

/// "/v1.0/users/{guid}/presence/setPresence" and …/clearPresence.
[[nodiscard]] std::string set_presence_target(const Guid& user);
[[nodiscard]] std::string clear_presence_target(const Guid& user);

/// The session id is the application's client id. Minutes are brought into 5 to 240.
void append_set_presence(std::string& out, std::string_view session_id, Pair pair, unsigned minutes);
void append_clear_presence(std::string& out, std::string_view session_id);

// --- up to twenty

inline constexpr std::size_t batch_max = 20;
inline constexpr std::string_view batch_target = "/v1.0/$batch";

/// What shall become of one person's session; without a pair it is cleared.
struct SessionWish {
    Guid user;
    std::optional<Pair> pair;
    unsigned minutes = 15;
};

/// The body for batch_target: wish i has the id i. Writes the first batch_max wishes and returns how many that are.
std::size_t append_batch(std::string& out, std::string_view session_id, std::span<const SessionWish> wishes);

/// The answer to one wish. `retry_after` in seconds, at most a day, or the header's text as it came when that is an
/// HTTP date.
struct BatchAnswer {
    std::size_t index = 0; // of the wish
    int status = 0;
    std::optional<std::chrono::seconds> retry_after;
    std::string retry_after_date;
    std::optional<ErrorBody> error; // absent when the body holds none
};

/// In the order of the service, which is any; of two answers to one wish the first. What is not here was not
/// answered. Ids that are no wish's, and answers without a status, are left out. Error: protocol.
[[nodiscard]] Result<std::vector<BatchAnswer>> read_batch(std::string_view body);

} // namespace lamp::graph
