#include "sip/transaction_machine.hpp"

#include <utility>

namespace lamp::sip {

using What = TransactionMachine::Action::What;

TransactionMachine::TransactionMachine(Timing timing, Limits limits, std::array<std::uint64_t, 2> secret, Steady start)
    : timing_(timing), limits_(limits), keys_(secret), wheel_(start) {}

// --- slots

std::uint32_t TransactionMachine::allot(Kind kind, const Key& key, const Flow& flow, Steady now) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const auto index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    const auto generation = slot.generation + 1;
    slot = Slot();
    slot.generation = generation;
    slot.kind = kind;
    slot.key = key;
    slot.flow = flow;
    slot.began = now;
    slot.end_at = now + 64 * timing_.t1;
    (kind == Kind::client ? by_client_ : by_server_)[key] = index;
    ++(kind == Kind::client ? clients_ : open_);
    return index;
}

void TransactionMachine::free(std::uint32_t index) {
    Slot& slot = slots_[index];
    (slot.kind == Kind::client ? by_client_ : by_server_).erase(slot.key);
    if (slot.merge_key)
        if (const auto found = by_merge_.find(slot.merge); found != by_merge_.end() && found->second == index)
            by_merge_.erase(found);
    if (counts_as_kept(slot)) {
        --kept_;
        kept_bytes_ -= slot.bytes.size();
    } else {
        --(slot.kind == Kind::client ? clients_ : open_);
    }
    slot.kind = Kind::none;
    slot.bytes = {};
    wheel_.disarm(index);
    free_.push_back(index);
}

TransactionMachine::Id TransactionMachine::id_of(std::uint32_t index) const {
    return static_cast<Id>(slots_[index].generation) << 32U | index;
}

std::optional<std::uint32_t> TransactionMachine::find(Id id) const {
    const auto index = static_cast<std::uint32_t>(id);
    if (index >= slots_.size() || slots_[index].kind == Kind::none || id_of(index) != id) return std::nullopt;
    return index;
}

void TransactionMachine::rearm(std::uint32_t index) {
    const Slot& slot = slots_[index];
    const auto at = std::min(slot.resend_at, slot.end_at);
    if (at == Steady::max())
        wheel_.disarm(index);
    else
        wheel_.arm(index, at);
}

void TransactionMachine::push(What what, std::uint32_t index) {
    const Slot& slot = slots_[index];
    actions_.push_back({what, id_of(index), slot.owner, 0, slot.flow});
}

void TransactionMachine::push_send(std::uint32_t index) {
    push(What::send, index);
    actions_.back().bytes = slots_[index].bytes;
}

// --- clients (17.1.2)

TransactionMachine::Actions TransactionMachine::send_request(std::string bytes, std::string_view branch,
                                                             std::string_view method, const Flow& flow,
                                                             std::uint64_t owner, Steady now) {
    begin();
    const auto index = allot(Kind::client, keys_.client(branch, method), flow, now); // Timer F
    Slot& slot = slots_[index];
    slot.owner = owner;
    slot.bytes = std::move(bytes);
    slot.pause = timing_.t1;
    if (!flow.reliable) slot.resend_at = now + slot.pause; // Timer E
    rearm(index);
    push_send(index);
    return done();
}

void TransactionMachine::on_response(const Message& message) {
    const auto found = message.vias() == 1
                           ? by_client_.find(keys_.client(message.via().branch(), message.cseq().method_text))
                           : by_client_.end(); // RFC 3261 18.1.2: more than one Via was not for us
    if (found == by_client_.end()) {
        ++counters_.stray;
        return;
    }
    const auto index = found->second;
    Slot& slot = slots_[index];
    if (message.status() < 200) {
        slot.state = State::proceeding;
        push(What::provisional, index);
        return;
    }
    push(What::final, index);
    free(index);
}

TransactionMachine::Actions TransactionMachine::on_unreachable(Id id, Steady) {
    begin();
    const auto index = find(id);
    if (!index) return done();
    // A server's answer that could not be sent is resent when its request is: the peer may be back by then.
    if (slots_[*index].kind == Kind::client) {
        push(What::unreachable, *index);
        free(*index);
    }
    return done();
}

// --- servers (17.2)

TransactionMachine::Actions TransactionMachine::on_message(const Message& message, const Flow& flow, Steady now) {
    begin();
    if (!message.is_request())
        on_response(message);
    else if (message.method() == Method::ack)
        on_ack(message, flow, now);
    else
        on_request(message, flow, now);
    return done();
}

void TransactionMachine::on_request(const Message& message, const Flow& flow, Steady now) {
    const auto key = keys_.server(message);
    if (const auto found = by_server_.find(key); found != by_server_.end()) return come_again(found->second);
    if (open_ >= limits_.open) {
        ++counters_.overloaded;
        actions_.push_back({What::overloaded, 0, 0, 0, flow});
        return;
    }
    const bool invite = message.method() == Method::invite;
    const auto index = allot(invite ? Kind::invite : Kind::server, key, flow, now);
    Slot& slot = slots_[index];
    if (invite) {
        slot.resend_at = now + timing_.trying;
        slot.end_at = Steady::max(); // the user decides how long it rings
    }
    auto what = What::request;
    if (message.method() == Method::cancel) {
        what = What::cancel;
    } else if (message.to().tag().empty()) {
        slot.merge = keys_.merged(message);
        slot.merge_key = by_merge_.try_emplace(slot.merge, index).second;
        if (!slot.merge_key) what = What::merged;
    }
    rearm(index);
    push(what, index);
    if (what != What::cancel) return;
    const auto meant = by_server_.find(keys_.server_invite(message));
    if (meant != by_server_.end()) actions_.back().related = id_of(meant->second);
}

void TransactionMachine::come_again(std::uint32_t index) {
    const Slot& slot = slots_[index];
    ++counters_.absorbed;
    // Accepted: the 2xx goes by its own timer (RFC 6026 7.1). Trying: nothing to say yet.
    if (slot.bytes.empty() || slot.state == State::accepted || slot.state == State::confirmed) return;
    ++counters_.resent;
    push_send(index);
}

void TransactionMachine::on_ack(const Message& message, const Flow& flow, Steady now) {
    const auto found = by_server_.find(keys_.server(message));
    if (found == by_server_.end() || slots_[found->second].state == State::accepted) {
        actions_.push_back({What::ack, found == by_server_.end() ? 0 : id_of(found->second), 0, 0, flow});
        return;
    }
    const auto index = found->second;
    Slot& slot = slots_[index];
    if (slot.state != State::completed) return;
    slot.state = State::confirmed;
    slot.resend_at = Steady::max();
    slot.end_at = now + timing_.t4; // Timer I
    if (slot.flow.reliable)
        free(index);
    else
        rearm(index);
}

TransactionMachine::Actions TransactionMachine::answer(Id id, int status, std::string bytes, Steady now) {
    begin();
    const auto index = find(id);
    if (!index) return done();
    Slot& slot = slots_[*index];
    if (slot.kind == Kind::client || slot.state >= State::completed) return done();
    // RFC 4320 4.1: what else could resend is slowed down to T2 by a 1xx, so one that comes earlier only harms.
    const bool early = status < 200 && (status != 100 || now < slot.began + timing_.t2 - timing_.t1);
    if (slot.kind == Kind::server && (status == 408 || early)) return done();
    slot.bytes = std::move(bytes);
    if (status < 200) {
        slot.state = State::proceeding;
        if (slot.kind == Kind::invite) slot.resend_at = Steady::max();
        rearm(*index);
        push_send(*index);
        return done();
    }
    push_send(*index);
    complete(*index, status, now);
    return done();
}

void TransactionMachine::complete(std::uint32_t index, int status, Steady now) {
    Slot& slot = slots_[index];
    const bool reliable = slot.flow.reliable;
    if (slot.kind == Kind::server && reliable) {
        // Timer J is zero. The action that was just given still needs the bytes: they stay in the slot's place until
        // then.
        std::string bytes = std::move(slot.bytes);
        free(index);
        slots_[index].bytes = std::move(bytes);
        actions_.back().bytes = slots_[index].bytes;
        return;
    }
    slot.state = slot.kind == Kind::invite && status < 300 ? State::accepted : State::completed;
    --open_;
    ++kept_;
    slot.bytes.shrink_to_fit(); // it stays for half a minute, and there may be many
    actions_.back().bytes = slot.bytes;
    kept_bytes_ += slot.bytes.size();
    slot.end_at = now + 64 * timing_.t1; // Timers J, H, L
    slot.resend_at = Steady::max();
    slot.pause = timing_.t1;
    // Timer G; a 2xx is resent over TCP, too, since its ACK comes from end to end (13.3.1.4).
    if (slot.kind == Kind::invite && (!reliable || slot.state == State::accepted)) slot.resend_at = now + slot.pause;
    rearm(index);
    if (slot.kind == Kind::server) kept_order_.push_back(id_of(index));
    forget_over_limits();
}

void TransactionMachine::forget_over_limits() {
    // Never the newest: its bytes are on their way out.
    while (kept_order_.size() > 1) {
        const auto index = find(kept_order_.front());
        if (index && kept_ <= limits_.kept_answers && kept_bytes_ <= limits_.kept_bytes) return;
        if (index) {
            ++counters_.forgotten;
            free(*index);
        }
        kept_order_.pop_front();
    }
}

void TransactionMachine::acknowledged(Id id) {
    const auto index = find(id);
    if (!index || slots_[*index].state != State::accepted) return;
    slots_[*index].quiet = true;
    slots_[*index].resend_at = Steady::max();
    rearm(*index); // Timer L goes on: INVITEs that were under way are absorbed
}

// --- the clock

TransactionMachine::Actions TransactionMachine::tick(Steady now) {
    begin();
    wheel_.expire(now, [&](std::uint32_t index) { fire(index, now); });
    return done();
}

void TransactionMachine::resend(std::uint32_t index, Steady now) {
    Slot& slot = slots_[index];
    ++counters_.resent;
    push_send(index);
    slot.pause = slot.kind == Kind::client && slot.state == State::proceeding ? timing_.t2
                                                                              : std::min(2 * slot.pause, timing_.t2);
    slot.resend_at = now + slot.pause;
    rearm(index);
}

void TransactionMachine::fire(std::uint32_t index, Steady now) {
    Slot& slot = slots_[index];
    if (now < slot.end_at && now < slot.resend_at) return rearm(index); // further ahead than the wheel reaches
    if (now < slot.end_at) {
        if (slot.kind != Kind::invite || slot.state >= State::completed) return resend(index, now);
        slot.resend_at = Steady::max();
        rearm(index);
        return push(What::trying_due, index);
    }
    const bool unheard = slot.kind == Kind::invite && slot.state != State::confirmed && !slot.quiet;
    if (slot.kind == Kind::client || unheard) { // Timer F; Timer H, or L without an ACK
        ++counters_.timeouts;
        push(What::timeout, index);
    } else if (slot.state < State::completed) {
        ++counters_.abandoned;
    }
    free(index);
}

} // namespace lamp::sip
