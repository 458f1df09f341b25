// A user's consent: the question, the answers it takes, whose it is, and how it is given back.
#include "here.hpp"

#include "adapters/calendars/google_login.hpp"
#include "fakes/raw_client.hpp"
#include "http/url.hpp"

#include <thread>

using namespace testing;
using namespace calendars;

namespace {

/// The browser: opens the address; where it is sent to.
std::string consented(const std::string& url) {
    auto parsed = http::Url::parse(url);
    REQUIRE(parsed);
    auto answer = raw::ask(parsed->origin(), "GET", parsed->path);
    auto begin = answer.head.find("Location: ");
    REQUIRE_MESSAGE(begin != std::string::npos, answer.body);
    begin += 10;
    return answer.head.substr(begin, answer.head.find("\r\n", begin) - begin);
}

struct Office : Here {
    Result<GoogleLogin> log_in(const CalendarOptions& options) {
        auto consent = GoogleConsent::begin("http://127.0.0.1:9");
        auto code = consent.code_of(consented(consent.url(options)));
        if (!code) return std::unexpected(code.error());
        return finish(finish_google_login(loop, options, consent, *code));
    }
};

} // namespace

TEST_CASE("the question has what Google wants, and proposes the account") {
    CalendarOptions options;
    options.client_id = "1234.apps.example";
    options.calendar_id = "reception@example.net";
    GoogleConsent consent{
        .redirect = "http://127.0.0.1:4711", .state = "st", .verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};
    // The challenge is that of RFC 7636 appendix B.
    CHECK(
        consent.url(options) ==
        "https://accounts.google.com/o/oauth2/v2/auth?client_id=1234.apps.example"
        "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711&response_type=code"
        "&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcalendar.readonly&access_type=offline&prompt=consent&state=st"
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        "&login_hint=reception%40example.net");
    options.subject = "anna@example.net";
    CHECK(has(consent.url(options), "&login_hint=anna%40example.net"));
    options.subject.clear();
    options.calendar_id = "abc123@group.calendar.google.com";
    CHECK(!has(consent.url(options), "login_hint"));
    auto one = GoogleConsent::begin("r");
    auto two = GoogleConsent::begin("r");
    CHECK(one.state != two.state);
    CHECK(one.verifier != two.verifier);
    CHECK(one.verifier.size() >= 43);
}

TEST_CASE("answers are taken as addresses, as paths, with what stands around them; others are not") {
    GoogleConsent consent{.redirect = "http://127.0.0.1:4711", .state = "s t", .verifier = "v"};
    struct Row {
        const char* address;
        const char* code;
        Category category;
    };
    const Row rows[] = {
        {"http://127.0.0.1:4711/?state=s%20t&code=4%2F0Axy&scope=x", "4/0Axy", {}},
        {"  http://127.0.0.1:4711/?code=4/0Axy&state=s+t#top\n", "4/0Axy", {}},
        {"/?state=s%20t&code=c", "c", {}},
        {"/?state=other&code=c", "", Category::conflict},
        {"/?code=c", "", Category::conflict},
        {"/?state=other&error=access_denied", "", Category::conflict},
        {"/?state=s%20t&error=access_denied", "", Category::unauthorised},
        {"/?state=s%20t", "", Category::invalid},
        {"/favicon.ico", "", Category::invalid},
        {"", "", Category::invalid},
        {"4/0Axy", "", Category::invalid},
    };
    for (const Row& row : rows) {
        CAPTURE(row.address);
        auto code = consent.code_of(row.address);
        if (*row.code != '\0') {
            REQUIRE_MESSAGE(code, code.error().text);
            CHECK(code->reveal() == row.code);
        } else {
            REQUIRE(!code);
            CHECK(name(code.error().category) == name(row.category));
        }
    }
}

TEST_CASE("a consent gives a refresh token and tells whose it is; another account's is refused") {
    Office office;
    auto options = office.of_user();
    options.subject = reception;
    auto login = office.log_in(options);
    REQUIRE_MESSAGE(login, login.error().text);
    CHECK(login->account == reception);
    CHECK(!login->refresh_token.empty());
    CHECK(office.log_in(options)); // a second time, too: prompt=consent

    office.command("google/settings", {{"consent_account", "bert@example.net"}});
    auto wrong = office.log_in(options);
    REQUIRE(!wrong);
    CHECK(wrong.error().category == Category::unauthorised);
    CHECK(has(wrong.error().text, "bert@example.net has consented, but subject is reception@example.net"));
    options.subject.clear();
    auto anybody = office.log_in(options);
    REQUIRE(anybody);
    CHECK(anybody->account == "bert@example.net");

    office.command("google/settings", {{"consent", "decline"}});
    auto declined = office.log_in(options);
    REQUIRE(!declined);
    CHECK(has(declined.error().text, "declined"));
}

TEST_CASE("codes, verifiers and secrets that are not right give no token") {
    Office office;
    auto options = office.of_user();
    options.subject = reception;
    auto consent = GoogleConsent::begin("http://127.0.0.1:9");
    auto code = consent.code_of(consented(consent.url(options)));
    REQUIRE(code);
    auto other = consent;
    other.verifier = "guessed";
    CHECK(office.finish(finish_google_login(office.loop, options, other, *code)).error().category ==
          Category::unauthorised);
    CHECK(office.finish(finish_google_login(office.loop, options, consent, *code)).error().category ==
          Category::unauthorised); // a code is good for one use
    options.client_secret = Secret("guessed");
    CHECK(!office.log_in(options));
}

TEST_CASE("the browser brings its answer to the loopback address, after whatever else it asks for") {
    Office office;
    auto options = office.of_user();
    options.subject = reception;
    auto redirect = GoogleRedirect::listen(office.loop);
    REQUIRE(redirect);
    auto consent = GoogleConsent::begin(redirect->address());
    std::string icon, shown;
    std::jthread browser([&, url = consent.url(options)] {
        auto to = http::Url::parse(consented(url));
        icon = raw::ask(to->origin(), "GET", "/favicon.ico").head;
        raw::ask(to->origin(), "POST", to->path);
        shown = raw::ask(to->origin(), "GET", to->path).body;
    });
    auto target = office.finish(redirect->wait(8s));
    browser.join();
    REQUIRE_MESSAGE(target, target.error().text);
    CHECK(has(icon, "404"));
    CHECK(has(shown, "may be closed"));
    auto code = consent.code_of(*target);
    REQUIRE(code);
    CHECK(office.finish(finish_google_login(office.loop, options, consent, *code)));
    auto nobody = office.finish(redirect->wait(1ms));
    REQUIRE(!nobody);
    CHECK(nobody.error().category == Category::timeout);
}

TEST_CASE("logins are kept under the calendar's name, replaced by none but their own successors") {
    Office office;
    auto& store = *office.store;
    auto kept = [&](const char* calendar) { return office.finish(read_google_login(store, calendar))->reveal(); };
    CHECK(kept("reception").empty());
    REQUIRE(office.finish(keep_google_login(store, "reception", Secret("one"))));
    REQUIRE(office.finish(keep_google_login(store, "desk", Secret("other"))));
    CHECK(kept("reception") == "one");
    REQUIRE(office.finish(replace_google_login(store, "reception", Secret("one"), Secret("two"))));
    CHECK(kept("reception") == "two");
    REQUIRE(office.finish(replace_google_login(store, "reception", Secret("one"), Secret("late"))));
    CHECK(kept("reception") == "two");
    REQUIRE(office.finish(forget_google_login(store, "reception")));
    REQUIRE(office.finish(replace_google_login(store, "reception", Secret("two"), Secret("late"))));
    CHECK(kept("reception").empty());
    CHECK(kept("desk") == "other");
}

TEST_CASE("a consent is given back once; that it is gone already is no error") {
    Office office;
    auto options = office.of_user();
    std::string token(office.command("google/token", {{"issue", reception}}).at("refresh_token").as_string());
    CHECK(office.finish(revoke_google_login(office.loop, options, Secret(token))));
    CHECK(office.finish(revoke_google_login(office.loop, options, Secret(token))));
    CHECK(office.requests("revoke") == 2);
    office.command("google/fault", {{"kind", "error"}, {"on", "revoke"}, {"status", 503}});
    CHECK(office.finish(revoke_google_login(office.loop, options, Secret(token))).error().category ==
          Category::unavailable);
}
