// Zoom: what is told of it, to status, metrics and `why`.
#include <fmt/format.h>

#include "adapters/zoom/zoom.hpp"

namespace lamp::zoom {
namespace {

constexpr std::size_t doubts_shown = 5; // in status; `people check` shows them all

std::string_view word_of(Meeting meeting) {
    switch (meeting) {
    case Meeting::unknown: return "unknown";
    case Meeting::none: return "in no meeting";
    case Meeting::calendar: return "an appointment";
    case Meeting::live: return "in a meeting";
    }
    return "";
}

} // namespace

bool Zoom::hooks_lost() const {
    if (!options_.hooks()) return false;
    return unheard_changes_ >= unheard_changes_max ||
           wall_now() - deliveries_.last().value_or(started_) > hooks_silent_longest;
}

void Zoom::add_problems(std::vector<std::string>& problems) const {
    if (client_ && client_->login_refused()) problems.push_back("zoom: the login is refused: " + client_->last_error());
    if (!read_refused_.empty())
        problems.push_back(fmt::format("zoom: reading presence failed: {} (scope user:read:presence_status:admin, or "
                                       "user:read:admin)",
                                       read_refused_));
    if (!list_refused_.empty())
        problems.push_back(fmt::format(
            "zoom: listing users failed: {} (scope user:read:list_users:admin, or user:read:admin)", list_refused_));
    if (client_)
        if (auto until = client_->silent_until())
            problems.push_back(fmt::format("zoom: the account's requests are used up until {}", rfc3339(*until)));
    if (hooks_lost() && unheard_changes_ >= unheard_changes_max)
        problems.emplace_back("zoom: people's presence changes and no web hook tells of it: look whether the event "
                              "subscription of the app is still enabled; reading goes on");
    else if (hooks_lost())
        problems.push_back(fmt::format(
            "zoom: neither an event nor a test of the address has come for {} hours: look "
            "whether the event subscription of the app is still enabled",
            std::chrono::duration_cast<std::chrono::hours>(wall_now() - deliveries_.last().value_or(started_))
                .count()));
    auto heard = [this](Heard what) { return heard_.at(static_cast<std::size_t>(what)); };
    if (heard(Heard::foreign) > 0 && heard(Heard::read) == 0)
        problems.emplace_back("zoom: the events that come are of another account than account_id");
    if (deauthorized_) problems.emplace_back("zoom: the account has removed the app");
    std::size_t shown = 0;
    for (const auto& doubt : accounts_.doubts())
        if (shown++ < doubts_shown)
            problems.push_back(fmt::format("zoom: {} {}", people_->person(doubt.slot).id, doubt.text));
}

fanout::Health Zoom::health() const {
    fanout::Health health;
    bool refused = (client_ && client_->login_refused()) || !read_refused_.empty() || !list_refused_.empty();
    bool nobody = accounts_.listed() && plan_.size() == 0;
    bool known = readings_ > 0 || nobody || deliveries_.last();
    if (refused || hooks_lost() || deauthorized_)
        health.state = "degraded";
    else if (client_ && !client_->answering())
        health.state = options_.hooks() ? "degraded" : "down";
    else
        health.state = known ? "up" : "opening";
    health.queue = deliveries_.waiting();
    health.last_success = deliveries_.last();
    if (client_ && client_->last_success() && (!health.last_success || *client_->last_success() > *health.last_success))
        health.last_success = client_->last_success();
    if (client_) health.last_error = client_->last_error();
    if (health.last_error.empty()) health.last_error = read_refused_.empty() ? list_refused_ : read_refused_;
    add_problems(health.problems);
    return health;
}

std::optional<fanout::PersonInput> Zoom::input(presence::Slot slot) const {
    for (const auto& doubt : accounts_.doubts())
        if (doubt.slot == slot) return fanout::PersonInput{"zoom", doubt.text};
    auto says = state_.says(slot);
    if (!says) return std::nullopt;
    auto value = fmt::format("{}: {}", word_of(says->meeting), text(says->presence));
    if (says->attendances > 0) value += fmt::format(", attends {}", says->attendances);
    auto expires = says->happened + life(slot, says->meeting == Meeting::live);
    return fanout::PersonInput{"zoom", std::move(value), says->happened, expires};
}

std::vector<fanout::Metric> Zoom::metrics() const {
    using enum fanout::Metric::Kind;
    auto number = [](auto value) { return static_cast<double>(value); };
    std::vector<fanout::Metric> all;
    for (std::size_t i = 0; i < heard_count; ++i)
        all.push_back({counter, "lamplighter_zoom_events_total", "Events by what became of them.", "outcome",
                       zoom::name(static_cast<Heard>(i)), number(heard_.at(i))});
    constexpr std::array<std::string_view, Deliveries::refused_count> whys{"missing", "wrong", "stale", "full"};
    for (std::size_t i = 0; i < whys.size(); ++i)
        all.push_back({counter, "lamplighter_zoom_deliveries_refused_total",
                       "Deliveries that were not looked into, by why.", "why", whys.at(i),
                       number(deliveries_.refused(static_cast<Deliveries::Refused>(i)))});
    all.push_back({counter, "lamplighter_zoom_validations_total", "Tests of our address.", "", "",
                   number(deliveries_.validations())});
    auto last = deliveries_.last();
    all.push_back({gauge, "lamplighter_zoom_last_event_seconds",
                   "Time of the last genuine delivery, seconds since 1970; 0: none.", "", "",
                   last ? number(last->time_since_epoch().count()) / 1000 : 0.0});
    all.push_back({gauge, "lamplighter_zoom_in_meeting", "People in a meeting.", "", "", number(state_.live())});
    all.push_back(
        {counter, "lamplighter_zoom_unknown_words_total", "Words that are not known.", "", "", number(unknown_words_)});
    all.push_back({counter, "lamplighter_zoom_readings_total", "Presences read.", "", "", number(readings_)});
    all.push_back({counter, "lamplighter_zoom_corrections_total", "Changes that a reading told first.", "", "",
                   number(corrections_)});
    const ZoomCounters none;
    const auto& rest = client_ ? client_->counters() : none;
    all.push_back({counter, "lamplighter_zoom_requests_total", "Requests to Zoom.", "", "", number(rest.requests)});
    all.push_back(
        {counter, "lamplighter_zoom_throttled_total", "Requests that Zoom throttled.", "", "", number(rest.throttled)});
    all.push_back(
        {counter, "lamplighter_zoom_failures_total", "Requests without a usable answer.", "", "", number(rest.failed)});
    constexpr std::string_view people = "lamplighter_zoom_people";
    constexpr std::string_view people_help = "People by how their account was found.";
    all.push_back({gauge, people, people_help, "account", "matched", number(accounts_.matched())});
    all.push_back({gauge, people, people_help, "account", "unmatched", number(accounts_.unmatched())});
    all.push_back({gauge, people, people_help, "account", "doubled", number(accounts_.doubled())});
    return all;
}

} // namespace lamp::zoom
