// What is wrong and what is said about it: exact lines, all at once.
#include <doctest/doctest.h>

#include "office.hpp"

using namespace lamp::config;

namespace {

struct Row {
    std::string_view toml;
    std::string_view problems; // every line without "/etc/l.toml:"
};

std::string shortened(std::string text) {
    for (std::size_t at = 0; (at = text.find("/etc/l.toml:", at)) != std::string::npos;)
        text.erase(at, std::string_view("/etc/l.toml:").size());
    return text;
}

void check(std::initializer_list<Row> rows) {
    for (const auto& row : rows) {
        INFO(row.toml);
        CHECK_EQ(shortened(problems_of(row.toml)), std::string(row.problems));
    }
}

} // namespace

// clang-format off
TEST_CASE("what is not TOML at all is said with its place, and nothing else is") {
    check({
        {"[daemon]\ncountry = NL\n",           "2:11: this is not TOML: the value needs quotes (texts and durations stand in \"…\")\n"},
        {"[teams]\npoll = 5s # often\n",       "2:9: this is not TOML: the value needs quotes (texts and durations stand in \"…\")\n"},
        {"[daemon]\ncountry \"NL\"\n",         "2:9: this is not TOML: Error while parsing key-value pair: expected '=', saw '\"'\n"},
        {"[daemon\n",                          "1:8: this is not TOML: Error while parsing table header: expected ']', saw '\\n'\n"},
        {"[daemon]\ncountry = \"NL\n",         "2:14: this is not TOML: the closing quote is missing\n"},
    });
    CHECK(problems_of("[http]\nlisten = [\"a\"\n[http]\n").starts_with("/etc/l.toml:3:1: this is not TOML: "));
    CHECK(problems_of("[daemon]\ncountry = \"NL\"\ncountry = \"BE\"\n").starts_with("/etc/l.toml:3:"));
}

TEST_CASE("encodings") {
    check({
        {"\xEF\xBB\xBF[daemon]\r\ncountry = \"NL\"\r\n", ""},
        {"[daemon]\r\ncountry = \"XX\"\r\n",   "2:11: [daemon] country: is \"XX\", which is no country (allowed: two capitals of ISO 3166 such as \"NL\")\n"},
        {"\xFF\xFE[\0",                        "1:1: the file is UTF-16 (save it as UTF-8)\n"},
        {"# caf\xE9\n",                        "1:6: the byte 0xE9 is not UTF-8 (save the file as UTF-8)\n"},
        {"# é\n# \xC0\xAF\n",                  "2:3: the byte 0xC0 is not UTF-8 (save the file as UTF-8)\n"},
        {"# \xED\xA0\x80\n",                   "1:3: the byte 0xED is not UTF-8 (save the file as UTF-8)\n"},
        {"",                                   "1:1: warning: the file is empty: every key has its default, nothing is connected\n"},
        {"\xEF\xBB\xBF\n \n",                  "1:1: warning: the file is empty: every key has its default, nothing is connected\n"},
        {"[daemon]\n\"é\" = 1\nü = 2\n",       "3:1: this is not TOML: Error while parsing root table: expected keys, tables, whitespace or comments, saw 'ü'\n"},
    });
    CHECK_EQ(problems_of(std::string(100'000, '.')), "/etc/l.toml:1:65: more than 64 names joined by dots\n");
    std::string deep;
    for (int i = 0; i < 400'000; ++i) deep += "a.";
    CHECK_EQ(problems_of(deep + "a = 1"), "/etc/l.toml:1:130: more than 64 names joined by dots\n");
    CHECK(problems_of("x = " + std::string(100'000, '[')).starts_with("/etc/l.toml:1:"));
    CHECK_EQ(good("[[webhook]]\nurl = \"https://a.nl\"\n[webhook.headers]\nlong = \"" + std::string(40, 'a') +
                  " 1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4 5.5.5.5 6.6.6.6 7.7.7.7 8.8.8.8 9.9.9.9 10.0.0.0 11.0.0.0 12.0.0.0"
                  " 13.0.0.0 14.0.0.0 15.0.0.0 16.0.0.0 17.0.0.0 18.0.0.0 19.0.0.0 20.0.0.0 21.0.0.0 22.0.0.0 23.0.0.0\"\n")
                 ->all<WebhookOptions>()[0].headers.size(), 1);
}

TEST_CASE("sections and stray keys") {
    check({
        {"[htpp]\n",                  "1:1: [htpp]: there is no such section (did you mean \"http\"?)\n"},
        {"[Daemon]\n",                "1:1: [Daemon]: there is no such section (did you mean \"daemon\"?)\n"},
        {"\n  [zebra]\nx = 1\n",      "2:3: [zebra]: there is no such section\n"},
        {"[[broadwork]]\n[[broadwork]]\n", "1:1: [broadwork]: there is no such section (did you mean \"broadworks\"?)\n"},
        {"[\"a\\nb\"]\n",             "1:1: [\"a\\nb\"]: there is no such section\n"},
        {"poll = \"5s\"\n[daemon]\n", "1:1: poll: stands outside of every section (it is a key of [teams])\n"},
        {"zzz = 1\n",                 "1:1: zzz: stands outside of every section (keys belong under a [section])\n"},
        {"daemon = 5\n",              "1:1: [daemon]: is the bare number 5 (wanted: a section, [daemon])\n"},
        {"broadworks = \"x\"\n",      "1:1: [broadworks]: is the text \"x\" (wanted: a section, [[broadworks]])\n"},
        {"[[daemon]]\n[[daemon]]\n",  "1:1: [daemon]: may stand only once (write [daemon])\n"},
        {"[sip_list]\nname = \"a\"\n", "1:1: [sip_list]: may stand more than once, so its brackets are double (write [[sip_list]])\n"},
        {"broadworks = []\n",         ""},
    });
}

TEST_CASE("unknown keys have the nearest name, or all names") {
    check({
        {"[daemon]\ncountri = \"NL\"\n",       "2:1: [daemon] countri: is not a key of this section (did you mean \"country\"?)\n"},
        {"[daemon]\ntime_zone = \"UTC\"\n",    "2:1: [daemon] time_zone: is not a key of this section (did you mean \"timezone\"?)\n"},
        {"[daemon]\nColour = 1\n",             "2:1: [daemon] Colour: is not a key of this section (known: state_dir, timezone, country, log_level)\n"},
        {"[daemon.sub]\nx = 1\n",              "1:9: [daemon] sub: is not a key of this section (known: state_dir, timezone, country, log_level)\n"},
        {"[daemon]\n\"a\\nb\" = 1\n",          "2:1: [daemon] \"a\\nb\": is not a key of this section (known: state_dir, timezone, country, log_level)\n"},
        {"[http]\ncertficate = \"x\"\n",       "2:1: [http] certficate: is not a key of this section (did you mean \"certificate\"?)\n"},
    });
}

TEST_CASE("types") {
    check({
        {"[daemon]\nlog_level = 6\n",          "2:13: [daemon] log_level: is the bare number 6 (wanted: one of \"error\", \"warning\", \"info\", \"debug\")\n"},
        {"[daemon]\nstate_dir = true\n",       "2:13: [daemon] state_dir: is the word true (wanted: the path of a folder, in quotes)\n"},
        {"[daemon]\nstate_dir = \"\"\n",       "2:13: [daemon] state_dir: is an empty text (wanted: the path of a folder, in quotes)\n"},
        {"[http]\nlisten = \"127.0.0.1:1\"\n", "2:10: [http] listen: is the text \"127.0.0.1:1\" (wanted: a list in square brackets, each entry an IP address and a port such as \"127.0.0.1:8080\" or \"[::1]:0\")\n"},
        {"[http]\npublic_url = 1979-05-27\n",  "2:14: [http] public_url: is the date or time 1979-05-27 (wanted: an http:// or https:// URL in quotes)\n"},
        {"[presence]\nteams_stale_after = 120\n", "2:21: [presence] teams_stale_after: is the bare number 120 (write its unit, in quotes: \"120s\"; units: ms, s, m, h, d)\n"},
        {"[presence]\nteams_stale_after = 1.5\n", "2:21: [presence] teams_stale_after: is the bare number 1.5 (write its unit, in quotes: \"5s\"; units: ms, s, m, h, d)\n"},
        {"[presence]\nteams_stale_after = []\n", "2:21: [presence] teams_stale_after: is a list (wanted: a duration such as \"250ms\", \"5s\", \"10m\", \"24h\" or \"7d\")\n"},
        {"[presence]\nweight = \"1\"\n",       "2:10: [presence] weight: is the text \"1\" (wanted: a number from 0.5 to 2.0)\n"},
        {"[presence]\nweight = 1\n",           ""},
        {"[presence]\nweight = nan\n",         "2:10: [presence] weight: is nan (wanted: a finite number)\n"},
        {"[presence]\nweight = 2.5\n",         "2:10: [presence] weight: is 2.5 (allowed: 0.5 to 2.0)\n"},
        {"[people]\nmatch = [\"email\", 5, \"lien\"]\n", "2:19: [people] match: is the bare number 5 (wanted: one of \"email\", \"upn\", \"line\")\n"
                                               "2:22: [people] match: is \"lien\" (allowed: \"email\", \"upn\", \"line\"; did you mean \"line\"?)\n"},
        {"[sip]\nlisten = []\n",               "2:10: [sip] listen: has 0 entries (allowed: 1 to 8)\n"},
        {"[[webhook]]\nurl = \"https://a.nl\"\nheaders = { A = \"b\", C = 5 }\n", "3:26: [webhook 1] headers: \"C\" is the bare number 5 (wanted: a text in quotes)\n"},
        {"[[webhook]]\nurl = \"https://a.nl\"\nheaders = \"A: b\"\n", "3:11: [webhook 1] headers: is the text \"A: b\" (wanted: a table of texts such as { name = \"text\" })\n"},
    });
}

TEST_CASE("bounds, choices and names of the world") {
    check({
        {"[daemon]\ntimezone = \"Europe/Amsterdm\"\n", "2:12: [daemon] timezone: is \"Europe/Amsterdm\", which is no time zone of this machine (allowed: IANA names such as \"Europe/Amsterdam\"; did you mean \"Europe/Amsterdam\"?)\n"},
        {"[daemon]\ncountry = \"nl\"\n",       "2:11: [daemon] country: is \"nl\", which is no country (allowed: two capitals of ISO 3166 such as \"NL\"; did you mean \"NL\"?)\n"},
        {"[daemon]\nlog_level = \"warn\"\n",   "2:13: [daemon] log_level: is \"warn\" (allowed: \"error\", \"warning\", \"info\", \"debug\")\n"},
        {"[daemon]\nstate_dir = \"nowhere\"\n", "2:13: [daemon] state_dir: the folder \"/etc/nowhere\" does not exist\n"},
        {"[http]\nlisten = [\"localhost:80\", \"::1:80\", \"0.0.0.0\", \"1.2.3.4:99999\", \"tcp:1.2.3.4:5\"]\n",
            "2:11: [http] listen: \"localhost:80\" does not begin with an IP address (wanted: an IP address and a port such as \"127.0.0.1:8080\" or \"[::1]:0\")\n"
            "2:27: [http] listen: \"::1:80\" is an IPv6 address that needs brackets and a port (wanted: an IP address and a port such as \"127.0.0.1:8080\" or \"[::1]:0\")\n"
            "2:37: [http] listen: \"0.0.0.0\" has no port (wanted: an IP address and a port such as \"127.0.0.1:8080\" or \"[::1]:0\")\n"
            "2:48: [http] listen: \"1.2.3.4:99999\" has the port \"99999\", which is not 0 to 65535 (wanted: an IP address and a port such as \"127.0.0.1:8080\" or \"[::1]:0\")\n"
            "2:65: [http] listen: \"tcp:1.2.3.4:5\" begins with \"tcp:\" (wanted: an IP address and a port such as \"127.0.0.1:8080\" or \"[::1]:0\")\n"},
        {"[sip]\nlisten = [\"0.0.0.0:5060\", \"tsl:[::]:5061\"]\n",
            "2:11: [sip] listen: \"0.0.0.0:5060\" does not say its transport (wanted: udp/tcp/tls, an IP address and a port such as \"udp:0.0.0.0:5060\")\n"
            "2:27: [sip] listen: \"tsl:[::]:5061\" begins with \"tsl:\" (wanted: udp/tcp/tls, an IP address and a port such as \"udp:0.0.0.0:5060\"; did you mean \"tls\"?)\n"},
        {"[http]\npublic_url = \"ftp://x\"\n", "2:14: [http] public_url: \"ftp://x\" does not begin with \"https://\" or \"http://\" (wanted: https://HOST, with a port and path if need be)\n"},
        {"[http]\npublic_url = \"https://me:pw@x\"\n", "2:14: [http] public_url: the URL holds a user name (user and password have keys of their own) (wanted: https://HOST, with a port and path if need be)\n"},
        {"[http]\npublic_url = \"http://lamps.example.net/x\"\n", "2:14: [http] public_url: warning: \"http://lamps.example.net\" goes over the network unencrypted (better: https://)\n"},
        {"[http]\npublic_url = \"http://127.0.0.1:8080\"\n", ""},
    });
}

TEST_CASE("entries of an array are told apart by name or by number") {
    constexpr std::string_view acme = "[[broadworks]]\nname = \"acme\"\nhosts = [\"https://x\"]\nusername = \"u\"\npassword = \"env:PW\"\n";
    FakeMachine machine;
    machine.environment["PW"] = "pw";
    auto problems = [&](const std::string& more) { return shortened(problems_of(std::string(acme) + more, machine)); };
    CHECK_EQ(problems(""), "");
    CHECK_EQ(problems("heartbeat = \"30s\"\n"), "6:13: [broadworks \"acme\"] heartbeat: is 30s (allowed: 1s to 25s)\n");
    CHECK_EQ(problems("heartbeat = \"15\"\n"), "6:13: [broadworks \"acme\"] heartbeat: is \"15\", which has no unit (ms, s, m, h or d) (wanted: a duration from 1s to 25s, such as \"25s\")\n");
    CHECK_EQ(problems("target = \"usr\"\n"), "6:10: [broadworks \"acme\"] target: is \"usr\" (allowed: \"user\", \"group\", \"enterprise\"; did you mean \"user\"?)\n");
    CHECK_EQ(problems("target = \"group\"\n"), "1:1: [broadworks \"acme\"] group: is required with target = \"group\"\n");
    CHECK_EQ(problems("target = \"group\"\ngroup = \"\"\n"), "7:9: [broadworks \"acme\"] group: is required with target = \"group\"\n");
    CHECK_EQ(problems("subscriptions_per_second = 0\n"), "6:28: [broadworks \"acme\"] subscriptions_per_second: is 0 (allowed: 1 to 10000)\n");
    CHECK_EQ(problems("subscriptions_per_second = 20.0\n"), "6:28: [broadworks \"acme\"] subscriptions_per_second: is the bare number 20.0 (wanted: a whole number from 1 to 10000)\n");
    CHECK_EQ(problems("subscriptions_per_second = 70000\n"), "6:28: [broadworks \"acme\"] subscriptions_per_second: is 70000 (allowed: 1 to 10000)\n");
    CHECK_EQ(problems("discover = \"yes\"\n"), "6:12: [broadworks \"acme\"] discover: is the text \"yes\" (wanted: true or false)\n");
    CHECK_EQ(problems(std::string(acme)), "7:8: [broadworks \"acme\"] name: is the name of two [[broadworks]] (the first is in line 2)\n");
    CHECK_EQ(problems("\n  [[broadworks]]\n  username = \"v\"\n"),
        "7:3: [broadworks 2] name: is missing, but required (wanted: a text in quotes, not empty)\n"
        "7:3: [broadworks 2] hosts: is missing, but required (wanted: a list, each an http:// or https:// URL in quotes)\n"
        "7:3: [broadworks 2] password: is missing, but required (wanted: \"credential:NAME\", \"file:PATH\" or \"env:NAME\")\n");
    check({
        {"[[sip_list]]\nname = \"\"\n[[sip_list]]\nname = 5\n", "4:8: [sip_list 2] name: is the bare number 5 (wanted: a text in quotes)\n"},
        {"[[webhook]]\n[[webhook]]\nurl = \"https://\"\n", "1:1: [webhook 1] url: is missing, but required (wanted: an http:// or https:// URL in quotes)\n"
                                                  "3:7: [webhook 2] url: \"https://\" has no host (wanted: https://HOST, with a port and path if need be)\n"},
    });
}

TEST_CASE("lists of tables inside a section") {
    check({
        {"[presence]\nrules = [{ when = \"busy\", status = 3 }]\n", ""},
        {"[[presence.rules]]\nwhen = \"busy\"\n[[presence.rules]]\nstatus = 300\n",
            "3:1: [presence.rules 2] when: is missing, but required (wanted: one of \"ringing\", \"busy\")\n"
            "4:10: [presence.rules 2] status: is 300 (allowed: 0 to 255)\n"},
        {"[presence]\nrules = [\"busy\"]\n",   "2:10: [presence] rules: entry 1 is the text \"busy\" (wanted: a table such as { when = … })\n"},
        {"[presence]\nrules = [{ wen = \"busy\" }]\n", "2:10: [presence.rules 1] when: is missing, but required (wanted: one of \"ringing\", \"busy\")\n"
                                               "2:12: [presence.rules 1] wen: is not a key of this section (did you mean \"when\"?)\n"},
    });
}

TEST_CASE("what sections must agree on") {
    check({
        {"[[sip_list]]\nname = \"all\"\nmembers = [\"a\"]\n", "3:11: [sip_list \"all\"] members: names people, but [people] names no file\n"},
        {"[[sip_list]]\nname = \"all\"\nmembers = [\"a\"]\n[people]\nmatch = 5\n", // people is unknown: no second opinion
            "5:9: [people] match: is the bare number 5 (wanted: a list in square brackets, each entry one of \"email\", \"upn\", \"line\")\n"},
    });
}
// clang-format on

TEST_CASE("all mistakes at once, in the order of the file") {
    const auto text = R"([daemon]
country = "XX"
[http]
certificate = "c.pem"
colour = 1
[teams]
poll = "0s"
)";
    CHECK_EQ(
        shortened(problems_of(text)),
        "2:11: [daemon] country: is \"XX\", which is no country (allowed: two capitals of ISO 3166 such as \"NL\")\n"
        "4:15: [http] certificate: the file \"/etc/c.pem\" does not exist\n"
        "5:1: [http] colour: is not a key of this section (known: listen, public_url, certificate, key)\n"
        "6:1: [teams] tenant: is missing, but required (wanted: a text in quotes)\n"
        "6:1: [teams] client_secret: is missing, but required (wanted: \"credential:NAME\", \"file:PATH\" or "
        "\"env:NAME\")\n"
        "7:8: [teams] poll: is 0s (allowed: 1s to 1h)\n");
}

TEST_CASE("nearest names") {
    const std::vector<std::string> names{"heartbeat", "hosts", "name", "url", "subscriptions_per_second"};
    CHECK_EQ(nearest("hartbeat", names), "heartbeat");
    CHECK_EQ(nearest("haertbeat", names), "heartbeat"); // two letters swapped
    CHECK_EQ(nearest("HOST", names), "hosts");
    CHECK_EQ(nearest("ulr", names), "url");
    CHECK_EQ(nearest("xyz", names), "");
    CHECK_EQ(nearest("a", names), "");
    CHECK_EQ(nearest("", names), "");
    CHECK_EQ(nearest("subscription_by_second", names), "subscriptions_per_second");
    CHECK_EQ(nearest(std::string(10'000, 'x'), names), "");
}
