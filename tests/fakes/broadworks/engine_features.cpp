// More than two parties: transfers (xsi.md 7.4 d, e), park, pickup, barge-in, conferences, queues and agents
// (8.2, 8.3).
#include "engine.hpp"

#include "xml.hpp"

#include <algorithm>
#include <chrono>

namespace sim::bw {

namespace {

std::unexpected<std::string> no(std::string why) {
    return std::unexpected(std::move(why));
}

} // namespace

// --- transfers ------------------------------------------------------------------------------------------------

Engine::Result Engine::blind_transfer(UserIndex user, const std::string& to, LegId id) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.answered && !l.treatment; });
    if (!own)
        own = own_leg(user, id, [](const Leg& l) { return l.personality == Personality::terminator && !l.answered; });
    if (!own) return no("no call of " + roster_[user].id + " can be transferred");
    Leg* far = leg(own->peer);
    if (!far) return no("the call has no other party");
    if (roster_.find_address(to) == user) return no("a call cannot be transferred to oneself");
    if (roster_.find_address(to) == nobody && !e164_of(to) && !to.starts_with("sip:"))
        return no("cannot transfer to " + to);
    const bool deflection = !own->answered;
    const LegId call = own->call;
    const LegId far_id = far->id;
    const std::string_view reason = deflection ? "deflection" : "transfer";
    auto redirections = own->redirections;
    redirections.insert(redirections.begin(), Redirection{party_of_user(user, nobody), reason});
    const bool in_conference = own->conference;
    const LegId own_id = own->id;
    detach({own_id}, reason, party_of_address(to), false);
    if (in_conference) leave_conference(user, own_id);
    far = leg(far_id);
    if (!far) return call;
    far->forks.clear();
    far->peer = 0;
    far->queue = nobody;
    far->remote_held = false;
    far->remote = party_of_address(to);
    if (deflection) {
        call_event(*far, "CallForwardedEvent");
    } else {
        ring_again(*far);
        call_event(*far, "CallTransferredEvent");
    }
    route(*far, to, std::move(redirections));
    return call;
}

// A transferred party hears ringing, whoever had held whom before.
void Engine::ring_again(Leg& transferred) {
    transferred.realerting = true;
    if (transferred.held_since) transferred.total_held += now_ms() - transferred.held_since;
    transferred.held_since = 0;
    transferred.local_held = false;
    transferred.remote_held = false;
}

Engine::Result Engine::consult_transfer(UserIndex user, LegId first_id, LegId second_id) {
    if (first_id == 0 && second_id == 0)
        for (const LegId id : roster_[user].legs)
            (find(id)->local_held ? first_id : second_id) = id;
    if (first_id == second_id) return no("two different calls are needed");
    const auto usable = [](const Leg& l) {
        return l.peer != 0 && (l.answered || (l.personality == Personality::originator && l.lifted)) && !l.treatment;
    };
    Leg* first = first_id ? own_leg(user, first_id, usable) : nullptr;
    Leg* second = second_id ? own_leg(user, second_id, usable) : nullptr;
    if (!first || !second) return no(roster_[user].id + " does not have two calls that can be joined");
    if (!first->answered) std::swap(first, second);
    if (!first->answered) return no("one of the two calls must be answered");
    const LegId call = first->call;
    const LegId bob_id = first->peer;
    const LegId carol_id = second->peer;
    const bool carol_answered = second->answered;
    const std::vector<LegId> forks = second->forks;
    conferences_.erase(user);
    detach({first->id, second->id}, "transfer", Party(), false);
    Leg* bob = leg(bob_id);
    Leg* carol = leg(carol_id);
    if (!bob || !carol) return no("a party left during the transfer");
    bob->peer = carol_id;
    carol->peer = bob_id;
    bob->remote = party_of(*carol);
    carol->remote = party_of(*bob);
    bob->remote_held = false;
    carol->remote_held = false;
    carol->tracking = bob->tracking; // both end in one session; the consulted side changes (7.4 d)
    if (!carol_answered) {
        bob->forks = forks;
        ring_again(*bob);
        for (const LegId fork : forks)
            if (Leg* alerting = leg(fork)) alerting->peer = bob_id;
    }
    call_event(*bob, "CallTransferredEvent");
    call_event(*carol, bob->user != nobody && carol_answered ? "CallTransferredEvent" : "CallUpdatedEvent");
    return call;
}

Engine::Result Engine::voicemail_transfer(UserIndex user, LegId id) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.personality == Personality::terminator && !l.answered; });
    if (!own) own = own_leg(user, id, [](const Leg& l) { return l.answered && !l.treatment; });
    if (!own || !leg(own->peer)) return no("no call of " + roster_[user].id + " can go to voicemail");
    const LegId call = own->call;
    const LegId far_id = own->peer;
    detach({own->id}, "voicemail", Party(), false);
    Leg* far = leg(far_id);
    far->forks.clear();
    far->remote_held = false;
    to_voicemail(*far, user);
    return call;
}

// --- park, pickup, barge-in -----------------------------------------------------------------------------------

Engine::Result Engine::park(UserIndex user, const std::string& at, LegId id) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.answered && !l.treatment && !l.conference; });
    if (!own) return no("no call of " + roster_[user].id + " can be parked");
    const UserIndex slot = at.empty() ? user : roster_.find_address(at);
    if (slot == nobody) return no("nobody has the number " + at);
    for (const auto& [other, parked] : legs_)
        if (parked->parked_at == slot) return no("a call is already parked at " + roster_[slot].id);
    const LegId call = own->call;
    const LegId far_id = own->peer;
    finish(*own, true);
    Leg* far = leg(far_id);
    if (!far) return no("the call has no other party");
    far->peer = 0;
    far->parked_at = slot;
    far->remote_held = true;
    far->remote = party_of_user(slot, nobody);
    call_event(*far, "CallHeldEvent");
    std::string data = "<xsi:parkedParty>";
    append_party(data, party_of(*far), "xsi:");
    data += "</xsi:parkedParty>";
    sink_.emit(slot, mask_of(Package::call_park), "CallParkedAgainstEvent", data);
    loop_.after(std::chrono::milliseconds(settings_.park_recall_ms), [this, far_id, user, slot] {
        Leg* waiting = leg(far_id);
        if (!waiting || waiting->parked_at != slot) return;
        waiting->parked_at = nobody;
        sink_.emit(slot, mask_of(Package::call_park), "CallParkedAgainstEvent", {});
        alert(*waiting, user, {}, nobody, nobody);
        if (Leg* recall = leg(waiting->peer)) {
            recall->recall_type = "Call Park Recall";
            call_event(*recall, "CallUpdatedEvent");
        }
    });
    return call;
}

Engine::Result Engine::retrieve_parked(UserIndex user, const std::string& at) {
    const UserIndex slot = at.empty() ? user : roster_.find_address(at);
    LegId parked_id = 0;
    for (const auto& [id, candidate] : legs_)
        if (slot != nobody && candidate->parked_at == slot) parked_id = id;
    if (parked_id == 0) return no("no call is parked there");
    hold_others(user, 0);
    Leg& own = new_leg(user, Personality::originator);
    Leg& parked = *leg(parked_id);
    own.tracking = ++next_tracking_;
    own.has_endpoint = true;
    own.remote = party_of(parked);
    hook(user);
    call_event(own, "CallOriginatedEvent");
    own.answered = true;
    own.answer = now_ms();
    own.peer = parked_id;
    own.call = parked.call;
    parked.peer = own.id;
    parked.parked_at = nobody;
    parked.remote_held = false;
    parked.tracking = own.tracking;
    parked.remote = party_of_user(user, nobody);
    call_event(own, "CallAnsweredEvent");
    call_event(parked, "CallParkRetrievedEvent");
    sink_.emit(slot, mask_of(Package::call_park), "CallParkedAgainstEvent", {});
    return own.call;
}

Engine::Result Engine::pick_up(UserIndex user, UserIndex of) {
    Leg* ringing = own_leg(of, 0, [](const Leg& l) { return l.personality == Personality::terminator && !l.answered; });
    if (!ringing || !leg(ringing->peer)) return no("no call of " + roster_[of].id + " rings");
    if (user == of) return answer(user);
    const LegId caller_id = ringing->peer;
    const LegId ringing_id = ringing->id;
    hold_others(user, 0);
    Leg& own = new_leg(user, Personality::originator);
    const LegId own_id = own.id;
    Leg& caller = *leg(caller_id);
    own.tracking = ++next_tracking_;
    own.call = caller.call;
    own.has_endpoint = true;
    own.remote = party_of(caller);
    hook(user);
    call_event(own, "CallOriginatedEvent");
    caller.tracking = own.tracking;
    caller.remote = party_of_user(user, nobody);
    call_event(caller, "CallPickedUpEvent"); // still Alerting (7.2)
    for (const LegId fork : std::vector(caller.forks))
        if (Leg* loser = leg(fork); loser && fork != ringing_id) lose(*loser, true);
    if (caller.queue != nobody) leave_queue(caller, "ACDCallAnsweredByAgentEvent");
    caller.forks.clear();
    caller.peer = own_id;
    own.peer = caller_id;
    finish(*leg(ringing_id), false);
    own.answered = true;
    own.answer = now_ms();
    if (!caller.answered) caller.answer = own.answer;
    caller.answered = true;
    caller.realerting = false;
    call_event(own, "CallAnsweredEvent");
    call_event(caller, "CallAnsweredEvent");
    return own.call;
}

Engine::Result Engine::barge_in(UserIndex user, UserIndex target) {
    Leg* theirs = own_leg(target, 0, [](const Leg& l) { return l.answered && !l.treatment; });
    if (!theirs) return no(roster_[target].id + " is not in a call");
    hold_others(user, 0);
    const LegId theirs_id = theirs->id;
    Leg& own = new_leg(user, Personality::originator);
    own.tracking = ++next_tracking_;
    own.has_endpoint = true;
    own.remote = party_of_user(target, nobody);
    hook(user);
    call_event(own, "CallOriginatedEvent");
    own.answered = true;
    own.answer = now_ms();
    call_event(own, "CallAnsweredEvent");
    theirs = leg(theirs_id);
    theirs->tracking = own.tracking;
    call_event(*theirs, "CallBargedInEvent");
    return own.call;
}

// --- conference -----------------------------------------------------------------------------------------------

void Engine::conference_event(UserIndex user, std::string_view type, std::string_view state) {
    std::string data = "<xsi:conference>";
    append_conference(data, user, state, "xsi:");
    data += "</xsi:conference>";
    sink_.emit(user, mask_of(Package::advanced_call), type, data);
}

Engine::Result Engine::start_conference(UserIndex user, std::vector<LegId> ids) {
    if (ids.empty()) ids = roster_[user].legs;
    if (ids.size() < 2 || conferences_.contains(user))
        return no(conferences_.contains(user) ? "a conference is already under way" : "a conference needs two calls");
    for (const LegId id : ids) {
        const Leg* own = find(id);
        if (!own || own->user != user || !own->answered || own->treatment)
            return no("every call of a conference must be answered");
    }
    for (const LegId id : ids)
        leg(id)->conference = true;
    for (const LegId id : ids)
        if (Leg* own = leg(id); own->local_held) set_hold(*own, false);
    conferences_[user].legs = ids;
    conference_event(user, "ConferenceStartedEvent", "Active");
    return leg(ids.front())->call;
}

Engine::Result Engine::hold_conference(UserIndex user, bool held) {
    const auto found = conferences_.find(user);
    if (found == conferences_.end() || found->second.held == held)
        return no("no conference of " + roster_[user].id + (held ? " can be held" : " is held"));
    found->second.held = held;
    for (const LegId id : found->second.legs)
        if (Leg* own = leg(id); own && own->local_held != held) set_hold(*own, held);
    conference_event(user, held ? "ConferenceHeldEvent" : "ConferenceRetrievedEvent", held ? "Held" : "Active");
    return find(found->second.legs.front())->call;
}

Engine::Result Engine::end_conference(UserIndex user) {
    const auto found = conferences_.find(user);
    if (found == conferences_.end()) return no(roster_[user].id + " has no conference");
    const std::vector<LegId> ids = found->second.legs;
    const LegId call = find(ids.front())->call;
    conference_event(user, "ConferenceReleasedEvent", "Released");
    conferences_.erase(user);
    for (const LegId id : ids)
        if (Leg* own = leg(id)) {
            own->conference = false;
            release_far(*own);
        }
    return call;
}

// One party left; with one remaining it is an ordinary call again.
void Engine::leave_conference(UserIndex user, LegId id) {
    const auto found = conferences_.find(user);
    if (found == conferences_.end()) return;
    std::erase(found->second.legs, id);
    if (found->second.legs.size() >= 2) {
        conference_event(user, "ConferenceUpdatedEvent", found->second.held ? "Held" : "Active");
        return;
    }
    for (const LegId rest : found->second.legs)
        if (Leg* own = leg(rest)) own->conference = false;
    conference_event(user, "ConferenceReleasedEvent", "Released");
    conferences_.erase(user);
}

Engine::Result Engine::mute(UserIndex user, LegId id, bool deaf) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.conference; });
    if (!own) return no("the call is not in a conference");
    own->muted = !deaf;
    conference_event(user, deaf ? "ConferenceCallMadeDeafEvent" : "ConferenceCallMutedEvent", "Active");
    return own->call;
}

Engine::Result Engine::record(UserIndex user, std::string_view what, LegId id) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.answered && !l.treatment; });
    const bool start = what == "Record";
    if (!own || (own->recording == start && (start || what == "StopRecording")))
        return no("nothing to " + std::string(what));
    own->recording = start || what != "StopRecording";
    call_event(*own, start                       ? "CallRecordingStartedEvent"
                     : what == "PauseRecording"  ? "CallRecordingPausedEvent"
                     : what == "ResumeRecording" ? "CallRecordingResumedEvent"
                                                 : "CallRecordingStoppedEvent");
    return own->call;
}

// --- queues and agents ----------------------------------------------------------------------------------------

std::size_t Engine::queue_length(UserIndex queue) const {
    const auto found = queues_.find(queue);
    return found == queues_.end() ? 0 : found->second.size();
}

void Engine::queue_event(UserIndex queue, const QueueEntry& entry, std::string_view type, std::string_view extra) {
    std::string data;
    append_queue_entry(data, queue, entry, extra);
    sink_.emit(queue, mask_of(Package::queue), type, data);
}

void Engine::enqueue(Leg& caller, UserIndex queue) {
    caller.queue = queue;
    caller.remote = party_of_user(queue, nobody);
    auto& waiting = queues_[queue];
    QueueEntry entry;
    entry.caller = caller.id;
    entry.added = now_ms();
    waiting.push_back(entry);
    if (!caller.answered) { // the greeting answers the caller
        caller.answered = true;
        caller.answer = now_ms();
        hook(caller.user);
        call_event(caller, "CallAnsweredEvent");
    }
    caller.realerting = false;
    queue_event(queue, waiting.back(), "ACDCallAddedEvent", {});
    offer_next(queue);
}

void Engine::offer_next(UserIndex queue) {
    for (QueueEntry& entry : queues_[queue]) {
        Leg* caller = leg(entry.caller);
        if (!caller || entry.offered) continue;
        for (UserIndex i = 0; i < roster_.size(); ++i) {
            const User& user = roster_[i];
            const bool ready = !user.removed && user.agent && user.agent->state == AgentState::available &&
                               user.legs.empty() &&
                               std::count(user.agent->queues.begin(), user.agent->queues.end(), queue) &&
                               !std::count(entry.refused.begin(), entry.refused.end(), i) &&
                               !service_active(user, ServiceId::do_not_disturb);
            if (!ready) continue;
            caller->peer = 0;
            alert(*caller, i, {Redirection{party_of_user(queue, nobody), "call-center"}}, nobody, nobody);
            entry.offered = caller->peer;
            queue_event(queue, entry, "ACDCallOfferedToAgentEvent", {});
            break;
        }
    }
}

void Engine::leave_queue(Leg& caller, std::string_view event) {
    auto& waiting = queues_[caller.queue];
    const auto found =
        std::find_if(waiting.begin(), waiting.end(), [&](const QueueEntry& e) { return e.caller == caller.id; });
    const UserIndex queue = std::exchange(caller.queue, nobody);
    if (found == waiting.end()) return;
    QueueEntry entry = std::move(*found);
    waiting.erase(found);
    std::string extra;
    if (const Leg* agent = find(caller.peer);
        agent && agent->user != nobody && event == "ACDCallAnsweredByAgentEvent") {
        xml::Writer writer(extra, "xsi:");
        writer.text("answeringUserId", roster_[agent->user].id);
        writer.text("answeringCallId", call_id(*agent));
    }
    queue_event(queue, entry, event, extra);
}

void Engine::messages_changed(UserIndex user) {
    std::string data;
    append_messages(data, user, "xsi:");
    sink_.emit(user, mask_of(Package::voice_mail_summary), "VoiceMailMessageSummaryEvent", data);
}

void Engine::agent_event(UserIndex user) {
    std::string data;
    append_agent_state(data, user, "agentStateInfo");
    sink_.emit(user, mask_of(Package::agent), "AgentStateEvent", data);
}

void Engine::change_agent(UserIndex user, AgentState state) {
    Agent& agent = *roster_[user].agent;
    const std::int64_t now = now_ms();
    if (agent.state == AgentState::available) agent.available_ms += now - agent.since;
    if (agent.state == AgentState::sign_out) agent.signed_in = now;
    agent.state = state;
    agent.since = now;
    agent_event(user);
}

void Engine::wrap_up(UserIndex user) {
    change_agent(user, AgentState::wrap_up);
    loop_.after(std::chrono::milliseconds(settings_.wrap_up_ms), [this, user] {
        if (roster_[user].agent && roster_[user].agent->state == AgentState::wrap_up)
            (void)set_agent(user, AgentState::available, {});
    });
}

Engine::Result Engine::set_agent(UserIndex user, AgentState state, const std::string& code) {
    if (!roster_[user].agent) return no(roster_[user].id + " is not an agent");
    Agent& agent = *roster_[user].agent;
    if (code.size() > 10) return no("an unavailable code has at most 10 characters");
    if (agent.state == AgentState::sign_out && state == AgentState::wrap_up)
        return no("a signed-out agent cannot wrap up");
    if (state == AgentState::sign_in) { // transient: the platform goes on to Available
        change_agent(user, AgentState::sign_in);
        state = AgentState::available;
    }
    agent.unavailable_code = state == AgentState::unavailable ? code : std::string();
    change_agent(user, state);
    if (state == AgentState::available)
        for (const UserIndex queue : agent.queues)
            offer_next(queue);
    return LegId(0);
}

} // namespace sim::bw
