// The daemon's folder: one daemon at a time in it, and its database as a command opens it beside a daemon that may be
// running (for logins, whose refresh tokens the daemon finds there). The main thread, or the command's own.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

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
    /// Does `work` with the open store, to its end, on a loop of its own in this thread. Errors: its own, and those of
    /// `open`.
    [[nodiscard]] Result<void> run(const std::function<Task<Result<void>>(Loop&, store::Store&)>& work) const;

private:
    void hand_over() const;
    std::filesystem::path folder_;
};

/// Two daemons on one folder would take each other's forwardings for their users'. Held while this object lives, and
/// gone with the process however it ends.
class StateLock {
public:
    /// Category::conflict: another daemon holds it; invalid: the folder cannot be used.
    [[nodiscard]] static Result<StateLock> take(const std::filesystem::path& folder);
    StateLock(StateLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    StateLock& operator=(StateLock&&) = delete;
    ~StateLock();

private:
    explicit StateLock(int file) : file_(file) {}
    int file_;
};

} // namespace lamp
