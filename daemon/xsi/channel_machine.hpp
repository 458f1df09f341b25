// One streaming channel as a machine: when to open, beat, refresh, give up, wait and stop (xsi.md 4). Pure: inputs
// come with `now`, and `next` says what to do; the coroutines around it only perform that. Being one machine, a
// heartbeat without a channel cannot be sent (xsi.md 12.5).
#pragma once
#include <optional>
#include <string>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/limits.hpp"

namespace lamp::xsi {

class ChannelMachine {
public:
    struct Timing {
        milliseconds heartbeat{15'000};
        long expires_s = 3600; // asked for; what counts is what the server returns
        std::uint64_t seed = 1;
        milliseconds first_document = limits::xsi_first_channel_wait;
    };

    enum class State : std::uint8_t {
        waiting, // for the end of a back-off
        opening, // POST sent, no Channel document yet
        up,
        stopped, // a person must act; tries again after a long while
        ended,   // we are shutting down
    };
    enum class Action : std::uint8_t {
        nothing,
        open,      // POST the channel and read its stream
        heartbeat, // PUT …/heartbeat
        refresh,   // PUT …/channel/{id}
        abandon,   // drop the connection: the stream is dead or never came up
    };
    /// Why a channel ended, for the status page and for what comes next.
    enum class End : std::uint8_t {
        none,
        connection,  // refused, reset, end of stream
        silence,     // nothing in the stream although heartbeats are answered
        no_channel,  // 200 and then no Channel document for 30 s
        refused,     // HTTP said no: 404, 403 …
        unavailable, // 502, 503, 504: a front end whose servers are away
        html,        // a web page instead of XSI: shield or portal
        gone,        // heartbeat or refresh: the server knows no such channel
        heartbeat_lost,
        login, // 401
        duplicate_channel_set,
        user_deleted,
        non_responsive,
        explicit_delete,
        expired,
        unknown_channel,
        shutdown,
    };

    explicit ChannelMachine(Timing timing);

    /// What is to be done now; each action is given once.
    [[nodiscard]] Action next(Steady now);
    /// When `next` may have something new to say if nothing happens before.
    [[nodiscard]] Steady wake_at() const;

    // --- inputs
    void on_channel(std::string id, long expires_s, Steady now); // the Channel document
    void on_stream(Steady now);                                  // any document in the stream
    void on_heartbeat_answer(bool ok, bool gone, Steady now);
    void on_refresh_answer(bool ok, bool gone, std::optional<long> expires_s, Steady now);
    /// The stream ended or never began. `retry_after` is the server's wish.
    void on_end(End why, Steady now, std::optional<milliseconds> retry_after = std::nullopt);
    void on_terminated(std::string_view reason, Steady now); // ChannelTerminatedEvent
    void shut_down() { state_ = State::ended; }
    /// The configuration or a person says: try now.
    void retry_now(Steady now);

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] bool up() const { return state_ == State::up; }
    [[nodiscard]] const std::string& channel_id() const { return channel_id_; }
    [[nodiscard]] End last_end() const { return last_end_; }
    [[nodiscard]] Steady last_stream() const { return last_stream_; }

private:
    void wait(milliseconds how_long, Steady now, State state = State::waiting);
    [[nodiscard]] Steady silent_at() const;

    Timing timing_;
    Backoff errors_;      // HTTP answered, and said no
    Backoff connections_; // nobody there: a cheap knock every few seconds, so that we are back soon after they are
    State state_ = State::waiting;
    End last_end_ = End::none;
    std::string channel_id_;
    Steady retry_at_{};
    Steady opened_at_{};
    Steady up_since_{};
    Steady last_stream_{};
    Steady heartbeat_at_{};
    Steady heartbeat_ok_{};
    Steady refresh_at_{};
    Steady expires_at_{};
    bool heartbeat_pending_ = false;
    bool refresh_pending_ = false;
};

[[nodiscard]] std::string_view text(ChannelMachine::End end); // for people: what happened and what to do
[[nodiscard]] std::string_view name(ChannelMachine::State state);

} // namespace lamp::xsi
