// Teams: what is told of it, to status, metrics and `why`.
#include <fmt/format.h>

#include "adapters/teams/teams.hpp"

namespace lamp::teams {
namespace {

constexpr std::size_t doubts_shown = 5; // in status; `people check` shows them all

std::string text_of(graph::Pair pair) {
    return fmt::format("{}/{}", graph::text(pair.availability), graph::text(pair.activity));
}

Wall wall_of(Steady at) {
    return wall_now() - std::chrono::duration_cast<milliseconds>(steady_now() - at);
}

std::string_view name(Finding::Kind kind) {
    switch (kind) {
    case Finding::Kind::unmatched: return "unmatched";
    case Finding::Kind::ambiguous: return "ambiguous";
    case Finding::Kind::doubled: return "doubled";
    }
    return "";
}

} // namespace

// What /readyz waits for. What is refused for good does not hold it back (interface 7.3).
std::string Teams::not_ready() const {
    if (!options_.read || !read_refused_.empty() || graph_->login_refused()) return {};
    if (!accounts_in_) return "the tenant's accounts are not listed yet";
    if (plan_.first_round_in() || by_account_.empty()) return {};
    return "the first round of Teams presence is not in";
}

fanout::Health Teams::health() const {
    fanout::Health health;
    bool refused = graph_->login_refused() || !read_refused_.empty() || !read_garbled_.empty() ||
                   !write_refused_.empty() || !directory_refused_.empty() || !disk_problem_.empty();
    health.not_ready = not_ready();
    if (refused)
        health.state = "degraded";
    else if (!graph_->answering())
        health.state = "down";
    else
        health.state = graph_->last_success() && health.not_ready.empty() ? "up" : "opening";
    health.queue = sessions_.waiting(steady_now());
    health.last_success = graph_->last_success();
    health.last_error = graph_->last_error();
    if (graph_->login_refused()) health.problems.push_back("teams: the login is refused: " + graph_->last_error());
    for (const auto& [what, problem] :
         {std::pair("reading presence", &read_refused_), std::pair("reading presence", &read_garbled_),
          std::pair("writing presence", &write_refused_), std::pair("listing accounts", &directory_refused_),
          std::pair("keeping intents on disk", &disk_problem_)}) {
        if (problem->empty()) continue;
        if (health.last_error.empty()) health.last_error = *problem;
        health.problems.push_back(fmt::format("teams: {} failed: {} (lamplighter teams check)", what, *problem));
    }
    if (matching_.unmatched > 0 && accounts_in_)
        health.problems.push_back(
            fmt::format("teams: {} people have no Teams account (lamplighter people check)", matching_.unmatched));
    if (notifications_) notifications_->add_problems(health.problems);
    std::size_t shown = 0;
    for (const Finding& finding : matching_.findings)
        if (finding.kind != Finding::Kind::unmatched && shown++ < doubts_shown)
            health.problems.push_back(fmt::format("teams: {} {}", people_->person(finding.slot).id, finding.text));
    return health;
}

std::vector<fanout::Doubt> Teams::doubts() const {
    std::vector<fanout::Doubt> doubts;
    for (const Finding& finding : matching_.findings)
        doubts.push_back({finding.slot, std::string(teams::name(finding.kind)), finding.text});
    return doubts;
}

std::optional<fanout::PersonInput> Teams::input(presence::Slot slot) const {
    if (!options_.read) return std::nullopt;
    if (!account_of(slot)) {
        for (const Finding& finding : matching_.findings)
            if (finding.slot == slot) return fanout::PersonInput{"teams", "no account: " + finding.text};
        return std::nullopt;
    }
    auto seen = readings_.seen(slot);
    if (!seen) return fanout::PersonInput{"teams", "not read yet"};
    auto value = text_of(seen->pair);
    if (seen->out_of_office) value += ", out of office";
    if (seen->echo) value += "; Teams shows Busy/InACall, which is our own word and no input";
    if (seen->stale) value += "; stale";
    auto at = wall_of(seen->read_at);
    return fanout::PersonInput{"teams", std::move(value), at, at + readings_.stale_after()};
}

std::string Teams::session_result(const Sessions::Session& session, presence::Slot slot) const {
    auto seen = readings_.seen(slot);
    bool in_call = session.line == LineSays::in_call;
    if (in_call && session.masked)
        return fmt::format("left alone: the person chose {} by hand", seen ? text_of(seen->pair) : "a status");
    if (session.in_flight) return "on its way";
    if (!session.last_reason.empty()) return fmt::format("failed, will be tried again: {}", session.last_reason);
    if (!in_call || session.published != Sessions::Session::Published::yes) return "waiting for its turn";
    if (seen && !seen->echo && seen->read_at > session.written + EchoFilter::linger)
        return fmt::format("written, but Teams shows {}: the person's own status goes before", text_of(seen->pair));
    return "written; calls in Teams still ring, which an application cannot change";
}

std::optional<fanout::PersonOutput> Teams::output(presence::Slot slot) const {
    auto id = account_of(slot);
    if (!id) return std::nullopt;
    if (!may_write(slot))
        return fanout::PersonOutput{"", std::nullopt, options_.write ? "not written: excepted" : "write = false"};
    if (const auto* session = sessions_.find(*id)) {
        std::optional<Wall> at;
        if (session->written != Steady()) at = wall_of(session->written);
        return fanout::PersonOutput{session->line == LineSays::in_call ? "Busy/InACall" : "cleared", at,
                                    session_result(*session, slot)};
    }
    if (slot >= last_.size() || last_[slot].result == Last::Result::nothing) return std::nullopt;
    fanout::PersonOutput out{"cleared", Wall(seconds(last_[slot].at_s)), "written"};
    if (last_[slot].result == Last::Result::gone) out.result = "nothing was there any more";
    if (last_[slot].result == Last::Result::failed) out.result = "failed; the session has ended by itself";
    return out;
}

void Teams::photo(presence::Slot slot, std::function<void(std::shared_ptr<const Photo>)> reply) {
    auto id = account_of(slot);
    if (!id) return reply(nullptr);
    loop_.spawn([](Photos& photos, Guid whose, std::function<void(std::shared_ptr<const Photo>)> answer) -> Task<> {
        auto found = co_await photos.of(whose);
        answer(found ? *found : nullptr);
    }(photos_, *id, std::move(reply)));
}

std::vector<fanout::Metric> Teams::metrics() const {
    using enum fanout::Metric::Kind;
    const auto& graph = graph_->counters();
    auto number = [](auto value) { return static_cast<double>(value); };
    std::vector<fanout::Metric> all{
        {counter, "lamplighter_teams_requests_total", "Requests to Graph.", "", "", number(graph.requests)},
        {counter, "lamplighter_teams_throttled_total", "Requests that Graph throttled.", "", "",
         number(graph.throttled)},
        {counter, "lamplighter_teams_failures_total", "Requests without a usable answer.", "", "",
         number(graph.failed)},
        {counter, "lamplighter_teams_writes_total", "Sessions set or cleared.", "result", "done", number(writes_)},
        {counter, "lamplighter_teams_writes_total", "Sessions set or cleared.", "result", "failed",
         number(write_failures_)},
        {counter, "lamplighter_teams_rounds_total", "Rounds in which everybody was read.", "", "",
         number(plan_.rounds())},
        {gauge, "lamplighter_teams_round_seconds", "How long the last round took.", "", "",
         number(plan_.round_took().count()) / 1000},
        {counter, "lamplighter_teams_echoes_total", "Readings that were our own words.", "", "", number(echoes_)},
        {counter, "lamplighter_teams_old_readings_total", "Readings dropped for their sequence number.", "", "",
         number(readings_.dropped())},
        {counter, "lamplighter_teams_unknown_words_total", "Words that are not known.", "", "", number(unknown_words_)},
        {gauge, "lamplighter_teams_sessions", "Presence sessions of ours.", "", "", number(sessions_.published())},
        {gauge, "lamplighter_teams_people", "People by how their account was found.", "account", "matched",
         number(by_account_.size())},
        {gauge, "lamplighter_teams_people", "People by how their account was found.", "account", "unmatched",
         number(matching_.unmatched)},
        {gauge, "lamplighter_teams_people", "People by how their account was found.", "account", "ambiguous",
         number(matching_.ambiguous)},
        {gauge, "lamplighter_teams_people", "People by how their account was found.", "account", "doubled",
         number(matching_.doubled)},
    };
    if (notifications_) notifications_->add_metrics(all);
    return all;
}

} // namespace lamp::teams
