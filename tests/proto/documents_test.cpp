// What we send to XSI is escaped and in the schema's order; what requests are answered with is read leniently.
#include "here.hpp"
#include "proto/xsi/documents.hpp"

using namespace testing;
using namespace lamp::xsi;

namespace {
const std::string ns = " xmlns=\"http://schema.broadsoft.com/xsi\">";
const std::string opening = std::string(declaration) + "\n<";
} // namespace

TEST_CASE("written: order of the schema (xsi.md 4.1, 5.2, 6.2)") {
    CHECK(write_channel({"urn:cti:site1:7f3c", 1, 50, 3600, "urn:cti:site1"}) ==
          opening + "Channel" + ns +
              "<channelSetId>urn:cti:site1:7f3c</channelSetId><priority>1</priority><weight>50</weight>"
              "<expires>3600</expires><applicationId>urn:cti:site1</applicationId></Channel>");
    CHECK(write_channel_refresh(3600) == opening + "Channel" + ns + "<expires>3600</expires></Channel>");
    CHECK(write_subscription({"Advanced Call", 3600, "set-1", "app-1"}) ==
          opening + "Subscription" + ns +
              "<event>Advanced Call</event><expires>3600</expires><channelSetId>set-1</channelSetId>"
              "<applicationId>app-1</applicationId></Subscription>");
    CHECK(write_subscription_refresh(1800) == opening + "Subscription" + ns + "<expires>1800</expires></Subscription>");
    CHECK(write_event_response("2b0e8f8e") ==
          opening + "EventResponse" + ns +
              "<eventID>2b0e8f8e</eventID><statusCode>200</statusCode><reason>OK</reason></EventResponse>");
}

TEST_CASE("written: nothing that we are given can break out of its element") {
    const std::string evil = "a</eventID><statusCode>481</statusCode>&\"'\x01";
    const std::string safe = "a&lt;/eventID&gt;&lt;statusCode&gt;481&lt;/statusCode&gt;&amp;&quot;&apos;";
    CHECK(write_event_response(evil).find("<eventID>" + safe + "</eventID><statusCode>200<") != std::string::npos);
    CHECK(write_channel({evil, 1, 50, 3600, evil}).find("<applicationId>" + safe + "</applicationId>") !=
          std::string::npos);
    CHECK(write_subscription({evil, 1, evil, evil}).find("<event>" + safe + "</event>") != std::string::npos);
}

TEST_CASE("read: subscription answers") {
    auto plain = read_subscription(opening + "Subscription" + ns +
                                   "<subscriptionId>0c2c</subscriptionId><expires>86400</expires></Subscription>");
    REQUIRE(plain.has_value());
    CHECK(plain->subscription_id == "0c2c");
    CHECK(plain->expires_s == 86400);
    auto prefixed = read_subscription(
        "<x:Subscription xmlns:x='http://schema.broadsoft.com/xsi'><x:new/><x:expires>never</x:expires>"
        "<x:subscriptionId> 7 </x:subscriptionId></x:Subscription>");
    REQUIRE(prefixed.has_value());
    CHECK(prefixed->subscription_id == "7");
    CHECK(prefixed->expires_s == 3600); // unreadable: the schema's default
    for (std::string_view bad :
         {"", "OK", "<html/>", "<Subscription/>", "<Channel><subscriptionId>1</subscriptionId></Channel>",
          "<Subscription><subscriptionId/></Subscription>"}) {
        CAPTURE(bad);
        CHECK(read_subscription(bad).error().category == Category::protocol);
    }
}

TEST_CASE("read: what a refresh of a channel was granted") {
    CHECK(read_channel_expiry("<Channel><expires>1800</expires></Channel>") == 1800);
    CHECK(read_channel_expiry("<Channel/>") == std::nullopt);
    CHECK(read_channel_expiry("") == std::nullopt); // an empty 200 is common
    CHECK(read_channel_expiry("<html/>") == std::nullopt);
}

TEST_CASE("read: ErrorInfo, in whatever language and encoding") {
    struct Row {
        std::string_view body;
        std::optional<std::string_view> summary;
        int code;
    };
    const Row rows[] = {
        {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><ErrorInfo "
         "xmlns=\"http://schema.broadsoft.com/xsi\"><summary>Gebruiker "
         "niet gevonden</summary><summaryEnglish>User not found: "
         "x@example.net</summaryEnglish><errorCode>4008</errorCode></ErrorInfo>",
         "User not found: x@example.net", 4008},
        {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><ErrorInfo><summary>Benutzer M\xfcller</summary></ErrorInfo>",
         "Benutzer M\xc3\xbcller", 0},
        {"<ErrorInfo><errorCode>none</errorCode></ErrorInfo>", "", 0},
        {"", std::nullopt, 0},
        {"<html><body>503</body></html>", std::nullopt, 0},
        {"503 Service Unavailable", std::nullopt, 0},
    };
    for (const Row& row : rows) {
        auto error = read_error(row.body);
        CHECK(error.has_value() == row.summary.has_value());
        if (!error || !row.summary) continue;
        CHECK(error->summary == *row.summary);
        CHECK(error->code == row.code);
    }
}

TEST_CASE("read: calls, a call, hook status, the start of a call") {
    auto none = read_calls("<Calls xmlns='http://schema.broadsoft.com/xsi'/>");
    REQUIRE(none.has_value());
    CHECK(none->empty());
    auto two = read_calls("<Calls><call><callId>h-1:0</callId><uri>/v2.0/user/a/calls/h-1:0</uri></call><other/>"
                          "<call inConference=\"true\"><callId>h-2:0</callId></call><call/></Calls>");
    REQUIRE(two.has_value());
    CHECK(*two == std::vector<std::string>{"h-1:0", "h-2:0"});
    CHECK_FALSE(read_calls("<Call/>").has_value());

    auto call = read_call(
        "<Call><callId>h-1:0</callId><extTrackingId>9:1</extTrackingId><personality>Originator</personality>"
        "<state>Remote Held</state><remoteParty><name>Bob</name><address>tel:2002</address><userId>b@x</userId>"
        "</remoteParty><startTime>1000</startTime><answerTime>-1</answerTime></Call>");
    REQUIRE(call.has_value());
    CHECK(call->call_id == "h-1:0");
    CHECK(call->tracking_id == "9:1");
    CHECK(call->personality == Personality::originator);
    CHECK(call->state == CallState::remote_held);
    CHECK(call->remote.name == "Bob");
    CHECK(call->remote.address == "tel:2002");
    CHECK(call->remote.user_id == "b@x");
    CHECK_FALSE(call->remote.privacy);
    CHECK(call->started == Wall(milliseconds(1000)));
    CHECK_FALSE(call->answered.has_value());
    auto withheld = read_call("<Call><callId>1</callId><remoteParty><privacy/></remoteParty></Call>");
    REQUIRE(withheld.has_value());
    CHECK(withheld->remote.privacy);
    CHECK(read_call("<Call><callId>1</callId></Call>").has_value());
    CHECK_FALSE(read_call("<Call/>").has_value());

    CHECK(read_hook_status("<HookStatus><hookStatus>Off-Hook</hookStatus></HookStatus>") == HookStatus::off_hook);
    CHECK(read_hook_status("<HookStatus/>") == HookStatus::unknown);
    CHECK_FALSE(read_hook_status("").has_value());

    for (const std::string wrap : {"messageSummary", "summary"}) {
        const auto counts = read_messages("<VoiceMailMessageSummary><" + wrap +
                                          "><newMessages>3</newMessages><oldUrgentMessages>2</oldUrgentMessages></" +
                                          wrap + "></VoiceMailMessageSummary>");
        REQUIRE(counts.has_value());
        CHECK(*counts == MessageCounts{.fresh = 3, .old_urgent = 2});
    }
    CHECK(read_messages("<VoiceMailMessageSummary><newMessages>1</newMessages></VoiceMailMessageSummary>")->fresh == 1);
    CHECK(read_messages("<VoiceMailMessageSummary/>") == MessageCounts());
    CHECK_FALSE(read_messages("<Calls/>").has_value());

    auto start = read_call_start(
        "<CallStartInfo><callId>h-3:0</callId><externalTrackingId>9:2</externalTrackingId></CallStartInfo>");
    REQUIRE(start.has_value());
    CHECK(start->call_id == "h-3:0");
    CHECK(start->tracking_id == "9:2"); // the name differs from the event's extTrackingId
    CHECK(read_call_start("<CallStartInfo><extTrackingId>9:3</extTrackingId></CallStartInfo>")->tracking_id == "9:3");
    CHECK_FALSE(read_call_start("<Call/>").has_value());
}
