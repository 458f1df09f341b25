#include "xsi/channel_machine.hpp"

#include <algorithm>
#include <array>

#include "base/limits.hpp"

namespace lamp::xsi {
namespace {

using std::chrono::minutes;

constexpr milliseconds error_backoff_first{1000};
constexpr milliseconds error_backoff_max{60'000};
constexpr milliseconds connect_backoff_first{500};
constexpr milliseconds connect_backoff_max{3000};
constexpr minutes stopped_for{10};
constexpr seconds server_patience{30}; // xsi.md 4.3: the server's usual inactivity limit
constexpr seconds heartbeat_retry{10};
constexpr minutes refresh_retry{1};
constexpr minutes longest_wish{5}; // a Retry-After of a day must not make us blind for a day
constexpr minutes stable_after{1}; // a channel that lived this long clears the back-off

} // namespace

ChannelMachine::ChannelMachine(Timing timing)
    : timing_(timing),
      errors_(error_backoff_first, error_backoff_max, timing.seed),
      connections_(connect_backoff_first, connect_backoff_max, timing.seed + 1) {}

ChannelMachine::Action ChannelMachine::next(Steady now) {
    switch (state_) {
    case State::ended: return Action::nothing;
    case State::waiting:
    case State::stopped:
        if (now < retry_at_) return Action::nothing;
        state_ = State::opening;
        opened_at_ = now;
        return Action::open;
    case State::opening:
        if (now - opened_at_ < timing_.first_document) return Action::nothing;
        on_end(End::no_channel, now);
        return Action::abandon;
    case State::up: break;
    }
    if (now - up_since_ > stable_after) {
        errors_.reset();
        connections_.reset();
    }
    if (now >= silent_at()) return on_end(End::silence, now), Action::abandon;
    if (now - heartbeat_ok_ >= std::max<Steady::duration>(2 * timing_.heartbeat, server_patience))
        return on_end(End::heartbeat_lost, now), Action::abandon;
    if (now >= expires_at_) return on_end(End::expired, now), Action::abandon;
    if (!refresh_pending_ && now >= refresh_at_) return refresh_pending_ = true, Action::refresh;
    if (!heartbeat_pending_ && now >= heartbeat_at_) {
        heartbeat_pending_ = true;
        heartbeat_at_ = now + timing_.heartbeat;
        return Action::heartbeat;
    }
    return Action::nothing;
}

Steady ChannelMachine::wake_at() const {
    switch (state_) {
    case State::ended: return Steady::max();
    case State::waiting:
    case State::stopped: return retry_at_;
    case State::opening: return opened_at_ + timing_.first_document;
    case State::up: break;
    }
    auto at = std::min(silent_at(), expires_at_);
    if (!refresh_pending_) at = std::min(at, refresh_at_);
    if (!heartbeat_pending_) at = std::min(at, heartbeat_at_);
    return std::min(at, heartbeat_ok_ + std::max<Steady::duration>(2 * timing_.heartbeat, server_patience));
}

// The server writes a ChannelHeartBeat for each of our heartbeats: two and a half missing ones are silence. PUTs that
// are answered prove nothing about the stream (xsi.md 12.2).
Steady ChannelMachine::silent_at() const {
    return last_stream_ + timing_.heartbeat * 5 / 2 + milliseconds(2500);
}

void ChannelMachine::on_channel(std::string id, long expires_s, Steady now) {
    if (state_ != State::opening || id.empty()) return;
    state_ = State::up;
    channel_id_ = std::move(id);
    up_since_ = last_stream_ = heartbeat_ok_ = now;
    heartbeat_at_ = now + timing_.heartbeat;
    heartbeat_pending_ = refresh_pending_ = false;
    last_end_ = End::none;
    on_refresh_answer(true, false, expires_s, now);
}

void ChannelMachine::on_stream(Steady now) {
    last_stream_ = now;
}

void ChannelMachine::on_heartbeat_answer(bool ok, bool gone, Steady now) {
    if (state_ != State::up) return;
    heartbeat_pending_ = false;
    if (ok) heartbeat_ok_ = now;
    // Sooner than the usual interval, counted from the one that failed: one lost answer does not cost the channel.
    auto sent = heartbeat_at_ - timing_.heartbeat;
    auto again = sent + std::min<milliseconds>(timing_.heartbeat * 2 / 3, heartbeat_retry);
    if (!ok) heartbeat_at_ = std::max<Steady>(again, now + seconds(1));
    if (gone) on_end(End::gone, now);
}

void ChannelMachine::on_refresh_answer(bool ok, bool gone, std::optional<long> expires_s, Steady now) {
    if (state_ != State::up) return;
    refresh_pending_ = false;
    if (gone) return on_end(End::gone, now);
    if (!ok) { // a short life leaves less time for another attempt
        refresh_at_ = now + std::clamp<Steady::duration>((expires_at_ - now) / 4, milliseconds(250), refresh_retry);
        return;
    }
    // Half of what the server *returned*, which may be less or far more than what was asked (xsi.md 12.7).
    auto life = seconds(std::clamp(expires_s.value_or(timing_.expires_s), 2L, 2147483647L));
    refresh_at_ = now + life / 2;
    expires_at_ = now + life;
}

void ChannelMachine::on_end(End why, Steady now, std::optional<milliseconds> retry_after) {
    if (retry_after) retry_after = std::min<milliseconds>(*retry_after, longest_wish);
    bool for_good = why == End::duplicate_channel_set || why == End::user_deleted || why == End::login;
    if (state_ == State::ended || state_ == State::stopped) return;
    if (state_ == State::waiting && last_end_ != End::none && !for_good) return; // over already
    last_end_ = why;
    channel_id_.clear();
    switch (why) {
    case End::duplicate_channel_set: // somebody else uses our application id: fighting helps nobody (xsi.md 12.13)
    case End::user_deleted:
    case End::login: // wrong passwords lock accounts (xsi.md 12.6)
        return wait(stopped_for, now, State::stopped);
    case End::shutdown: state_ = State::ended; return;
    case End::connection:
    case End::silence:
    case End::gone:
    case End::heartbeat_lost:
    case End::expired:
    case End::explicit_delete:
    case End::unknown_channel:
    case End::non_responsive: return wait(connections_.next(), now);
    // The way back from an outage that a load balancer answers for is as short as from one that nobody answers for.
    case End::unavailable: return wait(std::max(retry_after.value_or(milliseconds(0)), connections_.next()), now);
    case End::none:
    case End::no_channel:
    case End::refused:
    case End::html: return wait(std::max(errors_.next(), retry_after.value_or(milliseconds(0))), now);
    }
}

void ChannelMachine::on_terminated(std::string_view reason, Steady now) {
    struct Row {
        std::string_view reason;
        End end;
    };
    static constexpr std::array rows{
        Row{"DuplicateChannelSet", End::duplicate_channel_set},
        Row{"UserDeleted", End::user_deleted},
        Row{"NonResponsiveChannel", End::non_responsive},
        Row{"ExplicitDelete", End::explicit_delete},
        Row{"Expired", End::expired},
        Row{"UnknownChannel", End::unknown_channel},
    };
    for (const Row& row : rows)
        if (row.reason == reason) return on_end(row.end, now);
    on_end(End::connection, now);
}

void ChannelMachine::wait(milliseconds how_long, Steady now, State state) {
    state_ = state;
    retry_at_ = now + how_long;
}

void ChannelMachine::retry_now(Steady now) {
    if (state_ != State::waiting && state_ != State::stopped) return;
    state_ = State::waiting;
    retry_at_ = now;
}

std::string_view text(ChannelMachine::End end) {
    using End = ChannelMachine::End;
    switch (end) {
    case End::none: return "";
    case End::connection: return "the connection ended";
    case End::silence: return "nothing came in the stream although heartbeats were sent; is a proxy buffering it?";
    case End::no_channel: return "the server accepted the channel and never sent its Channel document";
    case End::refused: return "the server refused the channel";
    case End::unavailable: return "the server is not available";
    case End::html: return "a web page came instead of XSI: blocked by the operator's front end (address not allowed?)";
    case End::gone: return "the server no longer knows the channel";
    case End::heartbeat_lost: return "heartbeats were not answered";
    case End::login: return "the login was refused; correct username and password, then reload";
    case End::duplicate_channel_set:
        return "another client uses the same application_id and login; give this daemon its own application_id";
    case End::user_deleted: return "the login was deleted on the platform";
    case End::non_responsive: return "the server missed our event responses";
    case End::explicit_delete: return "the channel was deleted on the platform";
    case End::expired: return "the channel expired";
    case End::unknown_channel: return "the server was told that the channel is unknown";
    case End::shutdown: return "shutting down";
    }
    return "";
}

std::string_view name(ChannelMachine::State state) {
    using State = ChannelMachine::State;
    switch (state) {
    case State::waiting: return "down";
    case State::opening: return "opening";
    case State::up: return "up";
    case State::stopped: return "stopped";
    case State::ended: return "down";
    }
    return "down";
}

} // namespace lamp::xsi
