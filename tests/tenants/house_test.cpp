// The house file: what it may hold, and what is said of everything else.
#include <doctest/doctest.h>

#include <string>

#include "tenants/house.hpp"

using namespace lamp;
using namespace lamp::tenants;

namespace {

struct HttpOptions {
    std::string listen;
};

/// Of a tenant's own file.
config::Schema own() {
    config::Section<HttpOptions> http{"http", config::Shape::table, "The interface."};
    http.key("listen", &HttpOptions::listen, config::Reload::restart, "Where.");
    config::Schema schema;
    schema.add(http);
    return schema;
}

config::Answer read(const std::string& text) {
    config::Sources sources;
    sources.read = [&](const std::filesystem::path&, std::size_t) -> Result<config::FileText> {
        return config::FileText{text, false};
    };
    sources.kind = [](const std::filesystem::path&) { return config::FileKind::missing; };
    sources.environment = [](const std::string&) { return std::nullopt; };
    return read_house("/etc/l/house.toml", own(), sources);
}

const std::string acme = "[[tenant]]\nname = \"acme\"\nconfig = \"acme/lamplighter.toml\"\n";

} // namespace

TEST_CASE("what is a house file") {
    CHECK(is_house(acme));
    CHECK(is_house("[tenant]\nname = \"x\"\n")); // wrong, but meant as one
    CHECK_FALSE(is_house("[teams]\ntenant = \"x\"\n"));
    CHECK_FALSE(is_house(""));
    CHECK_FALSE(is_house("[[tenant]\n"));
}

TEST_CASE("tenants in the order of the file, paths beside it") {
    auto answer =
        read(acme + "env = [\"ACME_PASSWORD\"]\ncpu_weight = 50\nmemory_max = \"2G\"\n"
                    "[[tenant]]\nname = \"beta\"\nconfig = \"/srv/beta.toml\"\n[daemon]\nwatchdog = \"5s\"\n");
    CHECK_EQ(to_string(answer.problems), "");
    REQUIRE(answer.configuration);
    const auto& all = answer.configuration->all<TenantOptions>();
    REQUIRE(all.size() == 2);
    CHECK(all[0] == TenantOptions{.name = "acme",
                                  .config = "/etc/l/acme/lamplighter.toml",
                                  .env = {"ACME_PASSWORD"},
                                  .cpu_weight = 50,
                                  .memory_max = "2G"});
    CHECK(all[1].config == "/srv/beta.toml");
    CHECK(answer.configuration->get<HouseOptions>().watchdog == seconds(5));
}

TEST_CASE("every mistake with its place") {
    struct Row {
        std::string text, problems; // after "/etc/l/house.toml:"
    };
    // clang-format off
    const Row rows[] = {
        {acme + "[http]\nlisten = \"x\"\n",
         "4:1: [http]: belongs into a tenant's own file: beside [[tenant]] only [daemon] may stand\n"},
        {"[[tenant]]\nname = \"Acme\"\nconfig = \"a\"\n",
         "2:8: [tenant \"Acme\"] name: must be 1 to 32 of the characters a-z, 0-9 and -\n"},
        {"[[tenant]]\nname = \"a\"\nconfig = \"a\"\nmemory_max = \"2 GB\"\n",
         "4:14: [tenant \"a\"] memory_max: must be a whole number with K, M or G, such as \"512M\"\n"},
        {"[[tenant]]\nname = \"a\"\nconfig = \"a\"\nenv = [\"A-B\"]\n",
         "4:7: [tenant \"a\"] env: \"A-B\" is no name of an environment variable\n"},
        {"[[tenant]]\nname = \"a\"\nconfig = \"a\"\nenv = [\"NOTIFY_SOCKET\"]\n",
         "4:7: [tenant \"a\"] env: \"NOTIFY_SOCKET\" is set for each tenant, and cannot be passed on\n"},
        {acme + "[[tenant]]\nname = \"beta\"\nconfig = \"acme/../acme/lamplighter.toml\"\n",
         "6:10: [tenant \"beta\"] config: is that of tenant acme, too (each needs its own)\n"},
        {acme + acme,
         "5:8: [tenant \"acme\"] name: is the name of two [[tenant]] (the first is in line 2)\n"},
    };
    // clang-format on
    for (const Row& row : rows) {
        auto answer = read(row.text);
        CHECK_EQ(to_string(answer.problems), "/etc/l/house.toml:" + row.problems);
        CHECK_FALSE(answer.configuration);
    }
    auto weight = read(acme + "cpu_weight = 0\n");
    CHECK(to_string(weight.problems).find("1 to 10000") != std::string::npos);
}
