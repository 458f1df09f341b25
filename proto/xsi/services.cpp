// See services.hpp. Element names and their order are the schema's (xsi.md 9.4).
#include "proto/xsi/services.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <type_traits>

#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::xsi {
namespace {

constexpr std::string_view space = "http://schema.broadsoft.com/xsi";
constexpr std::string_view number_characters = "0123456789*#+";
constexpr std::size_t number_length_max = 30;
constexpr std::size_t sip_length_max = 161;
constexpr std::size_t unavailable_code_length_max = 10;

// ---------------------------------------------------------------- reading

Result<xml::Element> rooted(std::string_view body, std::string_view root) {
    auto tree = xml::parse_tree(body);
    if (tree && tree->name != root)
        return fail(Category::protocol, fmt::format("The answer is a {} where a {} should be.", tree->name, root));
    return tree;
}

std::optional<bool> flag(const xml::Element& parent, std::string_view name) {
    auto text = parent.text_of(name);
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return std::nullopt;
}

bool active(const xml::Element& parent) {
    return flag(parent, "active").value_or(false);
}

Number number(const xml::Element& parent, std::string_view name) {
    const auto* found = parent.child(name);
    if (!found) return std::nullopt;
    return found->nil() ? std::string() : plain_number(found->text);
}

std::optional<int> integer(const xml::Element& parent, std::string_view name) {
    return text::number<int>(parent.text_of(name));
}

std::string word(const xml::Element& parent, std::string_view name) {
    return std::string(parent.text_of(name));
}

/// The schema nests these in additionalDetails, some platforms do not (xsi.md 9.5).
std::string word_below(const xml::Element& parent, std::string_view name) {
    const auto* found = parent.child(name);
    if (!found) found = parent.descendant(name);
    return found ? found->text : std::string();
}

/// All descendants of that name, at any depth but not within each other.
template <class Visit>
void each_below(const xml::Element& parent, std::string_view name, const Visit& visit) {
    for (const auto& child : parent.children) {
        if (child.name == name)
            visit(child);
        else
            each_below(child, name, visit);
    }
}

std::optional<RingLocation> ring_location(const xml::Element& element) {
    auto address = element.text_of("address");
    if (address.empty()) address = element.text_of("phoneNumber");
    if (address.empty()) return std::nullopt;
    return RingLocation{.number = plain_number(address),
                        .rings = integer(element, "numberOfRings"),
                        .confirm = flag(element, "answerConfirmationRequired")};
}

std::vector<Criterion> criteria(const xml::Element& root) {
    std::vector<Criterion> found;
    each_below(root, "criteriaActivation", [&found](const xml::Element& element) {
        found.push_back({word(element, "criteriaName"), active(element), word(element, "uri")});
    });
    return found;
}

/// "location" or "location1" to "location5": releases differ.
bool is_location(std::string_view name) {
    return name.starts_with("location") && (name.size() == 8 || (name.size() == 9 && name[8] >= '1' && name[8] <= '5'));
}

void add_locations(const xml::Element& parent, std::optional<std::vector<RingLocation>>& found) {
    for (const auto& child : parent.children) {
        bool list = child.name == "locations";
        if (!list && !is_location(child.name)) continue;
        if (!found) found.emplace();
        if (list) add_locations(child, found);
        if (auto location = ring_location(child)) found->push_back(std::move(*location));
    }
}

// ---------------------------------------------------------------- words

using Profiles = CommPilotExpress::Profile;
constexpr std::array<std::pair<std::string_view, Profiles>, 4> profiles{{
    {"Available In Office", Profiles::available_in_office},
    {"Available Out Of Office", Profiles::available_out_of_office},
    {"Busy", Profiles::busy},
    {"Unavailable", Profiles::unavailable},
}};

constexpr std::string_view ring_always = "Ring for all Incoming Calls";
constexpr std::string_view ring_when_free = "Do not Ring if on a Call";

std::string_view agent_word(AgentState state) {
    switch (state) {
    case AgentState::sign_in: return "Sign-In";
    case AgentState::available: return "Available";
    case AgentState::unavailable: return "Unavailable";
    case AgentState::wrap_up: return "Wrap-Up";
    case AgentState::sign_out: return "Sign-Out";
    case AgentState::unknown: break;
    }
    return {};
}

bool is_virtual(std::string_view first_name) {
    static constexpr std::array names{"Call Center", "Hunt Group", "Auto Attendant", "Voice Messaging Group",
                                      "Meet-Me Conferencing"};
    return std::ranges::any_of(names,
                               [first_name](std::string_view name) { return text::same_letters(name, first_name); });
}

// ---------------------------------------------------------------- settings, read

template <class Settings>
using As = std::type_identity<Settings>;

DoNotDisturb settings(const xml::Element& root, As<DoNotDisturb>) {
    return DoNotDisturb{.active = active(root), .ring_splash = flag(root, "ringSplash")};
}

CallForwardingAlways settings(const xml::Element& root, As<CallForwardingAlways>) {
    return CallForwardingAlways{.active = active(root),
                                .forward_to = number(root, "forwardToPhoneNumber"),
                                .ring_splash = flag(root, "ringSplash")};
}

CallForwardingBusy settings(const xml::Element& root, As<CallForwardingBusy>) {
    return {.active = active(root), .forward_to = number(root, "forwardToPhoneNumber")};
}

CallForwardingNoAnswer settings(const xml::Element& root, As<CallForwardingNoAnswer>) {
    return CallForwardingNoAnswer{.active = active(root),
                                  .forward_to = number(root, "forwardToPhoneNumber"),
                                  .rings = integer(root, "numberOfRings")};
}

CallForwardingNotReachable settings(const xml::Element& root, As<CallForwardingNotReachable>) {
    return {.active = active(root), .forward_to = number(root, "forwardToPhoneNumber")};
}

CallForwardingSelective settings(const xml::Element& root, As<CallForwardingSelective>) {
    return CallForwardingSelective{.active = active(root), .forward_to = number(root, "defaultForwardToPhoneNumber")};
}

/// The profiles say it in different words: busy{incomingCalls{sendCallsToVoiceMailExceptExcludedAddresses,
/// forwardToAddress}}, the others incomingCalls{action, forwardingAddress} (xsi.md 8.1).
void add_destination(const xml::Element& root, CommPilotExpress& service) {
    std::string_view part;
    if (service.profile == Profiles::available_out_of_office) part = "availableOutOfOffice";
    if (service.profile == Profiles::busy) part = "busy";
    if (service.profile == Profiles::unavailable) part = "unavailable";
    const auto* profile = part.empty() ? nullptr : root.child(part);
    const auto* calls = profile ? profile->child("incomingCalls") : nullptr;
    if (!calls) return;
    service.to_voicemail = flag(*calls, "sendCallsToVoiceMailExceptExcludedAddresses").value_or(false) ||
                           calls->text_of("action") == "Transfer To Voice Mail";
    if (service.to_voicemail) return; // what an address says then is for excluded callers only
    auto address = calls->text_of("forwardToAddress");
    if (address.empty()) address = calls->text_of("forwardingAddress");
    service.forwards_to = plain_number(address);
}

CommPilotExpress settings(const xml::Element& root, As<CommPilotExpress>) {
    auto text = root.text_of("profile");
    auto found = std::ranges::find(profiles, text, &decltype(profiles)::value_type::first);
    if (found == profiles.end()) return CommPilotExpress{.profile = text.empty() ? Profiles::none : Profiles::unknown};
    CommPilotExpress service{.profile = found->second};
    add_destination(root, service);
    return service;
}

RemoteOffice settings(const xml::Element& root, As<RemoteOffice>) {
    return RemoteOffice{.active = active(root), .number = number(root, "remoteOfficeNumber")};
}

BroadWorksAnywhere settings(const xml::Element& root, As<BroadWorksAnywhere>) {
    BroadWorksAnywhere service;
    each_below(root, "location", [&service](const xml::Element& element) {
        service.locations.push_back(
            {plain_number(element.text_of("phoneNumber")), active(element), word(element, "locationUri")});
        service.active = service.active || active(element);
    });
    return service;
}

SequentialRing settings(const xml::Element& root, As<SequentialRing>) {
    std::optional<std::vector<RingLocation>> locations;
    add_locations(root, locations);
    return SequentialRing{.own_phone_first = flag(root, "ringBaseLocationFirst"),
                          .own_rings = integer(root, "baseLocationNumberOfRings"),
                          .go_on_when_busy = flag(root, "continueIfBaseLocationIsBusy"),
                          .caller_may_stop = flag(root, "callerMayStopSearch"),
                          .locations = std::move(locations),
                          .criteria = criteria(root)};
}

SimultaneousRingPersonal settings(const xml::Element& root, As<SimultaneousRingPersonal>) {
    SimultaneousRingPersonal service{.active = active(root), .not_on_a_call{}, .locations{}};
    auto when = root.text_of("incomingCalls");
    if (when == ring_when_free || when == ring_always) service.not_on_a_call = when == ring_when_free;
    const auto* list = root.child("simRingLocations");
    if (!list) return service;
    service.locations.emplace();
    each_below(*list, "simRingLocation", [&service](const xml::Element& element) {
        if (auto location = ring_location(element)) service.locations->push_back(std::move(*location));
    });
    return service;
}

CallCenter settings(const xml::Element& root, As<CallCenter>) {
    CallCenter service;
    service.state = agent_state(root.text_of("agentACDState"));
    if (const auto* code = root.child("agentUnavailableCode")) service.unavailable_code = code->text;
    each_below(root, "callCenterDetails", [&service](const xml::Element& element) {
        service.queues.push_back({word(element, "serviceUserId"), flag(element, "available"),
                                  plain_number(element.text_of("phoneNumber")), word(element, "extension")});
    });
    return service;
}

// ---------------------------------------------------------------- settings, written

/// A Writer that remembers the first value that the schema does not allow.
class Put {
public:
    explicit Put(std::string_view root) : root_(root), writer_(root, space) {}

    Put& flag(std::string_view name, std::optional<bool> value) {
        if (value) writer_.flag(name, *value);
        return *this;
    }
    Put& rings(std::string_view name, std::optional<int> value) {
        if (!value) return *this;
        refuse_if(*value < 0 || *value == 1 || *value > 20, fmt::format("{} rings are none of 0 and 2 to 20", *value));
        writer_.element(name, *value);
        return *this;
    }
    Put& number(std::string_view name, const Number& value) {
        if (!value) return *this;
        if (value->empty()) {
            writer_.nil(name);
            return *this;
        }
        refuse_if(!dialable(*value), "its number is neither a telephone number nor a sip: address");
        writer_.element(name, *value);
        return *this;
    }
    /// The two that belong together: an active service needs its number, unless the server has one already.
    Put& active_to(bool active, std::string_view name, const Number& to) {
        refuse_if(active && to && to->empty(), "it cannot be active without a number");
        return flag("active", active).number(name, to);
    }
    Put& location(std::string_view name, const RingLocation& location, bool with_rings) {
        writer_.open(name);
        number("address", location.number);
        if (with_rings) rings("numberOfRings", location.rings);
        flag("answerConfirmationRequired", location.confirm);
        writer_.close();
        return *this;
    }
    void refuse_if(bool refused, std::string why) {
        if (refused && why_.empty()) why_ = std::move(why);
    }
    [[nodiscard]] xml::Writer& writer() { return writer_; }
    [[nodiscard]] Result<std::string> done() {
        if (!why_.empty()) return fail(Category::invalid, fmt::format("{} cannot be set so: {}.", root_, why_));
        return writer_.done();
    }

private:
    std::string_view root_;
    xml::Writer writer_;
    std::string why_;
};

template <class Forwarding>
Result<std::string> write_forwarding(const Forwarding& wanted) {
    return Put(Forwarding::path).active_to(wanted.active, "forwardToPhoneNumber", wanted.forward_to).done();
}

} // namespace

// ---------------------------------------------------------------- numbers

std::string plain_number(std::string_view address) {
    auto rest = text::trim(address);
    if (text::same_letters(rest.substr(0, 4), "tel:")) rest.remove_prefix(4);
    std::string digits;
    for (char c : rest.substr(0, rest.find(';'))) {
        if (number_characters.find(c) != std::string_view::npos)
            digits += c;
        else if (std::string_view("-. ()").find(c) == std::string_view::npos)
            return std::string(text::trim(address));
    }
    return digits;
}

bool dialable(std::string_view address) {
    bool control =
        std::ranges::any_of(address, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
    if (address.starts_with("sip:") || address.starts_with("sips:")) {
        auto user = address.substr(address.find(':') + 1);
        auto at = user.find('@');
        return !control && address.size() <= sip_length_max && at != std::string_view::npos && at > 0 &&
               at + 1 < user.size();
    }
    if (address.starts_with("tel:")) address.remove_prefix(4);
    return !address.empty() && address.size() <= number_length_max &&
           address.find_first_not_of(number_characters) == std::string_view::npos;
}

// ---------------------------------------------------------------- settings

template <class Settings>
Result<Settings> read_service(std::string_view body) {
    auto root = rooted(body, Settings::path);
    if (!root) return std::unexpected(std::move(root.error()));
    return settings(*root, As<Settings>());
}
template Result<DoNotDisturb> read_service(std::string_view);
template Result<CallForwardingAlways> read_service(std::string_view);
template Result<CallForwardingBusy> read_service(std::string_view);
template Result<CallForwardingNoAnswer> read_service(std::string_view);
template Result<CallForwardingNotReachable> read_service(std::string_view);
template Result<CallForwardingSelective> read_service(std::string_view);
template Result<CommPilotExpress> read_service(std::string_view);
template Result<RemoteOffice> read_service(std::string_view);
template Result<BroadWorksAnywhere> read_service(std::string_view);
template Result<SequentialRing> read_service(std::string_view);
template Result<SimultaneousRingPersonal> read_service(std::string_view);
template Result<CallCenter> read_service(std::string_view);

Result<std::string> write_service(const DoNotDisturb& wanted) {
    return Put(wanted.path).flag("active", wanted.active).flag("ringSplash", wanted.ring_splash).done();
}

Result<std::string> write_service(const CallForwardingAlways& wanted) {
    return Put(wanted.path)
        .active_to(wanted.active, "forwardToPhoneNumber", wanted.forward_to)
        .flag("ringSplash", wanted.ring_splash)
        .done();
}

Result<std::string> write_service(const CallForwardingBusy& wanted) {
    return write_forwarding(wanted);
}

Result<std::string> write_service(const CallForwardingNoAnswer& wanted) {
    return Put(wanted.path)
        .active_to(wanted.active, "forwardToPhoneNumber", wanted.forward_to)
        .rings("numberOfRings", wanted.rings)
        .done();
}

Result<std::string> write_service(const CallForwardingNotReachable& wanted) {
    return write_forwarding(wanted);
}

Result<std::string> write_service(const CommPilotExpress& wanted) {
    Put put(wanted.path);
    auto found = std::ranges::find(profiles, wanted.profile, &decltype(profiles)::value_type::second);
    put.refuse_if(wanted.profile == Profiles::unknown, "the profile is none that we know");
    if (found != profiles.end())
        put.writer().element("profile", found->first);
    else
        put.writer().nil("profile");
    return put.done();
}

Result<std::string> write_service(const RemoteOffice& wanted) {
    return Put(wanted.path).active_to(wanted.active, "remoteOfficeNumber", wanted.number).done();
}

bool SequentialRing::active() const {
    return std::ranges::any_of(criteria, &Criterion::active);
}

Result<std::string> write_service(const SequentialRing& wanted) {
    static constexpr std::array names{"location1", "location2", "location3", "location4", "location5"};
    Put put(wanted.path);
    put.flag("ringBaseLocationFirst", wanted.own_phone_first)
        .rings("baseLocationNumberOfRings", wanted.own_rings)
        .flag("continueIfBaseLocationIsBusy", wanted.go_on_when_busy)
        .flag("callerMayStopSearch", wanted.caller_may_stop);
    if (wanted.locations) {
        put.refuse_if(wanted.locations->size() > names.size(), "it has room for five locations");
        for (std::size_t i = 0; i < names.size(); ++i)
            put.location(names[i], i < wanted.locations->size() ? (*wanted.locations)[i] : RingLocation{}, true);
    }
    if (!wanted.criteria.empty()) {
        put.writer().open("criteriaActivationList");
        for (const auto& criterion : wanted.criteria)
            put.writer()
                .open("criteriaActivation")
                .element("criteriaName", criterion.name)
                .flag("active", criterion.active)
                .close();
        put.writer().close();
    }
    return put.done();
}

Result<std::string> write_service(const SimultaneousRingPersonal& wanted) {
    Put put(wanted.path);
    put.refuse_if(wanted.active && wanted.locations && wanted.locations->empty(),
                  "it cannot be active without a number");
    put.flag("active", wanted.active);
    if (wanted.not_on_a_call)
        put.writer().element("incomingCalls", *wanted.not_on_a_call ? ring_when_free : ring_always);
    if (wanted.locations && wanted.locations->empty()) put.writer().nil("simRingLocations");
    if (wanted.locations && !wanted.locations->empty()) {
        put.writer().open("simRingLocations");
        for (const auto& location : *wanted.locations)
            put.location("simRingLocation", location, false);
        put.writer().close();
    }
    return put.done();
}

Result<std::string> write_service(const CallCenter& wanted) {
    Put put(wanted.path);
    const auto& code = wanted.unavailable_code;
    put.refuse_if(code && code->size() > unavailable_code_length_max,
                  "the unavailable code is longer than ten characters");
    if (wanted.state != AgentState::unknown) put.writer().element("agentACDState", agent_word(wanted.state));
    if (code && code->empty()) put.writer().nil("agentUnavailableCode");
    if (code && !code->empty()) put.writer().element("agentUnavailableCode", *code);
    if (wanted.queues.empty()) return put.done();
    put.writer().open("callCenterList");
    for (const auto& queue : wanted.queues) {
        put.refuse_if(queue.queue.empty(), "a call centre has no user id");
        put.writer().open("callCenterDetails").element("serviceUserId", queue.queue);
        put.flag("available", queue.joined);
        put.writer().close();
    }
    put.writer().close();
    return put.done();
}

// ---------------------------------------------------------------- lists and people

Result<std::vector<ServiceName>> read_services(std::string_view body) {
    auto root = rooted(body, "Services");
    if (!root) return std::unexpected(std::move(root.error()));
    std::vector<ServiceName> services;
    for (const auto& element : root->children)
        if (element.name == "service") services.push_back({word(element, "name"), word(element, "uri")});
    return services;
}

Result<Profile> read_profile(std::string_view body) {
    auto root = rooted(body, "Profile");
    if (!root) return std::unexpected(std::move(root.error()));
    const auto* details = root->child("details");
    if (!details || details->text_of("userId").empty())
        return fail(Category::protocol, "The Profile answer has no user id.");
    const auto* provider = details->child("serviceProvider");
    return Profile{
        .user_id = word(*details, "userId"),
        .first_name = word(*details, "firstName"),
        .last_name = word(*details, "lastName"),
        .group = word(*details, "groupId"),
        .service_provider = provider ? provider->text : std::string(),
        .enterprise = provider && provider->attribute("isEnterprise") == "true",
        .number = plain_number(details->text_of("number")),
        .extension = word(*details, "extension"),
        .mobile = plain_number(word_below(*root, "mobile")),
        .email = word_below(*root, "emailAddress"),
        .title = word_below(*root, "title"),
        .department = word_below(*root, "department"),
        .country_code = word(*root, "countryCode"),
        .national_prefix = word(*root, "nationalPrefix"),
        .time_zone = word(*root, "timeZone"),
        .password_expires_days = integer(*root, "passwordExpiresDays"),
        .schedules_uri = word(*root, "scheduleList"),
    };
}

Result<DirectoryPage> read_directory(std::string_view body) {
    auto root = xml::parse_tree(body);
    if (!root) return std::unexpected(std::move(root.error()));
    if (root->name != "Enterprise" && root->name != "Group")
        return fail(Category::protocol, fmt::format("The answer is a {} where a directory should be.", root->name));
    DirectoryPage page;
    std::size_t elements = 0;
    each_below(*root, "directoryDetails", [&](const xml::Element& element) {
        ++elements;
        if (element.text_of("userId").empty()) return;
        page.entries.push_back({.user_id = word(element, "userId"),
                                .first_name = word(element, "firstName"),
                                .last_name = word(element, "lastName"),
                                .group = word(element, "groupId"),
                                .number = plain_number(element.text_of("number")),
                                .extension = word(element, "extension"),
                                .mobile = plain_number(word_below(element, "mobile")),
                                .email = word_below(element, "emailAddress"),
                                .department = word_below(element, "department"),
                                .virtual_user = is_virtual(element.text_of("firstName"))});
    });
    page.records = text::number<std::size_t>(root->text_of("numberOfRecords")).value_or(elements);
    page.total = text::number<std::size_t>(root->text_of("totalAvailableRecords")).value_or(0);
    return page;
}

namespace {

std::vector<CallLogEntry> call_log_entries(const xml::Element& list) {
    std::vector<CallLogEntry> entries;
    auto unless_unavailable = [](std::string&& text) {
        return text == "Unavailable" ? std::string() : std::move(text);
    };
    for (std::string_view name : {"callLogsEntry", "enhancedCallLogsEntry", "enhancedCallLogsExtendedEntry"})
        each_below(list, name, [&](const xml::Element& element) {
            auto time = parse_rfc3339(element.text_of("time"));
            entries.push_back({.number = unless_unavailable(plain_number(element.text_of("phoneNumber"))),
                               .name = unless_unavailable(word(element, "name")),
                               .country_code = word(element, "countryCode"),
                               .time = time ? std::optional(*time) : std::nullopt,
                               .id = word(element, "callLogId")});
        });
    return entries;
}

} // namespace

Result<std::vector<CallLogEntry>> read_call_log(std::string_view body, std::string_view kind) {
    auto root = xml::parse_tree(body);
    if (!root) return std::unexpected(std::move(root.error()));
    if (root->name != kind && root->name != "CallLogs")
        return fail(Category::protocol,
                    fmt::format("The answer is a {} where the log of {} calls should be.", root->name, kind));
    const auto* list = root->name == kind ? &*root : root->child(kind);
    return list ? call_log_entries(*list) : std::vector<CallLogEntry>();
}

Result<CallLogs> read_call_logs(std::string_view body) {
    auto root = xml::parse_tree(body);
    if (!root) return std::unexpected(std::move(root.error()));
    if (root->name != "CallLogs" && root->name != "EnhancedCallLogs")
        return fail(Category::protocol, fmt::format("The answer is a {} where call logs should be.", root->name));
    CallLogs logs;
    if (const auto* list = root->child("missed")) logs.missed = call_log_entries(*list);
    if (const auto* list = root->child("placed")) logs.placed = call_log_entries(*list);
    if (const auto* list = root->child("received")) logs.received = call_log_entries(*list);
    return logs;
}

Result<std::string> read_login_token(std::string_view body) {
    auto root = rooted(body, "LoginToken");
    if (!root) return std::unexpected(std::move(root.error()));
    if (root->text_of("token").empty()) return fail(Category::protocol, "The LoginToken answer has no token.");
    return word(*root, "token");
}

} // namespace lamp::xsi
