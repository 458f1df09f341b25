// The service documents of proto/xsi: what a server may write and what we make of it, what we write, what we refuse.
#include <doctest/doctest.h>

#include "proto/xsi/documents.hpp"
#include "proto/xsi/services.hpp"

using namespace lamp;
using namespace lamp::xsi;
using namespace std::string_literals;

namespace {

const std::string declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

/// A document as most servers send it.
std::string document(std::string_view root, std::string_view inner) {
    std::string name(root);
    return declaration + "<" + name +
           R"( xmlns="http://schema.broadsoft.com/xsi" xmlns:x="http://www.w3.org/2001/XMLSchema-instance">)" +
           std::string(inner) + "</" + name + ">";
}

/// What stands between the root's tags; the frame itself has its own test.
std::string inner(const Result<std::string>& written) {
    if (!written) return "refused: " + written.error().text;
    auto from = written->find('>', written->find("?>") + 2) + 1;
    return written->substr(from, written->rfind('<') - from);
}

template <class Settings>
Settings read(std::string_view content) {
    auto settings = read_service<Settings>(document(Settings::path, content));
    REQUIRE_MESSAGE(settings, settings.error().text);
    return *settings;
}

template <class Settings>
struct Row {
    const char* what;
    const char* content;
    Settings settings;
};

template <class Settings, std::size_t N>
void check(const Row<Settings> (&rows)[N]) {
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        CHECK(read<Settings>(row.content) == row.settings);
    }
}

template <class Settings>
void check_round_trip(const Settings& wanted) {
    auto written = write_service(wanted);
    REQUIRE_MESSAGE(written, written.error().text);
    CAPTURE(*written);
    auto again = read_service<Settings>(*written);
    REQUIRE_MESSAGE(again, again.error().text);
    CHECK(*again == wanted);
}

template <class Settings>
std::string refusal(const Settings& wanted) {
    auto written = write_service(wanted);
    if (written) return "written";
    CHECK(written.error().category == Category::invalid);
    return written.error().text;
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace

TEST_CASE("numbers are plain") {
    struct Number {
        const char* from;
        const char* to;
    };
    const Number rows[] = {
        {"tel:+31612345678", "+31612345678"},
        {"TEL:+31612345678", "+31612345678"},
        {"+31612345678", "+31612345678"},
        {"0612345678", "0612345678"},
        {"2099", "2099"},
        {" 2099\n", "2099"},
        {"+31-201230002", "+31201230002"},
        {"tel:+31-20-123 00.02", "+31201230002"},
        {"(020) 1230002", "0201230002"},
        {"tel:2002;phone-context=example.net", "2002"},
        {"*21*2002#", "*21*2002#"},
        {"sip:bob@example.net", "sip:bob@example.net"},
        {"sip:+31201230002@example.net;user=phone", "sip:+31201230002@example.net;user=phone"},
        {"Anonymous", "Anonymous"},
        {"", ""},
        {"tel:", ""},
    };
    for (const auto& row : rows)
        CHECK(plain_number(row.from) == row.to);
}

TEST_CASE("what may be dialled") {
    for (const char* good : {"2", "0612345678", "+31612345678", "*21*2002#", "tel:+31612345678", "sip:bob@example.net",
                             "sips:bob@example.net", "123456789012345678901234567890"})
        CHECK_MESSAGE(dialable(good), good);
    for (const char* bad : {"", "tel:", "bob", "+31 6", "2002;3", "2002&x=y", "1234567890123456789012345678901",
                            "sip:", "sip:example.net", "sip:@example.net", "sip:bob@", "sip:bob smith@example.net",
                            "http://example.net", "2002\n", "tel:bob"})
        CHECK_MESSAGE(!dialable(bad), bad);
    CHECK_FALSE(dialable("sip:" + std::string(160, 'b') + "@example.net"));
}

TEST_CASE("do not disturb") {
    check<DoNotDisturb>({
        {"on", "<active>true</active><ringSplash>false</ringSplash>", {true, false}},
        {"off", "<active>false</active>", {false, {}}},
        {"digits for words", "<active>1</active><ringSplash>0</ringSplash>", {true, false}},
        {"reordered", "<ringSplash>true</ringSplash><active>true</active>", {true, true}},
        {"unknown elements", "<a><active>true</active></a><active>false</active><b/>", {false, {}}},
        {"nothing told", "", {false, {}}},
        {"an unknown word", "<active>TRUE</active>", {false, {}}},
        {"blanks", "<active> true\n</active>", {true, {}}},
    });
    check_round_trip(DoNotDisturb{true, {}});
    check_round_trip(DoNotDisturb{false, true});
    CHECK(inner(write_service(DoNotDisturb{true, {}})) == "<active>true</active>");
    CHECK(inner(write_service(DoNotDisturb{false, false})) == "<active>false</active><ringSplash>false</ringSplash>");
    CHECK(write_service(DoNotDisturb{true, {}}) ==
          declaration + "\n" +
              R"(<DoNotDisturb xmlns="http://schema.broadsoft.com/xsi"><active>true</active></DoNotDisturb>)");
}

TEST_CASE("call forwarding always") {
    check<CallForwardingAlways>({
        {"on, plain",
         "<active>true</active><forwardToPhoneNumber>0612345678</forwardToPhoneNumber>",
         {true, "0612345678", {}}},
        {"on, tel",
         "<active>true</active><forwardToPhoneNumber>tel:+31612345678</forwardToPhoneNumber>",
         {true, "+31612345678", {}}},
        {"kept while off",
         "<active>false</active><forwardToPhoneNumber>2099</forwardToPhoneNumber><ringSplash>true</ringSplash>",
         {false, "2099", true}},
        {"nil", "<active>false</active><forwardToPhoneNumber x:nil=\"true\"/>", {false, "", {}}},
        {"empty", "<active>false</active><forwardToPhoneNumber/>", {false, "", {}}},
        {"never set", "<active>false</active>", {false, {}, {}}},
        {"to a sip address",
         "<active>true</active><forwardToPhoneNumber>sip:bob@example.net</forwardToPhoneNumber>",
         {true, "sip:bob@example.net", {}}},
    });
    for (const auto& wanted :
         {CallForwardingAlways{true, "0612345678", {}}, CallForwardingAlways{false, "", false},
          CallForwardingAlways{true, {}, {}}, CallForwardingAlways{true, "sip:bob@example.net", true}})
        check_round_trip(wanted);
    CHECK(inner(write_service(CallForwardingAlways{true, "2099", false})) ==
          "<active>true</active><forwardToPhoneNumber>2099</forwardToPhoneNumber><ringSplash>false</ringSplash>");
    CHECK(inner(write_service(CallForwardingAlways{false, "", {}})) ==
          "<active>false</active><forwardToPhoneNumber xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" "
          "i:nil=\"true\"/>");
    CHECK(inner(write_service(CallForwardingAlways{false, {}, {}})) == "<active>false</active>");
    CHECK(has(refusal(CallForwardingAlways{true, "", {}}), "without a number"));
    CHECK(has(refusal(CallForwardingAlways{true, "<b>", {}}), "neither a telephone number nor a sip: address"));
    CHECK(has(refusal(CallForwardingAlways{false, "bob", {}}), "CallForwardingAlways cannot be set so"));
}

TEST_CASE("the other forwardings") {
    check<CallForwardingBusy>({
        {"on", "<active>true</active><forwardToPhoneNumber>2099</forwardToPhoneNumber>", {true, "2099"}},
        {"off", "<active>false</active>", {false, {}}},
    });
    check<CallForwardingNoAnswer>({
        {"on",
         "<active>true</active><forwardToPhoneNumber>2099</forwardToPhoneNumber><numberOfRings>4</numberOfRings>",
         {true, "2099", 4}},
        {"rings unreadable", "<active>true</active><numberOfRings>many</numberOfRings>", {true, {}, {}}},
    });
    check<CallForwardingNotReachable>({
        {"on", "<forwardToPhoneNumber>tel:2099</forwardToPhoneNumber><active>true</active>", {true, "2099"}},
    });
    check<CallForwardingSelective>({
        {"on", "<active>true</active><defaultForwardToPhoneNumber>2099</defaultForwardToPhoneNumber>", {true, "2099"}},
        {"a criterion is not the service",
         "<criteriaActivations><criteriaActivation><criteriaName>a</criteriaName><active>true</active></"
         "criteriaActivation></criteriaActivations>",
         {false, {}}},
    });
    check_round_trip(CallForwardingBusy{true, "2099"});
    check_round_trip(CallForwardingNotReachable{false, ""});
    for (int rings : {0, 2, 20})
        check_round_trip(CallForwardingNoAnswer{true, "2099", rings});
    CHECK(inner(write_service(CallForwardingNoAnswer{true, "2099", 4})) ==
          "<active>true</active><forwardToPhoneNumber>2099</forwardToPhoneNumber><numberOfRings>4</numberOfRings>");
    for (int rings : {-1, 1, 21})
        CHECK(has(refusal(CallForwardingNoAnswer{true, "2099", rings}), "rings are none of 0 and 2 to 20"));
    CHECK(has(refusal(CallForwardingBusy{true, ""}), "without a number"));
}

TEST_CASE("CommPilot Express") {
    using enum CommPilotExpress::Profile;
    check<CommPilotExpress>({
        {"none", "<profile x:nil=\"true\"/>", {none}},
        {"absent", "", {none}},
        {"in office", "<profile>Available In Office</profile><availableInOffice/>", {available_in_office}},
        {"out of office", "<profile>Available Out Of Office</profile>", {available_out_of_office}},
        {"busy", "<busy><incomingCalls/></busy><profile>Busy</profile>", {busy}},
        {"unavailable", "<profile>Unavailable</profile>", {unavailable}},
        {"busy, forwarded",
         "<profile>Busy</profile><busy><incomingCalls><forwardToAddress>tel:+31612345678</forwardToAddress>"
         "</incomingCalls></busy>",
         {busy, false, "+31612345678"}},
        {"busy, all but some to voicemail",
         "<profile>Busy</profile><busy><incomingCalls><sendCallsToVoiceMailExceptExcludedAddresses>true"
         "</sendCallsToVoiceMailExceptExcludedAddresses><forwardToAddress>2001</forwardToAddress></incomingCalls></"
         "busy>",
         {busy, true}},
        {"unavailable, forwarded",
         "<profile>Unavailable</profile><unavailable><incomingCalls><action>Forward</action>"
         "<forwardingAddress>2001</forwardingAddress></incomingCalls></unavailable>",
         {unavailable, false, "2001"}},
        {"unavailable, voicemail",
         "<profile>Unavailable</profile><unavailable><incomingCalls><action>Transfer To Voice Mail</action>"
         "</incomingCalls></unavailable>",
         {unavailable, true}},
        {"what another profile would do is no matter",
         "<profile>Unavailable</profile><busy><incomingCalls><forwardToAddress>2001</forwardToAddress></incomingCalls>"
         "</busy>",
         {unavailable}},
        {"a new word", "<profile>Asleep</profile>", {unknown}},
    });
    for (auto profile : {none, available_in_office, available_out_of_office, busy, unavailable})
        check_round_trip(CommPilotExpress{profile});
    CHECK(inner(write_service(CommPilotExpress{busy})) == "<profile>Busy</profile>");
    CHECK(has(refusal(CommPilotExpress{unknown}), "none that we know"));
}

TEST_CASE("remote office and Anywhere") {
    check<RemoteOffice>({
        {"on",
         "<active>true</active><remoteOfficeNumber>tel:+31612345678</remoteOfficeNumber>",
         {true, "+31612345678"}},
        {"off", "<active>false</active><remoteOfficeNumber x:nil=\"1\"/>", {false, ""}},
    });
    check_round_trip(RemoteOffice{true, "+31612345678"});
    check_round_trip(RemoteOffice{false, ""});
    CHECK(has(refusal(RemoteOffice{true, ""}), "without a number"));
    check<BroadWorksAnywhere>({
        {"none", "<alertAllLocationsForClickToDialCalls>false</alertAllLocationsForClickToDialCalls>", {}},
        {"one of two",
         "<locations><location><phoneNumber>+31-612345678</phoneNumber><active>true</active></location>"
         "<location><locationUri>/v2.0/user/a/services/BroadWorksAnywhere/Location/2099</"
         "locationUri><phoneNumber>2099</phoneNumber></location></locations>",
         {true,
          {{"+31612345678", true, ""}, {"2099", false, "/v2.0/user/a/services/BroadWorksAnywhere/Location/2099"}}}},
    });
}

TEST_CASE("sequential ring") {
    check<SequentialRing>({
        {"as the schema says",
         "<ringBaseLocationFirst>true</ringBaseLocationFirst><baseLocationNumberOfRings>2</baseLocationNumberOfRings>"
         "<location1><address>tel:2099</address><numberOfRings>3</numberOfRings><answerConfirmationRequired>false</"
         "answerConfirmationRequired></location1>"
         "<location2/><criteriaActivationList><criteriaActivation><criteriaName>work</criteriaName><active>true</"
         "active></criteriaActivation></criteriaActivationList>",
         {true, 2, {}, {}, {{{"2099", 3, false}}}, {{"work", true, ""}}}},
        {"in a list",
         "<locations><location><phoneNumber>2099</phoneNumber></location></locations>"
         "<criteriaActivations><criteriaActivation><criteriaName>work</criteriaName><active>false</active><uri>/c</"
         "uri></criteriaActivation></criteriaActivations>",
         {{}, {}, {}, {}, {{{"2099", {}, {}}}}, {{"work", false, "/c"}}}},
        {"nothing", "", {}},
    });
    CHECK(read<SequentialRing>("<criteriaActivation><active>true</active></criteriaActivation>").active());
    CHECK_FALSE(read<SequentialRing>("<criteriaActivation><active>false</active></criteriaActivation>").active());
    check_round_trip(SequentialRing{});
    check_round_trip(
        SequentialRing{true, 2, false, true, {{{"2099", 3, true}, {"+31612345678", {}, {}}}}, {{"work", true, ""}}});
    check_round_trip(SequentialRing{{}, {}, {}, {}, {{}}, {}});
    CHECK(has(
        inner(write_service(SequentialRing{{}, {}, {}, {}, {{{"2099", 3, {}}}}, {}})),
        "<location1><address>2099</address><numberOfRings>3</numberOfRings></location1><location2><address xmlns:i="));
    CHECK(has(refusal(SequentialRing{{}, {}, {}, {}, std::vector<RingLocation>(6, RingLocation{"2", {}, {}}), {}}),
              "five"));
    CHECK(has(refusal(SequentialRing{{}, 1, {}, {}, {}, {}}), "rings"));
}

TEST_CASE("simultaneous ring") {
    check<SimultaneousRingPersonal>({
        {"on",
         "<active>true</active><incomingCalls>Do not Ring if on a "
         "Call</incomingCalls><simRingLocations><simRingLocation>"
         "<address>tel:+31612345678</address><answerConfirmationRequired>true</answerConfirmationRequired></"
         "simRingLocation></simRingLocations>",
         {true, true, {{{"+31612345678", {}, true}}}}},
        {"off", "<active>false</active><incomingCalls>Ring for all Incoming Calls</incomingCalls>", {false, false, {}}},
        {"no numbers", "<active>false</active><simRingLocations x:nil=\"true\"/>", {false, {}, {{}}}},
    });
    check_round_trip(SimultaneousRingPersonal{true, false, {{{"2099", {}, {}}, {"+31612345678", {}, true}}}});
    check_round_trip(SimultaneousRingPersonal{false, {}, {{}}});
    check_round_trip(SimultaneousRingPersonal{true, {}, {}});
    CHECK(inner(write_service(SimultaneousRingPersonal{true, true, {{{"2099", {}, false}}}})) ==
          "<active>true</active><incomingCalls>Do not Ring if on a "
          "Call</incomingCalls><simRingLocations><simRingLocation><address>2099</address>"
          "<answerConfirmationRequired>false</answerConfirmationRequired></simRingLocation></simRingLocations>");
    CHECK(has(refusal(SimultaneousRingPersonal{true, {}, {{}}}), "without a number"));
    CHECK(has(refusal(SimultaneousRingPersonal{true, {}, {{{"bob", {}, {}}}}}), "neither"));
}

TEST_CASE("call centre agent") {
    check<CallCenter>({
        {"available", "<agentACDState>Available</agentACDState>", {AgentState::available, {}, {}}},
        {"unavailable with a code",
         "<agentACDState>Unavailable</agentACDState><agentUnavailableCode>12</agentUnavailableCode>",
         {AgentState::unavailable, "12", {}}},
        {"no code",
         "<agentACDState>Wrap-Up</agentACDState><agentUnavailableCode x:nil=\"true\"/>",
         {AgentState::wrap_up, "", {}}},
        {"queues",
         "<agentACDState>Sign-In</agentACDState><callCenterList><callCenterDetails><serviceUserId>support@example.net</"
         "serviceUserId><available>true</available>"
         "<phoneNumber>tel:+31201231900</phoneNumber><extension>1900</extension></"
         "callCenterDetails><callCenterDetails><serviceUserId>sales@example.net</serviceUserId></callCenterDetails></"
         "callCenterList>",
         {AgentState::sign_in,
          {},
          {{"support@example.net", true, "+31201231900", "1900"}, {"sales@example.net", {}, "", ""}}}},
        {"no state", "<callCenterList/>", {AgentState::unknown, {}, {}}},
        {"a new word", "<agentACDState>Meditating</agentACDState>", {AgentState::unknown, {}, {}}},
    });
    for (auto state : {AgentState::unknown, AgentState::sign_in, AgentState::available, AgentState::unavailable,
                       AgentState::wrap_up, AgentState::sign_out})
        check_round_trip(CallCenter{state, {}, {}});
    check_round_trip(CallCenter{AgentState::unavailable, "12", {{"support@example.net", true, "", ""}}});
    check_round_trip(CallCenter{AgentState::available, "", {}});
    CHECK(inner(write_service(CallCenter{AgentState::unavailable, "12", {}})) ==
          "<agentACDState>Unavailable</agentACDState><agentUnavailableCode>12</agentUnavailableCode>");
    CHECK(inner(write_service(CallCenter{AgentState::unknown, {}, {{"a@b", false, "1", "2"}}})) ==
          "<callCenterList><callCenterDetails><serviceUserId>a@b</serviceUserId><available>false</available></"
          "callCenterDetails></callCenterList>");
    CHECK(has(refusal(CallCenter{AgentState::available, "12345678901", {}}), "ten characters"));
    CHECK(has(refusal(CallCenter{AgentState::unknown, {}, {{"", true, "", ""}}}), "no user id"));
}

TEST_CASE("texts are escaped") {
    CHECK(inner(write_service(CallCenter{AgentState::unavailable, "<&>\"'", {}})) ==
          "<agentACDState>Unavailable</agentACDState><agentUnavailableCode>&lt;&amp;&gt;&quot;&apos;</"
          "agentUnavailableCode>");
    check_round_trip(CallCenter{AgentState::unavailable, "<&>\"'", {}});
}

TEST_CASE("frames that are accepted and frames that are not") {
    struct Frame {
        const char* what;
        std::string body;
        const char* error; // nullptr: read as active
    };
    const Frame rows[] = {
        {"as usual", document("DoNotDisturb", "<active>true</active>"), nullptr},
        {"prefixed",
         R"(<q:DoNotDisturb xmlns:q="http://schema.broadsoft.com/xsi"><q:active>true</q:active></q:DoNotDisturb>)",
         nullptr},
        {"no declaration",
         R"(<DoNotDisturb xmlns="http://schema.broadsoft.com/xsi"><active>true</active></DoNotDisturb>)", nullptr},
        {"Latin-1, declared",
         "<?xml version=\"1.0\" "
         "encoding=\"ISO-8859-1\"?><DoNotDisturb><active>true</active><n>M\xFCller</n></DoNotDisturb>",
         nullptr},
        {"Latin-1, not declared", "<DoNotDisturb><active>true</active><n>M\xFCller</n></DoNotDisturb>", nullptr},
        {"another service", document("CallForwardingBusy", "<active>true</active>"),
         "The answer is a CallForwardingBusy where a DoNotDisturb should be."},
        {"an error", document("ErrorInfo", "<summaryEnglish>no</summaryEnglish>"), "The answer is a ErrorInfo"},
        {"a web page", "<!DOCTYPE html><html><body>Are you a robot?</body></html>", "DOCTYPE"},
        {"a page without DOCTYPE", "<html><body>active</body></html>", "The answer is a html"},
        {"nothing", "", "empty"},
        {"JSON", R"({"DoNotDisturb":{"active":{"$":"true"}}})", "line 1"},
        {"cut off", R"(<DoNotDisturb xmlns="http://schema.broadsoft.com/xsi"><active>tr)", "line 1"},
        {"an entity", "<!DOCTYPE a [<!ENTITY e 'true'>]><DoNotDisturb><active>&e;</active></DoNotDisturb>", "DOCTYPE"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        auto settings = read_service<DoNotDisturb>(row.body);
        CHECK(settings.has_value() == (row.error == nullptr));
        if (settings) CHECK(settings->active);
        if (settings || row.error == nullptr) continue;
        CHECK(settings.error().category == Category::protocol);
        CHECK_MESSAGE(has(settings.error().text, row.error), settings.error().text);
    }
}

TEST_CASE("services of a user") {
    auto services = read_services(document(
        "Services", "<service><name>Do Not Disturb</name><uri>/v2.0/user/a/services/DoNotDisturb</uri></service>"
                    "<other/><service><name>Voice Messaging User</name><uri "
                    "x:nil=\"true\"/></service><service><name>Caller ID</name></service>"));
    REQUIRE(services);
    CHECK(*services == std::vector<ServiceName>{{"Do Not Disturb", "/v2.0/user/a/services/DoNotDisturb"},
                                                {"Voice Messaging User", ""},
                                                {"Caller ID", ""}});
    CHECK(read_services(document("Services", ""))->empty());
    CHECK_FALSE(read_services(document("Service", "")));
}

TEST_CASE("profile") {
    auto profile = read_profile(
        document("Profile", "<details><userId>alice@example.net</userId><lastName>M\xC3\xBCller</"
                            "lastName><firstName>Alice</firstName><groupId>Head Office</groupId>"
                            "<serviceProvider "
                            "isEnterprise=\"true\">Acme</serviceProvider><number>tel:201230002</"
                            "number><extension>2002</extension></details>"
                            "<additionalDetails><mobile>+31-612345678</mobile><emailAddress>a@example.net</"
                            "emailAddress><title>Dr</title><department>Sales</department></additionalDetails>"
                            "<passwordExpiresDays>90</passwordExpiresDays><scheduleList>/v2.0/user/a/profile/Schedule</"
                            "scheduleList><countryCode>31</countryCode>"
                            "<nationalPrefix>0</nationalPrefix><timeZone>Europe/Amsterdam</timeZone>"));
    REQUIRE_MESSAGE(profile, profile.error().text);
    CHECK(profile->user_id == "alice@example.net");
    CHECK(profile->first_name == "Alice");
    CHECK(profile->last_name == "M\xC3\xBCller");
    CHECK(profile->group == "Head Office");
    CHECK(profile->service_provider == "Acme");
    CHECK(profile->enterprise);
    CHECK(profile->number == "201230002");
    CHECK(profile->extension == "2002");
    CHECK(profile->mobile == "+31612345678");
    CHECK(profile->email == "a@example.net");
    CHECK(profile->title == "Dr");
    CHECK(profile->department == "Sales");
    CHECK(profile->country_code == "31");
    CHECK(profile->national_prefix == "0");
    CHECK(profile->time_zone == "Europe/Amsterdam");
    CHECK(profile->password_expires_days == 90);
    CHECK(profile->schedules_uri == "/v2.0/user/a/profile/Schedule");

    auto bare = read_profile(document("Profile", "<details><userId>a@b</userId><lastName/><firstName/></details>"));
    REQUIRE(bare);
    CHECK_FALSE(bare->enterprise);
    CHECK(bare->number.empty());
    CHECK_FALSE(bare->password_expires_days);
    CHECK_FALSE(read_profile(document("Profile", "")));
    CHECK_FALSE(read_profile(document("Profile", "<details/>")));
}

TEST_CASE("directory pages") {
    auto page = read_directory(document(
        "Enterprise",
        "<startIndex>1</startIndex><numberOfRecords>4</numberOfRecords><totalAvailableRecords>120</"
        "totalAvailableRecords><enterpriseDirectory>"
        "<directoryDetails><userId>alice@example.net</userId><lastName>Young</lastName><firstName>Alice</"
        "firstName><groupId>HQ</groupId><number>+31-201230002</number>"
        "<extension>2002</extension><additionalDetails><mobile>tel:+31612345678</mobile><emailAddress>a@example.net</"
        "emailAddress><department>Sales</department></additionalDetails></directoryDetails>"
        "<directoryDetails><mobile>0612</mobile><emailAddress>b@example.net</emailAddress><userId>bob@example.net</"
        "userId></directoryDetails>"
        "<directoryDetails><userId>queue@example.net</userId><lastName>Support</lastName><firstName>Call "
        "Center</firstName></directoryDetails>"
        "<directoryDetails><lastName>Nobody</lastName></directoryDetails></enterpriseDirectory>"));
    REQUIRE_MESSAGE(page, page.error().text);
    CHECK(page->records == 4);
    CHECK(page->total == 120);
    REQUIRE(page->entries.size() == 3);
    const auto& alice = page->entries[0];
    CHECK(alice.user_id == "alice@example.net");
    CHECK(alice.first_name == "Alice");
    CHECK(alice.last_name == "Young");
    CHECK(alice.group == "HQ");
    CHECK(alice.number == "+31201230002");
    CHECK(alice.extension == "2002");
    CHECK(alice.mobile == "+31612345678");
    CHECK(alice.email == "a@example.net");
    CHECK(alice.department == "Sales");
    CHECK_FALSE(alice.virtual_user);
    CHECK(page->entries[1].mobile == "0612");
    CHECK(page->entries[1].email == "b@example.net");
    CHECK(page->entries[2].virtual_user);

    auto group = read_directory(document(
        "Group", "<groupDirectory><directoryDetails><userId>a@b</userId></directoryDetails></groupDirectory>"));
    REQUIRE(group);
    CHECK(group->records == 1); // not told: counted
    CHECK(group->total == 0);
    CHECK(read_directory(document("Enterprise", "<numberOfRecords>0</numberOfRecords><enterpriseDirectory/>"))
              ->entries.empty());
    CHECK_FALSE(read_directory(document("Personal", "")));
    CHECK_FALSE(read_directory(""));
}

TEST_CASE("users that are no people") {
    struct Name {
        const char* first;
        bool is_virtual;
    };
    const Name rows[] = {{"Hunt Group", true},
                         {"Call Center", true},
                         {"Auto Attendant", true},
                         {"Voice Messaging Group", true},
                         {"Meet-Me Conferencing", true},
                         {"hunt group", true},
                         {"Hunter", false},
                         {"Call Center 2", false},
                         {"", false}};
    for (const auto& row : rows) {
        CAPTURE(std::string(row.first));
        auto page = read_directory(document("Group", "<directoryDetails><userId>a@b</userId><firstName>"s + row.first +
                                                         "</firstName></directoryDetails>"));
        REQUIRE(page);
        CHECK(page->entries.at(0).virtual_user == row.is_virtual);
    }
}

TEST_CASE("call logs") {
    const std::string entries =
        "<callLogsEntry><countryCode>31</countryCode><phoneNumber>tel:+31612345678</phoneNumber><name>Bob</"
        "name><time>2026-01-02T10:00:00.250+01:00</time><callLogId>1:0</callLogId></callLogsEntry>"
        "<callLogsEntry><phoneNumber>Unavailable</phoneNumber><name>Unavailable</name><time>yesterday</time></"
        "callLogsEntry>";
    for (const auto& body :
         {document("missed", entries),
          document("CallLogs", "<placed><callLogsEntry/></placed><missed>" + entries + "</missed>")}) {
        auto log = read_call_log(body, "missed");
        REQUIRE_MESSAGE(log, log.error().text);
        REQUIRE(log->size() == 2);
        const auto& first = log->at(0);
        CHECK(first.number == "+31612345678");
        CHECK(first.name == "Bob");
        CHECK(first.country_code == "31");
        CHECK(first.id == "1:0");
        REQUIRE(first.time);
        CHECK(rfc3339(*first.time) == "2026-01-02T09:00:00.250Z");
        CHECK(log->at(1).number.empty());
        CHECK(log->at(1).name.empty());
        CHECK_FALSE(log->at(1).time);
    }
    CHECK(read_call_log(document("CallLogs", ""), "placed")->empty());
    const std::string enhanced = "<startIndex>1</startIndex><received><enhancedCallLogsExtendedEntry><phoneNumber>2002"
                                 "</phoneNumber></enhancedCallLogsExtendedEntry></received>";
    for (const auto& body : {document("CallLogs", "<placed><callLogsEntry/></placed><missed>" + entries +
                                                      "</missed><received><callLogsEntry><phoneNumber>2002"
                                                      "</phoneNumber></callLogsEntry></received>"),
                             document("EnhancedCallLogs", enhanced)}) {
        auto logs = read_call_logs(body);
        REQUIRE_MESSAGE(logs, logs.error().text);
        REQUIRE(logs->received.size() == 1);
        CHECK(logs->received[0].number == "2002");
        CHECK(logs->missed.size() == (logs->placed.empty() ? 0 : 2));
    }
    CHECK_FALSE(read_call_logs(document("missed", entries)));
    CHECK_FALSE(read_call_log(document("placed", ""), "missed"));
}

TEST_CASE("login token") {
    CHECK(read_login_token(document("LoginToken", "<token>abc</token>")) == "abc");
    CHECK_FALSE(read_login_token(document("LoginToken", "")));
    CHECK_FALSE(read_login_token(document("Token", "<token>abc</token>")));
}

TEST_CASE("calls, hook status, errors") {
    CHECK(read_calls(document("Calls", "<call "
                                       "inConference=\"true\"><callId>1:0</callId></call><call><callId>2:0</"
                                       "callId><uri>/x</uri></call><call/>")) ==
          std::vector<std::string>{"1:0", "2:0"});
    CHECK(read_hook_status(document("HookStatus", "<hookStatus>Off-Hook</hookStatus>")) == HookStatus::off_hook);
    auto start =
        read_call_start(document("CallStartInfo", "<callId>1:0</callId><externalTrackingId>62:1</externalTrackingId>"));
    REQUIRE(start);
    CHECK(start->call_id == "1:0");
    CHECK(start->tracking_id == "62:1");
    auto call =
        read_call(document("Call", "<callId>1:0</callId><personality>Terminator</personality><state>Alerting</"
                                   "state><remoteParty><privacy/></remoteParty><startTime>1767225600000</startTime>"));
    REQUIRE(call);
    CHECK(call->state == CallState::alerting);
    CHECK(call->remote.privacy);
    CHECK(call->started);
    CHECK_FALSE(call->answered);
    CHECK_FALSE(read_call(document("Call", "")));
    auto error = read_error("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><ErrorInfo "
                            "xmlns=\"http://schema.broadsoft.com/xsi\"><summary>n\xFCnft</summary><summaryEnglish>User "
                            "not found</summaryEnglish><errorCode>4008</errorCode></ErrorInfo>");
    REQUIRE(error);
    CHECK(error->summary == "User not found");
    CHECK(error->code == 4008);
    CHECK_FALSE(read_error("<html/>"));
}
