// What an administrator may write into [[calendar]], and what he hears when it is wrong.
#include <doctest/doctest.h>

#include "adapters/calendars/options.hpp"
#include "config/reader.hpp"

using namespace lamp;
using namespace lamp::calendars;
using namespace std::chrono_literals;

namespace {

config::Answer read(std::string_view toml) {
    config::Schema schema;
    schema.add(calendar_section());
    return config::read_text(schema, toml, "/etc/l.toml", config::Sources::machine());
}

std::string mistakes(std::string_view toml) {
    return config::to_string(read(toml).problems);
}

constexpr std::string_view key = R"(service_account = '{"client_email":"a@b","private_key":"k"}')";

} // namespace

TEST_CASE("each provider with what it needs") {
    auto toml = std::string(R"(
[[calendar]]
name = "reception"
provider = "google"
line = "reception@example.net"
subject = "reception@example.net"
)") + std::string(key) +
                R"(
[[calendar]]
name = "own"
provider = "google"
person = "alice@example.net"
client_id = "1234.apps.example"
client_secret = "x"
poll = "1s"
tags = ["fwd:"]
fields = ["location", "title"]
[[calendar]]
name = "outlook"
provider = "graph"
line = "2000"
mailbox = "sales@example.net"
[[calendar]]
name = "dav"
provider = "caldav"
line = "2001"
url = "https://dav.example.net/reception/phone/"
username = "lamplighter"
password = "x"
[[calendar]]
name = "feed"
provider = "ics"
line = "2002"
url = "https://feeds.example.net/phone.ics?key=1"
poll = "10m"
)";
    auto answer = read(toml);
    CAPTURE(config::to_string(answer.problems));
    REQUIRE(answer.configuration);
    const auto& all = answer.configuration->all<CalendarOptions>();
    REQUIRE(all.size() == 5);
    CHECK(all[0].poll == 1min);
    CHECK(all[0].fields == std::vector<std::string>{"title"});
    CHECK(all[0].tags.empty());
    CHECK(all[0].calendar_id == "primary");
    CHECK(all[1].poll == 1s);
    CHECK(all[1].tags == std::vector<std::string>{"fwd:"});
    CHECK(all[2].provider == ProviderKind::graph);
    CHECK(all[3].url.path == "/reception/phone/"); // the slash counts
    CHECK(all[4].url.query == "key=1");
    CHECK(all[4] == all[4]);
    CHECK_FALSE(all[3] == all[4]);
}

TEST_CASE("mistakes are named where they stand") {
    struct Row {
        const char* rest; // behind a name, that each one has
        const char* expected;
    };
    // clang-format off
    for (Row row : {
        Row{"line=\"1\"\n",                                                            "provider: is missing, but required"},
        Row{"provider=\"exchange\"\nline=\"1\"\n",                                      "provider: "},
        Row{"provider=\"ics\"\nurl=\"https://x/a.ics\"\n",                              "line: is required (or person)"},
        Row{"provider=\"ics\"\nurl=\"https://x/a.ics\"\nline=\"1\"\nperson=\"a\"\n",    "person: stands beside a line"},
        Row{"provider=\"ics\"\nline=\"1\"\n",                                           "url: is required: the address of the feed"},
        Row{"provider=\"caldav\"\nline=\"1\"\n",                                        "url: is required: the address of the calendar"},
        Row{"provider=\"caldav\"\nline=\"1\"\nurl=\"https://x/\"\npassword=\"p\"\n",    "username: is required with a password"},
        Row{"provider=\"caldav\"\nline=\"1\"\nurl=\"https://x/\"\nusername=\"u\"\n",    "password: is required with a username"},
        Row{"provider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\nmailbox=\"m\"\n",        "mailbox: belongs to graph; provider is \"ics\""},
        Row{"provider=\"graph\"\nline=\"1\"\nmailbox=\"m\"\nurl=\"https://x/\"\n",      "url: belongs to caldav and ics; provider is \"graph\""},
        Row{"provider=\"graph\"\nline=\"1\"\n",                                         "mailbox: is required"},
        Row{"provider=\"google\"\nline=\"1\"\n",                                        "service_account: is required (or client_id"},
        Row{"provider=\"google\"\nline=\"1\"\nclient_id=\"c\"\n",                       "client_secret: is required with client_id"},
        Row{"provider=\"google\"\nline=\"1\"\nservice_account=\"key.json\"\n",          "service_account: is no JSON: name the key file"},
        Row{"provider=\"google\"\nline=\"1\"\nservice_account='{\"client_email\":\"a\"}'\n", "service_account: has no private_key"},
        Row{"provider=\"google\"\nline=\"1\"\nservice_account='{}'\nclient_id=\"c\"\n", "client_id: stands beside a service_account"},
        Row{"provider=\"google\"\nline=\"1\"\nservice_account='{\"client_email\":\"a\",\"private_key\":\"k\"}'\n",
                                                                                        "calendar_id: warning: is the service account's own"},
        Row{"provider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\npoll=\"500ms\"\n",       "poll: "},
        Row{"provider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\npoll=\"2d\"\n",          "poll: "},
        Row{"provider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\ntags=[\" \"]\n",         "tags: holds an empty one"},
        Row{"provider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\nfields=[\"body\"]\n",    "fields"},
        Row{"provider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\nfields=[\"title\",\"title\"]\n", "fields: names a field twice"},
        Row{"provider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\nproxy=\"socks\"\n",      "proxy: must be http://host:port"}}) {
        // clang-format on
        CAPTURE(row.rest);
        auto told = mistakes("[[calendar]]\nname=\"a\"\n" + std::string(row.rest));
        CAPTURE(told);
        CHECK(told.find(row.expected) != std::string::npos);
    }
}

TEST_CASE("names are unique and can stand before a slash") {
    CHECK(mistakes("[[calendar]]\nname=\"a/b\"\nprovider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\n")
              .find("name: has a slash") != std::string::npos);
    auto twice = mistakes("[[calendar]]\nname=\"a\"\nprovider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\n"
                          "[[calendar]]\nname=\"a\"\nprovider=\"ics\"\nline=\"1\"\nurl=\"https://x/\"\n");
    CHECK(twice.find("name") != std::string::npos);
}
