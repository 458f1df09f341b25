#include "xsi/line_feed.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace lamp::xsi {
namespace {

constexpr std::size_t batch_max = 1024; // so that a whole picture holds up no loop for long

calls::CallState state_of(const Leg& leg, bool conference_held) {
    switch (leg.state) {
    case CallState::held: return calls::CallState::held;
    case CallState::remote_held: return calls::CallState::held_by_remote;
    case CallState::alerting:
        if (leg.rings()) return calls::CallState::ringing;
        break;
    default: break;
    }
    // A party that hears ringing after a blind transfer has been answered; one that hears a failure's tone has not.
    bool waits = leg.state == CallState::alerting ? !leg.answered : !leg.talked();
    if (waits && !leg.incoming()) return calls::CallState::dialling;
    return conference_held ? calls::CallState::held : calls::CallState::active;
}

calls::Call call_of(const Leg& leg, bool conference_held) {
    calls::Call call;
    call.id = leg.call_id;
    call.session = leg.tracking_id;
    call.state = state_of(leg, conference_held);
    call.incoming = leg.incoming();
    call.withheld = leg.withheld;
    call.remote_number = leg.remote_number;
    call.remote_name = leg.remote_name;
    call.remote_user = leg.remote_user;
    call.ddi = leg.ddi;
    call.queue = leg.queue;
    call.started = leg.started;
    call.answered = leg.answered;
    call.group = leg.group;
    return call;
}

/// Of everything but `line` and `ended`; never 0.
class Look {
public:
    explicit Look(const calls::LineNews& news) {
        add(static_cast<std::uint64_t>(news.known) | static_cast<std::uint64_t>(news.stale) << 1 |
            static_cast<std::uint64_t>(news.dnd) << 2 | static_cast<std::uint64_t>(news.watched) << 3 |
            static_cast<std::uint64_t>(news.forwarding) << 8 | static_cast<std::uint64_t>(news.agent) << 16 |
            static_cast<std::uint64_t>(news.messages_awaited) << 24 |
            static_cast<std::uint64_t>(news.messages.has_value()) << 25);
        if (const auto& box = news.messages) {
            add(std::uint64_t{box->fresh} << 32 | box->old);
            add(std::uint64_t{box->fresh_urgent} << 32 | box->old_urgent);
        }
        for (const calls::Call& call : news.calls)
            add(call);
    }
    [[nodiscard]] std::uint64_t value() const { return hash_ == 0 ? 1 : hash_; }

private:
    void add(const calls::Call& call) {
        for (const std::string* text : {&call.id, &call.session, &call.remote_number, &call.remote_name,
                                        &call.remote_user, &call.ddi, &call.queue, &call.group})
            add(std::hash<std::string>()(*text));
        add(static_cast<std::uint64_t>(call.state) | static_cast<std::uint64_t>(call.incoming) << 8 |
            static_cast<std::uint64_t>(call.withheld) << 9);
        for (const auto& time : {call.started, call.answered})
            add(time ? static_cast<std::uint64_t>(time->time_since_epoch().count()) : 0);
    }
    void add(std::uint64_t value) {
        hash_ = (hash_ ^ value) * 0x9E3779B97F4A7C15ULL;
        hash_ ^= hash_ >> 32;
    }
    std::uint64_t hash_ = 0x243F6A8885A308D3ULL;
};

} // namespace

calls::LineNews news_of(const Lines& lines, LineIndex line, std::span<const EndedLeg> ended) {
    auto view = lines.view(line);
    const Ledger& ledger = lines.ledger(line);
    calls::LineNews news;
    news.line = std::move(view.line);
    news.known = view.state != presence::LineState::unknown;
    news.stale = view.stale;
    news.dnd = view.dnd;
    news.forwarding = view.forwarding;
    news.agent = view.agent;
    news.messages = lines.messages(line);
    news.messages_awaited = lines.messages_awaited(line);
    news.watched = lines.watched(line);
    for (const Leg& leg : ledger.legs()) {
        auto call = call_of(leg, ledger.conference_held());
        auto place = std::ranges::upper_bound(news.calls, call.started, {}, &calls::Call::started);
        news.calls.insert(place, std::move(call));
    }
    for (const EndedLeg& one : ended)
        news.ended.push_back({call_of(one.leg, false), one.why, one.to, one.redirect, one.at});
    return news;
}

LineFeed::LineFeed(Loop& ingress, Lines& lines, Loop& reader, Take take, std::size_t waiting_max)
    : ingress_(ingress), lines_(lines), reader_(reader), take_(std::move(take)), waiting_max_(waiting_max) {}

LineFeed::LineFeed(Loop& ingress, Lines& lines, Loop& reader, Take take)
    : LineFeed(ingress, lines, reader, std::move(take), limits::line_news_waiting) {}

void LineFeed::start() {
    lines_.listeners.emplace_back([this](LineIndex line, std::span<const EndedLeg> ended) { append(line, ended); });
    tell_all();
}

void LineFeed::tell_all() {
    for (LineIndex line = 0; line < lines_.size() && !paused_; ++line) {
        bool told = line < told_.size() && told_[line] != 0;
        if (told || lines_.watched(line)) append(line, {});
    }
}

void LineFeed::append(LineIndex line, std::span<const EndedLeg> ended) {
    if (paused_) return;
    auto news = news_of(lines_, line, ended);
    if (told_.size() <= line) told_.resize(lines_.size());
    auto look = Look(news).value();
    if (told_[line] == look) return; // whatever ends a call changes how the line looks
    if (waiting_ + batch_.size() >= waiting_max_) {
        paused_ = true;
        pauses_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    told_[line] = look;
    if (batch_.empty()) ingress_.post([this] { flush(); }); // behind what this turn still brings
    batch_.push_back(std::move(news));
    if (batch_.size() >= batch_max) flush();
}

void LineFeed::flush() {
    if (batch_.empty()) return;
    waiting_ += batch_.size();
    reader_.post([this, batch = std::exchange(batch_, {})]() mutable {
        auto count = batch.size();
        take_(std::move(batch));
        ingress_.post([this, count] { taken(count); });
    });
}

void LineFeed::taken(std::size_t count) {
    waiting_ -= count;
    if (!paused_ || waiting_ > 0) return;
    paused_ = false;
    tell_all();
}

} // namespace lamp::xsi
