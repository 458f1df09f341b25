// Xsi-Actions: calls, profile, services, call centre (xsi.md 9.1-9.4, 9.6). The same engine that makes the events.
#include "platform.hpp"
#include "services.hpp"

#include <algorithm>

namespace sim::bw {

void Platform::actions(Exchange& exchange) {
    if (exchange.is(0, "callcenter") || exchange.is(0, "group")) return queue_request(exchange);
    if (exchange.parts.size() < 3 || !exchange.is(0, "user")) return error(exchange, 404, 5100, "No such resource");
    const UserIndex user = roster.find(exchange.parts[1]); // an administrator is not a user: 404
    if (user == nobody) return error(exchange, 404, 4008, "User not found: " + exchange.parts[1]);
    if (!accounts.may(*exchange.login, Target{TargetKind::user, user}))
        return error(exchange, 403, 5010, "Not allowed for this user");
    user_request(exchange, user);
}

void Platform::user_request(Exchange& exchange, UserIndex user) {
    if (exchange.is(2, "calls")) return calls(exchange, user);
    if (exchange.is(2, "profile")) return profile(exchange, user);
    if (exchange.is(2, "directories")) return directory(exchange, user);
    if (exchange.is(2, "services"))
        return exchange.parts.size() == 3 ? service_list(exchange, user) : service(exchange, user);
    error(exchange, 404, 5100, "No such resource");
}

// --- calls ----------------------------------------------------------------------------------------------------

void Platform::list_calls(Exchange& exchange, UserIndex user) {
    std::string inner;
    for (const LegId id : roster[user].legs) {
        const Leg& leg = *engine.find(id);
        const std::string call = engine.call_id(leg);
        inner += leg.conference ? "<call inConference=\"true\">" : "<call>";
        xml::Writer writer(inner, "");
        writer.text("callId", call);
        writer.text("uri", "/v2.0/user/" + roster[user].id + "/calls/" + call);
        writer.close("call");
    }
    document(exchange, "Calls", inner);
}

void Platform::calls(Exchange& exchange, UserIndex user) {
    const std::size_t parts = exchange.parts.size();
    if (parts == 3)
        return exchange.method("GET") ? list_calls(exchange, user) : error(exchange, 405, 5100, "Method not allowed");
    if (exchange.is(3, "HookStatus") && exchange.method("GET"))
        return document(exchange, "HookStatus",
                        roster[user].off_hook ? "<hookStatus>Off-Hook</hookStatus>"
                                              : "<hookStatus>On-Hook</hookStatus>");
    if (exchange.is(3, "new")) return new_call(exchange, user);
    if (exchange.is(3, "conference")) return conference(exchange, user);
    if (exchange.is(3, "messagesummary") && exchange.method("GET")) {
        if (!roster[user].voice_mail.assigned) return error(exchange, 404, 5100, "Service not assigned: Voice Mail");
        std::string inner;
        engine.append_messages(inner, user, "");
        return document(exchange, "VoiceMailMessageSummary", inner);
    }
    const LegId leg = engine.leg_by_call_id(user, exchange.parts[3]);
    if (leg == 0) return error(exchange, 404, 6001, "Call not found: " + exchange.parts[3]);
    if (parts == 4 && exchange.method("GET")) {
        std::string inner;
        engine.append_call(inner, *engine.find(leg), "");
        return document(exchange, "Call", inner);
    }
    control_call(exchange, user, leg);
}

void Platform::new_call(Exchange& exchange, UserIndex user) {
    if (!exchange.method("POST")) return error(exchange, 405, 5100, "Method not allowed");
    const std::string address(exchange.parameter("address"));
    std::string_view digits = address;
    if (digits.starts_with("tel:")) digits.remove_prefix(4);
    const bool sip = address.starts_with("sip:") && address.find('@') != std::string::npos && address.find('@') > 4 &&
                     address.size() <= 161;
    if (!sip && !dialable(digits) && roster.find_address(address) == nobody)
        return error(exchange, 400, 6002, "address cannot be dialled: " + address);
    if (roster[user].legs.size() >= 4) return error(exchange, 403, 6004, "Too many calls");
    const auto call = engine.click_to_dial(user, std::string(sip ? std::string_view(address) : digits));
    if (!call) return error(exchange, 400, 6004, call.error());
    const Leg* leg = engine.find(*call);
    std::string inner;
    xml::Writer writer(inner, "");
    writer.text("callId", leg ? engine.call_id(*leg) : std::string());
    writer.text("externalTrackingId", leg ? engine.tracking_id(leg->tracking) : std::string());
    document(exchange, "CallStartInfo", inner, 201);
}

void Platform::control_call(Exchange& exchange, UserIndex user, LegId leg) {
    const std::string address(exchange.parameter("address"));
    const auto answer = [&](const Engine::Result& result) {
        result ? ok(exchange) : error(exchange, 409, 6004, result.error());
    };
    const bool ringing = !engine.find(leg)->answered && engine.find(leg)->personality == Personality::terminator;
    if (exchange.parts.size() == 4) {
        if (!exchange.method("DELETE")) return error(exchange, 405, 5100, "Method not allowed");
        if (exchange.parameter("decline") == "true") return answer(engine.decline(user, leg));
        return answer(engine.hang_up(user, leg));
    }
    if (!exchange.method("PUT")) return error(exchange, 405, 5100, "Method not allowed");
    const bool needs_address = exchange.is(4, "BlindTransfer") || exchange.is(4, "MuteTransfer");
    if (needs_address && address.empty()) return error(exchange, 400, 6002, "address is missing");
    if (exchange.is(4, "Talk")) return answer(ringing ? engine.answer(user, leg) : engine.retrieve(user, leg));
    if (exchange.is(4, "Hold")) return answer(engine.hold(user, leg));
    if (exchange.is(4, "Reconnect")) return answer(engine.reconnect(user, leg));
    if (needs_address) return answer(engine.blind_transfer(user, address, leg));
    if (exchange.is(4, "VmTransfer")) return answer(engine.voicemail_transfer(user, leg));
    if (exchange.is(4, "ConsultTransfer") && exchange.parts.size() == 6) {
        const LegId other = engine.leg_by_call_id(user, exchange.parts[5]);
        if (other == 0) return error(exchange, 404, 6001, "Call not found: " + exchange.parts[5]);
        return answer(engine.consult_transfer(user, leg, other));
    }
    if (exchange.is(4, "Park") || exchange.is(4, "GroupCallPark")) {
        const auto parked = engine.park(user, address, leg);
        if (!parked) return error(exchange, 409, 6004, parked.error());
        http::Response response(200, {}, {});
        const std::string slot = address.empty() ? std::to_string(roster[user].extension) : address;
        response.headers.emplace_back("Content-Location", "/v2.0/user/" + roster[user].id + "/calls?tel:" + slot);
        return send(exchange, std::move(response));
    }
    if (exchange.is(4, "TransmitDTMF"))
        return engine.find(leg)->answered ? ok(exchange) : error(exchange, 409, 6004, "The call is not answered");
    for (const std::string_view verb : {"Record", "PauseRecording", "ResumeRecording", "StopRecording"})
        if (exchange.is(4, verb)) return answer(engine.record(user, verb, leg));
    error(exchange, 404, 5100, "No such resource");
}

void Platform::conference(Exchange& exchange, UserIndex user) {
    const auto answer = [&](const Engine::Result& result, int status) {
        result ? send(exchange, http::Response(status, {}, {})) : error(exchange, 409, 6004, result.error());
    };
    if (exchange.parts.size() == 6 && exchange.method("PUT")) {
        const LegId leg = engine.leg_by_call_id(user, exchange.parts[4]);
        if (leg == 0) return error(exchange, 404, 6001, "Call not found: " + exchange.parts[4]);
        if (!exchange.is(5, "Mute") && !exchange.is(5, "Deaf")) return error(exchange, 404, 5100, "No such resource");
        return answer(engine.mute(user, leg, exchange.is(5, "Deaf")), 200);
    }
    if (exchange.parts.size() == 5 && exchange.method("PUT") && (exchange.is(4, "Hold") || exchange.is(4, "Talk")))
        return answer(engine.hold_conference(user, exchange.is(4, "Hold")), 200);
    if (exchange.parts.size() != 4) return error(exchange, 404, 5100, "No such resource");
    if (exchange.method("DELETE")) return answer(engine.end_conference(user), 200);
    if (exchange.method("GET")) {
        if (!engine.conference(user)) return error(exchange, 404, 6001, "No conference");
        std::string inner;
        engine.append_conference(inner, user, engine.conference(user)->held ? "Held" : "Active", "");
        return document(exchange, "Conference", inner);
    }
    const auto body = xml::Document::parse(exchange.request.body);
    if (!exchange.method("POST") || !body || body->root().name() != "Conference" || !body->root().in_xsi())
        return error(exchange, 400, 5100, body ? "a Conference document is needed" : body.error());
    const auto list = body->root().child("conferenceParticipantList");
    if (!list) return error(exchange, 400, 5100, "conferenceParticipantList is missing");
    std::vector<LegId> legs;
    for (const xml::Node& participant : list->children()) {
        const auto id = participant.child("callId");
        const LegId leg = id ? engine.leg_by_call_id(user, id->text()) : 0;
        if (leg == 0) return error(exchange, 404, 6001, "Call not found in conferenceParticipantList");
        legs.push_back(leg);
    }
    if (legs.size() < 2) return error(exchange, 400, 5100, "a conference needs two participants");
    answer(engine.start_conference(user, legs), 204);
}

// --- profile --------------------------------------------------------------------------------------------------

void Platform::profile(Exchange& exchange, UserIndex index) {
    const User& user = roster[index];
    if (exchange.parts.size() == 4 && exchange.is(3, "LoginToken") && exchange.method("POST")) {
        std::string inner;
        xml::Writer(inner, "").text("token", accounts.issue_token(*exchange.login));
        return document(exchange, "LoginToken", inner);
    }
    if (!exchange.method("GET")) return error(exchange, 405, 5100, "Method not allowed");
    std::string inner;
    xml::Writer writer(inner, "");
    if (exchange.is(3, "Registrations")) {
        if (user.registered) {
            writer.open("registration");
            writer.text("endpointType", "Primary");
            writer.text("uri", "sip:" + user.id);
            writer.text("linePort", user.id);
            writer.close("registration");
        }
        return document(exchange, "Registrations", inner);
    }
    if (exchange.is(3, "device")) {
        writer.open("accessDevice");
        writer.text("deviceName", "phone-" + std::to_string(user.extension));
        writer.text("deviceLinePort", user.id);
        writer.close("accessDevice");
        return document(exchange, "AccessDevices", inner);
    }
    if (exchange.parts.size() != 3) return error(exchange, 404, 5100, "No such resource");
    const std::string base = "/v2.0/user/" + user.id + "/profile";
    writer.open("details");
    writer.text("userId", user.id);
    writer.text("lastName", user.last);
    writer.text("firstName", user.first);
    writer.text("groupId", roster.groups[user.group].id);
    writer.attributed("serviceProvider", "isEnterprise", "true", roster.enterprise);
    writer.text("number", std::to_string(user.number).substr(2)); // without country code: join with countryCode
    writer.text("extension", std::to_string(user.extension));
    writer.close("details");
    writer.open("additionalDetails");
    writer.text("emailAddress", user.id);
    writer.text("department", roster.departments[user.department]);
    writer.close("additionalDetails");
    writer.number("passwordExpiresDays", 90);
    writer.text("fac", base + "/Fac");
    writer.text("registrations", base + "/Registrations");
    writer.text("countryCode", "31");
    writer.text("nationalPrefix", "0");
    writer.text("timeZone", "Europe/Amsterdam");
    document(exchange, "Profile", inner);
}

// --- services -------------------------------------------------------------------------------------------------

void Platform::service_list(Exchange& exchange, UserIndex user) {
    if (!exchange.method("GET")) return error(exchange, 405, 5100, "Method not allowed");
    std::string inner;
    xml::Writer writer(inner, "");
    for (const ServiceType& type : service_types()) {
        if (!assigned(roster[user], type.id)) continue;
        writer.open("service");
        writer.text("name", type.display);
        writer.text("uri", "/v2.0/user/" + roster[user].id + "/services/" + std::string(type.path));
        writer.close("service");
    }
    for (const std::string_view plain : {"Basic Call Logs", "Voice Messaging User", "Caller ID"}) {
        writer.open("service");
        writer.text("name", plain);
        inner += R"(<uri xmlns:xs="http://www.w3.org/2001/XMLSchema-instance" xs:nil="true"/>)";
        writer.close("service");
    }
    document(exchange, "Services", inner);
}

void Platform::service(Exchange& exchange, UserIndex user) {
    const ServiceType* type = find_service(exchange.parts[3]);
    if (!type || exchange.parts.size() != 4) return error(exchange, 404, 5100, "No such service: " + exchange.parts[3]);
    if (!assigned(roster[user], type->id))
        return error(exchange, 404, 5101, "Service not assigned: " + std::string(type->display));
    if (type->id == ServiceId::call_center) return call_center(exchange, user);
    if (exchange.method("GET")) {
        std::string inner;
        append_service(inner, roster[user], type->id, "");
        return document(exchange, type->path, inner);
    }
    if (!exchange.method("PUT")) return error(exchange, 405, 5100, "Method not allowed");
    const auto body = xml::Document::parse(exchange.request.body);
    if (!body) return error(exchange, 400, 5100, body.error());
    if (const auto done = put_service(roster[user], *type, body->root()); !done)
        return error(exchange, 400, 5102, done.error());
    ok(exchange);
    engine.service_changed(user, type->id);
}

void Platform::call_center(Exchange& exchange, UserIndex index) {
    User& user = roster[index];
    Agent& agent = *user.agent;
    if (exchange.method("PUT")) {
        const auto body = xml::Document::parse(exchange.request.body);
        if (!body) return error(exchange, 400, 5100, body.error());
        User checked; // the table's checks, without touching the user
        checked.agent = std::make_unique<Agent>();
        if (const auto fine = put_service(checked, type_of(ServiceId::call_center), body->root()); !fine)
            return error(exchange, 400, 5102, fine.error());
        const auto state = agent_state_of(service_text(checked, ServiceId::call_center, "agentACDState"));
        const std::string code(service_text(checked, ServiceId::call_center, "agentUnavailableCode"));
        if (const auto list = body->root().child("callCenterList"))
            for (const xml::Node& entry : list->children()) {
                const auto queue = entry.child("serviceUserId");
                const auto joined = entry.child("available");
                const auto known = queue
                                       ? std::find(agent.queues.begin(), agent.queues.end(), roster.find(queue->text()))
                                       : agent.queues.end();
                if (known == agent.queues.end() || !joined)
                    return error(exchange, 400, 5102,
                                 "callCenterDetails needs a serviceUserId of the agent and available");
                agent.joined[static_cast<std::size_t>(known - agent.queues.begin())] = joined->text() == "true";
            }
        if (state)
            if (const auto done = engine.set_agent(index, *state, code); !done)
                return error(exchange, 400, 5102, done.error());
        return ok(exchange);
    }
    if (!exchange.method("GET")) return error(exchange, 405, 5100, "Method not allowed");
    std::string inner;
    xml::Writer writer(inner, "");
    writer.text("agentACDState", sim::bw::name_of(agent.state));
    if (!agent.unavailable_code.empty()) writer.text("agentUnavailableCode", agent.unavailable_code);
    writer.open("callCenterList");
    for (std::size_t i = 0; i < agent.queues.size(); ++i) {
        const User& queue = roster[agent.queues[i]];
        writer.open("callCenterDetails");
        writer.text("serviceUserId", queue.id);
        writer.boolean("available", agent.joined[i]);
        writer.text("phoneNumber", "+" + std::to_string(queue.number));
        writer.number("extension", queue.extension);
        writer.close("callCenterDetails");
    }
    writer.close("callCenterList");
    document(exchange, "CallCenter", inner);
}

void Platform::queue_request(Exchange& exchange) {
    if (!exchange.method("GET")) return error(exchange, 405, 5100, "Method not allowed");
    std::string inner;
    xml::Writer writer(inner, "");
    if (exchange.is(0, "group")) {
        if (exchange.parts.size() != 5 || !exchange.is(2, "services") || !exchange.is(3, "CallCenter") ||
            !exchange.is(4, "UnavailableCodes"))
            return error(exchange, 404, 5100, "No such resource");
        if (exchange.parameter("enterpriseId") != roster.enterprise &&
            exchange.parameter("serviceProviderId") != roster.enterprise)
            return error(exchange, 404, 4009, "Service provider not found");
        for (const auto& [code, text] :
             {std::pair{"1", "Lunch"}, std::pair{"12", "Training"}, std::pair{"1007", "Back office"}}) {
            writer.open("acdAgentUnavailableCode");
            writer.text("code", code);
            writer.text("description", text);
            writer.close("acdAgentUnavailableCode");
        }
        return document(exchange, "ACDAgentUnavailableCodes", inner);
    }
    const UserIndex queue = exchange.parts.size() == 3 ? roster.find(exchange.parts[1]) : nobody;
    if (queue == nobody || roster[queue].kind != UserKind::call_center)
        return error(exchange, 404, 4008, "Call center not found");
    if (!accounts.may(*exchange.login, Target{TargetKind::user, queue}))
        return error(exchange, 403, 5010, "Not allowed for this call center");
    if (exchange.is(2, "profile")) {
        writer.text("serviceUserId", roster[queue].id);
        writer.text("name", roster[queue].last);
        writer.number("extension", roster[queue].extension);
        return document(exchange, "ACDProfile", inner);
    }
    if (!exchange.is(2, "calls")) return error(exchange, 404, 5100, "No such resource");
    writer.number("numberOfCalls", static_cast<std::int64_t>(engine.queue_length(queue)));
    document(exchange, "ACDQueue", inner);
}

} // namespace sim::bw
