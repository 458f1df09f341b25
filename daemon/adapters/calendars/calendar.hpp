// One calendar as `Calendars` follows it: its options, its provider, what it knows, and how the last readings went.
// Lives on the egress loop.
#pragma once
#include "adapters/calendars/calendars.hpp"

namespace lamp::calendars {

inline constexpr milliseconds retry_first{5'000};
inline constexpr milliseconds retry_longest{300'000};

struct Calendars::Calendar {
    Calendar(Loop& loop, CalendarOptions options_, Agenda::NumberOn number_on)
        : options(std::move(options_)),
          agenda(options.name, {.tags = options.tags, .fields = options.fields}, std::move(number_on)),
          bell(loop.context()),
          back_off(std::min(options.poll, retry_first), std::max(options.poll, retry_longest)) {}

    const CalendarOptions options; // the provider refers to it
    Agenda agenda;
    std::unique_ptr<Provider> provider; // null: it could not be made
    Bell bell;
    Backoff back_off;
    Steady due{};    // of the next reading
    Steady begun{};  // of the last one
    Steady looked{}; // for another login
    bool gone = false;
    std::optional<presence::Slot> shown{}; // who is in a meeting while its appointments last
    std::optional<Wall> busy_until{};      // as of the last look
    std::optional<Error> error;            // of the last reading
    std::optional<Wall> last_success;
    std::optional<Steady> refused_since;                    // by a service that was there; until it gives an answer
    bool ended = false;                                     // it has been refused for too long: nothing of it diverts
    std::string line_trouble;                               // why it has no line
    std::optional<std::vector<forwarding::LineClaim>> told; // to forwarding

    /// A user has given his consent and may take it back: then nothing of his calendar counts any more.
    [[nodiscard]] bool by_consent() const {
        return options.provider == ProviderKind::google && !options.client_id.empty();
    }
    [[nodiscard]] std::string written_line() const { return options.line.empty() ? options.person : options.line; }
};

} // namespace lamp::calendars
