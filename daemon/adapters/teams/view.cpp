// Teams: what is told of it, to status, metrics and `why`.
#include <fmt/format.h>

#include "adapters/teams/teams.hpp"

namespace lamp::teams {

// What /readyz waits for. What is refused for good does not hold it back (interface 7.3).
std::string Teams::not_ready() const {
    if (!options_.read || !read_refused_.empty() || graph_->login_refused()) return {};
    if (!accounts_in_) return "the tenant's accounts are not listed yet";
    if (plan_.first_round_in() || by_account_.empty()) return {};
    return "the first round of Teams presence is not in";
}

TeamsReport Teams::report() const {
    TeamsReport report;
    auto now = steady_now();
    bool refused = graph_->login_refused() || !read_refused_.empty() || !write_refused_.empty() ||
                   !directory_refused_.empty();
    report.not_ready = not_ready();
    if (refused || !disk_problem_.empty())
        report.state = "degraded";
    else if (!graph_->answering())
        report.state = "down";
    else
        report.state = graph_->last_success() && report.not_ready.empty() ? "up" : "opening";
    report.queue = sessions_.waiting(now);
    report.last_success = graph_->last_success();
    report.last_error = graph_->last_error();
    for (const auto* problem : {&read_refused_, &write_refused_, &directory_refused_, &disk_problem_}) {
        if (problem->empty()) continue;
        if (report.last_error.empty()) report.last_error = *problem;
        report.problems.push_back("teams: " + *problem);
    }
    if (graph_->login_refused()) report.problems.push_back("teams: the login is refused: " + graph_->last_error());
    report.matched = by_account_.size();
    report.unmatched = matching_.unmatched;
    report.ambiguous = matching_.ambiguous;
    report.doubled = matching_.doubled;
    for (const Finding& finding : matching_.findings) {
        if (finding.kind == Finding::Kind::unmatched) continue; // their number says enough
        if (report.problems.size() >= 10) break;
        report.problems.push_back(
            fmt::format("teams: {} {}", people_->person(finding.slot).id, finding.text));
    }
    report.sessions = sessions_.published();
    report.rounds = plan_.rounds();
    report.round_took = plan_.round_took();
    report.writes = writes_;
    report.write_failures = write_failures_;
    report.echoes = echoes_;
    report.old_readings = readings_.dropped();
    report.unknown_words = unknown_words_;
    report.graph = graph_->counters();
    return report;
}

namespace {

std::string text_of(graph::Pair pair) {
    return fmt::format("{}/{}", graph::text(pair.availability), graph::text(pair.activity));
}

Wall wall_of(Steady at) {
    return wall_now() - std::chrono::duration_cast<milliseconds>(steady_now() - at);
}

} // namespace

TeamsPerson Teams::person(presence::Slot slot) const {
    TeamsPerson told;
    auto id = account_of(slot);
    if (!id) {
        for (const Finding& finding : matching_.findings)
            if (finding.slot == slot)
                told.input = {fmt::format("no account: {}", finding.text), wall_now(), std::nullopt};
        return told;
    }
    auto seen = options_.read ? readings_.seen(slot) : std::nullopt;
    if (seen) {
        auto value = text_of(seen->pair);
        if (seen->out_of_office) value += ", out of office";
        if (seen->echo) value += "; Teams shows Busy/InACall, which is our own word and no input";
        if (seen->stale) value += "; stale";
        told.input = {std::move(value), wall_of(seen->read_at), wall_of(seen->read_at) + readings_.stale_after()};
    }
    told.output = output(slot, *id, seen);
    return told;
}

std::optional<TeamsPerson::Output> Teams::output(presence::Slot slot, const Guid& id,
                                                 const std::optional<Readings::Seen>& seen) const {
    using Published = Sessions::Session::Published;
    if (!may_write(slot))
        return TeamsPerson::Output{"", std::nullopt, options_.write ? "not written: excepted" : "not written: write = false"};
    if (const auto* session = sessions_.find(id)) {
        TeamsPerson::Output out;
        bool in_call = session->line == LineSays::in_call;
        out.value = in_call ? "Busy/InACall" : "cleared";
        if (session->written != Steady()) out.at = wall_of(session->written);
        if (in_call && session->masked)
            out.result = fmt::format("left alone: the person chose {} by hand", seen ? text_of(seen->pair) : "a status");
        else if (session->in_flight)
            out.result = "on its way";
        else if (!session->last_reason.empty())
            out.result = fmt::format("failed, and will be tried again: {}", session->last_reason);
        else if (!in_call || session->published != Published::yes)
            out.result = "waiting for its turn";
        else if (seen && !seen->echo && seen->read_at > session->written + EchoFilter::linger)
            out.result = fmt::format("written, but Teams shows {}: the person's own status goes before", text_of(seen->pair));
        else
            out.result = "written";
        return out;
    }
    if (slot >= last_.size() || last_[slot].result == Last::Result::nothing) return std::nullopt;
    TeamsPerson::Output out;
    out.at = Wall(seconds(last_[slot].at_s));
    out.value = last_[slot].result == Last::Result::set ? "Busy/InACall" : "cleared";
    switch (last_[slot].result) {
    case Last::Result::gone: out.result = "nothing was there to clear"; break;
    case Last::Result::failed: out.result = "failed; the session ends by itself"; break;
    default: out.result = "written"; break;
    }
    return out;
}

} // namespace lamp::teams
