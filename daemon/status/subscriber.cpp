// How a subscriber gets what is due: the batch of the tick while it keeps up, else piece by piece from its place.
#include "status/subscriber.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "status/json.hpp"

namespace lamp::status {

void Events::subscribe(Call& call, EventFilter filter, std::optional<std::string_view> last_id,
                       std::shared_ptr<const presence::People> snapshot) {
    departed_.clear();
    auto made = std::make_unique<Subscriber>(*this, std::move(filter), subscribers_.size());
    Subscriber& one = *made;
    subscribers_.push_back(std::move(made));
    one.connection = call.stream(one);
    if (!one.connection) {
        // The connection failed (and `on_gone` was called), or the request was HEAD.
        if (one.place < subscribers_.size() && subscribers_[one.place].get() == &one) remove(one);
        return;
    }
    one.heartbeat = steady_now();
    one.sent = delivered_;
    auto resumed = last_id ? number_of(*last_id) : std::nullopt;
    if (resumed && history_.reaches(*resumed) && *resumed <= delivered_) {
        one.sent = *resumed;
    } else {
        if (last_id) one.gap = "unknown event id";
        if (snapshot && (one.filter.types & bit(EventType::presence)) != 0) one.snapshot = std::move(snapshot);
    }
    std::string first = "retry: 2000\n";
    if (!last_id && !one.snapshot) append_id(first, one.sent); // one who hears nothing can still resume
    first += '\n';
    if (send(one, first, nullptr)) proceed(one);
}

void Events::remove(Subscriber& one) {
    one.connection = nullptr;
    one.live = false;
    auto place = one.place;
    departed_.push_back(std::move(subscribers_[place]));
    if (place + 1 < subscribers_.size()) {
        subscribers_[place] = std::move(subscribers_.back());
        subscribers_[place]->place = place;
    }
    subscribers_.pop_back();
}

/// False when the connection is gone or takes no more; what it did not take is kept.
bool Events::send(Subscriber& one, std::string_view bytes, const Text& shared) {
    auto moved = one.connection->write_stream(bytes);
    counters_.sends.add();
    if (moved.what == Moved::What::bytes && moved.size == bytes.size()) return true;
    if (moved.what == Moved::What::closed || moved.what == Moved::What::error) {
        one.connection->cut_stream();
        return false;
    }
    if (one.live) counters_.behind.add();
    one.live = false;
    one.rest = shared ? shared : std::make_shared<const std::string>(bytes.substr(moved.size));
    one.rest_at = shared ? static_cast<std::size_t>(bytes.data() - shared->data()) + moved.size : 0;
    one.connection->want_writable();
    return false;
}

void Events::give(Subscriber& one, const std::shared_ptr<Batch>& batch) {
    one.sent = delivered_;
    if (batch->bytes.empty()) return;
    if (batch->for_some || !one.filter.wants_all(batch->types)) return give_selection(one, *batch);
    counters_.deliveries.add(batch->frames.size());
    static_cast<void>(send(one, batch->bytes, Text(batch, &batch->bytes)));
}

void Events::give_selection(Subscriber& one, const Batch& batch) {
    scratch_.clear();
    std::size_t count = 0;
    for (const Frame& frame : batch.frames) {
        if (!one.filter.wants(frame.type, frame.slot, frame.whom)) continue;
        scratch_.append(batch.bytes, frame.begin, frame.end - frame.begin);
        ++count;
    }
    if (count == 0) return;
    counters_.deliveries.add(count);
    static_cast<void>(send(one, scratch_, nullptr));
}

/// The connection takes more: what is left of the last piece, then one piece of what is due, so that a long catching
/// up shares the loop with the others.
void Events::proceed(Subscriber& one) {
    if (!send_rest(one)) return;
    scratch_.clear();
    if (!one.gap.empty()) {
        if (!one.snapshot) append_id(scratch_, one.sent); // else its end brings one
        append_gap(scratch_, std::exchange(one.gap, {}));
        counters_.gaps.add();
    }
    if (one.snapshot)
        fill_snapshot(one, scratch_);
    else
        fill_missed(one, scratch_);
    if (!scratch_.empty() && !send(one, scratch_, nullptr)) return;
    if (!one.snapshot && one.sent == delivered_)
        one.live = true;
    else
        one.connection->want_writable();
}

bool Events::send_rest(Subscriber& one) {
    if (!one.rest) return true;
    auto rest = std::exchange(one.rest, nullptr);
    return send(one, std::string_view(*rest).substr(one.rest_at), rest);
}

/// Presence of everybody, in the order of the board. These carry no id: a reader who is cut off here starts again.
void Events::fill_snapshot(Subscriber& one, std::string& out) {
    auto order = one.snapshot->order();
    while (one.snapshot_next < order.size() && out.size() < limits_.batch_bytes) {
        auto slot = order[one.snapshot_next++];
        if (!one.filter.wants(EventType::presence, slot)) continue;
        auto begin = out.size();
        out += "event: presence\ndata: ";
        if (!render_(out, slot)) {
            out.resize(begin);
            continue;
        }
        out += "\n\n";
        counters_.deliveries.add();
    }
    if (one.snapshot_next < order.size()) return;
    one.snapshot.reset();
    append_id(out, one.sent); // from here on there is a place to resume from
    out += '\n';
}

void Events::fill_missed(Subscriber& one, std::string& out) {
    if (!history_.reaches(one.sent)) {
        counters_.gaps.add();
        one.sent = delivered_;
        append_id(out, one.sent);
        return append_gap(out, "too far behind");
    }
    while (one.sent < delivered_ && out.size() < limits_.batch_bytes) {
        const Event& event = history_.at(++one.sent);
        if (one.filter.wants(event.type, event.slot, event.whom) && append_event(out, one.sent))
            counters_.deliveries.add();
    }
}

void Events::sweep(Steady now) {
    departed_.clear();
    auto wall = wall_now();
    for (std::size_t i = subscribers_.size(); i-- > 0;) {
        if (now - subscribers_[i]->heartbeat >= limits_.heartbeat) beat(*subscribers_[i], now);
        // Backwards, and one whose connection failed is replaced by the last one: nobody is left out for long.
        if (i < subscribers_.size() && subscribers_[i]->filter.expires && *subscribers_[i]->filter.expires <= wall)
            dismiss(*subscribers_[i]);
    }
}

/// One who is behind gets no heartbeat: its bytes are on their way.
void Events::beat(Subscriber& one, Steady now) {
    one.heartbeat = std::max(one.heartbeat + limits_.heartbeat, now - limits_.heartbeat / 2);
    if (!one.live) return;
    scratch_.clear();
    if ((one.filter.types & bit(EventType::heartbeat)) == 0) {
        scratch_ = ":\n\n";
    } else {
        append_id(scratch_, one.sent);
        scratch_ += "event: heartbeat\ndata: {\"at\":\"";
        scratch_ += rfc3339(wall_now());
        scratch_ += "\"}\n\n";
    }
    static_cast<void>(send(one, scratch_, nullptr));
}

void Events::close() {
    closed_ = true;
    timer_.cancel();
    dismiss();
}

void Events::dismiss() {
    for (std::size_t i = subscribers_.size(); i-- > 0;)
        dismiss(*subscribers_[i]);
}

void Events::dismiss_token(std::string_view token) {
    for (std::size_t i = subscribers_.size(); i-- > 0;)
        if (subscribers_[i]->filter.token == token) dismiss(*subscribers_[i]);
}

void Events::dismiss(Subscriber& one) {
    if (one.live) static_cast<void>(send(one, ": goodbye\n\n", nullptr));
    if (!one.connection) return; // gone meanwhile
    one.connection->close_stream();
    remove(one);
}

} // namespace lamp::status
