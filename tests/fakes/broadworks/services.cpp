// See services.hpp.
#include "services.hpp"

#include "../http_server.hpp"
#include "xml.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sim::bw {

namespace {

using enum Content;

constexpr ElementType do_not_disturb[] = {{"active", boolean, true, false, {}, "false"},
                                          {"ringSplash", boolean, false, false, {}, "false"}};
constexpr ElementType always[] = {{"active", boolean, true, false, {}, "false"},
                                  {"forwardToPhoneNumber", address, false, true},
                                  {"ringSplash", boolean, false, false, {}, "false"}};
constexpr ElementType busy[] = {{"active", boolean, true, false, {}, "false"},
                                {"forwardToPhoneNumber", address, false, true}};
constexpr ElementType no_answer[] = {{"active", boolean, true, false, {}, "false"},
                                     {"forwardToPhoneNumber", address, false, true},
                                     {"numberOfRings", integer, false, false, "0..20", "3"}};
constexpr ElementType selective[] = {{"active", boolean, false, false, {}, "false"},
                                     {"defaultForwardToPhoneNumber", address, false, true},
                                     {"playRingReminder", boolean, false, false, {}, "false"},
                                     {"criteriaActivations", nested, false, false, "criteriaActivation"}};
constexpr ElementType commpilot[] = {
    {"profile", text, false, true, "Available In Office|Available Out Of Office|Busy|Unavailable"},
    {"availableInOffice", nested, false, false, "additionalPhoneNumberToRing|busySetting|noAnswerSetting"},
    {"availableOutOfOffice", nested, false, false, "incomingCalls|incomingCallNotify"},
    {"busy", nested, false, false, "incomingCalls|voiceMailNotify"},
    {"unavailable", nested, false, false, "incomingCalls|voiceMailGreeting"}};
constexpr ElementType remote_office[] = {{"active", boolean, true, false, {}, "false"},
                                         {"remoteOfficeNumber", address, false, true}};
constexpr ElementType anywhere[] = {{"alertAllLocationsForClickToDialCalls", boolean, false, false, {}, "false"},
                                    {"alertAllLocationsForGroupPagingCalls", boolean, false, false, {}, "false"},
                                    {"locations", nested, false, true, "location"}};
constexpr ElementType simultaneous[] = {{"active", boolean, true, false, {}, "false"},
                                        {"incomingCalls", text, false, false,
                                         "Ring for all Incoming Calls|Do not Ring if on a Call",
                                         "Ring for all Incoming Calls"},
                                        {"simRingLocations", nested, false, true, "simRingLocation"}};
constexpr std::string_view ring_location = "address|numberOfRings|answerConfirmationRequired";
constexpr ElementType sequential[] = {{"ringBaseLocationFirst", boolean, false, false, {}, "true"},
                                      {"baseLocationNumberOfRings", integer, false, false, "0..20", "2"},
                                      {"continueIfBaseLocationIsBusy", boolean, false, false, {}, "true"},
                                      {"callerMayStopSearch", boolean, false, false, {}, "true"},
                                      {"location1", nested, false, false, ring_location},
                                      {"location2", nested, false, false, ring_location},
                                      {"location3", nested, false, false, ring_location},
                                      {"location4", nested, false, false, ring_location},
                                      {"location5", nested, false, false, ring_location},
                                      {"criteriaActivationList", nested, false, false, "criteriaActivation"}};
constexpr ElementType hoteling[] = {{"active", boolean, true, false, {}, "false"},
                                    {"enableAssociationLimit", boolean, false, false, {}, "false"},
                                    {"associationLimitHours", integer, false, false, "1..999", "12"},
                                    {"hostUserId", text, false, true}};
constexpr ElementType call_waiting[] = {{"active", boolean, true, false, {}, "true"}};
constexpr ElementType anonymous[] = {{"active", boolean, true, false, {}, "false"}};
constexpr ElementType call_center[] = {
    {"agentACDState", text, false, false, "Available|Unavailable|Wrap-Up|Sign-In|Sign-Out"},
    {"agentUnavailableCode", text, false, true},
    {"callCenterList", nested, false, false, "callCenterDetails"}};

constexpr std::array types = {
    ServiceType{ServiceId::do_not_disturb, "DoNotDisturb", "Do Not Disturb", "DoNotDisturbEvent", do_not_disturb},
    ServiceType{ServiceId::forwarding_always, "CallForwardingAlways", "Call Forwarding Always",
                "CallForwardingAlwaysEvent", always},
    ServiceType{ServiceId::forwarding_always_secondary, "CallForwardingAlwaysSecondary",
                "Call Forwarding Always Secondary", "CallForwardingAlwaysSecondaryEvent", always},
    ServiceType{ServiceId::forwarding_busy, "CallForwardingBusy", "Call Forwarding Busy", "CallForwardingBusyEvent",
                busy},
    ServiceType{ServiceId::forwarding_no_answer, "CallForwardingNoAnswer", "Call Forwarding No Answer",
                "CallForwardingNoAnswerEvent", no_answer},
    ServiceType{ServiceId::forwarding_not_reachable, "CallForwardingNotReachable", "Call Forwarding Not Reachable", "",
                busy},
    ServiceType{ServiceId::forwarding_selective, "CallForwardingSelective", "Call Forwarding Selective", "", selective},
    ServiceType{ServiceId::commpilot_express, "CommPilotExpress", "CommPilot Express", "CommPilotExpressEvent",
                commpilot},
    ServiceType{ServiceId::remote_office, "RemoteOffice", "Remote Office", "RemoteOfficeEvent", remote_office},
    ServiceType{ServiceId::broadworks_anywhere, "BroadWorksAnywhere", "BroadWorks Anywhere", "BroadWorksAnywhereEvent",
                anywhere},
    ServiceType{ServiceId::simultaneous_ring, "SimultaneousRingPersonal", "Simultaneous Ring Personal",
                "SimultaneousRingPersonalEvent", simultaneous},
    ServiceType{ServiceId::sequential_ring, "SequentialRing", "Sequential Ring", "SequentialRingEvent", sequential},
    ServiceType{ServiceId::hoteling_guest, "HotelingGuest", "Hoteling Guest", "HotelingGuestEvent", hoteling},
    ServiceType{ServiceId::call_waiting, "CallWaiting", "Call Waiting", "CallWaitingEvent", call_waiting},
    ServiceType{ServiceId::anonymous_rejection, "AnonymousCallRejection", "Anonymous Call Rejection", "", anonymous},
    ServiceType{ServiceId::call_center, "CallCenter", "Call Center - Premium", "", call_center},
};
static_assert(types.size() == static_cast<std::size_t>(ServiceId::count));

std::size_t index_of(const ServiceType& type, std::string_view element) {
    const auto found = std::find_if(type.elements.begin(), type.elements.end(),
                                    [&](const ElementType& e) { return e.name == element; });
    return static_cast<std::size_t>(found - type.elements.begin());
}

const ServiceState* stored(const User& user, ServiceId id) {
    const auto found = std::find_if(user.services.begin(), user.services.end(),
                                    [&](const ServiceState& s) { return s.type == static_cast<std::uint8_t>(id); });
    return found == user.services.end() ? nullptr : &*found;
}

ServiceState& stored_or_new(User& user, ServiceId id) {
    for (ServiceState& state : user.services)
        if (state.type == static_cast<std::uint8_t>(id)) return state;
    ServiceState& state = user.services.emplace_back();
    state.type = static_cast<std::uint8_t>(id);
    for (const ElementType& element : type_of(id).elements)
        state.values.emplace_back(element.initial.empty() ? std::nullopt : std::optional<std::string>(element.initial));
    return state;
}

bool among(std::string_view text, std::string_view allowed) {
    while (!allowed.empty()) {
        const auto bar = allowed.find('|');
        if (allowed.substr(0, bar) == text) return true;
        if (bar == std::string_view::npos) break;
        allowed.remove_prefix(bar + 1);
    }
    return false;
}

bool in_range(std::string_view text, std::string_view allowed) {
    const auto dots = allowed.find("..");
    int low = 0;
    int high = 0;
    int value = 0;
    std::from_chars(allowed.data(), allowed.data() + dots, low);
    std::from_chars(allowed.data() + dots + 2, allowed.data() + allowed.size(), high);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= low && value <= high;
}

bool valid_address(std::string_view text) {
    if (text.starts_with("sip:"))
        return text.size() <= 161 && text.find('@') > 4 && text.find('@') != std::string_view::npos;
    return dialable(text.starts_with("tel:") ? text.substr(4) : text);
}

std::string nested_xml(const xml::Node& node) {
    std::string out;
    xml::Writer writer(out, "");
    for (const xml::Node& child : node.children()) {
        if (child.children().empty()) {
            if (!child.nil()) writer.text(child.name(), child.text());
            continue;
        }
        writer.open(child.name());
        out += nested_xml(child);
        writer.close(child.name());
    }
    return out;
}

std::expected<std::optional<std::string>, std::string> value_of(const ElementType& element, const xml::Node& node) {
    const std::string name(element.name);
    if (node.nil()) {
        if (!element.nillable) return std::unexpected(name + " cannot be nil");
        return std::optional<std::string>();
    }
    if (element.content == nested) {
        for (const xml::Node& child : node.children())
            if (!among(child.name(), element.allowed) || !child.in_xsi())
                return std::unexpected(name + ": " + std::string(child.name()) + " is not known there");
        return nested_xml(node);
    }
    if (!node.children().empty()) return std::unexpected(name + " takes a text");
    const std::string text = node.text();
    const bool good = element.content == boolean   ? text == "true" || text == "false" || text == "1" || text == "0"
                      : element.content == address ? valid_address(text)
                      : element.content == integer ? in_range(text, element.allowed)
                                                   : element.allowed.empty() || among(text, element.allowed);
    if (!good) return std::unexpected(name + ": value not allowed: " + text);
    std::string escaped;
    xml::append_escaped(escaped, element.content == boolean ? (text == "true" || text == "1" ? "true" : "false")
                                                            : std::string_view(text));
    return escaped;
}

void append_prefixed(std::string& out, std::string_view inner, std::string_view prefix) {
    // The stored text is escaped, so '<' only ever opens a tag.
    for (std::size_t i = 0; i < inner.size(); ++i) {
        out += inner[i];
        if (inner[i] != '<') continue;
        if (i + 1 < inner.size() && inner[i + 1] == '/') out += inner[++i];
        out += prefix;
    }
}

// What makes an activation impossible (xsi.md 9.4: "must be present when enabled").
std::optional<std::string> activation_error(const ServiceType& type, const ServiceState& state) {
    const auto text = [&](std::string_view element) -> std::string_view {
        const auto at = index_of(type, element);
        return at < state.values.size() && state.values[at] ? std::string_view(*state.values[at]) : std::string_view();
    };
    if (text("active") != "true") return std::nullopt;
    for (const std::string_view number : {"forwardToPhoneNumber", "remoteOfficeNumber"})
        if (index_of(type, number) < type.elements.size() && text(number).empty())
            return std::string(type.path) + " cannot be activated without a number";
    if (type.id == ServiceId::hoteling_guest && text("hostUserId").empty())
        return "Hoteling Guest cannot be activated without a host";
    if (type.id == ServiceId::forwarding_selective && text("criteriaActivations").empty())
        return "Call Forwarding Selective cannot be activated without criteria";
    return std::nullopt;
}

} // namespace

std::span<const ServiceType> service_types() {
    return types;
}
const ServiceType& type_of(ServiceId id) {
    return types[static_cast<std::size_t>(id)];
}

const ServiceType* find_service(std::string_view path) {
    for (const ServiceType& type : types)
        if (http::same_word(type.path, path)) return &type;
    return nullptr;
}

bool assigned(const User& user, ServiceId id) {
    if (id == ServiceId::call_center) return user.agent != nullptr;
    if (user.kind == UserKind::person) return id != ServiceId::forwarding_always_secondary;
    return id == ServiceId::forwarding_always || id == ServiceId::forwarding_busy;
}

std::string_view service_text(const User& user, ServiceId id, std::string_view element) {
    const ServiceType& type = type_of(id);
    const std::size_t at = index_of(type, element);
    if (const ServiceState* state = stored(user, id))
        return state->values[at] ? std::string_view(*state->values[at]) : std::string_view();
    return type.elements[at].initial;
}

bool service_active(const User& user, ServiceId id) {
    return service_text(user, id, "active") == "true";
}

void set_service_text(User& user, ServiceId id, std::string_view element, std::optional<std::string> value) {
    std::optional<std::string> escaped;
    if (value) {
        escaped.emplace();
        xml::append_escaped(*escaped, *value);
    }
    stored_or_new(user, id).values[index_of(type_of(id), element)] = std::move(escaped);
}

void append_service(std::string& out, const User& user, ServiceId id, std::string_view prefix) {
    const ServiceType& type = type_of(id);
    const ServiceState* state = stored(user, id);
    for (std::size_t i = 0; i < type.elements.size(); ++i) {
        const ElementType& element = type.elements[i];
        std::string_view value = element.initial;
        if (state) value = state->values[i] ? std::string_view(*state->values[i]) : std::string_view();
        if (value.empty()) continue;
        ((out += '<') += prefix) += element.name;
        out += '>';
        if (element.content == nested)
            append_prefixed(out, value, prefix);
        else if (element.content == address && !prefix.empty() && !value.starts_with("tel:") &&
                 !value.starts_with("sip:"))
            (out += "tel:") += value;
        else
            out += value;
        ((out += "</") += prefix) += element.name;
        out += '>';
    }
}

std::expected<void, std::string> put_service(User& user, const ServiceType& type, const xml::Node& root) {
    if (root.name() != type.path || !root.in_xsi())
        return std::unexpected("the root element must be " + std::string(type.path) + " in namespace " +
                               std::string(xml::xsi_namespace));
    std::vector<xml::Rule> rules;
    for (const ElementType& element : type.elements)
        rules.push_back({element.name, element.mandatory, false});
    if (auto error = xml::sequence_error(root, rules)) return std::unexpected(*error);
    ServiceState changed;
    if (const ServiceState* old = stored(user, type.id))
        changed = *old;
    else
        for (const ElementType& element : type.elements)
            changed.values.emplace_back(element.initial.empty() ? std::nullopt
                                                                : std::optional<std::string>(element.initial));
    changed.type = static_cast<std::uint8_t>(type.id);
    for (const xml::Node& child : root.children()) {
        const std::size_t at = index_of(type, child.name());
        auto value = value_of(type.elements[at], child);
        if (!value) return std::unexpected(value.error());
        changed.values[at] = std::move(*value);
    }
    if (auto error = activation_error(type, changed)) return std::unexpected(*error);
    stored_or_new(user, type.id) = std::move(changed);
    return {};
}

} // namespace sim::bw
