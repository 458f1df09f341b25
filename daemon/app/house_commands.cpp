#include "app/house_commands.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/house_check.hpp"
#include "app/options.hpp"
#include "cli/commands.hpp"
#include "cli/listing.hpp"
#include "status/options.hpp"
#include "tenants/environment.hpp"
#include "tenants/process.hpp"

namespace lamp {
namespace json = boost::json;

namespace {

constexpr std::string_view operators_token = "LAMPLIGHTER_TOKEN"; // whoever calls the command is no tenant

// --- words of the command line

/// Takes `--name value` or `--name=value` out of the words.
std::optional<std::string> take(std::vector<std::string>& words, std::string_view name) {
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
        std::string_view word = words[i];
        if (!word.starts_with("--") || !word.substr(2).starts_with(name)) continue;
        auto rest = word.substr(2 + name.size());
        if (rest.empty() && i + 1 < words.size()) {
            auto value = words[i + 1];
            auto at = words.begin() + static_cast<std::ptrdiff_t>(i);
            words.erase(at, at + 2);
            return value;
        }
        if (rest.empty()) return std::string();
        if (rest.front() != '=') continue;
        auto value = std::string(rest.substr(1));
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
        return value;
    }
    return std::nullopt;
}

bool has(const std::vector<std::string>& words, std::string_view name) {
    auto copy = words;
    return take(copy, name).has_value();
}

/// Commands that look at the whole house, and those that read no configuration at all.
bool takes_a_house(const std::string& command) {
    constexpr std::array<std::string_view, 10> commands{"run",    "check", "doctor",     "tenants", "help",
                                                        "--help", "-h",    "completion", "manual",  "version"};
    return std::ranges::find(commands, command) != commands.end() || command == "--version";
}

std::string names_of(const std::vector<tenants::TenantOptions>& all) {
    std::vector<std::string> names;
    for (const auto& one : all)
        names.push_back(one.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

// --- the environment

void become(const tenants::TenantOptions& tenant, const std::filesystem::path& house, const config::Sources& machine) {
    auto environment = tenants::environment_of(tenant, house, machine);
    if (auto token = machine.environment(std::string(operators_token))) environment.emplace(operators_token, *token);
    ::clearenv(); // NOLINT(concurrency-mt-unsafe): no other thread runs yet
    for (const auto& [name, value] : environment)
        ::setenv(name.c_str(), value.c_str(), 1); // NOLINT(concurrency-mt-unsafe): as above
}

// --- one tenant's state, as it says itself

json::object unasked(const std::string& name, std::string_view state, std::string why) {
    return {{"name", name},      {"state", state},     {"url", nullptr},
            {"people", nullptr}, {"started", nullptr}, {"why", std::move(why)}};
}

json::object ask(const TenantCheck& tenant, const cli::Arguments& arguments) {
    if (!tenant.configuration) return unasked(tenant.name, "wrong configuration", to_string(tenant.problems.front()));
    auto address = address_in(*tenant.configuration);
    if (!address) return unasked(tenant.name, "unknown", "[http] listen has port 0: nobody can say where it is");
    auto whole = cli::address_of(arguments, [&](const auto&) { return *address; });
    cli::DaemonClient daemon(whole);
    auto row = unasked(tenant.name, "does not answer", "");
    row["url"] = address->url;
    auto ready = daemon.text("/readyz");
    if (!ready) return row["why"] = ready.error().text, row;
    boost::system::error_code error;
    auto said = json::parse(*ready, error);
    const auto* is_ready = error ? nullptr : cli::member(said, "ready");
    if (!is_ready || !is_ready->is_bool()) return row["why"] = "what answers there is no Lamplighter", row;
    row["state"] = is_ready->get_bool() ? "ready" : "not ready";
    row["why"] = cli::cell(said, "missing");
    auto status = daemon.get("/v1/status"); // whoever may not ask sees less
    if (!status) return row;
    const auto* people = cli::member(*status, "people");
    const auto* total = people ? cli::member(*people, "total") : nullptr;
    if (total) row["people"] = *total;
    if (const auto* started = cli::member(*status, "started")) row["started"] = *started;
    return row;
}

} // namespace

std::optional<cli::Address> address_in(const config::Configuration& configuration) {
    const auto& http = configuration.get<status::HttpOptions>();
    auto listen = http.listen.front();
    if (listen.port == 0) return std::nullopt;
    if (listen.host == "0.0.0.0") listen.host = "127.0.0.1";
    if (listen.host == "::") listen.host = "::1";
    bool brackets = listen.host.find(':') != std::string::npos;
    cli::Address address;
    address.url = fmt::format("{}://{}{}{}:{}", http.certificate.empty() ? "http" : "https", brackets ? "[" : "",
                              listen.host, brackets ? "]" : "", listen.port);
    return address;
}

std::optional<int> pick_tenant(std::vector<std::string>& words, const std::string& usual_file) {
    if (words.empty()) return std::nullopt;
    auto machine = config::Sources::machine();
    auto name = take(words, "tenant");
    auto rest = words;
    auto given = take(rest, "config");
    auto file = given.value_or(usual_file);
    if (!name && (takes_a_house(words[0]) || (words[0] == "config" && !given))) return std::nullopt;
    bool house = (name || given || !has(words, "url")) && is_house_file(file, machine);
    if (!name && !house) return std::nullopt;
    if (!house)
        return fmt::print(stderr, "lamplighter: --tenant is for a house file; {} has no [[tenant]]\n", file),
               cli::wrong_usage;
    auto answer = tenants::read_house(file, schema(), machine);
    if (!answer.configuration) return fmt::print(stderr, "{}", to_string(answer.problems)), cli::wrong_configuration;
    const auto& all = answer.configuration->all<tenants::TenantOptions>();
    auto found = std::ranges::find(all, name.value_or(""), &tenants::TenantOptions::name);
    if (found == all.end())
        return fmt::print(stderr, "lamplighter: say which tenant of {}: --tenant {}\n", file, names_of(all)),
               cli::wrong_usage;
    become(*found, file, machine);
    rest.insert(std::ranges::find(rest, "--"), {"--config", found->config.string()}); // words keep their places
    words = std::move(rest);
    return std::nullopt;
}

int examine_tenants(const std::string& house) {
    auto machine = config::Sources::machine();
    auto answer = tenants::read_house(house, schema(), machine);
    if (!answer.configuration) return fmt::print("{}", to_string(answer.problems)), cli::wrong_configuration;
    bool all_good = true;
    for (const auto& tenant : answer.configuration->all<tenants::TenantOptions>()) {
        fmt::print("\ntenant {}\n", tenant.name);
        std::fflush(stdout);
        auto process = tenants::spawn(
            {{"doctor", "--config", tenant.config.string()}, tenants::environment_of(tenant, house, machine), {}});
        int status = 0;
        bool ended = process && ::waitpid(*process, &status, 0) == *process;
        if (!process) fmt::print("FAIL  {}\n", process.error().text);
        if (!ended || !WIFEXITED(status) || WEXITSTATUS(status) != cli::done) all_good = false;
    }
    return all_good ? cli::done : cli::failed;
}

int tenants_command(const cli::Arguments& arguments, const std::string& house) {
    auto format = cli::format_named(arguments.value("format").value_or("table"));
    if (!format) return fmt::print(stderr, "lamplighter tenants: --format is table, json or csv\n"), cli::wrong_usage;
    auto check = check_house(house, config::Sources::machine());
    if (!check.house) return fmt::print(stderr, "{}", to_string(check.problems)), cli::wrong_configuration;
    json::array rows;
    for (const auto& tenant : check.tenants)
        rows.push_back(ask(tenant, arguments));
    if (rows.empty() && *format == cli::Format::table) return fmt::print("{} has no tenant\n", house), cli::done;
    fmt::print("{}", cli::print_list(rows,
                                     {{"TENANT", "name"},
                                      {"STATE", "state"},
                                      {"URL", "url"},
                                      {"PEOPLE", "people"},
                                      {"SINCE", "started"},
                                      {"WHY", "why"}},
                                     *format));
    return cli::done;
}

} // namespace lamp
