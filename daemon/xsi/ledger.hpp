// The call ledger: who is in which calls, leg by leg, from events and snapshots (xsi.md 7). One Ledger is one line.
// Pure: no loop, no clock; `now` is given. What it concludes is what interface 7.6 asks for.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "presence/words.hpp"
#include "proto/xsi/documents.hpp"
#include "proto/xsi/event.hpp"
#include "xsi/patience.hpp"

namespace lamp::xsi {

/// One leg of this line, kept beyond its documents.
struct Leg {
    std::string call_id;
    std::string tracking_id;
    CallState state = CallState::unknown;
    Personality personality = Personality::unknown;
    std::string remote_number; // "+31…", an extension, or a sip: URI; empty when withheld
    std::string remote_name;
    std::string queue;
    std::string ddi;
    std::optional<Wall> started;
    std::optional<Wall> answered;
    Steady seen{}; // when we first heard of it, by our own clock

    [[nodiscard]] bool incoming() const { return personality == Personality::terminator; }
    /// A party that is transferred blindly "alerts" again after its answer, and its phone does not ring.
    [[nodiscard]] bool rings() const { return state == CallState::alerting && incoming() && !answered; }
};

class Ledger {
public:
    /// Applies one document about this line. True if the calls (not only their details) may have changed.
    bool apply(const Document& document, Steady now);
    /// What GET /calls said, leg by leg: a full replacement, as a snapshot is.
    bool replace(std::span<const CallDetails> calls, Steady now);
    /// Forgets all calls (the line is not watched any more).
    void clear() { recycle(); }

    [[nodiscard]] presence::LineState state() const;
    /// On the phone, even while another call rings: a leg is answered, held by either side, or dialled.
    [[nodiscard]] bool in_call() const;
    [[nodiscard]] unsigned calls() const { return static_cast<unsigned>(legs().size()); }
    [[nodiscard]] std::span<const Leg> legs() const {
        return calls_ ? std::span<const Leg>(calls_->legs).first(calls_->live) : std::span<const Leg>();
    }
    /// Drops tombstones of calls released a minute ago, and the memory with them. Call once in a while.
    void tidy(Steady now);
    /// Holds anything at all, tombstones included.
    [[nodiscard]] bool in_use() const { return calls_ != nullptr; }
    /// A leg rings for longer than three minutes or lasts for over four hours: worth an audit (xsi.md 5.5, 10).
    [[nodiscard]] bool looks_stuck(Steady now, const Patience& patience = {}) const;

private:
    struct Tombstone {
        std::size_t hash;
        Steady at;
    };
    /// Most lines have no call most of the time: they pay one pointer. Legs behind `live` are over and wait to be used
    /// again with their texts' memory, and so do whole Calls: a call in steady state allocates nothing.
    struct Calls {
        std::vector<Leg> legs;
        std::size_t live = 0;
        std::vector<Tombstone> released;
        bool conference_held = false;
        [[nodiscard]] std::span<Leg> now() { return std::span(legs).first(live); }
    };

    Calls& open();
    void recycle();
    static std::vector<std::unique_ptr<Calls>>& spare();
    bool apply_call(const Call& call, CallState state, std::span<const Redirection> redirections, Steady now);
    bool apply_snapshot(const Document& document, Steady now);
    bool apply_conference(const Conference& conference, std::string_view type);
    bool remove(std::string_view call_id, Steady now);
    Leg* find(const Call& call);
    [[nodiscard]] bool buried(std::string_view call_id) const;

    std::unique_ptr<Calls> calls_;
};

/// "tel:+31201230002" -> "+31201230002"; "tel:2002" -> "2002"; "sip:" URIs stay whole.
[[nodiscard]] std::string_view number_of(std::string_view address);

} // namespace lamp::xsi
