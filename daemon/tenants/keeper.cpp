#include "tenants/keeper.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <sys/wait.h>

#include "proto/text/text.hpp"
#include "tenants/process.hpp"

namespace lamp::tenants {
namespace {

constexpr std::size_t summary_bytes_max = 800;

} // namespace

Keeper::Keeper(Loop& loop, std::filesystem::path house, config::Sources machine, std::optional<Groups> groups)
    : house_(std::move(house)),
      machine_(std::move(machine)),
      groups_(std::move(groups)),
      loop_(loop),
      clock_(loop.context()) {}

// --- who is kept

Keeper::Tenant* Keeper::find(const std::string& name) {
    auto found = std::ranges::find_if(tenants_, [&](const auto& one) { return one->options.name == name; });
    return found == tenants_.end() ? nullptr : found->get();
}

void Keeper::keep(const std::vector<TenantOptions>& wanted, const std::set<std::string>& held, Limits limits) {
    for (auto& tenant : tenants_)
        tenant->wanted = std::ranges::find(wanted, tenant->options.name, &TenantOptions::name) != wanted.end();
    for (auto& tenant : tenants_)
        if (!tenant->wanted) carry_out(*tenant, tenant->life.stop(steady_now()));
    for (const auto& options : wanted) {
        bool hold = held.contains(options.name);
        if (auto* known = find(options.name))
            update(*known, options, hold);
        else
            add(options, hold, limits);
    }
    settle();
}

void Keeper::add(const TenantOptions& options, bool held, Limits limits) {
    auto made = std::make_unique<Tenant>(Tenant{options, Life(limits), limits, nullptr, 0, {}, true});
    auto& tenant = *made;
    tenants_.push_back(std::move(made));
    if (held) return tenant.life.hold();
    carry_out(tenant, tenant.life.start(steady_now()));
}

void Keeper::update(Tenant& tenant, const TenantOptions& options, bool held) {
    bool same = tenant.options == options;
    tenant.options = options;
    if (held && !tenant.life.running()) return tenant.life.hold();
    auto now = steady_now();
    if (tenant.life.state() == State::stopping || tenant.life.state() == State::off)
        carry_out(tenant, tenant.life.start(now));
    else
        carry_out(tenant, same ? tenant.life.reload(now) : tenant.life.restart(now));
}

void Keeper::stop() {
    for (auto& tenant : tenants_) {
        tenant->wanted = false;
        carry_out(*tenant, tenant->life.stop(steady_now()));
    }
    settle();
}

// --- one process

void Keeper::carry_out(Tenant& tenant, Life::Order order) {
    switch (order) {
    case Life::Order::nothing: break;
    case Life::Order::spawn: start(tenant); break;
    case Life::Order::terminate: ::kill(tenant.process, SIGTERM); break;
    case Life::Order::hang_up: ::kill(tenant.process, SIGHUP); break;
    case Life::Order::kill:
        log::warning("tenants", "killed", {{"tenant", tenant.options.name}, {"why", tenant.life.why()}});
        ::kill(tenant.process, SIGKILL);
        break;
    }
}

void Keeper::start(Tenant& tenant) {
    tenant.status.clear();
    if (!tenant.ear) {
        auto ear = Ear::open(loop_, [this, &tenant](const Notice& notice) { heard(tenant, notice); });
        if (!ear) {
            log::error("tenants", ear.error().text, {{"tenant", tenant.options.name}});
            return ended(tenant, {.status = cannot_start, .signal = 0});
        }
        tenant.ear = std::move(*ear);
    }
    auto environment = environment_of(tenant.options, house_, machine_);
    environment["NOTIFY_SOCKET"] = tenant.ear->place();
    environment["WATCHDOG_USEC"] = std::to_string(std::chrono::microseconds(tenant.limits.watchdog).count());
    auto process =
        spawn({{"run", "--config", tenant.options.config.string()}, std::move(environment), group_of(tenant.options)});
    if (!process) {
        log::error("tenants", process.error().text, {{"tenant", tenant.options.name}});
        return ended(tenant, {.status = cannot_start, .signal = 0});
    }
    tenant.process = *process;
    tenant.ear->listen_to(tenant.process);
    log::info("tenants", "started", {{"tenant", tenant.options.name}, {"pid", tenant.process}});
}

std::string Keeper::group_of(const TenantOptions& options) const {
    if (!groups_) return {};
    auto prepared = groups_->prepare(options);
    if (prepared) return *prepared;
    log::warning("tenants", "runs without its weight and limit",
                 {{"tenant", options.name}, {"why", prepared.error().text}});
    return {};
}

void Keeper::heard(Tenant& tenant, const Notice& notice) {
    auto now = steady_now();
    if (notice.stopping) tenant.status = "ends";
    if (notice.reloading) tenant.status = "reloads";
    if (notice.status) tenant.status = *notice.status;
    if (notice.fed) tenant.life.fed(now);
    if (notice.triggered) carry_out(tenant, tenant.life.triggered());
    if (notice.ready) {
        if (tenant.life.state() == State::starting) log::info("tenants", "ready", {{"tenant", tenant.options.name}});
        carry_out(tenant, tenant.life.said_ready(now));
    }
    loop_.post([this] { settle(); }); // not here: it may forget tenants that somebody is just going through
}

void Keeper::reap() {
    for (auto& tenant : tenants_) {
        int status = 0;
        if (tenant->process == 0 || ::waitpid(tenant->process, &status, WNOHANG) != tenant->process) continue;
        tenant->process = 0;
        tenant->ear->listen_to(0);
        ended(*tenant, WIFSIGNALED(status) ? End{.status = 0, .signal = WTERMSIG(status)}
                                           : End{.status = WEXITSTATUS(status), .signal = 0});
    }
    settle();
}

void Keeper::ended(Tenant& tenant, End end) {
    bool asked = tenant.life.state() == State::stopping;
    auto order = tenant.life.ended(end, steady_now());
    if (asked)
        log::info("tenants", "stopped", {{"tenant", tenant.options.name}, {"how", to_string(end)}});
    else
        log::warning("tenants", "ended by itself; it is tried again",
                     {{"tenant", tenant.options.name}, {"how", to_string(end)}, {"failures", tenant.life.failures()}});
    carry_out(tenant, order);
}

// --- the clock

void Keeper::tick() {
    // Where this loop itself was late, what they said in time still waits.
    for (auto& tenant : tenants_)
        if (tenant->ear) tenant->ear->take();
    for (auto& tenant : tenants_)
        carry_out(*tenant, tenant->life.tick(steady_now()));
    settle();
}

void Keeper::settle() {
    std::erase_if(tenants_, [this](const auto& tenant) {
        bool over = !tenant->wanted && !tenant->life.running();
        if (over && groups_) groups_->remove(tenant->options.name);
        return over;
    });
    std::optional<Steady> next;
    for (const auto& tenant : tenants_)
        if (auto due = tenant->life.due(); due && (!next || *due < *next)) next = due;
    if (next) {
        clock_.expires_at(*next);
        clock_.async_wait([this](boost::system::error_code error) {
            if (!error) tick();
        });
    } else {
        clock_.cancel();
    }
    changed();
}

// --- for people

bool Keeper::settled() const {
    return std::ranges::all_of(tenants_, [](const auto& one) { return one->life.settled(); });
}

bool Keeper::gone() const {
    return std::ranges::none_of(tenants_, [](const auto& one) { return one->life.running(); });
}

std::string Keeper::line_of(const Tenant& tenant) const {
    auto why = tenant.life.why();
    return fmt::format("; {}: {}", tenant.options.name, why.empty() ? tenant.status : why);
}

std::string Keeper::summary() const {
    auto ready = [](const auto& one) { return one->life.state() == State::ready; };
    auto text = fmt::format("{} of {} tenants ready", std::ranges::count_if(tenants_, ready), tenants_.size());
    for (bool which : {false, true})
        for (const auto& tenant : tenants_)
            if (ready(tenant) == which && (!which || !tenant->status.empty())) text += line_of(*tenant);
    if (text.size() > summary_bytes_max) text = std::string(text::beginning(text, summary_bytes_max - 3)) + "…";
    return text;
}

} // namespace lamp::tenants
