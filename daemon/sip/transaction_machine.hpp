// SIP's transaction layer (RFC 3261 17, corrected by RFC 4320 and RFC 6026) as one machine for all transactions of a
// loop: non-INVITE client and server, INVITE server. No socket, no clock: each function takes `now` and gives the
// actions that the loop performs. Absorbs what is sent again, sends again what is not answered, remembers no more than
// its limits.
#pragma once
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "sip/flow.hpp"
#include "sip/timer_wheel.hpp"
#include "sip/transaction_key.hpp"

namespace lamp::sip {

class TransactionMachine {
public:
    using Id = std::uint64_t; // never used twice

    struct Timing {
        milliseconds t1{500};     // round trip
        milliseconds t2{4000};    // longest pause between two resends
        milliseconds t4{5000};    // how long a message may stay in the network
        milliseconds trying{200}; // an INVITE not answered for so long is due a 100
    };
    struct Limits {
        std::size_t open = 20'000;          // server transactions not finally answered; beyond: overloaded
        std::size_t kept_answers = 200'000; // finally answered ones that absorb; beyond: the oldest is forgotten
        std::size_t kept_bytes = 32 << 20;  // of their answers
    };

    struct Action {
        enum class What : std::uint8_t {
            send,        // `bytes` to `flow`
            request,     // a new request: `id` is the transaction to answer
            merged,      // a new request that has come another way before: answer `id` with 482
            overloaded,  // answer without a transaction: 503 and Retry-After (never resent, never absorbed)
            cancel,      // a CANCEL: answer `id`; `related` is the INVITE that it means, 0 if there is none (481)
            ack,         // an ACK that belongs to a 2xx or to nothing: find its dialog and call `acknowledged`
            provisional, // client `id`: the message is a 1xx
            final,       // client `id`: the message is the final response; the transaction is over
            timeout,     // client `id`: no final response in 64·T1; over. Server INVITE: no ACK for its answer
            unreachable, // client `id`: could not be sent; over
            trying_due,  // server INVITE `id` is not answered yet: answer 100
        } what;
        Id id = 0;
        std::uint64_t owner = 0; // what `send_request` was given
        Id related = 0;
        Flow flow{};
        std::string_view bytes{}; // until the next call
    };
    using Actions = std::span<const Action>; // until the next call

    struct Counters {
        std::uint64_t absorbed = 0; // requests that came again
        std::uint64_t resent = 0;   // requests and answers that we sent again
        std::uint64_t stray = 0;    // responses to nothing (late or forged), dropped
        std::uint64_t timeouts = 0;
        std::uint64_t overloaded = 0;
        std::uint64_t forgotten = 0; // answers given up before their time
        std::uint64_t abandoned = 0; // requests that nobody answered in 64·T1
    };

    TransactionMachine(Timing timing, Limits limits, std::array<std::uint64_t, 2> secret, Steady start);

    // --- from the network
    [[nodiscard]] Actions on_message(const Message& message, const Flow& flow, Steady now);
    /// The transport could not send what the last `send` of that transaction asked for.
    [[nodiscard]] Actions on_unreachable(Id id, Steady now);

    // --- from the transaction user
    /// Sends `bytes`, a request other than INVITE and ACK whose top Via has `branch`.
    [[nodiscard]] Actions send_request(std::string bytes, std::string_view branch, std::string_view method,
                                       const Flow& flow, std::uint64_t owner, Steady now);
    /// Sends an answer. A second final one, or one to a transaction that is gone, is dropped (RFC 4320: too late is
    /// silence); so is, to anything but INVITE, a 408, a 1xx other than 100, and a 100 before resends have slowed down
    /// (RFC 4320 4).
    [[nodiscard]] Actions answer(Id id, int status, std::string bytes, Steady now);
    /// The ACK of the 2xx to that INVITE has come.
    void acknowledged(Id id);

    // --- from the clock
    [[nodiscard]] Actions tick(Steady now);
    [[nodiscard]] Steady wake_at() const { return wheel_.next_at(); }

    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] std::size_t open() const { return open_; }         // server transactions not finally answered
    [[nodiscard]] std::size_t in_flight() const { return clients_; } // client transactions
    [[nodiscard]] std::size_t kept() const { return kept_; }
    [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }

private:
    enum class Kind : std::uint8_t { none, client, server, invite };
    // Completed of a client is not kept (Timer K, RFC 3261 17.1.2.2): a response that comes again finds nothing and is
    // dropped as a stray, which is all that Completed would do.
    enum class State : std::uint8_t {
        trying,     // client: nothing heard; server: nothing answered
        proceeding, // a 1xx was
        completed,  // server: finally answered; absorbs, resends
        accepted,   // INVITE server: 2xx, until its ACK and 64·T1 (RFC 6026)
        confirmed,  // INVITE server: ACK of a refusal has come; absorbs ACKs
    };
    struct Slot {
        Kind kind = Kind::none;
        State state = State::trying;
        bool merge_key = false;
        bool quiet = false; // INVITE server, accepted: the ACK has come
        std::uint32_t generation = 0;
        std::uint64_t owner = 0;
        Key key;
        Key merge;
        Flow flow;
        Steady began{};
        Steady resend_at = Steady::max();
        Steady end_at = Steady::max();
        milliseconds pause{0};
        std::string bytes; // request, or last answer
    };

    [[nodiscard]] Actions done() const { return actions_; }
    void begin() { actions_.clear(); }
    [[nodiscard]] std::uint32_t allot(Kind kind, const Key& key, const Flow& flow, Steady now);
    void free(std::uint32_t index);
    [[nodiscard]] Id id_of(std::uint32_t index) const;
    [[nodiscard]] std::optional<std::uint32_t> find(Id id) const;
    void rearm(std::uint32_t index);
    void push(Action::What what, std::uint32_t index);
    void push_send(std::uint32_t index);
    void resend(std::uint32_t index, Steady now);
    void fire(std::uint32_t index, Steady now);
    void on_response(const Message& message);
    void on_request(const Message& message, const Flow& flow, Steady now);
    void on_ack(const Message& message, const Flow& flow, Steady now);
    void come_again(std::uint32_t index);
    void complete(std::uint32_t index, int status, Steady now);
    void forget_over_limits();
    [[nodiscard]] bool counts_as_kept(const Slot& slot) const {
        return slot.kind != Kind::client && slot.state >= State::completed;
    }

    Timing timing_;
    Limits limits_;
    KeyMaker keys_;
    TimerWheel wheel_;
    Counters counters_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::unordered_map<Key, std::uint32_t, KeyHash> by_client_;
    std::unordered_map<Key, std::uint32_t, KeyHash> by_server_;
    std::unordered_map<Key, std::uint32_t, KeyHash> by_merge_;
    std::deque<Id> kept_order_; // non-INVITE answers, oldest first; some may be gone already
    std::vector<Action> actions_;
    std::size_t open_ = 0;
    std::size_t clients_ = 0;
    std::size_t kept_ = 0;
    std::size_t kept_bytes_ = 0;
};

} // namespace lamp::sip
