#include "app/house_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <set>

#include "app/options.hpp"
#include "csta/options.hpp"
#include "sip/options.hpp"
#include "status/options.hpp"
#include "tenants/environment.hpp"
#include "xsi/options.hpp"

namespace lamp {
namespace {

constexpr std::size_t house_bytes_max = 1U << 20U;

// --- what two tenants may not share

/// One listening address and the key that it stands at.
struct Listening {
    bool datagrams = false;
    config::Listen at;
    std::function<void(config::Findings&, std::string)> report;
};

template <class Options>
void add_listening(const config::Configuration& configuration, std::vector<Listening>& list) {
    const auto* options = configuration.find<Options>();
    if (!options) return;
    for (const config::Listen& one : options->listen)
        if (one.port != 0)
            list.push_back({one.scheme == "udp", one, [](config::Findings& findings, std::string message) {
                                findings.error<Options>(0, "listen", std::move(message));
                            }});
}

std::vector<Listening> listening(const config::Configuration& configuration) {
    std::vector<Listening> list;
    add_listening<status::HttpOptions>(configuration, list);
    add_listening<sip::SipOptions>(configuration, list);
    add_listening<csta::CstaOptions>(configuration, list);
    return list;
}

/// Sockets for IPv6 take no IPv4 here.
bool collide(const Listening& left, const Listening& right) {
    auto wide = [](const std::string& host) { return host == "0.0.0.0" || host == "::"; };
    auto six = [](const std::string& host) { return host.find(':') != std::string::npos; };
    const auto& a = left.at;
    const auto& b = right.at;
    return left.datagrams == right.datagrams && a.port == b.port && six(a.host) == six(b.host) &&
           (a.host == b.host || wide(a.host) || wide(b.host));
}

/// A tenant and one before it; true where the later one cannot run beside it.
class Pair {
public:
    Pair(const TenantCheck& before, TenantCheck& later)
        : before_(before), later_(later), findings_(*later.configuration, later.problems) {}

    bool compare() {
        compare_state();
        compare_listening();
        compare_public_url();
        compare_logins();
        return wrong_;
    }

private:
    template <class Options>
    void error(std::string_view key, std::string message) {
        wrong_ = true;
        findings_.error<Options>(0, key, std::move(message));
    }

    void compare_state() {
        const auto& ours = later_.configuration->get<DaemonOptions>().state_dir;
        if (before_.configuration->get<DaemonOptions>().state_dir.lexically_normal() == ours.lexically_normal())
            error<DaemonOptions>("state_dir",
                                 fmt::format("is that of tenant {}, too (give each its own, such as {})", before_.name,
                                             config::in_quotes((ours.lexically_normal() / later_.name).string())));
    }

    void compare_listening() {
        auto others = listening(*before_.configuration);
        for (const auto& ours : listening(*later_.configuration))
            for (const auto& other : others)
                if (collide(ours, other)) {
                    wrong_ = true;
                    ours.report(findings_, fmt::format("{} is in use by tenant {} (take another port)",
                                                       config::in_quotes(to_string(ours.at)), before_.name));
                }
    }

    void compare_public_url() {
        const auto& ours = later_.configuration->get<status::HttpOptions>().public_url;
        if (!ours.empty() && ours == before_.configuration->get<status::HttpOptions>().public_url)
            error<status::HttpOptions>(
                "public_url",
                fmt::format("is that of tenant {}, too: its web hooks would come here, or ours there", before_.name));
    }

    /// Legal, but seldom meant: a login's channels are seen by both.
    void compare_logins() {
        const auto& ours = later_.configuration->all<xsi::BroadworksOptions>();
        for (std::size_t i = 0; i < ours.size(); ++i)
            for (const auto& other : before_.configuration->all<xsi::BroadworksOptions>())
                if (ours[i].username == other.username && share_a_host(ours[i], other))
                    findings_.warning<xsi::BroadworksOptions>(
                        i, "username", fmt::format("is a login of tenant {} at the same platform, too", before_.name));
    }

    static bool share_a_host(const xsi::BroadworksOptions& left, const xsi::BroadworksOptions& right) {
        return std::ranges::any_of(left.hosts, [&](const config::Url& host) {
            return std::ranges::find(right.hosts, host) != right.hosts.end();
        });
    }

    const TenantCheck& before_;
    TenantCheck& later_;
    config::Findings findings_;
    bool wrong_ = false;
};

// --- a tenant's own file

/// A variable that is there, but not for this tenant, is more often forgotten in `env` than forbidden.
void explain_variables(const std::set<std::string>& refused, std::size_t index, HouseCheck& check) {
    config::Findings findings(*check.house, check.problems);
    for (const std::string& name : refused)
        findings.warning<tenants::TenantOptions>(
            index, "env",
            fmt::format("does not name {}, which the tenant's file asks for: the tenant does not see it",
                        config::in_quotes(name)));
}

TenantCheck check_tenant(const tenants::TenantOptions& tenant, const std::filesystem::path& house,
                         const config::Sources& machine, std::set<std::string>& refused) {
    auto sources = tenants::sources_of(tenants::environment_of(tenant, house, machine), machine);
    auto seen = sources.environment;
    sources.environment = [&](const std::string& name) {
        auto value = seen(name);
        if (!value && !tenants::is_kept_for_us(name) && machine.environment(name)) refused.insert(name);
        return value;
    };
    auto answer = config::read(schema(), tenant.config, sources);
    return {tenant.name, std::move(answer.problems), std::move(answer.configuration), false};
}

} // namespace

config::Problems HouseCheck::all() const {
    auto list = problems;
    for (const auto& tenant : tenants)
        list.insert(list.end(), tenant.problems.begin(), tenant.problems.end());
    return list;
}

std::set<std::string> HouseCheck::sharing() const {
    std::set<std::string> names;
    for (const auto& tenant : tenants)
        if (tenant.shares) names.insert(tenant.name);
    return names;
}

bool is_house_file(const std::filesystem::path& file, const config::Sources& machine) {
    auto text = machine.read(file, house_bytes_max);
    return text && tenants::is_house(text->bytes);
}

HouseCheck check_house(const std::filesystem::path& file, const config::Sources& machine,
                       const std::function<void()>& between) {
    HouseCheck check;
    auto answer = tenants::read_house(file, schema(), machine);
    check.house = std::move(answer.configuration);
    check.problems = std::move(answer.problems);
    if (!check.house) return check;
    const auto& all = check.house->all<tenants::TenantOptions>();
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::set<std::string> refused;
        between();
        check.tenants.push_back(check_tenant(all[i], file, machine, refused));
        explain_variables(refused, i, check);
        auto& later = check.tenants.back();
        for (std::size_t j = 0; later.configuration && j < i; ++j)
            if (check.tenants[j].configuration && !check.tenants[j].shares)
                later.shares = Pair(check.tenants[j], later).compare() || later.shares;
        config::sort_by_place(later.problems, all[i].config.string());
    }
    config::sort_by_place(check.problems, file.string());
    return check;
}

} // namespace lamp
