#include "status/history.hpp"

#include <algorithm>

namespace lamp::status {

std::uint64_t History::add(EventType type, presence::Slot slot, std::shared_ptr<const std::string> json,
                           const ForWhom& whom) {
    if (last_ - first_ + 1 == ring_.size()) forget_first();
    if (json) bytes_ += json->size();
    while (bytes_ > bytes_max_ && first_ <= last_)
        forget_first();
    ++last_;
    if (type == EventType::presence) {
        expect_slots(slot + std::size_t{1});
        newest_[slot] = static_cast<std::uint32_t>(last_);
    }
    Event& event = ring_[last_ % ring_.size()];
    event.type = type;
    event.slot = slot;
    event.whom = whom;
    event.json = std::move(json);
    return last_;
}

void History::forget_first() {
    Event& oldest = ring_[first_ % ring_.size()];
    if (oldest.json) bytes_ -= oldest.json->size();
    oldest.json.reset();
    ++first_;
}

std::size_t History::forget(const std::function<bool(std::string_view json)>& so) {
    std::size_t gone = 0;
    for (auto number = first_; number <= last_; ++number) {
        Event& event = ring_[number % ring_.size()];
        if (!event.json || event.json->empty() || !so(*event.json)) continue;
        bytes_ -= event.json->size();
        event.json = std::make_shared<const std::string>();
        ++gone;
    }
    return gone;
}

bool History::current(std::uint64_t number) const {
    const Event& event = at(number);
    if (event.json && event.json->empty()) return false; // forgotten
    return event.type != EventType::presence || newest_[event.slot] == static_cast<std::uint32_t>(number);
}

void History::expect_slots(std::size_t slots) {
    if (newest_.size() < slots) newest_.resize(std::max(slots, newest_.size() + newest_.size() / 2));
}

} // namespace lamp::status
