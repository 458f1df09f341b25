#include "status/events.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>

#include "base/check.hpp"
#include "status/json.hpp"
#include "status/subscriber.hpp"

namespace lamp::status {
namespace {

constexpr std::array<std::string_view, event_type_count> type_names{"presence", "call", "missed",   "forwarding",
                                                                    "acd",      "gap",  "heartbeat"};
constexpr std::size_t pending_most = 1024; // then they are delivered within the tick, so that the ring holds them

std::string random_instance() {
    constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::random_device device;
    std::string text;
    for (int i = 0; i < 6; ++i)
        text += letters[device() % letters.size()];
    return text;
}

} // namespace

std::string_view name(EventType type) {
    return type_names.at(static_cast<std::size_t>(type));
}

std::optional<EventType> event_type_named(std::string_view word) {
    for (std::size_t i = 0; i < type_names.size(); ++i)
        if (type_names.at(i) == word) return static_cast<EventType>(i);
    return std::nullopt;
}

bool EventFilter::wants(EventType type, presence::Slot slot, const ForWhom& whom) const {
    if (type == EventType::gap) return true;
    if ((types & bit(type)) == 0) return false;
    if (!belongs(whom.audience, slot)) return false;
    if (reach) {
        bool of_call = type == EventType::call || type == EventType::missed;
        // A forwarding tells of all the person's lines; of an agent nobody says here of which one.
        bool whole = type == EventType::forwarding || type == EventType::acd;
        if (of_call ? !reach->sees(slot, whom.line) : whole ? !reach->sees_whole(slot) : !reach->sees(slot))
            return false;
    }
    return persons.empty() || slot == no_slot || std::ranges::binary_search(persons, slot);
}

Events::Events(Loop& loop, const Limits& limits, milliseconds flush, Render render)
    : loop_(loop),
      limits_(limits),
      flush_(flush),
      render_(std::move(render)),
      instance_(random_instance()),
      pending_max_(std::min(pending_most, limits.history_events / 2)),
      history_(limits.history_events, limits.history_bytes),
      timer_(loop.context()),
      batch_(std::make_shared<Batch>()) {}

Events::~Events() = default;

// --- gathering

void Events::wake() {
    arm();
}

void Events::publish(EventType type, presence::Slot slot, std::string json, const ForWhom& whom) {
    if (json.size() > limits_.event_bytes) return;
    gather(); // what the table said before comes before
    add(type, slot, std::make_shared<const std::string>(std::move(json)), whom);
    arm();
}

void Events::touch(presence::Slot slot) {
    add(EventType::presence, slot, nullptr);
    arm();
}

void Events::add(EventType type, presence::Slot slot, Text json, const ForWhom& whom) {
    history_.add(type, slot, std::move(json), whom);
    counters_.events.add();
    if (history_.last() - delivered_ >= pending_max_) deliver_pending();
}

void Events::gather() {
    if (sink_) sink_->drain([this](presence::Slot slot) { add(EventType::presence, slot, nullptr); });
}

/// A change after a quiet time is sent at once; those that follow wait for the tick.
void Events::arm() {
    if (armed_ || closed_) return;
    armed_ = true;
    timer_.expires_at(std::max(steady_now(), last_flush_ + flush_));
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        armed_ = false;
        flush();
    });
}

void Events::flush() {
    departed_.clear();
    last_flush_ = steady_now();
    gather();
    deliver_pending();
}

/// Renders what is new, once, and gives it to everybody who keeps up.
void Events::deliver_pending() {
    bool listened = std::ranges::any_of(subscribers_, [](const auto& one) { return one->live; });
    while (delivered_ < history_.last()) {
        if (!listened) {
            delivered_ = history_.last();
            return;
        }
        if (batch_.use_count() > 1) batch_ = std::make_shared<Batch>();
        Batch& batch = *batch_;
        batch.bytes.clear();
        batch.frames.clear();
        batch.types = 0;
        batch.for_some = false;
        while (delivered_ < history_.last() && batch.bytes.size() < limits_.batch_bytes) {
            auto begin = batch.bytes.size();
            const Event& event = history_.at(++delivered_);
            if (!append_event(batch.bytes, delivered_)) continue;
            batch.frames.push_back({event.type, event.slot, event.whom, begin, batch.bytes.size()});
            batch.for_some = batch.for_some || event.whom.audience != Audience::everybody;
            batch.types |= bit(event.type);
        }
        counters_.rendered.add(batch.frames.size());
        // Backwards, because a subscriber whose connection fails is replaced by the last one.
        for (std::size_t i = subscribers_.size(); i-- > 0;)
            if (subscribers_[i]->live) give(*subscribers_[i], batch_);
    }
}

bool Events::append_event(std::string& out, std::uint64_t number) {
    if (!history_.current(number)) return false;
    const Event& event = history_.at(number);
    auto begin = out.size();
    append_id(out, number);
    out += "event: ";
    out += name(event.type);
    out += "\ndata: ";
    if (event.json) {
        out += *event.json;
    } else if (!render_(out, event.slot)) {
        out.resize(begin);
        return false;
    }
    out += "\n\n";
    return true;
}

void Events::append_gap(std::string& out, std::string_view reason) {
    out += "event: gap\ndata: {\"reason\":";
    append_json_string(out, reason);
    out += "}\n\n";
}

void Events::append_id(std::string& out, std::uint64_t number) const {
    out += "id: ";
    out += instance_;
    out += '-';
    append_number(out, number);
    out += '\n';
}

std::optional<std::uint64_t> Events::number_of(std::string_view id) const {
    if (!id.starts_with(instance_) || id.substr(instance_.size()).substr(0, 1) != "-") return std::nullopt;
    id.remove_prefix(instance_.size() + 1);
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size()) return std::nullopt;
    return number;
}

} // namespace lamp::status
