// Streaming channels, channel sets, heartbeats and acknowledgements (xsi.md 4 and 6.2-6.3).
// A document goes out over one live channel of its set; until it is acknowledged it is kept for the next one.
#pragma once

#include "../http_server.hpp"
#include "../loop.hpp"
#include "framing.hpp"
#include "settings.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sim::bw {

using SetIndex = std::uint32_t;
using LoginIndex = std::uint32_t;
inline constexpr SetIndex no_set = UINT32_MAX;

// What an event belongs to, so that an answer of 481 can be acted upon.
struct EventOwner {
    std::uint32_t subscription = 0;
    std::uint32_t serial = 0;
};

class SetWatcher {
public:
    virtual ~SetWatcher() = default;
    virtual void set_gone(SetIndex set) = 0;
    virtual void subscription_unknown(EventOwner owner) = 0; // 481
};

struct ChannelRequest {
    LoginIndex login = 0;
    int listener = 0;
    std::string set;
    std::string application;
    std::int64_t priority = 1;
    std::int64_t weight = 50;
    std::int64_t expires = 3600;
};

struct Channel {
    std::uint64_t number = 0;
    std::string id;
    std::string cookie;
    SetIndex set = no_set;
    int listener = 0;
    std::int64_t priority = 1;
    std::int64_t weight = 50;
    std::int64_t balance = 0; // of the weighted round robin
    std::int64_t expires = 3600;
    std::int64_t expires_at = 0;
    std::int64_t heartbeat_at = 0;
    std::int64_t events = 0;
    bool mute = false; // heartbeats are answered 200 but nothing is written any more
    http::Stream stream;
    Framing framing;
};

struct ChannelSet {
    std::string id;
    std::string application;
    LoginIndex login = 0;
    std::vector<std::uint64_t> channels;
    std::int64_t emptied_at = 0;      // 0 while a channel lives
    std::deque<std::uint64_t> parked; // events that wait for a channel
};

struct Counters {
    std::uint64_t events = 0;
    std::uint64_t acks = 0;
    std::uint64_t late_acks = 0;    // of events acknowledged before
    std::uint64_t unknown_acks = 0; // of eventIDs never issued
    std::uint64_t refused_acks = 0; // malformed EventResponse documents
    std::uint64_t resent = 0;
    std::uint64_t dropped = 0;
    std::uint64_t heartbeats = 0;
    std::uint64_t channels_opened = 0;
    std::uint64_t channels_ended = 0;
    std::uint64_t non_responsive = 0;
    std::uint64_t ack_ms_max = 0;
};

class Channels {
public:
    Channels(Loop& loop, const Settings& settings);
    void watch(SetWatcher& watcher) { watcher_ = &watcher; }

    // Ends an older set of the same login and application. Null when the set has too many channels.
    Channel* open(const ChannelRequest& request);
    void attach(Channel& channel, http::Stream stream) { channel.stream = std::move(stream); }
    void gone(std::uint64_t number); // the connection is over

    Channel* find(std::string_view id);
    ChannelSet* set(SetIndex index);
    SetIndex find_set(LoginIndex login, std::string_view id) const;
    std::vector<Channel*> on_host(int listener); // -1 = all
    const std::map<std::uint64_t, std::unique_ptr<Channel>>& all() const { return channels_; }
    std::int64_t clamp(std::int64_t expires) const;

    void heartbeat(Channel& channel, bool echo);
    void refresh(Channel& channel, std::int64_t expires);
    void terminate(Channel& channel, std::string_view reason); // ChannelTerminatedEvent, then the end
    void terminate_set(SetIndex set, std::string_view reason);
    void kill(Channel& channel, std::string_view how); // eof | close | rst | stall | mute

    // A new event number, and the document that carries it (`channel_at`: where its 36-character channelId stands).
    std::uint64_t next_event() { return ++last_event_; }
    static std::string event_id(std::uint64_t event);
    void send(SetIndex set, std::uint64_t event, EventOwner owner, std::string document, std::size_t channel_at);
    void write_raw(int host, std::string_view bytes);      // as one chunk
    void write_document(int host, std::string_view bytes); // through the framing

    enum class Ack { ok, unknown, wrong_host };
    Ack acknowledge(std::string_view event_id, int status, int listener, std::string_view cookie);

    std::size_t unacknowledged() const { return pending_.size(); }
    Counters counters;

    Framing new_framing; // of channels opened from now on

    // Faults on what is written next; counted down at use.
    std::int64_t duplicate_next = 0;
    std::int64_t reorder_next = 0;
    std::int64_t lose_next = 0;
    std::int64_t latin1_next = 0;

private:
    struct Pending {
        EventOwner owner;
        SetIndex set = no_set;
        std::uint64_t channel = 0; // 0 while parked
        std::vector<std::uint64_t> tried;
        std::size_t channel_at = 0;
        std::int64_t sent_at = 0;
        std::string document;
    };

    Channel* choose(ChannelSet& set, const std::vector<std::uint64_t>& except);
    bool transmit(std::uint64_t event, Pending& pending);
    void write(Channel& channel, std::string_view document);
    void move_on(std::uint64_t event, bool must_differ);
    void remove(Channel& channel);
    void drop_set(SetIndex set);
    void sweep();
    std::int64_t now() const { return Loop::steady_ms(); }

    Loop& loop_;
    const Settings& settings_;
    SetWatcher* watcher_ = nullptr;
    std::map<std::uint64_t, std::unique_ptr<Channel>> channels_;
    std::unordered_map<SetIndex, ChannelSet> sets_;
    std::unordered_map<std::uint64_t, Pending> pending_;
    std::deque<std::pair<std::int64_t, std::uint64_t>> deadlines_; // sent at, event
    std::uint64_t last_event_ = 0;
    std::uint64_t last_channel_ = 0;
    SetIndex last_set_ = 0;
    std::string held_back_; // by reorder_next
};

} // namespace sim::bw
