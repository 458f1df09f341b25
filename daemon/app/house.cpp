#include "app/house.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>

#include "base/log.hpp"
#include "cli/commands.hpp"

#ifndef LAMP_VERSION
#define LAMP_VERSION "0"
#endif

namespace lamp {
namespace {

std::optional<tenants::Groups> divide_groups() {
    auto groups = tenants::Groups::divide();
    if (groups) return *groups;
    log::info("tenants", "no control group each: cpu_weight and memory_max have no effect",
              {{"why", groups.error().text}});
    return std::nullopt;
}

tenants::Limits limits_of(const config::Configuration& house) {
    const auto& options = house.get<tenants::HouseOptions>();
    tenants::Limits limits;
    limits.stop = options.stop_wait;
    limits.watchdog = options.watchdog;
    return limits;
}

void print(const config::Problems& problems) {
    fmt::print(stderr, "{}", to_string(problems));
}

void tell_of_sharing(const HouseCheck& check) {
    for (const auto& tenant : check.tenants) {
        if (!tenant.shares) continue;
        print(tenant.problems);
        log::error("tenants", "wants what another tenant has: not started until that is mended",
                   {{"tenant", tenant.name}});
    }
}

} // namespace

House::House(std::filesystem::path file, HouseCheck check)
    : file_(std::move(file)),
      house_(check.house),
      control_("control"),
      supervisor_(control_),
      signals_(control_.context(), SIGTERM, SIGINT, SIGHUP),
      keeper_(control_, file_, config::Sources::machine(), divide_groups()) {
    signals_.add(SIGCHLD);
    keeper_.changed = [this] { tell(); };
    wait_for_signal();
    put_in_force(check);
}

int House::run() {
    supervisor_.watch({&control_});
    tell();
    control_.run_here();
    log::info("tenants", "stopped");
    return cli::done;
}

void House::wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        wait_for_signal();
        if (signal == SIGCHLD) return keeper_.reap();
        if (stopping_) return;
        if (signal == SIGHUP) return reload();
        log::info("tenants", "stopping", {{"signal", signal}});
        stop();
    });
}

void House::stop() {
    stopping_ = true;
    supervisor_.stopping();
    keeper_.stop();
}

// --- reload

config::Problems House::obstacles(const HouseCheck& check) const {
    if (!check.house) return check.problems;
    config::Problems list;
    const auto& running = house_->all<tenants::TenantOptions>();
    const auto& wanted = check.house->all<tenants::TenantOptions>();
    for (std::size_t i = 0; i < check.tenants.size(); ++i) {
        // A running tenant's own mistakes are its own business: it reads its file itself, and stays as it is.
        bool known = std::ranges::find(running, wanted[i]) != running.end();
        const auto& tenant = check.tenants[i];
        if (!known && (tenant.shares || !tenant.configuration))
            list.insert(list.end(), tenant.problems.begin(), tenant.problems.end());
    }
    return list;
}

void House::reload() {
    supervisor_.reloading();
    auto check = check_house(file_, config::Sources::machine(), [this] { supervisor_.alive(); });
    auto problems = obstacles(check);
    if (config::has_errors(problems)) {
        print(problems);
        log::error("config", "not reloaded: what runs goes on as it was", {{"mistakes", problems.size()}});
        return supervisor_.ready("running as before; the new configuration has mistakes");
    }
    print(check.problems);
    tell_of_sharing(check);
    house_ = check.house;
    log::info("config", "reloaded", {{"tenants", check.tenants.size()}});
    put_in_force(check);
    supervisor_.ready(keeper_.summary());
}

void House::put_in_force(const HouseCheck& check) {
    log::set_level(house_->get<tenants::HouseOptions>().log_level);
    keeper_.keep(house_->all<tenants::TenantOptions>(), check.sharing(), limits_of(*house_));
}

// --- what systemd hears

void House::tell() {
    if (stopping_) {
        if (keeper_.gone()) control_.stop();
        return;
    }
    auto text = keeper_.summary();
    if (!ready_ && keeper_.settled()) {
        ready_ = true;
        last_status_ = text;
        return supervisor_.ready(text);
    }
    if (std::exchange(last_status_, text) != text) supervisor_.status(text);
}

int run_house(const std::filesystem::path& file) {
    auto check = check_house(file, config::Sources::machine());
    print(check.problems);
    if (!check.house) {
        fmt::print(stderr, "<3>config: {} has mistakes; not started\n", file.string());
        return cli::wrong_configuration;
    }
    log::set_level(check.house->get<tenants::HouseOptions>().log_level);
    log::info("tenants", "starting", {{"version", LAMP_VERSION}, {"tenants", check.tenants.size()}});
    tell_of_sharing(check);
    House house(file, std::move(check));
    return house.run();
}

} // namespace lamp
