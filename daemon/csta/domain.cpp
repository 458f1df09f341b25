#include "csta/domain.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "base/check.hpp"
#include "csta/association.hpp"

namespace lamp::csta {

Domain::Domain(DomainOptions options, calls::Control control)
    : options_(std::move(options)), control_(std::move(control)), model_(options_.first_call_id) {}

Domain::~Domain() {
    LAMP_CHECK(associations_.empty());
}

void Domain::use_devices(std::shared_ptr<const Devices> devices) {
    events_.clear();
    model_.use_devices(std::move(devices), events_);
    for (Association* one : associations_)
        one->on_devices_changed();
    deliver();
}

void Domain::take(std::span<const calls::LineNews> batch, Steady now) {
    events_.clear();
    for (const calls::LineNews& news : batch)
        model_.take(news, events_);
    deliver();
    tell_state(now);
}

void Domain::deliver() {
    for (const LineEvent& event : events_)
        if (const auto watched = watches_.find(event.line); watched != watches_.end())
            for (const Watch& watch : watched->second)
                watch.who->on_event(event);
}

void Domain::tick(Steady now) {
    tell_state(now);
}

/// By the lines that were ever heard of: one that the platform refuses for good says nothing about the others.
SystemState Domain::state() const {
    const auto [known, was_known] = model_.counts();
    if (model_.devices().rows().empty()) return SystemState::normal;
    if (was_known == 0) return SystemState::initializing;
    if (known == 0) return SystemState::disabled;
    return known < was_known ? SystemState::partially_disabled : SystemState::normal;
}

void Domain::tell_state(Steady now) {
    const auto state = this->state();
    if (state == told_ || (told_at_ && now - *told_at_ < options_.status_pause)) return;
    const bool recovered =
        state == SystemState::normal && (told_ == SystemState::disabled || told_ == SystemState::partially_disabled);
    told_ = state;
    told_at_ = now;
    for (Association* one : associations_) {
        if (recovered) one->on_state(SystemState::messages_lost);
        one->on_state(state);
    }
}

std::string Domain::next_cross_ref() {
    return fmt::format("m{}", ++last_cross_ref_);
}

std::string Domain::new_session_id() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

void Domain::join(Association& one) {
    associations_.push_back(&one);
}

void Domain::leave(Association& one) {
    std::erase(associations_, &one);
}

bool Domain::watch(const std::string& line, Association& one) {
    auto& watches = watches_[line];
    std::size_t monitors = 0;
    for (const Watch& watch : watches)
        monitors += watch.monitors;
    if (monitors >= options_.monitors_per_device) return false;
    const auto found = std::ranges::find(watches, &one, &Watch::who);
    if (found == watches.end())
        watches.push_back({&one, 1});
    else
        ++found->monitors;
    return true;
}

void Domain::unwatch(const std::string& line, Association& one) {
    const auto watches = watches_.find(line);
    if (watches == watches_.end()) return;
    const auto found = std::ranges::find(watches->second, &one, &Watch::who);
    if (found != watches->second.end() && --found->monitors == 0) watches->second.erase(found);
    if (watches->second.empty()) watches_.erase(watches);
}

} // namespace lamp::csta
