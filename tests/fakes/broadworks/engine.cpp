// The life of a two-party call: routing through the callee's services, alerting, answer, hold, release (xsi.md 7.3,
// 7.4 a-c, f-h). Transfers, conferences, park and queues are in engine_features.cpp.
#include "engine.hpp"

#include "xml.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace sim::bw {

namespace {

constexpr int forwards_max = 5;

std::unexpected<std::string> no(std::string why) {
    return std::unexpected(std::move(why));
}

// The text of the first <element> inside `xml`, for settings stored as nested XML.
std::string nested_text(std::string_view xml, std::string_view element) {
    const std::string open = "<" + std::string(element) + ">";
    const auto at = xml.find(open);
    if (at == std::string_view::npos) return {};
    const auto begin = at + open.size();
    return std::string(xml.substr(begin, xml.find('<', begin) - begin));
}

std::vector<std::string> nested_texts(std::string_view xml, std::string_view element) {
    std::vector<std::string> found;
    const std::string open = "<" + std::string(element) + ">";
    for (auto at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at + 1))
        found.push_back(nested_text(xml.substr(at), element));
    return found;
}

// Addresses of an activated sequential ring; its activation is that of a criterion.
std::vector<std::string> sequential_locations(const User& user) {
    const auto text = [&](const char* element) { return service_text(user, ServiceId::sequential_ring, element); };
    if (text("criteriaActivationList").find("<active>true</active>") == std::string_view::npos) return {};
    std::vector<std::string> found;
    for (const char* location : {"location1", "location2", "location3", "location4", "location5"})
        if (auto address = nested_text(text(location), "address"); !address.empty())
            found.push_back(std::move(address));
    return found;
}

} // namespace

Engine::Engine(Loop& loop, Roster& roster, const Settings& settings, EventSink& sink)
    : loop_(loop), roster_(roster), settings_(settings), sink_(sink) {}

std::int64_t Engine::now_ms() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + settings_.clock_offset_ms;
}

const Leg* Engine::find(LegId id) const {
    const auto found = legs_.find(id);
    return found == legs_.end() ? nullptr : found->second.get();
}

Leg* Engine::leg(LegId id) {
    const auto found = legs_.find(id);
    return found == legs_.end() ? nullptr : found->second.get();
}

Leg& Engine::new_leg(UserIndex user, Personality personality) {
    auto made = std::make_unique<Leg>();
    Leg& leg = *made;
    leg.id = ++next_leg_;
    leg.call = leg.id;
    leg.user = user;
    leg.personality = personality;
    leg.start = now_ms();
    if (user != nobody) {
        leg.appearance = static_cast<std::uint8_t>(1 + roster_[user].legs.size() % 200);
        roster_[user].legs.push_back(leg.id);
    }
    legs_.emplace(leg.id, std::move(made));
    return leg;
}

void Engine::drop(Leg& leg) {
    if (leg.user != nobody) std::erase(roster_[leg.user].legs, leg.id);
    legs_.erase(leg.id);
}

LegId Engine::leg_by_call_id(UserIndex user, std::string_view id) const {
    for (const LegId leg : roster_[user].legs)
        if (call_id(*find(leg)) == id) return leg;
    return 0;
}

const Conference* Engine::conference(UserIndex user) const {
    const auto found = conferences_.find(user);
    return found == conferences_.end() ? nullptr : &found->second;
}

std::vector<LegId> Engine::alerting_forks(LegId id) const {
    const Leg* caller = find(id);
    return caller ? caller->forks : std::vector<LegId>();
}

Truth Engine::truth(UserIndex user) const {
    Truth truth;
    bool held = false;
    bool active = false;
    for (const LegId id : roster_[user].legs) {
        const Leg& leg = *find(id);
        ++truth.calls;
        if (!leg.answered && leg.personality == Personality::terminator)
            truth.state = LineState::ringing;
        else if (leg.local_held)
            held = true;
        else
            active = true;
    }
    if (truth.state == LineState::idle)
        truth.state = held ? LineState::held : active ? LineState::active : LineState::idle;
    return truth;
}

Party Engine::party_of_user(UserIndex index, UserIndex seen_by) const {
    const User& user = roster_[index];
    Party party;
    party.name = user.name();
    party.address = "tel:" + std::to_string(user.extension);
    party.user = index;
    party.call_type = seen_by != nobody && roster_[seen_by].group != user.group ? "Enterprise" : "Group";
    return party;
}

Party Engine::party_of(const Leg& leg) const {
    return leg.user == nobody ? leg.self : party_of_user(leg.user, nobody);
}

Party Engine::party_of_address(const std::string& address) const {
    if (const UserIndex user = roster_.find_address(address); user != nobody) return party_of_user(user, nobody);
    Party party;
    party.call_type = "Network";
    if (address.starts_with("sip:") || address.starts_with("tel:"))
        party.address = address;
    else if (const auto number = e164_of(address))
        party.address = "tel:+" + std::to_string(*number);
    else
        party.address = "tel:" + address;
    return party;
}

void Engine::call_event(const Leg& leg, std::string_view type) {
    if (leg.user == nobody) return;
    scratch_.assign("<xsi:call>");
    append_call(scratch_, leg, "xsi:");
    scratch_ += "</xsi:call>";
    sink_.emit(leg.user, call_packages, type, scratch_);
}

void Engine::hook(UserIndex index) {
    if (index == nobody) return;
    User& user = roster_[index];
    // A phone that only rings is on-hook; the user's own phone ringing for click-to-dial too.
    const bool off = std::any_of(user.legs.begin(), user.legs.end(), [&](LegId id) {
        const Leg& leg = *find(id);
        return leg.answered || leg.treatment || (leg.personality != Personality::terminator && leg.lifted);
    });
    if (off == user.off_hook) return;
    user.off_hook = off;
    sink_.emit(index, mask_of(Package::advanced_call), "HookStatusEvent",
               off ? "<xsi:hookStatus>Off-Hook</xsi:hookStatus>" : "<xsi:hookStatus>On-Hook</xsi:hookStatus>");
}

Leg* Engine::own_leg(UserIndex user, LegId id, const std::function<bool(const Leg&)>& fits) {
    for (const LegId own : roster_[user].legs)
        if ((id == 0 || own == id) && fits(*find(own))) return leg(own);
    return nullptr;
}

// --- beginning ------------------------------------------------------------------------------------------------

Engine::Result Engine::dial(UserIndex from, const std::string& to) {
    if (to.empty()) return no("nothing was dialled");
    hold_others(from, 0);
    Leg& caller = new_leg(from, Personality::originator);
    caller.tracking = ++next_tracking_;
    caller.has_endpoint = true;
    caller.dialled = to;
    caller.remote = party_of_address(to);
    const LegId id = caller.id;
    hook(from);
    call_event(caller, "CallOriginatedEvent");
    route(caller, to, {});
    return id;
}

Engine::Result Engine::click_to_dial(UserIndex from, const std::string& to) {
    Leg& caller = new_leg(from, Personality::click_to_dial);
    caller.tracking = ++next_tracking_;
    caller.lifted = false;
    caller.dialled = to;
    caller.remote = party_of_address(to);
    const auto real_type = std::exchange(caller.remote.call_type, "Unknown");
    call_event(caller, "CallOriginatingEvent");
    caller.remote.call_type = real_type;
    const LegId id = caller.id;
    const auto give_up = [this, id] {
        if (Leg* still = leg(id); still && !still->lifted) finish(*still, false);
    };
    loop_.after(std::chrono::milliseconds(settings_.no_answer_ms), give_up);
    if (settings_.lift_ms >= 0)
        loop_.after(std::chrono::milliseconds(settings_.lift_ms), [this, id] {
            if (Leg* still = leg(id); still && !still->lifted) lift(*still);
        });
    return id;
}

void Engine::lift(Leg& caller) {
    hold_others(caller.user, caller.id);
    caller.lifted = true;
    caller.has_endpoint = true;
    caller.personality = Personality::originator;
    hook(caller.user);
    call_event(caller, "CallOriginatedEvent");
    route(caller, caller.dialled, {});
}

Engine::Result Engine::incoming(const std::string& to, const Caller& from) {
    if (roster_.find_address(to) == nobody) return no("nobody has the number " + to);
    Leg& caller = new_leg(nobody, Personality::originator);
    caller.tracking = ++next_tracking_;
    caller.self = party_of_address(from.number);
    if (from.number.empty()) caller.self.address.clear();
    caller.self.name = from.name;
    caller.self.privacy = from.privacy;
    caller.self.user = nobody;
    caller.self.call_type = "Network";
    const LegId id = caller.id;
    route(caller, to, {});
    return id;
}

// --- routing --------------------------------------------------------------------------------------------------

void Engine::route(Leg& caller, const std::string& to, std::vector<Redirection> redirections) {
    if (caller.depth > forwards_max) {
        treat(caller, "Routing Failure");
        return;
    }
    const UserIndex user = roster_.find_address(to);
    if (user != nobody) {
        offer(caller, user, std::move(redirections));
        return;
    }
    const Party party = party_of_address(to);
    const bool outside = e164_of(to) || to.starts_with("sip:") || to.starts_with("tel:+");
    if (!outside) {
        treat(caller, "User Not Found");
        return;
    }
    alert_outside(caller, party, nobody);
}

void Engine::offer(Leg& caller, UserIndex to, std::vector<Redirection> redirections) {
    const User& user = roster_[to];
    const auto number = [&](ServiceId id) { return std::string(service_text(user, id, "forwardToPhoneNumber")); };
    if (service_active(user, ServiceId::forwarding_always))
        return forward(caller, to, number(ServiceId::forwarding_always), "unconditional", std::move(redirections));
    if (user.kind == UserKind::call_center) return enqueue(caller, to);
    if (user.kind == UserKind::auto_attendant) {
        Party menu = party_of_user(to, nobody);
        alert_outside(caller, menu, nobody);
        if (Leg* attendant = leg(caller.peer)) connect(*attendant);
        return;
    }
    if (user.kind == UserKind::hunt_group) {
        const auto sales = user.last;
        for (UserIndex i = 0; i < roster_.size() && caller.forks.size() < 5; ++i)
            if (!roster_[i].removed && roster_[i].kind == UserKind::person && roster_[i].legs.empty() &&
                roster_.departments[roster_[i].department] == sales &&
                !service_active(roster_[i], ServiceId::do_not_disturb))
                alert(caller, i, redirections, nobody, to);
        if (caller.forks.empty()) treat(caller, "Busy");
        return;
    }
    const auto profile = service_text(user, ServiceId::commpilot_express, "profile");
    if (profile == "Unavailable" || profile == "Busy") {
        const auto part = service_text(user, ServiceId::commpilot_express, profile == "Busy" ? "busy" : "unavailable");
        const std::string address =
            profile == "Busy" ? nested_text(part, "forwardToAddress") : nested_text(part, "forwardingAddress");
        if (!address.empty()) return forward(caller, to, address, "away", std::move(redirections));
        return to_voicemail(caller, to);
    }
    if (!user.registered) {
        if (service_active(user, ServiceId::forwarding_not_reachable))
            return forward(caller, to, number(ServiceId::forwarding_not_reachable), "unavailable",
                           std::move(redirections));
        return treat(caller, "Temporarily Unavailable");
    }
    const bool disturb = !service_active(user, ServiceId::do_not_disturb);
    const bool busy = user.legs.size() >= 2 || (!user.legs.empty() && !service_active(user, ServiceId::call_waiting));
    if (!disturb || busy) {
        if (service_active(user, ServiceId::forwarding_busy))
            return forward(caller, to, number(ServiceId::forwarding_busy), disturb ? "user-busy" : "do-not-disturb",
                           std::move(redirections));
        return treat(caller, "Busy");
    }
    alert(caller, to, redirections, nobody, nobody);
    ring_along(caller, to, redirections);
}

void Engine::forward(Leg& caller, UserIndex by, const std::string& to, std::string_view reason,
                     std::vector<Redirection> redirections) {
    ++caller.depth;
    redirections.insert(redirections.begin(), Redirection{party_of_user(by, nobody), reason});
    caller.remote = party_of_address(to);
    if (caller.lifted) call_event(caller, "CallForwardedEvent");
    if (settings_.redirected_on_forward && reason == "unconditional") {
        Leg& ghost = new_leg(by, Personality::terminator);
        ghost.tracking = caller.tracking;
        ghost.remote = party_of(caller);
        ghost.call = caller.call;
        const LegId ghost_id = ghost.id;
        detach({ghost_id}, reason, party_of_address(to), false);
    }
    route(caller, to, std::move(redirections));
}

void Engine::alert(Leg& caller, UserIndex to, const std::vector<Redirection>& redirections, UserIndex follow_me,
                   UserIndex hunt_group) {
    Leg& callee = new_leg(to, Personality::terminator);
    callee.call = caller.call;
    callee.tracking = caller.tracking;
    callee.start = caller.answered ? now_ms() : caller.start;
    callee.peer = caller.id;
    callee.remote = party_of(caller);
    if (callee.remote.user != nobody) callee.remote.call_type = party_of_user(callee.remote.user, to).call_type;
    callee.redirections = redirections;
    callee.follow_me = follow_me;
    callee.hunt_group = hunt_group;
    callee.queue = caller.queue;
    caller.forks.push_back(callee.id);
    if (caller.peer == 0) caller.peer = callee.id;
    call_event(callee, "CallReceivedEvent"); // without endpoint and appearance (7.4 a)
    callee.has_endpoint = true;
    call_event(callee, "CallUpdatedEvent");
    const User& user = roster_[to];
    std::int64_t patience = settings_.no_answer_ms;
    if (service_active(user, ServiceId::forwarding_no_answer)) {
        int rings = 3;
        const auto text = service_text(user, ServiceId::forwarding_no_answer, "numberOfRings");
        std::from_chars(text.data(), text.data() + text.size(), rings);
        patience = rings * settings_.ring_ms;
    }
    if (follow_me == nobody && !sequential_locations(user).empty()) {
        int rings = 2;
        const auto text = service_text(user, ServiceId::sequential_ring, "baseLocationNumberOfRings");
        std::from_chars(text.data(), text.data() + text.size(), rings);
        patience = rings * settings_.ring_ms;
    }
    loop_.after(std::chrono::milliseconds(patience), [this, id = callee.id] { no_answer(id); });
}

void Engine::alert_outside(Leg& caller, const Party& party, UserIndex follow_me) {
    Leg& callee = new_leg(nobody, Personality::terminator);
    callee.call = caller.call;
    callee.tracking = caller.tracking;
    callee.self = party;
    callee.peer = caller.id;
    callee.follow_me = follow_me;
    caller.forks.push_back(callee.id);
    if (caller.peer == 0) caller.peer = callee.id;
    if (follow_me == nobody)
        loop_.after(std::chrono::milliseconds(2 * settings_.no_answer_ms), [this, id = callee.id] {
            if (Leg* still = leg(id); still && !still->answered)
                if (Leg* waiting = leg(still->peer)) treat(*waiting, "Request Timeout");
        });
}

// Simultaneous ring (7.4 h): the extra locations alert beside the user's own phone.
void Engine::ring_along(Leg& caller, UserIndex index, const std::vector<Redirection>& redirections) {
    const User& user = roster_[index];
    std::string_view locations = service_text(user, ServiceId::broadworks_anywhere, "locations");
    while (!locations.empty()) {
        const std::string_view location = locations.substr(0, locations.find("</location>"));
        locations.remove_prefix(std::min(locations.size(), location.size() + std::string_view("</location>").size()));
        const std::string number = nested_text(location, "phoneNumber");
        if (number.empty() || nested_text(location, "active") != "true") continue;
        alert_outside(caller, party_of_address(number), index);
        leg(caller.forks.back())->anywhere = number;
    }
    if (!service_active(user, ServiceId::simultaneous_ring)) return;
    auto more = redirections;
    more.insert(more.begin(), Redirection{party_of_user(index, nobody), "follow-me"});
    for (const std::string& address :
         nested_texts(service_text(user, ServiceId::simultaneous_ring, "simRingLocations"), "address")) {
        const UserIndex other = roster_.find_address(address);
        if (other != nobody && other != index && roster_[other].legs.empty())
            alert(caller, other, more, index, nobody);
        else if (other == nobody)
            alert_outside(caller, party_of_address(address), index);
    }
}

// Sequential ring: the base location rang long enough, or the one before the next.
bool Engine::ring_next_location(Leg& caller, Leg& callee) {
    if (callee.follow_me != nobody && callee.sequence == 0) return false;
    const UserIndex owner = callee.sequence ? callee.follow_me : callee.user;
    if (owner == nobody || caller.forks.size() > 1) return false;
    const auto locations = sequential_locations(roster_[owner]);
    const std::uint8_t at = callee.sequence;
    if (at >= locations.size()) return false;
    auto redirections = callee.redirections;
    if (at == 0) redirections.insert(redirections.begin(), Redirection{party_of_user(owner, nobody), "follow-me"});
    const LegId old = callee.id;
    const LegId caller_id = caller.id;
    caller.forks.clear();
    caller.peer = 0;
    if (callee.user == nobody)
        drop(callee);
    else
        detach({old}, "follow-me", party_of_address(locations[at]), false);
    Leg& waiting = *leg(caller_id);
    const UserIndex user = roster_.find_address(locations[at]);
    if (user != nobody)
        alert(waiting, user, redirections, owner, nobody);
    else
        alert_outside(waiting, party_of_address(locations[at]), owner);
    Leg& next = *leg(waiting.peer);
    next.sequence = static_cast<std::uint8_t>(at + 1);
    next.redirections = redirections;
    if (user == nobody)
        loop_.after(std::chrono::milliseconds(3 * settings_.ring_ms), [this, id = next.id] { no_answer(id); });
    return true;
}

void Engine::no_answer(LegId id) {
    Leg* callee = leg(id);
    if (!callee || callee->answered) return;
    Leg* caller = leg(callee->peer);
    const UserIndex user = callee->user;
    if (!caller) {
        finish(*callee, false);
        return;
    }
    if (callee->queue != nobody && caller->queue != nobody) { // bounced back into the queue
        const UserIndex queue = callee->queue;
        for (QueueEntry& entry : queues_[queue])
            if (entry.caller == caller->id) {
                entry.offered = 0;
                entry.refused.push_back(user);
                queue_event(queue, entry, "ACDCallBouncedEvent", {});
            }
        std::erase(caller->forks, id);
        finish(*callee, false);
        offer_next(queue);
        return;
    }
    if (callee->recall_type.empty() && ring_next_location(*caller, *callee)) return;
    if (!callee->recall_type.empty() || callee->follow_me != nobody || callee->hunt_group != nobody) {
        std::erase(caller->forks, id);
        const LegId caller_id = caller->id;
        finish(*callee, false);
        if (Leg* still = leg(caller_id); still && still->forks.empty()) treat(*still, "Request Timeout");
        return;
    }
    for (const LegId fork : std::vector(caller->forks))
        if (fork != id)
            if (Leg* other = leg(fork)) lose(*other, false);
    caller->forks.clear();
    caller->peer = 0;
    if (service_active(roster_[user], ServiceId::forwarding_no_answer)) {
        const std::string to(service_text(roster_[user], ServiceId::forwarding_no_answer, "forwardToPhoneNumber"));
        auto redirections = callee->redirections;
        const LegId caller_id = caller->id;
        detach({id}, "no-answer", party_of_address(to), false);
        if (Leg* still = leg(caller_id)) forward(*still, user, to, "no-answer", std::move(redirections));
        return;
    }
    const LegId caller_id = caller->id;
    if (!settings_.voicemail) {
        finish(*callee, false);
        if (Leg* still = leg(caller_id)) treat(*still, "Request Timeout");
        return;
    }
    detach({id}, "voicemail", Party(), false);
    if (Leg* still = leg(caller_id)) to_voicemail(*still, user);
}

void Engine::to_voicemail(Leg& caller, UserIndex user) {
    caller.peer = 0;
    Party box;
    box.name = "Voice Portal";
    box.address = "tel:1999";
    alert_outside(caller, box, nobody);
    Leg* mailbox = leg(caller.peer);
    mailbox->self.name = "Voice Portal " + roster_[user].last;
    const LegId outsider = caller.user == nobody ? caller.id : 0;
    connect(*mailbox);
    if (roster_[user].voice_mail.assigned) {
        ++roster_[user].voice_mail.fresh;
        messages_changed(user);
    }
    if (!outsider) return;
    loop_.after(std::chrono::milliseconds(settings_.voicemail_ms), [this, outsider] {
        if (Leg* still = leg(outsider)) release_far(*still);
    });
}

// A tone instead of a partner: CallReleasingEvent (Active, with its cause), the release follows.
void Engine::treat(Leg& caller, std::string_view cause) {
    for (const LegId fork : std::vector(caller.forks))
        if (Leg* alerting = leg(fork)) finish(*alerting, false);
    caller.forks.clear();
    caller.peer = 0;
    caller.realerting = false;
    if (caller.user == nobody) {
        drop(caller);
        return;
    }
    caller.release_cause = cause;
    caller.treatment = true;
    call_event(caller, "CallReleasingEvent");
    const LegId id = caller.id;
    if (settings_.treatment_ms <= 0) {
        finish(caller, false);
        return;
    }
    loop_.after(std::chrono::milliseconds(settings_.treatment_ms), [this, id] {
        if (Leg* still = leg(id); still && still->treatment) finish(*still, false);
    });
}

// --- answer ---------------------------------------------------------------------------------------------------

void Engine::connect(Leg& callee) {
    Leg* caller = leg(callee.peer);
    if (!caller) return;
    if (callee.user == nobody && !callee.anywhere.empty()) { // the user answers on another phone: own leg, new endpoint
        for (const LegId fork : caller->forks)
            if (Leg* own = leg(fork); own && own->user == callee.follow_me) {
                own->anywhere = callee.anywhere;
                std::erase(caller->forks, callee.id);
                drop(callee);
                call_event(*own, "CallUpdatedEvent");
                connect(*own);
                return;
            }
        return;
    }
    for (const LegId fork : std::vector(caller->forks))
        if (fork != callee.id)
            if (Leg* other = leg(fork)) lose(*other, true);
    caller->forks.clear();
    caller->peer = callee.id;
    const std::int64_t now = now_ms();
    if (callee.user != nobody) hold_others(callee.user, callee.id);
    callee.answered = true;
    callee.answer = now;
    hook(callee.user);
    call_event(callee, "CallAnsweredEvent");
    const UserIndex queue = caller->queue;
    if (!caller->answered) caller->answer = now; // a second answer keeps the first time (7.2)
    caller->answered = true;
    caller->realerting = false;
    const auto dialled_type = caller->remote.call_type;
    caller->remote = party_of(callee);
    if (caller->remote.user == nobody && !callee.self.name.starts_with("Voice Portal"))
        caller->remote.call_type = dialled_type == "Group" ? "Network" : dialled_type;
    if (queue != nobody) {
        leave_queue(*caller, "ACDCallAnsweredByAgentEvent");
        call_event(*caller, "CallUpdatedEvent"); // the queue's greeting had answered it already
        return;
    }
    hook(caller->user);
    call_event(*caller, "CallAnsweredEvent");
}

// A fork that somebody else won.
void Engine::lose(Leg& fork, bool picked_elsewhere) {
    if (fork.user == nobody) {
        drop(fork);
        return;
    }
    if (picked_elsewhere && fork.hunt_group == nobody)
        detach({fork.id}, "follow-me", Party(), false);
    else
        finish(fork, false);
}

Engine::Result Engine::answer(UserIndex user, LegId id) {
    if (Leg* ringing =
            own_leg(user, id, [](const Leg& l) { return l.personality == Personality::terminator && !l.answered; })) {
        const LegId call = ringing->call;
        connect(*ringing);
        return call;
    }
    if (Leg* waiting = own_leg(user, id, [](const Leg& l) { return !l.lifted; })) {
        const LegId call = waiting->call;
        lift(*waiting);
        return call;
    }
    if (id == 0)
        if (const auto far = far_end(user, "answer")) return far;
    return no("no call of " + roster_[user].id + " waits for an answer");
}

Engine::Result Engine::far_end(UserIndex user, std::string_view what, LegId id) {
    for (const LegId own : std::vector(roster_[user].legs)) {
        if (id != 0 && own != id) continue;
        Leg* mine = leg(own);
        if (what == "elsewhere") { // a location of one's simultaneous ring or Anywhere picks up
            const LegId call = mine->call;
            for (const LegId fork : alerting_forks(mine->peer))
                if (Leg* other = leg(fork); other && other->follow_me == user) {
                    connect(*other);
                    return call;
                }
            continue;
        }
        Leg* far = mine ? leg(mine->peer) : nullptr;
        if (!far || far->user != nobody) continue;
        const LegId call = mine->call;
        if (what == "answer" && !far->answered && mine->lifted && far->personality == Personality::terminator) {
            connect(*far);
            return call;
        }
        if (what == "hangup") {
            release_far(*far);
            return call;
        }
        if (what == "busy" && !mine->answered) {
            treat(*mine, "Busy");
            return call;
        }
    }
    return no("no party outside is there to " + std::string(what));
}

// --- hold -----------------------------------------------------------------------------------------------------

void Engine::set_hold(Leg& own, bool held) {
    own.local_held = held;
    const std::int64_t now = now_ms();
    if (held) {
        own.held_since = now;
    } else {
        own.total_held += now - own.held_since;
        own.held_since = 0;
    }
    call_event(own, held ? "CallHeldEvent" : "CallRetrievedEvent");
    Leg* far = leg(own.peer);
    if (!far || far->user == nobody || !far->answered) return;
    far->remote_held = held;
    if (!far->local_held) // "not if already held locally"
        call_event(*far, held ? "CallHeldEvent" : "CallRetrievedEvent");
}

// A phone talks on one call at a time (a conference counts as one).
void Engine::hold_others(UserIndex user, LegId except) {
    if (user == nobody) return;
    const Leg* chosen = find(except);
    for (const LegId id : std::vector(roster_[user].legs)) {
        Leg* other = leg(id);
        if (other && id != except && other->answered && !other->local_held && !other->treatment &&
            !(other->conference && chosen && chosen->conference))
            set_hold(*other, true);
    }
}

Engine::Result Engine::hold(UserIndex user, LegId id) {
    Leg* own =
        own_leg(user, id, [](const Leg& l) { return l.answered && !l.local_held && !l.treatment && !l.realerting; });
    if (!own) return no("no call of " + roster_[user].id + " can be held");
    const LegId call = own->call;
    set_hold(*own, true);
    return call;
}

Engine::Result Engine::retrieve(UserIndex user, LegId id) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.local_held; });
    if (!own) return no("no call of " + roster_[user].id + " is held");
    const LegId call = own->call;
    hold_others(user, own->id);
    set_hold(*own, false);
    return call;
}

Engine::Result Engine::reconnect(UserIndex user, LegId id) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.local_held; });
    if (!own) return no("only a held call can be reconnected");
    for (const LegId other : std::vector(roster_[user].legs))
        if (other != id && find(other)) (void)hang_up(user, other);
    return retrieve(user, id);
}

// --- end ------------------------------------------------------------------------------------------------------

void Engine::remember(const Leg& leg) {
    if (!settings_.call_logs || leg.user == nobody || !leg.lifted) return;
    User& user = roster_[leg.user];
    if (!user.log) user.log = std::make_unique<std::deque<LogEntry>>();
    LogEntry entry;
    entry.kind = leg.personality != Personality::terminator ? LogEntry::Kind::placed
                 : leg.answered                             ? LogEntry::Kind::received
                                                            : LogEntry::Kind::missed;
    const std::string& address = leg.remote.address;
    entry.number = leg.remote.privacy || address.empty() ? "Unavailable" : address.substr(address.find(':') + 1);
    entry.name = leg.remote.privacy || leg.remote.name.empty() ? "Unavailable" : leg.remote.name;
    entry.time = leg.start;
    entry.id = leg.id;
    user.log->push_front(std::move(entry));
    if (user.log->size() > 60) user.log->pop_back();
}

// The one who hangs up goes on-hook first; the other side hears it and then goes on-hook (7.4 a).
void Engine::finish(Leg& ending, bool local) {
    const UserIndex user = ending.user;
    remember(ending);
    const LegId id = ending.id;
    if (user == nobody) {
        drop(ending);
        return;
    }
    std::string body = "<xsi:call>";
    append_call_body(body, ending, "xsi:", "Released", local ? "localRelease" : "remoteRelease", nullptr);
    body += "</xsi:call>";
    const bool in_conference = ending.conference;
    const bool agent_talked =
        ending.queue != nobody && ending.personality == Personality::terminator && ending.answered;
    drop(ending);
    if (local) hook(user);
    sink_.emit(user, call_packages, "CallReleasedEvent", body);
    if (!local) hook(user);
    if (in_conference) leave_conference(user, id);
    if (agent_talked && roster_[user].agent && roster_[user].agent->state == AgentState::available) wrap_up(user);
}

// The user sent the calls away: one CallRedirectedEvent with all of them (7.4 d, e).
void Engine::detach(std::vector<LegId> ids, std::string_view reason, const Party& to, bool hook_after) {
    const std::int64_t now = now_ms();
    const Detached detached{reason, now, to};
    UserIndex user = nobody;
    std::string body = "<xsi:calls>";
    std::vector<std::string> releases;
    for (const LegId id : ids) {
        Leg* away = leg(id);
        if (!away || away->user == nobody) continue;
        user = away->user;
        if (away->held_since) {
            away->total_held += now - away->held_since;
            away->held_since = 0;
        }
        body += "<xsi:call>";
        append_call_body(body, *away, "xsi:", "Detached", {}, &detached);
        body += "</xsi:call>";
        if (settings_.detached_release == "always" || (settings_.detached_release == "sometimes" && id % 2 == 0)) {
            std::string& release = releases.emplace_back("<xsi:call>");
            append_call_body(release, *away, "xsi:", "Released", "localRelease", &detached);
            release += "</xsi:call>";
        }
    }
    body += "</xsi:calls>";
    if (user == nobody) return;
    for (const LegId id : ids)
        if (Leg* away = leg(id)) {
            remember(*away);
            drop(*away);
        }
    if (!hook_after) hook(user);
    sink_.emit(user, call_packages, "CallRedirectedEvent", body);
    if (hook_after) hook(user);
    for (const std::string& release : releases)
        sink_.emit(user, call_packages, "CallReleasedEvent", release);
}

// `far` hangs up: whoever waits on the other side is told.
void Engine::release_far(Leg& far) {
    const LegId id = far.id;
    const std::vector<LegId> forks = far.forks;
    const LegId peer = far.peer;
    if (far.queue != nobody && far.personality != Personality::terminator) leave_queue(far, "ACDCallAbandonedEvent");
    if (far.parked_at != nobody) sink_.emit(far.parked_at, mask_of(Package::call_park), "CallParkedAgainstEvent", {});
    finish(far, true);
    for (const LegId fork : forks)
        if (Leg* alerting = leg(fork)) finish(*alerting, false);
    if (Leg* partner = leg(peer); partner && peer != id) {
        if (partner->treatment) return;
        finish(*partner, false);
    }
}

Engine::Result Engine::hang_up(UserIndex user, LegId id) {
    const auto any = [](const Leg&) { return true; };
    const auto talking = [](const Leg& l) { return l.answered && !l.local_held; };
    Leg* own = own_leg(user, id, id ? std::function<bool(const Leg&)>(any) : talking);
    if (!own) own = own_leg(user, id, any);
    if (!own) return no(roster_[user].id + " has no call");
    const LegId call = own->call;
    if (id == 0 && own->conference) return end_conference(user);
    if (own->personality == Personality::terminator && !own->answered) return decline(user, own->id);
    release_far(*own);
    return call;
}

Engine::Result Engine::decline(UserIndex user, LegId id) {
    Leg* own = own_leg(user, id, [](const Leg& l) { return l.personality == Personality::terminator && !l.answered; });
    if (!own) return no("no call of " + roster_[user].id + " rings");
    const LegId call = own->call;
    Leg* caller = leg(own->peer);
    if (own->queue != nobody) {
        no_answer(own->id);
        return call;
    }
    if (caller) std::erase(caller->forks, own->id);
    const LegId caller_id = caller ? caller->id : 0;
    finish(*own, true);
    caller = leg(caller_id);
    if (caller && caller->forks.empty()) {
        caller->peer = 0;
        if (settings_.voicemail)
            to_voicemail(*caller, user);
        else
            treat(*caller, "Busy");
    }
    return call;
}

void Engine::forget_calls() {
    for (UserIndex i = 0; i < roster_.size(); ++i) {
        roster_[i].legs.clear();
        roster_[i].off_hook = false;
    }
    legs_.clear();
    conferences_.clear();
    queues_.clear();
}

void Engine::forget_user(UserIndex user) {
    for (const LegId id : std::vector(roster_[user].legs))
        if (Leg* own = leg(id)) release_far(*own);
}

void Engine::service_changed(UserIndex user, ServiceId service) {
    const auto package = package_of(service);
    if (!package) return; // Not Reachable and Selective have no event (5.3)
    std::string data = "<xsi:info>";
    append_service(data, roster_[user], service, "xsi:");
    data += "</xsi:info>";
    sink_.emit(user, mask_of(*package), type_of(service).event, data);
}

} // namespace sim::bw
