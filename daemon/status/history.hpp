// The last events, by number. A presence event is kept as *who*, not *what*: whoever reads it later gets the present
// state, once, so that a reader who was away or slow costs nothing while it is behind. Serve loop.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "presence/words.hpp"
#include "status/event_types.hpp"
#include "status/reach.hpp"

namespace lamp::status {

inline constexpr presence::Slot no_slot = ~presence::Slot{0};

/// Who may hear of an event, beyond whom it is about.
struct ForWhom {
    Audience audience = Audience::everybody;
    LineMark line = 0; // of a call
};

struct Event {
    EventType type = EventType::presence;
    presence::Slot slot = no_slot;
    ForWhom whom;
    std::shared_ptr<const std::string> json; // null for presence
};

class History {
public:
    /// At most `events` of them, and at most `bytes` of JSON.
    History(std::size_t events, std::size_t bytes) : ring_(events), bytes_max_(bytes) {}

    /// Returns its number, from 1.
    std::uint64_t add(EventType type, presence::Slot slot, std::shared_ptr<const std::string> json = {},
                      const ForWhom& whom = {});
    [[nodiscard]] std::uint64_t last() const { return last_; }
    /// Everything after `number` is still here.
    [[nodiscard]] bool reaches(std::uint64_t number) const { return number <= last_ && number + 1 >= first_; }
    /// Of a number for which `reaches(number - 1)` holds.
    [[nodiscard]] const Event& at(std::uint64_t number) const { return ring_[number % ring_.size()]; }
    /// False for presence that a later event of the same person has overtaken, and for what was forgotten.
    [[nodiscard]] bool current(std::uint64_t number) const;
    /// Events whose JSON is so lose it: whoever reads on from before does not get them. Gives how many those were.
    std::size_t forget(const std::function<bool(std::string_view json)>& so);
    /// Makes room for that many people beforehand.
    void expect_slots(std::size_t slots);

private:
    void forget_first();

    std::vector<Event> ring_;
    std::vector<std::uint32_t> newest_; // by slot, the low half of a number: more than one turn of the ring apart
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::uint64_t first_ = 1;
    std::uint64_t last_ = 0;
};

} // namespace lamp::status
