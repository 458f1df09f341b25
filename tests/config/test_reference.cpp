// The generated texts: they check clean, also with everything that is commented out switched on, and `show` reads back.
#include <doctest/doctest.h>

#include <sstream>

#include "config/reference.hpp"
#include "config/show.hpp"
#include "office.hpp"

using namespace lamp::config;

namespace {

std::string switched_on(const std::string& text) {
    std::istringstream lines(text);
    std::string out, line;
    while (std::getline(lines, line)) {
        const bool setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        out += (setting ? line.substr(1) : line) + "\n";
    }
    return out;
}

FakeMachine complete_machine() {
    FakeMachine machine;
    machine.environment["CREDENTIALS_DIRECTORY"] = "/cred";
    for (const char* name : {"/cred/broadworks", "/cred/teams", "/cred/webhook", "/etc/certificate", "/etc/key"})
        machine.files[name] = {"x", false};
    machine.files["/etc/people.csv"] = {"id,name\n", false};
    return machine;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the reference checks clean as it stands and means the defaults") {
    const auto text = reference(office());
    CHECK_EQ(problems_of(text), "");
    CHECK_EQ(show(*good(text)).find("[[broadworks]]\n"), std::string::npos);
    CHECK_EQ(good(text)->get<DaemonOptions>().country, DaemonOptions().country);
    CHECK(good(text)->find<TeamsOptions>() == nullptr);
}

TEST_CASE("the reference checks clean with everything switched on") {
    const auto text = switched_on(reference(office()));
    INFO(text);
    const auto machine = complete_machine();
    CHECK_EQ(problems_of(text, machine), "");
    const auto c = good(text, machine);
    for (const auto& section : c->sections()) {
        REQUIRE_EQ(section.entries.size(), 1);
        for (std::size_t k = 0; k < section.table->keys.size(); ++k) {
            INFO(section.table->name << "." << section.table->keys[k].name);
            CHECK(section.entries[0].origins[k].given);
        }
    }
}

TEST_CASE("the reference says of every key what it is, its bounds, its default and whether a reload applies it") {
    const auto text = reference(office());
    CHECK(has(text, "\n# How often the channel says that it lives.\n# A duration from 1s to 25s, such as \"25s\". "
                    "Default: \"15s\". Live.\n#heartbeat = \"15s\"\n"));
    CHECK(has(text, "\n# How browsers reach it.\n# An http:// or https:// URL in quotes. Optional. Live.\n"
                    "#public_url = \"https://lamps.example.net\"\n"));
    CHECK(has(text, "\nlisten = [\"127.0.0.1:8080\"]\n"));
    CHECK(has(text, "\n#[[broadworks]]\n"));
    CHECK(has(text, "\n[http]\n"));
    CHECK(has(text, "Required. Restart.\n#tenant = \"tenant\"\n"));
    for (std::istringstream lines(text); lines;) {
        std::string line;
        std::getline(lines, line);
        CHECK_LE(line.size(), 130); // 118 characters of prose; a long example may stick out
    }
}

TEST_CASE("the README has one row per key") {
    const auto text = readme(office());
    CHECK(has(text, "\n## `[[broadworks]]`\n\nOne table per platform login.\n"));
    CHECK(has(text, "\n| `heartbeat` | How often the channel says that it lives. | a duration from 1s to 25s, such as "
                    "\"25s\" | `\"15s\"` | live |\n"));
    CHECK(has(text, "\n| `hosts` | Base URLs of the XSPs. | a list of 1 to 16, each an http:// or https:// URL in "
                    "quotes | **required** | restart |\n"));
    CHECK(has(text, "Off without this section."));
}

TEST_CASE("show is TOML that means the same, with origins") {
    const auto machine = complete_machine();
    const auto c = good(switched_on(reference(office())), machine);
    const auto text = show(*c);
    INFO(text);
    auto again = read_text(office(), text, "/etc/l.toml", machine.sources());
    REQUIRE(again.configuration); // masked secrets are literals, hence warnings
    CHECK_EQ(show(*again.configuration).substr(0, 20), text.substr(0, 20));
    CHECK_EQ(again.configuration->all<BroadworksOptions>()[0].hosts, c->all<BroadworksOptions>()[0].hosts);

    const auto small = show(*good("[http]\nlisten = [\"0.0.0.0:1\"]\n"));
    CHECK(has(small, "[http]\nlisten = [\"0.0.0.0:1\"] # /etc/l.toml:2:10\n# public_url is not set\n"));
    CHECK(has(small, "country = \"NL\" # default\n"));
    CHECK(has(small, "# [teams] is not configured\n"));
}
