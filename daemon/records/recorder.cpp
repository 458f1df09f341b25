#include "records/recorder.hpp"

#include <algorithm>
#include <utility>

#include "calls/call_id.hpp"

namespace lamp::records {

using calls::CallEvent;
using calls::CallRecord;
using calls::CallResult;
using calls::CallState;
using calls::End;
using calls::Happening;
using calls::Redirect;

namespace {

constexpr std::size_t sent_on_max = 1 << 12;

bool connected(CallState state) {
    return state == CallState::active || state == CallState::held || state == CallState::held_by_remote;
}

std::string session_of(const std::string& line, const calls::Call& call) {
    return call.session.empty() ? line + '\n' + call.id : call.session;
}

std::string join_key(const std::string& person, bool incoming, const std::string& session) {
    return person + (incoming ? "\ni\n" : "\no\n") + session;
}

milliseconds since(Wall begun, Wall now) {
    return std::max(milliseconds(0), now - begun);
}

/// Of several legs that end unanswered: what tells most of why.
int weight(End why) {
    switch (why) {
    case End::declined: return 6;
    case End::redirected:
    case End::transferred: return 5;
    case End::busy: return 4;
    case End::not_answered: return 3;
    case End::answered_elsewhere: return 2;
    case End::hung_up_here:
    case End::hung_up_there:
    case End::failed: return 1;
    case End::unknown: break;
    }
    return 0;
}

CallResult result_of(const CallRecord& record, Redirect redirect) {
    if (record.answered) return CallResult::answered;
    bool sent_on = record.why == End::redirected || record.why == End::transferred;
    if (!record.incoming) return sent_on ? CallResult::forwarded : CallResult::failed;
    if (redirect == Redirect::voicemail) return CallResult::voicemail;
    if (sent_on) return CallResult::forwarded;
    if (record.why == End::declined || record.why == End::busy) return CallResult::declined;
    if (record.why == End::answered_elsewhere) return CallResult::answered_elsewhere;
    return CallResult::missed;
}

calls::ReleasedBy released_by(End why) {
    switch (why) {
    case End::hung_up_here:
    case End::declined:
    case End::redirected:
    case End::transferred: return calls::ReleasedBy::here;
    case End::hung_up_there: return calls::ReleasedBy::there;
    default: return calls::ReleasedBy::unknown;
    }
}

/// What the platform knows by now; true when the other side is another one than it was.
bool update_party(CallRecord& record, const calls::Call& call) {
    bool another = (!call.remote_number.empty() && call.remote_number != record.remote_number) ||
                   (!call.remote_name.empty() && call.remote_name != record.remote_name) ||
                   (!call.remote_user.empty() && call.remote_user != record.remote_user) ||
                   call.withheld != record.withheld;
    if (another) {
        record.remote_number = call.remote_number;
        record.remote_name = call.remote_name;
        record.remote_user = call.remote_user;
        record.withheld = call.withheld;
    }
    return another;
}

bool fill(std::string& known, const std::string& told) {
    if (told.empty() || known == told) return false;
    known = told;
    return true;
}

/// By the id; a click-to-dial call may have changed it while nobody listened.
bool is_of(const CallRecord& record, const std::string& line, const calls::Call& call) {
    if (record.id == calls::public_id(line, call.id)) return true;
    return !record.session.empty() && record.session == call.session && record.incoming == call.incoming;
}

} // namespace

void Recorder::use_owners(std::shared_ptr<const Owners> owners, Wall now) {
    owners_ = std::move(owners);
    for (auto& [id, line] : lines_) {
        if (line.heard || line.restored.empty() || owners_->contains(id)) continue;
        for (Key key : std::exchange(line.restored, {}))
            finish(key, now, now);
    }
}

void Recorder::restore(std::vector<Written> records, Wall now) {
    for (Written& one : records) {
        const std::string session =
            one.record.session.empty() ? one.record.line + '\n' + one.record.id : one.record.session;
        if (!one.record.ended) {
            Key key = next_++;
            lines_[one.record.line].restored.push_back(key);
            lines_[one.record.line].doubt = now;
            if (!one.record.session.empty())
                by_session_[join_key(one.record.person, one.record.incoming, session)] = key;
            Going& going = calls_[key];
            going.record = std::move(one.record);
            going.record.uncertain = true;
            going.session = session;
            going.group = std::move(one.group);
            continue;
        }
        // Settled neighbours of what is not: whether anybody answered.
        Sighting seen{.session = session,
                      .line = one.record.line,
                      .leg = one.record.id,
                      .group = one.group,
                      .remote_user = one.record.remote_user,
                      .incoming = one.record.incoming,
                      .answered = one.record.answered.has_value(),
                      .over = true};
        missed_.see(seen, now);
        if (!one.settled)
            missed_.add(session,
                        {.record = std::move(one.record), .redirect = one.redirect, .group = std::move(one.group)},
                        now);
    }
}

std::vector<CallEvent> Recorder::take(const calls::LineNews& news, Wall now) {
    auto found = lines_.find(news.line);
    if (found == lines_.end()) {
        if (!news.watched) {
            leave_rest(news.line);
            return std::exchange(events_, {});
        }
        found = lines_.try_emplace(news.line).first;
        found->second.heard = leave_rest(news.line);
    }
    Line& line = found->second;
    bool sure = news.known && !news.stale && news.watched;
    if (!sure) doubt(line, now);
    rename(news, line, now);
    take_ended(news, line, now);
    if (!line.restored.empty()) adopt(news, line);
    take_calls(news, line, now);
    if (sure || !news.watched) lose(news, line, now);
    if (sure) {
        line.doubt.reset();
        line.heard = true;
    }
    const bool rests = sure && line.legs.empty() && line.restored.empty();
    if (rests) rest(news.line);
    if (rests || !news.watched) lines_.erase(found);
    return std::exchange(events_, {});
}

void Recorder::rest(std::string_view line) {
    auto index = known_.intern(line);
    if (resting_.size() <= index) resting_.resize(index + 1);
    resting_[index] = true;
}

bool Recorder::leave_rest(std::string_view line) {
    auto index = known_.find(line);
    if (!index || !resting_[*index]) return false;
    resting_[*index] = false;
    return true;
}

/// Nothing is heard of the line: its calls may be over, or others, and nobody would know.
void Recorder::doubt(Line& line, Wall now) {
    if (!line.doubt) line.doubt = now;
    for (auto& [id, leg] : line.legs)
        for (Key key : leg.calls) {
            Going& going = calls_.at(key);
            if (!std::exchange(going.record.uncertain, true)) dirty_.insert(key);
        }
}

/// A click-to-dial call may change its id when it rings out (xsi.md 7.3).
void Recorder::rename(const calls::LineNews& news, Line& line, Wall now) {
    for (const calls::Call& call : news.calls) {
        if (call.incoming || call.session.empty() || line.legs.contains(call.id)) continue;
        auto gone = std::ranges::find_if(line.legs, [&](const auto& entry) {
            const auto& [id, leg] = entry;
            return !leg.incoming && leg.session == call.session &&
                   std::ranges::find(news.calls, id, &calls::Call::id) == news.calls.end() &&
                   std::ranges::none_of(news.ended, [&](const auto& ended) { return ended.call.id == id; });
        });
        if (gone == line.legs.end()) continue;
        for (Key key : gone->second.calls) {
            Going& going = calls_.at(key);
            if (going.answered_by == gone->first) going.answered_by = call.id;
        }
        Sighting before{.session = gone->second.session, .line = news.line, .leg = gone->first, .over = true};
        auto node = line.legs.extract(gone);
        node.key() = call.id;
        line.legs.insert(std::move(node));
        missed_.see(before, now);
    }
}

void Recorder::take_ended(const calls::LineNews& news, Line& line, Wall now) {
    for (const calls::EndedCall& ended : news.ended) {
        auto found = line.legs.find(ended.call.id);
        if (found == line.legs.end()) continue;
        // Forgotten, not over: when the line is heard again it may still be there.
        bool forgotten = ended.why == End::unknown && line.doubt && news.watched && !(news.known && !news.stale);
        if (forgotten) continue;
        auto node = line.legs.extract(found);
        calls::EndedCall last = ended;
        if (ended.why == End::unknown) {
            if (line.doubt && !last.at) last.at = line.doubt;
            for (Key key : node.mapped().calls)
                calls_.at(key).record.uncertain = true;
        }
        end_leg(news.line, last, node.mapped(), now);
    }
}

/// Calls from before the start of the daemon, whose legs are told of now.
void Recorder::adopt(const calls::LineNews& news, Line& line) {
    for (const calls::Call& call : news.calls) {
        if (line.legs.contains(call.id)) continue;
        Leg leg{.session = session_of(news.line, call), .group = call.group, .incoming = call.incoming};
        std::erase_if(line.restored, [&](Key key) {
            Going& going = calls_.at(key);
            if (!is_of(going.record, news.line, call)) return false;
            going.legs = 1;
            if (going.record.answered) going.answered_by = call.id;
            leg.calls.push_back(key);
            return true;
        });
        if (!leg.calls.empty()) line.legs.emplace(call.id, std::move(leg));
    }
}

void Recorder::take_calls(const calls::LineNews& news, Line& line, Wall now) {
    for (const calls::Call& call : news.calls) {
        auto found = line.legs.find(call.id);
        Leg& leg = found == line.legs.end() ? begin(news, call, line, now) : found->second;
        if (!call.group.empty()) leg.group = call.group;
        leg.answered = leg.answered || connected(call.state);
        see(news.line, call, leg, false, now);
        for (Key key : leg.calls)
            advance(news.line, call, key, now);
    }
}

/// What the line has no more, and nobody told.
void Recorder::lose(const calls::LineNews& news, Line& line, Wall now) {
    Wall at = line.doubt.value_or(now);
    for (auto leg = line.legs.begin(); leg != line.legs.end();) {
        if (news.watched && std::ranges::find(news.calls, leg->first, &calls::Call::id) != news.calls.end()) {
            ++leg;
            continue;
        }
        calls::EndedCall ended;
        ended.call.id = leg->first;
        ended.call.incoming = leg->second.incoming;
        ended.at = at;
        auto node = line.legs.extract(leg++);
        for (Key key : node.mapped().calls)
            calls_.at(key).record.uncertain = true;
        end_leg(news.line, ended, node.mapped(), now);
    }
    for (Key key : std::exchange(line.restored, {}))
        finish(key, at, now);
}

Recorder::Leg& Recorder::begin(const calls::LineNews& news, const calls::Call& call, Line& line, Wall now) {
    bool late = !line.heard || line.doubt.has_value();
    Leg leg{.session = session_of(news.line, call), .group = call.group, .incoming = call.incoming};
    const auto owner = owners_->find(news.line);
    if (owner && !owner->persons.empty())
        for (const std::string& person : owner->persons)
            leg.calls.push_back(record_of(person, news, call, late, now));
    else
        leg.calls.push_back(record_of({}, news, call, late, now));
    return line.legs.emplace(call.id, std::move(leg)).first->second;
}

/// The call that this leg is part of, or a new one.
Recorder::Key Recorder::record_of(const std::string& person, const calls::LineNews& news, const calls::Call& call,
                                  bool late, Wall now) {
    auto joined = join_key(person, call.incoming, call.session);
    if (!person.empty() && !call.session.empty())
        if (auto same = by_session_.find(joined); same != by_session_.end()) {
            ++calls_.at(same->second).legs;
            return same->second;
        }
    Key key = next_++;
    Going& going = calls_[key];
    going.legs = 1;
    going.session = session_of(news.line, call);
    going.group = call.group;
    CallRecord& record = going.record;
    record.id = calls::public_id(news.line, call.id);
    record.session = call.session;
    record.person = person;
    record.line = news.line;
    record.incoming = call.incoming;
    update_party(record, call);
    record.ddi = call.ddi;
    record.queue = call.queue.empty() ? call.group : call.queue;
    record.started = call.started.value_or(now);
    record.transferred_from = taken_over_from(going.session);
    record.uncertain = late;
    if (!call.session.empty()) by_session_.insert_or_assign(joined, key);
    dirty_.insert(key);
    // One that is heard of late may have been going on for long: its first ring is no news.
    if (!late || !connected(call.state)) tell(call.incoming ? Happening::ringing : Happening::dialling, record, now);
    return key;
}

void Recorder::see(const std::string& line, const calls::Call& call, Leg& leg, bool over, Wall now) {
    missed_.see({.session = leg.session,
                 .line = line,
                 .leg = call.id,
                 .group = leg.group,
                 .remote_user = call.remote_user,
                 .incoming = leg.incoming,
                 .answered = leg.answered,
                 .over = over},
                now);
}

void Recorder::advance(const std::string& line, const calls::Call& call, Key key, Wall now) {
    Going& going = calls_.at(key);
    CallRecord& record = going.record;
    bool on = connected(call.state);
    if (on && going.answered_by.empty()) {
        going.answered_by = call.id;
        record.line = line;
        update_party(record, call);
        bool first = !record.answered;
        if (first) record.answered = std::max(call.answered.value_or(now), record.started);
        record.rang = since(record.started, *record.answered);
        dirty_.insert(key);
        if (first) tell(Happening::answered, record, now);
    }
    if (record.line != line || (!going.answered_by.empty() && going.answered_by != call.id)) return;
    bool more = fill(record.ddi, call.ddi);
    more = fill(record.queue, call.queue.empty() ? call.group : call.queue) || more;
    bool held = call.state == CallState::held;
    if (held && !record.held_at) {
        record.held_at = now;
        dirty_.insert(key);
        tell(Happening::held, record, now);
    } else if (!held && on && record.held_at) {
        record.held += since(*record.held_at, now);
        record.held_at.reset();
        dirty_.insert(key);
        tell(Happening::resumed, record, now);
    }
    if (update_party(record, call)) {
        dirty_.insert(key);
        tell(Happening::changed, record, now);
    } else if (more) {
        dirty_.insert(key);
    }
}

void Recorder::end_leg(const std::string& line, const calls::EndedCall& ended, const Leg& leg, Wall now) {
    Leg last = leg;
    see(line, ended.call, last, true, now);
    for (Key key : leg.calls)
        end_leg_of(key, ended, last.group, now);
}

void Recorder::end_leg_of(Key key, const calls::EndedCall& ended, const std::string& group, Wall now) {
    Going& going = calls_.at(key);
    if (group.empty())
        going.called = true;
    else
        going.group = group;
    CallRecord& record = going.record;
    if (going.legs > 0) --going.legs;
    bool talked_here = going.answered_by == ended.call.id;
    bool counts = record.answered ? talked_here : !going.over_here || weight(ended.why) > weight(record.why);
    if (counts) {
        going.over_here = true;
        record.why = ended.why;
        record.moved_to = ended.to;
        going.redirect = ended.redirect;
    }
    if (talked_here) going.answered_by.clear();
    if (going.legs == 0) finish(key, ended.at.value_or(now), now);
}

/// All legs are over. `at`: when, by the platform's clock where it told.
void Recorder::finish(Key key, Wall at, Wall now) {
    auto node = calls_.extract(key);
    Going& going = node.mapped();
    CallRecord& record = going.record;
    record.ended = std::max({at, record.started, record.answered.value_or(record.started)});
    if (!record.answered) record.rang = since(record.started, *record.ended);
    if (record.held_at) record.held += since(*record.held_at, now);
    record.held_at.reset();
    if (record.answered) record.held = std::min(record.held, since(*record.answered, *record.ended));
    record.result = result_of(record, going.redirect);
    record.released_by = released_by(record.why);
    bool sent_on = record.why == End::redirected || record.why == End::transferred;
    if (sent_on) remember_sent_on(going.session, record.id);
    if (auto joined = by_session_.find(join_key(record.person, record.incoming, record.session));
        joined != by_session_.end() && joined->second == key)
        by_session_.erase(joined);
    dirty_.erase(key);
    tell(Happening::ended, record, now);
    bool unanswered = record.incoming && !record.answered;
    if (going.called) going.group.clear(); // called, besides what a group offers
    if (unanswered)
        missed_.add(going.session, {.record = record, .redirect = going.redirect, .group = going.group}, now);
    over_.push_back({.record = std::move(record),
                     .settled = !unanswered,
                     .redirect = going.redirect,
                     .group = std::move(going.group)});
}

std::string Recorder::taken_over_from(const std::string& session) const {
    auto found = sent_on_.find(session);
    return found == sent_on_.end() ? std::string() : found->second;
}

void Recorder::remember_sent_on(const std::string& session, const std::string& record) {
    if (sent_on_.insert_or_assign(session, record).second) sent_on_order_.push_back(session);
    if (sent_on_order_.size() <= sent_on_max) return;
    sent_on_.erase(sent_on_order_.front());
    sent_on_order_.pop_front();
}

void Recorder::tell(Happening what, const CallRecord& record, Wall at) {
    events_.push_back({.what = what, .at = at, .call = record});
}

std::vector<CallEvent> Recorder::due(Wall now) {
    for (Settled& one : missed_.due(now)) {
        if (one.corrected) tell(Happening::changed, one.record, now);
        if (one.missed) tell(Happening::missed, one.record, now);
        over_.push_back({.record = std::move(one.record)});
    }
    return std::exchange(events_, {});
}

std::vector<Written> Recorder::written() {
    auto all = std::exchange(over_, {});
    for (Key key : std::exchange(dirty_, {})) {
        const Going& going = calls_.at(key);
        all.push_back({.record = going.record, .group = going.group});
    }
    return all;
}

} // namespace lamp::records
