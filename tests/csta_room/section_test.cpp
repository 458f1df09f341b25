// The section [csta]: what it accepts, and where mistakes are told.
#include <filesystem>
#include <fstream>

#include "config/reader.hpp"
#include "csta/options.hpp"
#include "office.hpp"

using namespace testing;

namespace {

config::Answer read(std::string_view text) {
    config::Schema schema;
    schema.add(csta::csta_section());
    return config::read_text(schema, text, "/tmp/lamplighter.toml", config::Sources::machine());
}

std::string problems(std::string_view text) {
    return to_string(read(text).problems);
}

} // namespace

TEST_CASE("the section's defaults are a service that is off") {
    const auto answer = read("[csta]\n");
    REQUIRE(answer.configuration);
    const auto& options = answer.configuration->get<csta::CstaOptions>();
    CHECK(options.listen.empty());
    CHECK(options.heartbeat == std::chrono::seconds(60));
    CHECK(to_string(answer.problems) == "");
}

TEST_CASE("mistakes of the section") {
    struct Row {
        std::string_view text;
        std::string_view told; // empty: nothing
    };
    // clang-format off
    const Row rows[] = {
        {"[csta]\nlisten = [\"tcp:127.0.0.1:0\"]\ntrusted = [\"127.0.0.0/8\"]", ""},
        {"[csta]\nlisten = [\"udp:127.0.0.1:0\"]", "[csta] listen"},
        {"[csta]\nlisten = [\"tcp:127.0.0.1:0\"]", "nobody may connect"},
        {"[csta]\nlisten = [\"tls:127.0.0.1:0\"]\ntrusted = [\"::1\"]", "needs certificate and key"},
        {"[csta]\ntrusted = [\"10.0.0.0/33\"]", "10.0.0.0/33"},
        {"[csta]\nheartbeat = \"181s\"", "[csta] heartbeat"},
        {"[csta]\nheartbeat = \"0s\"", ""},
        {"[csta]\nmonitors = 0", "[csta] monitors"},
        {"[csta]\nname = \"\"", "[csta] name"},
        {"[csta]\nusers_file = \"/nowhere/users\"", "users_file"},
        {"[csta]\nport = 1024", "port"},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto told = problems(row.text);
        if (row.told.empty())
            CHECK(told == "");
        else
            CHECK(told.find(row.told) != std::string::npos);
    }
}

TEST_CASE("a mistake in the users file is told with the file's own line") {
    const std::filesystem::path file = "/tmp/lamp-test-csta-section-users";
    std::ofstream(file) << "# users\ncti:pbx.example:nonsense\n";
    const auto told = problems("[csta]\nusers_file = \"" + file.string() + "\"");
    std::filesystem::remove(file);
    CHECK(told.find("lamp-test-csta-section-users:2:1") != std::string::npos);
}
