// One access token's life: when it is used, renewed, given up, and how long a failing login stays silent.
// A machine without Asio: every question brings its `now`. Expiry is counted on the steady clock.
#pragma once
#include <cstdint>
#include <optional>
#include <random>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/secret.hpp"
#include "http/token_answer.hpp"

namespace lamp::http {

class TokenKeeper {
public:
    explicit TokenKeeper(std::uint64_t seed = std::random_device()());

    enum class Step : std::uint8_t {
        use,           // `token()` is good
        use_and_fetch, // it is good, and old enough that a new one should be asked for now
        fetch,         // there is none: ask
        refuse,        // there is none and it is too early to ask again: `error()`
    };
    [[nodiscard]] Step step(Steady now) const;
    [[nodiscard]] const Secret& token() const { return token_; }
    [[nodiscard]] bool failed_last() const { return error_.has_value(); }
    /// Why the last fetch failed. Only after a failure.
    [[nodiscard]] const Error& error() const { return *error_; }

    /// `asked`: when the request was sent, from which the life is counted.
    void granted(const GrantedToken& granted, Steady asked);
    void failed(TokenFailure failure, Steady now);
    /// The service refused this token (401). Another one than the current is a latecomer and changes nothing. When
    /// token after token is refused within half a minute of its birth, the next ones are asked for ever more slowly.
    void reject(const Secret& token, Steady now);

    /// There is a token, and it is not so young that a new one could hardly differ.
    [[nodiscard]] bool worth_renewing(Steady now) const;

    [[nodiscard]] Steady renew_at() const { return renew_at_; }
    [[nodiscard]] Steady expires_at() const { return expires_at_; }
    [[nodiscard]] Steady silent_until() const { return silent_until_; }
    [[nodiscard]] int failures() const { return failures_; } // in a row

private:
    Secret token_;
    std::optional<Error> error_;
    Steady born_{};
    Steady renew_at_{};
    Steady expires_at_{};
    Steady silent_until_{};
    Backoff brief_;
    Backoff long_;
    Backoff unwanted_;
    int failures_ = 0;
    int young_rejections_ = 0;
    std::minstd_rand random_;
};

} // namespace lamp::http
