#include "forwarding/forwardings.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/check.hpp"

namespace lamp::forwarding {
namespace {

constexpr milliseconds clock_look{15'000}; // how soon a clock that was set is noticed
constexpr milliseconds clock_slack{500};   // two clocks never go alike
constexpr milliseconds look_gap{20};       // between lines that are looked at again because events may be lost

std::string label(const Claim& claim) {
    return claim.name.empty() ? std::string(name(claim.source)) : fmt::format("{} {}", name(claim.source), claim.name);
}

std::string spoken(const Setting& setting) {
    auto view = simple(setting);
    return view.active ? "forwarded to " + view.to : std::string("not forwarded");
}

} // namespace

Forwardings::Forwardings(Rules rules, Dialling dialling, Times times, std::size_t parallel, std::uint64_t seed)
    : rules_(std::move(rules)), dialling_(std::move(dialling)), times_(times), parallel_(parallel), seed_(seed) {}

// --- entries

Forwardings::Entry* Forwardings::find(std::string_view line) const {
    auto at = by_line_.find(std::string(line));
    return at == by_line_.end() ? nullptr : entries_[at->second].get();
}

Forwardings::Entry& Forwardings::entry(std::string_view line) {
    if (Entry* known = find(line)) return *known;
    auto index = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back(std::make_unique<Entry>(std::string(line), dialling_, times_, seed_ + index * 2, index));
    by_line_.emplace(line, index);
    if (auto told = elsewhere_.extract(std::string(line))) entries_.back()->reconciler.heard(told.mapped(), {});
    return *entries_.back();
}

void Forwardings::changed(Entry& entry) {
    if (!std::exchange(entry.changed, true)) changed_.push_back(entry.index);
}

std::vector<std::string> Forwardings::take_changed() {
    std::vector<std::string> lines;
    for (auto index : std::exchange(changed_, {})) {
        entries_[index]->changed = false;
        lines.push_back(entries_[index]->reconciler.line());
    }
    return lines;
}

void Forwardings::note(Now now, const Entry& entry, AuditEntry::What what, std::string who, std::string text) {
    if (audit_.size() == audit_waiting) {
        ++audit_lost_;
        return;
    }
    audit_.push_back({now.wall, entry.reconciler.line(), what, std::move(who), std::move(text)});
}

// --- claims

void Forwardings::load(std::vector<Stored> lines, Now now) {
    watch_clock(now);
    for (Stored& stored : lines) {
        Entry& line = entry(stored.line);
        line.claims = std::move(stored.claims);
        if (stored.owned) line.reconciler.load(std::move(*stored.owned), now.steady);
    }
    for (const auto& one : entries_)
        stir(*one);
    settle(now);
}

void Forwardings::use_rules(Rules rules, Now now) {
    watch_clock(now);
    if (rules == rules_) return;
    rules_ = std::move(rules);
    for (const auto& one : entries_)
        stir(*one);
    settle(now);
}

void Forwardings::give_back(Now now) {
    watch_clock(now);
    giving_back_ = true;
    for (const auto& one : entries_) {
        one->reconciler.lost_track(now.steady); // what has failed is not left to its next turn
        schedule(*one);
        stir(*one);
    }
    settle(now);
}

void Forwardings::use_dialling(Dialling dialling, Now now) {
    watch_clock(now);
    dialling_ = std::move(dialling);
    for (const auto& one : entries_)
        if (!one->claims.empty()) stir(*one);
    settle(now);
}

Result<void> Forwardings::put(std::string_view line, Claim claim, Now now) {
    watch_clock(now);
    if (claim.until && *claim.until <= claim.from)
        return fail(Category::invalid, "A forwarding cannot end before it begins.");
    if (claim.until && *claim.until <= now.wall) {
        drop(line, claim.source, claim.name, now);
        return {};
    }
    Entry& there = entry(line);
    auto at = std::ranges::find_if(
        there.claims, [&](const Claim& other) { return other.source == claim.source && other.name == claim.name; });
    if (at == there.claims.end()) {
        if (there.claims.size() == claims_max)
            return fail(Category::limit, fmt::format("{} has {} claims already.", line, claims_max));
        claim.resting = false;
        there.claims.push_back(std::move(claim));
    } else {
        claim.resting = at->resting && at->from == claim.from;
        if (*at == claim) return {};
        if (at->from <= now.wall && claim.from <= now.wall)
            note(now, there, AuditEntry::What::claim_changed, label(claim), "to " + claim.to);
        *at = std::move(claim);
    }
    there.reconciler.touch();
    stir(there);
    settle(now);
    return {};
}

void Forwardings::drop(std::string_view line, Source source, std::string_view name, Now now) {
    watch_clock(now);
    Entry* there = find(line);
    if (!there) return;
    auto at = std::ranges::find_if(there->claims,
                                   [&](const Claim& claim) { return claim.source == source && claim.name == name; });
    if (at == there->claims.end()) return;
    if (at->from <= now.wall) note(now, *there, AuditEntry::What::claim_ended, label(*at), "withdrawn");
    there->claims.erase(at);
    there->reconciler.touch();
    stir(*there);
    settle(now);
}

void Forwardings::drop_all(std::string_view line, Now now) {
    watch_clock(now);
    Entry* there = find(line);
    if (!there || there->claims.empty()) return;
    for (const Claim& claim : there->claims)
        if (claim.from <= now.wall) note(now, *there, AuditEntry::What::claim_ended, label(claim), "withdrawn");
    there->claims.clear();
    there->reconciler.touch();
    stir(*there);
    settle(now);
}

std::vector<Claim> Forwardings::claims(std::string_view line) const {
    const Entry* there = find(line);
    return there ? there->claims : std::vector<Claim>();
}

void Forwardings::end_claims(Entry& entry, Now now) {
    auto over = [&](const Claim& claim) { return claim.until && *claim.until <= now.wall; };
    for (const Claim& claim : entry.claims)
        if (over(claim)) note(now, entry, AuditEntry::What::claim_ended, label(claim), "its time is over");
    if (std::erase_if(entry.claims, over) > 0) entry.reconciler.touch();
}

// --- what follows

void Forwardings::stir(Entry& entry) {
    if (!std::exchange(entry.stirred, true)) stirred_.push_back(entry.index);
}

void Forwardings::settle(Now now) {
    while (!stirred_.empty()) {
        Entry& next = *entries_[stirred_.front()];
        stirred_.pop_front();
        next.stirred = false;
        refresh(next, now);
    }
}

/// Which claims have got their way, or were refused, since it was noted last.
void Forwardings::note_standings(Entry& entry, Now now) {
    std::map<std::string, Standing> told;
    for (std::size_t i = 0; i < entry.standings.size(); ++i) {
        const Standing& is = entry.standings[i];
        auto who = label(entry.claims[i]);
        auto before = entry.told.find(who);
        if (before == entry.told.end() || before->second != is) {
            if (is.state == ClaimState::refused)
                note(now, entry, AuditEntry::What::claim_refused, who, is.reason.plain());
            if (is.state == ClaimState::in_force)
                note(now, entry, AuditEntry::What::claim_began, who, "to " + entry.claims[i].to);
        }
        told.emplace(std::move(who), is);
    }
    entry.told = std::move(told);
}

void Forwardings::refresh(Entry& entry, Now now) {
    end_claims(entry, now);
    auto wanted = entry.reconciler.wanted();
    bool in_loop = false;
    std::vector<std::string> points_at;
    auto judge = [&](const Claim& claim) { return judged(entry.reconciler.line(), claim.to, &in_loop, &points_at); };
    auto resolution = resolve(entry.claims, rules_, now.wall, judge);
    entry.standings = std::move(resolution.standings);
    if (giving_back_) {
        resolution.wanted.reset();
        for (Standing& standing : entry.standings)
            if (standing.state == ClaimState::in_force) standing = {ClaimState::waiting, "for the next start"};
    }
    point(entry, std::move(points_at), in_loop);
    note_standings(entry, now);
    auto edge = Wall::max();
    for (const Claim& claim : entry.claims) {
        if (claim.from > now.wall) edge = std::min(edge, claim.from);
        if (claim.until && *claim.until > now.wall) edge = std::min(edge, *claim.until);
    }
    bool timed = entry.edge != Steady::max();
    entry.edge = edge == Wall::max() ? Steady::max() : now.steady + (edge - now.wall);
    timed_ += static_cast<std::size_t>(entry.edge != Steady::max()) - static_cast<std::size_t>(timed);
    entry.reconciler.want(std::move(resolution.wanted), now.steady);
    changed(entry);
    if (entry.reconciler.wanted() != wanted) moved(entry.reconciler.line());
    schedule(entry);
}

void Forwardings::schedule(Entry& entry) {
    auto due = std::min(entry.edge, entry.reconciler.due());
    if (due == entry.due) return;
    if (entry.due != Steady::max()) schedule_.erase({entry.due, entry.index});
    entry.due = due;
    if (due != Steady::max()) schedule_.emplace(due, entry.index);
}

// After anything has happened to a line's reconciliation.
void Forwardings::after(Entry& entry, Now now) {
    take_news(entry, now);
    bool busy = entry.reconciler.under_way();
    if (busy != entry.busy) {
        busy ? ++under_way_ : --under_way_;
        entry.busy = busy;
    }
    for (auto free = parallel_ - std::min(parallel_, under_way_); free > 0 && !waiting_.empty();) {
        Entry& next = *entries_[waiting_.front()]; // its turn has come
        waiting_.pop_front();
        next.waiting = false;
        schedule(next);
        if (next.due <= now.steady) --free;
    }
    changed(entry);
    schedule(entry);
    settle(now);
}

void Forwardings::take_news(Entry& entry, Now now) {
    using What = AuditEntry::What;
    const Reconciler& reconciler = entry.reconciler;
    for (auto news : entry.reconciler.take_news()) {
        switch (news) {
        case Reconciler::News::user_changed: {
            for (Claim& claim : entry.claims)
                if (claim.from <= now.wall) claim.resting = true;
            entry.reconciler.touch();
            note(now, entry, What::user_changed, "user",
                 spoken(reconciler.owned() ? reconciler.owned()->baseline : reconciler.actual()) +
                     "; claims rest until their next start");
            stir(entry);
            break;
        }
        case Reconciler::News::written:
            note(now, entry, What::written, "lamplighter", spoken(reconciler.actual()));
            break;
        case Reconciler::News::failed:
            note(now, entry, What::write_failed, "lamplighter", reconciler.trouble().plain());
            break;
        case Reconciler::News::restored:
            note(now, entry, What::restored, "lamplighter", spoken(reconciler.actual()));
            break;
        }
    }
}

// --- events

void Forwardings::heard(std::string_view line, const Always& always, Now now) {
    watch_clock(now);
    if (Entry* there = find(line)) {
        auto before = there->reconciler.actual().always;
        there->reconciler.heard(always, now.steady);
        if (before != always) moved(there->reconciler.line());
        return after(*there, now);
    }
    std::string name(line);
    auto at = elsewhere_.find(name);
    if (always.active ? at != elsewhere_.end() && at->second == always : at == elsewhere_.end()) return;
    if (always.active)
        elsewhere_[name] = always;
    else
        elsewhere_.erase(at);
    moved(name);
    settle(now);
}

// One after the other, those that wait for the platform first: what begins meanwhile must not stand behind a thousand
// others, and a channel that comes and goes must not have them read ever again.
void Forwardings::lost_track(Now now) {
    watch_clock(now);
    auto at = now.steady;
    for (bool failing : {true, false})
        for (const auto& one : entries_) {
            Reconciler& reconciler = one->reconciler;
            if (reconciler.trouble().empty() == failing || reconciler.at_rest()) continue;
            reconciler.lost_track(at);
            schedule(*one);
            at += look_gap;
        }
}

// When the wall clock was set, every appointment is somewhere else.
void Forwardings::watch_clock(Now now) {
    if (last_.wall != Wall{}) {
        auto drift = (now.wall - last_.wall) - std::chrono::floor<milliseconds>(now.steady - last_.steady);
        if (drift > clock_slack || drift < -clock_slack) {
            for (const auto& one : entries_)
                if (!one->claims.empty()) stir(*one);
            last_ = now;
            return settle(now);
        }
        if (now.steady - last_.steady < clock_look) return; // small drifts must not add up unseen
    }
    last_ = now;
}

Steady Forwardings::wake_at() const {
    auto at = schedule_.empty() ? Steady::max() : schedule_.begin()->first;
    return timed_ > 0 ? std::min(at, last_.steady + clock_look) : at;
}

std::optional<Forwardings::Action> Forwardings::next(Now now) {
    watch_clock(now);
    while (!schedule_.empty() && schedule_.begin()->first <= now.steady) {
        Entry& line = *entries_[schedule_.begin()->second];
        if (line.edge <= now.steady) {
            refresh(line, now);
            settle(now);
        }
        bool may_begin = under_way_ < parallel_;
        auto action = line.reconciler.next(now.steady, may_begin);
        after(line, now);
        if (action) {
            Action out{line.reconciler.line(), action->verb, action->parts, std::move(action->setting), {}};
            if (out.verb == Reconciler::Verb::save) out.stored = {out.line, line.reconciler.kept(), line.claims};
            return out;
        }
        if (line.due <= now.steady) { // its turn comes when another one is done
            LAMP_CHECK(!may_begin);
            schedule_.erase({line.due, line.index});
            line.due = Steady::max();
            if (!std::exchange(line.waiting, true)) waiting_.push_back(line.index);
        }
    }
    return std::nullopt;
}

void Forwardings::read(std::string_view line, const Result<Setting>& found, Now now) {
    Entry* there = find(line);
    LAMP_CHECK(there);
    auto before = there->reconciler.actual().always;
    there->reconciler.read(found, now.steady);
    if (there->reconciler.actual().always != before) moved(there->reconciler.line());
    after(*there, now);
}

void Forwardings::saved(std::string_view line, const Result<void>& done, Now now) {
    Entry* there = find(line);
    LAMP_CHECK(there);
    there->reconciler.saved(done, now.steady);
    after(*there, now);
}

void Forwardings::written(std::string_view line, const Result<void>& done, Now now) {
    Entry* there = find(line);
    LAMP_CHECK(there);
    there->reconciler.written(done, now.steady, now.wall);
    after(*there, now);
}

} // namespace lamp::forwarding
