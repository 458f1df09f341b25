// Secrets: where they may come from, what is refused, and that none is ever printed.
#include <doctest/doctest.h>

#include "config/show.hpp"
#include "office.hpp"

using namespace lamp::config;

namespace {

struct Row {
    std::string_view written;
    std::string_view secret;   // what is read; empty when refused
    std::string_view problems; // after "/etc/l.toml:3:17: [teams] client_secret: "
};

FakeMachine keys() {
    FakeMachine machine;
    machine.environment = {{"SECRET", "from-env"}, {"EMPTY", ""}, {"CREDENTIALS_DIRECTORY", "/run/credentials/l"}};
    machine.files = {{"/etc/plain", {"from-file\n", false}},
                     {"/etc/windows", {"from-windows\r\n", false}},
                     {"/etc/two", {"two\nlines\n\n", false}},
                     {"/etc/open", {"from-open", true}},
                     {"/etc/hollow", {"\n", false}},
                     {"/srv/absolute", {"from-srv", false}},
                     {"/etc/../srv/relative", {"from-relative", false}},
                     {"/etc/secrets/by-hand", {"from-by-hand\n", false}},
                     {"/run/credentials/l/secrets_filed", {"from-the-folder\n", true}},
                     {"/run/credentials/l/teams", {"from-credential\n", true}}};
    machine.unreadable = {"/etc/locked"};
    machine.folders.insert("/etc/folder");
    return machine;
}

Answer read_secret(std::string_view written, const FakeMachine& machine) {
    const auto text = "[teams]\ntenant = \"t\"\nclient_secret = \"" + std::string(written) + "\"\n";
    return read_text(office(), text, "/etc/l.toml", machine.sources());
}

void check(const FakeMachine& machine, std::initializer_list<Row> rows) {
    for (const auto& row : rows) {
        INFO(row.written);
        const auto answer = read_secret(row.written, machine);
        const std::string place = "/etc/l.toml:3:17: [teams] client_secret: ";
        CHECK_EQ(to_string(answer.problems), row.problems.empty() ? "" : place + std::string(row.problems) + "\n");
        const auto* teams = answer.configuration ? answer.configuration->find<TeamsOptions>() : nullptr;
        CHECK_EQ(teams ? teams->client_secret.reveal() : "", row.secret);
    }
}

} // namespace

// clang-format off
TEST_CASE("where secrets come from") {
    check(keys(), {
        {"env:SECRET",         "from-env",        ""},
        {"env:MISSING",        "",                "names the environment variable \"MISSING\", which is not set"},
        {"env:",               "",                "names the environment variable \"\", which is not set"},
        {"env:EMPTY",          "",                "the environment variable \"EMPTY\" is empty"},
        {"file:plain",         "from-file",       ""},
        {"file:windows",       "from-windows",    ""},
        {"file:two",           "two\nlines\n",    ""}, // one line end is cut, no more
        {"file:/srv/absolute", "from-srv",        ""},
        {"file:../srv/relative", "from-relative", ""},
        {"file:open",          "from-open",       "warning: every user of this machine can read \"/etc/open\" (chmod o-rwx it)"},
        {"file:hollow",        "",                "the file \"/etc/hollow\" is empty"},
        {"file:missing",       "",                "the file \"/etc/missing\" does not exist"},
        {"file:locked",        "",                "the file \"/etc/locked\" cannot be read: Permission denied"},
        {"file:folder",        "",                "the file \"/etc/folder\" is a folder"},
        {"file:",              "",                "the path after \"file:\" is empty"},
        {"credential:teams",   "from-credential", ""},
        {"credential:filed",   "from-the-folder", ""}, // LoadCredential=secrets:FOLDER
        {"credential:zoom",    "",                "the file \"/run/credentials/l/zoom\" does not exist"},
        {"credential:../x",    "",                "names the credential \"../x\" (allowed: a plain name, as in LoadCredential=)"},
        {"credential:",        "",                "names the credential \"\" (allowed: a plain name, as in LoadCredential=)"},
        {"hunter2",            "hunter2",         "warning: holds the secret itself (better: \"credential:NAME\", \"file:PATH\" or \"env:NAME\")"},
        {"credentials:teams",  "credentials:teams", "warning: holds the secret itself (better: \"credential:NAME\", \"file:PATH\" or \"env:NAME\"; did you mean \"credential:\"?)"},
        {"",                   "",                "is an empty text (wanted: \"credential:NAME\", \"file:PATH\" or \"env:NAME\")"},
    });
    auto tenant = keys();
    tenant.environment["LAMPLIGHTER_CREDENTIALS_PREFIX"] = "secrets_acme_";
    tenant.files["/run/credentials/l/secrets_acme_teams"] = {"acme's\n", false};
    check(tenant, {
        {"credential:teams",   "acme's",          ""}, // and not the file of that name
        {"credential:filed",   "",                "the file \"/run/credentials/l/secrets_acme_filed\" does not exist"},
    });
    FakeMachine by_hand;
    by_hand.files = {{"/etc/secrets/by-hand", {"from-by-hand\n", false}}};
    check(by_hand, {
        {"credential:teams",   "",                "names the credential \"teams\", but $CREDENTIALS_DIRECTORY is not set (systemd sets it for a unit with LoadCredential=) and there is no \"/etc/secrets/teams\""},
        {"credential:by-hand", "from-by-hand",    ""}, // as the unit would take it
    });
}
// clang-format on

TEST_CASE("a secret of another type is refused without printing it") {
    const auto text = problems_of("[teams]\ntenant = \"t\"\nclient_secret = 8675309\n");
    CHECK_EQ(text, "/etc/l.toml:3:17: [teams] client_secret: is not a text (wanted: \"credential:NAME\", \"file:PATH\" "
                   "or \"env:NAME\")\n");
    CHECK(problems_of("[teams]\nclient_secret = hunter2\n").find("hunter") == std::string::npos);
}

TEST_CASE("show masks secrets and says where they came from") {
    const auto machine = keys();
    const auto answer = read_secret("env:SECRET", machine);
    REQUIRE(answer.configuration);
    const auto text = show(*answer.configuration);
    CHECK(text.find("client_secret = \"***\" # env:SECRET, /etc/l.toml:3:17\n") != std::string::npos);
    CHECK(text.find("from-env") == std::string::npos);
    const auto literal = read_secret("hunter2", machine);
    CHECK(show(*literal.configuration).find("client_secret = \"***\" # literal, /etc/l.toml:3:17\n") !=
          std::string::npos);
    CHECK(show(*literal.configuration).find("hunter2") == std::string::npos);
}
