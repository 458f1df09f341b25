// One subscription of one watcher: its dialog (RFC 3261 12), its state (RFC 6665 4.2) and what is on its way to the
// watcher. Kept small, since there may be a hundred thousand: texts share one block, and what a NOTIFY always says is
// written there once. Lives in the notifier.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "sip/event_packages.hpp"
#include "sip/flow.hpp"
#include "sip/transaction_key.hpp"

namespace lamp::sip {

/// A piece of the block.
struct Piece {
    std::uint16_t at = 0;
    std::uint16_t length = 0;
};

/// What a list's watcher knows of one member.
struct Member {
    enum class Told : std::uint8_t { nothing, pending, active, rejected, probation };

    std::uint64_t hash = 0; // of the document told last, while `active`
    ResourceIndex resource = 0;
    std::uint32_t version = 0; // of the next document
    Told told = Told::nothing;
    bool dirty = true; // something may have changed
};
struct ListState {
    std::uint32_t version = 0;
    std::uint32_t first = 0; // version of a new member's first document: who was on the list before goes on counting
    bool full = true;        // the next NOTIFY names every member
    std::vector<Member> members;
};

/// Why a subscription is over, in the words of RFC 6665 4.1.3.
enum class Ending : std::uint8_t {
    none,
    timeout,     // it ran out, or the watcher unsubscribed, or it only fetched
    deactivated, // we stop
    probation,   // not now: retry-after says when
    noresource,  // nobody of that name any more
    rejected,    // not permitted any more
};
[[nodiscard]] std::string_view name(Ending ending);

struct Subscription {
    enum class Phase : std::uint8_t { free, pending, active, last }; // last: the final NOTIFY is on its way

    std::string block;
    Flow flow;
    Key dialog;          // of Call-ID and both tags
    Key twin;            // of what the same phone would ask for again after a reboot
    Steady began{};      //
    Steady expires_at{}; //
    Steady not_before{}; // no NOTIFY earlier, except after a SUBSCRIBE
    Steady sent_at{};    // of the last NOTIFY; zero: none yet
    std::uint64_t body_hash = 0;
    std::uint64_t event_hash = 0; // of the Event field's package and id
    const dialoginfo::Dialect* dialect = nullptr;
    std::unique_ptr<ListState> list;
    std::uint32_t generation = 1; // so that no id is 0, which means nobody's
    ResourceIndex resource = 0;
    std::uint32_t watcher = 0;            // index of whom it counts for
    std::uint32_t previous = 0, next = 0; // of the same resource
    std::uint32_t local_cseq = 0;
    std::uint32_t remote_cseq = 0;
    std::uint32_t version = 0;       // of the next document
    std::uint32_t pause_ms = 0;      // between two NOTIFYs
    std::uint32_t longest_ms = 0;    // a NOTIFY at least so often (RFC 6446 min-rate); 0: only when there is something
    std::uint32_t retry_after_s = 0; // of an ending with probation
    Piece branch, target, from, call_id, contact, entity, rates;
    std::uint16_t answered = 0; // status of the answer to the last NOTIFY; 0: none
    PackageIndex package = 0;
    Phase phase = Phase::free;
    Ending ending = Ending::none; // wanted: the next NOTIFY is the last one
    Permission permission = Permission::allowed;
    std::uint8_t timeouts = 0; // in a row
    std::uint8_t failures = 0; // in a row
    bool in_flight = false;
    bool dirty = false;  // something may have changed since the last NOTIFY
    bool forced = false; // a NOTIFY is due even if nothing has changed
    bool held = false;   // an order is under way: until `not_before` only what has changed is told

    [[nodiscard]] std::string_view text(Piece piece) const {
        return std::string_view(block).substr(piece.at, piece.length);
    }
};

} // namespace lamp::sip
