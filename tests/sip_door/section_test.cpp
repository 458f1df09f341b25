// `[sip]` and `[[sip_list]]`: what is wrong in them and what is said about it.
#include <doctest/doctest.h>
#include <map>

#include "config/reader.hpp"
#include "sip/options.hpp"

using namespace lamp;
using namespace std::string_literals;

namespace {

struct Files {
    std::map<std::string, std::string> texts{
        {"/etc/sip.pem", "PEM"}, {"/etc/sip.key", "PEM"}, {"/etc/users", "# nobody yet\n"}};

    [[nodiscard]] config::Sources sources() const {
        config::Sources made;
        made.read = [this](const std::filesystem::path& path, std::size_t) -> Result<config::FileText> {
            const auto found = texts.find(path.string());
            if (found == texts.end()) return fail(Category::not_found, "does not exist");
            return config::FileText{found->second, false};
        };
        made.kind = [this](const std::filesystem::path& path) {
            return texts.contains(path.string()) ? config::FileKind::file : config::FileKind::missing;
        };
        made.environment = [](const std::string&) { return std::optional<std::string>(); };
        made.time_zones = [] { return std::vector<std::string>{"UTC"}; };
        return made;
    }
};

config::Answer read(std::string_view toml, const Files& files = {}) {
    config::Schema schema;
    schema.add(sip::sip_section()).add(sip::list_section());
    return config::read_text(schema, toml, "/etc/l.toml", files.sources());
}

std::string problems(std::string_view toml, const Files& files = {}) {
    auto text = to_string(read(toml, files).problems);
    for (std::size_t at = 0; (at = text.find("/etc/l.toml:", at)) != std::string::npos;)
        text.erase(at, std::string_view("/etc/l.toml:").size());
    return text;
}

const std::string base = "[sip]\ndomain = \"pbx.example\"\ntrusted = [\"10.0.0.0/8\"]\n"; // lines 1 to 3

} // namespace

TEST_CASE("defaults: SIP is off, and nothing is wanted") {
    const auto reading = read("[sip]\n");
    CHECK(to_string(reading.problems).empty());
    REQUIRE(reading.configuration);
    const auto& options = reading.configuration->get<sip::SipOptions>();
    CHECK(options.listen.empty());
    CHECK(options.algorithms == std::vector<std::string>{"SHA-256", "MD5"});
    CHECK(options.show_remote);
    CHECK(options.private_answer == sip::PrivateAnswer::refuse);
    CHECK(reading.configuration->all<sip::ListOptions>().empty());
}

TEST_CASE("a whole section") {
    const auto reading = read(R"([sip]
listen = ["udp:0.0.0.0:0", "tls:[::]:0"]
domain = "pbx.example"
certificate = "sip.pem"
key = "sip.key"
users_file = "users"
realm = "phones"
algorithms = ["MD5"]
trusted = ["10.0.0.0/8", "2001:db8::1"]
private = ["ada@pbx.example"]
private_answer = "polite"
show_remote = false
[[sip_list]]
name = "blf-ada"
members = ["2102", "2103"]
)");
    CHECK(to_string(reading.problems).empty());
    REQUIRE(reading.configuration);
    const auto& options = reading.configuration->get<sip::SipOptions>();
    CHECK(options.listen.size() == 2);
    CHECK(options.users_file == "/etc/users");
    CHECK(options.realm_or_domain() == "phones");
    CHECK(options.private_answer == sip::PrivateAnswer::polite);
    CHECK(reading.configuration->all<sip::ListOptions>() ==
          std::vector<sip::ListOptions>{{"blf-ada", {"2102", "2103"}}});
}

// clang-format off
TEST_CASE("what is wrong in [sip]") {
    struct Row {
        std::string toml; // behind `base`
        std::string_view problems;
    };
    const Row rows[] = {
        {"listen = [\"udp:0.0.0.0:0\"]",                        ""},
        {"listen = [\"ws:0.0.0.0:0\"]",                         "4:11: [sip] listen: \"ws:0.0.0.0:0\" begins with \"ws:\" (wanted: udp/tcp/tls, an IP address and a port such as \"udp:0.0.0.0:5060\")\n"},
        {"listen = [\"tls:0.0.0.0:0\"]",                        "4:10: [sip] listen: a tls: listener needs certificate and key\n"},
        {"listen = [\"udp:0.0.0.0:0\"]\ncertificate = \"sip.pem\"", "5:15: [sip] certificate: certificate and key go together\n"},
        {"listen = [\"udp:0.0.0.0:0\"]\nkey = \"sip.key\"",     "5:7: [sip] key: certificate and key go together\n"},
        {"listen = [\"tls:0.0.0.0:0\"]\nkey = \"sip.key\"",     "4:10: [sip] listen: a tls: listener needs certificate and key\n"
                                                                "5:7: [sip] key: certificate and key go together\n"},
        {"listen = [\"tls:0.0.0.0:0\"]\ncertificate = \"sip.pem\"\nkey = \"sip.key\"", ""},
        {"certificate = \"gone.pem\"",                          "4:15: [sip] certificate: the file \"/etc/gone.pem\" does not exist\n"},
        {"client_ca = \"gone.pem\"",                            "4:13: [sip] client_ca: the file \"/etc/gone.pem\" does not exist\n"},
        {"advertise = [\"198.51.100.4:5060\"]\nlisten = [\"udp:0.0.0.0:0\"]", ""},
        {"advertise = [\"\", \"198.51.100.4\"]\nlisten = [\"udp:0.0.0.0:0\"]", "4:13: [sip] advertise: has more entries than listen\n"},
        {"algorithms = []",                                     "4:14: [sip] algorithms: has 0 entries (allowed: 1 to 3)\n"},
        {"algorithms = [\"MD5\", \"SHA-1\"]",                   "4:22: [sip] algorithms: is \"SHA-1\" (allowed: \"MD5\", \"SHA-256\", \"SHA-512-256\")\n"},
        {"algorithms = [\"MD5\", \"SHA-256\", \"MD5\"]",        "4:14: [sip] algorithms: has \"MD5\" twice\n"},
        {"min_expires = \"10m\"\nmax_expires = \"5m\"\nlisten = [\"udp:0.0.0.0:0\"]", "4:15: [sip] min_expires: is longer than max_expires\n"},
        {"private_answer = \"lie\"",                            "4:18: [sip] private_answer: is \"lie\" (allowed: \"refuse\", \"polite\")\n"},
        {"users_file = \"gone\"",                               "4:14: [sip] users_file: the file \"/etc/gone\" does not exist\n"},
    };
    for (const Row& row : rows) {
        INFO(row.toml);
        CHECK(problems(base + row.toml + "\n") == row.problems);
    }
}

TEST_CASE("domain, networks, and nobody who may watch") {
    struct Row {
        std::string_view toml;
        std::string_view problems;
    };
    const Row rows[] = {
        {"[sip]\ntrusted = [\"10.0.0.0/8\"]\nlisten = [\"udp:0.0.0.0:0\"]\n", "1:1: [sip] domain: is needed where [sip] listens\n"},
        {"[sip]\ndomain = \"\"\ntrusted = [\"10.0.0.0/8\"]\nlisten = [\"udp:0.0.0.0:0\"]\n", "2:10: [sip] domain: is needed where [sip] listens\n"},
        {"[sip]\ndomain = \"pbx.example\"\nlisten = [\"udp:0.0.0.0:0\"]\n", "3:10: [sip] listen: warning: nobody may watch: there is neither a users_file nor a trusted network\n"},
        {"[sip]\ndomain = \"pbx.example\"\nlisten = [\"udp:0.0.0.0:0\"]\nusers_file = \"users\"\n", ""},
        {"[sip]\ntrusted = [\"10.0.0.0/8\", \"10.0.0.1/8\"]\n", "2:11: [sip] trusted: \"10.0.0.1/8\" has bits behind its prefix: it is an address, not a network\n"},
        {"[sip]\ntrusted = [\"localhost\"]\n", "2:11: [sip] trusted: \"localhost\" is no network such as 10.0.0.0/8 or 2001:db8::/32\n"},
    };
    for (const Row& row : rows) {
        INFO(row.toml);
        CHECK(problems(row.toml) == row.problems);
    }
}

TEST_CASE("mistakes in the users file have its lines and columns") {
    Files files;
    files.texts["/etc/users"] = "# staff\r\nada:pbx.example:secret\r\nbob:pbx.example:SHA1:00\r\ncem\r\n";
    CHECK(problems(base + "users_file = \"users\"\n", files) == "/etc/users:2:17: [sip]: is no MD5 sum of 32 hexadecimal digits\n"
             "/etc/users:3:17: [sip]: is none of MD5, SHA-256, SHA-512-256\n"
             "/etc/users:4:1: [sip]: is neither user:realm:HA1 nor user:realm:ALGORITHM:HA1\n");
}

TEST_CASE("a users file for another realm, or of other sums, is told") {
    struct Row {
        std::string_view file;
        std::string_view keys;
        bool warned;
    };
    const Row rows[] = {
        {"ada:pbx.example:0123456789abcdef0123456789abcdef",    "",                             false},
        {"ada:phones:0123456789abcdef0123456789abcdef",         "realm = \"phones\"\n",         false},
        {"ada:phones:0123456789abcdef0123456789abcdef",         "",                             true},
        {"ada:my pbx.example:0123456789abcdef0123456789abcdef", "",                             true},
        {"ada:pbx.example:0123456789abcdef0123456789abcdef",    "realm = \"phones\"\n",         true},
        {"ada:pbx.example:0123456789abcdef0123456789abcdef",    "algorithms = [\"SHA-256\"]\n", true},
        {"# nobody yet",                                        "",                             false},
    };
    for (const Row& row : rows) {
        INFO(row.file, " ", row.keys);
        Files files;
        files.texts["/etc/users"] = row.file;
        const auto said = problems(base + "users_file = \"users\"\n" + std::string(row.keys), files);
        CHECK(said.contains("/etc/users:1:1: [sip]: warning: nobody can log in: no line has the realm") == row.warned);
        CHECK(said.empty() != row.warned);
    }
}

TEST_CASE("what is wrong in [[sip_list]]") {
    struct Row {
        std::string toml;
        std::string_view problems;
    };
    const Row rows[] = {
        {"[[sip_list]]\nname = \"blf\"\n",                      "1:1: [sip_list \"blf\"] members: is missing, but required (wanted: a list, each for example [\"alice@example.net\", \"2102\"])\n"},
        {"[[sip_list]]\nname = \"blf\"\nmembers = []\n",        "3:11: [sip_list \"blf\"] members: has 0 entries (allowed: 1 to 500)\n"},
        {"[[sip_list]]\nmembers = [\"2102\"]\n",                "1:1: [sip_list 1] name: is missing, but required (wanted: for example \"blf-reception\")\n"},
        {"[[sip_list]]\nname = \"\"\nmembers = [\"\", \"2102\"]\n", "2:8: [sip_list 1] name: is an empty text (wanted: a text in quotes, not empty)\n"
                                                                "3:12: [sip_list 1] members: is an empty text (wanted: a text in quotes, not empty)\n"},
        {"[sip_list]\nname = \"blf\"\nmembers = [\"2102\"]\n",  "1:1: [sip_list]: may stand more than once, so its brackets are double (write [[sip_list]])\n"},
    };
    for (const Row& row : rows) {
        INFO(row.toml);
        CHECK(problems(row.toml) == row.problems);
    }
}
// clang-format on

TEST_CASE("a list has a limit") {
    const auto list = [](int count) {
        std::string toml = "[[sip_list]]\nname = \"blf\"\nmembers = [";
        for (int i = 0; i < count; ++i)
            toml += "\"" + std::to_string(2000 + i) + "\", ";
        return toml + "]\n";
    };
    CHECK(problems(list(500)).empty());
    CHECK(problems(list(501)) == "3:11: [sip_list \"blf\"] members: has 501 entries (allowed: 1 to 500)\n");
}
