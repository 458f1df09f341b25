// Xsi-Actions against servers that play a script: budget, hosts that fail, logins that are refused, paging, dialling.
#include "here.hpp"
#include "scripted_server.hpp"
#include "xsi/actions.hpp"

using namespace testing;
using namespace lamp::xsi;

namespace {

const std::string root = "/com.broadsoft.xsi-actions/v2.0/user/";
const std::string alice = root + "alice%40example.net";

std::string answer(const std::string& head, const std::string& body, const std::string& more = {}) {
    return "HTTP/1.1 " + head + "\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string xml(const std::string& name, const std::string& inner) {
    return R"(<?xml version="1.0" encoding="UTF-8"?><)" + name + R"( xmlns="http://schema.broadsoft.com/xsi">)" +
           inner + "</" + name + ">";
}

std::string ok(const std::string& name, const std::string& inner) {
    return answer("200 OK", xml(name, inner));
}
const std::string done = answer("200 OK", "");
const std::string dnd = ok("DoNotDisturb", "<active>true</active>");
const std::string get_dnd = "GET " + alice + "/services/DoNotDisturb";

BroadworksOptions options_of(Authentication authentication = Authentication::basic) {
    BroadworksOptions options;
    options.name = "office";
    options.username = "admin@example.net";
    options.password = Secret("pass");
    options.authentication = authentication;
    return options;
}

/// Everything around one Actions.
struct Bench {
    explicit Bench(std::vector<std::string> urls, BroadworksOptions options_ = options_of(), double rate = 0)
        : options(std::move(options_)), budget(rate, 1) {
        http::ClientOptions client_options;
        client_options.connect_wait = 1s;
        client_options.answer_wait = 300ms;
        auto client = client_of(context, client_options);
        for (const auto& url : urls)
            pools.push_back(std::make_unique<http::Pool>(client, url_of(url)));
        std::vector<http::Pool*> pointers;
        for (const auto& pool : pools)
            pointers.push_back(pool.get());
        actions.emplace(options, pointers, login, budget);
    }

    template <class T>
    T ask(Task<T> task) {
        return finish(context, std::move(task));
    }
    /// "active", "idle" or the category of the error.
    std::string dnd(const std::string& user = "alice@example.net") {
        auto settings = ask(actions->service<DoNotDisturb>(user));
        if (!settings) last = settings.error().text;
        if (!settings) return std::string(name(settings.error().category));
        return settings->active ? "active" : "idle";
    }

    /// What went wrong at a server, once its connections are closed.
    std::string faults(ScriptedServer& server) {
        for (const auto& pool : pools)
            pool->close();
        return server.faults();
    }

    asio::io_context context;
    BroadworksOptions options;
    Login login{options};
    Budget budget;
    std::vector<std::unique_ptr<http::Pool>> pools;
    std::optional<Actions> actions;
    std::string last; // error's text
};

/// An address where nobody listens.
std::string nobody() {
    ScriptedServer gone({});
    return gone.url();
}

std::string outcome(const Result<void>& result) {
    return result ? "done" : std::string(name(result.error().category));
}

std::string directory_page(int first, int count, int total) {
    std::string people;
    for (int i = first; i < first + count; ++i)
        people += "<directoryDetails><userId>u" + std::to_string(i) + "@example.net</userId></directoryDetails>";
    return ok("Enterprise", "<startIndex>" + std::to_string(first) + "</startIndex><numberOfRecords>" +
                                std::to_string(count) + "</numberOfRecords><totalAvailableRecords>" +
                                std::to_string(total) + "</totalAvailableRecords><enterpriseDirectory>" + people +
                                "</enterpriseDirectory>");
}

const std::string book = "GET " + root + "admin%40example.net/directories/Enterprise";
Step want_page(int start, int size) {
    return want(book + "?start=" + std::to_string(start) + "&results=" + std::to_string(size));
}

} // namespace

// ---------------------------------------------------------------- what is sent

TEST_CASE("each function asks as the platform documents it") {
    const std::string calls = alice + "/calls/callhalf-1:0";
    const std::string forward =
        xml("CallForwardingAlways", "<active>true</active><forwardToPhoneNumber>2099</forwardToPhoneNumber>");
    ScriptedServer server({{
        want("PUT " + calls + "/Talk"),
        send(done),
        want("PUT " + calls + "/Hold"),
        send(done),
        want("PUT " + calls + "/Reconnect"),
        send(done),
        want("DELETE " + calls),
        send(done),
        want("DELETE " + calls + "?decline=true"),
        send(done),
        want("PUT " + calls + "/BlindTransfer?address=%2B31612345678"),
        send(done),
        want("PUT " + calls + "/ConsultTransfer/2:0"),
        send(done),
        want("PUT " + calls + "/VmTransfer"),
        send(done),
        want("POST " + alice + "/calls/new?address=tel%3A%2B31612345678"),
        send(answer("201 Created",
                    xml("CallStartInfo", "<callId>3:0</callId><externalTrackingId>62:1</externalTrackingId>"))),
        want("GET " + alice + "/calls/HookStatus"),
        send(ok("HookStatus", "<hookStatus>On-Hook</hookStatus>")),
        want("GET " + alice + "/services"),
        send(ok("Services", "<service><name>Do Not Disturb</name></service>")),
        want("GET " + alice + "/profile"),
        send(ok("Profile", "<details><userId>alice@example.net</userId></details>")),
        want("GET " + alice + "/directories/CallLogs/Received"),
        send(ok("received", "<callLogsEntry><name>Bob</name></callLogsEntry>")),
        want("GET " + alice + "/directories/CallLogs"),
        send(ok("CallLogs", "<placed><callLogsEntry><name>Carol</name></callLogsEntry></placed>")),
        want("PUT " + alice + "/services/CallForwardingAlways\n\n" + forward.substr(0, 38) + "\n" + forward.substr(38)),
        send(done),
        want("GET " + alice + "/services/CallForwardingAlways"),
        send(answer("200 OK", forward)),
    }});
    Bench bench({server.url()});
    auto& actions = *bench.actions;
    const std::string user = "alice@example.net";
    const std::string call = "callhalf-1:0";
    CHECK(outcome(bench.ask(actions.talk(user, call))) == "done");
    CHECK(outcome(bench.ask(actions.hold(user, call))) == "done");
    CHECK(outcome(bench.ask(actions.reconnect(user, call))) == "done");
    CHECK(outcome(bench.ask(actions.hang_up(user, call, false))) == "done");
    CHECK(outcome(bench.ask(actions.hang_up(user, call, true))) == "done");
    CHECK(outcome(bench.ask(actions.blind_transfer(user, call, "+31612345678"))) == "done");
    CHECK(outcome(bench.ask(actions.consult_transfer(user, call, "2:0"))) == "done");
    CHECK(outcome(bench.ask(actions.to_voicemail(user, call))) == "done");
    auto start = bench.ask(actions.dial(user, "tel:+31612345678"));
    REQUIRE_MESSAGE(start, start.error().text);
    CHECK(start->call_id == "3:0");
    CHECK(start->tracking_id == "62:1");
    CHECK(bench.ask(actions.hook_status(user)) == HookStatus::on_hook);
    CHECK(bench.ask(actions.services(user))->at(0).name == "Do Not Disturb");
    CHECK(bench.ask(actions.profile(user))->user_id == user);
    CHECK(bench.ask(actions.call_log(user, CallLog::received))->at(0).name == "Bob");
    CHECK(bench.ask(actions.call_logs(user))->placed.at(0).name == "Carol");
    CHECK(outcome(bench.ask(actions.set_service(user, CallForwardingAlways{true, "2099", {}}))) == "done");
    CHECK(bench.ask(actions.service<CallForwardingAlways>(user)) == CallForwardingAlways{true, "2099", {}});
    CHECK(bench.faults(server) == "");
}

TEST_CASE("headers of a request") {
    ScriptedServer server({{want(get_dnd), send(dnd), want("PUT " + alice + "/calls/1/Hold"), send(done)}});
    Bench bench({server.url()});
    CHECK(bench.dnd() == "active");
    CHECK(outcome(bench.ask(bench.actions->hold("alice@example.net", "1"))) == "done");
    CHECK(bench.faults(server) == "");
    for (const auto& head : server.requests()) {
        CHECK(has(head, "\r\nX-BroadWorks-No-AuthChallenge: true\r\n"));
        CHECK(has(head, "\r\nAuthorization: Basic YWRtaW5AZXhhbXBsZS5uZXQ6cGFzcw==\r\n"));
    }
    CHECK_FALSE(has(server.requests().at(0), "Content-Type"));
    CHECK(has(server.requests().at(1), "\r\nContent-Type: application/xml; charset=UTF-8\r\n"));
}

TEST_CASE("ids are encoded and completed") {
    ScriptedServer server({{want("GET " + root + "bob%40example.net/services/DoNotDisturb"), send(dnd),
                            want("GET " + root + "a%20b%2Fc%40other.example/services/DoNotDisturb"), send(dnd)}});
    Bench bench({server.url()});
    CHECK(bench.dnd("bob") == "active"); // the login's domain
    CHECK(bench.dnd("a b/c@other.example") == "active");
    CHECK(bench.faults(server) == "");
}

TEST_CASE("what makes no sense is not sent") {
    Bench bench({nobody()});
    auto& actions = *bench.actions;
    const std::string user = "alice@example.net";
    for (const char* number : {"", "bob", "2002;3", "+31 6"}) {
        CHECK(bench.ask(actions.dial(user, number)).error().category == Category::invalid);
        CHECK(outcome(bench.ask(actions.blind_transfer(user, "1:0", number))) == "invalid");
    }
    for (const char* id : {"", ".", ".."}) {
        CHECK(outcome(bench.ask(actions.hang_up(user, id, false))) == "invalid");
        CHECK(outcome(bench.ask(actions.hang_up(id, "1:0", false))) == "invalid");
        CHECK(outcome(bench.ask(actions.consult_transfer(user, "1:0", id))) == "invalid");
    }
    CHECK(outcome(bench.ask(actions.set_service(user, CallForwardingAlways{true, "", {}}))) == "invalid");
    CHECK(bench.pools[0]->counters().exchanges == 0);
}

// ---------------------------------------------------------------- calls

TEST_CASE("calls: the list, then each call, without those that have gone") {
    ScriptedServer server({{
        want("GET " + alice + "/calls"),
        send(ok("Calls",
                "<call><callId>1:0</callId></call><call><callId>2:0</callId></call><call><callId>3:0</callId></call>")),
        want("GET " + alice + "/calls/1:0"),
        send(ok("Call", "<callId>1:0</callId><state>Active</state>")),
        want("GET " + alice + "/calls/2:0"),
        send(answer("404 Not Found",
                    xml("ErrorInfo", "<summaryEnglish>Call not found</summaryEnglish><errorCode>6001</errorCode>"))),
        want("GET " + alice + "/calls/3:0"),
        send(ok("Call", "<callId>3:0</callId><state>Held</state>")),
        want("GET " + alice + "/calls"),
        send(ok("Calls", "")),
        want("GET " + alice + "/calls"),
        send(ok("Calls", "<call><callId>1:0</callId></call>")),
        want("GET " + alice + "/calls/1:0"),
        send(answer("403 Forbidden", "")),
    }});
    Bench bench({server.url()});
    auto calls = bench.ask(bench.actions->calls("alice@example.net"));
    REQUIRE_MESSAGE(calls, calls.error().text);
    REQUIRE(calls->size() == 2);
    CHECK(calls->at(0).state == CallState::active);
    CHECK(calls->at(1).state == CallState::held);
    CHECK(bench.ask(bench.actions->calls("alice@example.net"))->empty());
    CHECK(bench.ask(bench.actions->calls("alice@example.net")).error().category == Category::forbidden);
    CHECK(bench.faults(server) == "");
}

TEST_CASE("a dial is never sent twice") {
    const auto dial = want("POST " + alice + "/calls/new?address=2002");
    struct Row {
        const char* what;
        Script script;
        Category category;
    };
    const Row rows[] = {
        {"no answer", {dial, stall()}, Category::timeout},
        {"closed", {dial, close_now()}, Category::network},
        {"reset", {dial, reset()}, Category::network},
        {"503", {dial, send(answer("503 Service Unavailable", ""))}, Category::unavailable},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        ScriptedServer first({row.script});
        ScriptedServer second(std::vector<Script>{});
        {
            Bench bench({first.url(), second.url()});
            auto start = bench.ask(bench.actions->dial("alice@example.net", "2002"));
            REQUIRE_FALSE(start);
            CHECK(start.error().category == row.category);
        }
        CHECK(first.faults() == "");
        CHECK(first.requests().size() == 1);
        CHECK(second.connections() == 0);
    }
}

TEST_CASE("after a host failed, the next dial takes the other one") {
    const auto dial = want("POST " + alice + "/calls/new?address=2002");
    ScriptedServer second({{dial, send(answer("201 Created", xml("CallStartInfo", "<callId>1:0</callId>")))}});
    Bench bench({nobody(), second.url()});
    CHECK(bench.ask(bench.actions->dial("alice@example.net", "2002")).error().category == Category::network);
    CHECK(bench.ask(bench.actions->dial("alice@example.net", "2002"))->call_id == "1:0");
}

// ---------------------------------------------------------------- hosts

TEST_CASE("the other host is asked when one fails, and goes on being asked") {
    struct Row {
        const char* what;
        Script script;
    };
    const Row rows[] = {
        {"no answer", {want(get_dnd), stall()}},
        {"reset", {want(get_dnd), reset()}},
        {"500", {want(get_dnd), send(answer("500 Oops", ""))}},
        {"503 with Retry-After", {want(get_dnd), send(answer("503 Busy", "", "Retry-After: 20\r\n"))}},
        {"502 with a page", {want(get_dnd), send(answer("502 Bad Gateway", "<html></html>"))}},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        ScriptedServer first({row.script});
        ScriptedServer second({{want(get_dnd), send(dnd), want(get_dnd), send(dnd)}});
        {
            Bench bench({first.url(), second.url()});
            CHECK(bench.dnd() == "active");
            CHECK(bench.dnd() == "active");
        }
        CHECK(first.faults() == "");
        CHECK(second.faults() == "");
    }
}

TEST_CASE("a host that nobody serves is passed over") {
    ScriptedServer second({{want(get_dnd), send(dnd), want(get_dnd), send(dnd)}});
    Bench bench({nobody(), second.url()});
    CHECK(bench.dnd() == "active");
    CHECK(bench.dnd() == "active");
    CHECK(bench.pools[0]->counters().connects == 1);
}

TEST_CASE("when all hosts fail the last error is told, and they are tried again") {
    ScriptedServer server({{want(get_dnd), send(answer("500 Oops", "")), want(get_dnd), send(dnd)}});
    Bench bench({server.url()});
    CHECK(bench.dnd() == "unavailable");
    CHECK(bench.dnd() == "active");
    CHECK(bench.dnd() == "timeout"); // the script has ended: no answer any more
}

TEST_CASE("an answer that is no is not asked for elsewhere") {
    for (const char* status : {"400 Bad Request", "403 Forbidden", "404 Not Found", "409 Conflict"}) {
        CAPTURE(std::string(status));
        ScriptedServer first({{want(get_dnd), send(answer(status, ""))}});
        ScriptedServer second(std::vector<Script>{});
        Bench bench({first.url(), second.url()});
        CHECK(bench.dnd() != "active");
        CHECK(second.connections() == 0);
    }
}

TEST_CASE("redirections go to configured hosts only, with the same method and login") {
    const std::string target = "PUT " + alice + "/calls/1/Hold";
    ScriptedServer second({{want("PUT " + root + "alice@example.net/calls/1/Hold"), send(done)}});
    ScriptedServer first(
        {{want(target), send(answer("302 Found", "", "Location: " + second.url() + alice + "/calls/1/Hold\r\n"))}});
    {
        Bench bench({first.url(), second.url()});
        CHECK(outcome(bench.ask(bench.actions->hold("alice@example.net", "1"))) == "done");
    }
    CHECK(first.faults() == "");
    CHECK(second.faults() == "");
    CHECK(has(second.requests().at(0), "Authorization: Basic"));

    ScriptedServer third({{want(target), send(answer("302 Found", "", "Location: http://127.0.0.2:1/x\r\n"))}});
    Bench bench({third.url()});
    CHECK(outcome(bench.ask(bench.actions->hold("alice@example.net", "1"))) == "forbidden");
}

// ---------------------------------------------------------------- answers

TEST_CASE("answers that are not what was asked for") {
    struct Row {
        const char* what;
        std::string answer;
        const char* outcome;
        const char* text;
    };
    const Row rows[] = {
        {"a shield's page", answer("200 OK", "<html>robot?</html>", "Content-Type: text/html\r\n"), "protocol",
         "web page"},
        {"a portal's page", answer("403 Forbidden", "<!DOCTYPE html><html></html>"), "forbidden", "web page"},
        {"ErrorInfo",
         answer("404 Not Found", xml("ErrorInfo", "<summary>Gebruiker niet gevonden</summary><summaryEnglish>User not "
                                                  "found</summaryEnglish><errorCode>4008</errorCode>")),
         "not found", "GET …/services/DoNotDisturb was answered 404: User not found (error 4008)"},
        {"ErrorInfo in Latin-1",
         answer(
             "403 Forbidden",
             "<?xml version=\"1.0\" "
             "encoding=\"ISO-8859-1\"?><ErrorInfo><summary>verf\xFCgbar</summary><errorCode>1</errorCode></ErrorInfo>"),
         "forbidden", "verf\xC3\xBCgbar (error 1)"},
        {"no body", answer("403 Forbidden", ""), "forbidden", "403"},
        {"another document", ok("CallForwardingBusy", ""), "protocol",
         "GET …/services/DoNotDisturb was answered with something else than expected: The answer is a "
         "CallForwardingBusy"},
        {"nothing", done, "protocol", "empty"},
        {"half a document", answer("200 OK", "<DoNotDisturb>"), "protocol", "line 1"},
        {"no HTTP", "hello\r\n\r\n", "protocol", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        ScriptedServer server({{want(get_dnd), send(row.answer)}});
        Bench bench({server.url()});
        CHECK(bench.dnd() == row.outcome);
        CHECK_MESSAGE(has(bench.last, row.text), bench.last);
        CHECK_MESSAGE(!has(bench.last, "alice"), bench.last); // names of people stay out of errors
    }
}

// ---------------------------------------------------------------- budget

TEST_CASE("requests keep to the budget") {
    Script script;
    for (int i = 0; i < 4; ++i) {
        script.push_back(want(get_dnd));
        script.push_back(send(dnd));
    }
    ScriptedServer server({script});
    Bench bench({server.url()}, options_of(), 20);
    auto before = steady_now();
    for (int i = 0; i < 4; ++i)
        CHECK(bench.dnd() == "active");
    CHECK(steady_now() - before >= 140ms); // one of the burst, three at 20 per second
    CHECK(bench.faults(server) == "");
}

TEST_CASE("429 closes the budget for as long as Retry-After says") {
    ScriptedServer server(
        {{want(get_dnd), send(answer("429 Too Many", "", "Retry-After: 1\r\n")), want(get_dnd), send(dnd)}});
    Bench bench({server.url()}, options_of(), 100);
    CHECK(bench.dnd() == "throttled");
    auto before = steady_now();
    CHECK(bench.dnd() == "active");
    CHECK(steady_now() - before >= 900ms);
    CHECK(bench.faults(server) == "");
}

TEST_CASE("a long silence is an error instead of a wait") {
    for (const char* status : {"429 Too Many", "503 Busy"}) {
        CAPTURE(std::string(status));
        ScriptedServer server({{want(get_dnd), send(answer(status, "", "Retry-After: 600\r\n"))}});
        Bench bench({server.url()}, options_of(), 100);
        CHECK(bench.dnd() != "active");
        CHECK(bench.dnd() == "throttled");
        CHECK_MESSAGE(has(bench.last, "office asked for silence for another 600 s"), bench.last);
        CHECK(server.requests().size() == 1);
    }
}

// ---------------------------------------------------------------- logins

TEST_CASE("a refused login is not tried again") {
    ScriptedServer server({{want(get_dnd), send(answer("401 Unauthorized", ""))}});
    ScriptedServer second(std::vector<Script>{});
    Bench bench({server.url(), second.url()});
    CHECK(bench.dnd() == "unauthorised");
    CHECK(bench.login.refused(steady_now()));
    CHECK(bench.dnd() == "unauthorised");
    CHECK_MESSAGE(has(bench.last, "office refuses the login admin@example.net"), bench.last);
    CHECK(outcome(bench.ask(bench.actions->talk("alice@example.net", "1:0"))) == "unauthorised");
    CHECK(bench.ask(bench.actions->login_token()).error().category == Category::unauthorised);
    CHECK(server.requests().size() == 1);
    CHECK(second.connections() == 0);
}

TEST_CASE("who waits for the budget while the login is refused does not ask") {
    ScriptedServer server({{want(get_dnd), pause_for(50ms), send(answer("401 Unauthorized", ""))}});
    Bench bench({server.url()}, options_of(), 5);
    std::string other;
    asio::co_spawn(bench.context, bench.actions->service<DoNotDisturb>("alice@example.net"),
                   [&](std::exception_ptr, const Result<DoNotDisturb>& result) {
                       other = result ? "active" : std::string(name(result.error().category));
                   });
    CHECK(bench.dnd() == "unauthorised");
    turn(bench.context, 300ms);
    CHECK(other == "unauthorised");
    CHECK(server.requests().size() == 1);
}

namespace {

const std::string fetch = "POST " + root + "admin%40example.net/profile/LoginToken";
/// The connection ends behind this answer: the next request comes over the next one, however slow the machine is.
std::string last(std::string text) {
    return text.insert(text.find("\r\n") + 2, "Connection: close\r\n");
}
std::string token(const std::string& text) {
    return ok("LoginToken", "<token>" + text + "</token>");
}

/// "POST Basic", "GET SSO one": who asked with what.
std::vector<std::string> logins(ScriptedServer& server) {
    std::vector<std::string> seen;
    for (const auto& head : server.requests()) {
        auto at = head.find("Authorization: ") + 15;
        auto value = head.substr(at, head.find('\r', at) - at);
        if (value.starts_with("Basic")) value = "Basic";
        seen.push_back(head.substr(0, head.find(' ')) + " " + value);
    }
    return seen;
}

} // namespace

TEST_CASE("a login token is fetched first and used from then on") {
    ScriptedServer server({{want(fetch), send(token("one")), want(get_dnd), send(dnd), want(get_dnd), send(dnd)}});
    Bench bench({server.url()}, options_of(Authentication::login_token));
    CHECK(bench.dnd() == "active");
    CHECK(bench.dnd() == "active");
    CHECK(bench.faults(server) == "");
    CHECK(logins(server) == std::vector<std::string>{"POST Basic", "GET BroadWorksSSO one", "GET BroadWorksSSO one"});
}

TEST_CASE("several requests share one fetch of a login token") {
    ScriptedServer server({{want(fetch), pause_for(50ms), send(last(token("one")))},
                           {want(get_dnd), send(last(dnd))},
                           {want(get_dnd), send(last(dnd))},
                           {want(get_dnd), send(last(dnd))}});
    {
        Bench bench({server.url()}, options_of(Authentication::login_token));
        int active = 0;
        for (int i = 0; i < 2; ++i)
            asio::co_spawn(bench.context, bench.actions->service<DoNotDisturb>("alice@example.net"),
                           [&](std::exception_ptr, const Result<DoNotDisturb>& result) { active += result ? 1 : 0; });
        CHECK(bench.dnd() == "active");
        turn(bench.context, 200ms);
        CHECK(active == 2);
    }
    auto seen = logins(server);
    CHECK(std::ranges::count(seen, "POST Basic") == 1);
    CHECK(seen.size() == 4);
}

TEST_CASE("when the fetch fails, all who waited for it hear why, and nobody repeats it") {
    ScriptedServer server({{want(fetch), pause_for(50ms), send(answer("401 Unauthorized", ""))}});
    Bench bench({server.url()}, options_of(Authentication::login_token));
    std::string other;
    asio::co_spawn(bench.context, bench.actions->service<DoNotDisturb>("alice@example.net"),
                   [&](std::exception_ptr, const Result<DoNotDisturb>& result) {
                       other = result ? "active" : std::string(name(result.error().category));
                   });
    CHECK(bench.dnd() == "unauthorised");
    turn(bench.context, 100ms);
    CHECK(other == "unauthorised");
    CHECK(bench.login.refused(steady_now())); // the password is wrong: once is enough to know
    CHECK(bench.dnd() == "unauthorised");
    CHECK(server.requests().size() == 1);
}

TEST_CASE("a stale login token is renewed once") {
    ScriptedServer server(
        {{want(fetch), send(token("one")), want(get_dnd), send(dnd), want(get_dnd),
          send(answer("401 Unauthorized", "")), want(fetch), send(token("two")), want(get_dnd), send(dnd)}});
    Bench bench({server.url()}, options_of(Authentication::login_token));
    CHECK(bench.dnd() == "active");
    CHECK(bench.dnd() == "active");
    CHECK_FALSE(bench.login.refused(steady_now()));
    CHECK(bench.faults(server) == "");
    CHECK(logins(server).back() == "GET BroadWorksSSO two");
}

TEST_CASE("a login token that is refused when new makes the login refused") {
    const std::string no = answer("401 Unauthorized", "");
    ScriptedServer server({{want(fetch), send(token("one")), want(get_dnd), send(no), want(fetch), send(token("two")),
                            want(get_dnd), send(no)}});
    Bench bench({server.url()}, options_of(Authentication::login_token));
    CHECK(bench.dnd() == "unauthorised");
    CHECK(bench.login.refused(steady_now()));
    CHECK(bench.dnd() == "unauthorised");
    CHECK(server.requests().size() == 4);
}

TEST_CASE("two requests that come back with the same stale token renew it once") {
    const std::string no = answer("401 Unauthorized", "");
    ScriptedServer server({{want(get_dnd), pause_for(30ms), send(last(no))},
                           {want(get_dnd), pause_for(200ms), send(last(no))},
                           {want(fetch), send(last(token("two")))},
                           {want(get_dnd), send(last(dnd))},
                           {want(get_dnd), send(last(dnd))}});
    {
        Bench bench({server.url()}, options_of(Authentication::login_token));
        bench.login.use_token("one");
        std::string other;
        asio::co_spawn(bench.context, bench.actions->service<DoNotDisturb>("alice@example.net"),
                       [&](std::exception_ptr, const Result<DoNotDisturb>& result) {
                           other = result ? "active" : result.error().text;
                       });
        CHECK(bench.dnd() == "active");
        turn(bench.context, 400ms);
        CHECK(other == "active");
        CHECK_FALSE(bench.login.refused(steady_now()));
    }
    CHECK(std::ranges::count(logins(server), "POST Basic") == 1);
}

TEST_CASE("a bearer token") {
    ScriptedServer server({{want(get_dnd), send(dnd)}});
    Bench bench({server.url()}, options_of(Authentication::bearer));
    CHECK(bench.dnd() == "active");
    CHECK(has(server.requests().at(0), "Authorization: Bearer pass\r\n"));
}

// ---------------------------------------------------------------- directory

namespace {

struct Listing {
    std::string outcome; // "5: u1 … u5" or the error's category
    std::string text;    // of the error
    std::string progress;
};

Listing list(Bench& bench, const std::string& through = {}) {
    Listing listing;
    auto progress = [&](std::size_t in, std::size_t of) {
        listing.progress += std::to_string(in) + "/" + std::to_string(of) + " ";
    };
    auto people = bench.ask(bench.actions->directory(progress, through));
    if (people) {
        listing.outcome = std::to_string(people->size());
        if (!people->empty())
            listing.outcome += ": " + people->front().user_id.substr(0, people->front().user_id.find('@')) + " to " +
                               people->back().user_id.substr(0, people->back().user_id.find('@'));
    } else {
        listing.outcome = name(people.error().category);
        listing.text = people.error().text;
    }
    return listing;
}

const std::string refused = answer("400 Bad Request", "");

} // namespace

TEST_CASE("the directory, page by page") {
    struct Row {
        const char* what;
        Script script;
        const char* outcome;
        const char* progress;
        const char* text = "";
    };
    const Row rows[] = {
        {"one page", {want_page(1, 200), send(directory_page(1, 3, 3))}, "3: u1 to u3", "3/3 "},
        {"the server's page size counts",
         {want_page(1, 200), send(directory_page(1, 50, 120)), want_page(51, 200), send(directory_page(51, 50, 120)),
          want_page(101, 200), send(directory_page(101, 20, 120))},
         "120: u1 to u120",
         "50/120 100/120 120/120 "},
        {"nobody", {want_page(1, 200), send(directory_page(1, 0, 0))}, "0", "0/0 "},
        {"fewer than promised",
         {want_page(1, 200), send(directory_page(1, 2, 4)), want_page(3, 200), send(directory_page(3, 0, 4))},
         "2: u1 to u2",
         "2/4 2/4 "},
        {"somebody moved to the next page",
         {want_page(1, 200), send(directory_page(1, 2, 4)), want_page(3, 200), send(directory_page(2, 2, 4))},
         "3: u1 to u3",
         "2/4 3/4 "},
        {"total not told",
         {want_page(1, 200), send(directory_page(1, 2, 0)), want_page(3, 200), send(directory_page(3, 1, 0)),
          want_page(4, 200), send(directory_page(4, 0, 0))},
         "3: u1 to u3",
         "2/2 3/3 3/3 "},
        {"large pages refused",
         {want_page(1, 200), send(refused), want_page(1, 50), send(directory_page(1, 50, 60)), want_page(51, 50),
          send(directory_page(51, 10, 60))},
         "60: u1 to u60",
         "50/60 60/60 "},
        {"all paging refused",
         {want_page(1, 200), send(refused), want_page(1, 50), send(refused), want(book),
          send(directory_page(1, 300, 300))},
         "300: u1 to u300",
         "300/300 "},
        {"all paging refused, and the rest kept back",
         {want_page(1, 200), send(refused), want_page(1, 50), send(refused), want(book),
          send(directory_page(1, 50, 300))},
         "protocol",
         "50/300 ",
         "refuses paging"},
        {"even the listing itself refused",
         {want_page(1, 200), send(refused), want_page(1, 50), send(refused), want(book), send(refused)},
         "invalid",
         "",
         "400"},
        {"the same page for ever",
         {want_page(1, 200), send(directory_page(1, 50, 120)), want_page(51, 200), send(directory_page(1, 50, 120))},
         "protocol",
         "50/120 50/120 ",
         "repeats the same page"},
        {"an error on the way",
         {want_page(1, 200), send(directory_page(1, 50, 120)), want_page(51, 200), send(answer("403 Forbidden", ""))},
         "forbidden",
         "50/120 ",
         "403"},
        {"an administrator",
         {want_page(1, 200),
          send(answer("404 Not Found",
                      xml("ErrorInfo", "<summaryEnglish>User not found</summaryEnglish><errorCode>4008</errorCode>")))},
         "not found",
         "",
         "an administrator is no user"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.what));
        ScriptedServer server({row.script});
        {
            Bench bench({server.url()});
            auto listing = list(bench);
            CHECK(listing.outcome == row.outcome);
            CHECK(listing.progress == row.progress);
            CHECK_MESSAGE(has(listing.text, row.text), listing.text);
        }
        CHECK(server.faults() == "");
    }
}

TEST_CASE("a page that is throttled is asked for again") {
    ScriptedServer server(
        {{want_page(1, 200), send(directory_page(1, 2, 3)), want_page(3, 200),
          send(answer("429 Too Many", "", "Retry-After: 1\r\n")), want_page(3, 200), send(directory_page(3, 1, 3))}});
    Bench bench({server.url()}, options_of(), 100);
    CHECK(list(bench).outcome == "3: u1 to u3");
    CHECK(bench.faults(server) == "");
}

TEST_CASE("whose directory is read") {
    ScriptedServer server(
        {{want("GET " + alice + "/directories/Group?start=1&results=200"), send(directory_page(1, 1, 1))}});
    auto options = options_of();
    options.target = TargetKind::group;
    Bench bench({server.url()}, options);
    CHECK(list(bench, "alice").outcome == "1: u1 to u1");
    CHECK(bench.faults(server) == "");
}
