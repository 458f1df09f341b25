// The daemon's database as a command opens it, beside a daemon that may be running: for logins, whose refresh tokens
// the daemon finds there. The command's own thread.
#pragma once
#include <filesystem>
#include <memory>

#include "config/reader.hpp"
#include "store/store.hpp"

namespace lamp {

class StateFolder {
public:
    /// [daemon] state_dir.
    explicit StateFolder(const config::Configuration& configuration);
    [[nodiscard]] bool has_database() const;
    /// Makes the folder and the database where there is none. Errors as Store::open.
    [[nodiscard]] Result<std::unique_ptr<store::Store>> open() const;
    /// Ends the store. What root has made in the daemon's folder is the daemon's then.
    void close(store::Store& store) const;

private:
    void hand_over() const;
    std::filesystem::path folder_;
};

} // namespace lamp
