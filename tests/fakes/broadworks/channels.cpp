// See channels.hpp.
#include "channels.hpp"

#include "ids.hpp"
#include "xml.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sim::bw {

namespace {

constexpr std::uint32_t channel_kind = 1;
constexpr std::uint32_t event_kind = 2;
constexpr std::uint32_t cookie_kind = 3;
constexpr std::size_t attempts_max = 6;

std::string terminated_document(std::string_view channel, std::string_view reason) {
    std::string out(xml::declaration);
    out +=
        R"(<xsi:Event xmlns:xsi="http://schema.broadsoft.com/xsi" xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance")"
        R"( xsi1:type="xsi:ChannelTerminatedEvent">)";
    xml::Writer writer(out, "xsi:");
    writer.text("channelId", channel);
    writer.text("reason", reason);
    return out + "</xsi:Event>";
}

} // namespace

std::string Channels::event_id(std::uint64_t event) {
    return uuid_of(event_kind, event);
}

Channels::Channels(Loop& loop, const Settings& settings) : loop_(loop), settings_(settings) {
    loop_.every(std::chrono::milliseconds(100), [this] { sweep(); });
}

std::int64_t Channels::clamp(std::int64_t expires) const {
    if (settings_.expires_forced > 0) return settings_.expires_forced;
    return std::clamp(expires, settings_.expires_min, std::max(settings_.expires_min, settings_.expires_max));
}

Channel* Channels::open(const ChannelRequest& request) {
    // One set per login and application: the older one ends (4.1).
    if (!request.application.empty()) {
        std::vector<SetIndex> older;
        for (const auto& [index, set] : sets_)
            if (set.login == request.login && set.application == request.application && set.id != request.set)
                older.push_back(index);
        for (const SetIndex index : older) {
            terminate_set(index, "DuplicateChannelSet");
            drop_set(index);
        }
    }
    SetIndex index = find_set(request.login, request.set);
    if (index == no_set) {
        index = ++last_set_;
        ChannelSet& created = sets_[index];
        created.id = request.set;
        created.login = request.login;
    }
    ChannelSet& set = sets_[index];
    if (set.channels.size() >= static_cast<std::size_t>(settings_.channels_max)) return nullptr;
    set.application = request.application;
    set.emptied_at = 0;
    auto made = std::make_unique<Channel>();
    Channel& channel = *made;
    channel.number = ++last_channel_;
    channel.id = uuid_of(channel_kind, channel.number);
    channel.cookie = uuid_of(cookie_kind, channel.number);
    channel.set = index;
    channel.listener = request.listener;
    channel.priority = request.priority;
    channel.weight = request.weight;
    channel.expires = clamp(request.expires);
    channel.expires_at = now() + channel.expires * 1000;
    channel.heartbeat_at = now();
    channel.framing = new_framing;
    set.channels.push_back(channel.number);
    channels_.emplace(channel.number, std::move(made));
    ++counters.channels_opened;
    // What was parked goes out once the Channel document has.
    loop_.after(std::chrono::milliseconds(settings_.queue_wait_ms), [this, index] {
        ChannelSet* waiting = this->set(index);
        if (!waiting) return;
        for (const std::uint64_t event : std::exchange(waiting->parked, {}))
            move_on(event, false);
    });
    return &channel;
}

Channel* Channels::find(std::string_view id) {
    const auto number = uuid_number(id);
    const auto found = number ? channels_.find(*number) : channels_.end();
    return found != channels_.end() && found->second->id == id ? found->second.get() : nullptr;
}

ChannelSet* Channels::set(SetIndex index) {
    const auto found = sets_.find(index);
    return found == sets_.end() ? nullptr : &found->second;
}

SetIndex Channels::find_set(LoginIndex login, std::string_view id) const {
    for (const auto& [index, set] : sets_)
        if (set.login == login && set.id == id) return index;
    return no_set;
}

std::vector<Channel*> Channels::on_host(int listener) {
    std::vector<Channel*> found;
    for (const auto& [number, channel] : channels_)
        if (listener < 0 || channel->listener == listener) found.push_back(channel.get());
    return found;
}

void Channels::heartbeat(Channel& channel, bool echo) {
    ++counters.heartbeats;
    channel.heartbeat_at = now();
    if (echo && !channel.mute) write(channel, xml::document("ChannelHeartBeat", {}));
}

void Channels::refresh(Channel& channel, std::int64_t expires) {
    channel.expires = clamp(expires);
    channel.expires_at = now() + channel.expires * 1000;
}

void Channels::write(Channel& channel, std::string_view document) {
    if (!channel.mute) channel.framing.write(channel.stream, document);
}

void Channels::remove(Channel& channel) {
    const std::uint64_t number = channel.number;
    const SetIndex index = channel.set;
    channels_.erase(number);
    ++counters.channels_ended;
    ChannelSet* set = this->set(index);
    if (!set) return;
    std::erase(set->channels, number);
    if (set->channels.empty()) set->emptied_at = now();
    std::vector<std::uint64_t> orphans;
    for (const auto& [event, pending] : pending_)
        if (pending.channel == number) orphans.push_back(event);
    std::sort(orphans.begin(), orphans.end());
    for (const std::uint64_t event : orphans)
        move_on(event, false);
}

void Channels::gone(std::uint64_t number) {
    if (const auto found = channels_.find(number); found != channels_.end()) remove(*found->second);
}

void Channels::terminate(Channel& channel, std::string_view reason) {
    http::Stream stream = channel.stream;
    channel.framing.flush(stream);
    write(channel, terminated_document(channel.id, reason));
    channel.framing.flush(stream);
    remove(channel);
    stream.end();
}

void Channels::terminate_set(SetIndex index, std::string_view reason) {
    const ChannelSet* found = set(index);
    if (!found) return;
    for (const std::uint64_t number : std::vector(found->channels))
        if (const auto channel = channels_.find(number); channel != channels_.end())
            terminate(*channel->second, reason);
}

void Channels::drop_set(SetIndex index) {
    std::erase_if(pending_, [&](const auto& item) { return item.second.set == index; });
    sets_.erase(index);
    if (watcher_) watcher_->set_gone(index);
}

void Channels::kill(Channel& channel, std::string_view how) {
    http::Stream stream = channel.stream;
    if (how == "stall") {
        channel.mute = true;
        return;
    }
    remove(channel);
    if (how == "rst")
        stream.reset();
    else if (how == "close")
        stream.close();
    else
        stream.end();
}

// Lowest priority number first, by weight among equals (4.6).
Channel* Channels::choose(ChannelSet& set, const std::vector<std::uint64_t>& except) {
    std::vector<Channel*> best;
    for (const std::uint64_t number : set.channels) {
        if (std::find(except.begin(), except.end(), number) != except.end()) continue;
        Channel* channel = channels_.at(number).get();
        if (!best.empty() && channel->priority > best.front()->priority) continue;
        if (!best.empty() && channel->priority < best.front()->priority) best.clear();
        best.push_back(channel);
    }
    if (best.size() < 2) return best.empty() ? nullptr : best.front();
    std::int64_t total = 0;
    Channel* chosen = best.front();
    for (Channel* channel : best) {
        channel->balance += channel->weight;
        total += channel->weight;
        if (channel->balance > chosen->balance) chosen = channel;
    }
    chosen->balance -= total;
    return chosen;
}

bool Channels::transmit(std::uint64_t event, Pending& pending) {
    ChannelSet* set = this->set(pending.set);
    Channel* channel = set ? choose(*set, pending.tried) : nullptr;
    if (!channel) return false;
    pending.document.replace(pending.channel_at, channel->id.size(), channel->id);
    pending.channel = channel->number;
    pending.tried.push_back(channel->number);
    pending.sent_at = now();
    deadlines_.emplace_back(pending.sent_at, event);
    ++channel->events;
    if (reorder_next > 0 && held_back_.empty()) {
        --reorder_next;
        held_back_ = pending.document;
        loop_.after(std::chrono::milliseconds(300), [this, number = channel->number] {
            if (const auto found = channels_.find(number); found != channels_.end() && !held_back_.empty())
                write(*found->second, std::exchange(held_back_, {}));
        });
        return true;
    }
    if (latin1_next > 0) {
        --latin1_next;
        write(*channel, as_latin1(pending.document));
    } else {
        write(*channel, pending.document);
    }
    if (!held_back_.empty()) write(*channel, std::exchange(held_back_, {}));
    if (duplicate_next > 0) {
        --duplicate_next;
        write(*channel, pending.document);
    }
    return true;
}

void Channels::send(SetIndex index, std::uint64_t event, EventOwner owner, std::string document,
                    std::size_t channel_at) {
    ChannelSet* set = this->set(index);
    if (!set) return;
    ++counters.events;
    if (lose_next > 0) {
        --lose_next;
        return;
    }
    Pending pending;
    pending.owner = owner;
    pending.set = index;
    pending.channel_at = channel_at;
    pending.document = std::move(document);
    if (!set->channels.empty()) {
        Pending& kept = pending_.emplace(event, std::move(pending)).first->second;
        transmit(event, kept);
        return;
    }
    if (set->parked.size() >= static_cast<std::size_t>(settings_.queue_max)) {
        ++counters.dropped;
        return;
    }
    set->parked.push_back(event);
    pending_.emplace(event, std::move(pending));
}

// The event's channel is gone, refused it, or let its time pass: the next channel of the set gets it (6.2, 6.3).
void Channels::move_on(std::uint64_t event, bool must_differ) {
    const auto found = pending_.find(event);
    if (found == pending_.end()) return;
    Pending& pending = found->second;
    ChannelSet* set = this->set(pending.set);
    if (!set || pending.tried.size() >= attempts_max) {
        ++counters.dropped;
        pending_.erase(found);
        return;
    }
    if (pending.channel != 0) ++counters.resent;
    if (transmit(event, pending)) return;
    if (!set->channels.empty()) {
        if (must_differ) { // every channel had it: none of them answers
            ++counters.non_responsive;
            terminate_set(pending.set, "NonResponsiveChannel");
            return;
        }
        const auto tried = std::exchange(pending.tried, {});
        transmit(event, pending);
        pending.tried.insert(pending.tried.end(), tried.begin(), tried.end());
        return;
    }
    pending.channel = 0;
    set->parked.push_back(event);
}

Channels::Ack Channels::acknowledge(std::string_view event_id, int status, int listener, std::string_view cookie) {
    const auto number = uuid_number(event_id);
    if (!number || *number == 0 || *number > last_event_ || Channels::event_id(*number) != event_id) {
        ++counters.unknown_acks;
        return Ack::unknown;
    }
    const auto found = pending_.find(*number);
    if (found == pending_.end()) {
        ++counters.late_acks;
        return Ack::ok;
    }
    Pending& pending = found->second;
    const auto at = channels_.find(pending.channel);
    Channel* channel = at == channels_.end() ? nullptr : at->second.get();
    if (channel && settings_.require_cookie && channel->listener != listener && channel->cookie != cookie)
        return Ack::wrong_host;
    ++counters.acks;
    counters.ack_ms_max = std::max(counters.ack_ms_max, static_cast<std::uint64_t>(now() - pending.sent_at));
    if (status == 404 && channel) {
        terminate(*channel, "UnknownChannel"); // resends what it held
    } else if (status == 481) {
        const EventOwner owner = pending.owner;
        pending_.erase(found);
        if (watcher_) watcher_->subscription_unknown(owner);
    } else if (status == 500) {
        loop_.after(std::chrono::milliseconds(50), [this, event = *number] { move_on(event, false); });
    } else {
        pending_.erase(found);
    }
    return Ack::ok;
}

void Channels::write_raw(int host, std::string_view bytes) {
    for (Channel* channel : on_host(host))
        if (!channel->mute) channel->stream.chunk(bytes);
}

void Channels::write_document(int host, std::string_view bytes) {
    for (Channel* channel : on_host(host))
        write(*channel, bytes);
}

void Channels::sweep() {
    const std::int64_t time = now();
    while (!deadlines_.empty() && deadlines_.front().first + settings_.ack_limit_ms <= time) {
        const auto [sent_at, event] = deadlines_.front();
        deadlines_.pop_front();
        const auto found = pending_.find(event);
        if (found != pending_.end() && found->second.channel != 0 && found->second.sent_at == sent_at)
            move_on(event, true);
    }
    std::vector<std::pair<std::uint64_t, std::string_view>> ending;
    for (const auto& [number, channel] : channels_) {
        channel->framing.flush(channel->stream);
        if (channel->expires_at <= time && channel->expires != 2147483647)
            ending.emplace_back(number, "Expired");
        else if (channel->heartbeat_at + settings_.heartbeat_limit_ms <= time)
            ending.emplace_back(number, "");
        else if (channel->stream.backlog() > static_cast<std::size_t>(settings_.backlog_max))
            ending.emplace_back(number, "rst");
    }
    for (const auto& [number, reason] : ending) {
        const auto found = channels_.find(number);
        if (found == channels_.end()) continue;
        if (reason.empty())
            kill(*found->second, "eof"); // inactivity: the servlet's time-out knows no event
        else if (reason == "rst")
            kill(*found->second, reason); // a reader that does not read
        else
            terminate(*found->second, reason);
    }
    std::vector<SetIndex> dead;
    for (const auto& [index, set] : sets_)
        if (set.emptied_at && set.emptied_at + settings_.set_linger_ms <= time) dead.push_back(index);
    for (const SetIndex index : dead)
        drop_set(index);
}

} // namespace sim::bw
