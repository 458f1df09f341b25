// Values as rooms see them: defaults, every type, durations, URLs, listen addresses.
#include <doctest/doctest.h>

#include "office.hpp"

using namespace lamp::config;
using namespace std::chrono_literals;
using lamp::milliseconds;

TEST_CASE("an empty file gives every default") {
    const auto c = good("");
    CHECK_EQ(c->get<DaemonOptions>().country, "NL");
    CHECK_EQ(to_string(c->get<HttpOptions>().listen.at(0)), "127.0.0.1:8080");
    CHECK(c->all<BroadworksOptions>().empty());
    CHECK(c->find<TeamsOptions>() == nullptr); // has required keys, so it is off
    CHECK(c->find<SipOptions>() == nullptr);   // declared so
    CHECK(c->find<PresenceOptions>() != nullptr);
    CHECK_FALSE(c->section(typeid(DaemonOptions)).present);
}

TEST_CASE("every type") {
    FakeMachine machine;
    machine.environment["PW"] = "secret";
    machine.files["/etc/people.csv"] = {"id,name\n", false};
    const auto c = good(R"(
[http]
listen = ["0.0.0.0:80", "[::1]:0"]
public_url = "HTTPS://Lamps.Example.net:8443/board/"
[[broadworks]]
name = "acme"
hosts = ["https://xsp1.example.net", "https://xsp2.example.net/"]
username = "u"
password = "env:PW"
target = "enterprise"
heartbeat = "2500ms"
subscriptions_per_second = 10_000
discover = true
[people]
file = "people.csv"
match = ["line"]
[presence]
rules = [{ when = "busy", status = 3 }, { when = "ringing" }]
weight = 2
[sip]
[[webhook]]
url = "https://hooks.example.net/a/?key=1"
headers = { X-Office = "Utrecht" }
)",
                        machine);
    const auto& http = c->get<HttpOptions>();
    CHECK_EQ(to_string(http.listen.at(1)), "[::1]:0");
    CHECK_EQ(http.public_url->text, "https://lamps.example.net:8443/board");
    CHECK_EQ(http.public_url->port, 8443);
    const auto& acme = c->all<BroadworksOptions>().at(0);
    CHECK_EQ(acme.hosts.at(1).text, "https://xsp2.example.net");
    CHECK_EQ(acme.password.reveal(), "secret");
    CHECK(acme.target == Target::enterprise);
    CHECK(acme.heartbeat == 2500ms);
    CHECK_EQ(acme.subscriptions_per_second, 10'000);
    CHECK(acme.discover);
    CHECK_EQ(c->get<PeopleOptions>().file.string(), "/etc/people.csv");
    CHECK_EQ(c->get<PeopleOptions>().match, std::vector<std::string>{"line"});
    CHECK_EQ(c->get<PresenceOptions>().rules.at(0).status, 3);
    CHECK_EQ(c->get<PresenceOptions>().rules.at(1).when, "ringing");
    CHECK_EQ(c->get<PresenceOptions>().weight, 2.0);
    CHECK_EQ(c->find<SipOptions>()->listen.at(0).scheme, "udp");
    CHECK_EQ(c->all<WebhookOptions>().at(0).url.text, "https://hooks.example.net/a/?key=1");
    CHECK_EQ(c->all<WebhookOptions>().at(0).headers.at("X-Office"), "Utrecht");
}

TEST_CASE("durations") {
    struct Row {
        std::string_view text;
        std::string_view answer; // how it is written back, or what is wrong
    };
    // clang-format off
    for (const auto& [text, answer] : std::initializer_list<Row>{
        {"250ms",   "250ms"},  {"1000ms", "1s"},   {"90s",   "90s"}, {"60s", "1m"}, {"10m", "10m"}, {"24h", "1d"},
        {"7d",      "7d"},     {"0s",     "0s"},   {"0ms",   "0s"},  {"3650d", "3650d"}, {"05s", "5s"},
        {"3651d",   "is longer than 3650d"},       {"99999999999999999999s", "is longer than 3650d"},
        {"15",      "has no unit (ms, s, m, h or d)"},
        {"5S",      "has the unit \"S\" (known: ms, s, m, h, d)"},
        {"5 s",     "has the unit \" s\" (known: ms, s, m, h, d)"},
        {"1h30m",   "has the unit \"h30m\" (known: ms, s, m, h, d)"},
        {"1.5s",    "has the unit \".5s\" (known: ms, s, m, h, d)"},
        {"-5s",     "does not begin with a whole number"},
        {"+5s",     "does not begin with a whole number"},
        {"",        "does not begin with a whole number"},
        {"s",       "does not begin with a whole number"},
    }) {
        // clang-format on
        INFO(text);
        const auto value = parse_duration(text);
        CHECK_EQ(value ? to_string(*value) : value.error().text, answer);
    }
}

TEST_CASE("URLs") {
    struct Row {
        std::string_view text;
        std::string_view base;  // the text read, or what is wrong
        std::string_view whole; // empty: the same
    };
    // clang-format off
    for (const auto& [text, base, whole] : std::initializer_list<Row>{
        {"https://a.nl",            "https://a.nl", ""},
        {"https://a.nl/",           "https://a.nl", "https://a.nl/"},
        {"HTTP://A.NL:81/Path/",    "http://a.nl:81/Path", "http://a.nl:81/Path/"},
        {"https://[::1]:8443/x",    "https://[::1]:8443/x", ""},
        {"https://a.nl/x?y=z",      "has a query (\"?…\"), but is the base that paths are added to", "https://a.nl/x?y=z"},
        {"https://a.nl?y",          "has a query (\"?…\"), but is the base that paths are added to", "https://a.nl?y"},
        {"https://a.nl/#x",         "has a fragment (\"#…\"), which is never sent", ""},
        {"https://a.nl//x",         "has a path with \"//\", \"/./\" or \"/../\"", ""},
        {"https://a.nl/../x",       "has a path with \"//\", \"/./\" or \"/../\"", ""},
        {"https://a.nl/x/.",        "has a path with \"//\", \"/./\" or \"/../\"", ""},
        {"https://u@a.nl",          "holds a user name (user and password have keys of their own)", ""},
        {"https://a b.nl",          "holds a space, a control character or a backslash", ""},
        {"https://a.nl\n",          "holds a space, a control character or a backslash", ""},
        {"https://a.nl:0",          "has the port \"0\" (allowed: 1 to 65535)", ""},
        {"https://a.nl:",           "has the port \"\" (allowed: 1 to 65535)", ""},
        {"https://a.nl:http",       "has the port \"http\" (allowed: 1 to 65535)", ""},
        {"https://",                "has no host", ""},
        {"https:///x",              "has no host", ""},
        {"https://[::1",            "has no host", ""},
        {"https://a..nl",           "has no usable host name: \"a..nl\"", ""},
        {"https://café.nl",         "has a host name with letters outside ASCII (write its xn-- form)", ""},
        {"a.nl",                    "does not begin with \"https://\" or \"http://\"", ""},
        {"webcal://A.nl/x?y",       "does not begin with \"https://\" or \"http://\"", "https://a.nl/x?y"},
        {"ws://a.nl",               "does not begin with \"https://\" or \"http://\"", ""},
    }) {
        // clang-format on
        INFO(text);
        const auto as_base = parse_url(text);
        CHECK_EQ(as_base ? as_base->text : as_base.error().text, base);
        const auto as_whole = parse_url(text, UrlShape::whole);
        CHECK_EQ(as_whole ? as_whole->text : as_whole.error().text, whole.empty() ? base : whole);
    }
    const auto parts = parse_url("https://[::1]:8443/x?y", UrlShape::whole);
    CHECK_EQ(parts->host, "::1");
    CHECK_EQ(parts->path, "/x");
    CHECK_EQ(parts->query, "y");
    CHECK_EQ(parse_url("http://a")->port, 80);
    CHECK_EQ(parse_url("https://a")->port, 443);
}

TEST_CASE("listen addresses are written as they were read") {
    for (std::string_view text : {"127.0.0.1:8080", "[::1]:0", "udp:0.0.0.0:5060", "tls:[::]:5061", "0.0.0.0:65535"}) {
        INFO(text);
        const auto listen = parse_listen(text);
        REQUIRE(listen);
        CHECK_EQ(to_string(*listen), text);
    }
    for (std::string_view text : {"", ":80", "80", "a:80", "1.2.3:80", "[1.2.3.4]:80", "[::1]", "[::1]x:1", "[::1:80",
                                  "udp::5060", "udp:1.2.3.4", "1.2.3.4:-1", "1.2.3.4:", "1.2.3.4: 80", "fe80::1"}) {
        INFO(text);
        CHECK_FALSE(parse_listen(text));
    }
}

TEST_CASE("countries and loopback") {
    for (std::string_view code : {"AD", "NL", "GB", "ZW"})
        CHECK(is_country(code));
    for (std::string_view code : {"", "N", "NLD", "nl", "EU", "UK", " A", "D "})
        CHECK_FALSE(is_country(code));
    for (std::string_view host : {"127.0.0.1", "127.9.9.9", "::1", "localhost", "x.localhost"})
        CHECK(is_loopback(host));
    for (std::string_view host : {"10.0.0.1", "127.evil.com", "localhost.example.net", "::2", ""})
        CHECK_FALSE(is_loopback(host));
}
