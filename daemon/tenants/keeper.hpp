// Keeps the tenants' processes: carries out what their lives want, hears what they say, reaps them. Control loop.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "loop/loop.hpp"
#include "tenants/ear.hpp"
#include "tenants/groups.hpp"
#include "tenants/house.hpp"
#include "tenants/life.hpp"

namespace lamp::tenants {

class Keeper {
public:
    /// `groups`: none where the unit gives us none.
    Keeper(Loop& loop, std::filesystem::path house, config::Sources machine, std::optional<Groups> groups);

    /// From now on these: new ones are started, missing ones ended, changed ones (file, environment, limits) ended and
    /// started; the others read their files anew. Who is in `held` is not started while it does not run. `limits` are
    /// those of new ones.
    void keep(const std::vector<TenantOptions>& wanted, const std::set<std::string>& held, Limits limits);
    /// All at once; each has `Limits::stop`.
    void stop();
    /// A child has ended (SIGCHLD).
    void reap();

    /// Each is ready, or has failed once.
    [[nodiscard]] bool settled() const;
    /// No process is left.
    [[nodiscard]] bool gone() const;
    /// "3 of 4 tenants ready; acme: …", those that are not ready first; at most 800 bytes.
    [[nodiscard]] std::string summary() const;

    /// Something of the above may say otherwise now.
    std::function<void()> changed = [] {};

private:
    struct Tenant {
        TenantOptions options;
        Life life;
        Limits limits;
        std::unique_ptr<Ear> ear;
        pid_t process = 0;
        std::string status;
        bool wanted = true;
    };

    [[nodiscard]] Tenant* find(const std::string& name);
    void add(const TenantOptions& options, bool held, Limits limits);
    void update(Tenant& tenant, const TenantOptions& options, bool held);
    void heard(Tenant& tenant, const Notice& notice);
    void carry_out(Tenant& tenant, Life::Order order);
    void start(Tenant& tenant);
    [[nodiscard]] std::string group_of(const TenantOptions& options) const;
    void ended(Tenant& tenant, End end);
    void tick();
    /// Forgets who is gone and not wanted, winds the clock, and says that something has changed.
    void settle();
    [[nodiscard]] std::string line_of(const Tenant& tenant) const;

    std::filesystem::path house_;
    config::Sources machine_;
    std::optional<Groups> groups_;
    Loop& loop_;
    asio::steady_timer clock_;
    std::vector<std::unique_ptr<Tenant>> tenants_; // in the order of the file
};

} // namespace lamp::tenants
