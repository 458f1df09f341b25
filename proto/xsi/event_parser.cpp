#include "proto/xsi/event_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "proto/text/text.hpp"
#include "proto/xml/plain_reader.hpp"
#include "proto/xml/reader.hpp"

namespace lamp::xsi {
namespace {

constexpr std::string_view xsi_namespace = "http://schema.broadsoft.com/xsi";

// The elements that mean something to us. The enum is the index in `names`.
enum class Tag : std::uint16_t {
    acdCallInfo,
    acdName,
    acdNumber,
    acdUserId,
    active,
    address,
    addTime,
    agentStateInfo,
    allowAnswer,
    answerTime,
    appearance,
    call,
    callId,
    callType,
    calls,
    callingPartyInfo,
    cdrTerminationCause,
    Channel,
    ChannelHeartBeat,
    channelId,
    conference,
    conferenceParticipant,
    conferenceParticipantList,
    conferenceType,
    detachedTime,
    errorCode,
    errorMessage,
    Event,
    eventData,
    eventID,
    expires,
    externalApplicationId,
    extTrackingId,
    forwardToPhoneNumber,
    heldTime,
    hookStatus,
    huntGroupUserId,
    info,
    internalReleaseCause,
    messageSummary,
    name,
    networkCallId,
    newMessages,
    newUrgentMessages,
    oldMessages,
    oldUrgentMessages,
    party,
    personality,
    privacy,
    queueEntries,
    queueEntry,
    reason,
    recallType,
    redirect,
    redirection,
    redirections,
    releaseCause,
    releaseTime,
    releasingParty,
    remoteParty,
    removeTime,
    sequenceNumber,
    startTime,
    state,
    stateInfo,
    stateTimestamp,
    subscriptionId,
    targetId,
    totalHeldTime,
    unassigned,
    unavailableCode,
    userDN,
    userId,
    value,
    unknown = xml::unknown_name
};

constexpr std::array<std::string_view, static_cast<std::size_t>(Tag::value) + 1> names{"acdCallInfo",
                                                                                       "acdName",
                                                                                       "acdNumber",
                                                                                       "acdUserId",
                                                                                       "active",
                                                                                       "address",
                                                                                       "addTime",
                                                                                       "agentStateInfo",
                                                                                       "allowAnswer",
                                                                                       "answerTime",
                                                                                       "appearance",
                                                                                       "call",
                                                                                       "callId",
                                                                                       "callType",
                                                                                       "calls",
                                                                                       "callingPartyInfo",
                                                                                       "cdrTerminationCause",
                                                                                       "Channel",
                                                                                       "ChannelHeartBeat",
                                                                                       "channelId",
                                                                                       "conference",
                                                                                       "conferenceParticipant",
                                                                                       "conferenceParticipantList",
                                                                                       "conferenceType",
                                                                                       "detachedTime",
                                                                                       "errorCode",
                                                                                       "errorMessage",
                                                                                       "Event",
                                                                                       "eventData",
                                                                                       "eventID",
                                                                                       "expires",
                                                                                       "externalApplicationId",
                                                                                       "extTrackingId",
                                                                                       "forwardToPhoneNumber",
                                                                                       "heldTime",
                                                                                       "hookStatus",
                                                                                       "huntGroupUserId",
                                                                                       "info",
                                                                                       "internalReleaseCause",
                                                                                       "messageSummary",
                                                                                       "name",
                                                                                       "networkCallId",
                                                                                       "newMessages",
                                                                                       "newUrgentMessages",
                                                                                       "oldMessages",
                                                                                       "oldUrgentMessages",
                                                                                       "party",
                                                                                       "personality",
                                                                                       "privacy",
                                                                                       "queueEntries",
                                                                                       "queueEntry",
                                                                                       "reason",
                                                                                       "recallType",
                                                                                       "redirect",
                                                                                       "redirection",
                                                                                       "redirections",
                                                                                       "releaseCause",
                                                                                       "releaseTime",
                                                                                       "releasingParty",
                                                                                       "remoteParty",
                                                                                       "removeTime",
                                                                                       "sequenceNumber",
                                                                                       "startTime",
                                                                                       "state",
                                                                                       "stateInfo",
                                                                                       "stateTimestamp",
                                                                                       "subscriptionId",
                                                                                       "targetId",
                                                                                       "totalHeldTime",
                                                                                       "unassigned",
                                                                                       "unavailableCode",
                                                                                       "userDN",
                                                                                       "userId",
                                                                                       "value"};

struct TypeRow {
    std::string_view name;
    EventData data;
};

// xsi.md 7.2 and 8. Types that do not stand here are acknowledged and ignored (6.1), whatever they carry: a history
// event with a `call` in it must not raise a call that is over.
constexpr std::array event_types{
    TypeRow{"CallReceivedEvent", EventData::call},
    TypeRow{"CallUpdatedEvent", EventData::call},
    TypeRow{"CallAnsweredEvent", EventData::call},
    TypeRow{"CallReleasedEvent", EventData::call},
    TypeRow{"CallOriginatedEvent", EventData::call},
    TypeRow{"CallOriginatingEvent", EventData::call},
    TypeRow{"CallHeldEvent", EventData::call},
    TypeRow{"CallRetrievedEvent", EventData::call},
    TypeRow{"HookStatusEvent", EventData::hook_status},
    TypeRow{"CallSubscriptionEvent", EventData::call_snapshot},
    TypeRow{"CallSubscriptionResyncEvent", EventData::call_snapshot},
    TypeRow{"CallRedirectedEvent", EventData::calls},
    TypeRow{"CallCollectingEvent", EventData::call},
    TypeRow{"CallForwardedEvent", EventData::call},
    TypeRow{"CallDetachedEvent", EventData::call},
    TypeRow{"CallTransferredEvent", EventData::call},
    TypeRow{"CallPickedUpEvent", EventData::call},
    TypeRow{"CallParkRetrievedEvent", EventData::call},
    TypeRow{"CallBargedInEvent", EventData::call},
    TypeRow{"CallMonitoredEvent", EventData::call},
    TypeRow{"CallReleasingEvent", EventData::call},
    TypeRow{"CallRecordingStartingEvent", EventData::call},
    TypeRow{"CallRecordingStartedEvent", EventData::call},
    TypeRow{"CallRecordingPausedEvent", EventData::call},
    TypeRow{"CallRecordingResumedEvent", EventData::call},
    TypeRow{"CallRecordingStoppedEvent", EventData::call},
    TypeRow{"CallClientSessionInfoUpdatedEvent", EventData::call},
    TypeRow{"CallSecurityClassificationUpdatedEvent", EventData::call},
    TypeRow{"PlayMusicOnHoldFailureEvent", EventData::call},
    TypeRow{"ConferenceStartedEvent", EventData::conference},
    TypeRow{"ConferenceUpdatedEvent", EventData::conference},
    TypeRow{"ConferenceHeldEvent", EventData::conference},
    TypeRow{"ConferenceRetrievedEvent", EventData::conference},
    TypeRow{"ConferenceReleasedEvent", EventData::conference},
    TypeRow{"ConferenceMutedEvent", EventData::conference},
    TypeRow{"ConferenceUnmutedEvent", EventData::conference},
    TypeRow{"ConferenceCallMutedEvent", EventData::conference},
    TypeRow{"ConferenceCallUnMutedEvent", EventData::conference},
    TypeRow{"ConferenceCallMadeDeafEvent", EventData::conference},
    TypeRow{"ConferenceCallMadeUnDeafEvent", EventData::conference},
    TypeRow{"DoNotDisturbEvent", EventData::do_not_disturb},
    TypeRow{"CallForwardingAlwaysEvent", EventData::forwarding_always},
    TypeRow{"CallForwardingBusyEvent", EventData::forwarding_busy},
    TypeRow{"CallForwardingNoAnswerEvent", EventData::forwarding_no_answer},
    TypeRow{"AgentStateEvent", EventData::agent_state},
    TypeRow{"AgentSubscriptionEvent", EventData::agent_snapshot},
    TypeRow{"ACDSubscriptionEvent", EventData::queue_snapshot},
    TypeRow{"ACDSubscriptionResyncEvent", EventData::queue_snapshot},
    TypeRow{"ACDCallAddedEvent", EventData::queue_entered},
    TypeRow{"ACDCallOfferedToAgentEvent", EventData::queue_entered},
    TypeRow{"ACDWhisperStartedEvent", EventData::queue_entered},
    TypeRow{"ACDCallBouncedEvent", EventData::queue_entered},
    TypeRow{"ACDCallReorderedEvent", EventData::queue_entered},
    TypeRow{"ACDCallPromotedEvent", EventData::queue_entered},
    TypeRow{"ACDCallUpdatedEvent", EventData::queue_entered},
    TypeRow{"ACDCallAnsweredByAgentEvent", EventData::queue_left},
    TypeRow{"ACDCallAbandonedEvent", EventData::queue_left},
    TypeRow{"ACDCallEscapedEvent", EventData::queue_left},
    TypeRow{"ACDCallReleasedEvent", EventData::queue_left},
    TypeRow{"ACDCallTransferredEvent", EventData::queue_left},
    TypeRow{"ACDCallOverflowedEvent", EventData::queue_left},
    TypeRow{"ACDCallOverflowedTreatmentCompletedEvent", EventData::queue_left},
    TypeRow{"ACDCallStrandedEvent", EventData::queue_left},
    TypeRow{"ACDCallStrandedTreatementCompletedEvent", EventData::queue_left}, // that misspelling
    TypeRow{"ACDCallStrandedUnavailableEvent", EventData::queue_left},
    TypeRow{"ACDCallStrandedUnavailableTreatementCompletedEvent", EventData::queue_left},
    TypeRow{"VoiceMailMessageSummaryEvent", EventData::messages},
    TypeRow{"SubscriptionTerminatedEvent", EventData::subscription_terminated},
};

std::string_view without_prefix(std::string_view qname) {
    auto colon = qname.find(':');
    return colon == std::string_view::npos ? qname : qname.substr(colon + 1);
}

bool is_true(std::string_view text) {
    return text == "true" || text == "1";
}

} // namespace

struct EventParser::State final : xml::Listener {
    // Where we are; each element that matters moves us to one of these, the rest to `skip`.
    enum class Place : std::uint8_t {
        skip,
        channel,
        event,
        data,
        calls,
        call,
        remote,
        acd,
        acd_caller,
        redirections,
        redirection,
        redirected_party,
        redirect,
        release_cause,
        conference,
        participants,
        participant,
        service,
        agent,
        messages,
        queue,
        queue_entry,
        timestamp,
        leaf
    };

    xml::PlainReader plain{names};
    xml::Reader reader{names};
    Document document;
    std::vector<Call> calls;
    std::vector<Redirection> redirections;
    std::vector<std::string_view> participants;
    std::vector<QueueEntry> queue_entries;
    std::vector<Place> places;
    std::string texts; // the arena of all texts of the document; never reallocated while one is read
    std::string leaf;  // text of the leaf under way
    Tag leaf_tag = Tag::unknown;
    bool foreign_root = false;

    State() {
        calls.reserve(8);
        redirections.reserve(8);
        participants.reserve(16);
        places.reserve(limits_depth);
        leaf.reserve(256);
    }
    static constexpr std::size_t limits_depth = 64;

    void clear(std::size_t bytes) {
        document = {};
        calls.clear();
        redirections.clear();
        participants.clear();
        queue_entries.clear();
        places.clear();
        foreign_root = false;
        texts.clear();
        // One byte may become three: 0x80 of windows-1252 is the euro sign. Views into `texts` must not move.
        if (texts.capacity() < bytes * 3 + 64) texts.reserve(bytes * 3 + 64);
    }

    std::string_view keep(std::string_view text) {
        auto at = texts.size();
        texts.append(text);
        return std::string_view(texts).substr(at);
    }

    // --- xml::Listener

    void on_start(const xml::Name& name, std::span<const xml::Attribute> attributes) override {
        auto tag = static_cast<Tag>(name.id);
        if (places.empty()) return start_root(tag, name, attributes);
        if (name.space != xsi_namespace) tag = Tag::unknown; // somebody else's word for something else
        places.push_back(next_place(places.back(), tag, attributes));
        if (places.back() != Place::leaf) return; // what lies inside a leaf is nothing that we know
        leaf.clear();
        leaf_tag = tag;
    }

    void on_text(std::string_view text) override {
        if (!places.empty() && places.back() == Place::leaf) leaf.append(text);
    }

    void on_end() override {
        auto place = places.back();
        places.pop_back();
        if (place == Place::leaf && !places.empty()) take_leaf(places.back(), leaf_tag, text::trim(leaf));
    }

    // --- the way down

    void start_root(Tag tag, const xml::Name& name, std::span<const xml::Attribute> attributes) {
        document.root = keep(name.local);
        if (name.space != xsi_namespace) {
            foreign_root = true;
            places.push_back(Place::skip);
            return;
        }
        if (tag == Tag::ChannelHeartBeat) document.kind = DocumentKind::heartbeat;
        if (tag == Tag::Channel) document.kind = DocumentKind::channel;
        if (tag == Tag::Event) document.kind = outer_kind(type_attribute(attributes));
        bool known = document.kind != DocumentKind::other;
        places.push_back(!known ? Place::skip : tag == Tag::Channel ? Place::channel : Place::event);
    }

    static std::string_view type_attribute(std::span<const xml::Attribute> attributes) {
        for (const auto& attribute : attributes)
            if (attribute.local == "type" && attribute.space == "http://www.w3.org/2001/XMLSchema-instance")
                return without_prefix(text::trim(attribute.value));
        return {};
    }

    static DocumentKind outer_kind(std::string_view type) {
        if (type == "SubscriptionEvent") return DocumentKind::event;
        if (type == "ChannelTerminatedEvent") return DocumentKind::channel_terminated;
        if (type == "ErrorEvent") return DocumentKind::error_event;
        return DocumentKind::other;
    }

    void start_data(std::span<const xml::Attribute> attributes) {
        document.type_name = keep(type_attribute(attributes));
        auto row = std::ranges::find(event_types, document.type_name, &TypeRow::name);
        if (row != event_types.end()) document.data = row->data;
    }

    Call& open_call() {
        if (calls.empty()) calls.emplace_back();
        return calls.back();
    }

    Place next_place(Place here, Tag tag, std::span<const xml::Attribute> attributes) {
        switch (here) {
        case Place::event:
            if (tag != Tag::eventData) return Place::leaf;
            start_data(attributes);
            return Place::data;
        case Place::data: return place_in_data(tag);
        case Place::calls:
            if (tag != Tag::call) return Place::skip;
            calls.emplace_back();
            return Place::call;
        case Place::call: return place_in_call(tag);
        case Place::acd: return tag == Tag::callingPartyInfo ? Place::acd_caller : Place::leaf;
        case Place::redirections:
            if (tag != Tag::redirection) return Place::skip;
            redirections.emplace_back();
            return Place::redirection;
        case Place::redirection: return tag == Tag::party ? Place::redirected_party : Place::leaf;
        case Place::conference: return tag == Tag::conferenceParticipantList ? Place::participants : Place::leaf;
        case Place::participants: return tag == Tag::conferenceParticipant ? Place::participant : Place::skip;
        case Place::queue:
            if (tag != Tag::queueEntry) return Place::skip;
            queue_entries.emplace_back();
            return Place::queue_entry;
        case Place::queue_entry: return tag == Tag::remoteParty ? Place::skip : Place::leaf;
        case Place::agent: return tag == Tag::stateTimestamp ? Place::timestamp : Place::leaf;
        case Place::channel:
        case Place::remote:
        case Place::acd_caller:
        case Place::redirected_party:
        case Place::redirect:
        case Place::release_cause:
        case Place::participant:
        case Place::service:
        case Place::messages:
        case Place::timestamp: return Place::leaf;
        case Place::skip:
        case Place::leaf: return Place::skip;
        }
        return Place::skip;
    }

    Place place_in_data(Tag tag) {
        switch (tag) {
        case Tag::call: calls.emplace_back(); return Place::call;
        case Tag::calls: return Place::calls;
        case Tag::conference: document.conference.present = true; return Place::conference;
        case Tag::info: return Place::service;
        case Tag::unassigned: document.service.unassigned = true; return Place::skip;
        case Tag::agentStateInfo:
        case Tag::stateInfo: document.agent.present = true; return Place::agent;
        case Tag::messageSummary: return Place::messages;
        case Tag::queueEntries: return Place::queue;
        case Tag::queueEntry: queue_entries.emplace_back(); return Place::queue_entry;
        case Tag::redirect: document.redirected = true; return Place::skip;
        default: return Place::leaf;
        }
    }

    Place place_in_call(Tag tag) {
        switch (tag) {
        case Tag::remoteParty: return Place::remote;
        case Tag::acdCallInfo: return Place::acd;
        case Tag::redirections: return Place::redirections;
        case Tag::redirect: return Place::redirect;
        case Tag::releaseCause: return Place::release_cause;
        case Tag::allowAnswer: open_call().allow_answer = true; return Place::skip;
        default: return Place::leaf;
        }
    }

    // --- leaves

    void take_leaf(Place where, Tag tag, std::string_view text) {
        switch (where) {
        case Place::channel:
        case Place::event: return take_envelope(tag, text);
        case Place::data:
            if (tag == Tag::hookStatus) document.hook = hook_status(text);
            return;
        case Place::call: return take_call(open_call(), tag, text);
        case Place::remote: return take_party(open_call().remote, tag, text);
        case Place::acd: return take_acd(open_call(), tag, text);
        case Place::acd_caller: return take_party(open_call().acd_caller, tag, text);
        case Place::redirection:
            if (tag == Tag::reason && !redirections.empty()) redirections.back().reason = keep(text);
            return;
        case Place::redirected_party:
            if (!redirections.empty()) take_party(redirections.back().party, tag, text);
            return;
        case Place::redirect:
            if (tag == Tag::reason) open_call().redirect_reason = keep(text);
            if (tag == Tag::address) open_call().redirect_address = keep(text);
            return;
        case Place::release_cause:
            if (tag == Tag::internalReleaseCause) open_call().release_cause = keep(text);
            if (tag == Tag::cdrTerminationCause) open_call().cdr_cause = keep(text);
            return;
        case Place::conference:
            if (tag == Tag::state) document.conference.state = keep(text);
            if (tag == Tag::conferenceType) document.conference.type = keep(text);
            return;
        case Place::participant:
            if (tag == Tag::callId) participants.push_back(keep(text));
            return;
        case Place::service:
            if (tag == Tag::active) document.service.active = is_true(text);
            if (tag == Tag::forwardToPhoneNumber) document.service.forward_to = keep(text);
            return;
        case Place::agent:
            if (tag == Tag::state) document.agent.state = agent_state(text);
            if (tag == Tag::unavailableCode) document.agent.unavailable_code = keep(text);
            return;
        case Place::messages: return take_count(document.messages, tag, text);
        case Place::queue_entry:
            if (tag == Tag::callId) queue_entries.back().call_id = keep(text);
            if (tag == Tag::addTime) queue_entries.back().added = epoch_ms(text);
            if (tag == Tag::removeTime) queue_entries.back().removed = true;
            return;
        case Place::timestamp:
            if (tag == Tag::value) document.agent.since = epoch_ms(text);
            return;
        default: return;
        }
    }

    void take_envelope(Tag tag, std::string_view text) {
        switch (tag) {
        case Tag::eventID: document.event_id = keep(text); return;
        case Tag::sequenceNumber: {
            auto number = text::number<std::int64_t>(text).value_or(0);
            document.sequence = number > 0 && number <= 2147483647 ? static_cast<std::uint32_t>(number) : 0;
            return;
        }
        case Tag::userId: document.user_id = keep(text); return;
        case Tag::subscriptionId: document.subscription_id = keep(text); return;
        case Tag::channelId: document.channel_id = keep(text); return;
        case Tag::targetId: document.target_id = keep(text); return;
        case Tag::externalApplicationId: document.application_id = keep(text); return;
        case Tag::expires: document.expires_s = text::number<std::int64_t>(text); return;
        case Tag::reason: document.reason = keep(text); return;
        case Tag::errorCode: document.error_code = keep(text); return;
        case Tag::errorMessage: document.error_message = keep(text); return;
        default: return;
        }
    }

    void take_call(Call& call, Tag tag, std::string_view text) {
        switch (tag) {
        case Tag::callId: call.call_id = keep(text); return;
        case Tag::extTrackingId: call.tracking_id = keep(text); return;
        case Tag::networkCallId: call.network_call_id = keep(text); return;
        case Tag::personality: call.personality = personality(text); return;
        case Tag::state:
            call.state = call_state(text);
            call.state_text = keep(text);
            return;
        case Tag::releasingParty:
            call.releasing_party = text == "localRelease"    ? ReleasingParty::local
                                   : text == "remoteRelease" ? ReleasingParty::remote
                                                             : ReleasingParty::unknown;
            return;
        case Tag::appearance: call.appearance = keep(text); return;
        case Tag::huntGroupUserId: call.hunt_group_user = keep(text); return;
        case Tag::recallType: call.recall_type = keep(text); return;
        case Tag::startTime: call.started = epoch_ms(text); return;
        case Tag::answerTime: call.answered = epoch_ms(text); return;
        case Tag::heldTime: call.held_at = epoch_ms(text); return;
        case Tag::detachedTime: call.detached = epoch_ms(text); return;
        case Tag::releaseTime: call.released = epoch_ms(text); return;
        case Tag::totalHeldTime: call.total_held_ms = text::number<std::int64_t>(text); return;
        default: return;
        }
    }

    void take_party(Party& party, Tag tag, std::string_view text) {
        switch (tag) {
        case Tag::name: party.name = keep(text); return;
        case Tag::address: party.address = keep(text); return;
        case Tag::userId: party.user_id = keep(text); return;
        case Tag::userDN: party.user_dn = keep(text); return;
        case Tag::callType: party.call_type = keep(text); return;
        case Tag::privacy: party.privacy = true; return; // its presence counts
        default: return;
        }
    }

    static void take_count(MessageCounts& messages, Tag tag, std::string_view text) {
        auto count = text::number<std::uint32_t>(text).value_or(0);
        if (tag == Tag::newMessages) messages.fresh = count;
        if (tag == Tag::oldMessages) messages.old = count;
        if (tag == Tag::newUrgentMessages) messages.fresh_urgent = count;
        if (tag == Tag::oldUrgentMessages) messages.old_urgent = count;
    }

    void take_acd(Call& call, Tag tag, std::string_view text) {
        if (tag == Tag::acdUserId) call.acd_user = keep(text);
        if (tag == Tag::acdName) call.acd_name = keep(text);
        if (tag == Tag::acdNumber) call.acd_number = keep(text);
    }
};

EventParser::EventParser() : state_(std::make_unique<State>()) {}
EventParser::~EventParser() = default;

Result<const Document*> EventParser::parse(std::string_view bytes) {
    State& state = *state_;
    state.clear(bytes.size());
    if (!state.plain.read(bytes, state)) { // not a plain document: libxml2 reads it, or says what is wrong with it
        state.clear(bytes.size());
        if (auto outcome = state.reader.read(bytes, state); !outcome)
            return std::unexpected(std::move(outcome.error()));
    }
    if (state.foreign_root)
        return fail(Category::protocol,
                    "The document's root is not in the namespace " + std::string(xsi_namespace) + ".");
    state.document.calls = state.calls;
    state.document.redirections = state.redirections;
    state.document.queue_entries = state.queue_entries;
    state.document.conference.participants = state.participants;
    return &state.document;
}

} // namespace lamp::xsi
