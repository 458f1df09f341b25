// What the engine writes: call, conference, agent and queue objects in schema order (xsi.md 7.1, 8.2, 8.3).
#include "engine.hpp"
#include "xml.hpp"

#include <array>

namespace sim::bw {

namespace {

std::string_view country_code(std::string_view e164) {
    static constexpr std::array<std::string_view, 12> codes = {"31", "32", "33", "34", "39", "41",
                                                               "43", "44", "45", "46", "49", "1"};
    for (const auto code : codes)
        if (e164.starts_with(code)) return code;
    return {};
}

std::string_view name_of(Personality personality) {
    switch (personality) {
    case Personality::originator: return "Originator";
    case Personality::terminator: return "Terminator";
    case Personality::click_to_dial: return "Click-to-Dial";
    }
    return "Originator";
}

} // namespace

std::string_view name_of(LineState state) {
    switch (state) {
    case LineState::idle: return "idle";
    case LineState::ringing: return "ringing";
    case LineState::active: return "active";
    case LineState::held: return "held";
    }
    return "idle";
}

std::string_view Engine::state_of(const Leg& leg) const {
    if (leg.treatment) return "Active";
    if (!leg.answered || leg.realerting) return "Alerting";
    if (leg.local_held) return "Held";
    return leg.remote_held ? "Remote Held" : "Active";
}

std::string Engine::tracking_id(std::uint64_t tracking) const {
    std::string out;
    if (!settings_.uuid_ids) {
        xml::append_number(out, static_cast<std::int64_t>(tracking));
        return out + ":1";
    }
    static constexpr std::string_view hex = "0123456789abcdef";
    out = "7e1c0000-0000-4000-8000-000000000000";
    for (std::size_t i = out.size(); tracking && out[i - 1] != '-'; tracking >>= 4)
        out[--i] = hex[tracking & 15];
    return out;
}

std::string Engine::call_id(const Leg& leg) const {
    if (settings_.uuid_ids) return tracking_id(0x900000000ULL + leg.id) + ":0";
    std::string out = "callhalf-";
    xml::append_number(out, 20000 + static_cast<std::int64_t>(leg.id));
    return out + ":0";
}

void Engine::append_party(std::string& out, const Party& party, std::string_view prefix) const {
    xml::Writer writer(out, prefix);
    if (!party.name.empty() && !party.privacy) writer.text("name", party.name);
    if (!party.address.empty() && !party.privacy) {
        const std::string_view address = party.address;
        const auto code = address.starts_with("tel:+") ? country_code(address.substr(5)) : std::string_view();
        if (code.empty())
            writer.text("address", address);
        else
            writer.attributed("address", "countryCode", code, address);
    }
    if (party.user != nobody) {
        const User& user = roster_[party.user];
        writer.text("userId", user.id);
        writer.attributed("userDN", "countryCode", "31", "tel:+" + std::to_string(user.number));
    }
    if (party.privacy) writer.empty("privacy");
    writer.text("callType", party.call_type);
}

void Engine::append_acd(std::string& out, const Leg& leg, std::string_view prefix) const {
    xml::Writer writer(out, prefix);
    const User& queue = roster_[leg.queue];
    const Leg* caller = find(leg.peer);
    writer.open("acdCallInfo");
    writer.text("acdUserId", queue.id);
    writer.text("acdName", queue.last);
    writer.text("acdNumber", "tel:" + std::to_string(queue.extension));
    writer.number("numCallsInQueue", static_cast<std::int64_t>(queue_length(leg.queue)));
    writer.number("waitTime", caller ? (now_ms() - caller->start) / 1000 : 0);
    if (caller) {
        writer.open("callingPartyInfo");
        append_party(out, party_of(*caller), prefix);
        writer.close("callingPartyInfo");
    }
    writer.close("acdCallInfo");
}

void Engine::append_call_body(std::string& out, const Leg& leg, std::string_view prefix, std::string_view state,
                              std::string_view releasing, const Detached* detached) const {
    xml::Writer writer(out, prefix);
    writer.text("callId", call_id(leg));
    writer.text("extTrackingId", tracking_id(leg.tracking));
    if (leg.remote.call_type == "Network")
        writer.text("networkCallId", "BW" + std::to_string(leg.tracking) + "@as1.example.net");
    writer.text("personality", name_of(leg.personality));
    writer.text("state", state);
    if (!leg.release_cause.empty()) {
        writer.open("releaseCause");
        writer.text("internalReleaseCause", leg.release_cause);
        writer.close("releaseCause");
    }
    if (!releasing.empty()) writer.text("releasingParty", releasing);
    writer.open("remoteParty");
    append_party(out, leg.remote, prefix);
    writer.close("remoteParty");
    if (!leg.redirections.empty()) {
        writer.open("redirections");
        for (const Redirection& redirection : leg.redirections) {
            writer.open("redirection");
            writer.open("party");
            append_party(out, redirection.party, prefix);
            writer.close("party");
            writer.text("reason", redirection.reason);
            writer.number("counter", 1);
            writer.close("redirection");
        }
        writer.close("redirections");
    }
    if (detached) {
        writer.open("redirect");
        if (!detached->to.address.empty()) writer.text("address", detached->to.address);
        writer.text("reason", detached->reason);
        writer.number("redirectTime", detached->at);
        writer.close("redirect");
    }
    if (leg.has_endpoint && !detached) {
        const bool remote_office = service_active(roster_[leg.user], ServiceId::remote_office);
        if (!leg.anywhere.empty() || remote_office) {
            const auto number = remote_office
                                    ? service_text(roster_[leg.user], ServiceId::remote_office, "remoteOfficeNumber")
                                    : leg.anywhere;
            writer.typed("endpoint", remote_office ? "RemoteOfficeEndpoint" : "BroadWorksAnywhereEndpoint");
            writer.text("address", "tel:" + std::string(number));
        } else {
            writer.typed("endpoint", "AccessEndpoint");
            writer.text("addressOfRecord", roster_[leg.user].id);
        }
        writer.close("endpoint");
        writer.number("appearance", leg.appearance);
    }
    if (state == "Alerting" && leg.personality == Personality::terminator && leg.has_endpoint)
        writer.empty("allowAnswer");
    if (state == "Held") writer.empty("allowRetrieve");
    if (leg.hunt_group != nobody)
        writer.text("huntGroupUserId", roster_[leg.hunt_group].id);
    else if (leg.queue != nobody && leg.personality == Personality::terminator)
        writer.text("huntGroupUserId", roster_[leg.queue].id);
    if (!leg.recall_type.empty()) writer.text("recallType", leg.recall_type);
    writer.number("startTime", leg.start);
    if (leg.answer) writer.number("answerTime", leg.answer);
    if (leg.held_since && state == "Held") writer.number("heldTime", leg.held_since);
    if (leg.total_held) writer.number("totalHeldTime", leg.total_held);
    if (detached) writer.number("detachedTime", detached->at);
    if (state == "Released") writer.number("releaseTime", detached ? detached->at : now_ms());
    if (leg.queue != nobody && leg.personality == Personality::terminator) append_acd(out, leg, prefix);
    if (leg.recording) {
        writer.empty("recorded");
        writer.text("recordingState", "Started");
    }
}

void Engine::append_call(std::string& out, const Leg& leg, std::string_view prefix) const {
    append_call_body(out, leg, prefix, state_of(leg), {}, nullptr);
}

void Engine::append_snapshot(std::string& out, UserIndex index) const {
    const User& user = roster_[index];
    xml::Writer writer(out, "xsi:");
    if (!user.legs.empty()) {
        writer.open("calls");
        for (const LegId id : user.legs) {
            writer.open("call");
            append_call(out, *find(id), "xsi:");
            writer.close("call");
        }
        writer.close("calls");
    }
    if (const Conference* conference = this->conference(index)) {
        writer.open("conference");
        append_conference(out, index, conference->held ? "Held" : "Active", "xsi:");
        writer.close("conference");
    }
    writer.text("hookStatus", user.off_hook ? "Off-Hook" : "On-Hook");
}

void Engine::append_conference(std::string& out, UserIndex index, std::string_view state,
                               std::string_view prefix) const {
    xml::Writer writer(out, prefix);
    writer.text("state", state);
    writer.typed("endpoint", "AccessEndpoint");
    writer.text("addressOfRecord", roster_[index].id);
    writer.close("endpoint");
    writer.number("appearance", 1);
    writer.open("conferenceParticipantList");
    if (const Conference* conference = this->conference(index))
        for (const LegId id : conference->legs)
            if (const Leg* leg = find(id)) {
                writer.open("conferenceParticipant");
                writer.text("callId", call_id(*leg));
                if (leg->muted) writer.boolean("muted", true);
                writer.close("conferenceParticipant");
            }
    writer.close("conferenceParticipantList");
}

// What is none is left out (xsi.md 8.1).
void Engine::append_messages(std::string& out, UserIndex user, std::string_view prefix) const {
    const VoiceMail& box = roster_[user].voice_mail;
    xml::Writer writer(out, prefix);
    const auto count = [&](std::string_view name, std::int64_t messages) {
        if (messages != 0) writer.number(name, messages);
    };
    writer.open("messageSummary");
    count("newMessages", box.fresh);
    count("oldMessages", box.old);
    count("newUrgentMessages", box.fresh_urgent);
    count("oldUrgentMessages", box.old_urgent);
    writer.close("messageSummary");
}

void Engine::append_agent_state(std::string& out, UserIndex index, std::string_view element) const {
    const Agent& agent = *roster_[index].agent;
    xml::Writer writer(out, "xsi:");
    writer.open(element);
    writer.text("state", sim::bw::name_of(agent.state));
    writer.open("stateTimestamp");
    writer.number("value", agent.since);
    writer.close("stateTimestamp");
    if (agent.state == AgentState::unavailable && !agent.unavailable_code.empty())
        writer.text("unavailableCode", agent.unavailable_code);
    if (agent.state != AgentState::sign_out) {
        writer.number("signInTimestamp", agent.signed_in);
        const std::int64_t running = agent.state == AgentState::available ? now_ms() - agent.since : 0;
        writer.number("totalAvailableTime", (agent.available_ms + running) / 1000);
    }
    writer.close(element);
}

void Engine::append_agent_snapshot(std::string& out, UserIndex index) const {
    const User& user = roster_[index];
    xml::Writer writer(out, "xsi:");
    writer.open("joinData");
    writer.open("joinInfos");
    for (std::size_t i = 0; user.agent && i < user.agent->queues.size(); ++i) {
        writer.open("joinInfo");
        writer.text("acdUserId", roster_[user.agent->queues[i]].id);
        writer.boolean("joined", user.agent->joined[i]);
        writer.close("joinInfo");
    }
    writer.close("joinInfos");
    writer.close("joinData");
    if (user.agent) append_agent_state(out, index, "stateInfo");
}

void Engine::append_queue_entry(std::string& out, UserIndex queue, const QueueEntry& entry,
                                std::string_view extra) const {
    const Leg* caller = find(entry.caller);
    xml::Writer writer(out, "xsi:");
    writer.open("queueEntry");
    if (caller) {
        writer.text("callId", call_id(*caller));
        writer.text("extTrackingId", tracking_id(caller->tracking));
        writer.open("remoteParty");
        append_party(out, party_of(*caller), "xsi:");
        writer.close("remoteParty");
    }
    writer.number("addTime", entry.added);
    writer.text("acdName", roster_[queue].last);
    writer.text("acdNumber", "tel:" + std::to_string(roster_[queue].extension));
    out += extra;
    writer.close("queueEntry");
}

void Engine::append_queue_snapshot(std::string& out, UserIndex queue) const {
    xml::Writer writer(out, "xsi:");
    writer.open("queueEntries");
    if (const auto found = queues_.find(queue); found != queues_.end())
        for (const QueueEntry& entry : found->second)
            append_queue_entry(out, queue, entry, {});
    writer.close("queueEntries");
}

} // namespace sim::bw
