#include "adapters/zoom/reading_plan.hpp"

#include <unordered_set>

namespace lamp::zoom {

void ReadingPlan::use_people(std::span<const Slot> slots, Steady now) {
    std::unordered_set<Slot> wanted(slots.begin(), slots.end());
    std::erase_if(people_, [&](const auto& one) {
        if (wanted.contains(one.first)) return false;
        unschedule(one.first, one.second);
        waiting_first_ -= one.second.asked ? 0 : 1;
        live_people_ -= one.second.live ? 1 : 0;
        return true;
    });
    for (Slot slot : slots) {
        auto [at, fresh] = people_.try_emplace(slot);
        if (!fresh) continue;
        ++waiting_first_;
        schedule(slot, at->second, now, false);
    }
}

void ReadingPlan::unschedule(Slot slot, const Person& person) {
    (person.urgent ? urgent_ : calm_).erase({person.due, slot});
}

void ReadingPlan::schedule(Slot slot, Person& person, Steady due, bool urgent) {
    unschedule(slot, person);
    person.due = due;
    person.urgent = urgent;
    (urgent ? urgent_ : calm_).emplace(due, slot);
}

void ReadingPlan::not_later_than(Slot slot, Steady when) {
    auto at = people_.find(slot);
    if (at == people_.end() || at->second.missing > 0) return;
    Person& person = at->second;
    if (person.reading)
        person.wanted = person.wanted ? std::min(*person.wanted, when) : when;
    else if (when < person.due || !person.urgent)
        schedule(slot, person, std::min(when, person.due), true);
}

std::optional<Slot> ReadingPlan::next(Steady now) {
    bool urgent = due(urgent_) <= now;
    bool calm = due(calm_) <= now;
    if (!urgent && !calm) return std::nullopt;
    bool take_calm = calm && (!urgent || calm_next_);
    calm_next_ = !take_calm;
    Schedule& list = take_calm ? calm_ : urgent_;
    Slot slot = list.begin()->second;
    list.erase(list.begin());
    people_.at(slot).reading = true;
    return slot;
}

void ReadingPlan::settle(Slot slot, Person& person, Steady due) {
    person.reading = false;
    bool urgent = person.live || person.wanted;
    if (person.wanted) due = std::min(due, *std::exchange(person.wanted, std::nullopt));
    schedule(slot, person, due, urgent);
}

void ReadingPlan::read(Slot slot, bool live, Steady now) {
    auto at = people_.find(slot);
    if (at == people_.end()) return;
    Person& person = at->second;
    if (!std::exchange(person.asked, true)) --waiting_first_;
    person.missing = 0;
    if (std::exchange(person.live, live) != live) live ? ++live_people_ : --live_people_;
    auto wait = interval(live);
    std::uniform_int_distribution<milliseconds::rep> earlier(0, wait.count() / 10);
    settle(slot, person, now + wait - milliseconds(earlier(random_)));
}

void ReadingPlan::failed(Slot slot, Steady now, milliseconds after) {
    auto at = people_.find(slot);
    if (at != people_.end()) settle(slot, at->second, now + after);
}

void ReadingPlan::missing(Slot slot, Steady now) {
    auto at = people_.find(slot);
    if (at == people_.end()) return;
    Person& person = at->second;
    if (!std::exchange(person.asked, true)) --waiting_first_;
    if (std::exchange(person.live, false)) --live_people_;
    auto wait = std::min(missing_longest, missing_first * (1 << std::min(person.missing++, 5)));
    person.wanted.reset();
    settle(slot, person, now + wait);
}

milliseconds ReadingPlan::interval(bool live) const {
    auto people = static_cast<double>(live ? live_people_ : people_.size());
    auto round = milliseconds(static_cast<std::int64_t>(2000.0 * people / per_second_)); // with half of the budget
    return std::max(live ? live_ : others_, round);
}

} // namespace lamp::zoom
