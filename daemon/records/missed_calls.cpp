#include "records/missed_calls.hpp"

#include <algorithm>

namespace lamp::records {

using calls::CallResult;
using calls::Redirect;

namespace {

constexpr std::size_t told_max = 1 << 14;

} // namespace

void MissedCalls::see(const Sighting& sighting, Wall now) {
    Attempt& attempt = attempts_[sighting.session];
    auto leg = sighting.line + '\n' + sighting.leg;
    if (sighting.over)
        attempt.legs.erase(leg);
    else
        attempt.legs.insert_or_assign(leg, sighting);
    if (!sighting.group.empty()) attempt.groups.insert(sighting.group);
    if (sighting.incoming) {
        attempt.rang_at.insert(sighting.line);
        if (sighting.answered) attempt.answered_at.insert(sighting.line);
    } else if (sighting.answered) {
        attempt.connected = true;
        if (!sighting.remote_user.empty()) attempt.reached.insert(sighting.remote_user);
    }
    arm(sighting.session, attempt, now);
}

void MissedCalls::add(const std::string& session, Unanswered call, Wall now) {
    Attempt& attempt = attempts_[session];
    attempt.waiting.push_back(std::move(call));
    arm(session, attempt, now);
}

void MissedCalls::arm(const std::string& session, Attempt& attempt, Wall now) {
    if (goes_on(attempt)) return;
    // Nothing waits and a leg talks: its end arms again.
    if (attempt.waiting.empty() && !attempt.legs.empty()) return;
    now = timers_.empty() ? now : std::max(now, timers_.back().at - settle_); // a clock that was set back
    attempt.quiet_since = now;
    timers_.push_back({now + settle_, session});
}

/// Something rings, a caller of ours hears ringing, or a queue holds the caller.
bool MissedCalls::goes_on(const Attempt& attempt) {
    return std::ranges::any_of(attempt.legs, [&](const auto& entry) {
        const Sighting& leg = entry.second;
        return !leg.answered || (leg.incoming && attempt.groups.contains(leg.line));
    });
}

bool MissedCalls::answered(const Attempt& attempt) {
    // A queue that plays music has answered nobody.
    return std::ranges::any_of(attempt.answered_at,
                               [&](const std::string& line) { return !attempt.groups.contains(line); });
}

std::optional<Wall> MissedCalls::next_due() const {
    return timers_.empty() ? std::nullopt : std::optional(timers_.front().at);
}

std::vector<Settled> MissedCalls::due(Wall now) {
    std::vector<Settled> settled;
    while (!timers_.empty() && timers_.front().at <= now) {
        auto timer = std::move(timers_.front());
        timers_.pop_front();
        auto found = attempts_.find(timer.session);
        if (found == attempts_.end()) continue;
        Attempt& attempt = found->second;
        if (goes_on(attempt) || attempt.quiet_since + settle_ != timer.at) continue; // something came up meanwhile
        settle(timer.session, attempt, settled);
        if (attempt.legs.empty()) attempts_.erase(found);
    }
    return settled;
}

bool MissedCalls::first_of(const std::string& session, const std::string& person) {
    if (!told_.insert(session + '\n' + person).second) return false;
    told_in_order_.push_back(session + '\n' + person);
    if (told_in_order_.size() > told_max) {
        told_.erase(told_in_order_.front());
        told_in_order_.pop_front();
    }
    return true;
}

void MissedCalls::settle(const std::string& session, Attempt& attempt, std::vector<Settled>& out) {
    for (Unanswered& call : attempt.waiting) {
        Settled& one = out.emplace_back();
        one.record = std::move(call.record);
        auto result = result_of(attempt, one.record, call);
        one.corrected = one.record.result != result;
        one.record.result = result;
        bool nobody_took_it = result == CallResult::missed || result == CallResult::voicemail;
        // What vanished while nobody looked may have been answered: call logs know.
        bool sure = !one.record.uncertain || one.record.why != calls::End::unknown;
        one.missed = nobody_took_it && sure && !one.record.person.empty() && first_of(session, one.record.person);
    }
    attempt.waiting.clear();
}

CallResult MissedCalls::result_of(const Attempt& attempt, const calls::CallRecord& record, const Unanswered& call) {
    auto so_far = record.result.value_or(CallResult::missed);
    if (so_far == CallResult::declined || so_far == CallResult::answered_elsewhere) return so_far;
    bool sent_on = so_far == CallResult::forwarded;
    if (answered(attempt)) return sent_on && call.redirect != Redirect::group ? so_far : CallResult::answered_elsewhere;
    bool offered = !call.group.empty() && call.group != record.line;
    if (attempt.connected && so_far != CallResult::voicemail) {
        bool another = !attempt.reached.empty() && !attempt.reached.contains(record.line);
        if (sent_on && call.redirect != Redirect::group) return so_far;
        if (another || offered) return CallResult::answered_elsewhere;
        return CallResult::voicemail; // the caller still talks, and to whom but the mail box
    }
    if (offered) return CallResult::abandoned; // it is the group's to have missed it
    if (!sent_on) return so_far;
    if (call.redirect == Redirect::group) return CallResult::missed;
    // It rang out here and wherever it went: nobody took it.
    bool rang_on = call.redirect == Redirect::no_answer && attempt.rang_at.size() > 1;
    return rang_on ? CallResult::missed : so_far;
}

} // namespace lamp::records
