// Channel documents -> values: one row per event type of xsi.md 7.2 and 8 as BroadWorks writes it, the same under
// other prefixes, orders and unknown words, and what a peer must not be able to do with odd values.
#include "here.hpp"

#include <fmt/format.h>

#include "proto/xsi/event_parser.hpp"

using namespace testing;
using namespace lamp::xsi;

namespace {

std::string_view text(CallState state) {
    constexpr std::string_view names[] = {"?",    "idle",        "alerting", "active",
                                          "held", "remote_held", "detached", "released"};
    return names[static_cast<std::size_t>(state)];
}
std::string_view text(Personality personality) {
    constexpr std::string_view names[] = {"?", "originator", "terminator", "click_to_dial"};
    return names[static_cast<std::size_t>(personality)];
}
std::string_view text(AgentState state) {
    constexpr std::string_view names[] = {"?", "sign_in", "available", "unavailable", "wrap_up", "sign_out"};
    return names[static_cast<std::size_t>(state)];
}
std::string_view text(EventData data) {
    constexpr std::string_view names[] = {"unknown",
                                          "call",
                                          "calls",
                                          "call_snapshot",
                                          "hook_status",
                                          "conference",
                                          "do_not_disturb",
                                          "forwarding_always",
                                          "forwarding_busy",
                                          "forwarding_no_answer",
                                          "agent_state",
                                          "agent_snapshot",
                                          "messages",
                                          "queue_snapshot",
                                          "queue_entered",
                                          "queue_left",
                                          "subscription_terminated"};
    return names[static_cast<std::size_t>(data)];
}

/// One line that says what an event means.
std::string told(const Document& document) {
    std::string line(text(document.data));
    for (const Call& call : document.calls)
        line += fmt::format(" {}/{}/{}", call.call_id, text(call.personality), text(call.state));
    if (document.hook == HookStatus::on_hook) line += " on-hook";
    if (document.hook == HookStatus::off_hook) line += " off-hook";
    if (document.conference.present) {
        line += fmt::format(" conference {}", document.conference.state);
        for (auto participant : document.conference.participants)
            line += fmt::format(" {}", participant);
    }
    if (document.service.unassigned) line += " unassigned";
    if (document.service.active) line += " on";
    if (!document.service.forward_to.empty()) line += fmt::format(" to {}", document.service.forward_to);
    if (document.agent.present)
        line += fmt::format(" agent {} {}", text(document.agent.state), document.agent.unavailable_code);
    for (const QueueEntry& entry : document.queue_entries)
        line += fmt::format(" {}{}{}", entry.call_id, entry.added ? " since" : "", entry.removed ? " removed" : "");
    if (document.redirected) line += " redirected";
    if (document.data == EventData::messages)
        line += fmt::format(" {}/{} ({}/{})", document.messages.fresh, document.messages.old,
                            document.messages.fresh_urgent, document.messages.old_urgent);
    return line;
}

const Document& parsed(EventParser& parser, std::string_view bytes) {
    auto document = parser.parse(bytes);
    REQUIRE_MESSAGE(document.has_value(), document.error().text);
    return **document;
}

std::string leg(std::string_view id, std::string_view personality, std::string_view state, std::string_view more = "") {
    return call(fmt::format("<xsi:callId>{}</xsi:callId><xsi:extTrackingId>911:1</xsi:extTrackingId>"
                            "<xsi:personality>{}</xsi:personality><xsi:state>{}</xsi:state>"
                            "<xsi:remoteParty><xsi:address>tel:2002</xsi:address></xsi:remoteParty>"
                            "<xsi:startTime>1767225600123</xsi:startTime>{}",
                            id, personality, state, more));
}

std::string waiting(std::string_view id, std::string_view more = "") {
    return fmt::format("<xsi:queueEntry><xsi:callId>{}</xsi:callId><xsi:remoteParty><xsi:callId>x</xsi:callId>"
                       "</xsi:remoteParty><xsi:addTime>1767225600123</xsi:addTime>{}</xsi:queueEntry>",
                       id, more);
}

const std::string two_legs =
    "<xsi:calls>" + leg("h-1:0", "Terminator", "Detached") + leg("h-2:0", "Originator", "Detached") + "</xsi:calls>";
const std::string conference =
    "<xsi:conference><xsi:state>{}</xsi:state><xsi:appearance>1</xsi:appearance><xsi:conferenceParticipantList>"
    "<xsi:conferenceParticipant><xsi:callId>h-1:0</xsi:callId><xsi:muted/></xsi:conferenceParticipant>"
    "<xsi:conferenceParticipant><xsi:callId>h-2:0</xsi:callId></xsi:conferenceParticipant>"
    "</xsi:conferenceParticipantList></xsi:conference>";

std::string conference_in(std::string_view state) {
    auto text = conference;
    return text.replace(text.find("{}"), 2, state);
}

std::string agent_info(std::string_view element, std::string_view state) {
    return fmt::format("<xsi:{0}><xsi:state>{1}</xsi:state><xsi:stateTimestamp><xsi:value>1767225600000</xsi:value>"
                       "</xsi:stateTimestamp><xsi:unavailableCode>12</xsi:unavailableCode>"
                       "<xsi:signInTimestamp>1767220000000</xsi:signInTimestamp>"
                       "<xsi:averageWrapUpTime><xsi:value>7</xsi:value></xsi:averageWrapUpTime></xsi:{0}>",
                       element, state);
}

} // namespace

TEST_CASE("one row per event type") {
    struct Row {
        std::string_view type;
        std::string content;
        std::string_view told;
    };
    const auto ring = leg("h-1:0", "Terminator", "Alerting");
    const auto up = leg("h-1:0", "Originator", "Active");
    const Row rows[] = {
        // snapshots
        {"CallSubscriptionEvent", "<xsi:hookStatus>On-Hook</xsi:hookStatus>", "call_snapshot on-hook"},
        {"CallSubscriptionEvent",
         "<xsi:calls>" + up + leg("h-2:0", "Terminator", "Held") +
             "</xsi:calls><xsi:hookStatus>Off-Hook</xsi:hookStatus>",
         "call_snapshot h-1:0/originator/active h-2:0/terminator/held off-hook"},
        {"CallSubscriptionEvent",
         "<xsi:calls>" + up + "</xsi:calls>" + conference_in("Active") + "<xsi:hookStatus>Off-Hook</xsi:hookStatus>",
         "call_snapshot h-1:0/originator/active off-hook conference Active h-1:0 h-2:0"},
        {"CallSubscriptionResyncEvent", "<xsi:calls/><xsi:hookStatus>On-Hook</xsi:hookStatus>",
         "call_snapshot on-hook"},
        // one call each
        {"CallOriginatingEvent", leg("h-1:0", "Click-to-Dial", "Alerting"), "call h-1:0/click_to_dial/alerting"},
        {"CallOriginatedEvent", leg("h-1:0", "Originator", "Alerting"), "call h-1:0/originator/alerting"},
        {"CallCollectingEvent", up, "call h-1:0/originator/active"},
        {"CallReceivedEvent", ring, "call h-1:0/terminator/alerting"},
        {"CallUpdatedEvent", ring, "call h-1:0/terminator/alerting"},
        {"CallAnsweredEvent", up, "call h-1:0/originator/active"},
        {"CallHeldEvent", leg("h-1:0", "Originator", "Held"), "call h-1:0/originator/held"},
        {"CallHeldEvent", leg("h-1:0", "Originator", "Remote Held"), "call h-1:0/originator/remote_held"},
        {"CallRetrievedEvent", up, "call h-1:0/originator/active"},
        {"CallForwardedEvent", leg("h-1:0", "Originator", "Alerting"), "call h-1:0/originator/alerting"},
        {"CallDetachedEvent", leg("h-1:0", "Originator", "Detached"), "call h-1:0/originator/detached"},
        {"CallTransferredEvent", up, "call h-1:0/originator/active"},
        {"CallPickedUpEvent", leg("h-1:0", "Originator", "Alerting"), "call h-1:0/originator/alerting"},
        {"CallParkRetrievedEvent", up, "call h-1:0/originator/active"},
        {"CallBargedInEvent", up, "call h-1:0/originator/active"},
        {"CallMonitoredEvent", up, "call h-1:0/originator/active"},
        {"CallReleasingEvent", up, "call h-1:0/originator/active"},
        {"CallReleasedEvent", leg("h-1:0", "Originator", "Released"), "call h-1:0/originator/released"},
        {"CallRecordingStartingEvent", up, "call h-1:0/originator/active"},
        {"CallRecordingStartedEvent", up, "call h-1:0/originator/active"},
        {"CallRecordingPausedEvent", up, "call h-1:0/originator/active"},
        {"CallRecordingResumedEvent", up, "call h-1:0/originator/active"},
        {"CallRecordingStoppedEvent", up + "<xsi:reason>User Requested</xsi:reason>", "call h-1:0/originator/active"},
        {"CallClientSessionInfoUpdatedEvent", up, "call h-1:0/originator/active"},
        {"CallSecurityClassificationUpdatedEvent", up, "call h-1:0/originator/active"},
        {"PlayMusicOnHoldFailureEvent", up, "call h-1:0/originator/active"},
        // 12.25: `calls/call+`, not `call`
        {"CallRedirectedEvent", two_legs, "calls h-1:0/terminator/detached h-2:0/originator/detached"},
        {"CallRedirectedEvent", leg("h-1:0", "Terminator", "Detached"), "calls h-1:0/terminator/detached"},
        {"HookStatusEvent", "<xsi:hookStatus>Off-Hook</xsi:hookStatus>", "hook_status off-hook"},
        {"HookStatusEvent", "<xsi:hookStatus>On-Hook</xsi:hookStatus>", "hook_status on-hook"},
        // conferences
        {"ConferenceStartedEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceUpdatedEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceHeldEvent", conference_in("Held"), "conference conference Held h-1:0 h-2:0"},
        {"ConferenceRetrievedEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceReleasedEvent", "<xsi:conference><xsi:state>Released</xsi:state></xsi:conference>",
         "conference conference Released"},
        {"ConferenceMutedEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceUnmutedEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceCallMutedEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceCallUnMutedEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceCallMadeDeafEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        {"ConferenceCallMadeUnDeafEvent", conference_in("Active"), "conference conference Active h-1:0 h-2:0"},
        // services (8.1)
        {"DoNotDisturbEvent",
         "<xsi:info><xsi:active>true</xsi:active><xsi:ringSplash>false</xsi:ringSplash></xsi:info>",
         "do_not_disturb on"},
        {"DoNotDisturbEvent", "<xsi:info><xsi:active>false</xsi:active></xsi:info>", "do_not_disturb"},
        {"DoNotDisturbEvent", "<xsi:info><xsi:ringSplash>true</xsi:ringSplash></xsi:info>", "do_not_disturb"},
        {"DoNotDisturbEvent", "<xsi:info><xsi:active> 1 </xsi:active></xsi:info>", "do_not_disturb on"},
        {"DoNotDisturbEvent", "<xsi:unassigned/>", "do_not_disturb unassigned"},
        {"CallForwardingAlwaysEvent",
         "<xsi:info><xsi:active>true</xsi:active><xsi:forwardToPhoneNumber>tel:+31612345678</"
         "xsi:forwardToPhoneNumber></xsi:info>",
         "forwarding_always on to tel:+31612345678"},
        {"CallForwardingAlwaysEvent",
         "<xsi:info><xsi:active>false</xsi:active><xsi:forwardToPhoneNumber xsi1:nil=\"true\"/></xsi:info>",
         "forwarding_always"},
        {"CallForwardingBusyEvent", "<xsi:unassigned/>", "forwarding_busy unassigned"},
        {"CallForwardingNoAnswerEvent",
         "<xsi:info><xsi:active>true</xsi:active><xsi:forwardToPhoneNumber>2003</xsi:forwardToPhoneNumber></xsi:info>",
         "forwarding_no_answer on to 2003"},
        // agents (8.2): two shapes
        {"AgentStateEvent", agent_info("agentStateInfo", "Unavailable"), "agent_state agent unavailable 12"},
        {"AgentStateEvent", agent_info("agentStateInfo", "Wrap-Up"), "agent_state agent wrap_up 12"},
        {"AgentSubscriptionEvent",
         "<xsi:joinData><xsi:joinInfos><xsi:joinInfo><xsi:acdUserId>queue@example.net</xsi:acdUserId>"
         "<xsi:joined>true</xsi:joined></xsi:joinInfo></xsi:joinInfos></xsi:joinData>" +
             agent_info("stateInfo", "Available"),
         "agent_snapshot agent available 12"},
        {"AgentSubscriptionEvent", "<xsi:joinData/>", "agent_snapshot"},
        {"SubscriptionTerminatedEvent", "", "subscription_terminated"},
        // acknowledged and ignored, whatever they hold (6.1)
        {"CallHistoryEvent", up, "unknown h-1:0/originator/active"},
        {"ACDAgentJoinUpdateEvent", "<xsi:ccAgentJoinUpdateData/>", "unknown"},
        {"AgentDispositionCodeAddedEvent", "<xsi:dispositionCode>1</xsi:dispositionCode>", "unknown"},
        // queues (8.3)
        {"ACDSubscriptionEvent", "<xsi:queueEntries/>", "queue_snapshot"},
        {"ACDSubscriptionResyncEvent",
         "<xsi:queueEntries>" + waiting("q-1:0") + waiting("q-2:0") + "</xsi:queueEntries>",
         "queue_snapshot q-1:0 since q-2:0 since"},
        {"ACDCallAddedEvent", waiting("q-1:0") + "<xsi:position>1</xsi:position>", "queue_entered q-1:0 since"},
        {"ACDCallBouncedEvent", waiting("q-1:0") + "<xsi:redirect><xsi:address>tel:1</xsi:address></xsi:redirect>",
         "queue_entered q-1:0 since redirected"},
        {"ACDCallAnsweredByAgentEvent", waiting("q-1:0", "<xsi:removeTime>1767225600999</xsi:removeTime>"),
         "queue_left q-1:0 since removed"},
        {"ACDCallAbandonedEvent", "<xsi:queueEntry><xsi:callId>q-1:0</xsi:callId></xsi:queueEntry>",
         "queue_left q-1:0"},
        {"ACDCallStrandedTreatementCompletedEvent", waiting("q-1:0"), "queue_left q-1:0 since"},
        {"ACDNightPolicyAppliedEvent", "<xsi:callId>q-1:0</xsi:callId>", "unknown"}, // was never in the queue
        {"CallParkedAgainstEvent", "<xsi:parkedParty><xsi:address>tel:1</xsi:address></xsi:parkedParty>", "unknown"},
        {"VoiceMailMessageSummaryEvent",
         "<xsi:messageSummary><xsi:newMessages>1</xsi:newMessages></xsi:messageSummary>", "messages 1/0 (0/0)"},
        {"VoiceMailMessageSummaryEvent", "<xsi:messageSummary/>", "messages 0/0 (0/0)"},
        {"VoiceMailMessageSummaryEvent",
         "<xsi:messageSummary><xsi:newMessages>3</xsi:newMessages><xsi:oldMessages> 12 </xsi:oldMessages>"
         "<xsi:newUrgentMessages>1</xsi:newUrgentMessages><xsi:oldUrgentMessages>2</xsi:oldUrgentMessages>"
         "</xsi:messageSummary>",
         "messages 3/12 (1/2)"},
        {"VoiceMailMessageSummaryEvent",
         "<xsi:messageSummary><xsi:newMessages>-1</xsi:newMessages><xsi:oldMessages>many</xsi:oldMessages>"
         "</xsi:messageSummary>",
         "messages 0/0 (0/0)"},
        {"VoiceMailMessageSummaryEvent", "<xsi:unassigned/>", "messages unassigned 0/0 (0/0)"},
        {"NeverHeardOfEvent", "<xsi:deep><xsi:call><xsi:callId>x</xsi:callId></xsi:call></xsi:deep>", "unknown"},
        {"", "", "unknown"},
    };
    EventParser parser;
    for (const Row& row : rows) {
        CAPTURE(row.type);
        const auto& document = parsed(parser, std::string(declaration) + event(row.type, row.content));
        CHECK(told(document) == row.told);
        CHECK(document.kind == DocumentKind::event);
        CHECK(document.type_name == row.type);
        CHECK(document.root == "Event");
        CHECK(document.event_id == "e1");
        CHECK(document.sequence == 2);
        CHECK(document.user_id == "ctiadmin@example.net"); // who subscribed …
        CHECK(document.target_id == "alice@example.net");  // … and whom it is about
        CHECK(document.subscription_id == "s1");
        CHECK(document.channel_id == "c1");
        CHECK(document.application_id == "urn:cti:site1");
    }
}

TEST_CASE("outer types: everything that a channel brings") {
    const auto outer = [](std::string_view type, std::string_view content) {
        return fmt::format(R"({}<xsi:Event xmlns:xsi="http://schema.broadsoft.com/xsi" xmlns:xsi1=)"
                           R"("http://www.w3.org/2001/XMLSchema-instance" xsi1:type="xsi:{}">{}</xsi:Event>)",
                           declaration, type, content);
    };
    EventParser parser;
    {
        const auto& document = parsed(parser, std::string(declaration) + "\n" + std::string(channel));
        CHECK(document.kind == DocumentKind::channel);
        CHECK(document.channel_id == "5a0f2d0e-0b7e");
        CHECK(document.expires_s == 86400); // what the server says, not what was asked (12.7)
    }
    CHECK(parsed(parser, heartbeat).kind == DocumentKind::heartbeat);
    CHECK(
        parsed(parser, R"(<h:ChannelHeartBeat xmlns:h="http://schema.broadsoft.com/xsi"></h:ChannelHeartBeat>)").kind ==
        DocumentKind::heartbeat);
    for (std::string_view reason : {"DuplicateChannelSet", "UserDeleted", "NonResponsiveChannel", "ExplicitDelete",
                                    "Expired", "UnknownChannel", "SomethingNew"}) {
        const auto& document =
            parsed(parser, outer("ChannelTerminatedEvent",
                                 fmt::format("<xsi:channelId>c1</xsi:channelId><xsi:reason>{}</xsi:reason>", reason)));
        CHECK(document.kind == DocumentKind::channel_terminated);
        CHECK(document.reason == reason);
        CHECK(document.channel_id == "c1");
        CHECK(document.event_id.empty()); // takes no acknowledgement
    }
    CHECK(parsed(parser, outer("ChannelTerminatedEvent", "")).reason.empty()); // before R19
    {
        const auto& document = parsed(
            parser, outer("ErrorEvent",
                          "<xsi:errorCode>100</xsi:errorCode><xsi:errorMessage>bad &amp; worse</xsi:errorMessage>"));
        CHECK(document.kind == DocumentKind::error_event);
        CHECK(document.error_code == "100");
        CHECK(document.error_message == "bad & worse");
    }
    CHECK(parsed(parser, outer("BrandNewOuterEvent", "<xsi:eventID>e</xsi:eventID>")).kind == DocumentKind::other);
    CHECK(parsed(parser, R"(<Event xmlns="http://schema.broadsoft.com/xsi"/>)").kind == DocumentKind::other);
    CHECK(parsed(parser, R"(<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"/>)").kind == DocumentKind::other);
    CHECK(parsed(parser, R"(<Subscription xmlns="http://schema.broadsoft.com/xsi"/>)").root == "Subscription");
    for (std::string_view foreign : {"<Event/>", "<html/>", R"(<Channel xmlns="http://example.net/other"/>)",
                                     R"(<xsi:Event xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>)"}) {
        CAPTURE(foreign);
        auto document = parser.parse(foreign);
        REQUIRE_FALSE(document.has_value());
        CHECK(document.error().category == Category::protocol);
    }
}

TEST_CASE("every field of a call that we use") {
    EventParser parser;
    const auto& document = parsed(
        parser,
        event(
            "CallReceivedEvent",
            call("<xsi:callId>callhalf-20117:0</xsi:callId><xsi:extTrackingId>911:1</xsi:extTrackingId>"
                 "<xsi:networkCallId>BW1@10.0.0.1</xsi:networkCallId><xsi:personality>Terminator</xsi:personality>"
                 "<xsi:state>Alerting</xsi:state>"
                 "<xsi:releaseCause><xsi:internalReleaseCause>Busy</xsi:internalReleaseCause>"
                 "<xsi:q850Cause>17</xsi:q850Cause><xsi:cdrTerminationCause>111</xsi:cdrTerminationCause></"
                 "xsi:releaseCause>"
                 "<xsi:releasingParty>remoteRelease</xsi:releasingParty>"
                 "<xsi:remoteParty><xsi:name>Zo&#235; &amp; Co</xsi:name><xsi:address "
                 "countryCode=\"31\">tel:+31201230002</xsi:address>"
                 "<xsi:userId>bob@example.net</xsi:userId><xsi:userDN countryCode=\"31\">tel:+31201230002</xsi:userDN>"
                 "<xsi:callType>Group</xsi:callType></xsi:remoteParty>"
                 "<xsi:redirections>"
                 "<xsi:redirection><xsi:party><xsi:name>Queue</xsi:name><xsi:address>tel:2900</xsi:address></xsi:party>"
                 "<xsi:reason>call-center</xsi:reason><xsi:counter>1</xsi:counter></xsi:redirection>"
                 "<xsi:redirection><xsi:party><xsi:address>tel:+31201230000</xsi:address></xsi:party>"
                 "<xsi:reason>deflection</xsi:reason></xsi:redirection></xsi:redirections>"
                 "<xsi:redirect><xsi:address>tel:2003</xsi:address><xsi:reason>transfer</xsi:reason>"
                 "<xsi:redirectTime>1767225600500</xsi:redirectTime></xsi:redirect>"
                 "<xsi:endpoint "
                 "xsi1:type=\"xsi:AccessEndpoint\"><xsi:addressOfRecord>alice@example.net</xsi:addressOfRecord></"
                 "xsi:endpoint>"
                 "<xsi:appearance>2</xsi:appearance><xsi:allowAnswer/><xsi:huntGroupUserId>queue@example.net</"
                 "xsi:huntGroupUserId>"
                 "<xsi:recallType>Call Park Recall</xsi:recallType>"
                 "<xsi:startTime>1767225600123</xsi:startTime><xsi:answerTime>1767225603000</xsi:answerTime>"
                 "<xsi:heldTime>1767225604000</xsi:heldTime><xsi:totalHeldTime>21163</xsi:totalHeldTime>"
                 "<xsi:detachedTime>1767225605000</xsi:detachedTime><xsi:releaseTime>1767225606000</xsi:releaseTime>"
                 "<xsi:acdCallInfo><xsi:acdUserId>queue@example.net</xsi:acdUserId><xsi:acdName>Sales</xsi:acdName>"
                 "<xsi:acdNumber>tel:+31201230099</xsi:acdNumber><xsi:numCallsInQueue>3</xsi:numCallsInQueue>"
                 "<xsi:callingPartyInfo><xsi:name>Real "
                 "Caller</xsi:name><xsi:address>tel:+31612345678</xsi:address></xsi:callingPartyInfo>"
                 "</xsi:acdCallInfo>"
                 "<xsi:recallFromParty><xsi:name>Nobody</xsi:name><xsi:userId>x@example.net</xsi:userId></"
                 "xsi:recallFromParty>")));
    REQUIRE(document.calls.size() == 1);
    const Call& one = document.calls[0];
    auto ms = [](std::int64_t value) { return std::optional(Wall(milliseconds(value))); };
    CHECK(one.call_id == "callhalf-20117:0");
    CHECK(one.tracking_id == "911:1");
    CHECK(one.network_call_id == "BW1@10.0.0.1");
    CHECK(one.personality == Personality::terminator);
    CHECK(one.state == CallState::alerting);
    CHECK(one.state_text == "Alerting");
    CHECK(one.release_cause == "Busy");
    CHECK(one.cdr_cause == "111");
    CHECK(one.releasing_party == ReleasingParty::remote);
    CHECK(one.remote.name == "Zo\xc3\xab & Co");
    CHECK(one.remote.address == "tel:+31201230002");
    CHECK(one.remote.user_id == "bob@example.net");
    CHECK(one.remote.user_dn == "tel:+31201230002");
    CHECK(one.remote.call_type == "Group");
    CHECK_FALSE(one.remote.privacy);
    CHECK(one.redirect_reason == "transfer");
    CHECK(one.redirect_address == "tel:2003");
    CHECK(one.appearance == "2");
    CHECK(one.allow_answer);
    CHECK(one.hunt_group_user == "queue@example.net");
    CHECK(one.recall_type == "Call Park Recall");
    CHECK(one.started == ms(1767225600123));
    CHECK(one.answered == ms(1767225603000));
    CHECK(one.held_at == ms(1767225604000));
    CHECK(one.total_held_ms == 21163);
    CHECK(one.detached == ms(1767225605000));
    CHECK(one.released == ms(1767225606000));
    CHECK(one.acd_user == "queue@example.net");
    CHECK(one.acd_name == "Sales");
    CHECK(one.acd_number == "tel:+31201230099");
    CHECK(one.acd_caller.name == "Real Caller");
    CHECK(one.acd_caller.address == "tel:+31612345678");
    REQUIRE(document.redirections.size() == 2); // most recent first
    CHECK(document.redirections[0].party.name == "Queue");
    CHECK(document.redirections[0].reason == "call-center");
    CHECK(document.redirections[1].party.address == "tel:+31201230000");
    CHECK(document.redirections[1].reason == "deflection");
}

TEST_CASE("everything optional: withheld callers, empty calls, an empty event (12.20)") {
    EventParser parser;
    {
        const auto& document = parsed(
            parser, event("CallReceivedEvent", call("<xsi:callId>h-1:0</xsi:callId><xsi:state>Alerting</xsi:state>"
                                                    "<xsi:remoteParty><xsi:privacy/></xsi:remoteParty>")));
        REQUIRE(document.calls.size() == 1);
        CHECK(document.calls[0].remote.privacy);
        CHECK(document.calls[0].remote.address.empty());
        CHECK(document.calls[0].personality == Personality::unknown);
        CHECK_FALSE(document.calls[0].started.has_value());
    }
    {
        const auto& document = parsed(parser, event("CallReceivedEvent", call("")));
        REQUIRE(document.calls.size() == 1);
        CHECK(document.calls[0].call_id.empty());
        CHECK_FALSE(document.calls[0].remote.privacy); // nothing is left of the document before
    }
    CHECK(told(parsed(parser, event("CallReceivedEvent", ""))) == "call");
    {
        const auto& document = parsed(parser, event("CallReceivedEvent", "", "<xsi:nothing/>"));
        CHECK(document.kind == DocumentKind::event);
        CHECK(document.event_id.empty());
        CHECK(document.sequence == 0);
        CHECK(document.target_id.empty());
    }
    {
        const auto& document = parsed(
            parser, event("DoNotDisturbEvent", "<xsi:info/>",
                          "<xsi:eventID>e1</xsi:eventID><xsi:clientId>cti</xsi:clientId><xsi:httpContact><xsi:uri>"
                          "https://x</xsi:uri></xsi:httpContact><xsi:targetSubId>t</xsi:targetSubId>"));
        CHECK(document.event_id == "e1");
        CHECK(document.user_id.empty()); // a client id takes its place (R23)
        CHECK(document.channel_id.empty());
    }
}

TEST_CASE("the same event under other prefixes, as default namespace, in another order, with what we do not know") {
    struct Row {
        std::string_view what;
        std::string_view document;
    };
    const Row rows[] = {
        {"other prefixes",
         R"(<b:Event xmlns:b="http://schema.broadsoft.com/xsi"
                xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="b:SubscriptionEvent">
             <b:eventID>e1</b:eventID><b:sequenceNumber>2</b:sequenceNumber>
             <b:eventData i:type="b:CallReceivedEvent"><b:call><b:callId>h-1:0</b:callId>
             <b:personality>Terminator</b:personality><b:state>Alerting</b:state></b:call>
             </b:eventData></b:Event>)"},
        {"default namespace, a type without prefix",
         R"(<Event xmlns="http://schema.broadsoft.com/xsi"
                xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="SubscriptionEvent">
             <eventID>e1</eventID><sequenceNumber>2</sequenceNumber>
             <eventData xsi:type="CallReceivedEvent"><call><callId>h-1:0</callId>
             <personality>Terminator</personality><state>Alerting</state></call></eventData></Event>)"},
        {"type attribute first, before its prefix is bound",
         R"(<xsi:Event xsi1:type="xsi:SubscriptionEvent"
                xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance"
                xmlns:xsi="http://schema.broadsoft.com/xsi">
             <xsi:eventID>e1</xsi:eventID><xsi:sequenceNumber>2</xsi:sequenceNumber>
             <xsi:eventData other="1" xsi1:type="xsi:CallReceivedEvent"><xsi:call>
             <xsi:callId>h-1:0</xsi:callId><xsi:personality>Terminator</xsi:personality>
             <xsi:state>Alerting</xsi:state></xsi:call></xsi:eventData></xsi:Event>)"},
        {"elements reordered, blanks everywhere, an unknown attribute called type",
         R"(<x:Event xmlns:x="http://schema.broadsoft.com/xsi" type="x:Nonsense"
                xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type=" x:SubscriptionEvent ">
            <x:eventData i:type="x:CallReceivedEvent">
              <x:call> <x:state> Alerting </x:state> <x:personality>Terminator</x:personality> <x:callId>
                h-1:0 </x:callId> </x:call> </x:eventData>
            <x:sequenceNumber> 2 </x:sequenceNumber> <x:eventID> e1 </x:eventID>
         </x:Event>)"},
        {"unknown elements around and inside, named like known ones",
         R"(<x:Event xmlns:x="http://schema.broadsoft.com/xsi"
                xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x:SubscriptionEvent">
             <x:future><x:eventID>no</x:eventID><x:deeper><x:sequenceNumber>9</x:sequenceNumber>
             </x:deeper></x:future><x:eventID>e1</x:eventID><x:sequenceNumber>2</x:sequenceNumber>
             <x:eventData i:type="x:CallReceivedEvent"><x:call><x:callId>h-1:0</x:callId>
             <x:personality>Terminator</x:personality><x:state>Alerting</x:state>
             <x:clientSessionInfo><x:callId>no</x:callId><x:state>Released</x:state>
             </x:clientSessionInfo><x:recallFromParty><x:personality>Originator</x:personality>
             </x:recallFromParty><x:future><x:a><x:state>Held</x:state></x:a></x:future></x:call>
             </x:eventData><x:future><x:eventID>no</x:eventID></x:future></x:Event>)"},
        {"somebody else's elements with our names",
         R"(<x:Event xmlns:x="http://schema.broadsoft.com/xsi" xmlns:o="http://operator.example/ext"
                xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x:SubscriptionEvent">
             <x:eventID>e1</x:eventID><x:sequenceNumber>2</x:sequenceNumber>
             <o:eventID>no</o:eventID><x:eventData i:type="x:CallReceivedEvent"><x:call>
             <x:callId>h-1:0</x:callId><x:personality>Terminator</x:personality>
             <x:state>Alerting</x:state><o:state>Released</o:state><o:callId>no</o:callId></x:call>
             </x:eventData></x:Event>)"},
    };
    EventParser parser;
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const auto& document = parsed(parser, row.document);
        CHECK(document.kind == DocumentKind::event);
        CHECK(told(document) == "call h-1:0/terminator/alerting");
        CHECK(document.event_id == "e1");
        CHECK(document.sequence == 2);
    }
}

TEST_CASE("words that the schema does not know keep their text and become unknown") {
    EventParser parser;
    const auto& document =
        parsed(parser, event("CallUpdatedEvent",
                             call("<xsi:callId>h-1:0</xsi:callId><xsi:personality>Bystander</xsi:personality>"
                                  "<xsi:state>Levitating</xsi:state><xsi:releasingParty>fate</xsi:releasingParty>")));
    REQUIRE(document.calls.size() == 1);
    CHECK(document.calls[0].state == CallState::unknown);
    CHECK(document.calls[0].state_text == "Levitating");
    CHECK(document.calls[0].personality == Personality::unknown);
    CHECK(document.calls[0].releasing_party == ReleasingParty::unknown);
    CHECK(call_state("Remote Held") == CallState::remote_held); // with a blank
    CHECK(call_state("RemoteHeld") == CallState::unknown);
    CHECK(call_state("alerting") == CallState::unknown);
    CHECK(agent_state("Sign-In") == AgentState::sign_in);
    CHECK(agent_state("Sign-Out") == AgentState::sign_out);
    CHECK(agent_state("") == AgentState::unknown);
    CHECK(hook_status("Off-Hook") == HookStatus::off_hook);
    CHECK(personality("Click-to-Dial") == Personality::click_to_dial);
}

TEST_CASE("numbers: huge, negative, nil, not numbers") {
    struct Row {
        std::string_view written;
        std::uint32_t sequence;
        std::optional<std::int64_t> started_ms;
    };
    const Row rows[] = {
        {"1", 1, 1},
        {"2147483647", 2147483647, 2147483647},
        {"2147483648", 0, 2147483648},
        {"1767225600123", 0, 1767225600123},
        {"0", 0, 0},
        {"-1", 0, {}},
        {"", 0, {}},
        {"99999999999999999999999", 0, {}},
        {"9223372036854775807", 0, {}}, // would overflow our arithmetic
        {"7258118400001", 0, {}},       // after the year 2200
        {"1.5", 0, {}},
        {"0x10", 0, {}},
        {"one", 0, {}},
    };
    EventParser parser;
    for (const Row& row : rows) {
        CAPTURE(row.written);
        const auto& document =
            parsed(parser, event("CallUpdatedEvent",
                                 call(fmt::format("<xsi:callId>h-1:0</xsi:callId><xsi:startTime>{0}</xsi:startTime>"
                                                  "<xsi:totalHeldTime>{0}</xsi:totalHeldTime>",
                                                  row.written)),
                                 fmt::format("<xsi:sequenceNumber>{}</xsi:sequenceNumber>", row.written)));
        CHECK(document.sequence == row.sequence);
        auto started = document.calls[0].started;
        CHECK(started.has_value() == row.started_ms.has_value());
        if (started && row.started_ms) CHECK(started->time_since_epoch().count() == *row.started_ms);
    }
    CHECK_FALSE(parsed(parser, event("CallUpdatedEvent", call("<xsi:startTime xsi1:nil=\"true\"/>"))).calls[0].started);
}

TEST_CASE("agent's time") {
    EventParser parser;
    const auto& document = parsed(parser, event("AgentStateEvent", agent_info("agentStateInfo", "Available")));
    CHECK(document.agent.since == Wall(milliseconds(1767225600000)));
}

TEST_CASE("views stay good while a document is read, however its bytes grow (12.15)") {
    // Each 0x80 of windows-1252 becomes the three bytes of the euro sign.
    std::string euros(400, '\x80');
    std::string shown;
    for (int i = 0; i < 400; ++i)
        shown += "\xe2\x82\xac";
    std::string content = call("<xsi:callId>" + euros + "</xsi:callId><xsi:extTrackingId>" + euros +
                               "</xsi:extTrackingId>"
                               "<xsi:remoteParty><xsi:name>" +
                               euros + "</xsi:name><xsi:address>" + euros + "</xsi:address><xsi:userId>" + euros +
                               "</xsi:userId></xsi:remoteParty>");
    EventParser parser;
    const auto& document = parsed(parser, event("CallReceivedEvent", content));
    REQUIRE(document.calls.size() == 1);
    CHECK(document.calls[0].call_id == shown);
    CHECK(document.calls[0].tracking_id == shown);
    CHECK(document.calls[0].remote.name == shown);
    CHECK(document.calls[0].remote.address == shown);
    CHECK(document.calls[0].remote.user_id == shown);
    CHECK(document.event_id == "e1");
}

TEST_CASE("an unparsable document is an error with its place, and the next one reads as if nothing was") {
    EventParser parser;
    for (std::string_view bad : {"", "garbage", "<xsi:Event>", "<!DOCTYPE a><a/>", "<a><b></a>"}) {
        CAPTURE(bad);
        CHECK_FALSE(parser.parse(bad).has_value());
        CHECK(parsed(parser, heartbeat).kind == DocumentKind::heartbeat);
    }
    auto broken = event("CallReceivedEvent", call("<xsi:callId>h-9:0</xsi:callId>"));
    CHECK_FALSE(parser.parse(broken.substr(0, broken.size() - 20)).has_value());
    CHECK(told(parsed(parser, event("HookStatusEvent", ""))) == "hook_status"); // no call is left over
}

TEST_CASE("100 000 garbage documents are refused, and the parser still works") {
    EventParser parser;
    const auto good = event("CallReceivedEvent", leg("h-1:0", "Terminator", "Alerting"));
    std::uint32_t random = 1;
    std::size_t refused = 0;
    for (int i = 0; i < 100'000; ++i) {
        random = random * 1664525U + 1013904223U;
        auto bad = good;
        bad[random % bad.size()] = static_cast<char>(random >> 24);
        bad.resize(bad.size() - (random >> 8) % 40);
        if (!parser.parse(bad)) ++refused;
    }
    CHECK(refused > 50'000);
    CHECK(told(parsed(parser, good)) == "call h-1:0/terminator/alerting");
}
