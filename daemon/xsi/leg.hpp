// One call of one line, kept beyond its documents, and why it is over (xsi.md 7.1). Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "calls/line_news.hpp"
#include "proto/xsi/event.hpp"

namespace lamp::xsi {

struct Leg {
    std::string call_id;
    std::string tracking_id;
    CallState state = CallState::unknown;
    Personality personality = Personality::unknown;
    bool withheld = false;
    calls::End trouble = calls::End::unknown; // what its release cause says, told before its end or with it
    std::string remote_number;                // "+31…", an extension, or a sip: URI; empty when withheld
    std::string remote_name;
    std::string queue;
    std::string ddi;
    std::optional<Wall> started;
    std::optional<Wall> answered;
    Steady seen{}; // when we first heard of it, by our own clock
    /// BroadWorks user id of a party in the same enterprise; empty when withheld, and while nobody wants it (Ledger).
    std::string remote_user{};
    std::string group{}; // BroadWorks user id of the queue or hunt group that offers it; empty while nobody wants it

    [[nodiscard]] bool incoming() const { return personality == Personality::terminator; }
    /// A party that is transferred blindly "alerts" again after its answer, and its phone does not ring.
    [[nodiscard]] bool rings() const { return state == CallState::alerting && incoming() && !answered; }
    /// Was answered, as far as we know. A failure's tone is "active" and nobody's answer.
    [[nodiscard]] bool talked() const;
};

struct EndedLeg {
    Leg leg; // as it was last seen
    calls::End why = calls::End::unknown;
    std::string to; // redirected, transferred: where it went, if told
    calls::Redirect redirect = calls::Redirect::none;
    std::optional<Wall> at{}; // the platform's time, if told
};
using EndedLegs = std::vector<EndedLeg>;

/// What the release cause of `call` says; unknown when it has none, or one that means a normal end.
[[nodiscard]] calls::End trouble_of(const Call& call);
/// Why `leg` is over, by the event that says so; `state` is what the event comes to.
[[nodiscard]] calls::End end_of(const Leg& leg, const Call& event, CallState state);

/// What `redirect_reason` of a call means.
[[nodiscard]] calls::Redirect redirect_named(std::string_view reason);

/// "tel:+31201230002" -> "+31201230002"; "tel:2002" -> "2002"; "sip:" URIs stay whole.
[[nodiscard]] std::string_view number_of(std::string_view address);

} // namespace lamp::xsi
