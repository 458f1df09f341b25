// What a tenant sees of the environment, and where its credentials are.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "tenants/environment.hpp"

using namespace lamp;
using namespace lamp::tenants;

namespace {

config::Sources machine(std::map<std::string, std::string> variables, std::set<std::string> folders = {}) {
    config::Sources sources;
    sources.environment = [variables = std::move(variables)](const std::string& name) {
        auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    sources.kind = [folders = std::move(folders)](const std::filesystem::path& path) {
        return folders.contains(path.string()) ? config::FileKind::folder : config::FileKind::missing;
    };
    return sources;
}

TenantOptions acme() {
    return {
        .name = "acme", .config = "acme.toml", .env = {"ACME_PASSWORD", "ABSENT"}, .cpu_weight = 100, .memory_max = ""};
}

} // namespace

TEST_CASE("only what is listed, and what every program needs") {
    auto seen = environment_of(acme(), "/etc/l/house.toml",
                               machine({{"ACME_PASSWORD", "a"},
                                        {"BETA_PASSWORD", "b"},
                                        {"PATH", "/bin"},
                                        {"TZ", "UTC"},
                                        {"NOTIFY_SOCKET", "/run/systemd/notify"},
                                        {"LAMPLIGHTER_TOKEN", "t"},
                                        {"LD_PRELOAD", "x"}}));
    CHECK(seen == Environment{{"ACME_PASSWORD", "a"}, {"PATH", "/bin"}, {"TZ", "UTC"}, {"LAMPLIGHTER_TENANT", "acme"}});
}

TEST_CASE("credentials: a folder of its own, else those whose names begin with its own") {
    struct Row {
        std::string given; // CREDENTIALS_DIRECTORY
        std::set<std::string> folders;
        std::string directory, prefix;
    };
    const Row rows[] = {
        {"/run/c", {}, "/run/c", "secrets_acme_"},
        {"/run/c", {"/run/c/acme"}, "/run/c/acme", ""},
        {"", {"/etc/l/secrets/acme"}, "/etc/l/secrets/acme", ""},
        {"", {"/etc/l/secrets/beta"}, "", ""},
        {"/run/c", {"/etc/l/secrets/acme"}, "/run/c", "secrets_acme_"},
    };
    for (const Row& row : rows) {
        std::map<std::string, std::string> variables;
        if (!row.given.empty()) variables.emplace("CREDENTIALS_DIRECTORY", row.given);
        auto seen = environment_of(acme(), "/etc/l/house.toml", machine(variables, row.folders));
        INFO(row.given);
        CHECK_EQ(seen["CREDENTIALS_DIRECTORY"], row.directory);
        CHECK_EQ(seen["LAMPLIGHTER_CREDENTIALS_PREFIX"], row.prefix);
    }
}

TEST_CASE("the machine as a tenant sees it has no other variables") {
    auto sources = sources_of({{"A", "1"}}, machine({{"A", "0"}, {"B", "2"}}));
    CHECK(sources.environment("A") == "1");
    CHECK_FALSE(sources.environment("B"));
}
