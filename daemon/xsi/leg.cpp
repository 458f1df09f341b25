#include "xsi/leg.hpp"

#include <algorithm>
#include <array>

namespace lamp::xsi {
namespace {

using calls::End;

struct Word {
    std::string_view text;
    End end;
};

// internalReleaseCause (xsi.md 7.1); every other one is a failure.
constexpr std::array internal_causes{
    Word{"Busy", End::busy},
    Word{"Request Timeout", End::not_answered},
};

// cdrTerminationCause: Q.850 in up to three digits. The normal ends say nothing that the releasing party does not.
constexpr std::array cdr_causes{
    Word{"16", End::unknown},      // normal clearing
    Word{"17", End::busy},         // user busy
    Word{"18", End::not_answered}, // no user responding
    Word{"19", End::not_answered}, // no answer from user
    Word{"21", End::declined},     // call rejected
    Word{"31", End::unknown},      // normal, unspecified
};

struct Reason {
    std::string_view text;
    calls::Redirect redirect;
};

constexpr std::array reasons{
    Reason{"unconditional", calls::Redirect::always},  Reason{"time-of-day", calls::Redirect::always},
    Reason{"do-not-disturb", calls::Redirect::always}, Reason{"unavailable", calls::Redirect::always},
    Reason{"out-of-service", calls::Redirect::always}, Reason{"away", calls::Redirect::always},
    Reason{"user-busy", calls::Redirect::busy},        Reason{"no-answer", calls::Redirect::no_answer},
    Reason{"deflection", calls::Redirect::deflection}, Reason{"transfer", calls::Redirect::transfer},
    Reason{"voicemail", calls::Redirect::voicemail},   Reason{"hunt-group", calls::Redirect::group},
    Reason{"call-center", calls::Redirect::group},     Reason{"route-point", calls::Redirect::group},
};

template <std::size_t size>
End end_named(const std::array<Word, size>& words, std::string_view text) {
    auto found = std::ranges::find(words, text, &Word::text);
    return found == words.end() ? End::failed : found->end;
}

End end_of_redirect(const Call& event) {
    if (event.redirect_reason == "transfer") return End::transferred;
    // Another telephone of one's own took it; with an address it is the search that goes on there.
    if (event.redirect_reason == "follow-me" && event.redirect_address.empty()) return End::answered_elsewhere;
    return End::redirected;
}

End end_of_talk(ReleasingParty party) {
    switch (party) {
    case ReleasingParty::local: return End::hung_up_here;
    case ReleasingParty::remote: return End::hung_up_there;
    case ReleasingParty::unknown: break;
    }
    return End::unknown;
}

} // namespace

calls::Redirect redirect_named(std::string_view reason) {
    if (reason.empty()) return calls::Redirect::none;
    const auto* found = std::ranges::find(reasons, reason, &Reason::text);
    return found == reasons.end() ? calls::Redirect::other : found->redirect;
}

std::string_view number_of(std::string_view address) {
    if (!address.starts_with("tel:")) return address;
    address.remove_prefix(4);
    return address.substr(0, address.find(';'));
}

bool Leg::talked() const {
    if (answered) return true;
    bool connected = state == CallState::active || state == CallState::held || state == CallState::remote_held;
    return connected && trouble == calls::End::unknown;
}

End trouble_of(const Call& call) {
    if (!call.release_cause.empty()) return end_named(internal_causes, call.release_cause);
    if (call.cdr_cause.empty()) return End::unknown;
    auto digits = call.cdr_cause;
    while (digits.size() > 1 && digits.front() == '0')
        digits.remove_prefix(1);
    return end_named(cdr_causes, digits);
}

End end_of(const Leg& leg, const Call& event, CallState state) {
    if (!event.redirect_reason.empty()) return end_of_redirect(event);
    if (state == CallState::detached) return End::unknown; // sent away, and nobody says where
    auto trouble = trouble_of(event);
    if (trouble == End::unknown) trouble = leg.trouble;
    bool talked = leg.talked() || event.answered;
    if (talked) return trouble == End::failed ? End::failed : end_of_talk(event.releasing_party);
    if (trouble != End::unknown) return trouble;
    bool refused = leg.incoming() && event.releasing_party == ReleasingParty::local;
    return refused ? End::declined : End::not_answered;
}

} // namespace lamp::xsi
