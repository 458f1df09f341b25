// All that bears one UID, as it takes place in the window: the master's times, less what is excepted, with what was
// changed in its stead. Pure.
#pragma once
#include <vector>

#include "proto/ical/event.hpp"

namespace lamp::ical {

/// Has at least one event once it is asked.
class Series {
public:
    /// Adds an event of this UID.
    void add(Event event);
    /// Of several versions the latest one stays (SEQUENCE, then DTSTAMP, then the place in the file).
    void settle(Warnings& warnings);

    /// Appends what overlaps the window. False: the budget ended first; what there is, is the earliest.
    [[nodiscard]] bool expand(const Question& question, Budget& budget, Warnings& warnings,
                              std::vector<Occurrence>& out) const;
    [[nodiscard]] std::size_t line() const; // of its first event
    [[nodiscard]] const std::string& uid() const;

private:
    struct Slot {
        Wall at{};
        Local time{}; // in the master's zone
        std::optional<Length> length{};
    };
    struct Following; // the changes that hold from a slot on
    struct Telling;   // where to, and how much more

    [[nodiscard]] bool is_series() const;
    [[nodiscard]] static Moment slot_of(const Event& master, const Moment& written);
    [[nodiscard]] static bool slots_of(const Event& master, const Question& question, seconds reach_back,
                                       seconds reach_on, Budget& budget, std::vector<Slot>& slots);
    static void leave_out(const Event& master, const Reach& reach, Budget& budget, std::vector<Slot>& slots);
    [[nodiscard]] bool tell_master(const Event& master, const Question& question, Budget& budget,
                                   Telling& telling) const;

    [[nodiscard]] const Event& first() const { return masters_.empty() ? changes_.front() : masters_.front(); }

    std::vector<Event> masters_{}, changes_{};
};

} // namespace lamp::ical
