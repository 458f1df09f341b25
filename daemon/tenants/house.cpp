#include "tenants/house.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "config/document.hpp"
#include "tenants/environment.hpp"

namespace lamp::tenants {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

constexpr std::size_t name_length_max = 32;
constexpr std::size_t variables_max = 64;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= name_length_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_variable(std::string_view text) {
    auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// "512M", "2G": a whole number and one unit of bytes.
bool is_size(std::string_view text) {
    constexpr std::size_t digits_max = 9;
    if (text.size() < 2 || text.size() > digits_max + 1 || text.front() == '0') return false;
    if (std::string_view("KMG").find(text.back()) == std::string_view::npos) return false;
    text.remove_suffix(1);
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

config::Section<HouseOptions> house_section() {
    using O = HouseOptions;
    config::Section<O> s{"daemon", config::Shape::table, "The process that keeps the tenants."};
    s.key("log_level", &O::log_level,
          config::choices<log::Level>({{"error", log::Level::error},
                                       {"warning", log::Level::warning},
                                       {"info", log::Level::info},
                                       {"debug", log::Level::debug}}),
          live, "What this process logs; each tenant's own file says what the tenant does.");
    s.key(
        "stop_wait", &O::stop_wait, config::range(1s, 10min), restart,
        "How long a tenant that is to end may take to give back what it diverted; then it is killed. Shorter than the "
        "unit's TimeoutStopSec.");
    s.key("watchdog", &O::watchdog, config::range(1s, 10min), restart,
          "A tenant one of whose loops stands still for so long is killed, and started again.");
    return s;
}

config::Section<TenantOptions> tenant_section() {
    using O = TenantOptions;
    config::Section<O> s{"tenant", config::Shape::array_of_tables,
                         "One table per tenant: a process of its own with a configuration of its own."};
    s.key("name", &O::name, live, "How logs and --tenant call it: up to 32 of a-z, 0-9 and -.")
        .required()
        .example(R"("acme")");
    s.key("config", &O::config, live, "Its configuration file.").required().example(R"("acme/lamplighter.toml")");
    s.key("env", &O::env, config::filled(), live,
          "Which environment variables it sees besides PATH, LANG, TZ and the like. What is not listed does not reach "
          "it.")
        .example(R"(["ACME_PASSWORD"])");
    s.key("cpu_weight", &O::cpu_weight, config::range(1, 10'000), live,
          "Its share of the processors where there are too few (cpu.weight of control groups).");
    s.key("memory_max", &O::memory_max, live,
          "How much memory it may have, such as \"2G\"; what needs more is killed by the kernel, and started again.");
    s.check([](const O& options, config::Scope& at) {
        if (!is_name(options.name)) at.error("name", "must be 1 to 32 of the characters a-z, 0-9 and -");
        if (options.config.empty()) at.error("config", "is empty");
        if (!options.memory_max.empty() && !is_size(options.memory_max))
            at.error("memory_max", "must be a whole number with K, M or G, such as \"512M\"");
        if (options.env.size() > variables_max)
            at.error("env", fmt::format("names more than {} variables", variables_max));
        for (const std::string& one : options.env) {
            if (!is_variable(one))
                at.error("env", config::in_quotes(one) + " is no name of an environment variable");
            else if (is_kept_for_us(one))
                at.error("env", config::in_quotes(one) + " is set for each tenant, and cannot be passed on");
        }
    });
    return s;
}

/// Two processes with one file would have one state folder, and one address.
void check_tenants(const config::Configuration& configuration, config::Findings& findings) {
    const auto& tenants = configuration.all<TenantOptions>();
    if (tenants.size() > tenants_max)
        findings.error<TenantOptions>(tenants_max, "name", fmt::format("is one of more than {}", tenants_max));
    for (std::size_t i = 0; i < tenants.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (tenants[i].config.lexically_normal() == tenants[j].config.lexically_normal()) {
                findings.error<TenantOptions>(
                    i, "config", fmt::format("is that of tenant {}, too (each needs its own)", tenants[j].name));
                break;
            }
}

} // namespace

config::Schema house_schema() {
    config::Schema schema;
    schema.add(house_section()).add(tenant_section());
    schema.check({"tenant"}, check_tenants);
    return schema;
}

bool is_house(std::string_view text) {
    auto root = config::parse_document(text);
    return root && std::ranges::any_of(root->members, [](const config::Member& member) {
               return member.name == "tenant" &&
                      (member.node.kind == config::Node::Kind::table || member.node.is_list_of_tables());
           });
}

config::Answer read_house(const std::filesystem::path& file, const config::Schema& own,
                          const config::Sources& sources) {
    auto answer = config::read(house_schema(), file, sources);
    auto house = house_schema();
    auto known = [](const config::Schema& schema, const std::string& name) {
        return std::ranges::any_of(schema.tables(), [&](const auto& table) { return table->name == name; });
    };
    for (auto& problem : answer.problems)
        if (known(own, problem.section) && !known(house, problem.section))
            problem.message = "belongs into a tenant's own file: beside [[tenant]] only [daemon] may stand";
    return answer;
}

} // namespace lamp::tenants
