// The process that keeps the tenants of a house file (decision 035): signals, systemd, reload. What a tenant does is
// its own process's business. Control loop (the main thread; there is no other).
#pragma once
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "app/house_check.hpp"
#include "app/supervisor.hpp"
#include "tenants/keeper.hpp"

namespace lamp {

class House {
public:
    House(std::filesystem::path file, HouseCheck check);
    /// Until SIGTERM or SIGINT, and every tenant has ended. Returns the process's exit code.
    int run();

private:
    void wait_for_signal();
    void stop();
    void reload();
    /// Mistakes of the house, of tenants that would begin or change, and of what two share; empty: none.
    [[nodiscard]] config::Problems obstacles(const HouseCheck& check) const;
    void put_in_force(const HouseCheck& check);
    void tell();

    std::filesystem::path file_;
    std::shared_ptr<const config::Configuration> house_; // in force
    Loop control_;
    Supervisor supervisor_;
    asio::signal_set signals_;
    tenants::Keeper keeper_;
    std::string last_status_;
    bool ready_ = false;
    bool stopping_ = false;
};

/// Says what is wrong, and runs the others: exit code 78 only where the house file itself is wrong.
[[nodiscard]] int run_house(const std::filesystem::path& file);

} // namespace lamp
