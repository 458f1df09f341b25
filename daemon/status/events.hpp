// Hop 6: the live events of /v1/events (server-sent events, WHATWG HTML 9.2). Changes are gathered for one tick,
// rendered once, and each subscriber gets them in one system call. A subscriber is nothing but a place in the history:
// one who cannot take what is offered falls behind, and later reads on from its place, the latest state of each person
// once, or hears `gap` when its place is forgotten. Nobody waits for anybody. Serve loop.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fanout/fanout.hpp"
#include "loop/loop.hpp"
#include "presence/people.hpp"
#include "status/history.hpp"
#include "status/limits.hpp"
#include "status/metrics.hpp"
#include "status/server.hpp"

namespace lamp::status {

/// What a subscriber wants to hear. `gap` always passes.
struct EventFilter {
    EventTypes types = every_event_type;
    std::vector<presence::Slot> persons;  // ascending; empty = everybody
    presence::Slot self = no_slot;        // who listens
    bool sees_private = false;            // also with whom people talk who do not publish their calls
    std::shared_ptr<const Reach> reach{}; // of whom the reader may know; null: of everybody
    std::string token{};                  // whose it is
    std::optional<Wall> expires{};        // the reader is sent away then

    /// True if nothing of a batch with these types would be left out.
    [[nodiscard]] bool wants_all(EventTypes occurring) const {
        return persons.empty() && !reach && (occurring & ~(types | bit(EventType::gap))) == 0;
    }
    [[nodiscard]] bool wants(EventType type, presence::Slot slot, const ForWhom& whom = {}) const;
    /// Whether an event for some is for this one.
    [[nodiscard]] bool belongs(Audience audience, presence::Slot slot) const {
        bool inside = sees_private || (slot != no_slot && slot == self);
        return audience == Audience::everybody || (audience == Audience::insiders) == inside;
    }
};

struct EventCounters {
    Counter events;     // that came, by number
    Counter rendered;   // frames made for everybody
    Counter deliveries; // frames given to a subscriber
    Counter sends;      // system calls for them
    Counter gaps;       // subscribers who were told of a lost span
    Counter behind;     // times that a subscriber fell behind
};

class Events {
public:
    /// Appends the presence object of a slot; false when that person is not (any more) listed.
    using Render = std::function<bool(std::string& out, presence::Slot slot)>;

    Events(Loop& loop, const Limits& limits, milliseconds flush, Render render);
    ~Events();

    /// The sink that hears of changes; before anything else.
    void use_sink(fanout::Sink& sink) { sink_ = &sink; }
    /// The sink was woken: the next tick drains it.
    void wake();
    /// An event of another room.
    void publish(EventType type, presence::Slot slot, std::string json, const ForWhom& whom = {});
    /// Of people whose row has changed; presence is sent again.
    void touch(presence::Slot slot);
    /// What the history still has of events that are so is gone; gives how many those were.
    std::size_t forget(const std::function<bool(std::string_view json)>& so) { return history_.forget(so); }
    void expect_slots(std::size_t slots) { history_.expect_slots(slots); }

    /// Answers the call with a stream. `last_id` is what Last-Event-ID said; `snapshot` null: none is wanted.
    void subscribe(Call& call, EventFilter filter, std::optional<std::string_view> last_id,
                   std::shared_ptr<const presence::People> snapshot);
    /// Once a second: heartbeats.
    void sweep(Steady now);
    /// Says goodbye to every subscriber; they may come again.
    void dismiss();
    /// Only to those who came with this token.
    void dismiss_token(std::string_view token);
    /// The same for good.
    void close();

    [[nodiscard]] std::size_t subscribers() const { return subscribers_.size(); }
    [[nodiscard]] const EventCounters& counters() const { return counters_; }
    [[nodiscard]] const std::string& instance() const { return instance_; }

private:
    struct Frame {
        EventType type;
        presence::Slot slot;
        ForWhom whom;
        std::size_t begin;
        std::size_t end;
    };
    struct Batch {
        std::string bytes;
        std::vector<Frame> frames;
        EventTypes types = 0;  // that occur
        bool for_some = false; // there are frames that are not for everybody
    };
    class Subscriber;
    using Text = std::shared_ptr<const std::string>;

    // events.cpp: gathering
    void arm();
    void flush();
    void gather();
    void add(EventType type, presence::Slot slot, Text json, const ForWhom& whom = {});
    void deliver_pending();
    [[nodiscard]] bool append_event(std::string& out, std::uint64_t number);
    static void append_gap(std::string& out, std::string_view reason);
    void append_id(std::string& out, std::uint64_t number) const;
    [[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view id) const;

    // subscriber.cpp: giving
    void give(Subscriber& one, const std::shared_ptr<Batch>& batch);
    void give_selection(Subscriber& one, const Batch& batch);
    void proceed(Subscriber& one);
    [[nodiscard]] bool send_rest(Subscriber& one);
    void fill_snapshot(Subscriber& one, std::string& out);
    void fill_missed(Subscriber& one, std::string& out);
    [[nodiscard]] bool send(Subscriber& one, std::string_view bytes, const Text& shared);
    void remove(Subscriber& one);
    void beat(Subscriber& one, Steady now);
    void dismiss(Subscriber& one);

    Loop& loop_;
    const Limits limits_;
    milliseconds flush_;
    Render render_;
    fanout::Sink* sink_ = nullptr;
    std::string instance_;
    std::uint64_t pending_max_;
    History history_;
    std::uint64_t delivered_ = 0; // what subscribers who keep up have
    asio::steady_timer timer_;
    bool armed_ = false;
    bool closed_ = false;
    Steady last_flush_{};
    std::vector<std::unique_ptr<Subscriber>> subscribers_;
    std::vector<std::unique_ptr<Subscriber>> departed_; // until nobody stands in their functions
    std::shared_ptr<Batch> batch_;                      // used again when nobody holds it
    std::string scratch_;
    EventCounters counters_;
};

} // namespace lamp::status
