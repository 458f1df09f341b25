// GoTo: what is told of it, to status, metrics and `why`.
#include <algorithm>
#include <fmt/format.h>

#include "adapters/goto_meeting/goto.hpp"

namespace lamp::goto_meeting {
namespace {

Wall wall_of(Steady at) {
    return wall_now() - std::chrono::duration_cast<milliseconds>(steady_now() - at);
}

} // namespace

std::size_t GoTo::left_out() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < rounds_.seats().size(); ++i)
        count += rounds_.left_out(i) ? 1 : 0;
    return count;
}

fanout::Health GoTo::health() const {
    fanout::Health health;
    bool refused = client_ && client_->login_refused();
    bool first_round_in = rounds_.rounds() > 0 || rounds_.seats().empty();
    if (refused || !others_refused_.empty() || !garbled_.empty() || !disk_problem_.empty())
        health.state = "degraded";
    else if (client_ && !client_->answering())
        health.state = "down";
    else
        health.state = logged_in_ && first_round_in ? "up" : "opening";
    if (client_) {
        health.last_success = client_->last_success();
        health.last_error = client_->last_error();
    }
    auto problem = [&](std::string text) { health.problems.push_back("goto: " + std::move(text)); };
    if (refused)
        problem(fmt::format("the login is refused: {}; put a new refresh token into [goto]", client_->last_error()));
    if (!others_refused_.empty())
        problem(fmt::format("only the meetings of the refresh token's owner are seen, since it is not an "
                            "administrator's: {}",
                            others_refused_));
    if (!garbled_.empty()) problem("reading meetings failed: " + garbled_);
    if (!disk_problem_.empty()) problem("the login cannot be kept on disk: " + disk_problem_);
    if (logged_in_ && owner_.empty()) problem("GoTo does not tell whose refresh token it is: set owner in [goto]");
    if (auto count = left_out(); count > 0)
        problem(fmt::format("GoTo tells nothing of {} organisers (lamplighter people check)", count));
    if (matching_.unmatched > 0 || matching_.doubled > 0)
        problem(fmt::format("{} people name no GoTo organiser that could be one, {} name the same (lamplighter people "
                            "check)",
                            matching_.unmatched, matching_.doubled));
    if (auto round = rounds_.round(); round > options_.poll * 11 / 10)
        problem(fmt::format("a round of {} organisers takes {} s, longer than poll; a meeting is noticed that late",
                            rounds_.seats().size(), std::chrono::ceil<seconds>(round).count()));
    for (const auto* text : {&others_refused_, &garbled_, &disk_problem_})
        if (health.last_error.empty()) health.last_error = *text;
    return health;
}

std::vector<fanout::Doubt> GoTo::doubts() const {
    auto doubts = matching_.doubts;
    const auto& seats = rounds_.seats();
    for (std::size_t i = 0; i < seats.size(); ++i)
        if (rounds_.left_out(i))
            doubts.push_back({seats[i].slot, "unmatched", "is no organiser of whom GoTo tells anything"});
    return doubts;
}

std::optional<fanout::PersonInput> GoTo::input(presence::Slot slot) const {
    const auto& seats = rounds_.seats();
    auto seat = std::ranges::find(seats, slot, &Seat::slot);
    if (seat == seats.end()) {
        auto doubt = std::ranges::find(matching_.doubts, slot, &fanout::Doubt::slot);
        if (doubt == matching_.doubts.end()) return std::nullopt;
        return fanout::PersonInput{"goto", "not followed: " + doubt->text};
    }
    const Known& known = known_[slot];
    if (known.at == Steady()) {
        if (!seat->owner && rounds_.others_refused()) return fanout::PersonInput{"goto", "not permitted"};
        if (rounds_.left_out(static_cast<std::size_t>(seat - seats.begin())))
            return fanout::PersonInput{"goto", "GoTo tells nothing of this organiser"};
        return fanout::PersonInput{"goto", "not read yet"};
    }
    auto at = wall_of(known.at);
    std::string value = known.meeting == meetings::Meeting::live ? "a meeting of theirs is running" : "no meeting";
    if (steady_now() >= known.at + known.fresh_for) value += "; stale";
    return fanout::PersonInput{"goto", std::move(value), at, at + known.fresh_for};
}

std::vector<fanout::Metric> GoTo::metrics() const {
    using enum fanout::Metric::Kind;
    auto counters = client_ ? client_->counters() : Counters{};
    auto number = [](auto value) { return static_cast<double>(value); };
    auto live = std::ranges::count(known_, meetings::Meeting::live, &Known::meeting);
    return {
        {counter, "lamplighter_goto_requests_total", "Requests to GoTo.", "", "", number(counters.requests)},
        {counter, "lamplighter_goto_throttled_total", "Requests that GoTo throttled.", "", "",
         number(counters.throttled)},
        {counter, "lamplighter_goto_failures_total", "Requests without a usable answer.", "", "",
         number(counters.failed)},
        {counter, "lamplighter_goto_rounds_total", "Rounds in which every organiser was asked about.", "", "",
         number(rounds_.rounds())},
        {gauge, "lamplighter_goto_round_seconds", "How long the last round took.", "", "",
         number(rounds_.round_took().count()) / 1000},
        {gauge, "lamplighter_goto_live", "Organisers whose meeting runs.", "", "", number(live)},
        {gauge, "lamplighter_goto_people", "People by how their organiser was found.", "account", "matched",
         number(rounds_.seats().size())},
        {gauge, "lamplighter_goto_people", "People by how their organiser was found.", "account", "unmatched",
         number(matching_.unmatched + left_out())},
        {gauge, "lamplighter_goto_people", "People by how their organiser was found.", "account", "doubled",
         number(matching_.doubled)},
    };
}

} // namespace lamp::goto_meeting
