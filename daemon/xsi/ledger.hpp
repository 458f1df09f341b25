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
#include "xsi/leg.hpp"
#include "xsi/patience.hpp"

namespace lamp::xsi {

class Ledger {
public:
    // `ended` is given while somebody shows calls: it gets whatever leaves `legs`, and legs keep their `remote_user`,
    // which nobody else needs and which would cost every event a cache line.

    /// Applies one document about this line. True if the calls (not only their details) may have changed.
    bool apply(const Document& document, Steady now, EndedLegs* ended = nullptr);
    /// What GET /calls said, leg by leg: a full replacement, as a snapshot is.
    bool replace(std::span<const CallDetails> calls, Steady now, EndedLegs* ended = nullptr);
    /// Forgets all calls (the line is not watched any more).
    void clear(EndedLegs* ended = nullptr);

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
    /// The conference that the legs are in is held.
    [[nodiscard]] bool conference_held() const { return calls_ && calls_->conference_held; }
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
    bool apply_call(const Call& call, CallState state, std::span<const Redirection> redirections, Steady now,
                    EndedLegs* ended);
    bool apply_snapshot(const Document& document, Steady now, EndedLegs* ended);
    bool apply_conference(const Conference& conference, std::string_view type);
    bool remove(const Call& call, CallState state, Steady now, EndedLegs* ended);
    Leg* find(const Call& call);
    [[nodiscard]] bool buried(std::string_view call_id) const;

    std::unique_ptr<Calls> calls_;
};

} // namespace lamp::xsi
