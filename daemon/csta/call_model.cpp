#include "csta/call_model.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "csta/line_events.hpp"

namespace lamp::csta {
namespace {

constexpr std::size_t promises_max = 16; // of one line, for calls that were dialled and never seen
constexpr std::size_t moved_max = 1024;

bool moves(calls::End why) {
    return why == calls::End::redirected || why == calls::End::transferred || why == calls::End::answered_elsewhere;
}

const calls::Call* find_call(const std::vector<calls::Call>& calls, std::string_view id) {
    const auto found = std::ranges::find(calls, id, &calls::Call::id);
    return found == calls.end() ? nullptr : &*found;
}

/// What would have to be told for the line to be as it is.
calls::LineNews told_of(const std::string& id, const Line& line) {
    calls::LineNews news;
    news.line = id;
    news.known = line.known;
    news.dnd = line.dnd;
    news.forwarding = line.forwarding;
    news.agent = line.agent;
    for (const Leg& leg : line.legs)
        news.calls.push_back(leg.call);
    return news;
}

Leg* find_leg(Line& line, std::string_view id) {
    const auto found = std::ranges::find_if(line.legs, [&](const Leg& leg) { return leg.call.id == id; });
    return found == line.legs.end() ? nullptr : &*found;
}

} // namespace

CallModel::CallModel(std::uint64_t first_call_id)
    : devices_(std::make_shared<const Devices>()), next_call_id_(first_call_id) {}

void CallModel::use_devices(std::shared_ptr<const Devices> devices, std::vector<LineEvent>& out) {
    LAMP_CHECK(devices != nullptr);
    devices_ = std::move(devices);
    std::erase_if(lines_, [this](const auto& entry) {
        const auto& [id, line] = entry;
        if (devices_->of_line(id)) return false;
        if (line.known) keep_early(told_of(id, line)); // until the telephony loop says that nobody watches it
        for (const Leg& leg : line.legs)
            end(id, leg);
        counts_.known -= line.known ? 1 : 0;
        counts_.was_known -= line.was_known ? 1 : 0;
        promised_.erase(id);
        return true;
    });
    std::vector<calls::LineNews> due;
    std::erase_if(early_, [&](auto& entry) {
        if (!devices_->of_line(entry.first)) return false;
        due.push_back(std::move(entry.second));
        return true;
    });
    for (const calls::LineNews& news : due)
        take(news, out);
}

void CallModel::keep_early(const calls::LineNews& news) {
    if (!news.watched) {
        early_.erase(news.line);
        return;
    }
    auto& kept = early_[news.line];
    kept = news;
    kept.ended.clear();
}

// callIDs

std::string CallModel::assign(const std::string& line, const calls::Call& call) {
    if (const auto found = promised_.find(line); found != promised_.end()) {
        const auto promise = std::ranges::find(found->second, call.id, &Promised::leg);
        if (promise != found->second.end()) {
            auto id = std::move(promise->call_id);
            found->second.erase(promise);
            if (found->second.empty()) promised_.erase(found);
            return id;
        }
    }
    if (const auto* id = known_id(call.session)) {
        const auto there = by_call_.find(*id);
        // A connection is named by call and device: a second leg of one line needs a call of its own.
        if (there == by_call_.end() || std::ranges::find(there->second, line) == there->second.end()) return *id;
    }
    return std::to_string(next_call_id_++);
}

const std::string* CallModel::known_id(std::string_view session) const {
    if (const auto found = sessions_.find(session); found != sessions_.end()) return &found->second.call_id;
    const auto found = moved_.find(session);
    return found == moved_.end() ? nullptr : &found->second;
}

/// A call that leaves one line for another is the same call, though for a moment nobody has it.
void CallModel::remember_moved(const Leg& leg) {
    if (leg.call.session.empty() || !moved_.insert_or_assign(leg.call.session, leg.call_id).second) return;
    moved_order_.push_back(leg.call.session);
    if (moved_order_.size() <= moved_max) return;
    moved_.erase(moved_order_.front());
    moved_order_.pop_front();
}

Leg CallModel::begin(const std::string& line, const calls::Call& call) {
    Leg leg{.call = call, .call_id = assign(line, call)};
    join_session(leg);
    by_call_[leg.call_id].push_back(line);
    return leg;
}

void CallModel::join_session(const Leg& leg) {
    if (leg.call.session.empty()) return;
    auto& session = sessions_[leg.call.session];
    if (session.legs++ == 0) session.call_id = leg.call_id;
}

void CallModel::leave_session(const Leg& leg) {
    const auto session = sessions_.find(leg.call.session);
    if (session != sessions_.end() && --session->second.legs == 0) sessions_.erase(session);
}

void CallModel::end(std::string_view line, const Leg& leg) {
    leave_session(leg);
    const auto call = by_call_.find(leg.call_id);
    if (call == by_call_.end()) return;
    const auto found = std::ranges::find(call->second, line);
    if (found != call->second.end()) call->second.erase(found);
    if (call->second.empty()) by_call_.erase(call);
}

std::string CallModel::call_id(std::string_view line, std::string_view leg) {
    if (const auto found = lines_.find(line); found != lines_.end())
        if (const Leg* known = find_leg(found->second, leg)) return known->call_id;
    auto& promises = promised_[std::string(line)];
    const auto promise = std::ranges::find(promises, leg, &Promised::leg);
    if (promise != promises.end()) return promise->call_id;
    if (promises.size() == promises_max) promises.erase(promises.begin());
    promises.push_back({std::string(leg), std::to_string(next_call_id_++)});
    return promises.back().call_id;
}

// News

void CallModel::take(const calls::LineNews& news, std::vector<LineEvent>& out) {
    const auto* device = devices_->of_line(news.line);
    if (!device) return keep_early(news);
    const bool known = news.known && news.watched;
    auto found = lines_.find(news.line);
    if (found == lines_.end()) {
        if (!known) return;
        found = lines_.emplace(news.line, Line{}).first;
    }
    Line& line = found->second;
    if (line.known != known) {
        line.known = known;
        counts_.known += known ? 1 : std::size_t(-1);
        LineTeller(*devices_, *device, out).in_service(known);
    }
    if (line.was_known != (news.watched && (line.was_known || known))) {
        line.was_known = !line.was_known;
        counts_.was_known += line.was_known ? 1 : std::size_t(-1);
    }
    if (!known) return; // what was known last stands until the platform is back
    take_features(*device, line, news, out);
    take_ended(*device, line, news, out);
    take_calls(*device, line, news, out);
}

void CallModel::take_features(const DeviceRow& device, Line& line, const calls::LineNews& news,
                              std::vector<LineEvent>& out) {
    LineTeller teller(*devices_, device, out);
    if (std::exchange(line.dnd, news.dnd) != news.dnd) teller.do_not_disturb(news.dnd);
    line.forwarding = news.forwarding;
    line.forwarding_told = teller.forwarding(line.forwarding_told, news.forwarding);
    if (line.agent != news.agent) teller.agent(line.agent, news.agent);
    line.agent = news.agent;
}

void CallModel::take_ended(const DeviceRow& device, Line& line, const calls::LineNews& news,
                           std::vector<LineEvent>& out) {
    std::vector<calls::EndedCall> over = news.ended;
    std::erase_if(over, [&](const calls::EndedCall& one) { return find_call(news.calls, one.call.id) != nullptr; });
    for (const Leg& leg : line.legs) // gone without a word
        if (!find_call(news.calls, leg.call.id) &&
            std::ranges::none_of(over, [&](const calls::EndedCall& one) { return one.call.id == leg.call.id; }))
            over.push_back({leg.call, calls::End::unknown, {}});

    LineTeller teller(*devices_, device, out);
    std::vector<Leg> joined;
    for (const calls::EndedCall& one : over) {
        if (!find_leg(line, one.call.id)) { // came and went between two news
            line.legs.push_back(begin(device.line, one.call));
            const bool never_rang = one.call.incoming && one.why == calls::End::busy;
            if (!never_rang) teller.began(line.legs.back());
        }
        Leg& leg = *find_leg(line, one.call.id);
        if (one.why == calls::End::transferred && leg.talking)
            joined.push_back(leg);
        else
            teller.ended(leg, one);
        if (moves(one.why)) remember_moved(leg);
        end(device.line, leg);
        line.legs.erase(line.legs.begin() + (&leg - line.legs.data()));
    }
    tell_transfers(teller, joined, over);
}

/// Two legs that end together by a transfer have been joined; one alone was transferred blindly.
void CallModel::tell_transfers(LineTeller& teller, std::span<const Leg> legs, std::span<const calls::EndedCall> over) {
    if (legs.size() == 2) {
        const bool in_order = legs[0].held || !legs[1].held;
        return in_order ? teller.joined(legs[0], legs[1]) : teller.joined(legs[1], legs[0]);
    }
    for (const Leg& leg : legs)
        teller.ended(leg, *std::ranges::find_if(over, [&](const auto& one) { return one.call.id == leg.call.id; }));
}

void CallModel::take_calls(const DeviceRow& device, Line& line, const calls::LineNews& news,
                           std::vector<LineEvent>& out) {
    LineTeller teller(*devices_, device, out);
    // An alternation holds one before it takes the other back.
    for (bool held : {true, false})
        for (const calls::Call& call : news.calls) {
            Leg* leg = find_leg(line, call.id);
            if (!leg || leg->call == call || (call.state == calls::CallState::held) != held) continue;
            if (leg->call.session != call.session) {
                leave_session(*leg);
                leg->call.session = call.session;
                join_session(*leg);
            }
            const bool rang = leg->call.state == calls::CallState::ringing;
            teller.changed(*leg, call);
            if (!rang && call.state == calls::CallState::ringing) tell_callers(device, *leg, out);
        }
    for (const calls::Call& call : news.calls) {
        if (find_leg(line, call.id)) continue;
        line.legs.push_back(begin(device.line, call));
        Leg& leg = line.legs.back();
        teller.began(leg);
        if (call.state == calls::CallState::ringing) tell_callers(device, leg, out);
        if (call.state == calls::CallState::dialling) tell_if_rings(device, leg, out);
    }
}

/// Whoever calls a line that rings now is told so.
void CallModel::tell_callers(const DeviceRow& device, const Leg& ringing, std::vector<LineEvent>& out) {
    for (const std::string& id : by_call_.at(ringing.call_id)) {
        const auto* caller = devices_->of_line(id);
        const auto line = lines_.find(id);
        if (id == device.line || !caller || line == lines_.end()) continue;
        for (Leg& leg : line->second.legs)
            if (leg.call_id == ringing.call_id && leg.call.state == calls::CallState::dialling && !leg.delivered)
                LineTeller(*devices_, *caller, out).far_end_rings(leg, device);
    }
}

/// The line that is called was heard of first.
void CallModel::tell_if_rings(const DeviceRow& device, Leg& calling, std::vector<LineEvent>& out) {
    for (const Found& found : legs_of(calling.call_id))
        if (found.device != &device && found.leg->call.state == calls::CallState::ringing && !calling.delivered)
            LineTeller(*devices_, device, out).far_end_rings(calling, *found.device);
}

// What is asked for

const Line* CallModel::line(std::string_view line) const {
    const auto found = lines_.find(line);
    return found == lines_.end() ? nullptr : &found->second;
}

std::vector<CallModel::Found> CallModel::legs_of(std::string_view call_id) const {
    std::vector<Found> out;
    const auto call = by_call_.find(call_id);
    if (call == by_call_.end()) return out;
    for (const std::string& id : call->second) {
        const auto* device = devices_->of_line(id);
        const Line* known = line(id);
        if (!device || !known) continue;
        for (const Leg& leg : known->legs)
            if (leg.call_id == call_id) out.push_back({device, &leg});
    }
    return out;
}

std::vector<DeviceCall> CallModel::snapshot(const DeviceRow& device) const {
    std::vector<DeviceCall> out;
    const Line* known = line(device.line);
    if (!known) return out;
    std::vector<LineEvent> none;
    const LineTeller teller(*devices_, device, none);
    for (const Leg& leg : known->legs)
        out.push_back({teller.own_connection(leg), {}, {local_state(leg), remote_state(leg)}, permitted(leg)});
    return out;
}

std::optional<CallSnapshot> CallModel::call_snapshot(std::string_view call_id) const {
    const auto legs = legs_of(call_id);
    if (legs.empty()) return std::nullopt;
    CallSnapshot out;
    std::vector<LineEvent> none;
    std::vector<CallParty> others;
    for (const Found& found : legs) {
        const LineTeller teller(*devices_, *found.device, none);
        out.parties.push_back({teller.own(), teller.own_connection(*found.leg), local_state(*found.leg)});
        others.push_back(
            {teller.remote(found.leg->call), teller.remote_connection(*found.leg), remote_state(*found.leg)});
    }
    for (CallParty& other : others) // who is not watched, or does not want to be named
        if (std::ranges::none_of(out.parties, [&](const CallParty& one) { return one.device == other.device; }) &&
            (legs.size() == 1 || other.device.kind == Party::Kind::known))
            out.parties.push_back(std::move(other));
    const LineTeller first(*devices_, *legs.front().device, none);
    out.calling = first.calling(legs.front().leg->call);
    out.called = first.called(legs.front().leg->call);
    return out;
}

} // namespace lamp::csta
