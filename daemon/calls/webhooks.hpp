// What is shown of webhooks (targets of the outbox), and what may be asked of them. Values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace lamp::calls {

struct WebhookView {
    std::string name;
    std::string format; // json, teams, slack, mail, template
    std::string place;  // "https://hooks.example.net": the path may be a secret and is not shown; of mail the server
    std::string state;  // up, retrying, disabled (the receiver said 410: gone)
    std::uint64_t waiting = 0;
    std::uint64_t dead = 0; // in dead letters
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;     // attempts
    std::uint64_t refused = 0;    // events that found the queue full
    std::optional<Wall> oldest{}; // of those that wait
    std::optional<Wall> last_success{};
    std::optional<Wall> next_attempt{}; // while it is retrying
    std::string last_error{};           // empty: none since the last success
    bool operator==(const WebhookView&) const = default;
};

/// What was given up.
struct DeadLetter {
    std::int64_t id = 0;
    std::string webhook;
    std::string key; // Idempotency-Key
    std::string event;
    Wall made{};
    Wall died{};
    std::uint32_t attempts = 0;
    std::string reason;
    bool operator==(const DeadLetter&) const = default;
};

enum class WebhookVerb : std::uint8_t {
    test,   // sends one event "test" at once, by-passing the queue; tells how it went
    replay, // dead letters wait again, with the same keys; a disabled webhook is tried again
    drop,   // dead letters are deleted
};
[[nodiscard]] std::string_view name(WebhookVerb verb);

struct WebhookOrder {
    std::string webhook;
    WebhookVerb verb{};
    std::optional<std::int64_t> letter{}; // this one only; else all of the webhook's
    std::string by{};                     // the token's name, for the log
};
/// What came of it.
struct WebhookDone {
    std::uint64_t count = 0; // dead letters; of a test 1
    std::string text;        // a sentence
};

} // namespace lamp::calls
