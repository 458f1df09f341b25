// What proves and opens the deliveries of a subscription: a client state, a mark in the address, and a key pair, made
// anew for each creation. The old ones stay while deliveries for them may still be on their way. Egress loop.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "loop/loop.hpp"
#include "proto/graph/decrypt.hpp"

namespace lamp::teams {

struct Credential {
    std::string mark;         // in the notification address: which creation a subscription in a list is of
    std::string client_state; // a secret
    std::string certificate_id;
    graph::KeyPair pair;
    std::string subscription_id; // once it is known
    Steady retired{};            // Steady(): in use
};

class Credentials {
public:
    static constexpr std::size_t kept_max = 4;
    static constexpr milliseconds retired_for{600'000};

    /// Makes one on a thread of its own, some hundred milliseconds; it is the current one then. Error: unavailable.
    [[nodiscard]] Task<Result<void>> renew(Loop& loop);
    /// The current one; null before the first.
    [[nodiscard]] Credential* current() { return kept_.empty() ? nullptr : kept_.back().get(); }
    /// Whose client state this is, compared in constant time with each.
    [[nodiscard]] Credential* find(std::string_view client_state);
    [[nodiscard]] bool knows_mark(std::string_view mark) const;
    /// Forgets those whose subscriptions are long gone.
    void tidy(Steady now);

private:
    void use(Credential fresh);

    std::deque<std::unique_ptr<Credential>> kept_; // oldest first
    std::jthread maker_;
};

/// 32 random bytes in hexadecimal. Category::unavailable if the system has no randomness to give.
[[nodiscard]] Result<std::string> random_text();

} // namespace lamp::teams
