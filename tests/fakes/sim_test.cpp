// The simulator against a raw socket client of its own: strictness, framing, acknowledgements, call scenarios.
// Nothing here knows the daemon; what a line says is what xsi.md says.
#include "raw_client.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
namespace json = boost::json;

const std::string admin = "Basic Y3RpYWRtaW5AZXhhbXBsZS5uZXQ6c2VjcmV0";           // ctiadmin@example.net:secret
const std::string group_admin = "Basic Z3JvdXBhZG1pbkBleGFtcGxlLm5ldDpzZWNyZXQ="; // groupadmin@example.net:secret
const std::string wrong_password = "Basic Y3RpYWRtaW5AZXhhbXBsZS5uZXQ6d3Jvbmc=";
const std::string events_root = "/com.broadsoft.xsi-events/v2.0";
const std::string actions_root = "/com.broadsoft.xsi-actions/v2.0";
const std::string channel_path = "/com.broadsoft.async/com.broadsoft.xsi-events/v2.0/channel";
const std::string ns = R"( xmlns="http://schema.broadsoft.com/xsi")";

using raw::Answer;
using raw::request_text;
using raw::Socket;
using raw::unchunked;

Answer ask(const std::string& url, const std::string& method, const std::string& path, const std::string& body = {},
           const std::string& auth = admin, const std::string& extra = {}) {
    return raw::ask(url, method, path, body, auth, extra);
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const auto begin = text.find(before);
    if (begin == std::string::npos) return {};
    const auto end = text.find(after, begin + before.size());
    return text.substr(begin + before.size(), end - begin - before.size());
}

std::string channel_body(const std::string& set, const std::string& more = {},
                         const std::string& application = "test") {
    return "<Channel" + ns + "><channelSetId>" + set + "</channelSetId>" + more + "<applicationId>" + application +
           "</applicationId></Channel>";
}

std::string ack_body(const std::string& event, const std::string& status = "200", const std::string& reason = "OK") {
    return "<EventResponse" + ns + "><eventID>" + event + "</eventID><statusCode>" + status + "</statusCode><reason>" +
           reason + "</reason></EventResponse>";
}

// A channel: its stream is cut at the end tag of a root element, as plainly as possible.
class Stream {
public:
    Stream(const sim::World& world, int xsp, const std::string& body, std::string auth = admin)
        : url(world.xsp_url(xsp)), socket(url), auth_(std::move(auth)) {
        socket.send(request_text("POST", channel_path, body, auth_, {}));
        const std::string first = next();
        id = between(first, "<channelId>", "<");
        expires = between(first, "<expires>", "<");
        cookie = between(head, "JSESSIONID=", ";");
    }

    // The next document, acknowledged when it is an event; "" when none comes in time.
    std::string next(std::chrono::milliseconds limit = 3000ms) {
        const auto until = Clock::now() + limit;
        for (;;) {
            decode();
            if (std::string document = cut(); !document.empty()) {
                const std::string event = between(document, "eventID>", "<");
                if (acknowledge && !event.empty())
                    acks.push_back(
                        ask(url, "POST", events_root + "/channel/eventresponse", ack_body(event), auth_).status);
                return document;
            }
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
            if (left <= 0ms || !socket.read(left)) return {};
        }
    }

    // Types of the next events of `target`, with the call state; other targets are passed over.
    std::vector<std::string> types(const std::string& target, std::size_t count) {
        std::vector<std::string> found;
        while (found.size() < count) {
            const std::string document = next();
            if (document.empty()) break;
            if (between(document, "targetId>", "<") != target) continue;
            last = document;
            std::string type = between(document, "eventData xsi1:type=\"xsi:", "\"");
            const std::string state = between(document, "<xsi:state>", "<");
            found.push_back(state.empty() ? type : type + " " + state);
        }
        return found;
    }

    std::string url;
    Socket socket;
    std::string head;
    std::string id;
    std::string expires;
    std::string cookie;
    std::string last;
    std::vector<std::size_t> chunks;
    std::vector<int> acks;
    bool acknowledge = true;
    bool ended = false;

private:
    void decode() {
        if (head.empty()) {
            const auto end = socket.data.find("\r\n\r\n");
            if (end == std::string::npos) return;
            head = socket.data.substr(0, end);
            socket.data.erase(0, end + 4);
        }
        for (;;) {
            const auto line = socket.data.find("\r\n");
            if (line == std::string::npos) return;
            const std::size_t size = std::strtoul(socket.data.c_str(), nullptr, 16);
            if (socket.data.size() < line + 2 + size + 2) return;
            if (size == 0)
                ended = true;
            else
                chunks.push_back(size);
            text_ += socket.data.substr(line + 2, size);
            socket.data.erase(0, line + 2 + size + 2);
        }
    }

    std::string cut() {
        std::size_t root = 0;
        while ((root = text_.find('<', root)) != std::string::npos && root + 1 < text_.size() && text_[root + 1] == '?')
            ++root;
        if (root == std::string::npos) return {};
        const auto name_end = text_.find_first_of(" />\n", root + 1);
        if (name_end == std::string::npos) return {};
        const std::string name = text_.substr(root + 1, name_end - root - 1);
        const auto tag_end = text_.find('>', name_end);
        if (tag_end == std::string::npos) return {};
        std::size_t end = tag_end + 1;
        if (text_[tag_end - 1] != '/') {
            const std::string close = "</" + name + ">";
            const auto at = text_.find(close, tag_end);
            if (at == std::string::npos) return {};
            end = at + close.size();
        }
        std::string document = text_.substr(0, end);
        text_.erase(0, end);
        return document;
    }

    std::string text_;
    std::string auth_;
};

struct Setup {
    explicit Setup(int xsps = 1, std::function<void(sim::Options&)> change = {}) : world(options(xsps, change)) {
        world.start();
        url = world.xsp_url(0);
        const std::string csv(command("people_csv").at("csv").as_string());
        for (std::size_t at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1)
            users.push_back(csv.substr(at, csv.find(',', at) - at));
    }

    static sim::Options options(int xsps, const std::function<void(sim::Options&)>& change) {
        sim::Options o;
        o.xsps = xsps;
        o.people = 12;
        if (change) change(o);
        return o;
    }

    json::object command(std::string_view name, json::object arguments = {}) {
        const auto answer = world.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : answer.error()));
        return answer->as_object();
    }
    std::string mistake(std::string_view name, json::object arguments) {
        const auto answer = world.command(name, std::move(arguments));
        return answer ? std::string() : answer.error();
    }
    std::int64_t counter(const char* name) {
        return command("state").at("counters").at(name).to_number<std::int64_t>();
    }

    Answer subscribe(const std::string& user, const std::string& set = "s",
                     const std::string& package = "Advanced Call", const std::string& auth = admin) {
        return ask(url, "POST", events_root + "/user/" + user, subscription(set, package), auth);
    }
    static std::string subscription(const std::string& set, const std::string& package) {
        return "<Subscription" + ns + "><event>" + package + "</event><expires>3600</expires><channelSetId>" + set +
               "</channelSetId><applicationId>test</applicationId></Subscription>";
    }

    sim::World world;
    std::string url;
    std::vector<std::string> users;
};

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("requests are refused as the real service refuses them") {
    Setup s;
    const std::string user = actions_root + "/user/" + s.users[0];
    struct Row {
        const char* what;
        std::string method, path, body, auth;
        int status;
    };
    const Row rows[] = {
        {"profile", "GET", user + "/profile", "", admin, 200},
        {"resource names in any case", "GET", user + "/CALLS/hookSTATUS", "", admin, 200},
        {"percent-encoded id", "GET", actions_root + "/user/" + "x%40example.net/profile", "", admin, 404},
        {"an administrator is not a user", "GET", actions_root + "/user/ctiadmin@example.net/profile", "", admin, 404},
        {"no credentials", "GET", user + "/profile", "", "", 401},
        {"wrong password", "GET", user + "/profile", "", wrong_password, 401},
        {"unknown service", "GET", user + "/services/Teleport", "", admin, 404},
        {"unassigned service", "GET", user + "/services/CallCenter", "", admin, 404},
        {"enhanced call logs", "GET", user + "/directories/EnhancedCallLogs", "", admin, 404},
        {"wrong version", "GET", "/com.broadsoft.xsi-actions/v3.0/user/" + s.users[0] + "/profile", "", admin, 404},
        {"wrong method", "POST", user + "/calls", "", admin, 405},
        {"no namespace", "PUT", user + "/services/DoNotDisturb", "<DoNotDisturb><active>true</active></DoNotDisturb>",
         admin, 400},
        {"wrong root", "PUT", user + "/services/DoNotDisturb",
         "<CallForwardingAlways" + ns + "><active>true</active></CallForwardingAlways>", admin, 400},
        {"order", "PUT", user + "/services/DoNotDisturb",
         "<DoNotDisturb" + ns + "><ringSplash>false</ringSplash><active>true</active></DoNotDisturb>", admin, 400},
        {"mandatory", "PUT", user + "/services/DoNotDisturb",
         "<DoNotDisturb" + ns + "><ringSplash>false</ringSplash></DoNotDisturb>", admin, 400},
        {"unknown element", "PUT", user + "/services/DoNotDisturb",
         "<DoNotDisturb" + ns + "><active>true</active><x/></DoNotDisturb>", admin, 400},
        {"not a boolean", "PUT", user + "/services/DoNotDisturb",
         "<DoNotDisturb" + ns + "><active>yes</active></DoNotDisturb>", admin, 400},
        {"not XML", "PUT", user + "/services/DoNotDisturb", "<DoNotDisturb" + ns + "><active>true</DoNotDisturb>",
         admin, 400},
        {"DOCTYPE", "PUT", user + "/services/DoNotDisturb",
         "<!DOCTYPE x><DoNotDisturb" + ns + "><active>true</active></DoNotDisturb>", admin, 400},
        {"partial PUT", "PUT", user + "/services/DoNotDisturb",
         "<DoNotDisturb" + ns + "><active>true</active></DoNotDisturb>", admin, 200},
        {"forward without a number", "PUT", user + "/services/CallForwardingAlways",
         "<CallForwardingAlways" + ns + "><active>true</active></CallForwardingAlways>", admin, 400},
        {"forward to nonsense", "PUT", user + "/services/CallForwardingAlways",
         "<CallForwardingAlways" + ns +
             "><active>true</active><forwardToPhoneNumber>my mum</forwardToPhoneNumber></CallForwardingAlways>",
         admin, 400},
        {"forward", "PUT", user + "/services/CallForwardingAlways",
         "<CallForwardingAlways" + ns +
             "><active>true</active><forwardToPhoneNumber>0612345678</forwardToPhoneNumber></CallForwardingAlways>",
         admin, 200},
        {"nil needs the instance namespace", "PUT", user + "/services/CallForwardingAlways",
         "<CallForwardingAlways" + ns +
             R"(><active>false</active><forwardToPhoneNumber nil="true"/></CallForwardingAlways>)",
         admin, 400},
        {"nil", "PUT", user + "/services/CallForwardingAlways",
         "<CallForwardingAlways" + ns +
             R"( xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><active>false</active><forwardToPhoneNumber i:nil="true"/></CallForwardingAlways>)",
         admin, 200},
        {"too few rings", "PUT", user + "/services/CallForwardingNoAnswer",
         "<CallForwardingNoAnswer" + ns +
             "><active>false</active><numberOfRings>99</numberOfRings></CallForwardingNoAnswer>",
         admin, 400},
        {"hold without a call", "PUT", user + "/calls/callhalf-1:0/Hold", "", admin, 404},
        {"dial nothing", "POST", user + "/calls/new?address=", "", admin, 400},
        {"page zero", "GET", user + "/directories/Enterprise?start=0", "", admin, 400},
        {"unknown search", "GET", user + "/directories/Enterprise?shoeSize=43", "", admin, 400},
        {"channel by GET", "GET", channel_path, "", admin, 405},
        {"channel order", "POST", channel_path,
         "<Channel" + ns + "><expires>1</expires><channelSetId>a</channelSetId></Channel>", admin, 400},
        {"channel weight", "POST", channel_path,
         "<Channel" + ns + "><channelSetId>a</channelSetId><weight>0</weight></Channel>", admin, 400},
        {"subscribe without a channel set", "POST", events_root + "/user/" + s.users[0],
         Setup::subscription("nowhere", "Advanced Call"), admin, 404},
        {"heartbeat of nothing", "PUT", events_root + "/channel/00000000-0000-4000-8000-000000000001/heartbeat", "",
         admin, 404},
        {"ack without reason", "POST", events_root + "/channel/eventresponse", ack_body("x", "200", ""), admin, 400},
        {"ack with odd status", "POST", events_root + "/channel/eventresponse", ack_body("x", "299"), admin, 400},
        {"ack of an unknown event", "POST", events_root + "/channel/eventresponse",
         ack_body("00000000-0000-4000-8000-000000000009"), admin, 404},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const Answer answer = ask(s.url, row.method, row.path, row.body, row.auth);
        CHECK(answer.status == row.status);
        if (answer.status == 400) CHECK(answer.body.find("<errorCode>") != std::string::npos);
    }
    CHECK(ask(s.url, "GET", user + "/profile", "", "").head.find("WWW-Authenticate") != std::string::npos);
    CHECK(ask(s.url, "GET", user + "/profile", "", "", "X-BroadWorks-No-AuthChallenge: true\r\n")
              .head.find("WWW-Authenticate") == std::string::npos);
    CHECK(ask(s.url, "PUT", user + "/services/DoNotDisturb", "", admin, "").status == 400);
    CHECK(s.counter("refused_acks") == 2);
    CHECK(s.counter("unknown_acks") == 1);
}

TEST_CASE("scopes: users see themselves, group administrators their group") {
    Setup s;
    Stream stream(s.world, 0, channel_body("g", "", "ga"), group_admin);
    REQUIRE(!stream.id.empty());
    int allowed = 0;
    int refused = 0;
    for (const std::string& user : s.users) {
        const int status = s.subscribe(user, "g", "Do Not Disturb", group_admin).status;
        allowed += status == 200;
        refused += status == 403;
    }
    CHECK(allowed > 0);
    CHECK(refused > 0);
    CHECK(allowed + refused == static_cast<int>(s.users.size()));
    const auto post = [&](const std::string& path) {
        return ask(s.url, "POST", events_root + path, Setup::subscription("g", "Advanced Call"), group_admin).status;
    };
    CHECK(post("/serviceprovider/ACME/group/Amsterdam") == 200);
    CHECK(post("/serviceprovider/ACME/group/Rotterdam%20Zuid/subscription") == 403);
    CHECK(post("/serviceprovider/ACME") == 403);
    CHECK(post("/serviceprovider/OTHER") == 404);
    const std::string token =
        between(ask(s.url, "POST", actions_root + "/user/" + s.users[0] + "/profile/LoginToken").body, "<token>", "<");
    CHECK(ask(s.url, "GET", actions_root + "/user/" + s.users[0] + "/profile", "", "BroadWorksSSO " + token).status ==
          200);
    CHECK(ask(s.url, "GET", actions_root + "/user/" + s.users[0] + "/profile", "", "BroadWorksSSO nonsense").status ==
          401);
}

TEST_CASE("scenario (a): dial, answer, hang up, with hooks and sequence numbers") {
    Setup s;
    const std::string alice = s.users[0];
    const std::string bob = s.users[1];
    for (const std::string& watched : {alice, bob}) {
        // A new set of the same application: the one before ends, with all its subscriptions.
        Stream stream(s.world, 0, channel_body(watched));
        REQUIRE(s.subscribe(watched, watched).status == 200);
        CHECK(stream.types(watched, 1) == Words{"CallSubscriptionEvent"});
        CHECK(stream.last.find("<xsi:sequenceNumber>1<") != std::string::npos);
        s.command("call", {{"from", alice}, {"to", bob}});
        s.command("answer", {{"user", bob}});
        CHECK(std::string(s.command("truth", {{"user", alice}}).at("line").as_string()) == "active");
        s.command("hangup", {{"user", bob}});
        if (watched == alice)
            CHECK(stream.types(alice, 5) == Words{"HookStatusEvent", "CallOriginatedEvent Alerting",
                                                  "CallAnsweredEvent Active", "CallReleasedEvent Released",
                                                  "HookStatusEvent"});
        else
            CHECK(stream.types(bob, 6) == Words{"CallReceivedEvent Alerting", "CallUpdatedEvent Alerting",
                                                "HookStatusEvent", "CallAnsweredEvent Active", "HookStatusEvent",
                                                "CallReleasedEvent Released"});
        CHECK(between(stream.last, "sequenceNumber>", "<") == (watched == alice ? "6" : "7"));
        CHECK(std::all_of(stream.acks.begin(), stream.acks.end(), [](int status) { return status == 200; }));
        CHECK(std::string(s.command("truth", {{"user", bob}}).at("line").as_string()) == "idle");
        ask(s.url, "DELETE", events_root + "/channel/" + stream.id);
        CHECK(stream.next().find("ExplicitDelete") != std::string::npos);
        (void)stream.next(300ms);
        CHECK(stream.ended);
    }
}

TEST_CASE("scenario (d): a consultative transfer") {
    Setup s;
    const std::string alice = s.users[0];
    const std::string bob = s.users[1];
    const std::string carol = s.users[2];
    for (const std::string& watched : {alice, bob, carol}) {
        s.command("settings", {{"detached_release", "never"}});
        // A new set of the same application: the one before ends, with all its subscriptions.
        Stream stream(s.world, 0, channel_body(watched));
        REQUIRE(s.subscribe(watched, watched).status == 200);
        CHECK(stream.types(watched, 1) == Words{"CallSubscriptionEvent"});
        s.command("call", {{"from", bob}, {"to", alice}});
        s.command("answer", {{"user", alice}});
        s.command("transfer", {{"user", alice}, {"kind", "consult"}, {"to", carol}});
        CHECK(std::string(s.command("truth", {{"user", alice}}).at("line").as_string()) == "held");
        s.command("answer", {{"user", carol}});
        s.command("transfer", {{"user", alice}, {"kind", "consult"}});
        if (watched == alice) {
            CHECK(stream.types(alice, 9) == Words{"CallReceivedEvent Alerting", "CallUpdatedEvent Alerting",
                                                  "HookStatusEvent", "CallAnsweredEvent Active", "CallHeldEvent Held",
                                                  "CallOriginatedEvent Alerting", "CallAnsweredEvent Active",
                                                  "HookStatusEvent", "CallRedirectedEvent Detached"});
            CHECK(stream.last.find("<xsi:calls><xsi:call>") != std::string::npos);
            CHECK(stream.last.find("</xsi:call><xsi:call>") != std::string::npos); // both calls in one event
            CHECK(stream.last.find("endpoint") == std::string::npos);
        } else if (watched == bob) {
            CHECK(stream.types(bob, 5) == Words{"HookStatusEvent", "CallOriginatedEvent Alerting",
                                                "CallAnsweredEvent Active", "CallHeldEvent Remote Held",
                                                "CallTransferredEvent Active"});
            CHECK(stream.last.find(carol) != std::string::npos);
        } else {
            CHECK(stream.types(carol, 5) == Words{"CallReceivedEvent Alerting", "CallUpdatedEvent Alerting",
                                                  "HookStatusEvent", "CallAnsweredEvent Active",
                                                  "CallTransferredEvent Active"});
            CHECK(stream.last.find("<xsi:userId>" + bob) != std::string::npos);
        }
        CHECK(std::string(s.command("truth", {{"user", alice}}).at("line").as_string()) == "idle");
        CHECK(std::string(s.command("truth", {{"user", carol}}).at("line").as_string()) == "active");
        s.command("hangup", {{"user", bob}});
        ask(s.url, "DELETE", events_root + "/channel/" + stream.id);
    }
}

TEST_CASE("scenario (e): a blind transfer re-alerts and keeps the answer time") {
    Setup s;
    const std::string alice = s.users[0];
    const std::string bob = s.users[1];
    const std::string carol = s.users[2];
    Stream stream(s.world, 0, channel_body("s"));
    REQUIRE(s.subscribe(bob).status == 200);
    CHECK(stream.types(bob, 1) == Words{"CallSubscriptionEvent"});
    s.command("call", {{"from", bob}, {"to", alice}});
    s.command("answer", {{"user", alice}});
    CHECK(stream.types(bob, 3) == Words{"HookStatusEvent", "CallOriginatedEvent Alerting", "CallAnsweredEvent Active"});
    const std::string answered = between(stream.last, "answerTime>", "<");
    s.command("transfer", {{"user", alice}, {"to", carol}});
    CHECK(stream.types(bob, 1) == Words{"CallTransferredEvent Alerting"});
    CHECK(std::string(s.command("truth", {{"user", bob}}).at("line").as_string()) == "active");
    CHECK(std::string(s.command("truth", {{"user", carol}}).at("line").as_string()) == "ringing");
    s.command("answer", {{"user", carol}});
    CHECK(stream.types(bob, 1) == Words{"CallAnsweredEvent Active"});
    CHECK(between(stream.last, "answerTime>", "<") == answered);
}

TEST_CASE("forwards, do not disturb and withheld numbers act on routing") {
    Setup s;
    const std::string alice = s.users[0];
    const std::string bob = s.users[1];
    const std::string carol = s.users[2];
    Stream stream(s.world, 0, channel_body("s"));
    REQUIRE(s.subscribe(carol).status == 200);
    CHECK(stream.types(carol, 1) == Words{"CallSubscriptionEvent"});
    s.command("forward", {{"user", alice}, {"kind", "always"}, {"to", carol}});
    s.command("call", {{"from", bob}, {"to", alice}});
    CHECK(stream.types(carol, 1) == Words{"CallReceivedEvent Alerting"});
    CHECK(stream.last.find("<xsi:reason>unconditional<") != std::string::npos);
    CHECK(s.command("truth", {{"user", alice}}).at("calls").as_int64() == 0);
    s.command("hangup", {{"user", bob}});
    s.command("forward", {{"user", alice}, {"active", false}});
    s.command("dnd", {{"user", alice}});
    s.command("call", {{"from", bob}, {"to", alice}});
    CHECK(s.command("truth", {{"user", alice}}).at("calls").as_int64() == 0);
    s.command("hangup", {{"user", bob}});
    (void)stream.types(carol, 2);
    s.command("incoming", {{"to", carol}, {"number", "+31612345678"}, {"name", "Hidden"}, {"privacy", true}});
    CHECK(stream.types(carol, 1) == Words{"CallReceivedEvent Alerting"});
    CHECK(stream.last.find("<xsi:privacy/>") != std::string::npos);
    CHECK(stream.last.find("612345678") == std::string::npos);
    CHECK(stream.last.find("Hidden") == std::string::npos);
}

TEST_CASE("Anywhere rings elsewhere, queues offer to agents, parked calls come back") {
    Setup s;
    s.command("settings", {{"wrap_up_ms", 50}});
    const std::string alice = s.users[0];
    const std::string agent = s.users[1]; // folder Support
    Stream stream(s.world, 0, channel_body("s"));
    for (const std::string& user : {alice, agent})
        REQUIRE(s.subscribe(user).status == 200);
    (void)stream.types(agent, 1);
    CHECK(ask(s.url, "PUT", actions_root + "/user/" + alice + "/services/BroadWorksAnywhere",
              "<BroadWorksAnywhere" + ns +
                  "><locations><location><phoneNumber>0687654321</phoneNumber><active>true</active></location></"
                  "locations></BroadWorksAnywhere>")
              .status == 200);
    s.command("incoming", {{"to", alice}, {"number", "+31612345678"}});
    s.command("far", {{"user", alice}, {"what", "elsewhere"}});
    CHECK(stream.types(alice, 5) == Words{"CallReceivedEvent Alerting", "CallUpdatedEvent Alerting",
                                          "CallUpdatedEvent Alerting", "HookStatusEvent", "CallAnsweredEvent Active"});
    CHECK(stream.last.find("BroadWorksAnywhereEndpoint") != std::string::npos);
    s.command("park", {{"user", alice}, {"at", agent}});
    CHECK(stream.types(alice, 2) == Words{"HookStatusEvent", "CallReleasedEvent Released"});
    s.command("unpark", {{"user", alice}, {"at", agent}});
    CHECK(stream.types(alice, 3) ==
          Words{"HookStatusEvent", "CallOriginatedEvent Alerting", "CallAnsweredEvent Active"});
    CHECK(s.mistake("agent", {{"user", alice}, {"state", "Available"}}) == alice + " is not an agent");
    REQUIRE(s.subscribe(agent, "s", "Call Center Agent").status == 200);
    CHECK(stream.types(agent, 1) == Words{"AgentSubscriptionEvent Sign-Out"});
    s.command("agent", {{"user", agent}, {"state", "Sign-In"}});
    CHECK(stream.types(agent, 2) == Words{"AgentStateEvent Sign-In", "AgentStateEvent Available"});
    s.command("incoming", {{"to", "1900"}, {"number", "+31687654321"}});
    CHECK(stream.types(agent, 2) == Words{"CallReceivedEvent Alerting", "CallUpdatedEvent Alerting"});
    CHECK(stream.last.find("<xsi:acdCallInfo>") != std::string::npos);
    CHECK(stream.last.find("<xsi:huntGroupUserId>support.queue@") != std::string::npos);
    s.command("answer", {{"user", agent}});
    s.command("hangup", {{"user", agent}});
    CHECK(stream.types(agent, 6) == Words{"HookStatusEvent", "CallAnsweredEvent Active", "HookStatusEvent",
                                          "CallReleasedEvent Released", "AgentStateEvent Wrap-Up",
                                          "AgentStateEvent Available"});
}

TEST_CASE("a sequential ring goes on to the next location") {
    Setup s;
    s.command("settings", {{"ring_ms", 20}});
    const std::string alice = s.users[0];
    const std::string bob = s.users[1];
    Stream stream(s.world, 0, channel_body("s"));
    REQUIRE(s.subscribe(bob).status == 200);
    (void)stream.types(bob, 1);
    CHECK(ask(s.url, "PUT", actions_root + "/user/" + alice + "/services/SequentialRing",
              "<SequentialRing" + ns +
                  "><location1><address>2001</address></location1><location2><address>0687654321</address></location2>"
                  "<criteriaActivationList><criteriaActivation><criteriaName>all</criteriaName><active>true</active>"
                  "</criteriaActivation></criteriaActivationList></SequentialRing>")
              .status == 200);
    s.command("incoming", {{"to", alice}, {"number", "+31612345678"}});
    CHECK(stream.types(bob, 1) == Words{"CallReceivedEvent Alerting"});
    CHECK(stream.last.find("<xsi:reason>follow-me<") != std::string::npos);
    CHECK(s.command("truth", {{"user", alice}}).at("calls").to_number<int>() == 0);
    s.command("answer", {{"user", bob}});
    CHECK(std::string(s.command("truth", {{"user", bob}}).at("line").as_string()) == "active");
}

TEST_CASE("missing acknowledgements: the next channel gets the same event, then NonResponsiveChannel") {
    Setup s(2, [](sim::Options& o) { o.ack_limit_s = 0.4; });
    Stream one(s.world, 0, channel_body("s", "<priority>1</priority>"));
    Stream two(s.world, 1, channel_body("s", "<priority>2</priority>"));
    one.acknowledge = two.acknowledge = false;
    REQUIRE(s.subscribe(s.users[0]).status == 200);
    const std::string first = one.next();
    const std::string again = two.next();
    CHECK(between(first, "eventID>", "<") == between(again, "eventID>", "<"));
    CHECK(between(first, "channelId>", "<") == one.id);
    CHECK(between(again, "channelId>", "<") == two.id);
    CHECK(one.next().find("NonResponsiveChannel") != std::string::npos);
    CHECK(two.next().find("NonResponsiveChannel") != std::string::npos);
    CHECK(s.counter("non_responsive") == 1);
}

TEST_CASE("what the statuses of an acknowledgement do") {
    Setup s(2);
    Stream one(s.world, 0, channel_body("s", "<priority>1</priority>"));
    Stream two(s.world, 1, channel_body("s", "<priority>2</priority>"));
    one.acknowledge = two.acknowledge = false;
    REQUIRE(s.subscribe(s.users[0]).status == 200);
    const std::string event = between(one.next(), "eventID>", "<");
    const std::string path = events_root + "/channel/eventresponse";
    SUBCASE("200 through another XSP needs the channel's cookie") {
        CHECK(ask(two.url, "POST", path, ack_body(event)).status == 404);
        CHECK(ask(two.url, "POST", path, ack_body(event), admin, "Cookie: JSESSIONID=" + one.cookie + "\r\n").status ==
              200);
        CHECK(ask(one.url, "POST", path, ack_body(event)).status == 200); // late, but known
        CHECK(s.counter("late_acks") == 1);
    }
    SUBCASE("404 deletes the channel and resends") {
        CHECK(ask(one.url, "POST", path, ack_body(event, "404", "Unknown channel")).status == 200);
        CHECK(one.next().find("UnknownChannel") != std::string::npos);
        CHECK(between(two.next(), "eventID>", "<") == event);
    }
    SUBCASE("481 deletes the subscription") {
        CHECK(ask(one.url, "POST", path, ack_body(event, "481", "Unknown subscription")).status == 200);
        CHECK(s.command("state").at("subscriptions").to_number<int>() == 0);
        CHECK(two.next(300ms).empty());
    }
    SUBCASE("500 resends on the next channel") {
        CHECK(ask(one.url, "POST", path, ack_body(event, "500", "Trouble")).status == 200);
        CHECK(between(two.next(), "eventID>", "<") == event);
    }
    SUBCASE("the loss of a channel resends too") {
        s.command("kill_channel", {{"host", 0}, {"how", "rst"}});
        CHECK(between(two.next(), "eventID>", "<") == event);
    }
}

TEST_CASE("channels: heartbeat, cookie, expiry, duplicate set, inactivity, refresh") {
    Setup s(2, [](sim::Options& o) { o.heartbeat_limit_s = 1; });
    Stream one(s.world, 0, channel_body("s", "<expires>60</expires>"));
    CHECK(one.expires == "3600"); // clamped up
    const std::string heartbeat = events_root + "/channel/" + one.id + "/heartbeat";
    CHECK(ask(one.url, "PUT", heartbeat).status == 200);
    CHECK(one.next().find("<ChannelHeartBeat") != std::string::npos);
    CHECK(ask(s.world.xsp_url(1), "PUT", heartbeat).status == 404);
    CHECK(ask(s.world.xsp_url(1), "PUT", heartbeat, "", admin, "Cookie: JSESSIONID=" + one.cookie + "\r\n").status ==
          200);
    (void)one.next();
    CHECK(
        ask(one.url, "PUT", events_root + "/channel/" + one.id, "<Channel" + ns + "><expires>90000</expires></Channel>")
            .body.find("<expires>86400<") != std::string::npos);
    CHECK(ask(one.url, "PUT", events_root + "/channel/" + one.id, "<Channel" + ns + "><weight>5</weight></Channel>")
              .status == 400);
    CHECK(ask(one.url, "GET", events_root + "/channelset/s").body.find(one.id) != std::string::npos);
    Stream other(s.world, 1, channel_body("another"));
    CHECK(one.next().find("DuplicateChannelSet") != std::string::npos);
    const std::string end = other.next(2500ms); // nobody sends heartbeats
    CHECK(end.empty());
    CHECK(other.ended);
}

TEST_CASE("subscriptions: initial events, overwrite, refresh, refusals, groups") {
    Setup s;
    const std::string alice = s.users[0];
    Stream stream(s.world, 0, channel_body("s"));
    const Answer first = s.subscribe(alice);
    const std::string id = between(first.body, "subscriptionId>", "<");
    CHECK(first.body.find("<event>") == std::string::npos);
    CHECK(stream.types(alice, 1) == Words{"CallSubscriptionEvent"});
    CHECK(s.subscribe(alice, "s", "Call Recording").status == 400);
    CHECK(s.subscribe(alice, "s", "advanced call").status == 400);
    CHECK(s.subscribe("nobody@example.net").status == 404);
    CHECK(s.subscribe(alice).status == 200);
    CHECK(stream.types(alice, 2) == Words{"SubscriptionTerminatedEvent", "CallSubscriptionEvent"});
    CHECK(ask(s.url, "PUT", events_root + "/subscription/" + id,
              "<Subscription" + ns + "><expires>3600</expires></Subscription>")
              .status == 404);
    s.command("dnd", {{"user", alice}});
    CHECK(s.subscribe(alice, "s", "Do Not Disturb").status == 200);
    CHECK(stream.types(alice, 1) == Words{"DoNotDisturbEvent"});
    CHECK(stream.last.find("<xsi:active>true<") != std::string::npos);
    CHECK(ask(s.url, "POST", events_root + "/serviceprovider/ACME/subscription",
              Setup::subscription("s", "Advanced Call"))
              .status == 200);
    CHECK(stream.next(200ms).empty()); // no snapshot for an enterprise
    s.command("call", {{"from", s.users[1]}, {"to", s.users[2]}});
    CHECK(stream.types(s.users[1], 2) == Words{"HookStatusEvent", "CallOriginatedEvent Alerting"});
    CHECK(stream.types(s.users[2], 1) == Words{"CallReceivedEvent Alerting"});
    CHECK(between(stream.last, "sequenceNumber>", "<") == "3"); // one counter over all targets
}

TEST_CASE("framing modes change the bytes and not the documents") {
    Setup s;
    const std::string alice = s.users[0];
    for (const char* mode :
         {"bytes", "split", "multibyte", "coalesce", "no_declaration", "declaration_lf", "lf_between", "space_between",
          "alternative_prefix", "default_namespace", "attribute_order", "line_feeds", "latin1", "bom"}) {
        CAPTURE(mode);
        Stream stream(s.world, 0, channel_body(mode));
        s.command("fault", {{"kind", "framing"}, {"mode", mode}});
        const std::size_t before = stream.chunks.size();
        REQUIRE(s.subscribe(alice, mode).status == 200);
        const std::string document = stream.next();
        CHECK(document.find("CallSubscriptionEvent") != std::string::npos);
        const std::size_t chunks = stream.chunks.size() - before;
        const std::string name = mode;
        if (name == "bytes") CHECK(chunks > document.size() - 3);
        if (name == "split") CHECK(chunks == 2);
        if (name == "no_declaration") CHECK(document.starts_with("<xsi:Event"));
        if (name == "alternative_prefix") CHECK(document.find("<bw:Event xmlns:bw=") != std::string::npos);
        if (name == "default_namespace") CHECK(document.find("<Event xmlns=") != std::string::npos);
        if (name == "attribute_order") CHECK(document.find("<xsi:Event xsi1:type=") != std::string::npos);
        if (name == "line_feeds") CHECK(document.find("test\n</xsi:externalApplicationId>") != std::string::npos);
        s.command("faults/clear");
        ask(s.url, "DELETE", events_root + "/channel/" + stream.id);
    }
}

TEST_CASE("faults on command") {
    Setup s(2);
    const std::string path = actions_root + "/user/" + s.users[0] + "/calls";
    const auto get = [&] { return ask(s.url, "GET", path); };
    s.command("fault", {{"kind", "unavailable"}, {"retry_after", 7}});
    const Answer away = get();
    CHECK(away.status == 503);
    CHECK(away.head.find("Retry-After: 7") != std::string::npos);
    CHECK(get().status == 200); // once
    s.command("fault", {{"kind", "html"}, {"on", "calls"}});
    CHECK(get().body.starts_with("<!DOCTYPE html>"));
    s.command("fault", {{"kind", "redirect"}, {"on", "calls"}});
    CHECK(get().head.find("Location: " + s.world.xsp_url(1)) != std::string::npos);
    s.command("fault", {{"kind", "forbidden"}, {"users", json::array{s.users[1]}}, {"forever", true}});
    CHECK(get().status == 200);
    CHECK(ask(s.url, "GET", actions_root + "/user/" + s.users[1] + "/calls").status == 403);
    s.command("faults/clear");
    CHECK(ask(s.url, "GET", actions_root + "/user/" + s.users[1] + "/calls").status == 200);
    s.command("fault", {{"kind", "reset"}});
    Socket socket(s.url);
    socket.send(request_text("GET", path, "", admin, {}));
    while (socket.read(1000ms)) {
    }
    CHECK(socket.reset);
    s.command("away", {{"seconds", 0.5}});
    CHECK(!Socket(s.url).connected());
    std::this_thread::sleep_for(700ms);
    CHECK(get().status == 200);
    CHECK(s.mistake("fault", {{"kind", "nonsense"}}) == "unknown fault kind nonsense");
    CHECK(s.mistake("call", {{"from", s.users[0]}, {"to", "2001"}, {"speed", 3}}) == "unknown member speed");
    CHECK(s.mistake("call", {{"from", "nobody"}, {"to", "2001"}}) == "no user nobody");
}

TEST_CASE("stream faults, failover and the directory") {
    Setup s;
    const std::string alice = s.users[0];
    const std::string bob = s.users[1];
    Stream stream(s.world, 0, channel_body("s"));
    REQUIRE(s.subscribe(alice).status == 200);
    (void)stream.types(alice, 1);
    const auto sequence = [&] { return between(stream.last, "sequenceNumber>", "<"); };
    s.command("fault", {{"kind", "hole"}});
    s.command("incoming", {{"to", alice}, {"number", "+31612345678"}});
    CHECK(stream.types(alice, 1) == Words{"CallReceivedEvent Alerting"});
    CHECK(sequence() == "3");
    (void)stream.types(alice, 1);
    s.command("fault", {{"kind", "near_wrap"}});
    s.command("fault", {{"kind", "duplicate"}});
    s.command("hangup", {{"user", alice}, {"far", true}});
    CHECK(stream.types(alice, 2) == Words{"CallReleasedEvent Released", "CallReleasedEvent Released"});
    CHECK(sequence() == "2147483646");
    s.command("call", {{"from", bob}, {"to", alice}});
    CHECK(stream.types(alice, 1) == Words{"CallReceivedEvent Alerting"});
    CHECK(sequence() == "2147483647");
    CHECK(stream.types(alice, 1) == Words{"CallUpdatedEvent Alerting"});
    CHECK(sequence() == "1");
    s.command("failover", {{"kind", "resync"}, {"delay_ms", 20}});
    CHECK(stream.types(alice, 1) == Words{"CallSubscriptionResyncEvent"});
    const std::string directory = actions_root + "/user/" + alice + "/directories/Enterprise";
    const Answer page = ask(s.url, "GET", directory + "?start=3&results=2");
    CHECK(page.body.find("<startIndex>3</startIndex><numberOfRecords>2</numberOfRecords>") != std::string::npos);
    CHECK(ask(s.url, "GET", directory + "?firstName=call*").body.find("<totalAvailableRecords>0<") !=
          std::string::npos);
    CHECK(ask(s.url, "GET", directory + "?firstName=call*/i").body.find("<totalAvailableRecords>1<") !=
          std::string::npos);
    s.command("fault", {{"kind", "no_paging"}});
    CHECK(ask(s.url, "GET", directory + "?start=1&results=50").status == 400);
    CHECK(ask(s.url, "GET", directory).body.find("Support Queue") != std::string::npos);
    CHECK(ask(s.url, "GET", actions_root + "/user/" + alice + "/calls", "", admin, "Accept: application/json\r\n")
              .body.starts_with("{\"Calls\""));
}

namespace {

// What an observer makes of the events alone, by interface.md 7.6; knows nothing of the engine.
class Observer {
public:
    void take(const std::string& document) {
        const std::string target = between(document, "targetId>", "<");
        const std::string type = between(document, "eventData xsi1:type=\"xsi:", "\"");
        if (type == "CallSubscriptionEvent" || type == "CallSubscriptionResyncEvent") lines_[target].clear();
        std::size_t at = 0;
        while ((at = document.find("<xsi:call>", at)) != std::string::npos) {
            const std::string call = document.substr(at, document.find("</xsi:call>", at) - at);
            at += 10;
            const std::string id = between(call, "callId>", "<");
            const std::string state = between(call, "<xsi:state>", "<");
            if (state == "Released" || state == "Detached")
                lines_[target].erase(id);
            else if (state == "Alerting" && between(call, "personality>", "<") == "Terminator" &&
                     call.find("answerTime>") == std::string::npos)
                lines_[target][id] = "ringing";
            else
                lines_[target][id] = state == "Held" ? "held" : "active";
        }
        const std::string hook = between(document, "hookStatus>", "<");
        if (!hook.empty()) hooks_[target] = hook;
    }

    std::string line(const std::string& user) {
        std::string most = "idle";
        for (const char* state : {"active", "held", "ringing"})
            for (const auto& [id, shown] : lines_[user])
                if (shown == state) most = state;
        return most;
    }
    std::size_t calls(const std::string& user) { return lines_[user].size(); }
    std::string hook(const std::string& user) { return hooks_[user]; }

private:
    std::map<std::string, std::map<std::string, std::string>> lines_;
    std::map<std::string, std::string> hooks_;
};

} // namespace

TEST_CASE("an observer of the events alone ends up with the truth, whatever people do") {
    Setup s(1, [](sim::Options& o) { o.ack_limit_s = 60; });
    s.command("settings", {{"treatment_ms", 20},
                           {"no_answer_ms", 150},
                           {"ring_ms", 20},
                           {"wrap_up_ms", 30},
                           {"park_recall_ms", 100},
                           {"voicemail_ms", 50}});
    Stream stream(s.world, 0, channel_body("s"));
    stream.acknowledge = false;
    for (const std::string& user : s.users)
        REQUIRE(s.subscribe(user).status == 200);
    Observer observer;
    std::uint64_t state = 42;
    const auto random = [&](std::size_t limit) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>(state >> 33) % limit;
    };
    const auto someone = [&] { return s.users[random(s.users.size())]; };
    const std::string outside = "+31612345678";
    int done = 0;
    for (int round = 0; round < 30; ++round) {
        for (int i = 0; i < 40; ++i) {
            const std::string user = someone();
            const std::string other = someone();
            json::object a{{"user", user}};
            std::string name;
            switch (random(24)) {
            case 0:
            case 1:
            case 2:
                name = "call";
                a = {{"from", user}, {"to", other}};
                break;
            case 3:
                name = "call";
                a = {{"from", user}, {"to", random(2) ? outside : std::string("9")}, {"click", random(2) == 0}};
                break;
            case 4:
                name = "incoming";
                a = {{"to", random(4) ? user : std::string("1900")}, {"number", outside}, {"privacy", random(2) == 0}};
                break;
            case 5:
            case 6:
            case 7:
            case 8:
            case 9: name = "answer"; break;
            case 10: name = "hold"; break;
            case 11: name = "retrieve"; break;
            case 12: name = "hangup"; break;
            case 13:
                name = "hangup";
                a["far"] = true;
                break;
            case 14:
                name = "transfer";
                a["to"] = random(3) ? other : outside;
                break;
            case 15:
                name = "transfer";
                a["kind"] = "consult";
                if (random(2)) a["to"] = other;
                break;
            case 16:
                name = "conference";
                a["what"] = random(3) == 0 ? "end" : random(2) ? "start" : random(2) ? "hold" : "retrieve";
                break;
            case 17:
                name = "park";
                a["at"] = other;
                break;
            case 18:
                name = "unpark";
                a["at"] = other;
                break;
            case 19:
                name = "pickup";
                a["of"] = other;
                break;
            case 20: name = random(2) ? "decline" : "voicemail"; break;
            case 21:
                name = "forward";
                a["kind"] = random(2) ? "always" : "no_answer";
                a["active"] = random(3) == 0;
                a["to"] = other;
                break;
            case 22:
                name = random(2) ? "barge" : "dnd";
                if (name == "barge")
                    a["of"] = other;
                else
                    a["active"] = random(3) == 0;
                break;
            default:
                name = "agent";
                a["state"] = random(2) ? "Sign-In" : "Unavailable";
                break;
            }
            done += s.world.command(name, a).has_value();
        }
        if (round % 10 == 9)
            s.command("failover", {{"kind", round % 20 == 9 ? "resync" : "snapshot"}, {"delay_ms", 1}});
        std::this_thread::sleep_for(std::chrono::milliseconds(random(200)));
        // Timers run on, and what was sent may still be on its way: compared until nothing moves and both agree.
        json::object truth;
        const auto agrees = [&] {
            return std::ranges::all_of(s.users, [&](const std::string& user) {
                const json::object& expected = truth.at(user).as_object();
                return observer.line(user) == std::string(expected.at("line").as_string()) &&
                       observer.calls(user) == expected.at("calls").to_number<std::size_t>() &&
                       observer.hook(user) == std::string(expected.at("hook").as_string());
            });
        };
        for (int tries = 0; tries < 100; ++tries) {
            while (true) {
                const std::string document = stream.next(30ms);
                if (document.empty()) break;
                observer.take(document);
            }
            const auto events = s.counter("events");
            truth = s.command("truth").at("users").as_object();
            const std::string late = stream.next(1ms);
            if (!late.empty()) observer.take(late);
            if (s.counter("events") == events && late.empty() && agrees()) break;
        }
        for (const std::string& user : s.users) {
            CAPTURE(user);
            const json::object& expected = truth.at(user).as_object();
            CHECK(observer.line(user) == std::string(expected.at("line").as_string()));
            CHECK(observer.calls(user) == expected.at("calls").to_number<std::size_t>());
            CHECK(observer.hook(user) == std::string(expected.at("hook").as_string()));
        }
    }
    CHECK(done > 300);
}

TEST_CASE("the same seed makes the same people, and the world ends within a second") {
    const auto begin = Clock::now();
    std::string one;
    for (int i = 0; i < 2; ++i) {
        Setup s(1, [](sim::Options& o) { o.people = 200; });
        const std::string csv(s.command("people_csv").at("csv").as_string());
        CHECK((one.empty() || one == csv));
        one = csv;
    }
    CHECK(Clock::now() - begin < 2s);
}
